//! How something ended: outcome, reason, changes and the targets, of an answer, a polled task or a
//! feed's item.

use std::borrow::Cow;

use annals_record::limits::{CHANGES_BYTES_MAX, OBJECTS_COUNT_MAX, RELATED_COUNT_MAX};
use annals_record::{Outcome, Record};
use serde_json::{Value, json};

use super::clean;
use super::condition::Rules;
use super::document::Keys;
use super::exchange::Answer;
use super::scope::Scope;
use super::selector::{Allowed, Uses};
use super::targets::{OUTCOMES, TargetRule, Targets, set_objects, set_related};
use super::text::{Text, Tree};

/// Where platforms say what went wrong, as JSON pointers, best first (RFC 9457 and habits).
const REASONS: [&str; 7] =
    ["/detail", "/message", "/error/message", "/error", "/title", "/reason", "/errors/0/error"];
/// Bytes of JSON of one side of changes that are too large.
const SIDE_BYTES_MAX: usize = CHANGES_BYTES_MAX / 5;

/// Reads a text of a table.
pub(super) fn text(keys: &mut Keys<'_>, key: &'static str, allowed: &Allowed) -> Option<Text> {
    let (text, span) = keys.text(key)?;
    keys.faults.take(span, Text::parse(text, allowed))
}

/// How something ended.
#[derive(Clone, Debug, Default)]
pub(super) struct EndRule {
    objects: Vec<TargetRule>,
    related: Vec<TargetRule>,
    outcome: Rules<Outcome>,
    reason: Option<Text>,
    before: Option<Tree>,
    after: Option<Tree>,
}

impl EndRule {
    /// `kind`: the type of objects that name none.
    pub(super) fn read(keys: &mut Keys<'_>, allowed: &Allowed, kind: Option<&str>) -> Self {
        let outcome = Rules::read(keys, "outcome", allowed, &OUTCOMES);
        Self::with_outcome(outcome, keys, allowed, kind)
    }

    /// As [`Self::read`], with the outcome told elsewhere.
    pub(super) fn with_outcome(
        outcome: Rules<Outcome>,
        keys: &mut Keys<'_>,
        allowed: &Allowed,
        kind: Option<&str>,
    ) -> Self {
        let faults = keys.faults;
        let mut rule = Self {
            objects: TargetRule::read_all(keys, "object", allowed, kind),
            related: TargetRule::read_all(keys, "related", allowed, None),
            outcome,
            reason: text(keys, "reason", allowed),
            ..Self::default()
        };
        if let Some(mut changes) = keys.table("changes") {
            let side = |value| Tree::read(value, allowed, faults);
            rule.before = changes.get("before").and_then(side);
            rule.after = changes.get("after").and_then(side);
            changes.finish();
        }
        rule
    }

    /// With the defaults of the file where it has no rules of its own.
    pub(super) fn or(&mut self, outcome: &Rules<Outcome>, reason: Option<&Text>) {
        if self.outcome.is_empty() {
            self.outcome = outcome.clone();
        }
        self.reason = self.reason.take().or_else(|| reason.cloned());
    }

    pub(super) fn uses(&self) -> Uses {
        let targets = self.objects.iter().chain(&self.related);
        let uses = targets.fold(self.outcome.uses(), |uses, rule| uses | rule.uses());
        let reason = self.reason.as_ref().map_or(Uses::NONE, |reason| reason.uses);
        let sides = [&self.before, &self.after].into_iter().flatten();
        sides.fold(uses | reason, |uses, side| uses | side.uses())
    }

    /// Fills in targets and reason; the number of targets that there was no room for.
    pub(super) fn targets(&self, scope: &Scope<'_>, record: &mut Record<'static>) -> Found {
        let objects = Targets::find(&self.objects, scope, OBJECTS_COUNT_MAX);
        let related = Targets::find(&self.related, scope, RELATED_COUNT_MAX);
        set_objects(record, &objects.list);
        set_related(record, &related.list);
        let reason = self.reason.as_ref().and_then(|reason| reason.render(scope));
        record.reason = reason.and_then(|reason| clean::free(&reason)).map(Cow::Owned);
        Found { objects, related }
    }

    /// Fills in everything; what has no rule of its own and no answer is a success.
    pub(super) fn fill(&self, scope: &Scope<'_>, record: &mut Record<'static>) -> (Outcome, Found) {
        let found = self.targets(scope, record);
        let outcome = self.outcome.take(scope).unwrap_or_else(|| match scope.answer {
            Some(answer) if scope.item.is_none() => by_status(answer.status, &found.objects),
            _ => Outcome::Success,
        });
        self.told(outcome, scope, record);
        (outcome, found)
    }

    /// The outcome that a rule tells, if one holds.
    pub(super) fn ruled(&self, scope: &Scope<'_>) -> Option<Outcome> {
        self.outcome.take(scope)
    }

    /// Fills in an outcome that is known, and what depends on it.
    pub(super) fn told(&self, outcome: Outcome, scope: &Scope<'_>, record: &mut Record<'static>) {
        record.outcome = Some(Cow::Borrowed(outcome.as_str()));
        let is_done = matches!(outcome, Outcome::Success | Outcome::Partial);
        if is_done {
            record.changes = self.changes(scope).map(Cow::Owned);
        }
        if outcome != Outcome::Success && record.reason.is_none() && scope.item.is_none() {
            record.reason = scope.answer.and_then(said).map(Cow::Owned);
        }
    }

    fn changes(&self, scope: &Scope<'_>) -> Option<String> {
        let side = |tree: &Option<Tree>| tree.as_ref()?.render(scope).map(clean::json);
        let (before, after) = (side(&self.before), side(&self.after));
        if before.is_none() && after.is_none() {
            return None;
        }
        let changes = json!({"before": before, "after": after}).to_string();
        // An event with larger changes would be refused; their beginning is better than nothing.
        let cut = |value: Option<Value>| {
            let text = value?.to_string();
            let end = text.floor_char_boundary(SIDE_BYTES_MAX);
            Some(Value::from(&text[..end]))
        };
        match changes.len() <= CHANGES_BYTES_MAX {
            true => Some(changes),
            false => Some(json!({"before": cut(before), "after": cut(after)}).to_string()),
        }
    }
}

/// The targets that were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) objects: Targets,
    pub(super) related: Targets,
}

impl Found {
    /// For `origin.inferred`.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let note = |what: &str, targets: &Targets| {
            let count = targets.left_out;
            (count > 0).then(|| format!("{what}: {count} more are left out, there is no room"))
        };
        [note("objects", &self.objects), note("related", &self.related)].into_iter().flatten()
    }
}

/// What a status says; that of a batch follows from its objects where these have outcomes.
fn by_status(status: u16, objects: &Targets) -> Outcome {
    match status {
        200..=299 => of_objects(objects).unwrap_or(match status {
            207 => Outcome::Partial,
            _ => Outcome::Success,
        }),
        100..=199 | 300..=399 => Outcome::Success,
        401 | 403 => Outcome::Denied,
        _ => Outcome::Failure,
    }
}

fn of_objects(objects: &Targets) -> Option<Outcome> {
    let mut outcomes = objects.list.iter().filter_map(|target| target.outcome);
    let first = outcomes.next()?;
    let is_same = outcomes.all(|outcome| outcome == first);
    Some(if is_same { first } else { Outcome::Partial })
}

/// What the platform says about it, else its status.
fn said(answer: &Answer<'_>) -> Option<String> {
    let value = answer.data.map(|data| data.value());
    let said = value.and_then(|value| {
        let texts = REASONS.iter().filter_map(|pointer| value.pointer(pointer)?.as_str());
        texts.filter_map(clean::free).next()
    });
    said.or_else(|| (answer.status >= 400).then(|| format!("HTTP {}", answer.status)))
}
