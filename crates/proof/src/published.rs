//! Checkpoints kept outside: several notes in one text, and a note on one line of a log.
//!
//! A line of a log holds a word of its own, origin and size for people, and the whole note in
//! base64, because logs mangle newlines and what is not ASCII. Whatever stands before the word
//! (a syslog header, a journal's prefix) is passed over. Nothing is verified here: what comes out
//! is text that somebody kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::Checkpoint;
use crate::error::ProofError;
use crate::note::SignedNote;
use crate::signature::NoteSignature;

/// What marks a line that holds a checkpoint.
const WORD: &str = "annals-checkpoint";

/// The note of a checkpoint on one line: `annals-checkpoint <origin> <size> <base64 of the note>`.
///
/// # Errors
/// Those of [`SignedNote::parse`] and [`Checkpoint::parse`].
pub fn checkpoint_line(note: &str) -> Result<String, ProofError> {
    let Checkpoint { origin, size, .. } = Checkpoint::parse(SignedNote::parse(note)?.text())?;
    Ok(format!("{WORD} {origin} {size} {}", STANDARD.encode(note)))
}

/// The notes that a text holds, in its order: those on lines made by [`checkpoint_line`], if it
/// has any, whatever else stands there; otherwise all of the text, as notes one after the other.
///
/// # Errors
/// [`ProofError::CheckpointLine`]. What stands where a note should is given back as it is:
/// [`SignedNote::parse`] will say what is wrong with it.
pub fn notes_in(text: &str) -> Result<Vec<String>, ProofError> {
    let mut on_lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some((_, rest)) = line.split_once(&format!("{WORD} ")) {
            let note = note_on(rest).ok_or(ProofError::CheckpointLine { line: number + 1 })?;
            on_lines.push(note);
        }
    }
    Ok(if on_lines.is_empty() { split(text) } else { on_lines })
}

/// The note from what follows the word: the first thing after the size.
fn note_on(rest: &str) -> Option<String> {
    let blob = rest.split_ascii_whitespace().nth(2)?;
    String::from_utf8(STANDARD.decode(blob).ok()?).ok()
}

/// A note ends with its signature lines: what follows them is the next.
fn split(text: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = String::new();
    let mut in_signatures = false;
    for line in text.split_inclusive('\n') {
        let is_signature = NoteSignature::starts(line);
        if in_signatures && !is_signature {
            notes.push(std::mem::take(&mut note));
        }
        in_signatures = is_signature;
        if !(note.is_empty() && line.trim().is_empty()) {
            note += line;
        }
    }
    notes.extend(Some(note).filter(|note| !note.is_empty()));
    notes
}
