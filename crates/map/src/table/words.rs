//! What a file calls the values that an event has one word for.
//!
//! First the map, then the names of `fields.csv` in both languages, then words that other logs use
//! for the same. What none of them knows stays as it is: the check of the event names it.

use std::collections::BTreeMap;

use annals_record::FieldNames;

/// Words of other logs: field, word, value.
const OTHERS: &[(&str, &str, &str)] = &[
    ("outcome", "ok", "success"),
    ("outcome", "succeeded", "success"),
    ("outcome", "successful", "success"),
    ("outcome", "true", "success"),
    ("outcome", "操作成功", "success"),
    ("outcome", "fail", "failure"),
    ("outcome", "failed", "failure"),
    ("outcome", "error", "failure"),
    ("outcome", "false", "failure"),
    ("outcome", "操作失败", "failure"),
    ("outcome", "forbidden", "denied"),
    ("outcome", "rejected", "denied"),
    ("outcome", "无权限", "denied"),
    ("user_type", "普通用户", "user"),
    ("user_type", "regular user", "user"),
    ("user_type", "系统", "system"),
    ("user_type", "服务账户", "service"),
];

/// Where a value comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing is known of it.
    AsItIs,
    /// The map or the table of names says so.
    Named(String),
    /// Another log's word for the same.
    Inferred(&'static str),
}

/// The words of the map, looked up without case.
pub(super) struct Words {
    of_map: BTreeMap<String, BTreeMap<String, String>>,
}

impl Words {
    pub(super) fn new(values: &BTreeMap<String, BTreeMap<String, String>>) -> Self {
        let lower = |words: &BTreeMap<String, String>| {
            words.iter().map(|(from, to)| (from.trim().to_lowercase(), to.clone())).collect()
        };
        Self { of_map: values.iter().map(|(field, words)| (field.clone(), lower(words))).collect() }
    }

    /// What `text` is as a value of `field`.
    pub(super) fn find(&self, field: &str, text: &str) -> Word {
        let lower = text.to_lowercase();
        if let Some(to) = self.of_map.get(field).and_then(|words| words.get(&lower)) {
            return Word::Named(to.clone());
        }
        let values = FieldNames::built_in().values(field);
        let named = values.iter().find(|value| {
            let names = [&value.name, &value.en, &value.zh].into_iter().chain(&value.aliases);
            names.into_iter().any(|name| name.to_lowercase() == lower)
        });
        if let Some(named) = named {
            return Word::Named(named.name.clone());
        }
        let other = OTHERS.iter().find(|(of, word, _)| *of == field && *word == lower);
        other.map_or(Word::AsItIs, |(_, _, to)| Word::Inferred(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The map is asked first, both languages are known, and what is only alike is marked.
    #[test]
    fn values() {
        let of_map =
            [("outcome", "Denied", "failure"), ("operation", "创建集群", "cluster.create")];
        let mut values: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (field, from, to) in of_map {
            values.entry(field.to_owned()).or_default().insert(from.to_owned(), to.to_owned());
        }
        let words = Words::new(&values);
        let check = |field: &str, text: &str, expected: Word| {
            assert_eq!(words.find(field, text), expected, "{field} {text}");
        };
        check("outcome", "DENIED", Word::Named("failure".to_owned()));
        check("outcome", "部分成功", Word::Named("partial".to_owned()));
        check("outcome", "In progress", Word::Named("pending".to_owned()));
        check("outcome", "Failed", Word::Inferred("failure"));
        check("outcome", "maybe", Word::AsItIs);
        check("user_type", "系统用户", Word::Named("system".to_owned()));
        check("operation", "创建集群", Word::Named("cluster.create".to_owned()));
        check("operator", "ok", Word::AsItIs);
    }
}
