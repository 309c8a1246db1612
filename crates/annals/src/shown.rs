//! Events on their way out: as a table, NDJSON, one JSON array or CSV, to stdout or a file.
//!
//! Events arrive page by page and leave at once; only a table waits for the first lines, to know
//! how wide its columns are. Names come from the server's catalogue.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::Path;

use annals_api::client::Client;
use annals_api::wire::column::{CellKind, Column, Words};
use annals_api::wire::csv;
use annals_api::wire::export::Lang;
use jiff::tz::TimeZone;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::args::{Format, Shown};
use crate::exit::Exit;
use crate::output;
use crate::reach;
use crate::table::{self, Table};
use crate::when;

/// The columns of a table where none are named.
const TABLE_COLUMNS: [&str; 7] =
    ["time", "operator", "service", "operation", "object", "source_ip", "outcome"];
/// Events by which a table's widths are settled.
const FIT_EVENTS: usize = 100;

/// Takes events and writes them.
pub(crate) struct Writer {
    out: Box<dyn Write>,
    form: Form,
    written: u64,
}

enum Form {
    /// Whole events, unless columns were named.
    Ndjson(Option<Picked>),
    Json(Option<Picked>),
    Csv {
        columns: Vec<Column>,
        words: Words,
    },
    Table(Box<Lines>),
}

/// Columns as members of an object.
struct Picked {
    columns: Vec<Column>,
    words: Words,
}

struct Lines {
    columns: Vec<Column>,
    words: Words,
    zone: TimeZone,
    lang: Lang,
    /// Lines that wait for the widths; none once they are settled.
    waiting: Vec<Vec<String>>,
    table: Option<Table>,
    /// After how many lines the widths are settled.
    fit: usize,
}

impl Writer {
    /// A writer as the arguments say; `fit` is how many events a table waits for.
    pub(crate) fn open(
        shown: &Shown,
        out: Option<&Path>,
        zone: TimeZone,
        fit: usize,
        client: &Client,
    ) -> Result<Self, Exit> {
        let to_terminal = out.is_none() && std::io::stdout().is_terminal();
        let format = match (shown.format, shown.json) {
            (Some(format), _) => format,
            (None, false) if to_terminal => Format::Table,
            (None, _) => Format::Ndjson,
        };
        let words = |lang| -> Result<Words, Exit> {
            let catalogue = client.catalogue().map_err(|error| reach::failed(&error))?;
            Ok(Words::new(&catalogue, lang))
        };
        let lang = shown.lang.map(Lang::from);
        let form = match format {
            Format::Ndjson | Format::Json => {
                let picked = match shown.columns.is_empty() {
                    true => None,
                    false => Some(Picked { columns: columns(shown, None)?, words: words(lang)? }),
                };
                if format == Format::Json { Form::Json(picked) } else { Form::Ndjson(picked) }
            }
            Format::Csv => Form::Csv { columns: columns(shown, None)?, words: words(lang)? },
            Format::Parquet => {
                let why =
                    "a Parquet file is written by `annals export --format parquet --out FILE`";
                return Err(Exit::Usage(why.to_owned()));
            }
            Format::Table => {
                let lang = lang.unwrap_or_else(locale);
                Form::Table(Box::new(Lines {
                    columns: columns(shown, Some(&TABLE_COLUMNS))?,
                    words: words(Some(lang))?,
                    zone,
                    lang,
                    waiting: Vec::new(),
                    table: None,
                    fit: fit.min(FIT_EVENTS),
                }))
            }
        };
        let mut writer = Self { out: target(out)?, form, written: 0 };
        writer.begin(lang)?;
        Ok(writer)
    }

    fn begin(&mut self, lang: Option<Lang>) -> Result<(), Exit> {
        let mut head = Vec::new();
        match &self.form {
            Form::Json(_) => head.push(b'['),
            Form::Csv { columns, .. } => csv::write_heading(columns, lang, &mut head),
            Form::Ndjson(_) | Form::Table(_) => {}
        }
        self.put(&head)
    }

    /// Writes one event.
    pub(crate) fn event(&mut self, event: &RawValue) -> Result<(), Exit> {
        let mut text = Vec::new();
        match &mut self.form {
            Form::Ndjson(picked) => {
                write_json(picked.as_ref(), event, &mut text);
                text.push(b'\n');
            }
            Form::Json(picked) => {
                text.extend_from_slice(if self.written == 0 { b"\n" } else { b",\n" });
                write_json(picked.as_ref(), event, &mut text);
            }
            Form::Csv { columns, words } => {
                csv::write_event(columns, &value(event), words, &mut text);
            }
            Form::Table(lines) => lines.event(&value(event), &mut text),
        }
        self.written += 1;
        self.put(&text)
    }

    /// Makes what was written visible.
    pub(crate) fn flush(&mut self) -> Result<(), Exit> {
        let mut text = Vec::new();
        if let Form::Table(lines) = &mut self.form {
            lines.settle(&mut text);
        }
        self.put(&text)?;
        let done = self.out.flush();
        output::settle(done)
    }

    /// Completes the answer; how many events it had.
    pub(crate) fn finish(mut self) -> Result<u64, Exit> {
        if matches!(self.form, Form::Json(_)) {
            self.put(if self.written == 0 { b"]\n" } else { b"\n]\n" })?;
        }
        self.flush()?;
        Ok(self.written)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Exit> {
        let done = self.out.write_all(bytes);
        output::settle(done)
    }
}

impl Lines {
    fn event(&mut self, event: &Value, out: &mut Vec<u8>) {
        let cells = self.columns.iter().map(|column| {
            let cell = column.cell(event, &self.words).unwrap_or_default();
            let is_time = matches!(&*column.name(), "time" | "received_time");
            let time = is_time.then(|| when::shown(&cell, &self.zone)).flatten();
            time.unwrap_or_else(|| cell.into_owned())
        });
        let cells: Vec<String> = cells.collect();
        match &self.table {
            Some(table) => write_line(&table.line(&cells), out),
            None => {
                self.waiting.push(cells);
                if self.waiting.len() >= self.fit {
                    self.settle(out);
                }
            }
        }
    }

    /// Settles the widths by the lines that wait, and lets those go.
    fn settle(&mut self, out: &mut Vec<u8>) {
        if self.table.is_some() || self.waiting.is_empty() {
            return;
        }
        let heading = self.columns.iter().map(|column| column.heading(Some(self.lang)));
        let heading: Vec<String> = heading.map(std::borrow::Cow::into_owned).collect();
        let table = Table::fit(&heading, &self.waiting, table::width());
        write_line(&table.line(&heading), out);
        for line in self.waiting.drain(..) {
            write_line(&table.line(&line), out);
        }
        self.table = Some(table);
    }
}

fn write_json(picked: Option<&Picked>, event: &RawValue, out: &mut Vec<u8>) {
    let Some(Picked { columns, words }) = picked else {
        return out.extend_from_slice(event.get().as_bytes());
    };
    let event = value(event);
    let member = |column: &Column| {
        let cell = column.cell(&event, words)?;
        let number = (column.kind() == CellKind::Number).then(|| cell.parse::<u64>().ok());
        let value = number.flatten().map_or_else(|| cell.into_owned().into(), Value::from);
        Some((column.name().into_owned(), value))
    };
    let members: serde_json::Map<String, Value> = columns.iter().filter_map(member).collect();
    out.extend_from_slice(Value::Object(members).to_string().as_bytes());
}

fn write_line(line: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(line.as_bytes());
    out.push(b'\n');
}

fn value(event: &RawValue) -> Value {
    serde_json::from_str(event.get()).unwrap_or_default()
}

fn columns(shown: &Shown, usual: Option<&[&str]>) -> Result<Vec<Column>, Exit> {
    if shown.columns.is_empty() {
        return Ok(usual.map_or_else(Column::usual, |names| {
            names.iter().filter_map(|name| Column::parse(name)).collect()
        }));
    }
    let parse = |name: &String| {
        Column::parse(name).ok_or_else(|| {
            let nearest = annals_record::FieldNames::built_in().nearest(name);
            let nearest = nearest.map(|name| format!("; the nearest is `{name}`"));
            Exit::Usage(format!("`{name}` is no field{}", nearest.unwrap_or_default()))
        })
    };
    shown.columns.iter().map(parse).collect()
}

/// The language of people who have said none: that of the locale.
pub(crate) fn locale() -> Lang {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names.iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("zh")) { Lang::Zh } else { Lang::En }
}

/// Where an answer goes: a file, or standard output.
pub(crate) fn target(out: Option<&Path>) -> Result<Box<dyn Write>, Exit> {
    match out {
        Some(path) if path != Path::new("-") => {
            let file = File::create(path).map_err(|error| {
                Exit::fault(&format!("cannot write {}", path.display()), &error)
            })?;
            Ok(Box::new(BufWriter::new(file)))
        }
        _ => Ok(Box::new(BufWriter::new(std::io::stdout()))),
    }
}
