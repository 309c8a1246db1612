//! HTTP Basic: names beside passwords, which only the platform can judge.
//!
//! With a path to ask, the platform judges before the act, once in some minutes for each password.
//! Without one the name stays a claim, and the answer of the act itself decides. Passwords are not
//! kept; a keyed hash is, in memory, for as long as it counts.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
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
        Ok(Self { check: config.check, key, accepted: Mutex::default() })
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
                Ok(_) => return Who::Claimed(login),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a password is not judged"
                    );
                    return Who::Claimed(login);
                }
            }
        }
        Who::Known(Known { login, id: None, name: None, method: "basic" })
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
