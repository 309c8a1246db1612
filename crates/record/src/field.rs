//! Names of the fields and of their values, in both languages, with aliases.
//!
//! `fields.csv` is the one table: what a filter, a heading of an imported file or a column may be
//! called. Lines `field=value` name the values of a field.

use crate::nearest::Nearest;
use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../data/fields.csv");

/// A field, or a value of one, with its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName {
    /// The name in an event and in a filter; of a value, its word.
    pub name: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Other names it goes by.
    pub aliases: Vec<String>,
}

/// All fields and the values that have names.
#[derive(Clone, Debug, Default)]
pub struct FieldNames {
    fields: Vec<FieldName>,
    values: HashMap<String, Vec<FieldName>>,
    /// Lower-case name or alias -> place in `fields`.
    words: HashMap<String, usize>,
    nearest: Nearest,
}

static BUILT_IN: LazyLock<FieldNames> = LazyLock::new(|| FieldNames::read(TABLE));

impl FieldNames {
    /// The fields of an event.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// All fields, in the order of the table.
    pub fn all(&self) -> &[FieldName] {
        &self.fields
    }

    /// The field of a name or alias in either language, without regard to case.
    pub fn find(&self, word: &str) -> Option<&FieldName> {
        self.words.get(&word.to_lowercase()).map(|place| &self.fields[*place])
    }

    /// The name or alias most like `word`.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        self.nearest.find(word)
    }

    /// The named values of a field.
    pub fn values(&self, field: &str) -> &[FieldName] {
        self.values.get(field).map_or(&[], Vec::as_slice)
    }

    fn read(csv: &str) -> Self {
        let mut names = Self::default();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for record in reader.records() {
            let record = record.expect("a test reads the built-in table");
            let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
            let (name, en, zh, aliases) = (cell(0), cell(1), cell(2), cell(3));
            let aliases = aliases.split(';').filter(|alias| !alias.is_empty());
            let aliases = aliases.map(str::to_owned).collect();
            match name.split_once('=') {
                Some((field, value)) => {
                    let value = FieldName { name: value.to_owned(), en, zh, aliases };
                    names.values.entry(field.to_owned()).or_default().push(value);
                }
                None => names.add(FieldName { name, en, zh, aliases }),
            }
        }
        names
    }

    fn add(&mut self, field: FieldName) {
        let place = self.fields.len();
        let words = [&field.name, &field.en, &field.zh].into_iter().chain(&field.aliases);
        for word in words {
            self.words.entry(word.to_lowercase()).or_insert(place);
            self.nearest.add(word);
        }
        self.fields.push(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Option<&str>) {
        let found = FieldNames::built_in().find(word).map(|field| field.name.as_str());
        assert_eq!(found, expected, "{word}");
    }

    // Protects: names and aliases in both languages mean one field.
    #[test]
    fn names_and_aliases() {
        check("operation", Some("operation"));
        check("Operation Type", Some("operation"));
        check("操作类型", Some("operation"));
        check("eventName", Some("operation"));
        check("EVENTNAME", Some("operation"));
        check("地域", Some("region"));
        check("object.id", Some("object.id"));
        check("severity=high", None);
        check("nothing", None);
        assert_eq!(FieldNames::built_in().nearest("operaton"), Some("operation"));
        let words: Vec<_> = FieldNames::built_in().values("outcome").iter().collect();
        assert_eq!((words.len(), words[2].zh.as_str()), (6, "拒绝"));
        assert!(FieldNames::built_in().values("nothing").is_empty());
    }

    // Protects: no word means two fields.
    #[test]
    fn words_are_unique() {
        for field in FieldNames::built_in().all() {
            for word in [&field.name, &field.en, &field.zh].into_iter().chain(&field.aliases) {
                check(word, Some(&field.name));
            }
        }
    }
}
