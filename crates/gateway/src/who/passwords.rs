//! HTTP Basic: names beside passwords, which only the platform can judge.
//!
//! With a path to ask, the platform judges before the act, once in some minutes for each password,
//! and nothing else decides. Without one the name stays a claim until the answer of the act shows
//! that the platform let it in. Passwords are not kept; a keyed hash is, in memory, for as long as
//! it counts.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use sha2::{Digest as _, Sha256};

use super::{Known, Who, authorization};
use crate::config::Basic;
use crate::error::GatewayError;
use crate::upstream::Upstream;

/// How long an accepted password counts.
const ACCEPTED_MAX: Duration = Duration::from_secs(300);
/// Accepted passwords that are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// Judges names beside passwords.
#[derive(Debug)]
pub(super) struct Passwords {
    check: Option<String>,
    /// Statuses that the platform gives only after it has accepted the password.
    accepts: Vec<u16>,
    /// Of this process: a hash says nothing outside of it.
    key: [u8; 32],
    accepted: Mutex<HashMap<[u8; 32], Instant>>,
}

impl Passwords {
    pub(super) fn new(config: Basic) -> Result<Self, GatewayError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| GatewayError::Start {
            what: "get random bytes",
            source: std::io::Error::other(error),
        })?;
        let Basic { check, accepts } = config;
        Ok(Self { check, accepts, key, accepted: Mutex::default() })
    }

    /// True if an answer to an act shows that its password was accepted. A redirection does not:
    /// it may lead to the sign-in. Nor does an error: many come before anybody looks at a password.
    pub(super) fn accepts(&self, status: StatusCode) -> bool {
        let is_let_in = status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS;
        self.check.is_none() && (is_let_in || self.accepts.contains(&status.as_u16()))
    }

    pub(super) async fn find(&self, headers: &HeaderMap, platform: &Upstream) -> Who {
        let Some(login) = login(headers) else { return Who::Unknown };
        let (Some(path), Some(value)) = (&self.check, headers.get(AUTHORIZATION)) else {
            return Who::Claimed(login);
        };
        let hash = Sha256::new().chain_update(self.key).chain_update(value.as_bytes()).finalize();
        let hash = hash.into();
        let is_fresh = |since: &Instant| since.elapsed() < ACCEPTED_MAX;
        if !self.lock().get(&hash).is_some_and(is_fresh) {
            match platform.ask(path, Some(value)).await {
                Ok(asked) if asked.status.is_success() => self.remember(hash),
                Ok(asked) => {
                    if !matches!(asked.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
                        tracing::warn!(status = %asked.status, path, "a password is not judged");
                    }
                    return Who::Claimed(login);
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a password is not judged"
                    );
                    return Who::Claimed(login);
                }
            }
        }
        Who::Known(Known::by_password(login))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Instant>> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, hash: [u8; 32]) {
        let mut accepted = self.lock();
        if accepted.len() >= REMEMBERED_MAX {
            accepted.retain(|_, since| since.elapsed() < ACCEPTED_MAX);
        }
        if accepted.len() < REMEMBERED_MAX {
            accepted.insert(hash, Instant::now());
        }
    }
}

/// The name of a request's basic credentials.
fn login(headers: &HeaderMap) -> Option<String> {
    let pair = STANDARD.decode(authorization(headers, "basic")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (login, _) = pair.split_once(':')?;
    (!login.is_empty()).then(|| login.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: a claimed name is never a fact: only an answer that the platform gives to those it
    // has let in says so, and where there is a path to ask, none does.
    #[test]
    fn answers_that_let_in() {
        let passwords = |check: Option<&str>, accepts: &[u16]| {
            let check = check.map(str::to_owned);
            Passwords::new(Basic { check, accepts: accepts.to_vec() }).expect("random bytes")
        };
        let status = |code: &u16| StatusCode::from_u16(*code).expect("a status");
        let plain = passwords(None, &[]);
        assert!([101, 200, 201, 202, 204, 207].iter().all(|code| plain.accepts(status(code))));
        let no = [302, 304, 400, 401, 403, 404, 405, 407, 413, 421, 429, 500, 502, 503];
        assert!(!no.iter().any(|code| plain.accepts(status(code))));
        let own = passwords(None, &[404]);
        assert!([200, 404].iter().all(|code| own.accepts(status(code))));
        assert!(![401, 403, 409].iter().any(|code| own.accepts(status(code))));
        let checked = passwords(Some("/whoami"), &[]);
        assert!(![200, 404].iter().any(|code| checked.accepts(status(code))));
    }

    #[test]
    fn names_are_read() {
        let check = |value: &str, expected: Option<&str>| {
            let value = value.parse().expect("a header");
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
            assert_eq!(login(&headers).as_deref(), expected);
        };
        // RFC 7617, sections 2 and 2.1.
        check("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Some("Aladdin"));
        check("basic dGVzdDoxMjPCow==", Some("test"));
        check("Basic OnNlY3JldA==", None);
        check("Basic ???", None);
        check("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", None);
    }
}
