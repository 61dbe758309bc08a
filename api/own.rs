//! Which origins are this server's own: those of the chat's own page and of the desk. They need no entry in a
//! site's `origins`.
//!
//! The `Host` header alone is no proof. A foreign page may let its own name point at this machine (DNS rebinding),
//! and then `Origin` and `Host` agree. So a name counts only if it is `public_url`'s; an address and `localhost`
//! cannot be pointed anywhere.

use axum::http::HeaderMap;
use axum::http::header::HOST;
use url::{Host, Url};

use crate::config::Config;

/// Whether this `Origin` is our own.
pub fn is_own(public: Option<&Url>, origin: &str, headers: &HeaderMap) -> bool {
    bases(public, headers)
        .iter()
        .any(|base| base.origin().ascii_serialization() == origin)
}

/// Whether this request came by an address whose pages may use every site.
pub fn is_served_here(config: &Config, headers: &HeaderMap) -> bool {
    !bases(config.public_url.as_ref(), headers).is_empty()
}

/// Where sockets of our own pages lead, for a policy that names them.
pub fn sockets(config: &Config, headers: &HeaderMap) -> String {
    let socket = |base: &Url| {
        let origin = base.origin().ascii_serialization();
        origin.replacen("http", "ws", 1)
    };
    let all = bases(config.public_url.as_ref(), headers);
    all.iter().map(socket).collect::<Vec<_>>().join(" ")
}

fn bases(public: Option<&Url>, headers: &HeaderMap) -> Vec<Url> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let literal = host.map(literal).unwrap_or_default();
    public.cloned().into_iter().chain(literal).collect()
}

/// The origins behind a `Host` header that no name server can bend.
fn literal(host: &str) -> Vec<Url> {
    let fixed = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    let bare = |url: &Url| url.path() == "/" && url.username().is_empty() && url.query().is_none();
    ["http", "https"]
        .iter()
        .filter_map(|scheme| Url::parse(&format!("{scheme}://{host}")).ok())
        .filter(|url| fixed(url) && bare(url) && url.fragment().is_none())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(public: Option<&str>, host: &str, origin: &str) -> bool {
        let public = public.map(|url| Url::parse(url).unwrap());
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        is_own(public.as_ref(), origin, &headers)
    }

    #[test]
    fn the_public_address_is_our_own_whatever_a_proxy_makes_of_the_host() {
        let public = Some("https://chat.example.com/");
        assert!(own(public, "127.0.0.1:8080", "https://chat.example.com"));
        assert!(own(public, "chat.example.com", "https://chat.example.com"));
        for other in [
            "http://chat.example.com",
            "https://chat.example.com:8443",
            "https://chat.example.com.",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!own(public, "chat.example.com", other), "{other}");
        }
    }

    #[test]
    fn an_address_and_localhost_are_our_own_when_they_were_asked() {
        for host in [
            "127.0.0.1:8080",
            "192.168.1.7",
            "localhost:8080",
            "[::1]:8080",
        ] {
            assert!(own(None, host, &format!("http://{host}")), "{host}");
            assert!(own(None, host, &format!("https://{host}")), "{host}");
        }
        assert!(!own(None, "127.0.0.1:8080", "http://127.0.0.1:8081"));
        assert!(!own(None, "127.0.0.1:8080", "http://localhost:8080"));
    }

    #[test]
    fn a_foreign_name_that_points_here_is_not_our_own() {
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "user@127.0.0.1",
            "127.0.0.1/x",
            "",
        ] {
            assert!(!own(None, host, &format!("http://{host}")), "{host}");
        }
    }
}
