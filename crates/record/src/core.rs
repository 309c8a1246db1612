//! Read access to the canonical core of a leaf.
//!
//! The core is canonical JSON (RFC 8785): sorted keys, no blanks. So a value is found by one
//! walk over the text, without a parser and without an allocation. Foreign cores are checked by
//! [`crate::canonical`] before this is trusted; on a broken one the getters answer nothing.

use crate::canonical::unescape;
use crate::control::Control;
use crate::error::RecordError;
use crate::timestamp::Timestamp;
use memchr::memchr2;
use std::borrow::Cow;

/// The canonical core of a leaf.
#[derive(Clone, Copy, Debug)]
pub struct Core<'a>(&'a str);

impl<'a> Core<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The JSON text as it is hashed.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The pairs of the core in order: key and raw JSON value.
    pub fn pairs(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        Pairs { rest: self.0.get(1..).unwrap_or_default() }
    }

    /// The raw JSON value of a key. Keys are sorted, so what is not there is not looked for to the
    /// end.
    pub fn raw(self, key: &str) -> Option<&'a str> {
        let (name, value) = self.pairs().find(|(name, _)| *name >= key)?;
        (name == key).then_some(value)
    }

    /// The text of a key.
    pub fn text(self, key: &str) -> Option<Cow<'a, str>> {
        unescape(self.raw(key)?.strip_prefix('"')?.strip_suffix('"')?)
    }

    /// A text that never needs an escape: codes and times.
    fn code(self, key: &str) -> Option<&'a str> {
        self.raw(key)?.strip_prefix('"')?.strip_suffix('"')
    }

    fn moment(self, key: &str) -> Option<Timestamp> {
        Timestamp::parse(self.code(key)?)
    }

    /// The sender's id of the event, or the server's.
    pub fn id(self) -> Cow<'a, str> {
        self.text("id").unwrap_or_default()
    }

    /// The opaque id of the token that sent it.
    pub fn emitter(self) -> &'a str {
        self.code("emitter").unwrap_or_default()
    }

    /// When the operation happened, as the sender says.
    pub fn time(self) -> Option<Timestamp> {
        self.moment("time")
    }

    /// When the server took it.
    pub fn received_time(self) -> Option<Timestamp> {
        self.moment("received_time")
    }

    /// True if the sender's clock ran too far ahead.
    pub fn clock_skew(self) -> bool {
        self.raw("clock_skew") == Some("true")
    }

    /// Where the event stands in time order, ns; 0 for a core without times.
    pub fn at(self) -> i64 {
        let key = if self.clock_skew() { "received_time" } else { "time" };
        self.moment(key).map_or(0, Timestamp::nanos)
    }

    /// The code of the service.
    pub fn service(self) -> &'a str {
        self.code("service").unwrap_or_default()
    }

    /// The code of the operation.
    pub fn operation(self) -> &'a str {
        self.code("operation").unwrap_or_default()
    }

    /// The code of the outcome.
    pub fn outcome(self) -> &'a str {
        self.code("outcome").unwrap_or_default()
    }

    /// The type of the object, or of all objects.
    pub fn object_type(self) -> Option<Cow<'a, str>> {
        self.text("object_type")
    }

    /// `intent` or `outcome` for the two leaves of a two-phase operation.
    pub fn phase(self) -> Option<&'a str> {
        self.code("phase")
    }

    /// The intent's id, in an outcome.
    pub fn of(self) -> Option<Cow<'a, str>> {
        self.text("of")
    }

    /// How long the operation took, in milliseconds.
    pub fn duration_ms(self) -> Option<u64> {
        self.raw("duration_ms")?.parse().ok()
    }

    /// The control entry, by which the ledger rules itself.
    pub fn control(self) -> Option<Result<Control, RecordError>> {
        self.raw("control").map(Control::parse)
    }

    /// What a check of every leaf asks for, in one walk over the text.
    pub fn marks(self) -> Marks<'a> {
        let mut marks = Marks::default();
        let code = |raw: &'a str| raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
        for (key, raw) in self.pairs() {
            match key {
                "clock_skew" => marks.clock_skew = raw == "true",
                "control" => marks.control = Some(raw),
                "emitter" => marks.emitter = code(raw).unwrap_or_default(),
                "id" => marks.id = code(raw).and_then(unescape).unwrap_or_default(),
                "received_time" => marks.received_time = code(raw).and_then(Timestamp::parse),
                "time" => marks.time = code(raw).and_then(Timestamp::parse),
                _ => {}
            }
        }
        marks
    }

    /// True if both say the same act: all pairs equal but `received_time` and `clock_skew`.
    pub(crate) fn same_act(self, other: Self) -> bool {
        let lasting = |core: Self| {
            core.pairs().filter(|(key, _)| !matches!(*key, "received_time" | "clock_skew"))
        };
        lasting(self).eq(lasting(other))
    }
}

/// The parts of a core that place an event: whose it is, and when.
#[derive(Clone, Debug, Default)]
pub struct Marks<'a> {
    /// The sender's id of the event, or the server's.
    pub id: Cow<'a, str>,
    /// The opaque id of the token that sent it.
    pub emitter: &'a str,
    /// When the server took it.
    pub received_time: Option<Timestamp>,
    time: Option<Timestamp>,
    clock_skew: bool,
    control: Option<&'a str>,
}

impl Marks<'_> {
    /// Where the event stands in time order, ns; 0 for a core without times.
    pub fn at(&self) -> i64 {
        let time = if self.clock_skew { self.received_time } else { self.time };
        time.map_or(0, Timestamp::nanos)
    }

    /// The control entry, by which the ledger rules itself.
    pub fn control(&self) -> Option<Result<Control, RecordError>> {
        self.control.map(Control::parse)
    }
}

/// Walks `"key":value,…}`; ends at the first thing that is not a pair.
struct Pairs<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.strip_prefix('"')?;
        let (key, rest) = rest.split_once('"')?;
        let rest = rest.strip_prefix(':')?;
        let value_bytes = value_bytes(rest.as_bytes())?;
        let (value, after) = rest.split_at_checked(value_bytes)?;
        self.rest = after.get(1..).unwrap_or_default();
        Some((key, value))
    }
}

/// Length of the value that `bytes` begin with.
fn value_bytes(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => at += string_bytes(&bytes[at..])?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            b'}' | b',' if depth == 0 => return Some(at),
            _ => at += 1,
        }
    }
}

/// Length of the string that `bytes` begin with, quotes included.
fn string_bytes(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}
