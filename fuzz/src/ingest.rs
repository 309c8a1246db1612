//! What must hold for any body of a request: its events stand in it, in order and apart.
//!
//! The files are taken from the server one by one, so that a target needs none of its libraries.

#[path = "../../crates/server/src/ingest/limits.rs"]
#[allow(dead_code)]
mod limits;
#[path = "../../crates/server/src/ingest/lines.rs"]
#[allow(dead_code)]
mod lines;
#[path = "../../crates/server/src/ingest/outcome.rs"]
#[allow(dead_code)]
mod outcome;

use lines::Form;

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target.
pub const BODIES: [(&str, Body); 1] = [("ingest_split", split)];

/// However a body is read, each event is a part of it, not empty, behind the one before.
pub fn split(data: &[u8]) {
    for form in [Form::Lines, Form::Document, Form::ByContent] {
        let Ok(split) = lines::split(data, form) else { continue };
        assert!(!split.items.is_empty());
        let (mut end, mut line) = (0, 0);
        for item in &split.items {
            let start = item.text.as_ptr() as usize - data.as_ptr() as usize;
            assert!(start >= end && start + item.text.len() <= data.len());
            assert!(item.line > line && !item.text.is_empty());
            (end, line) = (start + item.text.len(), item.line);
        }
    }
}
