//! The manifest: which files are the index, and up to where they say everything.
//!
//! Replaced as a whole after the files it names are durable, so after a crash the files are those
//! of the old or the new one; what neither names is removed at the next start. It is believed only
//! if it is of this ledger.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use annals_ledger::{LeafIndex, LedgerError, LedgerReader};
use serde::{Deserialize, Serialize};

use crate::error::IndexError;

/// Raised whenever files of an older program would be read wrongly.
const VERSION: u32 = 3;

const MANIFEST: &str = "manifest.json";
const PARTS: &str = "parts";
const TEXTS: &str = "texts";

/// What the index is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) version: u32,
    /// Origin of the ledger's checkpoints.
    pub(super) origin: String,
    /// Hash of the last leaf below `settled`, in hex: the ledger is still the one it was.
    pub(super) last_leaf: String,
    /// Every leaf below it has its row in `parts` or in `refold`.
    pub(super) settled: u64,
    pub(super) parts: Vec<PartFile>,
    pub(super) texts: Vec<TextFile>,
    /// Events below `settled` whose present rows were still in memory: folded anew at a start.
    pub(super) refold: Vec<RefoldRow>,
    /// Erased fields whose values may still be in files.
    pub(super) erasures: Vec<Erasure>,
    /// Leaves that could not be read, and have no row.
    pub(super) lost: Vec<Range<u64>>,
    /// The number of the next file.
    pub(super) next_number: u64,
}

/// A sealed part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartFile {
    /// Its folder in `parts`.
    pub(super) number: u64,
    /// Number of the file that says which of its rows are deleted.
    pub(super) deleted: Option<u64>,
}

/// A file of text filters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TextFile {
    /// Its name in `texts`.
    pub(super) number: u64,
    pub(super) groups: u64,
}

/// An event whose row is folded anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefoldRow {
    pub(super) index: u64,
    pub(super) outcome: Option<u64>,
    pub(super) given_up: bool,
}

/// Fields of one leaf that were erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Erasure {
    pub(super) index: u64,
    pub(super) tags: Vec<u16>,
    /// Positions of the rows that held the values.
    pub(super) rows: Vec<u64>,
    /// The filter of its group was made anew.
    pub(super) is_filtered: bool,
}

/// Where the files of the index are.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder if it is not there.
    pub(super) fn make(dir: &Path) -> Result<Self, IndexError> {
        let folder = Self(dir.to_owned());
        for path in [folder.0.join(PARTS), folder.0.join(TEXTS)] {
            fs::create_dir_all(&path).map_err(file(&path))?;
        }
        Ok(folder)
    }

    pub(super) fn part(&self, number: u64) -> PathBuf {
        self.0.join(PARTS).join(number.to_string())
    }

    pub(super) fn texts(&self) -> PathBuf {
        self.0.join(TEXTS)
    }

    fn deleted(&self, number: u64) -> PathBuf {
        self.0.join(PARTS).join(format!("{number}.deleted"))
    }

    /// Removes whatever is of the index; other files of the folder stay.
    pub(super) fn clear(&self) -> Result<(), IndexError> {
        let manifest = self.0.join(MANIFEST);
        remove(fs::remove_file(&manifest)).map_err(file(&manifest))?;
        self.sweep(&Manifest::default())
    }

    /// Removes the files that `manifest` does not name.
    pub(super) fn sweep(&self, manifest: &Manifest) -> Result<(), IndexError> {
        let parts = manifest.parts.iter().flat_map(|part| {
            let deleted = part.deleted.map(|number| format!("{number}.deleted"));
            [Some(part.number.to_string()), deleted]
        });
        let parts: Vec<String> = parts.flatten().collect();
        let texts: Vec<String> =
            manifest.texts.iter().map(|text| text.number.to_string()).collect();
        for (folder, named) in [(PARTS, parts), (TEXTS, texts)] {
            let folder = self.0.join(folder);
            for entry in fs::read_dir(&folder).map_err(file(&folder))? {
                let entry = entry.map_err(file(&folder))?;
                if named.iter().any(|name| entry.file_name() == **name) {
                    continue;
                }
                let path = entry.path();
                let removed = match entry.file_type().map_err(file(&path))?.is_dir() {
                    true => fs::remove_dir_all(&path),
                    false => fs::remove_file(&path),
                };
                remove(removed).map_err(file(&path))?;
            }
        }
        Ok(())
    }

    /// Bytes of all files of the index.
    pub(super) fn bytes(&self) -> u64 {
        fn bytes_of(path: &Path) -> u64 {
            let Ok(entries) = fs::read_dir(path) else { return 0 };
            let entries = entries.flatten().map(|entry| match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => bytes_of(&entry.path()),
                Ok(metadata) => metadata.len(),
                Err(_) => 0,
            });
            entries.sum()
        }
        [PARTS, TEXTS].iter().map(|folder| bytes_of(&self.0.join(folder))).sum()
    }

    /// Writes a file of text filters; durable when this returns.
    pub(super) fn write_texts(&self, number: u64, bytes: &[u8]) -> Result<(), IndexError> {
        let path = self.texts().join(number.to_string());
        let write = || {
            let mut out = File::create(&path)?;
            out.write_all(bytes)?;
            out.sync_all()?;
            sync_folder(&self.texts())
        };
        write().map_err(file(&path))
    }

    /// Writes which rows of a part are deleted; durable when this returns.
    pub(super) fn write_deleted(&self, number: u64, bytes: &[u8]) -> Result<(), IndexError> {
        let path = self.deleted(number);
        let write = || {
            let mut out = File::create(&path)?;
            out.write_all(bytes)?;
            out.write_all(&crc32c::crc32c(bytes).to_be_bytes())?;
            out.sync_all()
        };
        write().map_err(file(&path))
    }

    /// Reads what `write_deleted` wrote.
    pub(super) fn read_deleted(&self, number: u64) -> Result<Vec<u8>, IndexError> {
        let path = self.deleted(number);
        let bytes = fs::read(&path).map_err(file(&path))?;
        match bytes.split_last_chunk::<4>() {
            Some((body, crc)) if crc32c::crc32c(body).to_be_bytes() == *crc => Ok(body.to_vec()),
            _ => Err(IndexError::Manifest { path, what: "the file is damaged".into() }),
        }
    }

    /// Makes the names of new parts durable.
    pub(super) fn sync_parts(&self) -> Result<(), IndexError> {
        let path = self.0.join(PARTS);
        sync_folder(&path).map_err(file(&path))
    }
}

impl Manifest {
    /// Reads the manifest of a folder: none if there is none, or if it is not of this ledger, which
    /// is logged.
    pub(super) fn load(folder: &Folder, reader: &LedgerReader) -> Result<Option<Self>, IndexError> {
        let path = folder.0.join(MANIFEST);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file(&path)(error)),
        };
        let wrong = |what: String| IndexError::Manifest { path: path.clone(), what };
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        if manifest.version != VERSION {
            return Err(wrong(format!("version {} where {VERSION} is known", manifest.version)));
        }
        let (origin, last_leaf) = identity(reader, manifest.settled)?;
        if manifest.origin != origin {
            return Err(wrong(format!("it is of the ledger {}", manifest.origin)));
        }
        match last_leaf {
            Some(hash) if hash == manifest.last_leaf => Ok(Some(manifest)),
            Some(_) => Err(wrong("the ledger is no longer what it was".into())),
            None => Err(wrong(format!("the ledger ends before leaf {}", manifest.settled))),
        }
    }

    /// Puts this manifest in the place of the one before.
    pub(super) fn save(
        &mut self,
        folder: &Folder,
        reader: &LedgerReader,
    ) -> Result<(), IndexError> {
        self.version = VERSION;
        let (origin, last_leaf) = identity(reader, self.settled)?;
        self.origin = origin;
        self.last_leaf = last_leaf.unwrap_or_default();
        let path = folder.0.join(MANIFEST);
        let write = || {
            let fresh = folder.0.join(format!("{MANIFEST}.tmp"));
            let mut out = File::create(&fresh)?;
            out.write_all(&serde_json::to_vec_pretty(self)?)?;
            out.sync_all()?;
            fs::rename(&fresh, &path)?;
            sync_folder(&folder.0)
        };
        write().map_err(file(&path))
    }
}

/// The origin of a ledger, and the hash of the last leaf below `settled`, if it has one.
fn identity(reader: &LedgerReader, settled: u64) -> Result<(String, Option<String>), LedgerError> {
    let head = reader.head();
    let origin = head.note.lines().next().unwrap_or_default().to_owned();
    let hash = match settled.checked_sub(1) {
        None => Some(String::new()),
        Some(last) if last < head.size.0 => {
            let hash = reader.kept(LeafIndex(last))?.hash();
            Some(hash.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        Some(_) => None,
    };
    Ok((origin, hash))
}

fn file(path: &Path) -> impl Fn(io::Error) -> IndexError {
    move |source| IndexError::File { path: path.to_owned(), source }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// What is not there is as good as removed.
fn remove(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
