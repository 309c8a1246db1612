//! One row becomes one record.
//!
//! Where two columns give the same field, the first that says something wins and the other is
//! noted. Defaults of the map fill what is left.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use annals_record::{Nearest, Record, Related};
use serde_json::Value;

use super::cell;
use super::column::Target;
use super::draft::{Draft, Note};
use super::evidence::{self, RowIds};
use super::import_map::ImportMap;
use super::moment::Moments;
use super::objects::Split;
use super::raw::Row;
use super::words::{Word, Words};
use crate::error::MapError;

/// Headings whose meaning is remembered; JSON rows may bring new ones without end.
const HEADINGS_MAX: usize = 10_000;
/// How deep a JSON row is searched for known names.
const DEPTH_MAX: usize = 16;
/// Cells that say nothing, where the map does not name them.
const EMPTY: [&str; 2] = ["-", "--"];

/// What a row became.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The event. What its format refuses is in it as the row had it.
    pub record: Record<'static>,
    /// What else is to be said.
    pub notes: Vec<Note>,
}

/// Maps the rows of one table.
pub struct Table {
    map: ImportMap,
    columns: HashMap<Arc<str>, Option<Target>>,
    defaults: Vec<(Target, Value)>,
    empty: Vec<String>,
    moments: Moments,
    split: Split,
    words: Words,
    ids: RowIds,
    /// What `origin` says of where rows come from: pairs of keys and JSON texts.
    origin: Vec<(&'static str, String)>,
}

impl Table {
    /// A table under a map. `origin`: what stands in every event's `origin` beside the row.
    ///
    /// # Errors
    /// A map that names what is no field, zone, format or separator.
    pub fn new(
        map: ImportMap,
        ids: RowIds,
        origin: &[(&'static str, &str)],
    ) -> Result<Self, MapError> {
        let target = |word: &str| Target::of_word(word).ok_or_else(|| no_field(word));
        let mut columns = HashMap::new();
        for (heading, word) in &map.columns {
            columns.insert(Arc::from(heading.trim()), Some(target(word)?));
        }
        let mut defaults = Vec::new();
        for (word, value) in &map.defaults {
            defaults.push((target(word)?, Value::from(value.as_str())));
        }
        let mut values = std::collections::BTreeMap::new();
        for (word, words) in &map.values {
            let field = match target(word)? {
                Target::Text(field) => field.to_owned(),
                Target::Object("type") => "object.type".to_owned(),
                _ => {
                    let why = format!("[values.{word}]: only fields of text have values");
                    return Err(MapError::ImportMap(why));
                }
            };
            values.insert(field, words.clone());
        }
        let empty = map.empty.clone().unwrap_or_else(|| EMPTY.map(str::to_owned).to_vec());
        Ok(Self {
            columns,
            defaults,
            empty,
            moments: Moments::new(map.time.zone.as_deref(), &map.time.formats)?,
            split: Split::parse(map.objects.split.as_deref())?,
            words: Words::new(&values),
            ids,
            origin: origin
                .iter()
                .map(|(key, text)| (*key, Value::from(*text).to_string()))
                .collect(),
            map,
        })
    }

    /// What a column of this heading means; `None`: nothing that is known.
    pub fn target(&mut self, heading: &Arc<str>) -> Option<Target> {
        if let Some(target) = self.columns.get(&**heading) {
            return target.clone();
        }
        let mut target = Target::of_heading(heading);
        if target.is_none() && self.map.rest_in_request_data {
            let path = vec![heading.to_string()];
            target = Some(Target::Json { field: "request_data", path });
        }
        if self.columns.len() < HEADINGS_MAX {
            self.columns.insert(heading.clone(), target.clone());
        }
        target
    }

    /// The fields every event needs that neither these columns nor the map give.
    pub fn missing(&mut self, headings: &[Arc<str>]) -> Vec<&'static str> {
        let mut given: Vec<Target> = headings.iter().filter_map(|h| self.target(h)).collect();
        given.extend(self.defaults.iter().map(|(target, _)| target.clone()));
        let has = |targets: &[Target]| targets.iter().any(|target| given.contains(target));
        let text = Target::Text;
        let needed = [
            ("time", has(&[Target::Time])),
            ("operation", has(&[text("operation")])),
            ("operator", has(&[text("operator"), text("username"), Target::User])),
        ];
        needed.iter().filter(|(_, is_there)| !is_there).map(|(field, _)| *field).collect()
    }

    /// Other rows follow that have nothing to do with those before.
    pub fn forget(&mut self) {
        self.ids.forget();
    }

    /// Maps one row.
    pub fn map(&mut self, row: &Row) -> Mapped {
        let mut draft = Draft::default();
        for (heading, value) in &row.cells {
            self.cell(heading, value, &mut draft, 0);
        }
        draft.is_default = true;
        let Draft { record, user, .. } = &mut draft;
        if record.operator.is_none() && (record.username.is_some() || user.is_some()) {
            record.operator = record.username.clone().or_else(|| user.take().map(Cow::Owned));
        }
        let none = Arc::from("");
        for (target, value) in &self.defaults {
            self.value(&none, target, value, &mut draft);
        }
        self.finish(row, draft)
    }

    /// The event that keeps a row of which nothing can be made: it is refused by whoever takes
    /// events, and so kept with the reason.
    pub fn refused(&self, row: &Row, reason: &str) -> String {
        let text = evidence::row_text(row);
        let origin = self.origin_text(row, text, 0, &mut Vec::new());
        let reason = Value::from(reason).to_string();
        format!("{{\"import_fault\":{reason},\"origin\":{origin}}}")
    }

    fn cell(&mut self, heading: &Arc<str>, value: &Value, draft: &mut Draft, depth: usize) {
        match (self.target(heading), value) {
            (Some(target), _) => self.value(heading, &target, value, draft),
            (None, Value::Object(pairs)) if depth < DEPTH_MAX => {
                for (key, value) in pairs {
                    self.cell(&Arc::from(format!("{heading}.{key}")), value, draft, depth + 1);
                }
            }
            (None, _) => {
                if cell::text(value, &self.empty).is_some() {
                    draft.note(heading, "no field is called so; kept in origin");
                }
            }
        }
    }

    fn value(&self, heading: &Arc<str>, target: &Target, value: &Value, draft: &mut Draft) {
        let Some(text) = cell::text(value, &self.empty) else { return };
        match target {
            Target::Ignored | Target::Derived => {}
            Target::Text("source_ip") => draft.address(heading, &text),
            Target::Text(field) => {
                let text = self.word(heading, field, text, draft);
                draft.text(heading, field, text);
            }
            Target::Time => match self.moments.read(&text) {
                Some(moment) => {
                    if let Some(inferred) = moment.inferred {
                        draft.infer(heading, inferred);
                    }
                    draft.text(heading, "time", moment.time.to_string());
                }
                None => {
                    let why = "no time that is known; name its form in [time] formats";
                    draft.note(heading, why);
                    draft.text(heading, "time", text.into_owned());
                }
            },
            Target::Integer(field) => draft.integer(heading, field, &text),
            Target::Object(key) => {
                let text = match *key {
                    "type" => self.word(heading, "object.type", text, draft),
                    _ => text.into_owned(),
                };
                draft.object_part(heading, key, text);
            }
            Target::Objects => draft.objects(heading, &cell::json(value), &text),
            Target::Related => draft.related(heading, &cell::json(value)),
            Target::RelatedId { kind, role } => {
                let (kind, role) = (kind.clone().into(), role.clone().map(Cow::Owned));
                let id = Some(Cow::Owned(text.into_owned()));
                let related = Related { kind: Some(kind), id, role, ..Related::default() };
                if !draft.is_default || !draft.record.related.iter().any(|r| r.kind == related.kind)
                {
                    draft.record.related.push(related);
                }
            }
            Target::Json { field, path } => draft.json(heading, field, path, value),
            Target::User => drop(draft.user.get_or_insert(text.into_owned())),
        }
    }

    /// A value in the event's own words.
    fn word(
        &self,
        heading: &Arc<str>,
        field: &'static str,
        text: Cow<'_, str>,
        draft: &mut Draft,
    ) -> String {
        match self.words.find(field, &text) {
            Word::AsItIs => text.into_owned(),
            Word::Named(word) => word,
            Word::Inferred(word) => {
                draft.infer(heading, format!("{field}: \"{text}\" read as {word}"));
                word.to_owned()
            }
        }
    }

    fn finish(&mut self, row: &Row, mut draft: Draft) -> Mapped {
        let part = |key: &str| draft.parts.get(key).map(|(_, text)| text.as_str());
        let found = self.split.objects(part("id"), part("name"), part("type"));
        if let Some((key, reason)) = found.unfit {
            let heading = draft.parts[key].0.clone();
            draft.note(&heading, reason);
        }
        let mut objects = found.objects;
        objects.append(&mut draft.record.objects);
        if objects.len() == 1 && objects[0].outcome.is_none() {
            draft.record.object = objects.pop();
        }
        draft.record.objects = objects;
        for (field, value) in std::mem::take(&mut draft.jsons) {
            let text = Some(Cow::Owned(value.to_string()));
            match field {
                "changes" => draft.record.changes = text,
                _ => draft.record.request_data = text,
            }
        }
        let text = evidence::row_text(row);
        let (id, occurrence) = match draft.record.id.take() {
            Some(id) if annals_record::is_event_id(&id) => (id.into_owned(), 0),
            Some(_) => {
                draft.inferred.push("id: the row's own can't be one, made from the row".to_owned());
                self.ids.next(&text)
            }
            None => self.ids.next(&text),
        };
        draft.record.id = Some(Cow::Owned(id));
        let origin = self.origin_text(row, text, occurrence, &mut draft.inferred);
        draft.record.origin = Some(Cow::Owned(origin));
        Mapped { record: draft.record, notes: draft.notes }
    }

    fn origin_text(
        &self,
        row: &Row,
        text: String,
        occurrence: u32,
        inferred: &mut Vec<String>,
    ) -> String {
        let cells = evidence::fitting(row, text, inferred);
        let mut text = String::from("{");
        for (key, value) in &self.origin {
            if self.map.position || *key != "file" {
                text.push_str(&format!("\"{key}\":{value},"));
            }
        }
        if self.map.position {
            text.push_str(&format!("\"row_number\":{},", row.number));
        }
        if occurrence > 0 {
            text.push_str(&format!("\"occurrence\":{},", occurrence + 1));
        }
        if !inferred.is_empty() {
            inferred.sort_unstable();
            inferred.dedup();
            text.push_str(&format!("\"inferred\":{},", Value::from(std::mem::take(inferred))));
        }
        text + "\"row\":" + &cells + "}"
    }
}

fn no_field(word: &str) -> MapError {
    let mut nearest = Nearest::default();
    for field in annals_record::FieldNames::built_in().all() {
        nearest.add(&field.name);
    }
    let hint = nearest.find(word).map(|field| format!("; did you mean `{field}`?"));
    let hint = hint.unwrap_or_else(|| "; see docs/formats/import-map.md".to_owned());
    MapError::ImportMap(format!("`{word}` is no field of an event{hint}"))
}

#[cfg(test)]
mod tests;
