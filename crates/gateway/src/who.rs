//! Who asks: what is proved, what is only claimed, and what nobody knows.
//!
//! A name is proved by a trusted proxy's header, a signed token, a session that a recorded sign-in
//! has handed out, or a password that the platform accepts. A name in a header of anybody else is
//! a claim; a claim never becomes an operator by itself.

mod jwt;
mod passwords;
mod sign_ins;

use std::net::IpAddr;

use annals_map::route::User;
use annals_record::Record;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, StatusCode};
use ipnet::IpNet;

use crate::config::Config;
use crate::error::GatewayError;
use crate::state::{Kept, State};
use crate::upstream::Upstream;
use jwt::Tokens;
use passwords::Passwords;
use sign_ins::SignIns;

/// A proved user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) login: String,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    /// `proxy`, `jwt`, `session` or `basic`.
    pub(crate) method: &'static str,
}

impl Known {
    fn by_password(login: String) -> Self {
        Self { login, id: None, name: None, method: "basic" }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Known(Known),
    /// A name beside a password that the platform has not accepted, or not yet.
    Claimed(String),
    Unknown,
}

impl Who {
    pub(crate) fn user(&self) -> User<'_> {
        match self {
            Self::Known(known) => User::Verified(&known.login),
            Self::Claimed(name) => User::Claimed(name),
            Self::Unknown => User::Unknown,
        }
    }

    /// The platform has accepted the password: the name is no claim any more. None: there was none.
    pub(crate) fn accept(&mut self) -> Option<String> {
        let Self::Claimed(login) = self else { return None };
        let login = std::mem::take(login);
        *self = Self::Known(Known::by_password(login.clone()));
        Some(login)
    }

    /// Fills in what the proof says beside the login; only for events of this user.
    pub(crate) fn describe(&self, record: &mut Record<'static>) {
        let Self::Known(Known { login, id, name, method }) = self else { return };
        if record.operator.as_deref() != Some(&**login) {
            return;
        }
        record.auth_method.get_or_insert((*method).into());
        if let Some(id) = id {
            record.operator_id.get_or_insert_with(|| id.clone().into());
        }
        if let Some(name) = name {
            record.operator_name.get_or_insert_with(|| name.clone().into());
        }
    }
}

/// Finds out who asks.
#[derive(Debug)]
pub(crate) struct Identities {
    trusted: Vec<IpNet>,
    proxy_header: Option<HeaderName>,
    tokens: Option<Tokens>,
    sign_ins: Option<SignIns>,
    passwords: Option<Passwords>,
}

impl Identities {
    /// Reads keys; those at an address are fetched when they are first needed. Blocks.
    pub(crate) fn new(config: &Config, state: State, kept: &Kept) -> Result<Self, GatewayError> {
        let users = &config.users;
        let proxy_header = users.proxy.as_ref().map(|proxy| {
            let unfit = || format!("[users.proxy]: `{}` is not a header", proxy.header);
            proxy.header.parse().map_err(|_| GatewayError::Unfit(unfit()))
        });
        Ok(Self {
            trusted: config.trusted_proxies.clone(),
            proxy_header: proxy_header.transpose()?,
            tokens: users.jwt.as_ref().map(|jwt| Tokens::new(jwt, config)).transpose()?,
            sign_ins: users.session.clone().map(|session| SignIns::new(session, state, kept)),
            passwords: users.basic.clone().map(Passwords::new).transpose()?,
        })
    }

    /// True if what this peer says of others counts.
    pub(crate) fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&peer))
    }

    /// The address that a request came from.
    pub(crate) fn source_ip(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        annals_api::sdk::web::source_ip(Some(peer), headers, &self.trusted).unwrap_or(peer)
    }

    /// The header in which trusted proxies name the user.
    pub(crate) fn proxy_header(&self) -> Option<&HeaderName> {
        self.proxy_header.as_ref()
    }

    /// Who asks. Takes a round trip at most once in minutes, for keys or a password.
    pub(crate) async fn find(&self, peer: IpAddr, headers: &HeaderMap, at: &Upstream) -> Who {
        if let Some(known) = self.proxied(peer, headers) {
            return Who::Known(known);
        }
        if let Some(tokens) = &self.tokens
            && let Some(known) = tokens.find(headers).await
        {
            return Who::Known(known);
        }
        if let Some(known) = self.sign_ins.as_ref().and_then(|sign_ins| sign_ins.find(headers)) {
            return Who::Known(known);
        }
        match &self.passwords {
            Some(passwords) => passwords.find(headers, at).await,
            None => Who::Unknown,
        }
    }

    fn proxied(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Known> {
        let header = self.proxy_header.as_ref().filter(|_| self.trusts(peer))?;
        let mut values = headers.get_all(header).iter();
        let login = values.next()?.to_str().ok()?.trim();
        // Two names are none: who knows which one the platform takes.
        let is_one = values.next().is_none() && !login.is_empty();
        is_one.then(|| Known { login: login.to_owned(), id: None, name: None, method: "proxy" })
    }

    /// True if an answer with this status shows that the platform has accepted a password.
    pub(crate) fn accepts(&self, status: StatusCode) -> bool {
        self.passwords.as_ref().is_some_and(|passwords| passwords.accepts(status))
    }

    /// True if the body of a sign-in's answer must be looked at.
    pub(crate) fn reads_sign_ins(&self) -> bool {
        self.sign_ins.as_ref().is_some_and(SignIns::reads_answers)
    }

    /// After a sign-in that succeeded: what the platform handed out stands for the user.
    pub(crate) fn signed_in(
        &self,
        login: &str,
        answer: &HeaderMap,
        data: Option<&serde_json::Value>,
    ) {
        if let Some(sign_ins) = &self.sign_ins {
            sign_ins.learn(login, answer, data);
        }
    }

    /// After a sign-out: what came with the request stands for nobody.
    pub(crate) fn signed_out(&self, request: &HeaderMap) {
        if let Some(sign_ins) = &self.sign_ins {
            sign_ins.forget(request);
        }
    }
}

/// What stands behind a scheme in `Authorization`.
fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (found, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// A value of `Set-Cookie` by the name of the cookie.
fn set_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(http::header::SET_COOKIE).iter();
    let pairs = lines.filter_map(|line| line.to_str().ok()?.split(';').next()?.split_once('='));
    // The last one counts, as in a browser.
    pairs.filter(|(known, _)| known.trim() == name).map(|(_, value)| value.trim()).next_back()
}
