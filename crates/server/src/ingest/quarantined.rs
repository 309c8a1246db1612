//! A rejected line as it is kept: the masked text and its faults, as the `origin` of an event
//! `event.quarantine` of the server.
//!
//! Masking comes first, then cutting, so that a cut can never bare a secret. Text that is UTF-8
//! and needs no heavy escaping stands as `raw`, anything else as `raw_base64`.

use std::collections::HashMap;

use annals_record::{Fault, Object, Record, mask_text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Request;
use super::limits::QUARANTINE_RAW_BYTES_MAX;

/// What a kept line costs of the quota beside its text.
const OVERHEAD_BYTES: u64 = 1 << 10;
/// Faults kept of one line; the answer to the sender had all of them.
const FAULTS_MAX: usize = 8;
/// JSON text may be so many times as long as the raw text before base64 is used.
const ESCAPED_FACTOR_MAX: usize = 2;
/// How `cuts` names the text of a line.
const CUT: &str = "origin.raw";
/// Name of the collector in `origin`.
const COLLECTOR: &str = "annals-server";

/// One rejected line, as `origin` says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// First, where the printed event takes its own `cuts` from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cuts: Vec<String>,
    collector: String,
    /// The token that sent it.
    pub emitter: String,
    /// Its line in the request.
    pub line: u64,
    /// Its faults, the first ones.
    pub faults: Vec<KeptFault>,
    /// Whether it can be sent again.
    pub replayable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
    /// SHA-256 of the whole masked text, if it was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw_sha256: Option<String>,
    #[serde(skip)]
    request_id: Option<String>,
    #[serde(skip)]
    id: Option<String>,
}

/// One fault of a kept line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFault {
    /// The stable code.
    pub code: String,
    /// The field.
    pub field: String,
    /// For people.
    pub message: String,
}

/// Ids of the rejected lines of one request: a line sent again gets the id it had, so that the
/// ledger keeps it once. Lines that are equal within a request are told apart by their number.
///
/// An id is the first 16 bytes of `HMAC-SHA-256(key, emitter 0x00 | nth u64 | line as sent)`:
/// without the key it says nothing of the line.
pub(super) struct QuarantineIds {
    keyed: Option<Hmac<Sha256>>,
    seen: HashMap<[u8; 32], u64>,
}

impl QuarantineIds {
    /// Ids under `key`; none without one.
    pub(super) fn new(key: Option<&[u8; 32]>) -> Self {
        let keyed =
            key.map(|key| Hmac::new_from_slice(key).expect("HMAC takes a key of any length"));
        Self { keyed, seen: HashMap::new() }
    }

    fn next(&mut self, emitter: &str, text: &[u8]) -> Option<String> {
        let mut mac = self.keyed.clone()?;
        let nth = self.seen.entry(Sha256::digest(text).into()).or_default();
        *nth += 1;
        mac.update(emitter.as_bytes());
        mac.update(&[0]);
        mac.update(&nth.to_be_bytes());
        mac.update(text);
        let digest = mac.finalize().into_bytes();
        Some(digest[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The most that `lines` lines of `text_bytes` in all can cost.
pub(super) fn worst_cost(text_bytes: usize, lines: usize) -> u64 {
    // Escaped or in base64, a text at most doubles.
    (text_bytes * ESCAPED_FACTOR_MAX) as u64 + lines as u64 * OVERHEAD_BYTES
}

impl Quarantined {
    pub(super) fn new(
        request: &Request<'_>,
        line: u64,
        faults: &[Fault],
        text: &[u8],
        ids: &mut QuarantineIds,
    ) -> Self {
        let faults = faults.iter().take(FAULTS_MAX).map(|fault| KeptFault {
            code: fault.code.to_owned(),
            field: fault.field.clone().into_owned(),
            message: fault.message.clone(),
        });
        let mut kept = Self {
            collector: COLLECTOR.to_owned(),
            emitter: request.sender.emitter.clone(),
            line,
            faults: faults.collect(),
            request_id: request.request_id.map(str::to_owned),
            id: ids.next(&request.sender.emitter, text),
            ..Self::default()
        };
        match std::str::from_utf8(text) {
            Ok(text) => kept.keep_text(&mask_text(text), true),
            Err(_) => kept.keep_bytes(text),
        }
        kept
    }

    fn keep_text(&mut self, masked: &str, replayable: bool) {
        let end = masked.floor_char_boundary(QUARANTINE_RAW_BYTES_MAX);
        let text = &masked[..end];
        if end < masked.len() {
            self.cut(masked.as_bytes());
        }
        self.replayable = replayable && end == masked.len();
        if escaped_bytes(text) <= text.len() * ESCAPED_FACTOR_MAX {
            self.raw = Some(text.to_owned());
        } else {
            self.raw_base64 = Some(STANDARD.encode(text));
        }
    }

    /// Bytes that are not UTF-8 are kept exactly, unless there is a secret among them.
    fn keep_bytes(&mut self, bytes: &[u8]) {
        let lossy = String::from_utf8_lossy(bytes);
        let masked = mask_text(&lossy);
        if masked != lossy {
            return self.keep_text(&masked, false);
        }
        let end = bytes.len().min(QUARANTINE_RAW_BYTES_MAX);
        if end < bytes.len() {
            self.cut(bytes);
        }
        self.raw_base64 = Some(STANDARD.encode(&bytes[..end]));
    }

    fn cut(&mut self, whole: &[u8]) {
        let hash = Sha256::digest(whole);
        self.raw_sha256 = Some(hash.iter().map(|byte| format!("{byte:02x}")).collect());
        self.cuts.push(CUT.to_owned());
    }

    /// The text to send again, if it is all there.
    #[must_use]
    pub fn text(&self) -> Option<Vec<u8>> {
        if !self.replayable {
            return None;
        }
        match (&self.raw, &self.raw_base64) {
            (Some(raw), _) => Some(raw.clone().into_bytes()),
            (None, Some(raw)) => STANDARD.decode(raw).ok(),
            (None, None) => None,
        }
    }

    /// Bytes of the quota it uses; the same when read back from the ledger.
    #[must_use]
    pub fn cost(&self) -> u64 {
        let text = self.raw.as_ref().or(self.raw_base64.as_ref()).map_or(0, String::len);
        text as u64 + OVERHEAD_BYTES
    }

    /// Reads the `origin` of a kept event.
    #[must_use]
    pub fn parse(origin: &str) -> Option<Self> {
        serde_json::from_str(origin).ok()
    }

    pub(super) fn record(&self) -> Record<'_> {
        let origin = serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned());
        let reason = self.faults.first().map(|fault| fault.message.as_str().into());
        Record {
            id: self.id.as_deref().map(Into::into),
            time: None,
            service: Some("audit-log".into()),
            operation: Some("event.quarantine".into()),
            operator: Some(annals_record::SYSTEM.into()),
            object: Some(Object {
                kind: Some("token".into()),
                id: Some(self.emitter.as_str().into()),
                ..Object::default()
            }),
            reason,
            request_id: self.request_id.as_deref().map(Into::into),
            origin: Some(origin.into()),
            ..Record::default()
        }
    }
}

/// Length of a text inside a JSON string.
fn escaped_bytes(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
            0x00..0x20 => 6,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use annals_record::Sender;

    use super::*;
    use crate::ingest::Form;

    fn kept(text: &[u8]) -> Quarantined {
        let sender = Sender {
            emitter: "0000000a".to_owned(),
            region: None,
            stack_id: None,
            may_be_system: false,
            is_server: false,
        };
        let request = Request {
            sender: &sender,
            scope: None,
            request_id: None,
            form: Form::Lines,
            strict: false,
        };
        let fault = Fault::new("bad_json", "", "x");
        let kept = Quarantined::new(&request, 3, &[fault], text, &mut QuarantineIds::new(None));
        let origin = kept.record().origin.expect("an origin").into_owned();
        assert_eq!(Quarantined::parse(&origin), Some(kept.clone()));
        kept
    }

    // What is kept can be sent again byte for byte, unless it was cut, masked apart or no text.
    #[test]
    fn whole_text_comes_back() {
        for text in ["{bad", "日志 \"x\"\n\\", "\u{1}\u{2}\u{3}"] {
            let kept = kept(text.as_bytes());
            assert_eq!(kept.text().as_deref(), Some(text.as_bytes()), "{text:?}");
            assert!(kept.cost() <= worst_cost(text.len(), 1), "{text:?}");
        }
        assert_eq!(kept(b"\xff\xfe").text(), None);
    }

    #[test]
    fn long_text_is_cut_on_a_character_border() {
        let long = "日".repeat(QUARANTINE_RAW_BYTES_MAX);
        let kept = kept(long.as_bytes());
        let raw = kept.raw.as_deref().expect("text");
        assert!(raw.len() <= QUARANTINE_RAW_BYTES_MAX && raw.len() + 3 > QUARANTINE_RAW_BYTES_MAX);
        assert_eq!((kept.text(), kept.cuts.as_slice()), (None, &[CUT.to_owned()][..]));
        assert_eq!(kept.raw_sha256.as_ref().map(String::len), Some(64));
    }

    // A rejected line may hold a password; the quarantine must not.
    #[test]
    fn secrets_are_masked() {
        for text in [
            &b"{\"request_data\":{\"Password\":\"alicepw\"}"[..],
            b"{\"a\":1} --password alicepw",
            b"\xff {\"password\":\"alicepw\"}",
        ] {
            let kept = kept(text);
            let raw = kept.raw.clone().unwrap_or_default();
            let decoded = kept.raw_base64.as_ref().map(|raw| STANDARD.decode(raw).expect("ours"));
            assert!(!raw.contains("alicepw"));
            assert!(!String::from_utf8_lossy(&decoded.unwrap_or_default()).contains("alicepw"));
        }
    }
}
