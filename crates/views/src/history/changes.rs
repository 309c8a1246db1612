//! What one event of a history changed: pure, over events oldest first.
//!
//! `changes` of the event says it exactly. Else its request data is compared with what earlier
//! requests of the same family of operations asked for the same object, key by key: a key that a
//! request leaves out is taken as left as it was. That is approximate, for a platform may do
//! something else than it was asked. Only what was done is compared and remembered.

use std::collections::{BTreeMap, HashMap};

use annals_record::{Access, Catalogue};

use super::life::{LifeStep, step_of};
use crate::diff::{Difference, Tree};
use crate::row::Seen;

/// What an event changed, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The event itself says what was there before and after.
    Exact(Difference),
    /// Its request differs so from earlier requests of the same kind.
    Approximate(Difference),
    /// It cannot be known.
    Unavailable(Unavailable),
}

/// Why it cannot be known what an event changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The operation changes nothing: it reads, or begins or ends a session.
    NotAWrite,
    /// It failed, was denied, or is not known to be done.
    NotDone,
    /// The event says nothing that could be compared.
    NothingSaid,
    /// What it said was erased.
    Erased,
}

impl Unavailable {
    /// Its word in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAWrite => "not_a_write",
            Self::NotDone => "not_done",
            Self::NothingSaid => "nothing_said",
            Self::Erased => "erased",
        }
    }
}

/// What an event says that can be compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) operation: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) changes: Seen<&'a str>,
    pub(crate) request: Seen<&'a str>,
    /// What it was done to: type and id.
    pub(crate) subject: &'a str,
}

/// What earlier requests asked: by subject and family of operations, the value of each key.
#[derive(Debug, Default)]
pub(crate) struct Known {
    values: HashMap<(String, String), BTreeMap<String, String>>,
    /// There are events before the first one that was looked at.
    is_cut: bool,
}

impl Known {
    /// Begins in the middle of a history: what is not known is not new.
    pub(crate) fn cut() -> Self {
        Self { is_cut: true, ..Self::default() }
    }

    /// What the next event changed; remembers what it asked.
    pub(crate) fn next(&mut self, said: &Said<'_>, catalogue: &Catalogue) -> Changed {
        let is_write = catalogue
            .operation(said.operation)
            .is_none_or(|operation| operation.access == Access::Write);
        if !matches!(said.outcome, "success" | "partial") {
            return Changed::Unavailable(Unavailable::NotDone);
        }
        let approximate = match (is_write, step_of(said.operation, catalogue)) {
            (false, _) => Changed::Unavailable(Unavailable::NotAWrite),
            (true, Some(LifeStep::Deleted)) => {
                self.values.retain(|(subject, _), _| subject != said.subject);
                Changed::Unavailable(Unavailable::NothingSaid)
            }
            (true, _) => self.compare(said),
        };
        match said.changes {
            Seen::Value(changes) => exact(changes).map_or(approximate, Changed::Exact),
            Seen::Erased => Changed::Unavailable(Unavailable::Erased),
            Seen::Absent => approximate,
        }
    }

    fn compare(&mut self, said: &Said<'_>) -> Changed {
        let request = match said.request {
            Seen::Value(request) => request,
            Seen::Erased => return Changed::Unavailable(Unavailable::Erased),
            Seen::Absent => return Changed::Unavailable(Unavailable::NothingSaid),
        };
        let after = Tree::parse(request);
        let Some(asked) = after.as_ref().and_then(Tree::values) else {
            return Changed::Unavailable(Unavailable::NothingSaid);
        };
        let family = said.operation.rsplit_once('.').map_or("", |(family, _)| family);
        let known = self.values.entry((said.subject.to_owned(), family.to_owned())).or_default();
        let before = known.iter().filter(|(key, _)| asked.contains_key(*key));
        let before = before.filter_map(|(key, raw)| Some((key.clone(), Tree::parse(raw)?)));
        let before = Tree::Object { raw: "{}", values: before.collect() };
        let mut difference = Difference::of(Some(&before), after.as_ref());
        difference.cut |= self.is_cut && asked.keys().any(|key| !known.contains_key(key));
        known.extend(asked.iter().map(|(key, value)| (key.clone(), value.raw().to_owned())));
        Changed::Approximate(difference)
    }
}

/// The difference that `{"before": …, "after": …}` says; none for another form.
fn exact(changes: &str) -> Option<Difference> {
    let changes = Tree::parse(changes)?;
    let values = changes.values()?;
    let (before, after) = (values.get("before"), values.get("after"));
    let some = |side: Option<&Tree<'_>>| side.is_some_and(|tree| tree.raw() != "null");
    let side = |side| Option::filter(side, |tree: &&Tree<'_>| tree.raw() != "null");
    (some(before) || some(after)).then(|| Difference::of(side(before), side(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One word an event: `~nodes` is a change known exactly, `~nodes?` approximately.
    fn check(events: &[(&str, &str, &str, &str)], expected: &[&str]) {
        let catalogue = Catalogue::built_in();
        let mut known = Known::default();
        let seen = |text| match text {
            "" => Seen::Absent,
            "erased" => Seen::Erased,
            text => Seen::Value(text),
        };
        let mut found = Vec::new();
        for (operation, outcome, changes, request) in events {
            let (changes, request) = (seen(*changes), seen(*request));
            let said = Said { operation, outcome, changes, request, subject: "cluster c-1" };
            found.push(match known.next(&said, &catalogue) {
                Changed::Exact(difference) => words(&difference, ""),
                Changed::Approximate(difference) => words(&difference, "?"),
                Changed::Unavailable(why) => why.as_str().to_owned(),
            });
        }
        assert_eq!(found, expected);
    }

    fn words(difference: &Difference, mark: &str) -> String {
        let word = |change: &crate::Change| {
            let values = [&change.before, &change.after].map(|value| value.as_deref());
            let [before, after] = values.map(|value| value.unwrap_or("nothing"));
            format!("{} {before}>{after}{mark}", change.path)
        };
        difference.entries.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    // Protects: what is called exact is what the event says, and nothing else is.
    #[test]
    fn exact_changes() {
        let edit = |changes| ("cluster.power_on", "success", changes, "");
        check(
            &[
                edit(r#"{"before":{"state":"off"},"after":{"state":"on"}}"#),
                edit(r#"{"after":{"state":"on"}}"#),
                edit(r#"{"before":{"state":"on"},"after":null}"#),
                edit(r#"{"from":1,"to":2}"#),
                edit("erased"),
            ],
            &[
                r#"state "off">"on""#,
                r#"state nothing>"on""#,
                r#"state "on">nothing"#,
                "nothing_said",
                "erased",
            ],
        );
    }

    // Protects: a request is compared with what was asked before, key by key, and with nothing
    // that was not done.
    #[test]
    fn approximate_changes() {
        check(
            &[
                ("cluster.create", "success", "", r#"{"nodes":4,"image":"a"}"#),
                ("cluster.power_on", "failure", "", r#"{"nodes":9}"#),
                ("cluster.power_on", "success", "", r#"{"nodes":8}"#),
                ("cluster.power_on", "partial", "", r#"{"nodes":8,"wait":true}"#),
                ("cluster.node.edit", "success", "", r#"{"nodes":8}"#),
                ("cluster.power_off", "pending", "", r#"{"nodes":1}"#),
                ("cluster.webssh.create", "success", "", r#"{"nodes":1}"#),
                ("cluster.power_off", "success", "", "erased"),
                ("cluster.power_off", "success", "", r#""cut text""#),
            ],
            &[
                r#"image nothing>"a"?, nodes nothing>4?"#,
                "not_done",
                "nodes 4>8?",
                "wait nothing>true?",
                "nodes nothing>8?",
                "not_done",
                "not_a_write",
                "erased",
                "nothing_said",
            ],
        );
    }

    // Protects: what was asked for a deleted object is not taken for its successor's.
    #[test]
    fn deletion_forgets() {
        let create = ("cluster.create", "success", "", r#"{"nodes":4}"#);
        let release = ("cluster.release", "success", "", r#"{"force":true}"#);
        let expected = ["nodes nothing>4?", "nothing_said", "nodes nothing>4?"];
        check(&[create, release, create], &expected);
    }

    // Protects: in the middle of a history nothing is called new without a doubt.
    #[test]
    fn a_cut_beginning_is_said() {
        let catalogue = Catalogue::built_in();
        let mut known = Known::cut();
        let mut cut = |request| {
            let (operation, outcome, changes) = ("cluster.power_on", "success", Seen::Absent);
            let request = Seen::Value(request);
            let said = Said { operation, outcome, changes, request, subject: "cluster c-1" };
            match known.next(&said, &catalogue) {
                Changed::Approximate(difference) => difference.cut,
                other => panic!("{other:?}"),
            }
        };
        assert!(cut(r#"{"nodes":4}"#));
        assert!(!cut(r#"{"nodes":5}"#));
        assert!(cut(r#"{"nodes":5,"image":1}"#));
    }
}
