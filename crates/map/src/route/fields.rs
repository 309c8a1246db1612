//! The event of a route or of a feed's item: which operation, who, and the fields beside them.

use std::borrow::Cow;
use std::net::IpAddr;

use annals_record::limits::{
    ACCOUNT_CHARS_MAX, AUTH_METHOD_CHARS_MAX, CORRELATION_CHARS_MAX, USER_AGENT_CHARS_MAX,
};
use annals_record::{Catalogue, Nearest, Outcome, RESERVED_SERVICE, Record, SYSTEM, UNKNOWN};
use serde_json::json;

use super::clean;
use super::condition::Rules;
use super::document::Keys;
use super::ending::{EndRule, Found, text};
use super::exchange::User;
use super::payload::Payload;
use super::scope::Scope;
use super::selector::{Allowed, Uses};
use super::text::Text;

/// The collector that `origin` names.
const COLLECTOR: &str = "annals-gateway";

/// Characters of a route's name in `origin`.
const ROUTE_CHARS_MAX: usize = 200;

/// What holds for all routes of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Defaults {
    pub(super) mask: Vec<String>,
    pub(super) outcome: Rules<Outcome>,
    pub(super) reason: Option<Text>,
    pub(super) username: Option<Text>,
    pub(super) request_id: Option<Text>,
}

/// How an event is filled.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) operation: String,
    pub(super) ends: EndRule,
    payload: Payload,
    user: Option<Text>,
    username: Option<Text>,
    session_id: Option<Text>,
    cause_id: Option<Text>,
    request_id: Option<Text>,
    auth_method: Option<Text>,
    /// Of an item: where it says that somebody was. Of a request only the gateway knows.
    source_ip: Option<Text>,
}

/// The operation of a code that somebody may record; or why there is none.
pub(super) fn operation<'c>(
    catalogue: &'c Catalogue,
    code: &str,
) -> Result<&'c annals_record::Operation, String> {
    if let Some(operation) = catalogue.operation(code) {
        return match &*operation.service {
            RESERVED_SERVICE => Err(format!("`{code}` is written only by the server itself")),
            _ => Ok(operation),
        };
    }
    if code.is_empty() {
        return Err("write a code of the catalogue, or `ignore = true` instead".to_owned());
    }
    let mut nearest = Nearest::default();
    let codes = catalogue.operations().iter();
    codes
        .filter(|known| known.service != RESERVED_SERVICE)
        .for_each(|known| nearest.add(&known.code));
    Err(match nearest.find(code) {
        Some(near) => format!("`{code}` is not in the catalogue; did you mean `{near}`?"),
        None => format!("`{code}` is not in the catalogue; see GET /v1/catalogue"),
    })
}

impl Fields {
    /// The keys of an event of this operation.
    pub(super) fn read(
        keys: &mut Keys<'_>,
        allowed: &Allowed,
        operation: &annals_record::Operation,
        defaults: &Defaults,
    ) -> Self {
        let kind = operation.object_type.split('|').next();
        let mut ends = EndRule::read(keys, allowed, kind);
        ends.or(&defaults.outcome, defaults.reason.as_ref());
        let mask = [&*defaults.mask, &*operation.mask].concat();
        let user = text(keys, "user", allowed);
        let fixed = user.as_ref().and_then(Text::fixed);
        if let Some(at) = keys.get("user").filter(|_| fixed.is_some_and(|name| name != SYSTEM)) {
            let message = "only `user = \"system\"` may be fixed; take a name from the exchange";
            keys.faults.add(at.span(), message);
        }
        Self {
            operation: operation.code.clone(),
            ends,
            payload: Payload::read(keys, allowed, &mask),
            user,
            username: text(keys, "username", allowed).or_else(|| defaults.username.clone()),
            session_id: text(keys, "session_id", allowed),
            cause_id: text(keys, "cause_id", allowed),
            request_id: text(keys, "request_id", allowed).or_else(|| defaults.request_id.clone()),
            auth_method: text(keys, "auth_method", allowed),
            source_ip: match allowed.uses.any(Uses::ITEM) {
                true => text(keys, "source_ip", allowed),
                false => None,
            },
        }
    }

    /// The id of the session that a route opens.
    pub(super) fn set_session_id(&mut self, id: Option<Text>) {
        self.session_id = self.session_id.take().or(id);
    }

    /// Is it the answer that tells who acted?
    pub(super) fn asks_answer_for_user(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.fixed() != Some(SYSTEM))
    }

    pub(super) fn uses(&self) -> Uses {
        let texts = [
            &self.user,
            &self.username,
            &self.session_id,
            &self.cause_id,
            &self.request_id,
            &self.auth_method,
        ];
        let uses = self.ends.uses() | self.payload.uses();
        texts.into_iter().flatten().fold(uses, |uses, text| uses | text.uses)
    }

    /// The event before its answer: without outcome, and with what the request shows.
    pub(super) fn intent(&self, scope: &Scope<'_>, route: &str) -> Record<'static> {
        let mut record = self.envelope(scope);
        let found = self.ends.targets(scope, &mut record);
        self.finish(record, Who::before(self, scope), found, route)
    }

    /// The whole event, as the answer or the item tells it.
    pub(super) fn whole(&self, scope: &Scope<'_>, route: &str) -> Record<'static> {
        let mut record = self.envelope(scope);
        let (outcome, found) = self.ends.fill(scope, &mut record);
        self.finish(record, Who::after(self, scope, outcome), found, route)
    }

    /// What only the answer shows, for an event whose intent is kept.
    pub(super) fn late(
        &self,
        scope: &Scope<'_>,
        intent: &Record<'static>,
        had_data: bool,
        ending: &mut Record<'static>,
    ) {
        let late = |known: &Option<Cow<'static, str>>, text: &Option<Text>, chars_max| {
            if known.is_some() { None } else { filled(text, scope, chars_max) }
        };
        ending.session_id = late(&intent.session_id, &self.session_id, CORRELATION_CHARS_MAX);
        ending.cause_id = late(&intent.cause_id, &self.cause_id, CORRELATION_CHARS_MAX);
        if intent.request_id.is_none() {
            ending.request_id = self.request_id(scope);
        }
        let has_data = scope.request.is_some_and(|request| request.data.is_some());
        if self.payload.uses().any(Uses::ANSWER) || (has_data && !had_data) {
            let data = self.payload.text(scope).map(Cow::Owned);
            ending.request_data = data.filter(|data| intent.request_data.as_ref() != Some(data));
        }
    }

    /// What is the same before and after.
    fn envelope(&self, scope: &Scope<'_>) -> Record<'static> {
        let request = scope.request;
        let agent = request.and_then(|request| {
            let agent = request.headers.get(http::header::USER_AGENT)?;
            let agent = clean::free(&String::from_utf8_lossy(agent.as_bytes()))?;
            Some(Cow::Owned(agent.chars().take(USER_AGENT_CHARS_MAX).collect()))
        });
        let offered = || {
            let id = request?.session_id?;
            clean::identifier(id, CORRELATION_CHARS_MAX).map(Cow::Owned)
        };
        Record {
            operation: Some(Cow::Owned(self.operation.clone())),
            username: filled(&self.username, scope, ACCOUNT_CHARS_MAX),
            session_id: match self.session_id {
                Some(_) => filled(&self.session_id, scope, CORRELATION_CHARS_MAX),
                None => offered(),
            },
            cause_id: filled(&self.cause_id, scope, CORRELATION_CHARS_MAX),
            request_id: self.request_id(scope),
            auth_method: filled(&self.auth_method, scope, AUTH_METHOD_CHARS_MAX),
            user_agent: agent,
            request_data: self.payload.text(scope).map(Cow::Owned),
            source_ip: self.source_ip(scope),
            ..Record::default()
        }
    }

    fn source_ip(&self, scope: &Scope<'_>) -> Option<Cow<'static, str>> {
        let text = self.source_ip.as_ref()?.render(scope)?;
        let address: IpAddr = text.trim().parse().ok()?;
        Some(Cow::Owned(address.to_string()))
    }

    fn request_id(&self, scope: &Scope<'_>) -> Option<Cow<'static, str>> {
        if self.request_id.is_some() {
            return filled(&self.request_id, scope, CORRELATION_CHARS_MAX);
        }
        let asked = scope.request.and_then(|request| request.headers.get("x-request-id"));
        let answered = || scope.answer.and_then(|answer| answer.headers.get("x-request-id"));
        let text = String::from_utf8_lossy(asked.or_else(answered)?.as_bytes());
        clean::identifier(&text, CORRELATION_CHARS_MAX).map(Cow::Owned)
    }

    fn finish(
        &self,
        mut record: Record<'static>,
        who: Who,
        found: Found,
        route: &str,
    ) -> Record<'static> {
        let mut inferred: Vec<String> = found.notes().collect();
        let operator = match who {
            Who::System => SYSTEM.to_owned(),
            Who::Unknown => UNKNOWN.to_owned(),
            Who::Named(name) if is_reserved(&name) => {
                inferred.push(format!("operator: `{name}` can't stand for a person's login"));
                record.username.get_or_insert(Cow::Owned(name));
                UNKNOWN.to_owned()
            }
            Who::Named(name) => name,
        };
        record.operator = Some(Cow::Owned(operator));
        let route: String = route.chars().take(ROUTE_CHARS_MAX).collect();
        let mut origin = json!({"collector": COLLECTOR, "route": route});
        if !inferred.is_empty() {
            origin["inferred"] = inferred.into();
        }
        record.origin = Some(Cow::Owned(origin.to_string()));
        record
    }
}

/// Who acted.
enum Who {
    System,
    Unknown,
    Named(String),
}

impl Who {
    /// As far as it is a fact before the answer.
    fn before(fields: &Fields, scope: &Scope<'_>) -> Self {
        match &fields.user {
            Some(user) if user.fixed() == Some(SYSTEM) => Self::System,
            _ => Self::verified(scope),
        }
    }

    /// A name in the request or the answer counts once the platform has accepted it.
    fn after(fields: &Fields, scope: &Scope<'_>, outcome: Outcome) -> Self {
        let Some(user) = &fields.user else { return Self::verified(scope) };
        if user.fixed() == Some(SYSTEM) {
            return Self::System;
        }
        let is_fact = outcome == Outcome::Success || scope.item.is_some();
        let name = is_fact.then(|| user.render(scope)).flatten();
        match name.and_then(|name| clean::identifier(&name, ACCOUNT_CHARS_MAX)) {
            // A feed is the platform's own word.
            Some(name) if scope.item.is_some() && name == SYSTEM => Self::System,
            Some(name) => Self::Named(name),
            None => Self::verified(scope),
        }
    }

    /// Whom the gateway knows.
    fn verified(scope: &Scope<'_>) -> Self {
        let Some(request) = scope.request else { return Self::System };
        let name = match request.user {
            User::Verified(name) => name,
            User::Claimed(_) | User::Unknown => return Self::Unknown,
        };
        clean::identifier(name, ACCOUNT_CHARS_MAX).map_or(Self::Unknown, Self::Named)
    }
}

/// Logins that mean something else in an event.
fn is_reserved(name: &str) -> bool {
    [SYSTEM, UNKNOWN].iter().any(|word| name.eq_ignore_ascii_case(word))
}

fn filled(text: &Option<Text>, scope: &Scope<'_>, chars_max: usize) -> Option<Cow<'static, str>> {
    let text = text.as_ref()?.render(scope)?;
    clean::identifier(&text, chars_max).map(Cow::Owned)
}
