//! What one event says in a case. Pure; what it does not say, or no longer, is absent.
//!
//! Requests, decisions, deletions and the like are told apart by their operations. What a platform
//! says beyond them stands in the request under few keys: `level`, `levels`, `comment`, `files`,
//! `bytes`, `manifest_sha256`. Other keys are shown and mean nothing here.

use std::net::IpAddr;

use annals_record::Tag;
use serde::Deserialize;

use super::{CasePart, Person, Verdict};
use crate::diff::Tree;
use crate::fields::Field;
use crate::fold::fold;
use crate::row::{Row, Seen};
use crate::thing::{Thing, text};

/// The type of the object that a case is about.
pub(super) const APPROVAL: &str = "approval";
/// The type of what an approval lets out.
const DATA: &str = "approval_data";
/// Begins a case.
pub(super) const REQUEST: &str = "approval.initiate";
const APPROVE: &str = "approval.approve";
const REJECT: &str = "approval.reject";
/// Sets the rule for all requests.
pub(super) const POLICY: &str = "approval_policy.flow.edit";
/// Operations of which one begins every case that is listed.
pub(super) const BEGINNINGS: [&str; 3] = [REQUEST, APPROVE, REJECT];
/// Accounts that are nobody: they are never the same person as somebody.
const NOBODY: [&str; 2] = ["system", "unknown"];

/// What one event says.
#[derive(Debug)]
pub(super) struct Act {
    pub(super) part: CasePart,
    pub(super) verdict: Option<Verdict>,
    /// True if it took effect for this approval.
    pub(super) is_done: bool,
    /// True if the platform did it by itself; none if that is not known.
    pub(super) is_by_platform: Option<bool>,
    pub(super) by: Person,
    pub(super) source_ip: Option<IpAddr>,
    /// The approval's name.
    pub(super) name: Option<String>,
    /// Who asked, as a related object says it.
    pub(super) requester: Option<Person>,
    pub(super) level: Option<u64>,
    pub(super) levels: Option<u64>,
    pub(super) comment: Option<String>,
    pub(super) files: Option<u64>,
    pub(super) bytes: Option<u64>,
    pub(super) manifest_sha256: Option<String>,
    /// Files and folders it names.
    pub(super) things: Vec<Thing>,
    /// What a deletion took away.
    pub(super) deletes: Option<Deletes>,
}

/// Which copy of the data a deletion took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deletes {
    /// What was let out.
    DownloadArea,
    /// What was staged, since time was up.
    Expired,
    /// What was staged, since it was rejected.
    Rejected,
}

impl Act {
    /// Reads an event of the case of `approval`.
    pub(super) fn read(row: &Row<'_>, approval: &str) -> Self {
        let operation = text(row, Field::Operation).unwrap_or_default();
        let (targets, related) = (Thing::targets(row), Thing::related(row));
        let of_approval = |thing: &&Thing| thing.is(APPROVAL, approval);
        let own = targets.iter().chain(&related).find(of_approval);
        let request = json(row, Tag::REQUEST_DATA);
        let changes = json(row, Tag::CHANGES);
        let after = changes.as_ref().and_then(|changes| changes.values()?.get("after"));
        let number = |key: &str| number(request.as_ref()?, key);
        let word = |key: &str| request.as_ref()?.values()?.get(key)?.text();
        let outcome = outcome_of(row, approval);
        let is_done = matches!(outcome.as_deref(), Some("success" | "partial"));
        let things = targets.iter().chain(&related).filter(is_data).cloned().collect();
        Self {
            part: part_of(&operation),
            verdict: match operation.as_str() {
                APPROVE => Some(Verdict::Approved),
                REJECT => Some(Verdict::Rejected),
                _ => None,
            },
            is_done,
            is_by_platform: text(row, Field::UserType).map(|kind| kind == "system"),
            by: Person::of(row),
            source_ip: match row.address() {
                Seen::Value(address) => Some(address),
                Seen::Absent | Seen::Erased => None,
            },
            name: own.and_then(|thing| thing.name.clone()),
            requester: related.iter().find_map(requester),
            level: number("level"),
            levels: after.and_then(|after| self::number(after, "levels")).or(number("levels")),
            comment: word("comment").or_else(|| text(row, Field::Reason)),
            files: number("files"),
            bytes: number("bytes"),
            manifest_sha256: word("manifest_sha256"),
            things,
            deletes: deletes(&operation),
        }
    }
}

impl Person {
    fn of(row: &Row<'_>) -> Self {
        Self {
            operator: text(row, Field::Operator),
            username: text(row, Field::Username),
            operator_id: text(row, Field::OperatorId),
            operator_name: text(row, Field::OperatorName),
        }
    }

    /// True if it is one person under any of the names; none if too little is known of one.
    pub(super) fn is(&self, other: &Self) -> Option<bool> {
        let (names, others) = (self.names(), other.names());
        let is_known = |id: &Option<String>, names: &[String]| id.is_some() || !names.is_empty();
        if !is_known(&self.operator_id, &names) || !is_known(&other.operator_id, &others) {
            return None;
        }
        let same_id = self.operator_id.is_some() && self.operator_id == other.operator_id;
        let same_name = names.iter().any(|name| others.contains(name));
        let is_comparable = (self.operator_id.is_some() && other.operator_id.is_some())
            || (!names.is_empty() && !others.is_empty());
        match same_id || same_name {
            true => Some(true),
            false => is_comparable.then_some(false),
        }
    }

    /// The accounts as they are compared: without case.
    fn names(&self) -> Vec<String> {
        let names = [&self.operator, &self.username].into_iter().flatten().map(|name| fold(name));
        names.filter(|name| !NOBODY.contains(&name.as_str())).collect()
    }
}

/// The ids of the approvals that an event concerns.
pub(super) fn approvals_of(row: &Row<'_>) -> Vec<String> {
    ids_of(row, APPROVAL)
}

/// The ids of the approvals' data that an event concerns.
pub(super) fn data_of(row: &Row<'_>) -> Vec<String> {
    ids_of(row, DATA)
}

/// The levels that a policy's event sets.
pub(super) fn policy_levels(row: &Row<'_>) -> Option<u64> {
    Act::read(row, "").levels
}

fn ids_of(row: &Row<'_>, kind: &str) -> Vec<String> {
    let things = Thing::targets(row).into_iter().chain(Thing::related(row));
    let of_kind = things.filter(|thing| thing.kind.as_deref() == Some(kind));
    let mut ids: Vec<_> = of_kind.filter_map(|thing| thing.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn part_of(operation: &str) -> CasePart {
    match operation {
        REQUEST => CasePart::Request,
        APPROVE | REJECT => CasePart::Decision,
        "approval.flow.edit" => CasePart::FlowEdit,
        POLICY => CasePart::Policy,
        "file.download" | "folder.package_download" => CasePart::Download,
        _ if deletes(operation).is_some() => CasePart::Deletion,
        _ if operation.starts_with("file.") || operation.starts_with("folder.") => {
            CasePart::Movement
        }
        _ => CasePart::Other,
    }
}

fn deletes(operation: &str) -> Option<Deletes> {
    match operation {
        "approval_data.download_area.delete" => Some(Deletes::DownloadArea),
        "approval_data.expired.delete" => Some(Deletes::Expired),
        "approval_data.rejected.delete" => Some(Deletes::Rejected),
        _ => None,
    }
}

fn is_data(thing: &&Thing) -> bool {
    matches!(thing.kind.as_deref(), Some("file" | "folder"))
}

/// The requester, where a related object is one: its name is a login, its id the stable id; without
/// a name the id is taken for both.
fn requester(thing: &Thing) -> Option<Person> {
    (thing.role.as_deref() == Some("requester")).then(|| Person {
        operator: thing.name.clone().or_else(|| thing.id.clone()),
        operator_id: thing.id.clone(),
        ..Person::default()
    })
}

/// How it ended for this approval: many can be decided in one event.
fn outcome_of(row: &Row<'_>, approval: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Entry {
        #[serde(rename = "type")]
        kind: Option<String>,
        id: Option<String>,
        outcome: Option<String>,
    }
    let own = match row.sealed(Tag::OBJECTS) {
        Seen::Value(objects) => {
            let entries: Vec<Entry> = serde_json::from_str(objects).unwrap_or_default();
            let is_it = |entry: &Entry| {
                entry.kind.as_deref() == Some(APPROVAL) && entry.id.as_deref() == Some(approval)
            };
            entries.into_iter().find(is_it).and_then(|entry| entry.outcome)
        }
        Seen::Absent | Seen::Erased => None,
    };
    own.or_else(|| text(row, Field::Outcome))
}

fn json<'a>(row: &Row<'a>, tag: Tag) -> Option<Tree<'a>> {
    match row.sealed(tag) {
        Seen::Value(text) => Tree::parse(text),
        Seen::Absent | Seen::Erased => None,
    }
}

/// A whole number, also where it was sent as a text; of a list how many it holds.
fn number(tree: &Tree<'_>, key: &str) -> Option<u64> {
    match tree.values()?.get(key)? {
        Tree::Array { elements, .. } => Some(elements.len() as u64),
        value => value.raw().trim_matches('"').parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: nobody is taken for another, and nobody hides behind a second account or a rename;
    // what is not known is not claimed.
    #[test]
    fn persons() {
        // Operator, username and id with blanks between; `-` for what is absent.
        let person = |words: &str| {
            let word = |word: &str| (word != "-").then(|| word.to_owned());
            let mut words = words.split(' ').map(word);
            let [operator, username, operator_id] = [(); 3].map(|()| words.next().flatten());
            Person { operator, username, operator_id, operator_name: None }
        };
        let check = |one: &str, other: &str, expected: Option<bool>| {
            assert_eq!(person(one).is(&person(other)), expected, "{one} / {other}");
            assert_eq!(person(other).is(&person(one)), expected, "{other} / {one}");
        };
        check("li4 li4 1004", "wu5 wu5 1005", Some(false));
        check("li4 li4 -", "LI4 LI4 -", Some(true));
        check("li4 li4 -", "root li4 -", Some(true));
        check("li4 li4 1004", "li.si li.si 1004", Some(true));
        check("li4 li4 1004", "li4 li4 2001", Some(true));
        check("li4 li4 1004", "wu5 wu5 -", Some(false));
        check("li4 li4 -", "- - 1004", None);
        check("- - -", "li4 li4 1004", None);
        check("system system -", "system system -", None);
        check("system li4 -", "li4 li4 -", Some(true));
    }

    // Protects: numbers are read as platforms send them, and nothing else is taken for one.
    #[test]
    fn numbers() {
        let check = |text: &str, expected| {
            let tree = Tree::parse(text).expect("JSON");
            assert_eq!(number(&tree, "level"), expected, "{text}");
        };
        check(r#"{"level":2}"#, Some(2));
        check(r#"{"level":"2"}"#, Some(2));
        check(r#"{"level":[["bob","alice"],["carol"]]}"#, Some(2));
        check(r#"{"level":2.5}"#, None);
        check(r#"{"level":-1}"#, None);
        check(r#"{"levels":2}"#, None);
        check("[2]", None);
    }
}
