//! From which address a request came: forwarded ones count only from trusted proxies.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The nearest address that is no trusted proxy. `peer` is who has connected; `X-Forwarded-For`
/// counts only as far as it was written by one of `trusted`.
pub fn source_ip(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let mut address = peer?;
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    for hop in hops.iter().rev() {
        if !trusted.iter().any(|network| network.contains(&address)) {
            break;
        }
        let Ok(next) = hop.trim().parse() else { break };
        address = next;
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: nobody gives himself an address.
    #[test]
    fn forwarded_addresses() {
        let trusted = ["127.0.0.0/8".parse().expect("a network")];
        let check = |peer: &str, forwarded: &str, expected: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED_FOR, forwarded.parse().expect("a header"));
            let found = source_ip(peer.parse().ok(), &headers, &trusted);
            assert_eq!(found, expected.parse().ok(), "{peer} {forwarded}");
        };
        check("10.9.9.9", "1.2.3.4", "10.9.9.9");
        check("127.0.0.1", "1.2.3.4, 10.2.0.7", "10.2.0.7");
        check("127.0.0.1", "1.2.3.4, 127.0.0.2", "1.2.3.4");
        check("127.0.0.1", "junk", "127.0.0.1");
        check("none", "1.2.3.4", "none");
    }
}
