//! The sources that are built in: what each kind of log is called, and what all of them can do.
//!
//! A new kind is one file below `source/`, one variant of [`Kind`] and one arm of [`open`].

mod sshd;

use std::str::FromStr;

use annals_record::Record;

use crate::decode::Decoder;
use crate::draft::{Repeat, Stamp};
use crate::error::MapError;
use crate::ids::EventIds;
use crate::place::RawLine;

/// A kind of log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// OpenSSH with PAM and internal-sftp, and `su`.
    Sshd,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Sshd];

    /// The name in configurations and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sshd => "sshd",
        }
    }
}

impl FromStr for Kind {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        Self::ALL.iter().copied().find(|kind| kind.name() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|kind| kind.name()).collect();
            MapError::UnknownKind { kind: text.to_owned(), known: known.join(", ") }
        })
    }
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was understood: it made a record, will be part of one, or says nothing to record.
    Understood,
    /// It is of another program and was not looked at.
    OtherProgram(String),
    /// It is ours and could not be mapped: the reason, for people.
    Unmapped(&'static str),
}

/// Turns the lines of one source into records.
pub trait Source: Send {
    /// Takes the next line. Records it completes are fetched with [`Source::take`].
    fn line(&mut self, raw: &RawLine<'_>) -> Verdict;

    /// No line has come for a while: what waits only for a contradiction is now decided.
    fn settle(&mut self);

    /// No line will come any more: everything that can be told is told.
    fn flush(&mut self);

    /// The records completed since the last call, in the order of the lines that completed them.
    fn take(&mut self) -> Vec<Record<'static>>;

    /// The decoder, to tell it when the file was last written.
    fn decoder(&mut self) -> &mut Decoder;

    /// The state between lines, to be written down.
    ///
    /// # Errors
    /// None that a source built in can meet; a JSON writer can fail.
    fn save(&self) -> Result<serde_json::Value, MapError>;

    /// Takes up a state written down before.
    ///
    /// # Errors
    /// A state of another version.
    fn restore(&mut self, state: &serde_json::Value) -> Result<(), MapError>;
}

/// What a source needs to know.
pub struct Settings {
    /// The source's name: part of ids and of `origin`.
    pub name: String,
    /// 32 bytes of a CSPRNG, the same for the life of the collector.
    pub key: [u8; 32],
    /// How lines are decoded.
    pub decoder: Decoder,
    /// Put into every record, if given.
    pub region: Option<String>,
    /// Put into every record, if given.
    pub stack_id: Option<String>,
}

/// Makes a source of `kind`.
pub fn open(kind: Kind, settings: Settings) -> Box<dyn Source> {
    let Settings { name, key, decoder, region, stack_id } = settings;
    let ids = EventIds::new(&key, &name);
    let repeat = Repeat::default();
    let stamp = Stamp { ids, source: name, kind: kind.name(), region, stack_id, repeat };
    match kind {
        Kind::Sshd => Box::new(sshd::Sshd::new(stamp, decoder)),
    }
}
