//! Keeps the pages of `docs/formats` true: the worked example, the tags, the codes.
#![allow(clippy::unwrap_used)]

use annals_record::{Disclosure, Entry, Field, Leaf, Tag, codes, commitment, leaf_hash};

const LEAF: &str = include_str!("../../../docs/formats/leaf.md");
const EVENT: &str = include_str!("../../../docs/formats/event.md");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What stands behind `name` in the worked example.
fn example(name: &str) -> &'static str {
    let (_, example) = LEAF.split_once("## Worked example").unwrap();
    let line = example.lines().find(|line| line.starts_with(name)).unwrap();
    line[name.len()..].trim()
}

// Protects: an independent reader who follows the page gets the bytes that we write.
#[test]
fn worked_example() {
    let core = example("{\"emitter\"");
    let core = format!("{{\"emitter\"{core}");
    let fields = [(Tag::OPERATOR, Field::Whole(b"system"))];
    let leaf = Leaf::from_parts(core.as_bytes(), Some([0; 16]), fields).unwrap();
    let salt = leaf.salt(Tag::OPERATOR).unwrap();
    assert_eq!(example("salt of tag 8"), hex(&salt));
    let committed = commitment(&salt, Tag::OPERATOR, b"system");
    assert_eq!(example("commitment"), hex(&committed));
    assert_eq!(core.len(), 277);
    let entry = [b"ANL1\x00\x00\x01\x15", core.as_bytes(), b"\x01\x00\x08", &committed].concat();
    assert_eq!(leaf.entry(), entry);
    assert_eq!(Entry::parse(&entry).unwrap().core, core);
    assert_eq!(example("leaf hash"), hex(&leaf_hash(&entry)));
    assert_eq!(entry.len(), 320);
    let disclosure =
        [b"\x00\x00\x01\x40", entry.as_slice(), b"\x01\x00\x08", &salt, b"\x00\x00\x00\x06system"]
            .concat();
    assert_eq!(leaf.disclosure().to_bytes(), disclosure);
    assert_eq!(disclosure.len(), 353);
    assert_eq!(Disclosure::parse(&disclosure), Ok(leaf.disclosure()));
    let hash = sha256_hex(&disclosure);
    assert_eq!(example("disclosure  "), hash);
}

fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex(&Sha256::digest(bytes))
}

// Protects: the table of tags names every tag that the code knows, and no other.
#[test]
fn table_of_tags() {
    let rows = LEAF.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let tag: u16 = cells.next()?.parse().ok()?;
        Some((tag, cells.next()?.strip_prefix('`')?.strip_suffix('`')?))
    });
    let mut count = 0;
    for (tag, name) in rows {
        count += 1;
        assert_eq!(tag, count);
        assert_eq!(Tag(tag).name(), Some(name));
        assert_eq!(Tag::named(name), Some(Tag(tag)));
    }
    assert_eq!((count, Tag(count + 1).name(), Tag(0).name()), (17, None, None));
}

// Protects: senders find every code of a fault in the page, and none that does not exist.
#[test]
fn table_of_codes() {
    let (_, table) = EVENT.split_once("## Faults").unwrap();
    let listed = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let mut listed: Vec<_> = listed.map(|(code, _)| code).collect();
    let mut known = codes::ALL.to_vec();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
}
