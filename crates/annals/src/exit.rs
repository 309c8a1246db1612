//! How a command ends: the exit codes of the contract, and the one place that prints an error.
//!
//! A command returns `Result<(), Exit>`; the whole chain of causes is printed once, on stderr.

use std::error::Error;
use std::fmt::Write as _;

/// Why a command did not end with 0.
#[derive(Debug)]
pub(crate) enum Exit {
    /// 1: the answer is "no" (tampered, not found, refused).
    No(String),
    /// 2: wrong usage or configuration.
    Usage(String),
    /// 3: an operating fault (disk, network).
    Fault(String),
}

impl Exit {
    /// An operating fault with its chain of causes.
    pub(crate) fn fault(context: &str, error: &(dyn Error + 'static)) -> Self {
        Self::Fault(format!("{context}: {}", chain(error)))
    }

    /// Wrong usage with its chain of causes.
    pub(crate) fn usage(context: &str, error: &(dyn Error + 'static)) -> Self {
        Self::Usage(format!("{context}: {}", chain(error)))
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::No(_) => 1,
            Self::Usage(_) => 2,
            Self::Fault(_) => 3,
        }
    }

    pub(crate) fn message(&self) -> &str {
        match self {
            Self::No(text) | Self::Usage(text) | Self::Fault(text) => text,
        }
    }
}

/// The error and its causes on one line: each says what it adds, none repeats another.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
