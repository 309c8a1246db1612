//! Many events from an NDJSON file or standard input, in requests of bounded size, with progress.
//!
//! Nothing is lost on the way: a request is sent again until the server has answered it, and the
//! lines the server refused are told on stderr with their numbers in the file: the first in full,
//! the rest counted by what is wrong with them.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use annals_api::client::Client;
use annals_api::wire::append::AppendAnswer;
use hmac::{Hmac, KeyInit as _, Mac as _};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::exit::Exit;
use crate::{output, reach};

/// Bytes of events in one request.
const REQUEST_BYTES: usize = 4 << 20;
/// Events in one request.
const REQUEST_EVENTS: u64 = 20_000;
/// Faults told in full; of the rest only the counts.
const FAULTS_TOLD_MAX: usize = 20;
/// Hex digits of a derived id.
const ID_DIGITS: usize = 32;

/// What became of the file.
#[derive(Debug, Default, Serialize)]
struct Sum {
    lines: u64,
    accepted: u64,
    duplicates: u64,
    rejected: u64,
}

/// Sends the file; exit 1 if the server refused any of its lines.
pub(crate) fn send(client: &Client, path: &Path, token: &str, json: bool) -> Result<(), Exit> {
    let (input, bytes): (Box<dyn BufRead>, u64) = if path == Path::new("-") {
        (Box::new(std::io::stdin().lock()), 0)
    } else {
        let read = |error| Exit::usage(&format!("cannot read {}", path.display()), &error);
        let file = File::open(path).map_err(read)?;
        let bytes = file.metadata().map_err(read)?.len();
        (Box::new(BufReader::with_capacity(1 << 20, file)), bytes)
    };
    let mut sender = Sender::new(client, token, bytes);
    sender.all(input)?;
    sender.tell_faults();
    let sum = sender.sum;
    if json {
        output::json(&sum)?;
    } else {
        output::line(&format!(
            "{} lines: {} accepted, {} duplicates, {} rejected",
            sum.lines, sum.accepted, sum.duplicates, sum.rejected
        ))?;
    }
    match sum.rejected {
        0 => Ok(()),
        n => Err(Exit::No(format!("the server refused {n} lines; it keeps them in quarantine"))),
    }
}

struct Sender<'a> {
    client: &'a Client,
    ids: Ids,
    body: Vec<u8>,
    /// Line number of each event in `body`.
    numbers: Vec<u64>,
    sum: Sum,
    /// How often each (code, field) was met.
    faults: BTreeMap<(String, String), u64>,
    bar: ProgressBar,
}

impl<'a> Sender<'a> {
    fn new(client: &'a Client, token: &str, bytes: u64) -> Self {
        // Drawn on a terminal only.
        let bar = if bytes == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(bytes) };
        if let Ok(style) = ProgressStyle::with_template(
            "{bar:40} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left",
        ) {
            bar.set_style(style);
        }
        let body = Vec::with_capacity(REQUEST_BYTES);
        let ids = Ids::new(token);
        let faults = BTreeMap::new();
        Self { client, ids, body, numbers: Vec::new(), sum: Sum::default(), faults, bar }
    }

    fn all(&mut self, mut input: Box<dyn BufRead + '_>) -> Result<(), Exit> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = input
                .read_until(b'\n', &mut line)
                .map_err(|error| Exit::fault("cannot read the input", &error))?;
            if read == 0 {
                break;
            }
            self.sum.lines += 1;
            self.bar.inc(read as u64);
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            self.ids.with_id(text, &mut self.body);
            self.body.push(b'\n');
            self.numbers.push(self.sum.lines);
            if self.body.len() >= REQUEST_BYTES || self.numbers.len() as u64 >= REQUEST_EVENTS {
                self.flush()?;
            }
        }
        self.flush()?;
        self.bar.finish_and_clear();
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Exit> {
        if self.numbers.is_empty() {
            return Ok(());
        }
        let body = std::mem::replace(&mut self.body, Vec::with_capacity(REQUEST_BYTES));
        let answer =
            self.client.append_ndjson(body, false).map_err(|error| reach::failed(&error))?;
        self.count(&answer);
        self.numbers.clear();
        Ok(())
    }

    fn count(&mut self, answer: &AppendAnswer) {
        self.sum.accepted += answer.accepted;
        self.sum.duplicates += answer.duplicates;
        let mut told = 0;
        for rejected in &answer.rejected {
            // Several faults of one line are one rejected line.
            let number = self.numbers.get(rejected.line as usize - 1).copied().unwrap_or_default();
            if number != told {
                self.sum.rejected += 1;
                told = number;
            }
            let key = (rejected.code.clone(), rejected.field.clone());
            *self.faults.entry(key).or_default() += 1;
            if self.faults.values().sum::<u64>() <= FAULTS_TOLD_MAX as u64 {
                let (code, field, message) = (&rejected.code, &rejected.field, &rejected.message);
                let text = format!("line {number}: {code} {field}: {message}");
                self.bar.suspend(|| output::hint(&text));
            }
        }
    }

    /// All faults by kind, where not all were told in full.
    fn tell_faults(&self) {
        if self.faults.values().sum::<u64>() <= FAULTS_TOLD_MAX as u64 {
            return;
        }
        output::hint("in all:");
        for ((code, field), count) in &self.faults {
            output::hint(&format!("{count:>8}  {code} {field}"));
        }
    }
}

/// Gives lines without an `id` one that is the same each time the same input is sent.
struct Ids {
    mac: Hmac<Sha256>,
    /// How often each line without an id came; by its MAC.
    seen: HashMap<[u8; 16], u64>,
}

impl Ids {
    fn new(token: &str) -> Self {
        let mut key = Hmac::<Sha256>::new_from_slice(token.as_bytes())
            .expect("HMAC takes a key of any length");
        key.update(b"annals/record/id/v1\0");
        Self { mac: key, seen: HashMap::new() }
    }

    /// Appends the line to `body`, with an id. What is no JSON object goes as it is: the server
    /// says what is wrong with it.
    fn with_id(&mut self, line: &[u8], body: &mut Vec<u8>) {
        let fields: Option<HashMap<String, &RawValue>> = serde_json::from_slice(line).ok();
        let Some(rest) = line.strip_prefix(b"{").filter(|_| fields.is_some()) else {
            body.extend_from_slice(line);
            return;
        };
        if fields.is_none_or(|fields| fields.contains_key("id")) {
            body.extend_from_slice(line);
            return;
        }
        body.extend_from_slice(b"{\"id\":\"");
        body.extend_from_slice(self.derive(line).as_bytes());
        body.push(b'"');
        if rest.trim_ascii_start().first() != Some(&b'}') {
            body.push(b',');
        }
        body.extend_from_slice(rest);
    }

    fn derive(&mut self, line: &[u8]) -> String {
        let first = self.hash(line, 0);
        let count = self.seen.entry(first).or_default();
        let this = *count;
        *count += 1;
        let bytes = if this == 0 { first } else { self.hash(line, this) };
        let mut id = String::with_capacity(ID_DIGITS);
        for byte in bytes {
            id.push(char::from(HEX[usize::from(byte >> 4)]));
            id.push(char::from(HEX[usize::from(byte & 15)]));
        }
        id
    }

    fn hash(&self, line: &[u8], count: u64) -> [u8; 16] {
        let mut mac = self.mac.clone();
        mac.update(&count.to_be_bytes());
        mac.update(line);
        let bytes = mac.finalize().into_bytes();
        std::array::from_fn(|i| bytes[i])
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(token: &str, lines: &[&str]) -> Vec<String> {
        let mut ids = Ids::new(token);
        lines
            .iter()
            .map(|line| {
                let mut body = Vec::new();
                ids.with_id(line.as_bytes(), &mut body);
                String::from_utf8(body).unwrap()
            })
            .collect()
    }

    /// Protects resumability: the same lines get the same ids, also when a line stands twice; a
    /// line with an id, and what is no object, is left alone.
    #[test]
    fn the_same_file_gives_the_same_ids() {
        let lines = [r#"{"a":1}"#, r#"{"a":1}"#, r#"{ "id":"x"}"#, "{}", "[1]", "{bad"];
        let first = ids("token", &lines);
        assert_eq!(first, ids("token", &lines));
        assert_ne!(first[0], first[1]);
        assert_ne!(first[0], ids("another", &lines)[0]);
        assert_eq!(first[2..3], lines[2..3]);
        assert_eq!(first[4..], lines[4..]);
        for line in &first[..4] {
            assert!(serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].is_string());
        }
    }
}
