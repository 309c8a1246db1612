//! Sources that are asked: a database's table, an API's list, from a cursor on.
//!
//! What always holds: the place is saved only after the server has acknowledged everything before
//! it, and rows are asked for from the last cursor value *on*, not behind it: of those the ids are
//! remembered, so that rows of one value that come later are not missed and none is sent twice.
//! A source that can't be asked is no error: it is asked again later, and the status says why.
//!
//! What it does not do: write to a source; see rows whose cursor is smaller than what was read.

mod connect;
mod http;
mod postgres;
mod query;
mod sql;
mod sqlite;

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use annals_map::{Fingerprint, ImportMap, Row, RowIds, Table};
use serde_json::Value;

use crate::config::{PullConfig, PullKind};
use crate::error::CollectError;
use crate::ndjson;
use crate::position::{PullState, SourceState, StateDir};
use crate::runner::{Turn, World, send_body};
use crate::sink::Sink;
use crate::status::{Counters, PullStatus, SourceStatus};
use crate::table::TablePart;

/// Rows asked for at once, where the source lets us say.
const ROWS_MAX: u64 = 1000;
/// Ids of rows at the last cursor value that are remembered; beyond, rows are sent again.
const IDS_MAX: usize = 100_000;

/// One answer.
pub(crate) struct Page {
    pub(crate) parts: Vec<TablePart>,
    /// Where the next page of the same walk is.
    pub(crate) next: Option<String>,
    /// There are as many rows as were asked for.
    pub(crate) is_full: bool,
}

/// Asks a source for rows.
pub(crate) trait Fetch: Send {
    /// The rows from `cursor` on; or the page that the answer before named.
    ///
    /// # Errors
    /// What went wrong, for people.
    fn page(
        &mut self,
        cursor: Option<&Value>,
        page: Option<&str>,
        rows_max: u64,
    ) -> Result<Page, String>;
}

/// One source that is asked.
pub(crate) struct Puller {
    name: String,
    kind: &'static str,
    column: String,
    every: Duration,
    fetch: Box<dyn Fetch>,
    table: Table,
    state: PullState,
    counters: Counters,
    rows_max: u64,
    due: Option<Instant>,
    error: Option<String>,
}

impl Puller {
    /// Takes up a source where its saved state left it.
    pub(crate) fn open(config: &PullConfig, states: &StateDir) -> Result<Self, CollectError> {
        let map = match &config.map {
            None => Ok(ImportMap::default()),
            Some(path) => {
                let text = std::fs::read_to_string(path);
                ImportMap::parse(&text.map_err(CollectError::file("read", path))?)
            }
        };
        let unfit = |source| CollectError::Source { name: config.name.clone(), source };
        let mut map = map.map_err(unfit)?;
        map.position = false;
        let fetch: Box<dyn Fetch> = match config.kind {
            PullKind::Http => Box::new(http::Http::new(config, map.file.clone())?),
            PullKind::Sql => sql::open(config)?,
        };
        Self::with(config, states, map, fetch)
    }

    fn with(
        config: &PullConfig,
        states: &StateDir,
        map: ImportMap,
        fetch: Box<dyn Fetch>,
    ) -> Result<Self, CollectError> {
        let name = config.name.clone();
        let kind = config.kind.name();
        let key = [&states.key()?[..], name.as_bytes()].concat();
        let origin = [("collector", "annals-collect"), ("source", name.as_str()), ("kind", kind)];
        let table = Table::new(map, RowIds::new(&key), &origin)
            .map_err(|source| CollectError::Source { name: name.clone(), source })?;
        let SourceState { pull, counters, .. } = states.load(&name)?;
        let start = PullState { cursor: config.start.clone(), ..PullState::default() };
        Ok(Self {
            kind,
            column: config.cursor.clone(),
            every: Duration::from_secs(config.every_seconds),
            fetch,
            table,
            state: pull.unwrap_or(start),
            counters,
            rows_max: ROWS_MAX,
            due: None,
            error: None,
            name,
        })
    }

    /// Asks for a page if it is time, sends it, and saves after the acknowledgement.
    pub(crate) fn turn(
        &mut self,
        states: &StateDir,
        sink: &mut dyn Sink,
        world: &mut dyn World,
        now: Instant,
    ) -> Result<Turn, CollectError> {
        if self.due.is_some_and(|due| due > now) {
            return Ok(Turn::Idle);
        }
        let PullState { cursor, page, .. } = &self.state;
        let answer = self.fetch.page(cursor.as_ref(), page.as_deref(), self.rows_max);
        let taken = answer.and_then(|page| Ok((self.take(&page.parts)?, page)));
        let ((body, events, state), page) = match taken {
            Ok(taken) => taken,
            Err(message) => {
                if self.error.as_ref() != Some(&message) {
                    tracing::warn!(source = self.name, error = message, "can't be asked");
                }
                self.error = Some(message);
                // A page that is gone is not asked for again: the walk begins anew.
                self.state.page = None;
                self.due = Some(now + self.every);
                return Ok(Turn::Idle);
            }
        };
        self.error = None;
        if events > 0 {
            let Some(ack) = send_body(&body, sink, world)? else { return Ok(Turn::Stopped) };
            self.counters.events += events;
            self.counters.accepted += ack.accepted;
            self.counters.duplicates += ack.duplicates;
            self.counters.rejected += ack.rejected;
        }
        self.counters.lines += page.parts.len() as u64;
        let before = std::mem::replace(&mut self.state, state);
        match page.next {
            Some(next) if before.page.as_ref() != Some(&next) => self.state.page = Some(next),
            _ => {
                self.state.page = None;
                self.state.cursor.clone_from(&self.state.high);
                self.state.at.clone_from(&self.state.high_at);
            }
        }
        if before != self.state || events > 0 {
            self.save(states)?;
        }
        // All rows at one value, and more of them than were asked for.
        let is_stuck = page.is_full && events == 0 && before == self.state;
        self.rows_max = if is_stuck { self.rows_max.saturating_mul(2) } else { ROWS_MAX };
        let has_more = self.state.page.is_some() || page.is_full || events > 0;
        self.due = (!has_more).then(|| now + self.every);
        Ok(if has_more { Turn::Busy } else { Turn::Idle })
    }

    pub(crate) fn status(&self) -> SourceStatus {
        let pull = PullStatus { cursor: self.state.cursor.clone(), error: self.error.clone() };
        SourceStatus {
            name: self.name.clone(),
            kind: self.kind.to_owned(),
            files: Vec::new(),
            pull: Some(pull),
            counters: self.counters.clone(),
        }
    }

    /// The events of rows that are new, their number, and the state once they are kept.
    fn take(&mut self, parts: &[TablePart]) -> Result<(String, u64, PullState), String> {
        let mut state = self.state.clone();
        if state.page.is_none() {
            state.high.clone_from(&state.cursor);
            state.high_at.clone_from(&state.at);
        }
        let (mut body, mut events) = (Vec::new(), 0);
        self.table.forget();
        for part in parts {
            let row = match part {
                TablePart::Headings(_) => continue,
                TablePart::Row(row) => row,
                TablePart::Unfit(row, reason) => {
                    let line = self.table.refused(row, reason);
                    let id = Fingerprint::of(line.as_bytes()).to_string();
                    if !state.high_at.contains(&id) && !self.state.at.contains(&id) {
                        body.extend_from_slice(line.as_bytes());
                        body.push(b'\n');
                        events += 1;
                        state.high_at.push(id);
                    }
                    continue;
                }
            };
            let value = cursor_of(row, &self.column)
                .ok_or_else(|| format!("a row has no `{}` to go on from", self.column))?;
            let record = self.table.map(row).record;
            let id = record.id.as_deref().unwrap_or_default().to_owned();
            let is_done = self.state.cursor.as_ref() == Some(&value) && self.state.at.contains(&id);
            if !is_done {
                ndjson::write(&record, &mut body).map_err(|error| error.to_string())?;
                events += 1;
            }
            match state.high.as_ref().map_or(Ordering::Greater, |high| compare(&value, high)) {
                Ordering::Greater => {
                    state.high = Some(value);
                    state.high_at = vec![id];
                }
                Ordering::Equal
                    if state.high_at.len() < IDS_MAX && !state.high_at.contains(&id) =>
                {
                    state.high_at.push(id);
                }
                _ => {}
            }
        }
        let body = String::from_utf8(body).map_err(|error| error.to_string())?;
        Ok((body, events, state))
    }

    /// The commit point.
    fn save(&self, states: &StateDir) -> Result<(), CollectError> {
        let (pull, counters) = (Some(self.state.clone()), self.counters.clone());
        states.save(&self.name, &SourceState { pull, counters, ..SourceState::default() })
    }
}

/// The value of a row's cursor; it may stand inside of JSON.
fn cursor_of(row: &Row, column: &str) -> Option<Value> {
    let cell = row.cells.iter().find(|(heading, _)| **heading == *column).map(|(_, value)| value);
    let inside = || {
        let (first, rest) = column.split_once('.')?;
        let (_, value) = row.cells.iter().find(|(heading, _)| **heading == *first)?;
        rest.split('.').try_fold(value, |value, key| value.get(key))
    };
    let value = cell.or_else(inside)?;
    matches!(value, Value::Number(_) | Value::String(_)).then(|| value.clone())
}

/// Numbers by size, however they are written; all else by its text.
fn compare(a: &Value, b: &Value) -> Ordering {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (a, b) = (text(a), text(b));
    match (a.parse::<i128>(), b.parse::<i128>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => a.total_cmp(&b),
            _ => a.cmp(&b),
        },
    }
}

#[cfg(test)]
mod tests;
