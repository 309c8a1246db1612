//! Sessions that recorded sign-ins have handed out: a cookie or a token that stands for a user.
//!
//! Only hashes are kept, in memory and in the gateway's notes, until the sign-out or the end of
//! their time. Their number is bounded; the oldest is forgotten first, and then nobody is known.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Known, authorization, set_cookie};
use crate::clock;
use crate::config::SessionUser;
use crate::headers::cookie;
use crate::state::{Kept, Kind, State};

/// Sign-ins that are remembered.
const SIGN_INS_MAX: usize = 50_000;
const SECONDS_AN_HOUR: i64 = 3_600;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SignIn {
    login: String,
    /// Seconds since 1970.
    until: i64,
}

/// What stands for whom.
#[derive(Debug)]
pub(super) struct SignIns {
    config: SessionUser,
    state: State,
    /// By the hash of what was handed out.
    known: Mutex<HashMap<String, SignIn>>,
}

impl SignIns {
    pub(super) fn new(config: SessionUser, state: State, kept: &Kept) -> Self {
        let now = clock::seconds();
        let known: HashMap<String, SignIn> = kept.of(Kind::SignIn).into_iter().collect();
        let (known, old): (HashMap<_, _>, HashMap<_, _>) =
            known.into_iter().partition(|(_, sign_in)| sign_in.until > now);
        old.keys().for_each(|hash| state.forget(Kind::SignIn, hash));
        Self { config, state, known: Mutex::new(known) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, SignIn>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if tokens come in the bodies of answers.
    pub(super) fn reads_answers(&self) -> bool {
        self.config.token.is_some()
    }

    /// Who a request's cookie or token stands for.
    pub(super) fn find(&self, headers: &HeaderMap) -> Option<Known> {
        let known = self.lock();
        let now = clock::seconds();
        let found = self.shown(headers).find_map(|hash| known.get(&hash).cloned());
        let SignIn { login, .. } = found.filter(|sign_in| sign_in.until > now)?;
        Some(Known { login, id: None, name: None, method: "session" })
    }

    /// Hashes of what a request shows.
    fn shown(&self, headers: &HeaderMap) -> impl Iterator<Item = String> {
        let cookie = self.config.cookie.as_deref().and_then(|name| cookie(headers, name));
        let token = self.config.token.as_ref().and_then(|_| authorization(headers, "bearer"));
        [cookie.map(|value| hash("cookie", value)), token.map(|value| hash("token", value))]
            .into_iter()
            .flatten()
    }

    /// What an answer hands out stands for the user from now on.
    pub(super) fn learn(&self, login: &str, answer: &HeaderMap, data: Option<&Value>) {
        let cookie = self.config.cookie.as_deref().and_then(|name| set_cookie(answer, name));
        let token = || data?.pointer(self.config.token.as_deref()?)?.as_str();
        let handed = [cookie.map(|value| ("cookie", value)), token().map(|value| ("token", value))];
        let until = clock::seconds() + i64::from(self.config.hours) * SECONDS_AN_HOUR;
        for (kind, value) in handed.into_iter().flatten().filter(|(_, value)| !value.is_empty()) {
            let hash = hash(kind, value);
            let sign_in = SignIn { login: login.to_owned(), until };
            self.state.put_soon(Kind::SignIn, &hash, &sign_in);
            let mut known = self.lock();
            known.insert(hash, sign_in);
            if known.len() > SIGN_INS_MAX {
                let oldest = known.iter().min_by_key(|(_, sign_in)| sign_in.until);
                if let Some(oldest) = oldest.map(|(hash, _)| hash.clone()) {
                    known.remove(&oldest);
                    self.state.forget(Kind::SignIn, &oldest);
                }
            }
        }
    }

    /// What a request shows stands for nobody any more.
    pub(super) fn forget(&self, request: &HeaderMap) {
        for hash in self.shown(request) {
            self.lock().remove(&hash);
            self.state.forget(Kind::SignIn, &hash);
        }
    }
}

fn hash(kind: &str, value: &str) -> String {
    let hash = Sha256::digest(format!("{kind}:{value}").as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{COOKIE, SET_COOKIE};
    use serde_json::json;

    use super::*;

    fn with(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    // Protects: what a sign-in handed out is its user's, over a restart too, and nobody's after the
    // sign-out; nothing else is anybody's.
    #[tokio::test]
    async fn sessions_are_learnt() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = SessionUser {
            cookie: Some("sid".to_owned()),
            token: Some("/data/token".to_owned()),
            hours: 1,
        };
        let (state, kept) = State::open(folder.path()).expect("opens");
        let sign_ins = SignIns::new(config.clone(), state.clone(), &kept);
        let cookie = with(COOKIE, "theme=dark; sid=abc");
        let token = with(http::header::AUTHORIZATION, "Bearer t0k");
        assert_eq!(sign_ins.find(&cookie), None);
        let answer = with(SET_COOKIE, "sid=abc; HttpOnly");
        sign_ins.learn("zhang3", &answer, Some(&json!({"data": {"token": "t0k"}})));
        let login = |found: Option<Known>| found.map(|known| known.login);
        assert_eq!(login(sign_ins.find(&cookie)).as_deref(), Some("zhang3"));
        assert_eq!(login(sign_ins.find(&token)).as_deref(), Some("zhang3"));
        assert_eq!(sign_ins.find(&with(COOKIE, "sid=abd")), None);
        assert_eq!(sign_ins.find(&with(COOKIE, "sid=t0k")), None);
        sign_ins.forget(&cookie);
        assert_eq!(sign_ins.find(&cookie), None);
        state.flush().await;
        drop((sign_ins, state));
        let (state, kept) = State::open(folder.path()).expect("opens again");
        let sign_ins = SignIns::new(config, state, &kept);
        assert_eq!(sign_ins.find(&cookie), None);
        assert_eq!(login(sign_ins.find(&token)).as_deref(), Some("zhang3"));
    }
}
