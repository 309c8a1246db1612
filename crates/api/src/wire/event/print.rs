//! From a kept leaf to the JSON text of its event, on one line, with only the fields it has.
//!
//! Values that are JSON are written as they are kept. What was cut stands at the top as `cuts`,
//! although it is sealed inside the origin.

use annals_record::canonical::{write_integer, write_string};
use annals_record::{Catalogue, Leaf, Tag};

/// The language of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Chinese.
    Chinese,
}

/// Names of service and operation beside their codes.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// Where the names come from.
    pub catalogue: &'a Catalogue,
    /// In which language.
    pub language: Language,
}

/// What stands in the place of a value that the reader may not see.
pub const MASKED: &str = "***";

/// How the operation of a leaf ended.
#[derive(Clone, Copy, Debug, Default)]
pub enum Ending<'a> {
    /// As the leaf says.
    #[default]
    Own,
    /// As this other leaf says: the outcome of an intent.
    Leaf(&'a Leaf),
    /// The outcome of an intent did not come within the limit.
    Unknown,
}

/// Appends the event of `leaf` at `index` as one JSON object without a line break. With `names`
/// it has `service_name` and `operation_name` too.
pub fn print_event(leaf: &Leaf, index: u64, names: Option<Names<'_>>, out: &mut Vec<u8>) {
    Print { leaf, ending: Ending::Own, index, updates: None, names, masked: &[] }.write(out);
}

/// An event that may be two leaves, and where it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Print<'a> {
    /// The leaf, or the intent of the two.
    pub leaf: &'a Leaf,
    /// How it ended. What the outcome leaf says stands in the place of what the intent said.
    pub ending: Ending<'a>,
    /// The position it is shown at.
    pub index: u64,
    /// The position at which it was shown before, where it comes again with its outcome.
    pub updates: Option<u64>,
    /// Names beside the codes.
    pub names: Option<Names<'a>>,
    /// Fields whose values are not shown. They stand as `***`, and `masked` names them.
    pub masked: &'a [Tag],
}

impl Print<'_> {
    /// Appends the event as one JSON object without a line break.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"index\":");
        write_integer(out, self.index);
        if let Some(updates) = self.updates {
            out.extend_from_slice(b",\"updates\":");
            write_integer(out, updates);
        }
        self.write_core(out);
        if let Some(names) = self.names {
            print_names(self.leaf, names, out);
        }
        let targets = self.targets();
        self.print_object(targets, out);
        let added = self.outcome_leaf().into_iter().flat_map(Leaf::fields);
        let added = added.filter(|(tag, _)| self.leaf.field(*tag).is_none());
        for (tag, _) in self.leaf.fields().chain(added) {
            match self.value(tag) {
                Some(_) if self.masked.contains(&tag) => print_masked(tag, out),
                Some(value) => print_field(tag, value, out),
                None => {}
            }
        }
        let masked = self.masked.iter().filter(|tag| self.value(**tag).is_some());
        print_names_of("masked", masked.copied(), out);
        let erased = self.leaf.fields().filter(|(_, field)| field.value().is_none());
        print_names_of("erased", erased.map(|(tag, _)| tag), out);
        out.push(b'}');
    }

    /// The one object: its type stands in the core, id and name are sealed. The type of several
    /// objects stands in each of them.
    fn print_object(&self, leaf: &Leaf, out: &mut Vec<u8>) {
        let object_type = leaf.core().raw("object_type");
        let value = |tag: Tag| {
            let value = leaf.value(tag)?;
            Some(if self.masked.contains(&tag) { MASKED } else { value })
        };
        let (id, name) = (value(Tag::OBJECT_ID), value(Tag::OBJECT_NAME));
        let is_one = leaf.field(Tag::OBJECTS).is_none() && object_type.is_some();
        if id.is_none() && name.is_none() && !is_one {
            return;
        }
        out.extend_from_slice(b",\"object\":{");
        if let Some(kind) = object_type {
            out.extend_from_slice(b"\"type\":");
            out.extend_from_slice(kind.as_bytes());
            out.push(b',');
        }
        for (key, value) in [("id", id), ("name", name)] {
            if let Some(value) = value {
                write_string(out, key);
                out.push(b':');
                write_string(out, value);
                out.push(b',');
            }
        }
        out.pop();
        out.push(b'}');
    }

    fn outcome_leaf(&self) -> Option<&Leaf> {
        match self.ending {
            Ending::Leaf(leaf) => Some(leaf),
            Ending::Own | Ending::Unknown => None,
        }
    }

    /// The leaf whose targets are shown: the outcome's if it names any.
    fn targets(&self) -> &Leaf {
        let named = |leaf: &&Leaf| {
            let tags = [Tag::OBJECTS, Tag::OBJECT_ID, Tag::OBJECT_NAME];
            leaf.core().raw("object_type").is_some()
                || tags.into_iter().any(|tag| leaf.field(tag).is_some())
        };
        self.outcome_leaf().filter(named).unwrap_or(self.leaf)
    }

    /// A sealed value: the outcome's where it is about the end, else the intent's before it.
    fn value(&self, tag: Tag) -> Option<&str> {
        let ended = || self.outcome_leaf()?.value(tag);
        match tag {
            Tag::OBJECTS => self.targets().value(tag),
            Tag::REASON | Tag::CHANGES | Tag::RELATED => ended().or_else(|| self.leaf.value(tag)),
            _ => self.leaf.value(tag).or_else(ended),
        }
    }

    /// The core's pairs, but for the object's type: that is shown with the object.
    fn write_core(&self, out: &mut Vec<u8>) {
        let ended = self.outcome_leaf().map(Leaf::core);
        for (key, value) in self.leaf.core().pairs() {
            let of_outcome = ended.and_then(|core| core.raw(key));
            match key {
                "v" | "object_type" => {}
                "phase" if ended.is_some() => {}
                "outcome" if matches!(self.ending, Ending::Unknown) => {
                    raw_pair(out, key, "\"unknown\"");
                }
                "outcome" | "duration_ms" => raw_pair(out, key, of_outcome.unwrap_or(value)),
                _ => raw_pair(out, key, value),
            }
        }
        let Some(ended) = ended else { return };
        for (key, value) in ended.pairs() {
            let is_own = matches!(key, "v" | "object_type" | "phase" | "of" | "clock_skew");
            if !is_own && self.leaf.core().raw(key).is_none() {
                raw_pair(out, key, value);
            }
        }
    }
}

fn print_names(leaf: &Leaf, names: Names<'_>, out: &mut Vec<u8>) {
    let Names { catalogue, language } = names;
    let choose = |en, zh| if language == Language::Chinese { zh } else { en };
    if let Some(service) = catalogue.service(leaf.core().service()) {
        text_pair(out, "service_name", choose(&service.en, &service.zh));
    }
    if let Some(operation) = catalogue.operation(leaf.core().operation()) {
        text_pair(out, "operation_name", choose(&operation.en, &operation.zh));
    }
}

fn print_field(tag: Tag, value: &str, out: &mut Vec<u8>) {
    match (tag, tag.name()) {
        (Tag::OBJECT_ID | Tag::OBJECT_NAME, _) | (_, None) => {}
        (Tag::SOURCE_IP, _) => print_source(value, out),
        (Tag::ORIGIN, _) => print_origin(value, out),
        (Tag::REQUEST_DATA | Tag::CHANGES | Tag::OBJECTS | Tag::RELATED, Some(name)) => {
            raw_pair(out, name, value);
        }
        (_, Some(name)) => text_pair(out, name, value),
    }
}

/// `10.0.0.8`, `10.0.0.8:5022`, `2001:db8::1` or `[2001:db8::1]:5022`.
fn print_source(value: &str, out: &mut Vec<u8>) {
    let (address, port) = match value.strip_prefix('[') {
        Some(rest) => rest.split_once("]:").unwrap_or((rest, "")),
        None => match value.split_once(':') {
            Some((address, port)) if address.contains('.') => (address, port),
            _ => (value, ""),
        },
    };
    text_pair(out, "source_ip", address);
    if !port.is_empty() {
        raw_pair(out, "source_port", port);
    }
}

/// The origin without what was cut, and that at the top.
fn print_origin(value: &str, out: &mut Vec<u8>) {
    let cut = value.strip_prefix("{\"cuts\":[").and_then(|rest| rest.split_once(']'));
    let Some((cuts, rest)) = cut else { return raw_pair(out, "origin", value) };
    out.extend_from_slice(b",\"cuts\":[");
    out.extend_from_slice(cuts.as_bytes());
    out.push(b']');
    if let Some(rest) = rest.trim_start().strip_prefix(',') {
        out.extend_from_slice(b",\"origin\":{");
        write_raw(out, rest);
    }
}

/// Several objects stay a list, so that a reader need not tell a masked event apart to parse it.
fn print_masked(tag: Tag, out: &mut Vec<u8>) {
    match (tag, tag.name()) {
        (Tag::OBJECT_ID | Tag::OBJECT_NAME, _) | (_, None) => {}
        (Tag::OBJECTS | Tag::RELATED, Some(name)) => raw_pair(out, name, "[{\"id\":\"***\"}]"),
        (_, Some(name)) => text_pair(out, name, MASKED),
    }
}

/// A list of the names of fields, if there are any.
fn print_names_of(key: &str, tags: impl Iterator<Item = Tag>, out: &mut Vec<u8>) {
    let mut names = tags.filter_map(Tag::name).peekable();
    if names.peek().is_none() {
        return;
    }
    begin_pair(out, key);
    out.push(b'[');
    for name in names {
        write_string(out, name);
        out.push(b',');
    }
    out.pop();
    out.push(b']');
}

fn begin_pair(out: &mut Vec<u8>, key: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
}

fn text_pair(out: &mut Vec<u8>, key: &str, value: &str) {
    begin_pair(out, key);
    write_string(out, value);
}

fn raw_pair(out: &mut Vec<u8>, key: &str, json: &str) {
    begin_pair(out, key);
    write_raw(out, json);
}

/// JSON text on one line. Line breaks of JSON stand only between tokens, where a blank says the
/// same.
fn write_raw(out: &mut Vec<u8>, json: &str) {
    let start = out.len();
    out.extend_from_slice(json.as_bytes());
    if json.contains(['\n', '\r']) {
        for byte in &mut out[start..] {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
}
