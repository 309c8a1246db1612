//! `annals import`: an existing audit log becomes events.
//!
//! Every row becomes an event or is refused: told with its number and the reason, counted, and
//! sent all the same, so that the server keeps it in quarantine. Ids come from what rows say, so a
//! file sent twice adds nothing and a file that grew adds its new rows.

mod report;

use std::path::{Path, PathBuf};

use annals_collect::{CollectError, TableFile, TablePart};
use annals_map::{ImportMap, MapError, Mapped, Row, RowIds, Table};
use annals_record::{Catalogue, RecordSalt, Sender};
use serde::Serialize;

use self::report::Report;
use super::sending::{self, Faults, Sending, Sum};
use crate::args::ImportArgs;
use crate::exit::{self, Exit};
use crate::{output, reach};

/// The key of ids where nothing is sent and no token says another.
const DRY_KEY: &str = "annals import --dry-run";

/// What became of the file.
#[derive(Serialize)]
struct Answer<'a> {
    rows: u64,
    #[serde(flatten)]
    sum: Sum,
    #[serde(flatten)]
    report: &'a Report,
}

/// Imports, or shows what would be.
pub(crate) fn run(args: &ImportArgs) -> Result<(), Exit> {
    let map = map(args.map.as_deref())?;
    let spooled = spooled(&args.input)?;
    let path = spooled.as_ref().map_or(args.input.as_path(), |file| file.path());
    let file = TableFile::open(path, &map.file).map_err(|error| unreadable(&error))?;
    if let Some(hint) = file.hint() {
        output::hint(hint);
    }
    let key = match reach::token(&args.server) {
        Ok(token) => token,
        Err(_) if args.dry_run => DRY_KEY.to_owned(),
        Err(exit) => return Err(exit),
    };
    let name = args.input.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let origin = [("collector", "annals-import"), ("file", name.as_str())];
    let table = Table::new(map, RowIds::new(key.as_bytes()), &origin).map_err(|e| unfit_map(&e))?;
    let import = Import { table, report: Report::default(), rows: 0, failed: None };
    if args.dry_run { dry_run(import, &file, args) } else { send(import, &file, args) }
}

fn send(mut import: Import, file: &TableFile, args: &ImportArgs) -> Result<(), Exit> {
    let client = reach::client(&args.server)?;
    let mut sending = Sending::new(&client, "row", file.bytes());
    let read = file.bytes_read();
    import.all(file, |result| {
        sending.bar.set_position(read.get());
        match result {
            Ok((row, mapped)) => {
                write(&mapped, &mut sending.body)?;
                sending.line(row.number, None)
            }
            Err((row, line, reason)) => {
                sending.body.extend_from_slice(line.as_bytes());
                sending.body.push(b'\n');
                sending.line(row.number, Some(reason))
            }
        }
    })?;
    sending.flush()?;
    sending.bar.finish_and_clear();
    sending.faults.tell_kinds();
    let (rows, sum, report) = (import.rows, sending.sum, &import.report);
    if args.json {
        output::json(&Answer { rows, sum, report })?;
    } else {
        report.tell(false);
        output::line(&format!(
            "{rows} rows: {} accepted, {} duplicates, {} rejected",
            sum.accepted, sum.duplicates, sum.rejected
        ))?;
    }
    match sum.rejected {
        0 => Ok(()),
        n => Err(Exit::No(format!("the server refused {n} rows; it keeps them in quarantine"))),
    }
}

/// Prints the events; what a server would say of them is found with the catalogue built in.
fn dry_run(mut import: Import, file: &TableFile, args: &ImportArgs) -> Result<(), Exit> {
    let catalogue = Catalogue::built_in();
    let here = || Some("dry-run".to_owned());
    let (emitter, region, stack_id) = ("00000000".to_owned(), here(), here());
    let sender = Sender { emitter, region, stack_id, may_be_system: true, is_server: false };
    let mut faults = Faults::new("row", sending::bar(0));
    let (mut sum, now) = (Sum::default(), super::now());
    let mut line = Vec::new();
    import.all(file, |result| match result {
        Ok((row, mapped)) => {
            line.clear();
            write(&mapped, &mut line)?;
            output::line(String::from_utf8_lossy(line.trim_ascii_end()).as_ref())?;
            let salt = RecordSalt([0; 16]);
            match mapped.record.seal(&catalogue, &sender, now, salt, String::new) {
                Ok(_) => sum.accepted += 1,
                Err(found) => {
                    sum.rejected += 1;
                    for fault in found {
                        faults.add(row.number, fault.code, &fault.field, &fault.message);
                    }
                }
            }
            Ok(())
        }
        Err((row, _, reason)) => {
            sum.rejected += 1;
            faults.unfit(row.number, &reason);
            Ok(())
        }
    })?;
    faults.tell_kinds();
    let (rows, report) = (import.rows, &import.report);
    if args.json {
        let answer = serde_json::to_string(&Answer { rows, sum, report })
            .map_err(|error| Exit::fault("cannot print the report as JSON", &error))?;
        output::hint(&answer);
    } else {
        report.tell(true);
        output::hint(&format!("{rows} rows: {} events, {} refused", sum.accepted, sum.rejected));
    }
    match sum.rejected {
        0 => Ok(()),
        n => Err(Exit::No(format!(
            "{n} rows would be refused (a server may know more operations than are built in)"
        ))),
    }
}

/// A row with its event; or a row, the line that keeps it, and why nothing can be made of it.
type Made = Result<(Row, Mapped), (Row, String, String)>;

struct Import {
    table: Table,
    report: Report,
    rows: u64,
    failed: Option<Exit>,
}

impl Import {
    /// Maps every row of the file and hands it over.
    fn all(
        &mut self,
        file: &TableFile,
        mut take: impl FnMut(Made) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        let read = file.read(&mut |part| match self.part(part, &mut take) {
            Ok(()) => true,
            Err(exit) => {
                self.failed = Some(exit);
                false
            }
        });
        match self.failed.take() {
            Some(exit) => Err(exit),
            None => read.map_err(|error| unreadable(&error)),
        }
    }

    fn part(
        &mut self,
        part: TablePart,
        take: &mut impl FnMut(Made) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        match part {
            TablePart::Headings(headings) => {
                let missing = self.table.missing(&headings);
                if !missing.is_empty() {
                    return Err(Exit::Usage(format!(
                        "no column gives {}; the columns are: {}. Say in a map file what they \
                         mean: [columns] \"…\" = \"{}\" (docs/formats/import-map.md)",
                        missing.join(", "),
                        headings.join(", "),
                        missing[0],
                    )));
                }
                let target = |heading| (self.table.target(&heading), heading);
                let columns: Vec<_> = headings.into_iter().map(target).collect();
                self.report.columns(columns.into_iter().map(|(target, heading)| (heading, target)));
                Ok(())
            }
            TablePart::Row(row) => {
                self.rows += 1;
                let mut mapped = self.table.map(&row);
                for note in mapped.notes.drain(..) {
                    self.report.note(row.number, note);
                }
                take(Ok((row, mapped)))
            }
            TablePart::Unfit(row, reason) => {
                self.rows += 1;
                let line = self.table.refused(&row, &reason);
                take(Err((row, line, reason)))
            }
        }
    }
}

fn write(mapped: &Mapped, out: &mut Vec<u8>) -> Result<(), Exit> {
    annals_collect::write_event(&mapped.record, out)
        .map_err(|error| Exit::fault("cannot write an event as JSON", &error))
}

fn map(path: Option<&Path>) -> Result<ImportMap, Exit> {
    let Some(path) = path else { return Ok(ImportMap::default()) };
    let read = |error| Exit::usage(&format!("cannot read {}", path.display()), &error);
    let text = std::fs::read_to_string(path).map_err(read)?;
    ImportMap::parse(&text)
        .map_err(|error| Exit::usage(&format!("cannot use {}", path.display()), &error))
}

fn unfit_map(error: &MapError) -> Exit {
    Exit::Usage(exit::chain(error))
}

/// A file is wrong, or the disk is.
fn unreadable(error: &CollectError) -> Exit {
    match error {
        CollectError::Table { .. } | CollectError::Workbook { .. } => {
            Exit::Usage(exit::chain(error))
        }
        CollectError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Exit::Usage(exit::chain(error))
        }
        _ => Exit::fault("cannot read the input", error),
    }
}

/// Standard input as a file: it is looked through before it is read.
fn spooled(input: &PathBuf) -> Result<Option<tempfile::NamedTempFile>, Exit> {
    if input != Path::new("-") {
        return Ok(None);
    }
    let copy = || -> std::io::Result<tempfile::NamedTempFile> {
        let mut file = tempfile::NamedTempFile::new()?;
        std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
        Ok(file)
    };
    copy().map(Some).map_err(|error| Exit::fault("cannot keep standard input in a file", &error))
}
