//! Reading a TOML document with its places: every fault is kept with its line, and a key that
//! nobody asked for is one, with the nearest that somebody did.

use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

use annals_record::Nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{MapError, RouteFault};

/// Faults listed of one file.
const FAULTS_COUNT_MAX: usize = 50;

/// A value and where it stands.
pub(super) type Located<'d> = Spanned<DeValue<'d>>;

/// Where something stands in the text, in bytes.
pub(super) type Span = Range<usize>;

/// What is wrong with a file, so far.
#[derive(Debug)]
pub(super) struct Faults<'d> {
    text: &'d str,
    found: RefCell<Vec<RouteFault>>,
}

impl<'d> Faults<'d> {
    pub(super) fn new(text: &'d str) -> Self {
        Self { text, found: RefCell::default() }
    }

    pub(super) fn add(&self, span: Span, message: impl Into<String>) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.found.borrow_mut().push(RouteFault { line, column, message: message.into() });
    }

    /// What `result` holds, or nothing and a fault at `span`.
    pub(super) fn take<T>(&self, span: Span, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.add(span, message)).ok()
    }

    /// The file can be used if there is none.
    pub(super) fn finish(self) -> Result<(), MapError> {
        let mut faults = self.found.into_inner();
        if faults.is_empty() {
            return Ok(());
        }
        faults.sort_by_key(|fault| (fault.line, fault.column));
        faults.dedup();
        faults.truncate(FAULTS_COUNT_MAX);
        Err(MapError::RouteFile { faults })
    }
}

/// A table that is being read.
#[derive(Debug)]
pub(super) struct Keys<'d> {
    table: &'d DeTable<'d>,
    span: Span,
    pub(super) faults: &'d Faults<'d>,
    asked: Vec<&'static str>,
}

impl<'d> Keys<'d> {
    pub(super) fn new(table: &'d DeTable<'d>, span: Span, faults: &'d Faults<'d>) -> Self {
        Self { table, span, faults, asked: Vec::new() }
    }

    /// Where the table stands.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<&'d Located<'d>> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// Every key with its place, for tables whose keys are free.
    pub(super) fn entries(
        self,
    ) -> impl Iterator<Item = (&'d str, Span, &'d Located<'d>)> + use<'d> {
        self.table.iter().map(|(key, value)| (&**key.get_ref(), key.span(), value))
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<(&'d str, Span)> {
        let value = self.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong(key, value, "a text");
        }
        text.map(|text| (text, value.span()))
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, key: &'static str) -> Option<(&'d str, Span)> {
        if !self.table.contains_key(key) {
            self.faults.add(self.span(), format!("`{key}` is missing here"));
        }
        self.text(key)
    }

    /// One text, or a list of them.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<(&'d str, Span)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let items = items(value);
        let texts: Vec<_> =
            items.iter().filter_map(|item| Some((item.get_ref().as_str()?, item.span()))).collect();
        if texts.len() < items.len() {
            self.wrong(key, value, "a text or a list of texts");
        }
        texts
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(key, value, "true or false");
        }
        flag
    }

    pub(super) fn table(&mut self, key: &'static str) -> Option<Keys<'d>> {
        let value = self.get(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(key, value, "a table");
        }
        table.map(|table| Keys::new(table, value.span(), self.faults))
    }

    /// One table, or a list of them.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Keys<'d>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let items = items(value);
        let tables: Vec<_> = items
            .iter()
            .filter_map(|item| {
                Some(Keys::new(item.get_ref().as_table()?, item.span(), self.faults))
            })
            .collect();
        if tables.len() < items.len() {
            self.wrong(key, value, "a table or a list of tables");
        }
        tables
    }

    /// A time such as `250ms`, `5s`, `10m`, `4h` or `7d`.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        let (text, span) = self.text(key)?;
        let duration = duration(text);
        if duration.is_none() {
            let message = format!("`{text}` is no time; write 250ms, 5s, 10m, 4h or 7d");
            self.faults.add(span, message);
        }
        duration
    }

    /// Reports the keys that nobody has asked for.
    pub(super) fn finish(self) {
        let mut nearest = Nearest::default();
        self.asked.iter().for_each(|key| nearest.add(key));
        for (key, _) in self.table.iter() {
            let word = &**key.get_ref();
            if !self.asked.contains(&word) {
                let hint = match nearest.find(word) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => format!("; known here: {}", self.asked.join(", ")),
                };
                self.faults.add(key.span(), format!("`{word}` is no key here{hint}"));
            }
        }
    }

    fn wrong(&self, key: &str, value: &Located<'_>, expected: &str) {
        let found = value.get_ref().type_str();
        self.faults.add(value.span(), format!("`{key}` must be {expected}, not {found}"));
    }
}

/// The entries of a list, or the one value.
pub(super) fn items<'d>(value: &'d Located<'d>) -> Vec<&'d Located<'d>> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    }
}

fn duration(text: &str) -> Option<Duration> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let millis = number.parse::<u64>().ok()?.checked_mul(millis)?;
    (millis > 0).then(|| Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pause that is read wrongly hammers a platform, or never ends.
    #[test]
    fn durations() {
        let check = |text, millis: Option<u64>| {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        };
        check("250ms", Some(250));
        check("5s", Some(5000));
        check("10m", Some(600_000));
        check("4h", Some(14_400_000));
        check("7d", Some(604_800_000));
        for bad in ["", "5", "s", "0s", "-1s", "1.5s", "1y", "5 s", "99999999999999999999s"] {
            check(bad, None);
        }
    }
}
