//! Headers as they go from one side to the other: RFC 9110, section 7.6.
//!
//! What belongs to one connection ends here. What only a trusted proxy may say is taken from all
//! others, so that the platform is not told what a client made up.

use std::net::IpAddr;

use http::header::{
    CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, FORWARDED, HOST, HeaderName, HeaderValue, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, Request, Version};
use uuid::Uuid;

/// Tells the platform under which id its request is recorded, so that it can name that as the cause
/// of what it does later by itself. Nobody but this gateway says it.
pub(crate) const OPERATION: HeaderName = HeaderName::from_static("x-annals-operation");
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// Headers by which proxies tell who has asked; more of them than the gateway itself writes.
const SAID_BY_PROXIES: [HeaderName; 5] = [
    FORWARDED_FOR,
    FORWARDED_PROTO,
    FORWARDED_HOST,
    HeaderName::from_static("x-real-ip"),
    FORWARDED,
];
/// Those of one connection, beside what `Connection` names.
const OF_ONE_HOP: [HeaderName; 6] = [
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("proxy-authenticate"),
    HeaderName::from_static("proxy-authorization"),
    TRAILER,
    TRANSFER_ENCODING,
];
/// Longest request id that is taken from outside.
const REQUEST_ID_CHARS_MAX: usize = 128;

/// Why a request is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Its length can be read in two ways.
    Length,
    /// It names no host, or several.
    Host,
}

/// Refuses what two readers could understand in two ways.
pub(crate) fn check<B>(request: &Request<B>) -> Result<(), Unfit> {
    let headers = request.headers();
    let lengths = headers.get_all(CONTENT_LENGTH).iter().count();
    if lengths > 1 || (lengths == 1 && headers.contains_key(TRANSFER_ENCODING)) {
        return Err(Unfit::Length);
    }
    let hosts = headers.get_all(HOST).iter().count();
    let is_named = hosts == 1 || request.uri().authority().is_some();
    if hosts > 1 || (!is_named && request.version() == Version::HTTP_11) {
        return Err(Unfit::Host);
    }
    Ok(())
}

/// The host that a request asks for, with its port.
pub(crate) fn host<B>(request: &Request<B>) -> Option<HeaderValue> {
    let authority = request.uri().authority();
    let authority = authority.and_then(|authority| authority.as_str().parse().ok());
    authority.or_else(|| request.headers().get(HOST).cloned())
}

/// The protocol that a request wants to change to, and may.
pub(crate) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let listed = tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    headers.get(UPGRADE).filter(|_| listed).cloned()
}

/// Takes away what belongs to one connection.
pub(crate) fn strip_hop(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> =
            tokens(headers, &CONNECTION).filter_map(|token| token.parse().ok()).collect();
        // Nobody hides from the platform who has asked, or which host.
        let kept = |name: &HeaderName| *name == HOST || *name == CONTENT_LENGTH;
        named.iter().filter(|name| !kept(name)).for_each(|name| drop(headers.remove(name)));
        headers.remove(CONNECTION);
    }
    headers.remove(UPGRADE);
    for name in &OF_ONE_HOP {
        headers.remove(name);
    }
}

/// Where a request came from, as far as its headers are concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct From<'a> {
    pub(crate) peer: IpAddr,
    /// What the peer says of others counts.
    pub(crate) is_trusted: bool,
    pub(crate) is_encrypted: bool,
    pub(crate) host: Option<&'a HeaderValue>,
    /// The header in which trusted proxies name the user.
    pub(crate) user_header: Option<&'a HeaderName>,
}

/// Prepares the headers of a request for the platform.
pub(crate) fn to_platform(headers: &mut HeaderMap, from: From<'_>) {
    let wants_trailers = tokens(headers, &TE).any(|token| token.eq_ignore_ascii_case("trailers"));
    strip_hop(headers);
    headers.remove(EXPECT);
    headers.remove(&OPERATION);
    headers.remove(TE);
    if wants_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    if !from.is_trusted {
        SAID_BY_PROXIES.iter().for_each(|name| drop(headers.remove(name)));
        from.user_header.into_iter().for_each(|name| drop(headers.remove(name)));
    }
    let peer = from.peer.to_string();
    let before = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let mut hops: Vec<&str> = before.collect();
    hops.push(&peer);
    if let Ok(hops) = HeaderValue::from_str(&hops.join(", ")) {
        headers.insert(FORWARDED_FOR, hops);
    }
    if !headers.contains_key(FORWARDED_PROTO) {
        let proto = if from.is_encrypted { "https" } else { "http" };
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static(proto));
    }
    if let Some(host) = from.host.filter(|_| !headers.contains_key(FORWARDED_HOST)) {
        headers.insert(FORWARDED_HOST, host.clone());
    }
    join_cookies(headers);
    let is_fit = |id: &HeaderValue| id.len() <= REQUEST_ID_CHARS_MAX && id.to_str().is_ok();
    if !headers.get(REQUEST_ID).is_some_and(is_fit) {
        let id = Uuid::now_v7().to_string();
        headers.insert(REQUEST_ID, id.parse().expect("a UUID is ASCII"));
    }
}

/// HTTP/2 may part cookies into several lines; HTTP/1.1 knows one (RFC 9113, section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let lines: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if lines.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&lines.join(&b"; "[..]))
    {
        headers.insert(COOKIE, joined);
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| known.trim() == name).map(|(_, value)| value.trim())
}

fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| {
            let name: HeaderName = name.parse().expect("a name");
            (name, HeaderValue::from_str(value).expect("a value"))
        };
        lines.iter().map(pair).collect()
    }

    fn sent(lines: &[(&str, &str)], is_trusted: bool) -> Vec<String> {
        let mut headers = headers(lines);
        headers.insert(REQUEST_ID, HeaderValue::from_static("r-1"));
        let host = HeaderValue::from_static("hpc.example");
        let user = HeaderName::from_static("x-remote-user");
        let from = From {
            peer: "10.0.0.9".parse().expect("an address"),
            is_trusted,
            is_encrypted: true,
            host: Some(&host),
            user_header: Some(&user),
        };
        to_platform(&mut headers, from);
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().expect("text"))
        };
        let mut lines: Vec<String> = headers.iter().map(line).collect();
        lines.sort();
        lines
    }

    // Protects: headers of one connection end here, those that `Connection` names too, but not
    // those by which the platform would be deceived.
    #[test]
    fn hops_end() {
        let found = sent(
            &[
                ("connection", "close, x-mine, content-length"),
                ("x-mine", "1"),
                ("keep-alive", "5"),
                ("te", "trailers, deflate"),
                ("transfer-encoding", "chunked"),
                ("upgrade", "h2c"),
                ("content-length", "3"),
                ("x-yours", "2"),
                ("cookie", "a=1"),
                ("cookie", "b=2"),
            ],
            false,
        );
        let expected = [
            "content-length: 3",
            "cookie: a=1; b=2",
            "te: trailers",
            "x-forwarded-for: 10.0.0.9",
            "x-forwarded-host: hpc.example",
            "x-forwarded-proto: https",
            "x-request-id: r-1",
            "x-yours: 2",
        ];
        assert_eq!(found, expected);
    }

    // Protects: nobody but a trusted proxy tells the platform who has asked.
    #[test]
    fn only_proxies_speak_for_others() {
        let lines = [
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-proto", "http"),
            ("x-real-ip", "1.2.3.4"),
            ("x-annals-operation", "somebody's"),
            ("forwarded", "for=1.2.3.4"),
            ("x-remote-user", "zhang3"),
        ];
        let own = ["x-forwarded-host: hpc.example", "x-forwarded-proto: https"];
        let found = sent(&lines, false);
        assert_eq!(found[..3], ["x-forwarded-for: 10.0.0.9", own[0], own[1]]);
        assert_eq!(found.len(), 4);
        let found = sent(&lines, true);
        assert!(found.contains(&"x-forwarded-for: 1.2.3.4, 10.0.0.9".to_owned()), "{found:?}");
        assert!(found.contains(&"x-remote-user: zhang3".to_owned()), "{found:?}");
        assert!(!found.iter().any(|line| line.contains(OPERATION.as_str())), "{found:?}");
        assert!(found.contains(&"x-forwarded-proto: http".to_owned()), "{found:?}");
    }

    // Protects: no request is passed on whose end the platform could see elsewhere.
    #[test]
    fn two_lengths_are_refused() {
        let check = |lines: &[(&str, &str)], expected| {
            let mut request = Request::new(());
            *request.headers_mut() = headers(lines);
            assert_eq!(check(&request), expected, "{lines:?}");
        };
        let host = ("host", "a");
        check(&[host, ("content-length", "1")], Ok(()));
        check(&[host, ("transfer-encoding", "chunked")], Ok(()));
        let both = [host, ("content-length", "1"), ("transfer-encoding", "chunked")];
        check(&both, Err(Unfit::Length));
        check(&[host, ("content-length", "1"), ("content-length", "1")], Err(Unfit::Length));
        check(&[host, host], Err(Unfit::Host));
        check(&[], Err(Unfit::Host));
    }

    #[test]
    fn cookies_are_found() {
        let headers = headers(&[("cookie", "a=1; sid=x=y"), ("cookie", "b=2")]);
        assert_eq!(cookie(&headers, "sid"), Some("x=y"));
        assert_eq!(cookie(&headers, "b"), Some("2"));
        assert_eq!(cookie(&headers, "c"), None);
    }
}
