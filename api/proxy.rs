//! The client's address behind proxies that the operator trusts.
//!
//! `X-Forwarded-For` is read from the right: each trusted proxy vouches for the address before it, and the
//! first one that is not trusted is the client. What stands further left was written by strangers.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";
const CLOUDFLARE: &str = "cf-connecting-ip";

/// Whose request this is. Headers count only when the peer itself is a trusted proxy.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    match headers.contains_key(FORWARDED_FOR) {
        true => walk(peer, headers, trusted),
        false => cloudflare(headers).unwrap_or(peer),
    }
}

fn walk(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut nearest = peer;
    for value in headers.get_all(FORWARDED_FOR).iter().rev() {
        let Ok(list) = value.to_str() else {
            return nearest;
        };
        for entry in list.rsplit(',') {
            let Some(address) = parse(entry) else {
                return nearest;
            };
            nearest = address;
            if !is_trusted(address, trusted) {
                return nearest;
            }
        }
    }
    nearest
}

/// Cloudflare's own header is used when it is the only one, as with a tunnel straight to hinny.
fn cloudflare(headers: &HeaderMap) -> Option<IpAddr> {
    parse(headers.get(CLOUDFLARE)?.to_str().ok()?)
}

/// Proxies write an address, or an address with a port.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    let with_port = || {
        entry
            .parse()
            .ok()
            .map(|socket: std::net::SocketAddr| socket.ip())
    };
    address
        .or_else(with_port)
        .map(|address: IpAddr| address.to_canonical())
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// What limits count by: one IPv4 address, or one IPv6 network as a household or server gets it.
pub fn limit_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6([a, b, c, d, 0, 0, 0, 0].into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    const TRUSTED: &[&str] = &["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"];

    fn client(peer: &str, headers: &[(&str, &str)]) -> String {
        let trusted: Vec<IpNet> = TRUSTED.iter().map(|text| text.parse().unwrap()).collect();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        client_address(peer.parse().unwrap(), &map, &trusted).to_string()
    }

    fn forwarded(peer: &str, value: &str) -> String {
        client(peer, &[("x-forwarded-for", value)])
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(forwarded("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(
            client("203.0.113.9", &[("cf-connecting-ip", "198.51.100.1")]),
            "203.0.113.9"
        );
        assert_eq!(client("203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_names_its_client() {
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(forwarded("127.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(
            forwarded("::ffff:127.0.0.1", "198.51.100.1"),
            "198.51.100.1"
        );
        assert_eq!(forwarded("fd00::1", "2001:db8::5"), "2001:db8::5");
        assert_eq!(forwarded("127.0.0.1", "[2001:db8::5]:4711"), "2001:db8::5");
        assert_eq!(forwarded("127.0.0.1", "198.51.100.1:4711"), "198.51.100.1");
    }

    #[test]
    fn the_list_is_walked_from_the_right_to_the_first_stranger() {
        assert_eq!(
            forwarded("127.0.0.1", "1.1.1.1, 198.51.100.1"),
            "198.51.100.1"
        );
        assert_eq!(
            forwarded("127.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.7"),
            "198.51.100.1"
        );
        assert_eq!(forwarded("127.0.0.1", "10.0.0.8, 10.0.0.7"), "10.0.0.8");
    }

    #[test]
    fn several_headers_are_one_list() {
        let headers = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "198.51.100.1, 10.0.0.7"),
        ];
        assert_eq!(client("127.0.0.1", &headers), "198.51.100.1");
    }

    #[test]
    fn nonsense_ends_the_walk_at_the_last_good_address() {
        assert_eq!(forwarded("127.0.0.1", "unknown"), "127.0.0.1");
        assert_eq!(forwarded("127.0.0.1", ""), "127.0.0.1");
        assert_eq!(
            forwarded("127.0.0.1", "198.51.100.1, nonsense, 10.0.0.7"),
            "10.0.0.7"
        );
    }

    #[test]
    fn cloudflares_header_counts_behind_a_trusted_peer_when_it_stands_alone() {
        assert_eq!(
            client("127.0.0.1", &[("cf-connecting-ip", "198.51.100.1")]),
            "198.51.100.1"
        );
        let both = [
            ("cf-connecting-ip", "1.1.1.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(client("127.0.0.1", &both), "198.51.100.1");
    }

    #[test]
    fn limits_count_an_ipv6_network_as_one() {
        let key = |text: &str| limit_key(text.parse().unwrap()).to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(key("198.51.100.1"), "198.51.100.1");
        assert_eq!(key("::ffff:198.51.100.1"), "198.51.100.1");
    }
}
