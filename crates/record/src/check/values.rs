//! The sealed values, masked and cut, written one behind the other in tag order.

use super::Faults;
use super::act::Act;
use super::targets::Targets;
use super::text::{check_free, check_identifier, cut};
use crate::canonical::write_string;
use crate::control::write_hex;
use crate::digest::sha256;
use crate::fault::codes;
use crate::limits::{
    ACCOUNT_CHARS_MAX, CHANGES_BYTES_MAX, CORRELATION_CHARS_MAX, JSON_DEPTH_MAX,
    OBJECT_NAME_CHARS_MAX, OBJECTS_BYTES_MAX, ORIGIN_BYTES_MAX, ORIGIN_OF_SERVER_BYTES_MAX,
    REASON_CHARS_MAX, RELATED_BYTES_MAX, REQUEST_DATA_BYTES_MAX, USER_AGENT_CHARS_MAX,
};
use crate::mask::{JsonFault, Keys, mask_json, mask_plain};
use crate::object::{Object, Related};
use crate::record::Record;
use crate::sealed::Tag;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::io::Write;
use std::net::IpAddr;

/// Where the value of a tag ends in the buffer.
pub(super) struct End {
    pub(super) tag: Tag,
    pub(super) at: usize,
}

/// Writes the values of one event.
pub(super) struct Values<'w> {
    bytes: &'w mut Vec<u8>,
    ends: SmallVec<[End; 16]>,
    keys: &'w Keys,
    is_server: bool,
    faults: &'w mut Faults,
    /// Fields that were cut.
    cuts: SmallVec<[&'static str; 4]>,
    /// SHA-256 of the whole masked request data, where that was cut.
    request_data_hash: Option<[u8; 32]>,
    is_masked: bool,
}

impl<'w> Values<'w> {
    pub(super) fn new(
        bytes: &'w mut Vec<u8>,
        keys: &'w Keys,
        is_server: bool,
        faults: &'w mut Faults,
    ) -> Self {
        let (ends, cuts) = (SmallVec::new(), SmallVec::new());
        let request_data_hash = None;
        Self { bytes, ends, keys, is_server, faults, cuts, request_data_hash, is_masked: false }
    }

    /// True if a secret was masked.
    pub(super) fn is_masked(&self) -> bool {
        self.is_masked
    }

    pub(super) fn into_ends(self) -> SmallVec<[End; 16]> {
        self.ends
    }

    /// Writes all of them, in the order of their tags.
    pub(super) fn write(&mut self, record: &Record<'_>, act: &Act<'_>) {
        let (name, id) = match act.targets {
            Targets::One(object) => (object.name.as_deref(), object.id.as_deref()),
            _ => (None, None),
        };
        self.source(record);
        self.free(Tag::OBJECT_NAME, "object.name", name, OBJECT_NAME_CHARS_MAX);
        self.request_data(record.request_data.as_deref());
        self.changes(record.changes.as_deref());
        let user_agent = record.user_agent.as_deref();
        self.free(Tag::USER_AGENT, "user_agent", user_agent, USER_AGENT_CHARS_MAX);
        self.free(Tag::REASON, "reason", record.reason.as_deref(), REASON_CHARS_MAX);
        match record.username.as_deref() {
            Some(name) => self.identifier(Tag::USERNAME, "username", Some(name), ACCOUNT_CHARS_MAX),
            None => self.checked(Tag::USERNAME, act.operator),
        }
        self.checked(Tag::OPERATOR, act.operator);
        if let Some(id) = id {
            let id = self.masked_text(id);
            self.checked(Tag::OBJECT_ID, &id);
        }
        self.objects(act);
        self.related(&record.related);
        for (tag, field, text, chars_max) in [
            (Tag::REQUEST_ID, "request_id", &record.request_id, CORRELATION_CHARS_MAX),
            (Tag::SESSION_ID, "session_id", &record.session_id, CORRELATION_CHARS_MAX),
            (Tag::CAUSE_ID, "cause_id", &record.cause_id, CORRELATION_CHARS_MAX),
        ] {
            self.identifier(tag, field, text.as_deref(), chars_max);
        }
        self.origin(record.origin.as_deref());
        for (tag, field, text, chars_max) in [
            (Tag::OPERATOR_ID, "operator_id", &record.operator_id, ACCOUNT_CHARS_MAX),
            (Tag::OPERATOR_NAME, "operator_name", &record.operator_name, ACCOUNT_CHARS_MAX),
        ] {
            self.identifier(tag, field, text.as_deref(), chars_max);
        }
    }

    fn end(&mut self, tag: Tag) {
        self.ends.push(End { tag, at: self.bytes.len() });
    }

    /// A text that was checked before.
    fn checked(&mut self, tag: Tag, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.end(tag);
    }

    fn identifier(&mut self, tag: Tag, field: &'static str, text: Option<&str>, max: usize) {
        if let Some(text) = text {
            check_identifier(self.faults, field, text, max);
            self.checked(tag, text);
        }
    }

    /// Free text: masked, then cut on a character border.
    fn free(&mut self, tag: Tag, field: &'static str, text: Option<&str>, chars_max: usize) {
        if let Some(text) = text {
            check_free(self.faults, field, text);
            let masked = self.masked_text(text);
            let kept = self.cut(&masked, field, chars_max);
            self.checked(tag, kept);
        }
    }

    /// The text with its secrets masked.
    fn masked_text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let masked = mask_plain(text, self.keys);
        self.is_masked |= matches!(masked, Cow::Owned(_));
        masked
    }

    fn cut<'t>(&mut self, text: &'t str, field: &'static str, chars_max: usize) -> &'t str {
        let (kept, is_cut) = cut(text, chars_max);
        if is_cut && !self.cuts.contains(&field) {
            self.cuts.push(field);
        }
        kept
    }

    /// Address and port in one value: `10.0.0.8:5022`, `[2001:db8::1]:5022`. An IPv4 address
    /// mapped into IPv6 is written as IPv4, so that one address has one spelling.
    fn source(&mut self, record: &Record<'_>) {
        let port = record.source_port;
        if port.is_some_and(|port| port > u64::from(u16::MAX)) {
            self.faults.add(codes::INTEGER_RANGE, "source_port", "must be 0 to 65535");
        }
        let Some(text) = record.source_ip.as_deref() else {
            if port.is_some() {
                let message = "source_port needs source_ip beside it";
                self.faults.add(codes::MISSING_FIELD, "source_ip", message);
            }
            return;
        };
        let Ok(address) = text.parse::<IpAddr>() else {
            let message = "must be an IPv4 or IPv6 address; a port goes into source_port";
            return self.faults.add(codes::BAD_IP, "source_ip", message);
        };
        let written = match (address.to_canonical(), port) {
            (address, None) => write!(self.bytes, "{address}"),
            (IpAddr::V4(address), Some(port)) => write!(self.bytes, "{address}:{port}"),
            (IpAddr::V6(address), Some(port)) => write!(self.bytes, "[{address}]:{port}"),
        };
        written.expect("writing to memory does not fail");
        self.end(Tag::SOURCE_IP);
    }

    /// The masked JSON text; none if it must not be kept.
    fn masked<'t>(&mut self, field: &'static str, json: &'t str) -> Option<Cow<'t, str>> {
        let (code, message) = match mask_json(json, self.keys) {
            Ok(masked) => {
                self.is_masked |= matches!(masked, Cow::Owned(_));
                return Some(masked);
            }
            Err(JsonFault::TooDeep) => {
                (codes::TOO_DEEP, format!("nested deeper than {JSON_DEPTH_MAX} arrays and objects"))
            }
            Err(JsonFault::LoneSurrogate) => {
                (codes::LONE_SURROGATE, "half of a surrogate pair is not allowed".into())
            }
            Err(JsonFault::Nul) => {
                (codes::NUL_CHARACTER, "the character U+0000 is not allowed".into())
            }
            Err(JsonFault::NotJson) => (codes::BAD_JSON, "must be JSON".into()),
        };
        self.faults.add(code, field, message);
        None
    }

    /// Kept as sent after masking. Too large: a JSON string of its beginning, and the hash of all.
    fn request_data(&mut self, json: Option<&str>) {
        let Some(masked) = json.and_then(|json| self.masked("request_data", json)) else { return };
        if masked.len() <= REQUEST_DATA_BYTES_MAX {
            self.bytes.extend_from_slice(masked.as_bytes());
        } else {
            self.request_data_hash = Some(sha256(b"", masked.as_bytes()));
            self.cuts.push("request_data");
            let kept = masked.floor_char_boundary(REQUEST_DATA_BYTES_MAX);
            write_string(self.bytes, &masked[..kept]);
        }
        self.end(Tag::REQUEST_DATA);
    }

    fn changes(&mut self, json: Option<&str>) {
        let Some(masked) = json.and_then(|json| self.masked("changes", json)) else { return };
        if !masked.starts_with('{') {
            self.faults.add(codes::WRONG_TYPE, "changes", "must be an object {before, after}");
        }
        self.check_bytes("changes", masked.len(), CHANGES_BYTES_MAX);
        self.bytes.extend_from_slice(masked.as_bytes());
        self.end(Tag::CHANGES);
    }

    fn check_bytes(&mut self, field: &'static str, bytes: usize, bytes_max: usize) {
        if bytes > bytes_max {
            let message = format!("{bytes} bytes; at most {bytes_max} are allowed");
            self.faults.add(codes::TOO_LONG, field, message);
        }
    }

    fn objects(&mut self, act: &Act<'_>) {
        let Targets::Many(objects) = &act.targets else { return };
        let start = self.bytes.len();
        self.bytes.push(b'[');
        for Object { kind, id, name, outcome } in objects.iter() {
            self.pair("type", kind.as_deref().or(act.default_type));
            self.masked_pair("id", id.as_deref());
            self.name("objects.name", name.as_deref());
            self.pair("outcome", outcome.as_deref());
            self.close_object();
        }
        self.close_array(Tag::OBJECTS, "objects", start, OBJECTS_BYTES_MAX);
    }

    fn related(&mut self, related: &[Related<'_>]) {
        if related.is_empty() {
            return;
        }
        let start = self.bytes.len();
        self.bytes.push(b'[');
        for Related { kind, id, name, role } in related {
            self.pair("type", kind.as_deref());
            self.masked_pair("id", id.as_deref());
            self.name("related.name", name.as_deref());
            self.pair("role", role.as_deref());
            self.close_object();
        }
        self.close_array(Tag::RELATED, "related", start, RELATED_BYTES_MAX);
    }

    fn pair(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            let opened = !matches!(self.bytes.last(), Some(b'[' | b','));
            self.bytes.extend_from_slice(if opened { b",\"" } else { b"{\"" });
            self.bytes.extend_from_slice(key.as_bytes());
            self.bytes.extend_from_slice(b"\":");
            write_string(self.bytes, value);
        }
    }

    fn masked_pair(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            let masked = self.masked_text(value);
            self.pair(key, Some(&masked));
        }
    }

    fn name(&mut self, field: &'static str, name: Option<&str>) {
        if let Some(name) = name {
            check_free(self.faults, field, name);
            let masked = self.masked_text(name);
            let kept = self.cut(&masked, field, OBJECT_NAME_CHARS_MAX);
            self.pair("name", Some(kept));
        }
    }

    /// Ends one entry; the comma behind it is taken back at the end of the array.
    fn close_object(&mut self) {
        let empty = matches!(self.bytes.last(), Some(b'[' | b','));
        self.bytes.extend_from_slice(if empty { b"{}," } else { b"}," });
    }

    fn close_array(&mut self, tag: Tag, field: &'static str, start: usize, bytes_max: usize) {
        self.bytes.pop();
        self.bytes.push(b']');
        self.check_bytes(field, self.bytes.len() - start, bytes_max);
        self.end(tag);
    }

    /// As sent after masking; if something was cut, an object that begins with what was.
    fn origin(&mut self, json: Option<&str>) {
        let masked = json.and_then(|json| self.masked("origin", json));
        if let Some(masked) = &masked {
            let server = self.is_server;
            let bytes_max = if server { ORIGIN_OF_SERVER_BYTES_MAX } else { ORIGIN_BYTES_MAX };
            self.check_bytes("origin", masked.len(), bytes_max);
            if (!server || !self.cuts.is_empty()) && has_reserved_key(masked) {
                let message = "cuts and request_data_sha256 are written by the server";
                self.faults.add(codes::RESERVED_KEY, "origin", message);
            }
        }
        match (self.cuts.is_empty(), masked) {
            (true, None) => return,
            (true, Some(masked)) => self.bytes.extend_from_slice(masked.as_bytes()),
            (false, masked) => self.write_cuts(masked.as_deref()),
        }
        self.end(Tag::ORIGIN);
    }

    fn write_cuts(&mut self, origin: Option<&str>) {
        self.bytes.extend_from_slice(b"{\"cuts\":[");
        for field in &self.cuts {
            write_string(self.bytes, field);
            self.bytes.push(b',');
        }
        self.bytes.pop();
        self.bytes.push(b']');
        if let Some(hash) = self.request_data_hash {
            self.bytes.extend_from_slice(b",\"request_data_sha256\":\"");
            write_hex(self.bytes, &hash);
            self.bytes.push(b'"');
        }
        match origin.map(|text| (text, text.strip_prefix('{'))) {
            None => self.bytes.push(b'}'),
            Some((_, Some(pairs))) => {
                let empty = pairs.trim_start() == "}";
                self.bytes.extend_from_slice(if empty { b"" } else { b"," });
                self.bytes.extend_from_slice(pairs.as_bytes());
            }
            Some((text, None)) => {
                self.bytes.extend_from_slice(b",\"value\":");
                self.bytes.extend_from_slice(text.as_bytes());
                self.bytes.push(b'}');
            }
        }
    }
}

/// True if an origin holds a key of ours at its top.
fn has_reserved_key(json: &str) -> bool {
    let may_hold = ["cuts", "request_data_sha256", "\\u"].iter().any(|hint| json.contains(hint));
    may_hold
        && serde_json::from_str::<serde_json::Map<_, _>>(json).is_ok_and(|pairs| {
            pairs.contains_key("cuts") || pairs.contains_key("request_data_sha256")
        })
}
