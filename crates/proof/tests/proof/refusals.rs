//! Texts that come close to a note, a checkpoint, a proof file or a policy, and why each is
//! refused. Accepting one of them would give an attacker a second text or a weaker rule.

use annals_proof::{
    Checkpoint, Cosigner, EntryBundle, Hash, LeafIndex, NOTE_SIGNATURES_MAX, Policy, ProofBundle,
    ProofError, SignedCheckpoint, SignedNote, Signer, Tile, TreeSize, Verifier, hash_leaf,
};

use crate::memory::{LOG, log, signed_tree, witness};

#[test]
fn tiles() {
    for path in [
        "",
        "0",
        "0/",
        "0/00",
        "0/0000",
        "00/000",
        "64/000",
        "256/000",
        "-1/000",
        "0/x000/001",
        "0/001/002",
        "0/x001",
        "0/x001/",
        "0/X001/002",
        "0/x01/002",
        "0/000.p/0",
        "0/000.p/00",
        "0/000.p/256",
        "0/000.p/65537",
        "0/000.p/",
        "0/000.p",
        "0/000.p/1/",
        "0/000.p/1.p/1",
        "/0/000",
        "tile/0/000",
        "entries/000",
        "0/x072/x057/x594/x037/x927/936", // 2^56: its hashes have no 64-bit position
        "0/x999/x999/x999/x999/x999/x999/x999/999",
        "0/٠٠٠",
    ] {
        assert_eq!(Tile::parse(path), Err(ProofError::TilePath { path: path.into() }));
    }
    assert!(EntryBundle::parse("0/000").is_err());
    assert_eq!(EntryBundle::entries(&[0]), Err(ProofError::EntryBundle { offset: 0 }));
    let cut = [0, 1, 7, 0, 2, 9];
    assert_eq!(EntryBundle::entries(&cut), Err(ProofError::EntryBundle { offset: 3 }));
    let long = vec![0; 65_536];
    let expected = ProofError::EntryTooLong { bytes: 65_536, max: 65_535 };
    assert_eq!(EntryBundle::push(&mut Vec::new(), &long), Err(expected));
}

/// A tile is served exactly where the tree of a published size has all of its hashes.
#[test]
fn tiles_within_a_tree() {
    for (path, size, expected) in [
        ("0/000.p/1", 0, false),
        ("0/000.p/1", 1, true),
        ("0/000", 255, false),
        ("0/000", 256, true),
        ("0/000.p/7", 1000, true),
        ("1/000.p/1", 255, false),
        ("1/000.p/1", 256, true),
        ("0/x001/234.p/5", 1234 * 256 + 4, false),
        ("0/x001/234.p/5", 1234 * 256 + 5, true),
        ("8/000.p/1", u64::MAX, false),
        ("63/000.p/1", u64::MAX, false),
    ] {
        assert_eq!(Tile::parse(path).unwrap().is_within(TreeSize(size)), expected, "{path} {size}");
    }
    let none = Tile { level: 0, number: 0, width: 0 };
    assert!(!none.is_within(TreeSize(9)));
    let beyond = Tile { level: 0, number: u64::MAX, width: 1 };
    assert!(!beyond.is_within(TreeSize(u64::MAX)));
}

#[test]
fn notes() {
    let line = log().signature("text\n").to_string();
    let good = format!("text\n\n{line}\n");
    assert!(SignedNote::parse(&good).is_ok());
    for bad in [
        String::new(),
        "\n".into(),
        "text\n".into(),
        "text\n\n".into(),
        format!("text\n{line}\n"),
        format!("text\n\n{line}"),
        format!("text\n\n{line}\n\n"),
        format!("text\n\n{line}\nmore\n"),
        format!("text\n\n{line} \n"),
        format!("text\r\n\n{line}\n"),
        format!("text\0\n\n{line}\n"),
        good.replace("— ", "- "),
        good.replace("— ", "—"),
        good.replace("— ", "—  "),
        good.replace(LOG, ""),
        good.replace(LOG, "a+b"),
        good.replace(LOG, "a\u{3000}b"),
        "text\n\n— a AAAAAA==\n".into(), // a key id, but no signature
        "text\n\n— a AAAAAAA\n".into(),
        "text\n\n— a\n".into(),
        format!("{}\n\n{line}\n", "long".repeat(300_000)),
    ] {
        assert!(SignedNote::parse(&bad).is_err(), "{bad:.200}");
    }
    let many = |count: usize| format!("text\n\n{}", format!("{line}\n").repeat(count));
    assert!(SignedNote::parse(&many(NOTE_SIGNATURES_MAX)).is_ok());
    let (count, max) = (NOTE_SIGNATURES_MAX + 1, NOTE_SIGNATURES_MAX);
    assert_eq!(SignedNote::parse(&many(count)), Err(ProofError::TooManySignatures { count, max }));
}

/// Text and signatures part at the last empty line: an earlier one belongs to the text.
#[test]
fn note_text_may_hold_a_signed_note() {
    let inner = log().sign("inner\n");
    let outer = SignedNote::parse(&log().sign(&inner)).unwrap();
    assert_eq!(outer.text(), inner);
    assert_eq!(outer.signatures().len(), 1);
}

/// Who signed decides, and one wrong line of a known key spoils the note whatever stands beside.
#[test]
fn note_signers() {
    let other = Signer::from_seed("other.example", [9; 32]).unwrap();
    // The same name with another key: another key id, so unknown.
    let namesake = Signer::from_seed(LOG, [8; 32]).unwrap();
    let text = "text\n";
    let keys = [log().verifier(), other.verifier()];
    let wrong = log().signature("another text\n");
    let id = log().verifier().key_id();
    let check = |lines: &[String], expected: Result<Vec<&str>, ProofError>| {
        let note = format!("{text}\n{}\n", lines.join("\n"));
        let signed = SignedNote::parse(&note).unwrap();
        let names = signed.verify(&keys).map(|keys| keys.iter().map(|key| key.name()).collect());
        assert_eq!(names, expected, "{note}");
    };
    let [by_log, by_other, by_namesake] =
        [&log(), &other, &namesake].map(|signer| signer.signature(text).to_string());
    let bad = Err(ProofError::BadSignature { name: LOG.into(), key_id: id });
    check(std::slice::from_ref(&by_log), Ok(vec![LOG]));
    check(&[by_other.clone(), by_log.clone()], Ok(vec!["other.example", LOG]));
    check(&[by_log.clone(), by_log.clone()], Ok(vec![LOG]));
    check(&[by_namesake.clone(), by_log.clone()], Ok(vec![LOG]));
    check(&[by_namesake], Err(ProofError::NoKnownSignature { names: vec![LOG.into()] }));
    check(&[wrong.to_string()], bad.clone());
    check(&[by_other.clone(), wrong.to_string()], bad.clone());
    check(&[wrong.to_string(), by_log.clone(), by_other], bad);
    assert!(SignedNote::parse(&format!("{text}\n{by_log}\n")).unwrap().verify(&[]).is_err());
}

#[test]
fn checkpoints() {
    let root = hash_leaf(b"").to_string();
    let good = format!("log\n7\n{root}\n");
    assert_eq!(Checkpoint::parse(&good).unwrap().text(), good);
    let extended = format!("{good}an extension\nanother\n");
    assert_eq!(Checkpoint::parse(&extended).unwrap().text(), good);
    for bad in [
        String::new(),
        "\n".into(),
        format!("log\n7\n{root}"),
        format!("\n7\n{root}\n"),
        format!("log\n07\n{root}\n"),
        format!("log\n-7\n{root}\n"),
        format!("log\n+7\n{root}\n"),
        format!("log\n 7\n{root}\n"),
        format!("log\n18446744073709551616\n{root}\n"),
        format!("log\n7\n{}\n", &root[1..]),
        format!("log\n7\n{root} \n"),
        format!("log\n7\n\n{root}\n"),
        "log\n7\n".into(),
        format!("{good}\n"),
        format!("{good}\nan extension\n"),
        format!("lo\tg\n7\n{root}\n"),
    ] {
        assert!(Checkpoint::parse(&bad).is_err(), "{bad:?}");
    }
}

/// A checkpoint is the log's word only under the log's name and with a log's key.
#[test]
fn checkpoint_signers() {
    let (tree, note, [log_key, witness_key]) = signed_tree(5);
    let signed = SignedCheckpoint::verify(&note, std::slice::from_ref(&log_key)).unwrap();
    assert_eq!(signed.checkpoint, tree.checkpoint(LOG));
    assert_eq!(signed.signed_by, std::slice::from_ref(&log_key));

    // Another log's key signing this origin, a witness alone, a witness of the log's name.
    let not_logs = ProofError::NotTheLogsKey { origin: LOG.into() };
    let text = tree.checkpoint(LOG).text();
    let other = Signer::from_seed("other.example", [9; 32]).unwrap();
    let namesake = Cosigner::from_seed(LOG, [9; 32]).unwrap();
    let by_namesake = format!("{text}\n{}\n", namesake.cosign(&text, 1).unwrap());
    for (note, key) in [
        (other.sign(&text), other.verifier()),
        (note.clone(), witness_key.clone()),
        (by_namesake, namesake.verifier()),
    ] {
        assert_eq!(SignedCheckpoint::verify(&note, &[key]), Err(not_logs.clone()));
    }

    // A cosigner that is known must be right; one that is not known is passed over.
    let keys = [log_key, witness_key];
    let altered = note.replace("— witness.example/w1 ", "— witness.example/w2 ");
    assert!(
        SignedCheckpoint::verify(&altered, &keys).unwrap().cosignatures(&keys).unwrap().is_empty()
    );
    let line = note.lines().last().unwrap();
    let flipped = witness().cosign("other\n", 7).unwrap().to_string();
    let spoiled = note.replace(line, &flipped);
    let bad = ProofError::BadSignature { name: keys[1].name().into(), key_id: keys[1].key_id() };
    assert_eq!(SignedCheckpoint::verify(&spoiled, &keys), Err(bad.clone()));
    let signed = SignedCheckpoint::verify(&spoiled, &keys[..1]).unwrap();
    assert_eq!(signed.cosignatures(&keys), Err(bad));
}

#[test]
fn bundles() {
    let (tree, note, keys) = signed_tree(5);
    let good = tree.bundle(LeafIndex(3), note).text();
    assert!(ProofBundle::parse(&good).is_ok());
    let spoil = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    for bad in [
        String::new(),
        good[1..].into(),
        format!("\n{good}"),
        spoil("@v1", "@v2"),
        spoil("index 3", "index 03"),
        spoil("index 3", "index"),
        spoil("index 3", "index -3"),
        spoil("index 3\n", ""),
        spoil("index 3", "extra\nindex 3"),
        spoil("index 3", "extra !\nindex 3"),
        spoil("index 3", "extra YQ\nindex 3"),
        spoil("index 3", "extra YQ==\nextra YQ==\nindex 3"),
        spoil("index 3", "index 3\nextra YQ=="),
        spoil("index 3\n", "index 3\nshort\n"),
        spoil("\n\n", "\n"),
        spoil("\n\n", "\n\n\n"),
        spoil("\nlog.example/audit\n5\n", "\nlog.example/audit\n\n"),
        spoil("index 3\n", &format!("index 3\n{}", format!("{}\n", keys_hash()).repeat(61))),
        good.trim_end().into(),
        format!("{good}{good}"),
        good.clone() + "\n",
        good.replace('\n', "\r\n"),
    ] {
        assert!(ProofBundle::parse(&bad).is_err(), "{bad}");
    }
    let bad_second = format!("{good}{}", spoil("index 3", "index"));
    assert!(ProofBundle::parse_all(&bad_second).is_err());
    assert!(ProofBundle::parse_all("").is_err());
    // Of another index, or with the checkpoint of another tree, it proves nothing.
    let leaf = hash_leaf(b"leaf 3");
    let bundle = ProofBundle::parse(&good).unwrap();
    assert!(bundle.verify(&leaf, &keys).is_ok());
    assert!(ProofBundle { index: LeafIndex(2), ..bundle.clone() }.verify(&leaf, &keys).is_err());
    let (_, later, _) = signed_tree(9);
    assert!(ProofBundle { note: later, ..bundle }.verify(&leaf, &keys).is_err());
}

fn keys_hash() -> Hash {
    hash_leaf(b"any")
}

/// A policy in which `W1`, `W2`, `W3` and `LOG` stand for vkeys.
fn policy(text: &str) -> Result<Policy, ProofError> {
    let key = |i: u8| Cosigner::from_seed(&format!("w{i}.example"), [i; 32]).unwrap().verifier();
    let mut text = text.replace("LOG", &log().verifier().to_string());
    for i in 1..=3 {
        text = text.replace(&format!("W{i}"), &key(i).to_string());
    }
    Policy::parse(&text)
}

#[test]
fn policies() {
    let three = "witness a W1\nwitness b W2\nwitness c W3\n";
    for (bad, line) in [
        ("", 0),
        ("log LOG\n", 0),
        ("quorum none\nquorum none\n", 2),
        ("quorum a\nwitness a W1\n", 1),
        ("quorum\n", 1),
        ("quorum none x\n", 1),
        ("log LOG\nlog LOG\nquorum none\n", 2),
        ("log LOG url more\nquorum none\n", 1),
        ("log W1\nquorum none\n", 1),
        ("witness a LOG\nquorum none\n", 1),
        ("witness a W1\nwitness b W1\nquorum none\n", 2),
        ("witness a W1\nwitness a W2\nquorum none\n", 2),
        ("witness none W1\nquorum none\n", 1),
        ("witness a W1\ngroup a any a\nquorum none\n", 2),
        ("witness a W1\ngroup none any a\nquorum none\n", 2),
        ("group g any a\nquorum none\n", 1),
        ("group g any g\nquorum none\n", 1),
        (&format!("{three}group g any none\nquorum g\n"), 4),
        (&format!("{three}group g any\nquorum g\n"), 4),
        (&format!("{three}group g 0 a b\nquorum g\n"), 4),
        (&format!("{three}group g 3 a b\nquorum g\n"), 4),
        (&format!("{three}group g 02 a b\nquorum g\n"), 4),
        (&format!("{three}group g ALL a b\nquorum g\n"), 4),
        (&format!("{three}group g any a a\nquorum g\n"), 4),
        (&format!("{three}group g any a b\ngroup h any b c\nquorum h\n"), 5),
        ("Quorum none\n", 1),
        ("quorum none\r\n", 1),
        ("quorum\u{a0}none\n", 1),
        ("quorum none # all of them\n", 1),
    ] {
        match policy(bad) {
            Err(ProofError::Policy { line: found, .. }) => assert_eq!(found, line, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
    }
    assert_eq!(
        policy("\nlog x\nquorum none").unwrap_err(),
        ProofError::PolicyKey { line: 2, source: Box::new(ProofError::Vkey) }
    );
    assert!(policy("\t# comment\n \n  log\tLOG  \n\twitness é W1 https://w/#x\nquorum é").is_ok());
}

/// Which sets of witnesses are enough.
#[test]
fn quorums() {
    let three = "log LOG\nwitness a W1\nwitness b W2\nwitness c W3\n";
    let (tree, _, _) = signed_tree(5);
    let text = tree.checkpoint(LOG).text();
    let check = |rule: &str, expected: [bool; 8]| {
        let policy = policy(&format!("{three}{rule}\n")).unwrap();
        let found = std::array::from_fn(|set| {
            let mut note = SignedNote::parse(&log().sign(&text)).unwrap();
            for i in (1..=3_u8).filter(|i| set >> (i - 1) & 1 == 1) {
                let witness = Cosigner::from_seed(&format!("w{i}.example"), [i; 32]).unwrap();
                note.push(witness.cosign(&text, 1).unwrap()).unwrap();
            }
            policy.verify(&note.to_string(), &[]).is_ok()
        });
        assert_eq!(found, expected, "{rule}");
    };
    let [no, yes] = [false, true];
    check("quorum none", [yes; 8]);
    check("quorum b", [no, no, yes, yes, no, no, yes, yes]);
    check("group g any a b c\nquorum g", [no, yes, yes, yes, yes, yes, yes, yes]);
    check("group g all a b c\nquorum g", [no, no, no, no, no, no, no, yes]);
    check("group g 2 a b c\nquorum g", [no, no, no, yes, no, yes, yes, yes]);
    check("group g any a b\ngroup h all g c\nquorum h", [no, no, no, no, no, yes, yes, yes]);

    // A log's own signature is demanded whatever the witnesses say.
    let no_log = policy("witness a W1\nquorum none\n").unwrap();
    assert!(no_log.verify(&log().sign(&text), &[]).is_err());
    assert!(no_log.verify(&log().sign(&text), &[log().verifier()]).is_ok());
    let wants_a = policy("log LOG\nwitness a W1\nquorum a\n").unwrap();
    assert_eq!(
        wants_a.verify(&log().sign(&text), &[]),
        Err(ProofError::QuorumNotMet { quorum: "a".into(), cosigned: vec![] })
    );
    assert_eq!(wants_a.logs()[0].verifier, log().verifier());
    assert_eq!(wants_a.witnesses()[0].name, "a");
}

/// A key of small order verifies anything: it must not even become a `Verifier`.
#[test]
fn keys() {
    let mut identity = [0; 32];
    identity[0] = 1;
    for key in [[0; 32], identity] {
        let expected = ProofError::PublicKey { name: "weak".into() };
        assert_eq!(Verifier::ed25519("weak", key), Err(expected));
    }
    for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\0b", "a\u{7f}b"] {
        let expected = ProofError::KeyName { name: name.into() };
        assert_eq!(Signer::from_seed(name, [1; 32]).unwrap_err(), expected);
    }
    let vkey = log().verifier().to_string();
    assert_eq!(Verifier::parse(&vkey.to_uppercase()), Err(ProofError::Vkey));
    let renamed = vkey.replace("audit", "other");
    assert!(matches!(Verifier::parse(&renamed), Err(ProofError::KeyId { .. })));
    let secret = log().encode();
    assert!(Signer::parse(&secret.replace("audit", "other")).is_err());
    assert!(Signer::parse(&vkey).is_err());
    assert!(!format!("{:?}", log()).contains(&secret[secret.len() - 20..]));
}
