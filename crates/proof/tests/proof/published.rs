//! Checkpoints kept outside come back as they were given, from whatever was put around them.

use annals_proof::{Checkpoint, Cosigner, ProofError, Signer, TreeSize, checkpoint_line, notes_in};
use proptest::prelude::*;

/// A signed note of this size, cosigned or not.
fn note(size: u64, cosigned: bool) -> String {
    let key = Signer::from_seed("log.example/audit", [1; 32]).unwrap();
    let root = annals_proof::hash_leaf(&size.to_be_bytes());
    let checkpoint = Checkpoint { origin: key.name().into(), size: TreeSize(size), root };
    let mut note = key.sign(&checkpoint.text());
    if cosigned {
        let witness = Cosigner::from_seed("witness.example/w1", [2; 32]).unwrap();
        note += &format!("{}\n", witness.cosign(&checkpoint.text(), 7).unwrap());
    }
    note
}

fn check(text: &str, expected: &[String]) {
    assert_eq!(notes_in(text).unwrap(), expected, "{text:?}");
}

// Protects: an auditor reads back exactly what was signed, in files and in logs of many programs.
#[test]
fn notes_come_back() {
    let (one, two) = (note(1, false), note(2, true));
    check("", &[]);
    check("\n \n", &[]);
    check(&one, std::slice::from_ref(&one));
    check(&format!("{one}{two}"), &[one.clone(), two.clone()]);
    check(&format!("\n{two}\n\n{one}\n"), &[two.clone(), one.clone()]);
    check("no note\n", &["no note\n".to_owned()]);
    let log = format!(
        "Nov 22 host sshd[7]: Accepted\n<109>1 2026-11-22T08:30:00Z h annals - - - {}\n\
         {} [tail]\n",
        checkpoint_line(&one).unwrap(),
        checkpoint_line(&two).unwrap(),
    );
    check(&log, &[one, two]);
}

// Protects: a line that was cut on its way is named, not passed over as if nothing had stood there.
#[test]
fn a_cut_line_is_an_error() {
    let line = checkpoint_line(&note(5, false)).unwrap();
    let cut = &line[..line.len() - 3];
    assert_eq!(notes_in(&format!("x\n{cut}\n")), Err(ProofError::CheckpointLine { line: 2 }));
    assert!(checkpoint_line("not a note").is_err());
}

proptest! {
    // Protects: no text makes the reader panic, and any number of notes is taken apart.
    #[test]
    fn any_text_and_any_number(text in "\\PC{0,80}|(— |annals-checkpoint|\n|a){0,20}", count in 0u64..6) {
        let _ = notes_in(&text);
        let notes: Vec<String> = (1..=count).map(|size| note(size, size % 2 == 0)).collect();
        prop_assert_eq!(notes_in(&notes.concat()).unwrap(), notes.clone());
        let lines: Vec<String> = notes.iter().map(|it| checkpoint_line(it).unwrap()).collect();
        if count > 0 {
            prop_assert_eq!(notes_in(&lines.join("\n")).unwrap(), notes);
        }
    }
}
