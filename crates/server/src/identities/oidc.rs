//! `Provider`: people that another site vouches for, by OpenID Connect.
//!
//! Authorization code with PKCE. What is asked is bound to the browser by a cookie, to the answer
//! by `state`, to the token by `nonce`, and each answer counts once. The signature, issuer,
//! audience and times of the token are checked by the library; only then its claims are read.
//! Who has begun and not come back is remembered for a while and in bounded memory.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use annals_ledger::disk::Real;
use annals_record::Timestamp;
use axum::http::header::{HOST, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::Full;
use hyper::Request;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ldap::granted;
use crate::auth::account::{Source, is_login};
use crate::config;
use crate::control::Vouched;
use crate::keep;
use crate::outside::{ConnectError, Connector};

/// Sign-ins that were begun and have not come back, of one provider.
const BEGUN_MAX: usize = 1_000;
/// How long one may take, nanoseconds.
const BEGUN_NANOS_MAX: i64 = 10 * 60 * 1_000_000_000;

/// Why nobody could be signed in by another site.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    #[error("the provider cannot be asked")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("cannot read the client's secret from {}", path.display())]
    Secret {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the address of this server or of the provider is none")]
    Address(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("this answer was not asked for by this browser, was used before, or came too late")]
    NotAsked,
    #[error("the provider's answer is not to be trusted")]
    Untrusted(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the provider does not say what the person is called here")]
    Nameless,
}

/// Where to send the browser, and what it has to bring back.
pub(crate) struct Begun {
    pub(crate) url: String,
    /// The secret for the browser's cookie.
    pub(crate) cookie: String,
}

/// What a browser brings back from another site.
pub(crate) struct Undertaken<'a> {
    pub(crate) code: &'a str,
    pub(crate) state: &'a str,
    pub(crate) cookie: &'a str,
}

/// Whoever came back.
pub(crate) struct Returned {
    /// None if the provider knows them but no role is granted to them.
    pub(crate) vouched: Option<Vouched>,
    /// The page they wanted to see.
    pub(crate) page: String,
}

/// A sign-in that was begun.
struct Waiting {
    cookie_sha256: [u8; 32],
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    page: String,
    until: i64,
}

/// Another site that vouches for people.
pub(crate) struct Provider {
    settings: config::Oidc,
    /// Where the provider sends the browser back to.
    callback: String,
    courier: Courier,
    /// By `state`.
    begun: Mutex<HashMap<String, Waiting>>,
}

impl Provider {
    /// A provider of the configuration; `callback` is its address here.
    pub(crate) fn new(settings: &config::Oidc, callback: String) -> Result<Self, ConnectError> {
        let ca = Some(settings.ca.as_path()).filter(|path| !path.as_os_str().is_empty());
        let courier = Courier(Connector::new(ca)?);
        let begun = Mutex::new(HashMap::new());
        Ok(Self { settings: settings.clone(), callback, courier, begun })
    }

    /// Its id in addresses.
    pub(crate) fn id(&self) -> &str {
        &self.settings.id
    }

    /// Its name for people.
    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in that shall end at `page`.
    pub(crate) async fn begin(&self, page: String, now: Timestamp) -> Result<Begun, OidcError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client_id(), None)
            .set_redirect_uri(self.redirect()?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in &self.settings.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (url, state, nonce) = request.url();
        let cookie = CsrfToken::new_random().into_secret();
        let cookie_sha256 = Sha256::digest(&cookie).into();
        let until = now.nanos().saturating_add(BEGUN_NANOS_MAX);
        let waiting = Waiting { cookie_sha256, nonce, verifier, page, until };
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut begun, now);
        begun.insert(state.into_secret(), waiting);
        Ok(Begun { url: url.to_string(), cookie })
    }

    /// Who came back with `code`, for the sign-in that `state` and `cookie` name together.
    pub(crate) async fn finish(
        &self,
        undertaken: &Undertaken<'_>,
        now: Timestamp,
    ) -> Result<Returned, OidcError> {
        let Undertaken { code, state, cookie } = *undertaken;
        let waiting = self.take(state, cookie, now).ok_or(OidcError::NotAsked)?;
        let secret = self.secret()?.map(ClientSecret::new);
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client_id(), secret)
            .set_redirect_uri(self.redirect()?);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(untrusted)?
            .set_pkce_verifier(waiting.verifier)
            .request_async(&self.courier)
            .await
            .map_err(untrusted)?;
        let token = answer.id_token().ok_or_else(|| untrusted(NoIdToken))?;
        let verifier = client.id_token_verifier();
        let claims = token.claims(&verifier, &waiting.nonce).map_err(untrusted)?;
        let subject = claims.subject().to_string();
        let claims = all_claims(&token.to_string()).ok_or_else(|| untrusted(NoIdToken))?;
        Ok(Returned { vouched: self.vouch(subject, &claims)?, page: waiting.page })
    }

    /// Takes what was begun; a second time there is nothing to take.
    fn take(&self, state: &str, cookie: &str, now: Timestamp) -> Option<Waiting> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let cookie_sha256: [u8; 32] = Sha256::digest(cookie).into();
        // Both are hashes of secrets nobody can choose, so timing tells nothing of use.
        begun.get(state).filter(|waiting| waiting.cookie_sha256 == cookie_sha256)?;
        begun.remove(state).filter(|waiting| now.nanos() < waiting.until)
    }

    fn vouch(&self, subject: String, claims: &Value) -> Result<Option<Vouched>, OidcError> {
        let settings = &self.settings;
        let text = |claim: &str| claims[claim].as_str().unwrap_or_default().to_owned();
        let name = text(&settings.login_claim);
        if !is_login(&name) {
            return Err(OidcError::Nameless);
        }
        let groups = match &claims[settings.groups_claim.as_str()] {
            Value::String(group) => vec![group.as_str()],
            Value::Array(groups) => groups.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let granted = granted(&settings.roles, |group| groups.contains(&group));
        Ok(granted.map(|(roles, scope)| Vouched {
            source: Source::Oidc(settings.id.clone()),
            subject: Some(subject),
            name,
            display_name: text(&settings.name_claim),
            roles,
            scope,
        }))
    }

    async fn metadata(&self) -> Result<CoreProviderMetadata, OidcError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone());
        let issuer = issuer.map_err(|error| OidcError::Address(error.into()))?;
        CoreProviderMetadata::discover_async(issuer, &self.courier)
            .await
            .map_err(|error| OidcError::Unreachable(error.into()))
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.settings.client_id.clone())
    }

    fn redirect(&self) -> Result<RedirectUrl, OidcError> {
        RedirectUrl::new(self.callback.clone()).map_err(|error| OidcError::Address(error.into()))
    }

    /// Read at each use, so that a new one takes effect without a restart.
    fn secret(&self) -> Result<Option<String>, OidcError> {
        let path = &self.settings.client_secret_file;
        if path.as_os_str().is_empty() {
            return Ok(None);
        }
        let failed = |source| OidcError::Secret { path: path.clone(), source };
        let missing = || failed(io::ErrorKind::NotFound.into());
        let text = keep::read(&Real, path).map_err(failed)?.ok_or_else(missing)?;
        Ok(Some(text.trim().to_owned()))
    }
}

/// As HTTP/1.1 wants it: path in the first line, the host in a header.
fn as_http1<B>(mut request: Request<B>) -> Request<B> {
    let uri = request.uri().clone();
    let host = uri.authority().map(|authority| authority.as_str());
    if let Some(host) = host.and_then(|host| HeaderValue::from_str(host).ok()) {
        request.headers_mut().insert(HOST, host);
    }
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().unwrap_or_default();
    request
}

/// Carries the library's requests to the provider.
struct Courier(Connector);

impl<'c> AsyncHttpClient<'c> for Courier {
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ConnectError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let uri = request.uri().clone();
            let request = as_http1(request.map(|body| Full::new(body.into())));
            let answer = self.0.send(&uri, request).await?;
            Ok(answer.map(|body| body.to_vec()))
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the provider sent no identity token that can be read")]
struct NoIdToken;

fn untrusted(error: impl std::error::Error + Send + Sync + 'static) -> OidcError {
    OidcError::Untrusted(Box::new(error))
}

/// Every claim of a token whose signature was checked, also those no standard knows.
fn all_claims(token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Forgets who came too late, and the oldest if there are too many.
fn make_room(begun: &mut HashMap<String, Waiting>, now: Timestamp) {
    begun.retain(|_, waiting| now.nanos() < waiting.until);
    if begun.len() < BEGUN_MAX {
        return;
    }
    let oldest = begun.iter().min_by_key(|(_, waiting)| waiting.until);
    if let Some(state) = oldest.map(|(state, _)| state.clone()) {
        begun.remove(&state);
    }
}
