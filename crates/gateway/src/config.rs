//! The configuration of a gateway: one TOML file, every key documented here.
//!
//! An unknown key is an error that names the nearest known one: a key misspelt must not leave an
//! operation unrecorded or a name unchecked. `annals gateway` with flags makes the same structure.

mod keys;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Uri;
use ipnet::IpNet;
use serde::Deserialize;

use crate::error::GatewayError;

/// `annals gateway --config FILE`.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    /// Where clients connect; port 0 picks one.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// Address of the platform: `http://host:port` or `https://host:port`.
    #[serde(with = "keys::uri")]
    pub upstream: Uri,
    /// Route files; all of them hold.
    #[serde(deserialize_with = "keys::one_or_many")]
    pub routes: Vec<PathBuf>,
    /// A folder of this gateway alone: what is promised to the server, operations that go on, open
    /// sessions. Keep it.
    pub spool: PathBuf,
    /// Where `/healthz`, `/metrics` and `/uncovered` are; a loopback address. Default: nowhere.
    pub admin: Option<SocketAddr>,
    /// Catalogues of the site's own operations, as the server has them.
    #[serde(default)]
    pub catalogue: Vec<PathBuf>,
    /// Put into every event; default: as the token says.
    pub region: Option<String>,
    /// Put into every event; default: as the token says.
    pub stack_id: Option<String>,
    /// Addresses or networks of proxies in front of the gateway, whose `X-Forwarded-…` headers
    /// count.
    #[serde(default, deserialize_with = "keys::networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Names under which the gateway may be asked for (header `Host`); empty: any.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Where events are sent.
    pub server: Server,
    /// How clients connect.
    #[serde(default)]
    pub https: Option<Https>,
    /// How the platform is spoken to.
    #[serde(default)]
    pub platform: Platform,
    /// How it is known who asks.
    #[serde(default)]
    pub users: Users,
    /// How much and how long.
    #[serde(default)]
    pub limits: Limits,
}

/// `[server]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Server {
    /// `http://host:port` of the Annals server.
    pub url: String,
    /// A file with an API token of role `emitter`; default: the variable `ANNALS_TOKEN`. With
    /// `--may-be-system`, if the route file records what the platform does by itself.
    pub token_file: Option<PathBuf>,
    /// Authorities that vouch for the server, PEM; default: those of this system. A server's own
    /// certificate is `DIR/keys/tls.pem`.
    pub authorities: Option<PathBuf>,
}

/// `[https]`: clients connect with TLS.
#[derive(Clone, Debug, Deserialize)]
pub struct Https {
    /// The certificate and those that vouch for it, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

/// `[platform]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Platform {
    /// Which `Host` the platform sees: `client`, the one that was asked for (default), or
    /// `upstream`, the one of its address.
    #[serde(default)]
    pub host: HostPolicy,
    /// HTTP/2 to the platform, without TLS too. It then sees the `Host` of its address.
    #[serde(default)]
    pub http2: bool,
    /// Authorities that vouch for the platform, PEM; default: those of this system.
    pub authorities: Option<PathBuf>,
    /// A file with the value of the header `Authorization` for what the gateway asks by itself:
    /// polls, feeds and the check of passwords do not borrow a user's rights.
    pub authorization_file: Option<PathBuf>,
}

/// Which host the platform sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HostPolicy {
    /// As the client asked.
    #[default]
    Client,
    /// That of `upstream`.
    Upstream,
}

/// `[users]`: several may stand together; the first that knows the user is taken, in this order.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Users {
    /// A header that a trusted proxy sets.
    pub proxy: Option<ProxyUser>,
    /// Signed tokens.
    pub jwt: Option<Jwt>,
    /// Sessions and tokens that a recorded sign-in has handed out.
    pub session: Option<SessionUser>,
    /// HTTP Basic.
    pub basic: Option<Basic>,
}

/// `[users.proxy]`. The header counts from `trusted_proxies` alone, and is taken away from all
/// others, so that the platform is not deceived either.
#[derive(Clone, Debug, Deserialize)]
pub struct ProxyUser {
    /// The header, such as `x-remote-user`.
    pub header: String,
}

/// `[users.jwt]`: exactly one of `secret_file`, `jwks_file`, `jwks_url`.
#[derive(Clone, Debug, Deserialize)]
pub struct Jwt {
    /// The cookie it comes in; default: `Authorization: Bearer`.
    pub cookie: Option<String>,
    /// The header it comes in by itself, such as `x-slurm-user-token`; instead of a cookie.
    pub header: Option<String>,
    /// The secret of HS256, HS384, HS512: the bytes of this file, with or without its line end.
    pub secret_file: Option<PathBuf>,
    /// Public keys: a file.
    pub jwks_file: Option<PathBuf>,
    /// Public keys: an address; asked again every five minutes, and when a key is unknown.
    pub jwks_url: Option<String>,
    /// Who must have issued it; default: anybody who has the key.
    pub issuer: Option<String>,
    /// For whom it must be; default: anybody.
    pub audience: Option<String>,
    /// The claim with the login.
    #[serde(default = "login_claim")]
    pub claim: String,
    /// The claim with the stable id.
    #[serde(default = "id_claim")]
    pub id_claim: String,
    /// The claim with the display name.
    #[serde(default = "name_claim")]
    pub name_claim: String,
}

/// `[users.session]`. After a recorded `user.login` that succeeded, its answer's cookie or token
/// stands for that user, until `user.logout` or `hours` later. Kept as a hash.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionUser {
    /// The cookie.
    pub cookie: Option<String>,
    /// JSON pointer to a token in the answer, such as `/token`, which then comes as
    /// `Authorization: Bearer`.
    pub token: Option<String>,
    /// How long it counts.
    #[serde(default = "session_hours")]
    pub hours: u32,
}

/// `[users.basic]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Basic {
    /// A path that the platform answers with 2xx to a right password and with 401 to a wrong one.
    /// Asked once in five minutes for each password, it makes the name a fact before the act, and
    /// nothing else does. Without it the answer of the act itself decides: 2xx, or the change of
    /// protocol, makes the name a fact.
    pub check: Option<String>,
    /// Further statuses that do, such as 404: those that this platform gives only after it has
    /// accepted the password. Not 401. Without `check` alone.
    #[serde(default)]
    pub accepts: Vec<u16>,
}

/// `[limits]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Connections at once.
    pub connections_max: usize,
    /// Bytes of a request's head.
    pub head_bytes_max: usize,
    /// Bytes of a request's body; 0: any number.
    pub body_bytes_max: u64,
    /// Bytes of a JSON body or form that are read before the platform is called. Larger ones, and
    /// files, pass through; their size and SHA-256 are recorded when they have passed.
    pub read_bytes_max: usize,
    /// Bytes of a JSON answer that are looked at.
    pub answer_bytes_max: usize,
    /// Seconds for a request's head.
    pub head_seconds_max: u64,
    /// Seconds until the platform is reached.
    pub connect_seconds_max: u64,
    /// Seconds until the platform begins to answer.
    pub answer_seconds_max: u64,
    /// Seconds a strict intent may take before the request is refused.
    pub strict_seconds_max: u64,
    /// Bytes of the spool.
    pub spool_bytes_max: u64,
    /// Seconds that requests may still take when the gateway stops, and then again for the server.
    pub stop_seconds_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 10_000,
            head_bytes_max: 64 << 10,
            body_bytes_max: 0,
            read_bytes_max: 256 << 10,
            answer_bytes_max: 256 << 10,
            head_seconds_max: 30,
            connect_seconds_max: 10,
            answer_seconds_max: 300,
            strict_seconds_max: 5,
            spool_bytes_max: 1 << 30,
            stop_seconds_max: 20,
        }
    }
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7400))
}

fn login_claim() -> String {
    "preferred_username".to_owned()
}

fn id_claim() -> String {
    "sub".to_owned()
}

fn name_claim() -> String {
    "name".to_owned()
}

fn session_hours() -> u32 {
    12
}

impl Config {
    /// Reads a file. Paths in it are seen from its folder.
    ///
    /// # Errors
    /// A file that can't be read, or is wrong.
    pub fn load(path: &Path) -> Result<Self, GatewayError> {
        let text = std::fs::read_to_string(path).map_err(GatewayError::read(path))?;
        let mut config = Self::parse(&text, path)?;
        config.seen_from(path.parent().unwrap_or(Path::new("")));
        Ok(config)
    }

    /// Reads the text of a file; `path` is for messages.
    ///
    /// # Errors
    /// A text that is wrong.
    pub fn parse(text: &str, path: &Path) -> Result<Self, GatewayError> {
        let syntax = |error| GatewayError::Syntax { path: path.into(), source: Box::new(error) };
        let table: toml::Table = text.parse().map_err(syntax)?;
        keys::check(&table)?;
        let config: Self = toml::from_str(text).map_err(syntax)?;
        config.check()?;
        Ok(config)
    }

    /// With what must be known, and defaults: what the flags make.
    #[must_use]
    pub fn new(upstream: Uri, routes: Vec<PathBuf>, spool: PathBuf, server: String) -> Self {
        Self {
            listen: listen(),
            upstream,
            routes,
            spool,
            admin: None,
            catalogue: Vec::new(),
            region: None,
            stack_id: None,
            trusted_proxies: Vec::new(),
            hosts: Vec::new(),
            server: Server { url: server, token_file: None, authorities: None },
            https: None,
            platform: Platform::default(),
            users: Users::default(),
            limits: Limits::default(),
        }
    }

    /// What the form of the values does not say.
    ///
    /// # Errors
    /// The first thing that cannot be meant.
    pub fn check(&self) -> Result<(), GatewayError> {
        let unfit = |message: String| Err(GatewayError::Unfit(message));
        let scheme = self.upstream.scheme_str().unwrap_or_default();
        let is_root = matches!(self.upstream.path(), "" | "/") && self.upstream.query().is_none();
        if !matches!(scheme, "http" | "https") || self.upstream.authority().is_none() || !is_root {
            return unfit(format!(
                "upstream `{}` is not an address like http://127.0.0.1:8080",
                self.upstream
            ));
        }
        if self.routes.is_empty() {
            return unfit("there is no route file; name one as `routes`".to_owned());
        }
        if let Some(admin) = self.admin.filter(|admin| !admin.ip().is_loopback()) {
            return unfit(format!(
                "admin = \"{admin}\" can be reached from outside; use 127.0.0.1"
            ));
        }
        if let Some(jwt) = &self.users.jwt {
            let keys = [jwt.secret_file.is_some(), jwt.jwks_file.is_some(), jwt.jwks_url.is_some()];
            if keys.iter().filter(|is_there| **is_there).count() != 1 {
                let message = "[users.jwt] needs one of secret_file, jwks_file, jwks_url";
                return unfit(message.to_owned());
            }
            if jwt.cookie.is_some() && jwt.header.is_some() {
                let message = "[users.jwt] looks in one place: leave out cookie or header";
                return unfit(message.to_owned());
            }
        }
        if let Some(Basic { check, accepts }) = &self.users.basic {
            if accepts.contains(&401) {
                return unfit("[users.basic] accepts 401, which is a wrong password".to_owned());
            }
            if let Some(code) = accepts.iter().find(|code| !(200..600).contains(*code)) {
                return unfit(format!("[users.basic] accepts {code}, which is no answer's status"));
            }
            if check.is_some() && !accepts.is_empty() {
                let message = "[users.basic] judges passwords by check: leave out accepts";
                return unfit(message.to_owned());
            }
        }
        if self.users.proxy.is_some() && self.trusted_proxies.is_empty() {
            let message = "[users.proxy] trusts nobody; name the proxy in trusted_proxies";
            return unfit(message.to_owned());
        }
        Ok(())
    }

    fn seen_from(&mut self, folder: &Path) {
        let seen = |path: &mut PathBuf| *path = folder.join(&*path);
        self.routes.iter_mut().chain(&mut self.catalogue).for_each(seen);
        let https =
            self.https.iter_mut().flat_map(|https| [&mut https.certificate, &mut https.key]);
        https.for_each(seen);
        let jwt = self.users.jwt.iter_mut();
        let files = jwt.flat_map(|jwt| [&mut jwt.secret_file, &mut jwt.jwks_file]);
        let files = files.chain([
            &mut self.server.token_file,
            &mut self.server.authorities,
            &mut self.platform.authorities,
            &mut self.platform.authorization_file,
        ]);
        files.flatten().chain([&mut self.spool]).for_each(seen);
    }
}

impl Limits {
    pub(crate) fn strict_patience(&self) -> Duration {
        Duration::from_secs(self.strict_seconds_max.max(1))
    }
}
