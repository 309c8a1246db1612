//! `Peer`: the other end of a request, as far as it can be known.
//!
//! Behind proxies that the configuration trusts it is whoever the nearest of them names; what
//! anybody else writes into that header counts for nothing.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of a request.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// Its address.
    pub(crate) address: IpAddr,
    /// The certificate that it showed on the connection, by its SHA-256 in hex.
    pub(crate) certificate: Option<Arc<str>>,
}

impl Peer {
    /// The address behind trusted proxies: each of them adds at the end whom it was called by, so
    /// the last one that is no such proxy is the caller.
    pub(crate) fn behind(mut self, proxies: &[IpNet], headers: &HeaderMap) -> Self {
        let is_proxy = |address: &IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
        if !is_proxy(&self.address) {
            return self;
        }
        let named: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for name in named.into_iter().rev() {
            let Ok(address) = name.trim().parse::<IpAddr>() else { break };
            self.address = address.to_canonical();
            if !is_proxy(&self.address) {
                break;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    // An address in a header is believed from a trusted proxy alone, or everybody could choose
    // under which one they are counted and recorded.
    #[test]
    fn only_proxies_are_believed() {
        let check = |address: &str, forwarded: &[&'static str], expected: &str| {
            let proxies = ["10.0.0.0/8".parse().expect("a network")];
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
            }
            let address = address.parse().expect("an address");
            let peer = Peer { address, certificate: None }.behind(&proxies, &headers);
            assert_eq!(peer.address.to_string(), expected, "{forwarded:?}");
        };
        check("192.0.2.1", &["203.0.113.9"], "192.0.2.1");
        check("10.0.0.1", &["203.0.113.9"], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.7, 203.0.113.9, 10.0.0.2"], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.7", "203.0.113.9"], "203.0.113.9");
        check("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9");
    }
}
