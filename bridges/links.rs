//! Which links may be clicked: web pages and mail addresses, nothing else. Every text that comes in or
//! goes out asks here, so that no `javascript:`, `data:` or `tg:` link ever becomes a node of a `Text`.

use url::Url;

/// Longer addresses are no use to a person, and platforms refuse them.
const LONGEST: usize = 2_048;

/// The address if it is absolute and safe to show as a link, else nothing.
pub fn safe_url(address: &str) -> Option<Url> {
    let address = address.trim();
    if address.len() > LONGEST {
        return None;
    }
    let url = Url::parse(address).ok()?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Some(url),
        "mailto" => Some(url),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_and_mail_addresses_are_links() {
        for good in [
            "https://example.com/a?b=c#d",
            "HTTP://example.com",
            " https://example.com ",
            "mailto:ada@example.com",
        ] {
            assert!(safe_url(good).is_some(), "{good}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        let long = format!("https://example.com/{}", "a".repeat(LONGEST));
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,hi",
            "tg://user?id=1",
            "file:///etc/passwd",
            "docs/setup.md",
            "//example.com",
            "https://",
            "",
            &long,
        ] {
            assert!(safe_url(bad).is_none(), "{bad}");
        }
    }
}
