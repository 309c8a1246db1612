//! What a caller shows: a token in a header, or the cookie of a session.
//!
//! A browser sends cookies with whatever any page makes it send, so a request by cookie that
//! changes something must come from this server's own pages. Whether what is shown is valid is
//! not decided here.

use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method};

use crate::http::error::HttpError;

/// Name of the session's cookie on TLS; the prefix has browsers keep it to this very host.
const COOKIE_ON_TLS: &str = "__Host-annals";
/// Its name without TLS, on loopback.
const COOKIE_ON_LOOPBACK: &str = "annals";
/// Set by browsers alone; pages cannot forge it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a caller shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credential<'a> {
    /// A token.
    Bearer(&'a str),
    /// The value of the session's cookie.
    Session(&'a str),
}

/// The name of the session's cookie. On TLS it is the one with the prefix alone: the other can be
/// set by a page on a neighbouring host, or by whoever sits in the middle of a plain request.
pub(crate) fn session_cookie(is_secure: bool) -> &'static str {
    if is_secure { COOKIE_ON_TLS } else { COOKIE_ON_LOOPBACK }
}

impl<'a> Credential<'a> {
    /// What the headers show; a token goes before a cookie, because nobody sends one by mistake.
    /// `is_secure`: browsers come by TLS.
    pub(crate) fn of(headers: &'a HeaderMap, is_secure: bool) -> Option<Self> {
        if headers.contains_key(AUTHORIZATION) {
            return bearer(headers).map(Self::Bearer);
        }
        cookie(headers, session_cookie(is_secure)).map(Self::Session)
    }

    /// Refuses what a page of another site may have made a browser send.
    pub(crate) fn demand_own_site(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<(), HttpError> {
        let is_by_browser = matches!(self, Self::Session(_));
        if !is_by_browser || method.is_safe() || is_own_site(headers) {
            Ok(())
        } else {
            Err(HttpError::CrossSite)
        }
    }
}

/// True if the browser says that one of our own pages sends this. Silence is no proof.
pub(crate) fn is_own_site(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let same_site = text(SEC_FETCH_SITE).map(|site| site == "same-origin");
    let same_origin = text(ORIGIN).map(|origin| {
        let (_, host) = origin.split_once("://").unwrap_or_default();
        !host.is_empty() && text(HOST).is_some_and(|own| own.eq_ignore_ascii_case(host))
    });
    match (same_site, same_origin) {
        (None, None) => false,
        (site, origin) => site != Some(false) && origin != Some(false),
    }
}

/// True if the browser says that a page of another site sends this; programs say nothing.
pub(crate) fn is_foreign_site(headers: &HeaderMap) -> bool {
    let by_browser = headers.contains_key(SEC_FETCH_SITE) || headers.contains_key(ORIGIN);
    by_browser && !is_own_site(headers)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The cookie of this name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    // Whoever shows a token is never taken for the session that the browser sends along.
    #[test]
    fn a_token_goes_before_a_cookie() {
        #[track_caller]
        fn check(pairs: &[(&'static str, &'static str)], expected: Option<Credential<'static>>) {
            assert_eq!(Credential::of(&headers(pairs), false), expected);
        }
        check(&[], None);
        check(&[("authorization", "Bearer  t ")], Some(Credential::Bearer("t")));
        check(&[("cookie", "a=1; annals=s")], Some(Credential::Session("s")));
        check(&[("authorization", "bearer t"), ("cookie", "annals=s")], {
            Some(Credential::Bearer("t"))
        });
        check(&[("authorization", "Basic x"), ("cookie", "annals=s")], None);
    }

    // A session planted under the name that any neighbour can set is none on TLS.
    #[test]
    fn on_tls_only_the_name_with_the_prefix_counts() {
        let both = headers(&[("cookie", "annals=planted; __Host-annals=own")]);
        assert_eq!(Credential::of(&both, true), Some(Credential::Session("own")));
        let planted = headers(&[("cookie", "annals=planted")]);
        assert_eq!(Credential::of(&planted, true), None);
        assert_eq!(Credential::of(&planted, false), Some(Credential::Session("planted")));
    }

    // Protects against forged requests: neither silence nor a foreign page may change anything
    // by cookie; reading and tokens are not held up.
    #[test]
    fn changes_by_cookie_come_from_our_own_pages() {
        #[track_caller]
        fn check(pairs: &[(&'static str, &'static str)], expected: bool) {
            assert_eq!(is_own_site(&headers(pairs)), expected, "{pairs:?}");
        }
        let host = ("host", "audit.example:7200");
        check(&[host], false);
        check(&[host, ("origin", "https://audit.example:7200")], true);
        check(&[host, ("origin", "https://audit.example")], false);
        check(&[host, ("origin", "null")], false);
        check(&[("origin", "https://audit.example")], false);
        check(&[host, ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "same-site")], false);
        check(&[host, ("sec-fetch-site", "none")], false);
        let both = [host, ("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")];
        check(&both, false);
        let foreign = headers(&[host, ("origin", "https://evil.example")]);
        let demand = |of: Credential<'_>, method| of.demand_own_site(&method, &foreign).is_ok();
        assert!(demand(Credential::Bearer("t"), Method::POST));
        assert!(demand(Credential::Session("s"), Method::GET));
        assert!(!demand(Credential::Session("s"), Method::DELETE));
    }
}
