//! Keeps the worked example of `docs/formats/proofs.md` true: it is made here, from the leaves of
//! `testdata/vectors/leaf.json`. `UPDATE_EXPECT=1` writes it anew.

use std::fmt::Write;

use annals_proof::{
    Hash, LeafIndex, PROOF_HEADER, ProofBundle, SignedCheckpoint, SignedNote, hash_leaf, hash_node,
};
use serde_json::Value;

use crate::memory::{LOG, MemoryTree, log, witness};

const START: &str = "<!-- example -->\n";
const END: &str = "<!-- /example -->\n";

/// The leaf that the example proves, and when the witness saw the tree.
const INDEX: u64 = 1;
const WITNESSED_SECONDS: u64 = 1_795_336_200;

fn repository(path: &str) -> String {
    format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"))
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The `extra` bytes of a proof: the entry, and every one of its values with its salt.
fn extra(case: &Value) -> Vec<u8> {
    let entry = bytes(&case["entry"]);
    let fields = case["fields"].as_array().unwrap();
    let mut extra = u32::try_from(entry.len()).unwrap().to_be_bytes().to_vec();
    extra.extend(entry);
    extra.push(fields.len().try_into().unwrap());
    for field in fields {
        let value = field["value"].as_str().unwrap();
        extra.extend(u16::try_from(field["tag"].as_u64().unwrap()).unwrap().to_be_bytes());
        extra.extend(bytes(&field["salt"]));
        extra.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        extra.extend(value.as_bytes());
    }
    extra
}

fn example() -> String {
    let vectors = std::fs::read(repository("testdata/vectors/leaf.json")).unwrap();
    let vectors: Value = serde_json::from_slice(&vectors).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let entries: Vec<_> = cases.iter().map(|case| bytes(&case["entry"])).collect();
    let case = &cases[INDEX as usize];
    let tree = MemoryTree::of(&entries);

    let text = tree.checkpoint(LOG).text();
    let mut note = SignedNote::parse(&log().sign(&text)).unwrap();
    note.push(witness().cosign(&text, WITNESSED_SECONDS).unwrap()).unwrap();
    let bundle = tree.bundle(LeafIndex(INDEX), note.to_string());
    let bundle = ProofBundle { extra: Some(extra(case)), ..bundle };

    // What the page says must be what verification says.
    let keys = [log().verifier(), witness().verifier()];
    let leaf = hash_leaf(&entries[INDEX as usize]);
    assert_eq!(format!("{leaf:?}"), case["leaf_hash"]);
    let signed: SignedCheckpoint = bundle.verify(&leaf, &keys).unwrap();
    assert_eq!(signed.cosignatures(&keys).unwrap()[0].time, WITNESSED_SECONDS);

    let mut page = String::new();
    let file = bundle.text();
    assert!(file.starts_with(PROOF_HEADER));
    writeln!(page, "\nThe log's vkey and the witness's:\n\n```").unwrap();
    writeln!(page, "{}\n{}\n```\n", keys[0], keys[1]).unwrap();
    writeln!(page, "The file, in which the `extra` line is one line:\n\n```\n{file}```\n").unwrap();
    let core_bytes = u32::from_be_bytes(*entries[INDEX as usize][4..].first_chunk().unwrap());
    let entry_bytes = entries[INDEX as usize].len();
    writeln!(
        page,
        "The extra bytes begin with the entry's length, {entry_bytes} (`{:08x}`), and the entry, \
         which begins\nwith `{}` (`ANL1`) and the length of its core, {core_bytes}. After the \
         entry stand the number of\nvalues, 1, and the value: tag 8 (operator), salt `{}`,\n\
         length {}, `{}`.\n",
        entry_bytes,
        hex(&entries[INDEX as usize][..4]),
        case["fields"][0]["salt"].as_str().unwrap(),
        case["fields"][0]["value"].as_str().unwrap().len(),
        case["fields"][0]["value"].as_str().unwrap(),
    )
    .unwrap();

    let pair = hash_node(&bundle.hashes[0], &leaf);
    let four = hash_node(&pair, &bundle.hashes[1]);
    let root = hash_node(&four, &bundle.hashes[2]);
    assert_eq!(root, signed.checkpoint.root);
    writeln!(page, "The walk, with `fn` and `sn` before each step:\n").unwrap();
    writeln!(page, "| fn | sn | step | hash, hex |\n|---|---|---|---|").unwrap();
    let mut row = |place: &str, step: &str, hash: &Hash| {
        writeln!(page, "| {place} | {step} | `{hash:?}` |").unwrap();
    };
    row("1 | 5", "leaf hash of the entry", &leaf);
    row("1 | 5", "first hash of the proof, leaf 0", &bundle.hashes[0]);
    row("1 | 5", "`fn` is odd: node hash(leaf 0, leaf 1) = 0..2", &pair);
    row("0 | 2", "second hash, 2..4", &bundle.hashes[1]);
    row("0 | 2", "else: node hash(0..2, 2..4) = 0..4", &four);
    row("0 | 1", "third hash, 4..6", &bundle.hashes[2]);
    row("0 | 1", "else: node hash(0..4, 4..6) = root", &root);
    writeln!(page, "\n`sn` is 0, and the root is that of the checkpoint. The log signed these")
        .unwrap();
    writeln!(page, "{} bytes, and the witness the same behind its two lines:\n", text.len())
        .unwrap();
    writeln!(page, "```\n{text}```\n").unwrap();
    writeln!(page, "| key | key id | time | signature, hex |\n|---|---|---|---|").unwrap();
    for signature in note.signatures() {
        let (time, bytes) = match signature.bytes.split_at_checked(8) {
            Some((time, bytes)) if bytes.len() == 64 => (hex(time), bytes),
            _ => (String::new(), &signature.bytes[..]),
        };
        let name = &signature.name;
        let id = signature.key_id;
        writeln!(page, "| {name} | {id:08x} | {time} | {} |", hex(bytes)).unwrap();
    }
    let tile: String = tree.arrays[0].iter().map(|hash| format!("{hash:?}\n")).collect();
    let width = tree.arrays[0].len();
    writeln!(page, "\nThe only tile of this log, `/log/tile/0/000.p/{width}`, in hex:\n").unwrap();
    writeln!(page, "```\n{tile}```\n").unwrap();
    page
}

#[test]
fn worked_example_is_true() {
    let path = repository("docs/formats/proofs.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(START).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let expected = example();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, format!("{before}{START}{expected}{END}{after}")).unwrap();
        return;
    }
    assert!(found == expected, "docs/formats/proofs.md is out of date: run with UPDATE_EXPECT=1");
}
