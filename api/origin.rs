//! Origins: which pages may use a site's API. An exact match of scheme, host and port, or one level below a
//! `*.`. This keeps other websites' pages out; it is no protection against programs, which can send any
//! header they like.

use url::{Host, Url};

/// A site's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<Pattern>);

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    scheme: String,
    /// Without the `*.`.
    host: String,
    port: u16,
    one_below: bool,
}

impl Origins {
    pub fn new(patterns: Vec<Pattern>) -> Self {
        Origins(patterns)
    }

    /// Whether a page with this `Origin` header may use the site. `null` never may.
    pub fn allow(&self, header: &str) -> bool {
        let Some(origin) = parse_header(header) else {
            return false;
        };
        self.0.iter().any(|pattern| pattern.matches(&origin))
    }
}

impl Pattern {
    /// Reads an entry of `origins`, such as `https://www.example.com` or `https://*.example.com`.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let (plain, one_below) = match text.split_once("://*.") {
            Some((scheme, rest)) => (format!("{scheme}://{rest}"), true),
            None => (text.to_owned(), false),
        };
        let wrong = || {
            format!(
                "`origins`: \"{text}\" is not like \"https://www.example.com\" or \"https://*.example.com\""
            )
        };
        let url = Url::parse(&plain).map_err(|_| wrong())?;
        let pattern = of_url(&url, one_below).ok_or_else(wrong)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let named = matches!(url.host(), Some(Host::Domain(_)));
        match bare && (!one_below || (named && pattern.host.contains('.'))) {
            true => Ok(pattern),
            false => Err(wrong()),
        }
    }

    fn matches(&self, origin: &Pattern) -> bool {
        self.scheme == origin.scheme && self.port == origin.port && self.host_matches(&origin.host)
    }

    fn host_matches(&self, host: &str) -> bool {
        if !self.one_below {
            return host == self.host;
        }
        let below = host
            .strip_suffix(&self.host)
            .and_then(|rest| rest.strip_suffix('.'));
        below.is_some_and(|label| !label.is_empty() && !label.contains('.'))
    }
}

/// Browsers send an origin in its one canonical form; anything else was not sent by a page.
fn parse_header(header: &str) -> Option<Pattern> {
    let url = Url::parse(header).ok()?;
    let canonical = url.origin().ascii_serialization();
    (canonical == header).then(|| of_url(&url, false))?
}

fn of_url(url: &Url, one_below: bool) -> Option<Pattern> {
    let web = matches!(url.scheme(), "http" | "https");
    let plain = url.username().is_empty() && url.password().is_none();
    let host = url
        .host_str()
        .filter(|host| web && plain && !host.contains('*'))?;
    Some(Pattern {
        scheme: url.scheme().to_owned(),
        host: host.to_owned(),
        port: url.port_or_known_default()?,
        one_below,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(patterns: &[&str], header: &str) -> bool {
        let patterns = patterns.iter().map(|text| Pattern::parse(text).unwrap());
        Origins::new(patterns.collect()).allow(header)
    }

    /// Whether the page may, for a list of one entry each.
    const CASES: &[(bool, &str, &str)] = &[
        (true, "https://example.com", "https://example.com"),
        (true, "https://example.com/", "https://example.com"),
        (true, "https://EXAMPLE.com", "https://example.com"),
        (true, "https://example.com:443", "https://example.com"),
        (true, "http://example.com:80", "http://example.com"),
        (true, "https://example.com:8443", "https://example.com:8443"),
        (true, "http://localhost:8080", "http://localhost:8080"),
        (true, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (true, "http://[::1]:8080", "http://[::1]:8080"),
        (true, "http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
        (
            true,
            "https://bücher.example",
            "https://xn--bcher-kva.example",
        ),
        (
            true,
            "https://xn--bcher-kva.example",
            "https://xn--bcher-kva.example",
        ),
        (true, "https://*.example.com", "https://a.example.com"),
        (
            true,
            "https://*.example.com",
            "https://xn--bcher-kva.example.com",
        ),
        (
            true,
            "https://*.example.com:8443",
            "https://a.example.com:8443",
        ),
        (true, "https://*.a.example.com", "https://b.a.example.com"),
        (false, "https://example.com", ""),
        (false, "https://example.com", "null"),
        (false, "https://example.com", "NULL"),
        (false, "https://example.com", "*"),
        (false, "https://example.com", "example.com"),
        (false, "https://example.com", "//example.com"),
        (false, "https://example.com", "http://example.com"),
        (false, "http://example.com", "https://example.com"),
        (false, "https://example.com", "https://example.com:8443"),
        (false, "https://example.com:8443", "https://example.com"),
        (false, "https://example.com", "https://example.com:443"),
        (false, "https://example.com", "https://example.com/"),
        (false, "https://example.com", "https://example.com/path"),
        (false, "https://example.com", "https://example.com?"),
        (false, "https://example.com", "https://example.com#"),
        (false, "https://example.com", "https://example.com."),
        (false, "https://example.com", "https://Example.com"),
        (false, "https://example.com", "HTTPS://example.com"),
        (false, "https://example.com", " https://example.com"),
        (false, "https://example.com", "https://example.com "),
        (
            false,
            "https://example.com",
            "https://example.com, https://evil.com",
        ),
        (false, "https://example.com", "https://evilexample.com"),
        (false, "https://example.com", "https://example.com.evil.com"),
        (false, "https://example.com", "https://www.example.com"),
        (false, "https://www.example.com", "https://example.com"),
        (false, "https://example.com", "https://example.co"),
        (false, "https://example.com", "https://user@example.com"),
        (false, "https://example.com", "https://example.com@evil.com"),
        (
            false,
            "https://example.com",
            "https://example.com\\@evil.com",
        ),
        (
            false,
            "https://example.com",
            "https://evil.com\0example.com",
        ),
        (false, "https://example.com", "file://"),
        (
            false,
            "https://example.com",
            "chrome-extension://example.com",
        ),
        (false, "https://example.com", "blob:https://example.com"),
        (false, "https://example.com", "wss://example.com"),
        (false, "https://*.example.com", "https://example.com"),
        (false, "https://*.example.com", "https://.example.com"),
        (false, "https://*.example.com", "https://a.b.example.com"),
        (false, "https://*.example.com", "https://aexample.com"),
        (false, "https://*.example.com", "https://evil-example.com"),
        (false, "https://*.example.com", "http://a.example.com"),
        (false, "https://*.example.com", "https://a.example.com:8443"),
        (false, "https://*.example.com", "https://*.example.com"),
        (
            false,
            "https://*.example.com",
            "https://a.example.com.evil.com",
        ),
        (false, "https://bücher.example", "https://bücher.example"),
        (false, "https://example.com", "https://example。com"),
        (false, "https://example.com", "https://ex%61mple.com"),
        (
            false,
            "https://example.com",
            "https://example.com%2eevil.com",
        ),
        (false, "https://example.com", "https://example.com\t"),
        (false, "https://example.com", "https://exam\tple.com"),
        (false, "https://example.com", "https:example.com"),
        (false, "https://example.com", "https:///example.com"),
        (false, "https://example.com", "https://example.com:"),
        (false, "https://example.com", "https://example.com:0443"),
        (
            false,
            "https://example.com",
            "https://example.com https://example.com",
        ),
        (false, "https://*.example.com", "https://a.example.com."),
        (false, "https://*.example.com", "https://a..example.com"),
        (false, "https://*.example.com", "https://user@a.example.com"),
        (false, "http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080"),
        (false, "http://[::1]:8080", "http://[::1%25eth0]:8080"),
        (false, "http://[::1]:8080", "http://[::ffff:127.0.0.1]:8080"),
        (false, "http://127.0.0.1:8080", "http://localhost:8080"),
        (false, "http://127.0.0.1:8080", "http://127.1:8080"),
        (false, "http://127.0.0.1:8080", "http://0x7f000001:8080"),
        (false, "http://localhost:8080", "http://localhost"),
        (
            false,
            "http://localhost:8080",
            "http://localhost.evil.com:8080",
        ),
    ];

    #[test]
    fn the_table_of_origins_holds() {
        for (expected, entry, header) in CASES {
            assert_eq!(
                allowed(&[entry], header),
                *expected,
                "{entry} against {header:?}"
            );
        }
        assert!(CASES.len() >= 60);
    }

    #[test]
    fn any_entry_of_the_list_will_do_and_an_empty_list_allows_nobody() {
        let list = ["https://a.example", "https://b.example"];
        assert!(allowed(&list, "https://b.example"));
        assert!(!allowed(&list, "https://c.example"));
        assert!(!allowed(&[], "https://a.example"));
    }

    #[test]
    fn entries_that_mean_nothing_or_too_much_are_refused() {
        for text in [
            "",
            "*",
            "null",
            "example.com",
            "https://",
            "https://*",
            "https://*.com",
            "https://*.*.com",
            "https://a.*.com",
            "https://*.1.2.3.4",
            "ftp://example.com",
            "https://example.com/app",
            "https://example.com?x",
            "https://u:p@example.com",
            "file:///tmp",
        ] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
