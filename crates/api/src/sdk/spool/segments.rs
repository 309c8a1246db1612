//! The files of a spool's folder: found, checked and cut at a start, made, and deleted once sent.
//!
//! Everything is read once at a start, so that damage is known before anything new is promised.
//! Does not know what items mean, nor threads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::format::{Chain, FIRST_CHAIN, HEADER_BYTES, Header, Next, next_block};
use crate::sdk::SdkError;

const EXTENSION: &str = "spool";
/// Number of the first item that the server has not acknowledged.
const SENT: &str = "sent";

/// One file of items.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// Number of its first item.
    pub(super) first: u64,
    /// What is durable of it.
    pub(super) bytes: u64,
    /// The chain before its first block.
    pub(super) chain: Chain,
}

/// What a folder holds.
#[derive(Debug)]
pub(super) struct Found {
    /// Oldest first; the last is the one that grows. Never empty.
    pub(super) segments: Vec<Segment>,
    /// Number of the next item.
    pub(super) end: u64,
    /// The chain behind the last block.
    pub(super) chain: Chain,
    /// Number of the first item that is not known to be acknowledged.
    pub(super) sent: u64,
}

/// Reads and checks a folder, cuts off a torn write, makes the first segment of a new one.
pub(super) fn open(folder: &Path) -> Result<Found, SdkError> {
    let sent = read_sent(folder)?;
    let paths = paths(folder)?;
    let mut found = Found { segments: Vec::new(), end: sent, chain: FIRST_CHAIN, sent };
    let last = paths.len().saturating_sub(1);
    for (place, path) in paths.into_iter().enumerate() {
        found.check(path, place == last)?;
    }
    if found.segments.is_empty() {
        found.segments.push(create(folder, found.end, found.chain)?);
    }
    found.sent = sent.clamp(found.segments[0].first, found.end);
    Ok(found)
}

impl Found {
    fn check(&mut self, path: PathBuf, is_last: bool) -> Result<(), SdkError> {
        let bytes = fs::read(&path).map_err(|error| SdkError::disk(&path, "read", error))?;
        let damaged = |offset: usize| SdkError::Damaged {
            file: path.clone(),
            offset: u64::try_from(offset).unwrap_or(u64::MAX),
        };
        let Some(header) = Header::parse(&bytes) else {
            // A crash while it was made, before it took anything.
            let is_torn = bytes.len() <= HEADER_BYTES && is_last;
            return match is_torn {
                true => {
                    fs::remove_file(&path).map_err(|error| SdkError::disk(&path, "remove", error))
                }
                false => Err(damaged(0)),
            };
        };
        let follows = header.first == self.end && header.chain == self.chain;
        if !self.segments.is_empty() && !follows {
            return Err(damaged(0));
        }
        let Header { first, chain } = header;
        (self.end, self.chain) = (first, chain);
        let mut at = HEADER_BYTES;
        loop {
            match next_block(&self.chain, &bytes[at..]) {
                Next::Block { items, bytes, chain } => {
                    at += bytes;
                    self.end += items.len() as u64;
                    self.chain = chain;
                }
                Next::End => break,
                Next::Torn if is_last => {
                    cut(&path, at as u64)?;
                    break;
                }
                Next::Torn | Next::Damaged => return Err(damaged(at)),
            }
        }
        self.segments.push(Segment { path, first, bytes: at as u64, chain });
        Ok(())
    }
}

/// A new segment, durable before anything is put into it.
pub(super) fn create(folder: &Path, first: u64, chain: Chain) -> Result<Segment, SdkError> {
    let path = folder.join(format!("{first:020}.{EXTENSION}"));
    let make = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        file.write_all(&Header { first, chain }.to_bytes())?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    };
    make().map_err(|error| SdkError::disk(&path, "make", error))?;
    Ok(Segment { path, first, bytes: HEADER_BYTES as u64, chain })
}

fn cut(path: &Path, bytes: u64) -> Result<(), SdkError> {
    let cut = || -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(bytes)?;
        file.sync_all()
    };
    cut().map_err(|error| SdkError::disk(path, "cut", error))
}

/// The bytes of a segment from `offset` to what is durable.
pub(super) fn read(segment: &Segment, offset: u64) -> Result<Vec<u8>, SdkError> {
    let read = || -> io::Result<Vec<u8>> {
        let size = usize::try_from(segment.bytes - offset).map_err(io::Error::other)?;
        let mut bytes = vec![0; size];
        File::open(&segment.path)?.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    };
    read().map_err(|error| SdkError::disk(&segment.path, "read", error))
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, SdkError> {
    let list = || -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        entries.collect()
    };
    let mut paths = list().map_err(|error| SdkError::disk(folder, "list", error))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
    paths.sort();
    Ok(paths)
}

fn read_sent(folder: &Path) -> Result<u64, SdkError> {
    let path = folder.join(SENT);
    match fs::read_to_string(&path) {
        // Without it all is sent again, and known again by the server.
        Ok(text) => Ok(text.trim().parse().unwrap_or(0)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(SdkError::disk(path, "read", error)),
    }
}

/// Remembers what was acknowledged. Not synced: what is sent again after a crash is no harm.
pub(super) fn write_sent(folder: &Path, sent: u64) -> Result<(), SdkError> {
    let (path, fresh) = (folder.join(SENT), folder.join("sent.new"));
    let write = || -> io::Result<()> {
        fs::write(&fresh, format!("{sent}\n"))?;
        fs::rename(&fresh, &path)
    };
    write().map_err(|error| SdkError::disk(&path, "write", error))
}
