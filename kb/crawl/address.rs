//! Which addresses are fetched: those of the named hosts, without what makes one page look like many, and none that a
//! site without end would make up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::CrawlJob;

const MAX_LENGTH: usize = 1_000;
const MAX_FOLDERS: usize = 20;
/// A folder's name that comes again so often in one path is a link that counts from the wrong place.
const MAX_REPEATED: usize = 3;
/// What shops and mail programs add to count visits.
const COUNTERS: [&str; 10] = [
    "gclid",
    "fbclid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "phpsessid",
    "jsessionid",
    "sid",
    "sessionid",
    "ref",
];
/// Files that hold no text to read.
const OTHER: [&str; 34] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "avif", "css", "js", "mjs", "json", "xml",
    "zip", "gz", "tgz", "tar", "rar", "7z", "exe", "dmg", "deb", "rpm", "mp3", "mp4", "webm",
    "mov", "avi", "woff", "woff2", "ttf", "doc", "docx", "xlsx",
];

/// The addresses of one walk.
pub(super) struct Scope {
    hosts: Vec<String>,
    /// On the first host, only what lies below.
    folder: String,
    home: String,
}

impl Scope {
    pub fn of(job: &CrawlJob) -> Scope {
        let path = job.url.path();
        let folder = &path[..path.rfind('/').map_or(0, |at| at + 1)];
        let home = authority(&job.url);
        let others = job.hosts.iter().map(|host| host.to_ascii_lowercase());
        Scope {
            hosts: std::iter::once(home.clone()).chain(others).collect(),
            folder: folder.to_owned(),
            home,
        }
    }

    /// Whether a request may go there at all.
    pub fn knows_host(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && self.hosts.contains(&authority(url))
    }

    /// Whether it is a page of this walk.
    pub fn holds(&self, url: &Url) -> bool {
        self.knows_host(url)
            && (authority(url) != self.home || url.path().starts_with(&self.folder))
            && !is_endless(url)
            && !is_other(url)
    }
}

/// The host, and the port where it is not the usual one.
pub(super) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}

/// One address for one page: without the place on it, and without what counts visits.
pub(super) fn normal(mut url: Url) -> Url {
    url.set_fragment(None);
    if url.query().is_some() {
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| !is_counter(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        match kept.is_empty() {
            true => url.set_query(None),
            false => {
                url.query_pairs_mut().clear().extend_pairs(kept);
            }
        }
    }
    url
}

fn is_counter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_") || COUNTERS.contains(&name.as_str())
}

/// What no real page is called.
fn is_endless(url: &Url) -> bool {
    let folders: Vec<&str> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let repeated =
        |part: &&str| folders.iter().filter(|other| *other == part).count() > MAX_REPEATED;
    url.as_str().len() > MAX_LENGTH || folders.len() > MAX_FOLDERS || folders.iter().any(repeated)
}

fn is_other(url: &Url) -> bool {
    let file = url.path().rsplit('/').next().unwrap_or_default();
    let extension = file
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    extension.is_some_and(|end| OTHER.contains(&end.as_str()))
}

/// Whether an address belongs to the whole internet: not to this machine, its network or a special purpose.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, .., y, z] = address.segments();
    let embedded = |high: u16, low: u16| {
        let [one, two] = high.to_be_bytes();
        let [three, four] = low.to_be_bytes();
        Ipv4Addr::new(one, two, three, four)
    };
    match (a, b) {
        // Translated addresses lead to the IPv4 address inside.
        (0x64, 0xff9b) => is_public_v4(embedded(y, z)),
        (0x2002, _) => is_public_v4(embedded(b, address.segments()[2])),
        (0x2001, 0xdb8) => false,
        // Everything else that is in use for the whole internet lies here.
        _ => (0x2000..0x4000).contains(&a),
    }
}

/// Whether a host is an address itself, and a private one.
pub fn is_private_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn scope(start: &str, hosts: &[&str]) -> Scope {
        Scope::of(&CrawlJob {
            url: url(start),
            folder: "x".into(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            allow_private: false,
            limits: super::super::CrawlLimits::default(),
        })
    }

    #[test]
    fn only_named_hosts_and_what_lies_below_the_start_are_walked() {
        let scope = scope("https://x.example/docs/start", &["y.example:8080"]);
        for good in [
            "https://x.example/docs/",
            "https://x.example/docs/a/b?page=2",
            "http://x.example/docs/a",
            "https://y.example:8080/any",
        ] {
            assert!(scope.holds(&url(good)), "{good}");
        }
        for bad in [
            "https://x.example/",
            "https://evil.example/docs/",
            "https://x.example:8443/docs/",
            "https://x.example.evil.example/docs/",
            "ftp://x.example/docs/",
            "https://x.example/docs/logo.PNG",
            "https://x.example/docs/a/a/a/a/b",
            &format!("https://x.example/docs/{}", "a/b/".repeat(30)),
            &format!("https://x.example/docs/{}", "a".repeat(1_001)),
        ] {
            assert!(!scope.holds(&url(bad)), "{bad}");
        }
    }

    #[test]
    fn one_page_has_one_address() {
        let same = |text: &str| normal(url(text)).to_string();
        assert_eq!(same("https://x.example/a#b"), "https://x.example/a");
        assert_eq!(
            same("https://x.example/a?utm_source=x&PHPSESSID=1"),
            "https://x.example/a"
        );
        assert_eq!(
            same("https://x.example/a?q=1&gclid=2"),
            "https://x.example/a?q=1"
        );
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        assert!(is_private_host(&url("http://[::1]:80/")));
        assert!(is_private_host(&url("http://0x7f.1/")));
        assert!(!is_private_host(&url("http://x.example/")));
    }
}
