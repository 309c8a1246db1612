//! What stands in the core: which operation, when, where, by what kind of account, how it ended.

use super::Faults;
use super::targets::{self, Targets, outcome_words};
use super::text::check_identifier;
use crate::canonical::{write_integer, write_string};
use crate::catalogue::{Catalogue, Operation, RESERVED_SERVICE, Unresolved};
use crate::control::Control;
use crate::fault::codes;
use crate::ids::is_event_id;
use crate::limits::{
    ACCOUNT_CHARS_MAX, AUTH_METHOD_CHARS_MAX, CLOCK_SKEW_NANOS_MAX, ID_CHARS_MAX, INTEGER_MAX,
    PLACE_CHARS_MAX, TIME_NANOS_MIN,
};
use crate::operator::{SYSTEM, UserType};
use crate::outcome::Outcome;
use crate::phase::Phase;
use crate::record::{Record, Sender};
use crate::timestamp::Timestamp;

/// The checked core of an event. With faults it holds stand-ins that are never kept.
pub(super) struct Act<'a> {
    pub(super) operation: Option<&'a Operation>,
    pub(super) operator: &'a str,
    pub(super) time: Timestamp,
    pub(super) clock_skew: bool,
    pub(super) targets: Targets<'a>,
    /// The type of an object whose sender named none.
    pub(super) default_type: Option<&'a str>,
    received: Timestamp,
    region: &'a str,
    stack_id: &'a str,
    user_type: UserType,
    outcome: Outcome,
    auth_method: Option<&'a str>,
    duration_ms: Option<u64>,
    guarantee: Option<&'a str>,
    emitter: &'a str,
    phase: &'a Phase<'a>,
    control: Option<&'a Control>,
}

/// How a sender keeps events until they are acknowledged.
const GUARANTEES: [&str; 3] = ["strict", "spooled", "best_effort"];

impl<'a> Act<'a> {
    pub(super) fn check(
        record: &'a Record<'a>,
        catalogue: &'a Catalogue,
        sender: &'a Sender,
        received: Timestamp,
        faults: &mut Faults,
    ) -> Self {
        check_id(record, faults);
        let (time, clock_skew) = check_time(record, received, faults);
        let region = check_place(&record.region, &sender.region, "region", faults);
        let stack_id = check_place(&record.stack_id, &sender.stack_id, "stack_id", faults);
        let operation = check_operation(record, catalogue, sender, faults);
        let operator = check_operator(record, sender, faults);
        targets::check(record, faults);
        check_control(record, sender, faults);
        let object_type = operation.map(|operation| operation.object_type.as_str());
        Self {
            operation,
            operator,
            time,
            clock_skew,
            targets: Targets::of(record),
            default_type: object_type.filter(|kind| !kind.contains('|')),
            received,
            region,
            stack_id,
            user_type: check_user_type(record, operator, sender, faults),
            outcome: check_outcome(record, faults),
            auth_method: check_auth_method(record, faults),
            duration_ms: check_duration(record, faults),
            guarantee: check_guarantee(record, faults),
            emitter: &sender.emitter,
            phase: &record.phase,
            control: record.control.as_ref(),
        }
    }

    fn object_type(&self) -> Option<&'a str> {
        match &self.targets {
            Targets::None => None,
            Targets::One(object) => object.kind.as_deref().or(self.default_type),
            Targets::Many(objects) => objects.common_type(self.default_type),
        }
    }

    /// Writes the canonical core: keys in the order of RFC 8785.
    pub(super) fn write_core(&self, id: &str, out: &mut Vec<u8>) {
        out.push(b'{');
        let text = |out: &mut Vec<u8>, key: &[u8], value: Option<&str>| {
            if let Some(value) = value {
                out.extend_from_slice(key);
                write_string(out, value);
                out.push(b',');
            }
        };
        text(out, b"\"auth_method\":", self.auth_method);
        if self.clock_skew {
            out.extend_from_slice(b"\"clock_skew\":true,");
        }
        if let Some(control) = self.control {
            out.extend_from_slice(b"\"control\":");
            control.write(out);
            out.push(b',');
        }
        if let Some(value) = self.duration_ms {
            out.extend_from_slice(b"\"duration_ms\":");
            write_integer(out, value);
            out.push(b',');
        }
        let (of, phase) = match self.phase {
            Phase::Whole => (None, None),
            Phase::Intent => (None, Some("intent")),
            Phase::Outcome { of } => (Some(&**of), Some("outcome")),
        };
        let code = |operation: &'a Operation| operation.code.as_str();
        text(out, b"\"emitter\":", Some(self.emitter));
        text(out, b"\"guarantee\":", self.guarantee);
        text(out, b"\"id\":", Some(id));
        text(out, b"\"object_type\":", self.object_type());
        text(out, b"\"of\":", of);
        text(out, b"\"operation\":", self.operation.map(code));
        text(out, b"\"outcome\":", Some(self.outcome.as_str()));
        text(out, b"\"phase\":", phase);
        moment(out, b"\"received_time\":\"", self.received);
        text(out, b"\"region\":", Some(self.region));
        text(out, b"\"service\":", self.operation.map(|operation| operation.service.as_str()));
        text(out, b"\"stack_id\":", Some(self.stack_id));
        moment(out, b"\"time\":\"", self.time);
        text(out, b"\"user_type\":", Some(self.user_type.as_str()));
        out.extend_from_slice(b"\"v\":1}");
    }
}

fn moment(out: &mut Vec<u8>, key: &[u8], value: Timestamp) {
    out.extend_from_slice(key);
    out.extend_from_slice(&value.to_bytes());
    out.extend_from_slice(b"\",");
}

fn check_id(record: &Record<'_>, faults: &mut Faults) {
    let message = "must be 1 to 64 printable ASCII characters, none of / ? # % \\ and blank";
    match record.id.as_deref() {
        Some(id) if id.len() > ID_CHARS_MAX && id.chars().count() > ID_CHARS_MAX => {
            faults.add(codes::TOO_LONG, "id", message);
        }
        Some(id) if !is_event_id(id) => faults.add(codes::BAD_ID, "id", message),
        _ => {}
    }
    if let Phase::Outcome { of } = &record.phase
        && !is_event_id(of)
    {
        faults.add(codes::BAD_ID, "of", message);
    }
}

/// The time of the event, and whether the sender's clock ran ahead.
fn check_time(record: &Record<'_>, received: Timestamp, faults: &mut Faults) -> (Timestamp, bool) {
    let Some(text) = record.time.as_deref().filter(|text| !text.is_empty()) else {
        faults.add(codes::MISSING_FIELD, "time", "required: when the operation happened");
        return (received, false);
    };
    let Some(time) = Timestamp::parse(text) else {
        let message = "must be RFC 3339 with at most nine fractional digits, such as \
                       2026-11-22T08:30:00.123Z";
        faults.add(codes::BAD_TIME, "time", message);
        return (received, false);
    };
    if time < Timestamp::from_nanos(TIME_NANOS_MIN) {
        faults.add(codes::TIME_TOO_OLD, "time", "lies before 2000-01-01; mend the sender's clock");
    }
    let latest = received.nanos().saturating_add(CLOCK_SKEW_NANOS_MAX);
    (time, time > Timestamp::from_nanos(latest))
}

/// Region or stack id, as sent or by default.
fn check_place<'a>(
    sent: &'a Option<std::borrow::Cow<'_, str>>,
    default: &'a Option<String>,
    field: &'static str,
    faults: &mut Faults,
) -> &'a str {
    let place = sent.as_deref().or(default.as_deref()).unwrap_or_default();
    if place.is_empty() {
        let message = "required: in the event, or as a default of the token or the server";
        faults.add(codes::MISSING_STACK, field, message);
    }
    check_identifier(faults, field, place, PLACE_CHARS_MAX);
    place
}

fn check_operation<'a>(
    record: &Record<'_>,
    catalogue: &'a Catalogue,
    sender: &Sender,
    faults: &mut Faults,
) -> Option<&'a Operation> {
    let service = record.service.as_deref().filter(|word| !word.is_empty());
    let operation = record.operation.as_deref().unwrap_or_default();
    let is_allowed = |code: &str| sender.is_server || code != RESERVED_SERVICE;
    let found = catalogue.resolve(service, operation);
    if let Ok(found) = found
        && is_allowed(&found.service)
    {
        return Some(found);
    }
    let named = service.and_then(|word| catalogue.named_service(word).ok());
    let unresolved = match found {
        Err(unresolved) if named.is_none_or(|named| is_allowed(&named.code)) => unresolved,
        _ => {
            let message = "only the server itself writes this service; use another";
            faults.add(codes::RESERVED_SERVICE, "service", message);
            return None;
        }
    };
    if operation.is_empty() {
        faults.add(codes::MISSING_FIELD, "operation", "required: a code or name of the catalogue");
        return None;
    }
    let hint = |nearest: Option<&str>| match nearest {
        Some(nearest) => format!("the nearest is \"{nearest}\""),
        None => "GET /v1/catalogue lists them all".to_owned(),
    };
    match unresolved {
        Unresolved::Operation(nearest) => {
            let message = format!("no operation has this code or name; {}", hint(nearest));
            faults.add(codes::UNKNOWN_OPERATION, "operation", message);
        }
        Unresolved::Service(nearest) => {
            let message = format!("no service has this code or name; {}", hint(nearest));
            faults.add(codes::UNKNOWN_SERVICE, "service", message);
        }
        Unresolved::Ambiguous(services) => {
            let message = format!("add service: one of {}", services.join(", "));
            faults.add(codes::AMBIGUOUS_OPERATION, "operation", message);
        }
        Unresolved::OtherService(code) => {
            let message = format!("the operation belongs to service {code}; leave service out");
            faults.add(codes::OTHER_SERVICE, "service", message);
        }
    }
    None
}

fn check_operator<'a>(record: &'a Record<'_>, sender: &Sender, faults: &mut Faults) -> &'a str {
    let operator = record.operator.as_deref().unwrap_or_default();
    if operator.trim().is_empty() {
        let message = "required: the login that acted; \"unknown\" if the source cannot know";
        faults.add(codes::MISSING_FIELD, "operator", message);
    }
    if operator.eq_ignore_ascii_case(SYSTEM) && !sender.may_be_system {
        let message = "this token may not speak for the platform; name who acted, or use a \
                       token made with --may-be-system";
        faults.add(codes::SYSTEM_NOT_ALLOWED, "operator", message);
    }
    check_identifier(faults, "operator", operator, ACCOUNT_CHARS_MAX);
    operator
}

fn check_user_type(
    record: &Record<'_>,
    operator: &str,
    sender: &Sender,
    faults: &mut Faults,
) -> UserType {
    let default = UserType::of_operator(operator);
    let Some(word) = record.user_type.as_deref() else { return default };
    let Some(kind) = UserType::parse(word) else {
        let words = UserType::ALL.map(UserType::as_str).join(", ");
        faults.add(codes::BAD_VALUE, "user_type", format!("must be one of {words}"));
        return default;
    };
    if kind == UserType::System && !sender.may_be_system && default != UserType::System {
        let message = "this token may not speak for the platform; use user or service";
        faults.add(codes::SYSTEM_NOT_ALLOWED, "user_type", message);
    }
    kind
}

fn check_outcome(record: &Record<'_>, faults: &mut Faults) -> Outcome {
    let is_intent = record.phase == Phase::Intent;
    let is_end = matches!(record.phase, Phase::Outcome { .. });
    let default = if is_intent { Outcome::Pending } else { Outcome::Success };
    let Some(word) = record.outcome.as_deref() else {
        if is_end {
            faults.add(codes::MISSING_FIELD, "outcome", "required: how the operation ended");
        }
        return default;
    };
    match Outcome::parse(word) {
        Some(outcome) if is_intent && outcome != Outcome::Pending => {
            faults.add(codes::BAD_VALUE, "outcome", "an intent has no outcome yet; leave it out");
            default
        }
        Some(Outcome::Pending) if is_end => {
            let message = "an operation that is still going on has no outcome yet; send it later";
            faults.add(codes::BAD_VALUE, "outcome", message);
            default
        }
        Some(outcome) => outcome,
        None => {
            faults.add(codes::BAD_VALUE, "outcome", outcome_words());
            default
        }
    }
}

fn check_auth_method<'a>(record: &'a Record<'_>, faults: &mut Faults) -> Option<&'a str> {
    let method = record.auth_method.as_deref()?;
    check_identifier(faults, "auth_method", method, AUTH_METHOD_CHARS_MAX);
    Some(method)
}

fn check_duration(record: &Record<'_>, faults: &mut Faults) -> Option<u64> {
    let duration = record.duration_ms?;
    if duration > INTEGER_MAX {
        let message = format!("must be an integer of 0 to {INTEGER_MAX}");
        faults.add(codes::INTEGER_RANGE, "duration_ms", message);
    }
    Some(duration)
}

fn check_guarantee<'a>(record: &'a Record<'_>, faults: &mut Faults) -> Option<&'a str> {
    let word = record.guarantee.as_deref()?;
    if !GUARANTEES.contains(&word) {
        let message = format!("must be one of {}", GUARANTEES.join(", "));
        faults.add(codes::BAD_VALUE, "guarantee", message);
    }
    Some(word)
}

fn check_control(record: &Record<'_>, sender: &Sender, faults: &mut Faults) {
    if record.control.is_some() && !sender.is_server {
        faults.add(codes::RESERVED_KEY, "control", "only the server itself writes control entries");
    }
}
