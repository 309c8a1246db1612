//! The leaf format against the known answers, erasure, and foreign parts.

use super::*;
use proptest::prelude::*;
use serde_json::Value;

const KNOWN_ANSWERS: &str = include_str!("../../../../testdata/vectors/leaf.json");

fn bytes_of(hex: &Value) -> Vec<u8> {
    let digits = hex.as_str().unwrap();
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

// Protects: the format, byte for byte, as an independent program writes it.
#[test]
fn known_answers() {
    let file: Value = serde_json::from_str(KNOWN_ANSWERS).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let core = crate::canonical::to_canonical(&case["core"]).unwrap();
        let salt: [u8; 16] = bytes_of(&case["record_salt"]).try_into().unwrap();
        let fields = case["fields"].as_array().unwrap();
        let parts = fields.iter().map(|field| {
            let tag = Tag(field["tag"].as_u64().unwrap() as u16);
            (tag, Field::Whole(field["value"].as_str().unwrap().as_bytes()))
        });
        let leaf = Leaf::from_parts(&core, Some(salt), parts).unwrap();
        assert_eq!(leaf.entry(), bytes_of(&case["entry"]), "{name}");
        assert_eq!(leaf.hash().to_vec(), bytes_of(&case["leaf_hash"]), "{name}");
        for field in fields {
            let tag = Tag(field["tag"].as_u64().unwrap() as u16);
            assert_eq!(leaf.salt(tag).unwrap().to_vec(), bytes_of(&field["salt"]), "{name}");
            let commitment = leaf.commitment(tag).unwrap();
            assert_eq!(commitment.to_vec(), bytes_of(&field["commitment"]), "{name}");
            assert_eq!(leaf.value(tag), field["value"].as_str(), "{name}");
        }
        for (key, value) in case["core"].as_object().unwrap() {
            assert_eq!(leaf.core().raw(key), Some(value.to_string().as_str()), "{name} {key}");
        }
        let (core, marks) = (leaf.core(), leaf.core().marks());
        assert_eq!((&*marks.id, marks.emitter), (&*core.id(), core.emitter()));
        assert_eq!((marks.received_time, marks.at()), (core.received_time(), core.at()));
        assert_eq!(marks.control().is_some(), core.control().is_some());
        assert_eq!(leaf.core().pairs().count(), case["core"].as_object().unwrap().len());
    }
}

fn leaf_of(core: &str, fields: &[(u16, &str)]) -> Leaf {
    let parts = fields.iter().map(|(tag, value)| (Tag(*tag), Field::Whole(value.as_bytes())));
    Leaf::from_parts(core.as_bytes(), Some([7; 16]), parts).unwrap()
}

// Protects: an erased value and its salts are nowhere in the leaf, and the rest still opens.
#[test]
fn erased_fields_are_gone() {
    let mut leaf = leaf_of(r#"{"v":1}"#, &[(1, "10.0.0.8"), (6, "quota"), (8, "zhang3")]);
    let before = leaf.clone();
    leaf.erase(&[Tag(99)]);
    assert_eq!(leaf, before);
    leaf.erase(&[Tag(6)]);
    assert_eq!((leaf.hash(), leaf.record_salt()), (before.hash(), None));
    assert_eq!((leaf.value(Tag(6)), leaf.salt(Tag(6))), (None, None));
    assert_eq!(leaf.value(Tag(8)), Some("zhang3"));
    assert_eq!(leaf.salt(Tag(8)), before.salt(Tag(8)));
    assert!(!leaf.bytes.windows(5).any(|bytes| bytes == b"quota"));
    leaf.erase(&[Tag(8), Tag(1)]);
    assert_eq!(leaf.hash(), before.hash());
    assert!(leaf.same_act(&before) && before.same_act(&leaf));
}

// Protects: what counts as the same act again (duplicate) and what does not (conflict).
#[test]
fn same_act() {
    let core =
        |extra: &str| format!(r#"{{{extra}"id":"e-1","received_time":"a","time":"t","v":1}}"#);
    let first = leaf_of(&core(""), &[(3, "{}"), (8, "a")]);
    let check = |core: &str, fields: &[(u16, &str)], expected| {
        assert_eq!(first.same_act(&leaf_of(core, fields)), expected, "{core} {fields:?}");
    };
    check(&core(""), &[(3, "{}"), (8, "a")], true);
    check(&core("").replace("\"a\"", "\"b\""), &[(3, "{}"), (8, "a")], true);
    check(&core(r#""clock_skew":true,"#), &[(3, "{}"), (8, "a")], true);
    check(&core(r#""duration_ms":1,"#), &[(3, "{}"), (8, "a")], false);
    check(&core("").replace("\"t\"", "\"u\""), &[(3, "{}"), (8, "a")], false);
    check(&core(""), &[(3, "{}"), (8, "b")], false);
    check(&core(""), &[(8, "a")], false);
    check(&core(""), &[(4, "{}"), (8, "a")], false);
    check(&core(""), &[(3, "{}"), (8, "a"), (9, "")], false);
}

fn check_refused(core: &[u8], salt: Option<[u8; 16]>, fields: &[(Tag, Field<'_>)], part: &str) {
    let refused = Leaf::from_parts(core, salt, fields.iter().copied());
    let message = refused.map(|_| ()).map_err(|fault| fault.to_string());
    assert!(message.as_ref().is_err_and(|text| text.contains(part)), "{message:?} / {part}");
}

// Protects: foreign parts that no entry could have are refused.
#[test]
fn foreign_parts() {
    let salt = Some([0; 16]);
    let whole = |tag| (Tag(tag), Field::Whole(b"x"));
    let erased = (Tag(1), Field::Erased { commitment: [0; 32] });
    let long = vec![b'x'; VALUE_BYTES_MAX + 1];
    let many: Vec<_> = (1..=65).map(whole).collect();
    check_refused(b"\xff", salt, &[whole(8)], "not UTF-8");
    check_refused(&[b' '; CORE_BYTES_MAX + 1], salt, &[whole(8)], "at most 16384");
    check_refused(b"{}", salt, &[], "0 sealed fields");
    check_refused(b"{}", salt, &many, "65 sealed fields");
    check_refused(b"{}", salt, &[whole(8), whole(8)], "out of order");
    check_refused(b"{}", salt, &[whole(8), whole(7)], "out of order");
    check_refused(b"{}", salt, &[(Tag(8), Field::Whole(b"\xff"))], "field 8 is not UTF-8");
    check_refused(b"{}", salt, &[(Tag(8), Field::Whole(&long))], "at most 1048576");
    check_refused(b"{}", None, &[whole(8)], "its salt is lost");
    check_refused(b"{}", salt, &[erased], "should be destroyed");
}

// Protects: getters answer nothing, and do not panic, on a core that is no core.
#[test]
fn broken_cores() {
    for core in ["", "{", "{}", "[1]", r#"{"id""#, r#"{"id":"#, r#"{"id":"a"#, r#"{"id":"\"#, "é"]
    {
        let leaf = leaf_of(core, &[(8, "a")]);
        assert_eq!((&*leaf.core().id(), leaf.at(), leaf.core().service()), ("", 0, ""), "{core}");
    }
    let core = leaf_of(r#"{"control":{"kind":"key","vkey":"},"},"id":"a\"b"}"#, &[(8, "a")]);
    assert_eq!(core.core().id(), "a\"b");
    assert!(core.core().control().is_some_and(|control| control.is_ok()));
}

fn any_fields() -> impl Strategy<Value = Vec<(u16, String)>> {
    prop::collection::btree_map(0..40u16, ".{0,80}", 1..20)
        .prop_map(|map| map.into_iter().collect())
}

proptest! {
    // Protects: parts in, parts out, same entry; erasing never changes entry or hash.
    #[test]
    fn parts_and_erasure(fields in any_fields(), erased in prop::collection::vec(0..40u16, 0..5)) {
        let fields: Vec<_> = fields.iter().map(|(tag, text)| (*tag, text.as_str())).collect();
        let mut leaf = leaf_of(r#"{"v":1}"#, &fields);
        let (entry, hash) = (leaf.entry(), leaf.hash());
        for tag in &erased {
            leaf.erase(&[Tag(*tag)]);
            prop_assert_eq!(leaf.entry(), &entry[..]);
            let again = Leaf::from_parts(leaf.core_bytes(), leaf.record_salt(), leaf.fields());
            prop_assert_eq!(again.as_ref(), Ok(&leaf));
        }
        prop_assert_eq!(leaf.hash(), hash);
        for (tag, text) in fields {
            let expected = (!erased.contains(&tag)).then_some(text);
            prop_assert_eq!(leaf.value(Tag(tag)), expected);
        }
    }
}
