//! Signed tokens: RFC 7519, checked as RFC 8725 asks.
//!
//! Signatures and keys are checked by the library that the server's sign-in uses; a key fits one
//! family of algorithms, and `none` fits no key. What stands here is which claims must hold. Keys
//! at an address are fetched when they are needed and asked for again with pauses, so that nobody
//! makes the gateway ask without end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{HeaderMap, HeaderName};
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeySet};
use serde::Deserialize;
use serde_json::Value;

use super::{Known, authorization};
use crate::clock;
use crate::config::{Config, Jwt};
use crate::error::GatewayError;
use crate::headers::cookie;
use crate::upstream::Upstream;

/// Clocks may differ by so much.
const LEEWAY_SECONDS: i64 = 60;
/// Longest token that is looked at.
const TOKEN_BYTES_MAX: usize = 16 << 10;
/// How long fetched keys are taken as they are.
const KEYS_FRESH: Duration = Duration::from_secs(300);
/// Shortest pause between two fetches.
const FETCH_PAUSE: Duration = Duration::from_secs(10);

type Keys = Arc<Vec<CoreJsonWebKey>>;

/// Checks tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    config: Jwt,
    /// Where a token stands by itself.
    header: Option<HeaderName>,
    keys: Mutex<Keys>,
    /// Where keys are fetched, and the path.
    source: Option<(Upstream, String)>,
    fetched: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Deserialize)]
struct Head {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
}

impl Tokens {
    pub(super) fn new(jwt: &Jwt, config: &Config) -> Result<Self, GatewayError> {
        let header = jwt.header.as_ref().map(|name| {
            let unfit = || format!("[users.jwt]: `{name}` is not a header");
            name.parse().map_err(|_| GatewayError::Unfit(unfit()))
        });
        let header = header.transpose()?;
        let keys = match (&jwt.secret_file, &jwt.jwks_file) {
            (Some(path), _) => {
                let bytes = std::fs::read(path).map_err(GatewayError::read(path))?;
                let none = || GatewayError::Content { path: path.clone(), what: "secret" };
                secrets(&bytes).ok_or_else(none)?
            }
            (_, Some(path)) => {
                let text = std::fs::read(path).map_err(GatewayError::read(path))?;
                let none =
                    || GatewayError::Content { path: path.clone(), what: "JSON Web Key Set" };
                parse(&text).ok_or_else(none)?
            }
            _ => Vec::new(),
        };
        let source = jwt.jwks_url.as_deref().map(|url| source(url, config)).transpose()?;
        let (keys, fetched) = (Mutex::new(Arc::new(keys)), tokio::sync::Mutex::default());
        Ok(Self { config: jwt.clone(), header, keys, source, fetched })
    }

    /// Who a request's token names.
    pub(super) async fn find(&self, headers: &HeaderMap) -> Option<Known> {
        let token = match (&self.header, &self.config.cookie) {
            (Some(name), _) => {
                headers.get(name).and_then(|value| Some(value.to_str().ok()?.trim()))
            }
            (None, Some(name)) => cookie(headers, name),
            (None, None) => authorization(headers, "bearer"),
        };
        let token = token.filter(|token| token.len() <= TOKEN_BYTES_MAX)?;
        if token.split('.').count() != 3 {
            return None;
        }
        self.refresh(KEYS_FRESH).await;
        let claims = match verified(token, &self.known()) {
            Some(claims) => claims,
            None if self.source.is_some() => {
                // Perhaps with a key that is new.
                self.refresh(FETCH_PAUSE).await;
                verified(token, &self.known())?
            }
            None => return None,
        };
        self.known_by(&claims, clock::seconds())
    }

    fn known(&self) -> Keys {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches keys that are older.
    async fn refresh(&self, age_max: Duration) {
        let Some((from, path)) = &self.source else { return };
        let mut fetched = self.fetched.lock().await;
        let age = fetched.map(|at| at.elapsed());
        let age_max = if self.known().is_empty() { FETCH_PAUSE } else { age_max };
        if age.is_some_and(|age| age < age_max) {
            return;
        }
        *fetched = Some(Instant::now());
        match from.ask(path, None).await {
            Ok(asked) if asked.status.is_success() => match parse(&asked.body) {
                Some(keys) => {
                    *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                }
                None => tracing::error!(path, "no JSON Web Key Set there; old keys stay"),
            },
            Ok(asked) => tracing::error!(path, status = %asked.status, "no keys; old ones stay"),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, path, "no keys; old ones stay");
            }
        }
    }

    /// The user whom checked claims name, if they hold now and here.
    fn known_by(&self, claims: &Value, now: i64) -> Option<Known> {
        let Jwt { issuer, audience, claim, id_claim, name_claim, .. } = &self.config;
        let seconds = |name: &str| match &claims[name] {
            Value::Null => Some(None),
            value => value.as_f64().map(|seconds| Some(seconds as i64)),
        };
        let is_over = seconds("exp")?.is_some_and(|end| end + LEEWAY_SECONDS <= now);
        let is_early = seconds("nbf")?.is_some_and(|start| start - LEEWAY_SECONDS > now);
        let is_issued = issuer.as_ref().is_none_or(|issuer| claims["iss"] == **issuer);
        let is_ours = audience.as_ref().is_none_or(|audience| match &claims["aud"] {
            Value::Array(all) => all.iter().any(|one| *one == **audience),
            one => *one == **audience,
        });
        if is_over || is_early || !is_issued || !is_ours {
            return None;
        }
        let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty());
        Some(Known {
            login: text(claim)?.to_owned(),
            id: text(id_claim).map(str::to_owned),
            name: text(name_claim).map(str::to_owned),
            method: "jwt",
        })
    }
}

/// The claims of a token that one of the keys has signed.
fn verified(token: &str, keys: &[CoreJsonWebKey]) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (head, payload) = signed.split_once('.')?;
    let head: Head = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if head.crit.is_some() || !may_sign(&head.alg, signature.len()) {
        return None;
    }
    let may_be = |key: &&CoreJsonWebKey| {
        let id = key.key_id().map(|id| id.as_str());
        let is_named = head.kid.is_none() || id.is_none() || id == head.kid.as_deref();
        let is_for_signing = key.key_use().is_none_or(|used| *used == CoreJsonWebKeyUse::Signature);
        is_named && is_for_signing
    };
    let mut keys = keys.iter().filter(may_be);
    keys.find(|key| key.verify_signature(&head.alg, signed.as_bytes(), &signature).is_ok())?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The library takes the length of an HMAC for granted.
fn may_sign(alg: &CoreJwsSigningAlgorithm, bytes: usize) -> bool {
    match alg {
        CoreJwsSigningAlgorithm::HmacSha256 => bytes == 32,
        CoreJwsSigningAlgorithm::HmacSha384 => bytes == 48,
        CoreJwsSigningAlgorithm::HmacSha512 => bytes == 64,
        _ => true,
    }
}

fn parse(text: &[u8]) -> Option<Vec<CoreJsonWebKey>> {
    let set: JsonWebKeySet<CoreJsonWebKey> = serde_json::from_slice(text).ok()?;
    Some(set.keys().clone())
}

/// The secret of a file. An editor leaves a line end that does not count; to programs that take
/// random bytes as they are (Slurm does) it counts. Whoever knows one knows the other.
fn secrets(bytes: &[u8]) -> Option<Vec<CoreJsonWebKey>> {
    let ends = bytes.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    let plain = &bytes[..bytes.len() - ends];
    let mut forms = vec![plain, bytes];
    forms.dedup();
    let key = |secret: &[u8]| CoreJsonWebKey::new_symmetric(secret.to_vec());
    (!plain.is_empty()).then(|| forms.into_iter().map(key).collect())
}

/// Where keys are asked for: like the platform, elsewhere.
fn source(url: &str, config: &Config) -> Result<(Upstream, String), GatewayError> {
    let unfit = || GatewayError::Unfit(format!("jwks_url: `{url}` is not an address"));
    let uri: http::Uri = url.parse().map_err(|_| unfit())?;
    let path = uri.path_and_query().ok_or_else(unfit)?.to_string();
    let mut parts = uri.into_parts();
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
    let upstream = http::Uri::from_parts(parts).map_err(|_| unfit())?;
    let platform = crate::config::Platform {
        authorities: config.platform.authorities.clone(),
        ..crate::config::Platform::default()
    };
    let at = Config { upstream, platform, ..config.clone() };
    Ok((Upstream::new(&at)?, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7515, appendix A.1: the key and the token.
    const KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn tokens(change: impl FnOnce(&mut Jwt)) -> Tokens {
        let mut config: Jwt = toml::from_str("secret_file = \"s\"").expect("a table");
        change(&mut config);
        let key = CoreJsonWebKey::new_symmetric(URL_SAFE_NO_PAD.decode(KEY).expect("base64"));
        let keys = Mutex::new(Arc::new(vec![key]));
        let fetched = tokio::sync::Mutex::default();
        Tokens { config, header: None, keys, source: None, fetched }
    }

    // Protects: what a key has signed is believed, and nothing else: not another payload, not
    // another algorithm, not none.
    #[test]
    fn signatures_are_checked() {
        let keys = tokens(|_| {}).known();
        let claims = verified(TOKEN, &keys).expect("the vector's own signature");
        assert_eq!(claims["iss"], "joe");
        let parts: Vec<&str> = TOKEN.split('.').collect();
        let forged = URL_SAFE_NO_PAD.encode(r#"{"iss":"joe","admin":true}"#);
        assert_eq!(verified(&format!("{}.{forged}.{}", parts[0], parts[2]), &keys), None);
        for alg in ["none", "HS384", "RS256", "ES256", "XX"] {
            let head = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}"}}"#));
            assert_eq!(verified(&format!("{head}.{}.{}", parts[1], parts[2]), &keys), None);
            assert_eq!(verified(&format!("{head}.{}.", parts[1]), &keys), None, "{alg}");
        }
        let mut key = URL_SAFE_NO_PAD.decode(KEY).expect("base64");
        key.extend(b"\r\n");
        let keys_of_file = secrets(&key).expect("a secret");
        assert!(verified(TOKEN, &keys_of_file).is_some(), "a line end does not count");
        key.drain(..1);
        assert_eq!(verified(TOKEN, &secrets(&key).expect("a secret")), None);
        assert!(secrets(b"\n").is_none());
        assert_eq!(verified("a.b.c", &keys), None);
        assert_eq!(verified("", &keys), None);
    }

    // Protects: a token counts only in its time, from its issuer and for its audience.
    #[test]
    fn claims_must_hold() {
        let check = |claims: &str, is_known: bool| {
            let tokens = tokens(|config| {
                config.issuer = Some("https://id".to_owned());
                config.audience = Some("hpc".to_owned());
            });
            let claims: Value = serde_json::from_str(claims).expect("JSON");
            let known = tokens.known_by(&claims, 1_000);
            assert_eq!(known.map(|known| known.login).is_some(), is_known, "{claims}");
        };
        let claims = |more: &str| {
            format!(
                r#"{{"preferred_username":"zhang3","iss":"https://id","aud":["x","hpc"]{more}}}"#
            )
        };
        check(&claims(""), true);
        check(&claims("").replace("hpc", "other"), false);
        check(&claims("").replace("https://id", "https://id2"), false);
        check(&claims("").replace("preferred_username", "nick"), false);
        check(&claims("").replace("[\"x\",\"hpc\"]", "\"hpc\""), true);
        check(&claims(r#","exp":939"#), false);
        check(&claims(r#","exp":941.5"#), true);
        check(&claims(r#","exp":"2030""#), false);
        check(&claims(r#","nbf":1061"#), false);
        check(&claims(r#","nbf":1059"#), true);
    }
}
