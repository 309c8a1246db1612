//! The fast way through an object: finds its pairs in one walk over the bytes.
//!
//! It takes only what is plainly JSON (RFC 8259): whatever it finds, `serde_json` would find the
//! same. What is unusual or wrong (a key with an escape, deep nesting, very many pairs, a fault)
//! it leaves to `serde_json`, which also says what the fault is. Values are not looked into.

use arrayvec::ArrayVec;

/// Pairs of an object that are found this way; an event has 28 keys.
const PAIRS_COUNT_MAX: usize = 32;
/// Levels of arrays and objects below the pairs.
const DEPTH_MAX: usize = 64;

/// Key and raw value of each pair of an object, in order.
pub(super) type Pairs<'a> = ArrayVec<(&'a str, &'a str), PAIRS_COUNT_MAX>;

/// Adds the pairs of the object that `json` is. False if `serde_json` has to look; what was added
/// then means nothing.
pub(super) fn find_pairs<'a>(json: &'a str, pairs: &mut Pairs<'a>) -> bool {
    let bytes = json.as_bytes();
    let end = object(bytes, blanks(bytes, 0), |key| {
        let key_end = string(bytes, key)?;
        let value_start = colon(bytes, key_end)?;
        let value_end = value(bytes, value_start, 0)?;
        let key = &json[key + 1..key_end - 1];
        let is_plain = key.bytes().fold(true, |plain, byte| plain & (byte != b'\\'));
        is_plain.then_some(())?;
        pairs.try_push((key, &json[value_start..value_end])).ok()?;
        Some(value_end)
    });
    end.is_some_and(|end| blanks(bytes, end) == bytes.len())
}

/// The raw items of the array that `json` is; none if `serde_json` has to look.
pub(super) fn items(json: &str) -> Option<impl Iterator<Item = &str>> {
    let bytes = json.as_bytes();
    (array(bytes, 0, 0)? == bytes.len()).then_some(())?;
    let mut at = blanks(bytes, 1);
    Some(std::iter::from_fn(move || {
        let start = at;
        let end = value(bytes, start, 0)?;
        // The comma or the bracket, after which no value begins.
        at = blanks(bytes, blanks(bytes, end) + 1);
        Some(&json[start..end])
    }))
}

// All of these are given where something begins and answer where it ends.

/// An object; `pair` moves over each pair.
#[inline]
fn object(bytes: &[u8], at: usize, mut pair: impl FnMut(usize) -> Option<usize>) -> Option<usize> {
    let mut at = blanks(bytes, one(bytes, at, b'{')?);
    if bytes.get(at) == Some(&b'}') {
        return Some(at + 1);
    }
    loop {
        at = blanks(bytes, pair(at)?);
        match bytes.get(at)? {
            b',' => at = blanks(bytes, at + 1),
            b'}' => return Some(at + 1),
            _ => return None,
        }
    }
}

fn value(bytes: &[u8], at: usize, depth: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => string(bytes, at),
        b'{' if depth < DEPTH_MAX => object(bytes, at, |key| {
            let key_end = string(bytes, key)?;
            value(bytes, colon(bytes, key_end)?, depth + 1)
        }),
        b'[' if depth < DEPTH_MAX => array(bytes, at, depth + 1),
        b'-' | b'0'..=b'9' => number(bytes, at),
        b't' => word(bytes, at, b"true"),
        b'f' => word(bytes, at, b"false"),
        b'n' => word(bytes, at, b"null"),
        _ => None,
    }
}

fn array(bytes: &[u8], at: usize, depth: usize) -> Option<usize> {
    let mut at = blanks(bytes, one(bytes, at, b'[')?);
    if bytes.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        at = blanks(bytes, value(bytes, at, depth)?);
        match bytes.get(at)? {
            b',' => at = blanks(bytes, at + 1),
            b']' => return Some(at + 1),
            _ => return None,
        }
    }
}

#[inline]
fn string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = one(bytes, at, b'"')?;
    loop {
        at += plain_bytes(&bytes[at..]);
        at += match bytes.get(at..)? {
            [b'"', ..] => return Some(at + 1),
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'\\', b'u', hex @ ..] if hex.get(..4)?.iter().all(u8::is_ascii_hexdigit) => 6,
            _ => return None,
        };
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let skip = |at: usize, allowed: &[u8]| {
        at + usize::from(bytes.get(at).is_some_and(|byte| allowed.contains(byte)))
    };
    let mut at = skip(at, b"-");
    at = if bytes.get(at) == Some(&b'0') { at + 1 } else { digits(bytes, at)? };
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at = digits(bytes, skip(at + 1, b"+-"))?;
    }
    Some(at)
}

/// At least one digit.
fn digits(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    (at > start).then_some(at)
}

fn word(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes[at..].starts_with(word).then_some(at + word.len())
}

/// The colon between key and value, with the blanks around it.
fn colon(bytes: &[u8], at: usize) -> Option<usize> {
    Some(blanks(bytes, one(bytes, blanks(bytes, at), b':')?))
}

fn one(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (bytes.get(at) == Some(&byte)).then_some(at + 1)
}

fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Bytes before the first quote, backslash or control character; eight are looked at at once.
fn plain_bytes(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest set bit marks the first such byte; bits above it may be wrong by a borrow.
        let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let quote = is_zero(word ^ (ONES * u64::from(b'"')));
        let backslash = is_zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (quote | backslash | control) & HIGH_BITS;
        if found != 0 {
            return place * 8 + (found.trailing_zeros() / 8) as usize;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes.len() - rest.len() + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::super::json::for_each_pair_slowly;
    use super::*;
    use proptest::prelude::*;

    fn slowly(json: &str) -> Option<Vec<(String, &str)>> {
        let mut pairs = Vec::new();
        let whole = for_each_pair_slowly(json, |key, value| pairs.push((key.into_owned(), value)));
        whole.is_ok().then_some(pairs)
    }

    /// Whatever is found, `serde_json` finds too.
    fn check(json: &str) -> bool {
        let mut pairs = Pairs::new();
        let found = find_pairs(json, &mut pairs);
        if found {
            let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).into(), *value)).collect();
            assert_eq!(Some(pairs), slowly(json), "{json}");
        }
        found
    }

    // Protects: that events as they usually come take the fast way, and faults never do.
    #[test]
    fn what_is_plain() {
        for plain in [
            "{}",
            " { } ",
            r#"{"a":1,"b":[],"c":{},"d":[1,-0.5e+3,true,false,null,"x"],"é":"\u00e9\\"}"#,
            "{\"a\" :\t\"12345678\\\"12345678\"\r\n}\n",
        ] {
            assert!(check(plain), "{plain}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(DEPTH_MAX + 1), "]".repeat(DEPTH_MAX + 1));
        let many = format!("{{{}\"z\":0}}", "\"a\":1,".repeat(PAIRS_COUNT_MAX));
        for left in [
            "",
            "{",
            "[]",
            "1",
            "{}x",
            "{,}",
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            r#"{"a":01}"#,
            r#"{"a":1.}"#,
            r#"{"a":.5}"#,
            r#"{"a":+1}"#,
            r#"{"a":1e}"#,
            r#"{"a":-}"#,
            r#"{"a":tru}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\u12g4"}"#,
            r#"{"a":"\u12"#,
            "{\"a\":\"\t\"}",
            r#"{"a":[1,]}"#,
            r#"{"a":{"b"}}"#,
            r#"{"\u0061":1}"#,
            r#"{"a":"#,
            r#"{"a":"b"#,
            &deep,
            &many,
        ] {
            assert!(!check(left), "{left}");
        }
    }

    // Protects: no item is lost or joined with another.
    #[test]
    fn items_of_arrays() {
        let check = |json, expected: Option<&[&str]>| {
            let found = items(json).map(Iterator::collect::<Vec<_>>);
            assert_eq!(found.as_deref(), expected, "{json}");
        };
        check("[]", Some(&[]));
        check("[ 1 , [2,3] ,\"]\" ]", Some(&["1", "[2,3]", "\"]\""]));
        check("[1,]", None);
        check("[1] ", None);
        check("{}", None);
    }

    proptest! {
        // Protects: the fast way never takes what is no JSON, nor finds other pairs in it.
        #[test]
        fn finds_what_serde_finds(
            json in r#"(\{("[a-z\\u0-9]{0,9}" ?: ?(-?[0-9.eE+]{1,5}|"[^"]{0,20}"|\[1,?2?\]|\{\}|[a-z]{4}),?){0,3}\} ?)"#,
        ) {
            check(&json);
        }

        // Protects: the search of eight bytes at once.
        #[test]
        fn plain_bytes_end_where_they_should(
            bytes in prop::collection::vec(prop_oneof![0x1eu8..0x24, 0x5au8..0x5e, 0x7eu8..0xa3], 0..40),
        ) {
            let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
            let expected = bytes.iter().position(special).unwrap_or(bytes.len());
            prop_assert_eq!(plain_bytes(&bytes), expected);
        }
    }
}
