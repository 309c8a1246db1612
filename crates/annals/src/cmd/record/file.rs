//! Many events from an NDJSON file or standard input.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use annals_api::client::Client;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::cmd::sending::{Sending, Sum};
use crate::exit::Exit;
use crate::output;

/// Hex digits of a derived id.
const ID_DIGITS: usize = 32;

/// What became of the file.
#[derive(Debug, Serialize)]
struct Answer {
    lines: u64,
    #[serde(flatten)]
    sum: Sum,
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
    let mut sending = Sending::new(client, "line", bytes);
    let lines = all(&mut sending, Ids::new(token), input)?;
    sending.faults.tell_kinds();
    let sum = sending.sum;
    if json {
        output::json(&Answer { lines, sum })?;
    } else {
        output::line(&format!(
            "{lines} lines: {} accepted, {} duplicates, {} rejected",
            sum.accepted, sum.duplicates, sum.rejected
        ))?;
    }
    match sum.rejected {
        0 => Ok(()),
        n => Err(Exit::No(format!("the server refused {n} lines; it keeps them in quarantine"))),
    }
}

/// Sends all lines; gives their number.
fn all(
    sending: &mut Sending<'_>,
    mut ids: Ids,
    mut input: Box<dyn BufRead + '_>,
) -> Result<u64, Exit> {
    let (mut line, mut lines) = (Vec::new(), 0);
    loop {
        line.clear();
        let read = input
            .read_until(b'\n', &mut line)
            .map_err(|error| Exit::fault("cannot read the input", &error))?;
        if read == 0 {
            break;
        }
        lines += 1;
        sending.bar.inc(read as u64);
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        ids.with_id(text, &mut sending.body);
        sending.body.push(b'\n');
        sending.line(lines, None)?;
    }
    sending.flush()?;
    sending.bar.finish_and_clear();
    Ok(lines)
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
