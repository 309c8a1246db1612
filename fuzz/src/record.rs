//! What must hold for any bytes given to the crate `record` and to the wire form of an event.

use annals_api::wire::event::{parse_event, print_event};
use annals_record::limits::JSON_DEPTH_MAX;
use annals_record::{
    Catalogue, Control, Disclosure, Field, Leaf, Record, RecordSalt, Sealed, Sender, Tag,
    Timestamp, mask_text,
};
use std::sync::LazyLock;

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target; the tests of `api` run them all.
pub const BODIES: [(&str, Body); 5] = [
    ("record_event_json", event_json),
    ("record_mask_json", mask_json),
    ("record_leaf_parts", leaf_parts),
    ("record_disclosure", disclosure),
    ("record_control", control),
];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static SENDER: LazyLock<Sender> = LazyLock::new(|| Sender {
    emitter: "3f9a01c7".into(),
    region: Some("r".into()),
    stack_id: Some("s".into()),
    may_be_system: true,
    is_server: false,
});

fn seal(record: &Record<'_>) -> Option<Sealed> {
    let received = Timestamp::from_nanos(1_795_336_200_000_000_000);
    let salt = RecordSalt([7; 16]);
    record.seal(&CATALOGUE, &SENDER, received, salt, || "made".into()).ok()
}

/// Whatever is accepted prints as JSON on one line and, without what the server adds, reads as
/// the same act again, unless something was cut.
pub fn event_json(data: &[u8]) {
    let Ok((record, faults)) = parse_event(data) else { return };
    let Some(sealed) = seal(&record).filter(|_| faults.is_empty()) else { return };
    assert_eq!(sealed.hash, sealed.leaf.hash());
    assert_eq!(sealed.at, sealed.leaf.at());
    let mut out = Vec::new();
    print_event(&sealed.leaf, 0, None, &mut out);
    assert!(!out.contains(&b'\n'));
    let mut printed: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&out).expect("JSON");
    for own in ["index", "received_time", "emitter", "clock_skew"] {
        printed.remove(own);
    }
    if printed.contains_key("cuts") {
        return;
    }
    // Numbers in request data may be spelled otherwise by `serde_json`; compare without them.
    for raw in ["request_data", "changes", "origin"] {
        printed.remove(raw);
    }
    let again = serde_json::to_vec(&printed).expect("JSON");
    let (record, faults) = parse_event(&again).expect("an event");
    assert_eq!(faults, []);
    let again = seal(&record).expect("no fault").leaf;
    assert_eq!(again.core().as_str(), sealed.leaf.core().as_str());
    for (tag, _) in again.fields() {
        assert_eq!(again.value(tag), sealed.leaf.value(tag));
    }
}

/// Masking keeps JSON that an event may hold JSON, and masking again changes nothing.
pub fn mask_json(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let masked = mask_text(text);
    // What is nested too deep or holds U+0000 is masked as any other text.
    let is_kept = text.matches(['{', '[']).count() <= JSON_DEPTH_MAX && !text.contains("\\u0000");
    if is_kept && serde_json::from_str::<serde_json::Value>(text).is_ok() {
        assert!(serde_json::from_str::<serde_json::Value>(&masked).is_ok());
        assert_eq!(mask_text(&masked), masked);
    }
}

/// Parts that are taken give the same parts, and erasing never changes the hash.
pub fn leaf_parts(data: &[u8]) {
    let mut rest = data;
    let mut take = |bytes: usize| {
        let (taken, after) = rest.split_at(bytes.min(rest.len()));
        rest = after;
        taken
    };
    let head = take(2);
    let [states, core_bytes] = head else { return };
    let core = take(usize::from(*core_bytes));
    let salt = (states & 1 == 0).then_some([7; 16]);
    let mut fields = Vec::new();
    while let [tag, state, bytes] = take(3) {
        let value = take(usize::from(*bytes));
        let field = match state % 3 {
            0 => Field::Whole(value),
            1 => Field::Opened { salt: [1; 16], value },
            _ => Field::Erased { commitment: [2; 32] },
        };
        fields.push((Tag(u16::from(*tag)), field));
    }
    let Ok(mut leaf) = Leaf::from_parts(core, salt, fields.iter().copied()) else { return };
    assert!(leaf.fields().eq(fields.iter().copied()));
    let _ = (leaf.core().id(), leaf.core().control(), leaf.at());
    let hash = leaf.hash();
    leaf.erase(&[fields[0].0]);
    assert_eq!(leaf.hash(), hash);
}

/// What is taken prints back to the same bytes.
pub fn disclosure(data: &[u8]) {
    if let Ok(disclosure) = Disclosure::parse(data) {
        assert_eq!(disclosure.to_bytes(), data);
        assert!(!disclosure.fields().is_empty());
        let _ = (disclosure.core(), disclosure.leaf_hash());
    }
}

/// An order by which the ledger rules itself: what is taken has one form.
pub fn control(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(control) = Control::parse(text) {
        let mut out = Vec::new();
        control.write(&mut out);
        let text = std::str::from_utf8(&out).expect("JSON is text");
        assert_eq!(Control::parse(text).as_ref(), Ok(&control));
    }
}
