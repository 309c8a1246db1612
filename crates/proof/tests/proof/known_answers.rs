//! The answers every correct implementation gives: tree roots, proofs, tile paths, notes.
//! Those in `testdata/vectors/own_vectors.json` come from an independent reference.

use crate::memory::MemoryTree;
use annals_proof::{
    Checkpoint, ConsistencyProof, Cosigner, Frontier, Hash, InclusionProof, LeafIndex, ProofError,
    SignedNote, Signer, Subtree, SubtreeProof, Tile, TreeSize, Verifier, empty_root, hash_leaf,
    hash_node,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

fn own_vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/vectors/own_vectors.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hex_hash(text: &str) -> Hash {
    let byte = |i: usize| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap();
    Hash(std::array::from_fn(byte))
}

#[test]
fn hashes() {
    let node = hash_node(&hash_leaf(b"L123456"), &empty_root());
    let plain = Sha256::new().chain_update([1]).chain_update(hash_leaf(b"L123456").0);
    assert_eq!(node.0[..], plain.chain_update(empty_root().0).finalize()[..]);
    // The published answer hashes two strings that are no hashes: the prefix alone is at stake.
    assert_eq!(
        hex(&Sha256::digest(b"\x01N123N456")),
        "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    );
}

/// The eight leaves of the Certificate Transparency test suite.
#[test]
fn classic_roots() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"@ABC",
        b"PQRSTUVW",
        b"`abcdefghijklmno",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = MemoryTree::new();
    for (leaf, root) in leaves.into_iter().zip(roots) {
        tree.push(leaf);
        assert_eq!(tree.frontier.root(), hex_hash(root));
    }
}

/// One hash over the text of all roots and proofs up to 130 leaves catches any deviation.
#[test]
fn accumulated() {
    let vectors = &own_vectors()["accumulated_rfc6962_n_le_130"];
    let tree = MemoryTree::of((0..130_u8).map(|i| [i]));
    let (mut roots, mut inclusion, mut consistency) = (Sha256::new(), Sha256::new(), Sha256::new());
    let line = |a: u64, b: u64, hashes: &[Hash]| {
        let hashes: String = hashes.iter().map(|hash| format!(" {hash:?}")).collect();
        format!("{a} {b}{hashes}\n")
    };
    for n in 0..=130 {
        let root = Frontier::load(TreeSize(n), &tree).unwrap().root();
        roots.update(format!("{n} {root:?}\n"));
        for i in 0..n {
            let Ok(proof) = InclusionProof::build(LeafIndex(i), TreeSize(n), &tree);
            inclusion.update(line(i, n, &proof.hashes));
        }
        for m in 1..=n {
            let Ok(proof) = ConsistencyProof::build(TreeSize(m), TreeSize(n), &tree);
            consistency.update(line(m, n, &proof.hashes));
        }
    }
    for (name, hash) in [("roots", roots), ("inclusion", inclusion), ("consistency", consistency)] {
        assert_eq!(hex(&hash.finalize()), vectors[name], "{name}");
    }
}

/// The accumulated vectors of draft-ietf-plants-merkle-tree-certs, over the same leaves.
#[test]
fn accumulated_subtrees() {
    let tree = MemoryTree::of((0..130_u8).map(|i| [i]));
    let (mut hashes, mut inclusion, mut consistency) =
        (Sha256::new(), Sha256::new(), Sha256::new());
    let list = |hashes: &[Hash]| hashes.iter().map(|hash| format!(" {hash:?}")).collect::<String>();
    for (start, end) in (0..=130).flat_map(|end| (0..=end).map(move |start| (start, end))) {
        let Ok(subtree) = Subtree::new(LeafIndex(start), LeafIndex(end)) else { continue };
        let Ok(hash) = subtree.hash(&tree);
        hashes.update(format!("[{start}, {end}) {hash:?}\n"));
        for index in start..end {
            let Ok(proof) = subtree.prove(LeafIndex(index), &tree);
            let proof = list(&proof.hashes);
            inclusion.update(format!("{index} [{start}, {end}){proof}\n"));
        }
    }
    let ends = (0..=130).flat_map(|size| (0..=size).map(move |end| (size, end)));
    for (size, start, end) in ends.flat_map(|(size, end)| (0..=end).map(move |s| (size, s, end))) {
        let Ok(subtree) = Subtree::new(LeafIndex(start), LeafIndex(end)) else { continue };
        let Ok(proof) = SubtreeProof::build(subtree, TreeSize(size), &tree);
        let proof = list(&proof.hashes);
        consistency.update(format!("[{start}, {end}) {size}{proof}\n"));
    }
    for (hash, expected) in [
        (hashes, "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"),
        (inclusion, "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"),
        (consistency, "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74"),
    ] {
        assert_eq!(hex(&hash.finalize()), expected);
    }
}

#[test]
fn roots_of_numbered_leaves() {
    // The leaves of the vectors are the decimal index behind `leaf `.
    for (size, root) in own_vectors()["roots_leaf_i_ascii"].as_object().unwrap() {
        let tree = MemoryTree::of((0..size.parse().unwrap()).map(|i| format!("leaf {i}")));
        assert_eq!(format!("{:?}", tree.frontier.root()), *root, "{size}");
    }
}

#[test]
fn tile_paths() {
    for (number, path) in own_vectors()["tile_paths"].as_object().unwrap() {
        let number = number.parse().unwrap();
        let path = path.as_str().unwrap();
        let full = Tile { level: 3, number, width: 256 };
        assert_eq!(full.path(), format!("3/{path}"));
        assert_eq!(Tile::parse(&full.path()), Ok(full));
        let partial = Tile { level: 63, number, width: 17 };
        assert_eq!(partial.path(), format!("63/{path}.p/17"));
        assert_eq!(Tile::parse(&partial.path()), Ok(partial));
    }
}

/// How many full tiles each level has for a size, and how wide the partial one is.
#[test]
fn tile_layout() {
    for (size, levels) in own_vectors()["layout"].as_object().unwrap() {
        let size = TreeSize(size.parse().unwrap());
        let levels = levels.as_array().unwrap();
        for (level, expected) in (0_u8..).zip(levels) {
            let stored = size.stored(level);
            assert_eq!((stored / 256, stored % 256), {
                let number = |name: &str| expected[name].as_u64().unwrap();
                (number("full"), number("partial"))
            });
        }
        assert_eq!(size.stored(levels.len() as u8), 0);
    }
}

const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN_KEY: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

/// The published test key of golang.org/x/mod signs the published note.
#[test]
fn note_of_x_mod() {
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgK\
                vqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let signer = Signer::parse(NEUMANN_KEY).unwrap();
    assert_eq!(signer.encode(), NEUMANN_KEY);
    assert_eq!(signer.verifier().to_string(), NEUMANN);
    let note = signer.sign(text);
    assert_eq!(note, format!("{text}\n{line}"));
    let keys = [Verifier::parse(NEUMANN).unwrap()];
    let signed = SignedNote::parse(&note).unwrap();
    assert_eq!(signed.verify(&keys).unwrap(), [&keys[0]]);
    assert_eq!(signed.to_string(), note);
}

/// A vkey that was cut or mistyped must not become another key.
#[test]
fn vkey_negatives() {
    for start in 0..NEUMANN.len() {
        for end in start..=NEUMANN.len() {
            let whole = end - start == NEUMANN.len();
            assert_eq!(Verifier::parse(&NEUMANN[start..end]).is_ok(), whole, "{start}..{end}");
        }
    }
    for at in 0..NEUMANN.len() {
        let mut mangled = NEUMANN.as_bytes().to_vec();
        mangled[at] += 1;
        assert!(Verifier::parse(std::str::from_utf8(&mangled).unwrap()).is_err(), "{at}");
    }
    // A right id does not save a key of wrong length or unknown type. The first also has spare
    // base64 bits set, the second is the same without.
    for (key, expected) in [
        (
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
            ProofError::Vkey,
        ),
        (
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEQ==",
            ProofError::PublicKey { name: "PeterNeumann".into() },
        ),
        (
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            ProofError::KeyType { name: "PeterNeumann".into(), key_type: 0x65 },
        ),
    ] {
        assert_eq!(Verifier::parse(key), Err(expected));
    }
}

#[test]
fn note_of_c2sp() {
    let key =
        Verifier::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    let note = "This is an example message.\n\n\
                — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOB\
                H3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let keys = [key.unwrap()];
    assert_eq!(SignedNote::parse(note).unwrap().verify(&keys).unwrap().len(), 1);
}

/// The tree of one leaf, as golang.org/x/mod prints it.
#[test]
fn checkpoint_of_x_mod() {
    let root = hash_leaf(b"hello world");
    let checkpoint =
        Checkpoint { origin: "go.sum database tree".into(), size: TreeSize(123_456_789_012), root };
    let text = "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n";
    assert_eq!(checkpoint.text(), text);
    assert_eq!(Checkpoint::parse(text), Ok(checkpoint));
}

/// An ML-DSA-44 key and its cosignature are read and named, and never taken for verified.
#[test]
fn ml_dsa_is_reported_unverified() {
    let vectors = &own_vectors()["subtree_v1_message"];
    let text = |name: &str| vectors[name].as_str().unwrap();
    let time = vectors["timestamp"].as_u64().unwrap();
    let signature = STANDARD.decode(text("one_valid_signature_b64")).unwrap();
    let blob = [&time.to_be_bytes()[..], &signature].concat();
    let key = Verifier::ml_dsa_44(text("cosigner_name"), [7; 1312]).unwrap();
    let error = key.verify("any\n", &blob).unwrap_err();
    assert_eq!(error, ProofError::Unverifiable { name: text("cosigner_name").into() });
    let error = key.verify("any\n", &blob[1..]).unwrap_err();
    assert!(matches!(error, ProofError::BadSignature { .. }), "{error}");
    assert_eq!(Verifier::parse(&key.to_string()), Ok(key));
}

/// A cosigner's private key keeps its type: it must never sign as a log.
#[test]
fn cosigner_key() {
    let cosigner = Cosigner::from_seed("witness.example.com/w1", [3; 32]).unwrap();
    let secret = cosigner.encode();
    assert_eq!(Cosigner::parse(&secret).unwrap().verifier(), cosigner.verifier());
    assert_eq!(Signer::parse(&secret).unwrap_err(), ProofError::PrivateKey);
    assert_eq!(Cosigner::parse(NEUMANN_KEY).unwrap_err(), ProofError::PrivateKey);
    assert_eq!(format!("{cosigner:?}"), format!("Cosigner({})", cosigner.verifier()));
    let time = u64::MAX;
    assert_eq!(cosigner.cosign("x\n", time), Err(ProofError::CosignatureTime { time }));
}
