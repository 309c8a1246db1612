//! `annals collect test`: what lines become, and why the rest do not. Nothing is sent or saved.

use std::io::{BufRead, Read, Write};

use annals_map::{
    Calendar, Decoder, EventIds, Evidence, Fingerprint, Format, Kind, Place, RawLine, Settings,
    Source, Verdict,
};
use annals_record::Record;

use crate::error::CollectError;
use crate::follow::LINE_BYTES_MAX;
use crate::ndjson;
use crate::status::Counters;

/// Unmapped lines shown; more are counted.
const UNMAPPED_SHOWN_MAX: usize = 1000;

/// Maps `input` as a source of `kind` and writes the events to `out`: as NDJSON, or as a table
/// followed by the lines that could not be mapped and the counts. With NDJSON those go to the log.
/// At the end of the input open joins are flushed.
///
/// # Errors
/// An unknown kind, an input that can't be read, an output that can't be written.
pub fn test_source(
    kind: &str,
    mut input: impl BufRead,
    json: bool,
    mut out: impl Write,
) -> Result<(), CollectError> {
    let kind: Kind = kind.parse().map_err(CollectError::Kind)?;
    let name = kind.name().to_owned();
    let calendar = Calendar::of_file(None, jiff::Timestamp::now())
        .map_err(|source| CollectError::Source { name: name.clone(), source })?;
    let decoder = Decoder::new(Format::Auto, calendar);
    let key = EventIds::TEST_KEY;
    let settings = Settings { name, key, decoder, region: None, stack_id: None };
    let mut source = annals_map::open(kind, settings);
    let mut test = Test { json, out: &mut out, counters: Counters::default(), unmapped: vec![] };
    let (mut line, mut offset, mut file) = (Vec::new(), 0, None);
    loop {
        line.clear();
        let length = read_line(&mut input, &mut line).map_err(CollectError::Input)?;
        if length == 0 {
            break;
        }
        let bytes = line.strip_suffix(b"\r").unwrap_or(&line);
        let file = *file.get_or_insert_with(|| Fingerprint::of(bytes));
        let raw = RawLine { place: Place { file, offset }, bytes };
        offset += length;
        test.line(&raw, source.as_mut())?;
    }
    source.flush();
    test.records(&source.take())?;
    test.end()
}

/// Reads one line without its line feed, cut to what a follower would give. Gives the bytes that
/// the line takes in the input.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<u64> {
    let limit = LINE_BYTES_MAX as u64 + 1;
    let mut length = input.by_ref().take(limit).read_until(b'\n', line)? as u64;
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(length);
    }
    if length == limit {
        length += input.skip_until(b'\n')? as u64;
        line.truncate(LINE_BYTES_MAX);
    }
    Ok(length)
}

struct Test<'o, W> {
    json: bool,
    out: &'o mut W,
    counters: Counters,
    unmapped: Vec<(Evidence, &'static str)>,
}

impl<W: Write> Test<'_, W> {
    fn line(&mut self, raw: &RawLine<'_>, source: &mut dyn Source) -> Result<(), CollectError> {
        let verdict = source.line(raw);
        self.counters.count(&verdict);
        if let Verdict::Unmapped(reason) = verdict {
            let line = Evidence::of(raw);
            if self.json {
                let text = annals_record::mask_text(&line.text);
                tracing::warn!(offset = raw.place.offset, line = %text, "not mapped: {reason}");
            } else if self.unmapped.len() < UNMAPPED_SHOWN_MAX {
                self.unmapped.push((line, reason));
            }
        }
        self.records(&source.take())
    }

    fn records(&mut self, records: &[Record<'_>]) -> Result<(), CollectError> {
        let mut text = Vec::new();
        for record in records {
            if self.counters.events == 0 && !self.json {
                text.extend_from_slice(HEADER.as_bytes());
            }
            self.counters.events += 1;
            if self.json {
                ndjson::write(record, &mut text)?;
            } else {
                text.extend_from_slice(row(record).as_bytes());
            }
        }
        self.out.write_all(&text).map_err(CollectError::Output)
    }

    fn end(self) -> Result<(), CollectError> {
        let Self { json, out, counters, unmapped } = self;
        let mut write = || -> std::io::Result<()> {
            if !json {
                for (line, reason) in &unmapped {
                    let text = annals_record::mask_text(&line.text);
                    writeln!(out, "not mapped, {reason}: {text}")?;
                }
                let Counters { lines, events, unmapped, other_programs, .. } = &counters;
                writeln!(out, "{lines} lines, {events} events, {unmapped} not mapped")?;
                for (program, count) in other_programs {
                    writeln!(out, "{count} lines of {program}")?;
                }
            }
            out.flush()
        };
        write().map_err(CollectError::Output)
    }
}

const HEADER: &str = concat!(
    "TIME                        OPERATOR      OPERATION             OUTCOME   ",
    "SOURCE            OBJECT\n"
);

fn row(record: &Record<'_>) -> String {
    let [time, operator, operation, outcome, source] =
        [&record.time, &record.operator, &record.operation, &record.outcome, &record.source_ip]
            .map(|field| field.as_deref().unwrap_or("-"));
    let object = record.object.as_ref().and_then(|object| object.id.as_deref()).unwrap_or("-");
    let mut row = format!(
        "{:<26.26}Z {operator:<13} {operation:<21} {outcome:<9} {source:<17} {object}",
        time
    );
    for related in record.related.iter().filter(|related| related.role.as_deref() != Some("host")) {
        row.push_str(&format!(" -> {}", related.id.as_deref().unwrap_or("-")));
    }
    if let Some(reason) = &record.reason {
        row.push_str(&format!(" ({reason})"));
    }
    row.push('\n');
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../../testdata/sshd/syslog-rfc5424.log");

    fn tested(input: &[u8], json: bool) -> String {
        let mut out = Vec::new();
        test_source("sshd", input, json, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The JSON of a test is what the collector would send: one event a line, nothing else, and the
    /// same on every machine.
    #[test]
    fn json_is_events_only() {
        let text = tested(SAMPLE, true);
        assert_eq!(text, tested(SAMPLE, true));
        for line in text.lines() {
            let event: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(event["id"].is_string() && event["origin"]["lines"].is_array(), "{line}");
        }
        assert_eq!(text.lines().count(), 41);
    }

    /// The table ends with what was not mapped and why; secrets in it are masked.
    #[test]
    fn table_shows_the_rest() {
        let mut input = SAMPLE.to_vec();
        input.extend_from_slice(b"Nov 22 19:01:43 vm sshd[1]: tool --password alicepw\nnonsense");
        let text = tested(&input, false);
        assert!(text.contains("input deck.dat -> /home/alice/run1/b.dat"), "{text}");
        assert!(text.contains("not mapped, the message is not known: Nov 22"), "{text}");
        assert!(text.contains("not mapped, no syslog header: a time is missing: nonsense"));
        assert!(text.contains("433 lines, 41 events, 2 not mapped\n"), "{text}");
        assert!(text.contains("122 lines of slapd\n"));
        assert!(!text.contains("alicepw"));
    }

    /// Hostile input: no line end for long, no text at all.
    #[test]
    fn any_bytes() {
        tested(b"", true);
        tested(&[b'x'; 3 * LINE_BYTES_MAX], false);
        tested(&[0xff; 1000], true);
        let error = test_source("ftpd", &b""[..], true, Vec::new()).unwrap_err();
        assert!(error.is_configuration());
    }
}
