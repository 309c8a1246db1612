//! What one address was refused for one reason within a minute, as one event.

use std::collections::BTreeMap;
use std::net::IpAddr;

use annals_record::{Object, Record, Timestamp, UNKNOWN};
use serde_json::json;

use super::{SERVICE, by};
use crate::auth::caller::Caller;

const OPERATION: &str = "access.refused";
const NANOS_PER_MILLI: i64 = 1_000_000;

/// What is told as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RefusalKey {
    /// None: of a connection that is not known, or one of too many.
    pub(super) address: Option<IpAddr>,
    pub(super) code: &'static str,
    /// Minutes since 1970.
    pub(super) minute: i64,
}

/// What was refused so far.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    begun: Timestamp,
    last: Timestamp,
    count: u64,
    routes: BTreeMap<&'static str, u64>,
    /// The first who was known.
    caller: Option<Caller>,
    /// Whether others were among them.
    others: bool,
}

impl Refusal {
    pub(super) fn new(now: Timestamp) -> Self {
        let routes = BTreeMap::new();
        Self { begun: now, last: now, count: 0, routes, caller: None, others: false }
    }

    pub(super) fn add(&mut self, by: Option<&Caller>, route: &'static str, now: Timestamp) {
        self.last = now;
        self.count += 1;
        *self.routes.entry(route).or_default() += 1;
        match (&self.caller, by) {
            (None, Some(caller)) if self.count == 1 => self.caller = Some(caller.clone()),
            (Some(known), Some(caller)) if known.identity.owner() == caller.identity.owner() => {}
            (None, None) => {}
            _ => self.others = true,
        }
    }

    pub(super) fn record(&self, key: &RefusalKey) -> Record<'_> {
        let who = match &self.caller {
            Some(caller) => by(caller, OPERATION),
            None => Record {
                service: Some(SERVICE.into()),
                operation: Some(OPERATION.into()),
                operator: Some(UNKNOWN.into()),
                ..Record::default()
            },
        };
        let told = json!({ "code": key.code, "count": self.count, "routes": self.routes,
            "others": self.others });
        let lasted = (self.last.nanos() - self.begun.nanos()) / NANOS_PER_MILLI;
        Record {
            time: Some(self.begun.to_string().into()),
            duration_ms: u64::try_from(lasted).ok(),
            source_ip: key.address.map(|address| address.to_string().into()),
            object: Some(Object {
                kind: Some("request".into()),
                id: Some(key.code.into()),
                ..Object::default()
            }),
            outcome: Some("denied".into()),
            request_data: Some(told.to_string().into()),
            ..who
        }
    }
}
