//! Operations that go on after their answer, and what ends them.

use std::sync::Arc;
use std::time::Duration;

use annals_record::Record;
use serde::{Deserialize, Serialize};

use super::ending::EndRule;
use super::exchange::Answer;
use super::rule::{ClosesRule, Does, LaterRule, Route};
use super::scope::Scope;
use super::targets::{Target, set_objects, set_related};
use super::text::Text;

/// An operation that goes on after its answer: until a poll says that it has ended, until
/// something closes it by its key, or for [`Self::at_most`].
#[derive(Clone, Debug)]
pub struct Later {
    route: Arc<Route>,
    saved: SavedLater,
}

/// What of a [`Later`] is written down, to be taken up after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedLater {
    pub(super) route: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    poll: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Targets that only the first answer has shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    objects: Vec<Target>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    related: Vec<Target>,
}

/// The end of an operation that waits under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// As in the `key` of its `later`.
    pub key: String,
    /// Only the fields of an outcome.
    pub record: Record<'static>,
}

impl Later {
    /// None: the answer says that it has ended.
    pub(super) fn of(
        route: &Arc<Route>,
        scope: &Scope<'_>,
        objects: &[Target],
        related: &[Target],
    ) -> Option<Self> {
        let rule = rule(route)?;
        if !rule.when.holds(scope) {
            return None;
        }
        let text = |text: &Option<Text>| Some(text.as_ref()?.render(scope)?.into_owned());
        let saved = SavedLater {
            route: route.label.clone(),
            poll: text(&rule.poll).and_then(|poll| target(&poll)),
            key: text(&rule.key),
            objects: objects.to_vec(),
            related: related.to_vec(),
        };
        Some(Self { route: route.clone(), saved })
    }

    /// Takes up what was saved; none where its route says nothing of `later` any more.
    pub(super) fn take_up(route: &Arc<Route>, saved: &SavedLater) -> Option<Self> {
        rule(route)?;
        Some(Self { route: route.clone(), saved: saved.clone() })
    }

    /// Path and query to ask at the platform; none if it is not polled.
    pub fn poll(&self) -> Option<&str> {
        self.saved.poll.as_deref()
    }

    /// The key by which something else may close it.
    pub fn key(&self) -> Option<&str> {
        self.saved.key.as_deref()
    }

    /// Pause between two polls.
    pub fn every(&self) -> Duration {
        self.rule().every
    }

    /// How long to wait; then its outcome is `unknown`.
    pub fn at_most(&self) -> Duration {
        self.rule().at_most
    }

    /// What is written down.
    pub fn saved(&self) -> &SavedLater {
        &self.saved
    }

    /// How it has ended, as a polled answer tells: only the fields of an outcome. None: not yet.
    pub fn judge(&self, answer: &Answer<'_>) -> Option<Record<'static>> {
        let scope = Scope { answer: Some(answer), ..Scope::default() };
        let ends = &self.rule().ends;
        let outcome = ends.ruled(&scope)?;
        let mut record = Record::default();
        ends.targets(&scope, &mut record);
        ends.told(outcome, &scope, &mut record);
        Some(self.with_first(record))
    }

    /// The same for a [`Closing`] that has come for it.
    pub fn closed(&self, closing: Closing) -> Record<'static> {
        self.with_first(closing.record)
    }

    /// What the first answer has shown stands where the end shows nothing.
    fn with_first(&self, mut record: Record<'static>) -> Record<'static> {
        if record.object.is_none() && record.objects.is_empty() {
            set_objects(&mut record, &self.saved.objects);
        }
        if record.related.is_empty() {
            set_related(&mut record, &self.saved.related);
        }
        record
    }

    fn rule(&self) -> &LaterRule {
        rule(&self.route).expect("made only of routes that have it")
    }
}

fn rule(route: &Route) -> Option<&LaterRule> {
    match &route.does {
        Does::Record(recorded) => recorded.later.as_ref(),
        Does::Ignore | Does::Close(_) => None,
    }
}

/// Path and query of an address at the platform itself; none for what is no address.
fn target(text: &str) -> Option<String> {
    let target = match text.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => text,
    };
    let is_plain = target.chars().all(|c| c.is_ascii_graphic());
    (target.starts_with('/') && is_plain).then(|| target.to_owned())
}

/// What ends another operation; nothing where the platform has refused.
pub(super) fn closing(key: &Text, ends: &EndRule, scope: &Scope<'_>) -> Option<Closing> {
    if scope.item.is_none() && scope.answer.is_none_or(|answer| answer.status >= 400) {
        return None;
    }
    let key = key.render(scope)?.into_owned();
    let mut record = Record::default();
    ends.fill(scope, &mut record);
    Some(Closing { key, record })
}

impl ClosesRule {
    pub(super) fn closing(&self, scope: &Scope<'_>) -> Option<Closing> {
        closing(&self.key, &self.ends, scope)
    }
}
