//! `Judged`: for each operation of the catalogue, what its events lack.

use std::collections::{BTreeMap, BTreeSet};

use annals_record::{Catalogue, Operation};

use crate::demand::{Demand, always, demands, is_filled};
use crate::event::Event;

/// The seed's twelve fields as events have them, and what the catalogue's notes ask beside them.
pub(crate) const COLUMNS: [&str; 16] = [
    "region",
    "stack_id",
    "username",
    "service",
    "operation",
    "source_ip",
    "operator",
    "user_type",
    "object_id",
    "object_name",
    "request_data",
    "time",
    "outcome",
    "related",
    "session_id",
    "cause_id",
];
/// The first of the columns are the seed's.
pub(crate) const SEED_FIELDS: usize = 12;
/// The operations that the seed names; the catalogue has more.
const CATALOGUE: &str = include_str!("../../../crates/record/data/catalogue.csv");

/// All operations.
pub(crate) struct Judged {
    pub(crate) operations: Vec<Row>,
}

/// One operation.
pub(crate) struct Row {
    pub(crate) code: String,
    /// How often it was done, and how often it was not.
    pub(crate) counts: (usize, usize),
    /// Columns that are asked for.
    pub(crate) asked: BTreeSet<&'static str>,
    /// What is wrong, by column; under the empty one what has none.
    pub(crate) faults: BTreeMap<&'static str, String>,
}

impl Judged {
    /// Judges what arrived.
    pub(crate) fn new(catalogue: &Catalogue, events: &[Event]) -> Self {
        let wanted: BTreeSet<&str> =
            CATALOGUE.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
        let operations = catalogue.operations().iter();
        let operations = operations.filter(|operation| wanted.contains(operation.code.as_str()));
        let rows = operations.map(|operation| Row::new(catalogue, operation, events));
        Self { operations: rows.collect() }
    }

    pub(crate) fn done(&self) -> usize {
        self.operations.iter().filter(|row| row.faults.is_empty()).count()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.done() == self.operations.len()
    }

    /// One line for each thing that is wrong.
    pub(crate) fn missing(&self) -> impl Iterator<Item = String> {
        self.operations.iter().flat_map(|row| {
            row.faults.iter().map(|(column, fault)| format!("{} {column}: {fault}", row.code))
        })
    }
}

impl Row {
    fn new(catalogue: &Catalogue, operation: &Operation, all: &[Event]) -> Self {
        let code = operation.code.as_str();
        let events: Vec<&Event> =
            all.iter().filter(|event| event.text("operation") == code).collect();
        let done: Vec<&Event> = events.iter().copied().filter(|event| event.is_done()).collect();
        let mut row = Self {
            code: code.to_owned(),
            counts: (done.len(), events.len() - done.len()),
            asked: COLUMNS.into_iter().take(SEED_FIELDS).chain(["outcome"]).collect(),
            faults: BTreeMap::new(),
        };
        if done.is_empty() {
            row.fault("", "was never recorded as done".to_owned());
            return row;
        }
        for field in COLUMNS.into_iter().take(SEED_FIELDS) {
            if let Some(event) = done.iter().find(|event| !is_filled(event, field)) {
                row.fault(field, format!("is not filled: {}", event.text("id")));
            }
        }
        for (column, fault) in always(catalogue, operation, &events) {
            row.fault(column, fault);
        }
        match demands(operation) {
            Err(unknown) => row.fault("", unknown),
            Ok(demands) => row.hold_to(&demands, &done, all),
        }
        row
    }

    fn hold_to(&mut self, demands: &[Demand], done: &[&Event], all: &[Event]) {
        for demand in demands {
            let column = demand.column();
            if !column.is_empty() {
                self.asked.insert(column);
            }
            if let Some(fault) = demand.fault(&self.code.clone(), done, all) {
                self.fault(column, fault);
            }
        }
    }

    /// The first fault of a column is told.
    fn fault(&mut self, column: &'static str, fault: String) {
        self.faults.entry(column).or_insert(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn event(changes: &[(&str, Value)]) -> Event {
        let mut event = json!({
            "id": "e-1", "region": "r", "stack_id": "s", "username": "u", "operator": "u",
            "user_type": "user", "service": "hpc-clusters", "operation": "cluster.delete",
            "source_ip": "10.0.0.1", "object": {"type": "cluster", "id": "c-1", "name": "farm"},
            "request_data": {"id": "c-1"}, "time": "2026-11-27T00:00:00Z", "outcome": "success",
        });
        for (key, value) in changes {
            event[*key] = value.clone();
        }
        Event(event)
    }

    fn faults(code: &str, events: &[Event]) -> Vec<&'static str> {
        let judged = Judged::new(&Catalogue::built_in(), events);
        let row = judged.operations.into_iter().find(|row| row.code == code);
        row.expect("in the catalogue").faults.into_keys().collect()
    }

    /// Every field of the seed counts, and a whole event lacks nothing.
    #[test]
    fn fields_of_the_seed() {
        let code = "cluster.delete";
        assert_eq!(faults(code, &[event(&[])]), Vec::<&str>::new());
        assert_eq!(faults(code, &[]), [""]);
        for field in ["region", "stack_id", "username", "source_ip", "request_data"] {
            assert_eq!(faults(code, &[event(&[(field, Value::Null)])]), [field]);
        }
        let object = |object: Value| faults(code, &[event(&[("object", object)])]);
        assert_eq!(object(json!({"type": "cluster", "id": "c-1"})), ["object_name"]);
        assert_eq!(object(json!({"type": "node", "id": "c-1", "name": "farm"})), ["object_id"]);
        assert_eq!(
            faults(code, &[event(&[]), event(&[("outcome", json!("pending"))])]),
            ["outcome"]
        );
        assert_eq!(faults(code, &[event(&[("user_type", json!("system"))])]), ["user_type"]);
    }

    /// Every note of the catalogue is read.
    #[test]
    fn notes_are_known() {
        for operation in Catalogue::built_in().operations() {
            if CATALOGUE.contains(&format!(",{},", operation.code)) {
                assert!(demands(operation).is_ok(), "{operation:?}");
            }
        }
    }

    /// What the notes demand is looked for: targets, sessions, causes, files, masks.
    #[test]
    fn notes_are_held_to() {
        let check = |code: &str, service: &str, changes: &[(&str, Value)], expected: &[&str]| {
            let own = [("operation", json!(code)), ("service", json!(service))];
            let changes: Vec<_> = own.iter().chain(changes).cloned().collect();
            assert_eq!(faults(code, &[event(&changes)]), expected, "{code} {changes:?}");
        };
        let many = json!([{"type": "user", "id": "a", "name": "A"},
            {"type": "user", "id": "b", "name": "B"}]);
        let users = |objects: Value| [("object", Value::Null), ("objects", objects)];
        check("user.delete", "users", &users(many), &[]);
        let one = json!([{"type": "user", "id": "a", "name": "A"}]);
        check("user.delete", "users", &users(one), &["object_id"]);
        let user = ("object", json!({"type": "user", "id": "a", "name": "A"}));
        let data = |data: Value| [user.clone(), ("request_data", data)];
        check("user.create", "users", &data(json!({"password": "***"})), &[]);
        check("user.create", "users", &data(json!({"password": "x"})), &["request_data"]);
        let licence = ("object", json!({"type": "license", "id": "l-1", "name": "a.lic"}));
        let data = |data: Value| [licence.clone(), ("request_data", data)];
        let sum = "0".repeat(64);
        let good = json!({"sha256": sum, "file": {"file": "a.lic"}});
        check("license.import", "licenses", &data(good), &[]);
        let bad = json!({"sha256": sum, "name": "a.lic", "text": "x".repeat(300)});
        check("license.import", "licenses", &data(bad), &["request_data"]);
        let data = ("object", json!({"type": "approval_data", "id": "d-1", "name": "d"}));
        let code = "approval_data.expired.delete";
        check(code, "approval-data", &[data.clone()], &["cause_id"]);
        let system = [data, ("operator", json!("system")), ("user_type", json!("system"))];
        check(code, "approval-data", &system, &["cause_id"]);
        check("cluster.node.edit", "hpc-clusters", &[], &["object_id"]);
    }
}
