//! `Visitor`: somebody who uses the platform over HTTP.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::{Value, json};

/// How long something is waited for that the platform does by itself.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// How a visitor shows who he is after he has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Identity {
    /// By the token of the sign-in.
    Session,
    /// By login and password with each request.
    Basic,
}

/// Somebody who uses the platform.
pub(super) struct Visitor {
    http: reqwest::Client,
    pub(super) base: String,
    identity: Identity,
    authorization: HeaderValue,
}

impl Visitor {
    /// Somebody who signs in as a browser would.
    pub(super) async fn sign_in(
        base: &str,
        identity: Identity,
        login: &str,
        password: &str,
    ) -> Result<Self> {
        let mut visitor = Self {
            http: client()?,
            base: base.trim_end_matches('/').to_owned(),
            identity,
            authorization: HeaderValue::from_static(""),
        };
        let answer = visitor.does(Method::POST, "/api/login", sign_in(login, password)).await?;
        let token = answer["token"].as_str().context("the sign-in gave no token")?;
        visitor.authorization = match identity {
            Identity::Session => format!("Bearer {token}").parse()?,
            Identity::Basic => {
                format!("Basic {}", STANDARD.encode(format!("{login}:{password}"))).parse()?
            }
        };
        Ok(visitor)
    }

    /// Somebody else, at the same place.
    pub(super) async fn other(&self, login: &str, password: &str) -> Result<Self> {
        Self::sign_in(&self.base, self.identity, login, password).await
    }

    /// A sign-in that is refused.
    pub(super) async fn fails_to_sign_in(&self, login: &str, password: &str) -> Result<()> {
        self.refused(401, Method::POST, "/api/login", sign_in(login, password)).await
    }

    pub(super) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    /// Asks for something that is there.
    pub(super) async fn sees(&self, path: &str) -> Result<Value> {
        self.does(Method::GET, path, Value::Null).await
    }

    /// Does something that must succeed.
    pub(super) async fn does(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let (status, answer) = self.tries(method.clone(), path, body).await?;
        ensure!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        Ok(answer)
    }

    /// Tries something that must be refused.
    pub(super) async fn refused(
        &self,
        expected: u16,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<()> {
        let (status, answer) = self.tries(method.clone(), path, body).await?;
        ensure!(status == expected, "{method} {path}: {status}, not {expected}: {answer}");
        Ok(())
    }

    async fn tries(&self, method: Method, path: &str, body: Value) -> Result<(u16, Value)> {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// Sends a file with fields in front of it, as a browser's form does.
    pub(super) async fn sends_file(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Result<Value> {
        let (name, data) = file;
        let border = "form-border-8f1c5a";
        let mut body = Vec::new();
        for (field, value) in fields {
            body.extend(part(border, &format!("name=\"{field}\"")));
            body.extend(value.bytes());
        }
        body.extend(part(border, &format!("name=\"file\"; filename=\"{name}\"")));
        body.extend(data);
        body.extend(format!("\r\n--{border}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={border}");
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, kind).body(body);
        let (status, answer) = answer(request).await?;
        ensure!((200..300).contains(&status), "POST {path}: {status} {answer}");
        Ok(answer)
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.authorization.is_empty() {
            return request;
        }
        request.header(AUTHORIZATION, self.authorization.clone())
    }

    /// Waits until what the platform shows at a path is so.
    pub(super) async fn waits(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Result<Value> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let seen = self.sees(path).await?;
            if is_so(&seen) {
                return Ok(seen);
            }
            if tokio::time::Instant::now() > deadline {
                bail!("{path} did not become as expected in {PATIENCE:?}: {seen}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn sign_in(login: &str, password: &str) -> Value {
    json!({"login": login, "password": password})
}

/// What stands before the contents of a part of a form.
fn part(border: &str, disposition: &str) -> Vec<u8> {
    format!("\r\n--{border}\r\ncontent-disposition: form-data; {disposition}\r\n\r\n").into()
}

/// The platform speaks plain HTTP; the client still wants to be told how TLS would be done.
fn client() -> Result<reqwest::Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let trusts_nobody = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest::Client::builder().no_proxy().user_agent("platform-drive/1");
    Ok(client.tls_backend_preconfigured(trusts_nobody).build()?)
}

/// What is not JSON is told as a text.
async fn answer(request: reqwest::RequestBuilder) -> Result<(u16, Value)> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let body = response.bytes().await?;
    let value = serde_json::from_slice(&body);
    Ok((status, value.unwrap_or_else(|_| String::from_utf8_lossy(&body).into_owned().into())))
}

/// A text of an answer that must be there.
pub(super) fn text(answer: &Value, pointer: &str) -> Result<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {pointer} in {answer}"))
}
