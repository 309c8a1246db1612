//! What goes to stdout: the answer and nothing else, flushed; a reader that went away is no error.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::exit::Exit;

/// Prints one line of the answer.
pub(crate) fn line(text: &str) -> Result<(), Exit> {
    let mut out = std::io::stdout().lock();
    let done = writeln!(out, "{text}").and_then(|()| out.flush());
    settle(done)
}

/// Prints the answer as one line of JSON.
pub(crate) fn json(answer: &impl Serialize) -> Result<(), Exit> {
    let text = serde_json::to_string(answer)
        .map_err(|error| Exit::fault("cannot print the answer as JSON", &error))?;
    line(&text)
}

/// True if a list is to be NDJSON: asked for, or going into a pipe or a file.
pub(crate) fn is_ndjson(asked: bool) -> bool {
    asked || !std::io::stdout().is_terminal()
}

/// Nothing more can be said to a closed pipe (`annals … | head`): that ends the work, well.
pub(crate) fn settle(done: std::io::Result<()>) -> Result<(), Exit> {
    match done {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Exit::fault("cannot write to standard output", &error)),
        Ok(()) => Ok(()),
    }
}

/// A hint, a warning or a one-time word, on stderr; who does not read it misses nothing asked for.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
