//! One event as JSON text, written straight into a buffer that is used again for the next.
//!
//! Holds always: what is written is one JSON object without a line feed. Values are composed of
//! `Put` parts, all from this crate's own word lists, numbers and hex digits, so that nothing needs
//! escaping (a test parses every line of a long stream). Does not know what an event means.

use annals_record::Timestamp;

use crate::places::DAY;

/// A JSON object being written.
#[derive(Debug)]
pub(crate) struct Line {
    bytes: Vec<u8>,
    /// The last date printed, with its day number: most events are of the same day as the last.
    day: (i64, [u8; 10]),
}

impl Line {
    pub(crate) fn new() -> Self {
        Self { bytes: Vec::with_capacity(4096), day: (i64::MIN, [0; 10]) }
    }

    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes).expect("made of whole strings and ASCII only")
    }

    pub(crate) fn start(&mut self) {
        self.bytes.clear();
        self.bytes.push(b'{');
    }

    /// `"key":"value"`
    pub(crate) fn text(&mut self, key: &str, value: impl Put) {
        self.key(key);
        self.bytes.push(b'"');
        value.put(&mut self.bytes);
        self.bytes.push(b'"');
    }

    pub(crate) fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        value.put(&mut self.bytes);
    }

    pub(crate) fn flag(&mut self, key: &str, value: bool) {
        self.key(key);
        if value { "true" } else { "false" }.put(&mut self.bytes);
    }

    /// RFC 3339 in UTC with microseconds. `at`: nanoseconds since 1970.
    pub(crate) fn time(&mut self, key: &str, at: i64) {
        let day = at.div_euclid(DAY);
        if day != self.day.0 {
            self.day = (day, date(day));
        }
        let rest = at.rem_euclid(DAY) / 1000;
        let (seconds, micros) = ((rest / 1_000_000) as u64, (rest % 1_000_000) as u64);
        self.key(key);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(&self.day.1);
        ("T", Padded(seconds / 3600, 2), ":", Padded(seconds / 60 % 60, 2)).put(&mut self.bytes);
        (":", Padded(seconds % 60, 2), ".", Padded(micros, 6), "Z\"").put(&mut self.bytes);
    }

    /// `"key":{`, until `close`.
    pub(crate) fn open(&mut self, key: &str) {
        self.key(key);
        self.bytes.push(b'{');
    }

    pub(crate) fn close(&mut self) {
        self.bytes.push(b'}');
    }

    /// `"key":[`, until `end_list`.
    pub(crate) fn list(&mut self, key: &str) {
        self.key(key);
        self.bytes.push(b'[');
    }

    pub(crate) fn end_list(&mut self) {
        self.bytes.push(b']');
    }

    /// `{` as a member of a list, until `close`.
    pub(crate) fn item(&mut self) {
        self.comma();
        self.bytes.push(b'{');
    }

    /// A text as a member of a list.
    pub(crate) fn entry(&mut self, value: impl Put) {
        self.comma();
        self.bytes.push(b'"');
        value.put(&mut self.bytes);
        self.bytes.push(b'"');
    }

    /// The target: `"object":{"type":…,"id":…,"name":…}`.
    pub(crate) fn object(&mut self, kind: &str, id: impl Put, name: impl Put) {
        self.open("object");
        self.identity(kind, id, name);
        self.close();
    }

    /// A target that was not made: it has a name but never got an id.
    pub(crate) fn unmade(&mut self, kind: &str, name: impl Put) {
        self.open("object");
        self.text("type", kind);
        self.text("name", name);
        self.close();
    }

    /// One of `related`, inside a list.
    pub(crate) fn relation(&mut self, role: &str, kind: &str, id: impl Put, name: impl Put) {
        self.item();
        self.identity(kind, id, name);
        self.text("role", role);
        self.close();
    }

    /// `"type":…,"id":…,"name":…` of an object that is open.
    pub(crate) fn identity(&mut self, kind: &str, id: impl Put, name: impl Put) {
        self.text("type", kind);
        self.text("id", id);
        self.text("name", name);
    }

    /// `"changes":{"before":{…},"after":{…}}` of one value.
    pub(crate) fn change(&mut self, key: &str, before: impl Put, after: impl Put) {
        self.open("changes");
        self.open("before");
        self.text(key, before);
        self.close();
        self.open("after");
        self.text(key, after);
        self.close();
        self.close();
    }

    /// The same of one number.
    pub(crate) fn change_number(&mut self, key: &str, before: u64, after: u64) {
        self.open("changes");
        self.open("before");
        self.number(key, before);
        self.close();
        self.open("after");
        self.number(key, after);
        self.close();
        self.close();
    }

    fn key(&mut self, key: &str) {
        self.comma();
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(key.as_bytes());
        self.bytes.extend_from_slice(b"\":");
    }

    fn comma(&mut self) {
        if !matches!(self.bytes.last(), Some(b'{' | b'[')) {
            self.bytes.push(b',');
        }
    }
}

/// A piece of text that can write itself. Tuples write their parts one after the other, so that
/// names are composed without a temporary string.
pub(crate) trait Put {
    fn put(&self, out: &mut Vec<u8>);
}

/// Eight lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) u32);

/// Decimal with leading zeros up to a width of at most 10.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Padded(pub(crate) u64, pub(crate) usize);

/// An IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ip(pub(crate) u32);

impl Put for &str {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Put for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = *self;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        out.extend_from_slice(&digits[at..]);
    }
}

impl Put for Hex {
    fn put(&self, out: &mut Vec<u8>) {
        let digits: [u8; 8] =
            std::array::from_fn(|i| b"0123456789abcdef"[(self.0 >> (28 - 4 * i) & 15) as usize]);
        out.extend_from_slice(&digits);
    }
}

impl Put for Padded {
    fn put(&self, out: &mut Vec<u8>) {
        let mut digits = [b'0'; 10];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        out.extend_from_slice(&digits[10 - self.1..]);
    }
}

impl Put for Ip {
    fn put(&self, out: &mut Vec<u8>) {
        let [a, b, c, d] = self.0.to_be_bytes().map(u64::from);
        (a, ".", b, ".", c, ".", d).put(out);
    }
}

macro_rules! put_tuple {
    ($($part:ident)+) => {
        impl<$($part: Put),+> Put for ($($part,)+) {
            #[allow(non_snake_case, reason = "each part is named by its type")]
            fn put(&self, out: &mut Vec<u8>) {
                let ($($part,)+) = self;
                $($part.put(out);)+
            }
        }
    };
}
put_tuple!(A B);
put_tuple!(A B C);
put_tuple!(A B C D);
put_tuple!(A B C D E);
put_tuple!(A B C D E F);
put_tuple!(A B C D E F G);
put_tuple!(A B C D E F G H);

/// `YYYY-MM-DD` of a day counted from 1970-01-01.
fn date(day: i64) -> [u8; 10] {
    let printed = Timestamp::from_nanos(day.saturating_mul(DAY)).to_bytes();
    let mut text = [0; 10];
    text.copy_from_slice(&printed[..10]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: impl Put, expected: &str) {
        let mut out = Vec::new();
        value.put(&mut out);
        assert_eq!(str::from_utf8(&out), Ok(expected));
    }

    #[test]
    fn parts_print_themselves() {
        check(0, "0");
        check(u64::MAX, "18446744073709551615");
        check(Hex(0x00c0_ffee), "00c0ffee");
        check(Padded(7, 3), "007");
        check(Ip(0x0a01_ff00), "10.1.255.0");
        check(("a", 1, ("结果", "!")), "a1结果!");
    }

    #[test]
    fn a_line_is_one_json_object() {
        let mut line = Line::new();
        line.start();
        line.time("time", 1_700_000_000_123_456_789);
        line.object("cluster", ("c-", Hex(1)), "x");
        line.list("related");
        line.relation("node", "node", "n-1", "gpu-1");
        line.end_list();
        line.open("request_data");
        line.number("n", 4);
        line.flag("ok", true);
        line.close();
        line.close();
        assert_eq!(
            line.as_str(),
            r#"{"time":"2023-11-14T22:13:20.123456Z","object":{"type":"cluster","id":"c-00000001","#
                .to_owned()
                + r#""name":"x"},"related":[{"type":"node","id":"n-1","name":"gpu-1","role":"node"}],"#
                + r#""request_data":{"n":4,"ok":true}}"#
        );
    }

    /// Dates before 1970 and in leap years go the same way.
    #[test]
    fn dates_are_civil() {
        for (day, expected) in [(0, "1970-01-01"), (-1, "1969-12-31"), (19_782, "2024-02-29")] {
            assert_eq!(str::from_utf8(&date(day)), Ok(expected));
        }
    }
}
