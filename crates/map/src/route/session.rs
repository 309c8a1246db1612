//! WebSocket sessions: the event of their end, from what their beginning has shown.

use std::borrow::Cow;
use std::sync::Arc;

use annals_record::{Outcome, Record, SYSTEM, UNKNOWN};
use serde_json::{Map, Value};

use super::clean;
use super::exchange::Close;
use super::rule::{Does, EndCause, Route, SessionRule};
use super::scope::Scope;

/// An open session.
#[derive(Clone, Debug)]
pub struct Session {
    route: Arc<Route>,
    /// The event of its beginning, whole.
    begun: Record<'static>,
}

impl Session {
    /// None: the route opens no session.
    pub(super) fn of(route: &Arc<Route>, begun: Record<'static>) -> Option<Self> {
        rule(route)?;
        Some(Self { route: route.clone(), begun })
    }

    /// The `session_id` of both of its events.
    pub fn id(&self) -> Option<&str> {
        self.begun.session_id.as_deref()
    }

    /// The operation of its end.
    pub fn ends(&self) -> &str {
        rule(&self.route).map_or("", |rule| &rule.ends)
    }

    /// The event of its end: whole, without id and time.
    pub fn close(&self, close: &Close<'_>) -> Record<'static> {
        let scope = Scope { close: Some(close), ..Scope::default() };
        let ruled = rule(&self.route).and_then(|rule| rule.causes.take(&scope));
        let cause = ruled.unwrap_or_else(|| EndCause::of(close.by, close.code));
        let mut record = self.begun.clone();
        record.operation = Some(Cow::Owned(self.ends().to_owned()));
        record.outcome = Some(Cow::Borrowed(Outcome::Success.as_str()));
        record.reason = clean::free(close.reason).map(Cow::Owned);
        record.changes = None;
        let whose = record.username.take().or_else(|| record.operator.clone());
        match cause {
            EndCause::User | EndCause::Network => {}
            EndCause::Timeout | EndCause::Release => record.operator = Some(SYSTEM.into()),
            // Which administrator, only the platform knows.
            EndCause::Admin => record.operator = Some(UNKNOWN.into()),
        }
        record.username = whose.filter(|whose| record.operator.as_ref() != Some(whose));
        let lasted = u64::try_from(close.lasted.as_millis()).unwrap_or(u64::MAX);
        let mut data = members(record.request_data.as_deref());
        data.insert("end_cause".to_owned(), cause.as_str().into());
        data.insert("lasted_ms".to_owned(), lasted.into());
        if let Some(code) = close.code {
            data.insert("close_code".to_owned(), code.into());
        }
        record.request_data = Some(Cow::Owned(Value::Object(data).to_string()));
        record
    }
}

fn rule(route: &Route) -> Option<&SessionRule> {
    match &route.does {
        Does::Record(recorded) => recorded.session.as_ref(),
        Does::Ignore | Does::Close(_) => None,
    }
}

fn members(data: Option<&str>) -> Map<String, Value> {
    match data.map(serde_json::from_str) {
        Some(Ok(Value::Object(members))) => members,
        _ => Map::new(),
    }
}
