//! Vectors of other projects, read in place from `../shared/vectors` beside the repository and
//! not copied: proof probes (transparency-dev), Ed25519 edge cases (CCTV), cosigned checkpoints
//! (sunlight). Where the folder is absent each test says so and passes.

use std::path::{Path, PathBuf};

use annals_proof::{
    Checkpoint, ConsistencyProof, Cosignature, CosignatureState, Hash, InclusionProof, LeafIndex,
    ProofError, SignedCheckpoint, SignedNote, Subtree, SubtreeProof, TreeSize, Verifier, hash_leaf,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The folder of one project's vectors.
fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors"));
    let folder = folder.join(name);
    if !folder.is_dir() {
        println!("skipped: no folder {}", folder.display());
        return None;
    }
    Some(folder)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// All files below a folder, in a fixed order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Runs `verify` over every probe of a kind; a probe whose hashes do not even parse is refused.
fn check_probes(kind: &str, verify: impl Fn(&Value) -> Result<(), ProofError>) {
    let Some(folder) = folder("transparency-dev-merkle/testdata") else { return };
    let mut accepted = 0;
    let probes = files(&folder.join(kind));
    for path in &probes {
        let probe = json(path);
        let result = verify(&probe);
        let refused = probe["wantErr"].as_bool().unwrap();
        assert_eq!(result.is_err(), refused, "{}: {result:?}", path.display());
        accepted += usize::from(!refused);
    }
    println!("{kind}: {} probes, {accepted} to be accepted", probes.len());
    assert!(accepted > 0 && accepted < probes.len());
}

fn number(probe: &Value, name: &str) -> u64 {
    probe[name].as_u64().unwrap()
}

fn hash(value: &Value) -> Result<Hash, ProofError> {
    Hash::from_base64(value.as_str().unwrap_or_default())
}

/// A root; where only equality matters some probes write a word instead, for which its hash
/// stands in.
fn root(value: &Value) -> Result<Hash, ProofError> {
    let decoded = STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default();
    match decoded.starts_with(b"don't care") {
        true => Ok(hash_leaf(&decoded)),
        false => hash(value),
    }
}

fn hashes(probe: &Value) -> Result<Vec<Hash>, ProofError> {
    probe["proof"].as_array().into_iter().flatten().map(hash).collect()
}

#[test]
fn inclusion_probes() {
    check_probes("inclusion", |probe| {
        let index = LeafIndex(number(probe, "leafIdx"));
        let size = TreeSize(number(probe, "treeSize"));
        let proof = InclusionProof { index, size, hashes: hashes(probe)? };
        proof.verify(&hash(&probe["leafHash"])?, &hash(&probe["root"])?)
    });
}

#[test]
fn consistency_probes() {
    check_probes("consistency", |probe| {
        let (old, new) = (TreeSize(number(probe, "size1")), TreeSize(number(probe, "size2")));
        let proof = ConsistencyProof { old, new, hashes: hashes(probe)? };
        proof.verify(&root(&probe["root1"])?, &root(&probe["root2"])?)
    });
}

fn subtree(probe: &Value) -> Result<Subtree, ProofError> {
    Subtree::new(LeafIndex(number(probe, "start")), LeafIndex(number(probe, "end")))
}

#[test]
fn subtree_inclusion_probes() {
    check_probes("subtreeinclusion", |probe| {
        let subtree = subtree(probe)?;
        let (start, end) = (subtree.start().0, subtree.end().0);
        let index = LeafIndex(number(probe, "leafIdx").wrapping_sub(start));
        let proof = InclusionProof { index, size: TreeSize(end - start), hashes: hashes(probe)? };
        proof.verify(&hash(&probe["leafHash"])?, &hash(&probe["root"])?)
    });
}

#[test]
fn subtree_consistency_probes() {
    check_probes("subtreeconsistency", |probe| {
        let size = TreeSize(number(probe, "size"));
        let proof = SubtreeProof { subtree: subtree(probe)?, size, hashes: hashes(probe)? };
        proof.verify(&root(&probe["root1"])?, &root(&probe["root2"])?)
    });
}

/// Strict verification refuses every point of small order and every second encoding, so that one
/// signature cannot be made to fit two texts or two keys.
#[test]
fn ed25519_edge_cases() {
    let Some(folder) = folder("cctv-ed25519/ed25519") else { return };
    let bytes = |case: &Value, name: &str| -> Vec<u8> {
        let hex = case[name].as_str().unwrap();
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    };
    let harmless = ["low_order_component_A", "low_order_component_R"];
    let (mut accepted, mut refused) = (0, 0);
    for case in json(&folder.join("ed25519vectors.json")).as_array().unwrap() {
        let flags = case["flags"].as_array().into_iter().flatten();
        let expected = flags.into_iter().all(|flag| harmless.contains(&flag.as_str().unwrap()));
        let key = Verifier::ed25519("cctv", bytes(case, "key").try_into().unwrap());
        let result =
            key.and_then(|key| key.verify(case["msg"].as_str().unwrap(), &bytes(case, "sig")));
        assert_eq!(result.is_ok(), expected, "{case} {result:?}");
        *if expected { &mut accepted } else { &mut refused } += 1;
    }
    println!("{accepted} accepted, {refused} refused");
    assert!(accepted > 0 && refused > 0);
}

/// A genuine cosignature of a genuine witness verifies, tells its time, and fails once the
/// checkpoint or the time is altered. The log's own line is of a type no key here knows.
#[test]
fn sunlight_cosignature() {
    let Some(folder) = folder("sunlight-skylight") else { return };
    let answer = json(&folder.join("cosignature_v1_kat.json"));
    let note = answer["note"].as_str().unwrap();
    let keys = [Verifier::parse(answer["vkey"].as_str().unwrap()).unwrap()];
    let parsed = SignedNote::parse(note).unwrap();
    assert_eq!(parsed.to_string(), note);
    assert_eq!(parsed.signatures().len(), 2);
    assert_eq!(parsed.verify(&keys).unwrap(), [&keys[0]]);

    // The log's key type is not ours, so this checkpoint is never taken for verified.
    let checkpoint = Checkpoint::parse(parsed.text()).unwrap();
    let origin = checkpoint.origin.clone();
    assert_eq!(SignedCheckpoint::verify(note, &keys), Err(ProofError::NotTheLogsKey { origin }));
    let unverified = SignedCheckpoint { checkpoint, note: note.into(), signed_by: vec![] };
    let expected = Cosignature {
        name: "witness.example.org".into(),
        key_id: 0xb8a2_cf20,
        time: number(&answer, "time"),
        state: CosignatureState::Verified,
    };
    assert_eq!(unverified.cosignatures(&keys), Ok(vec![expected]));

    for (from, to) in [("\n300\n", "\n301\n"), ("BpVGeA", "BpVGeB")] {
        let altered = note.replace(from, to);
        assert_ne!(altered, note);
        let error = SignedNote::parse(&altered).unwrap().verify(&keys).unwrap_err();
        assert!(matches!(error, ProofError::BadSignature { .. }), "{error}");
    }
}

/// Whole checkpoints of a log, two witnesses and a mirror, each with the key it publishes.
#[test]
fn sunlight_checkpoints() {
    let Some(folder) = folder("sunlight-skylight/cmd/skylight/testdata") else { return };
    let mut keys = Vec::new();
    let mut notes = Vec::new();
    for path in files(&folder) {
        if path.ends_with("checkpoint") {
            notes.push(std::fs::read_to_string(&path).unwrap());
            continue;
        }
        let published = json(&path);
        let vkeys = published["verifier_keys"].as_array();
        keys.extend(vkeys.into_iter().flatten().map(|vkey| vkey.as_str().unwrap().to_owned()));
    }
    let keys: Vec<_> = keys.iter().map(|vkey| Verifier::parse(vkey).unwrap()).collect();
    let mut signers = Vec::new();
    for note in &notes {
        let note = SignedNote::parse(note).unwrap();
        match note.verify(&keys) {
            Ok(signed) => signers.extend(signed.into_iter().map(|key| key.name().to_owned())),
            // The log's own copy bears only its RFC 6962 line.
            Err(error) => assert_eq!(
                error,
                ProofError::NoKnownSignature { names: vec!["rome2026h1.example.org".into()] }
            ),
        }
    }
    signers.sort();
    assert_eq!(signers, ["mirror.example.org", "witness.example.org", "witness2.example.org"]);
}
