//! Request data: which members of a body are kept, which are masked, what is added.

use serde_json::{Map, Value};
use toml::de::DeValue;

use super::clean;
use super::document::{Faults, Keys};
use super::scope::Scope;
use super::selector::{Allowed, Uses};
use super::text::Tree;

/// What stands in the place of a masked value.
const MASKED: &str = "***";

/// What of a request is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Payload {
    is_off: bool,
    keep: Vec<String>,
    drop: Vec<String>,
    /// In lower case.
    mask: Vec<String>,
    add: Vec<(String, Tree)>,
}

impl Payload {
    /// The key `request_data`: a flag or a table; `mask` holds keys that are masked anyway.
    pub(super) fn read(keys: &mut Keys<'_>, allowed: &Allowed, mask: &[String]) -> Self {
        let faults = keys.faults;
        let mut payload = Self { mask: lowered(mask.iter()), ..Self::default() };
        let Some(value) = keys.get("request_data") else { return payload };
        match value.get_ref() {
            DeValue::Boolean(flag) => payload.is_off = !flag,
            DeValue::Table(table) => {
                payload.read_table(Keys::new(table, value.span(), faults), allowed, faults);
            }
            _ => faults.add(value.span(), "`request_data` must be false or a table"),
        }
        payload
    }

    fn read_table(&mut self, mut keys: Keys<'_>, allowed: &Allowed, faults: &Faults<'_>) {
        let names = |keys: &mut Keys<'_>, key| -> Vec<String> {
            keys.texts(key).into_iter().map(|(text, _)| text.to_owned()).collect()
        };
        self.keep = names(&mut keys, "keep");
        self.drop = names(&mut keys, "drop");
        let mask = names(&mut keys, "mask");
        self.mask.extend(lowered(mask.iter()));
        if let Some(add) = keys.table("add") {
            let members = add.entries();
            self.add = members
                .filter_map(|(key, _, value)| {
                    Some((key.to_owned(), Tree::read(value, allowed, faults)?))
                })
                .collect();
        }
        keys.finish();
    }

    pub(super) fn uses(&self) -> Uses {
        let base = if self.is_off { Uses::NONE } else { Uses::REQUEST };
        self.add.iter().fold(base, |uses, (_, tree)| uses | tree.uses())
    }

    /// The JSON text to record: the body, else the query, or the item of a feed; with what is
    /// added. As it was sent wherever nothing has to be changed.
    pub(super) fn text(&self, scope: &Scope<'_>) -> Option<String> {
        if self.is_off {
            return None;
        }
        let data = scope.request.and_then(|request| request.data);
        if let Some(data) = data.filter(|data| self.keeps_all(data.value()))
            && let Some(text) = data.text()
        {
            return Some(text.to_owned());
        }
        let added = self.add.iter();
        let mut added: Map<String, Value> =
            added.filter_map(|(key, tree)| Some((key.clone(), tree.render(scope)?))).collect();
        let mut value = match self.base(scope) {
            None if added.is_empty() => return None,
            None => Value::Object(added),
            Some(base) if added.is_empty() => base,
            Some(Value::Object(mut members)) => {
                members.extend(added);
                Value::Object(members)
            }
            Some(body) => {
                added.insert("body".to_owned(), body);
                Value::Object(added)
            }
        };
        self.mask(&mut value);
        Some(clean::json(value).to_string())
    }

    fn keeps_all(&self, value: &Value) -> bool {
        let is_whole = self.keep.is_empty() && self.drop.is_empty() && self.add.is_empty();
        is_whole && clean::fits(value) && !self.is_masked_in(value)
    }

    fn base(&self, scope: &Scope<'_>) -> Option<Value> {
        let base = match (scope.item, scope.request) {
            (Some(item), _) => item.json(),
            (None, Some(request)) => match request.data {
                Some(data) => data.value().clone(),
                None => query(request.query)?,
            },
            (None, None) => return None,
        };
        let Value::Object(members) = base else { return Some(base) };
        let is_kept = |key: &String| {
            (self.keep.is_empty() || self.keep.contains(key)) && !self.drop.contains(key)
        };
        Some(members.into_iter().filter(|(key, _)| is_kept(key)).collect())
    }

    fn is_secret(&self, key: &str) -> bool {
        !self.mask.is_empty() && self.mask.contains(&key.to_lowercase())
    }

    fn is_masked_in(&self, value: &Value) -> bool {
        match value {
            Value::Array(items) => items.iter().any(|item| self.is_masked_in(item)),
            Value::Object(members) => {
                members.iter().any(|(key, value)| self.is_secret(key) || self.is_masked_in(value))
            }
            _ => false,
        }
    }

    fn mask(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask(item)),
            Value::Object(members) => {
                for (key, value) in members {
                    if self.is_secret(key) {
                        *value = Value::from(MASKED);
                    } else {
                        self.mask(value);
                    }
                }
            }
            _ => {}
        }
    }
}

fn lowered<'k>(keys: impl Iterator<Item = &'k String>) -> Vec<String> {
    keys.map(|key| key.to_lowercase()).collect()
}

/// The parameters of a query; one that comes again becomes a list.
fn query(query: &str) -> Option<Value> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = Value::from(value);
        match members.get_mut(&*name) {
            None => drop(members.insert(name.into_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    (!members.is_empty()).then_some(Value::Object(members))
}
