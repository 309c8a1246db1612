//! A witness: cosigns checkpoints of logs it knows, and only what extends what it cosigned.
//!
//! Its whole memory is one small file a log, the last cosigned checkpoint, on disk before the
//! cosignature leaves; so no crash makes it cosign two histories. What may be cosigned is decided
//! in the crate `proof`. It does not fetch anything and trusts no log's word but the proof.

mod http;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use annals_ledger::disk::{Disk, Mode, Real};
use annals_ledger::{Clock, SystemClock};
use annals_proof::{
    AddCheckpoint, Checkpoint, Cosigner, ProofError, Refusal, SignedNote, Verifier, origin_hash,
};

use crate::keep;

pub use http::serve_witness;

const KEY: &str = "key";
const LOCK: &str = "lock";
const NANOS_A_SECOND: i64 = 1_000_000_000;

/// Why a witness cannot work, or cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// A file of its folder cannot be used.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file of its folder was altered: then it must not cosign.
    #[error("{} is not what this witness wrote; restore it, never delete it", path.display())]
    Altered {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: ProofError,
    },
    /// The name of its key is not one.
    #[error("the witness cannot have this name")]
    Name(#[source] ProofError),
    /// The system gave no random bytes.
    #[error("the system's random source failed")]
    Random(#[source] getrandom::Error),
    /// The address is taken or not ours.
    #[error("cannot listen on {listen}")]
    Listen {
        /// The address.
        listen: std::net::SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// The answer to a request.
pub(crate) enum Answer {
    /// The cosignature line, with its newline.
    Cosigned(String),
    /// Why not.
    Refused(Refusal),
}

/// A witness with its key and its memory.
pub struct Witness {
    folder: PathBuf,
    key: Cosigner,
    logs: Vec<Verifier>,
    /// Held from looking at the memory until it is written.
    deciding: Mutex<()>,
    /// Two witnesses on one folder would cosign two histories.
    _lock: Box<dyn Send + Sync>,
}

impl Witness {
    /// Opens the folder; at first start makes it, and a key of this name (or a generated one).
    ///
    /// # Errors
    /// When the folder cannot be used, is in use, or holds a key that is none.
    pub fn open(
        folder: &Path,
        name: Option<&str>,
        logs: Vec<Verifier>,
    ) -> Result<Self, WitnessError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| WitnessError::File { path, source }
        };
        Real.create_folder(folder).map_err(at(folder))?;
        let lock = folder.join(LOCK);
        let lock = Real.lock(&lock).map_err(at(&lock))?;
        let path = folder.join(KEY);
        let key = match keep::read(&Real, &path).map_err(at(&path))? {
            Some(text) => Cosigner::parse(text.trim())
                .map_err(|source| WitnessError::Altered { path, source })?,
            None => {
                let key = new_key(name)?;
                let text = format!("{}\n", key.encode());
                keep::replace(&Real, &path, text.as_bytes(), Mode::CreatePrivate)
                    .map_err(at(&path))?;
                key
            }
        };
        let folder = folder.to_owned();
        Ok(Self { folder, key, logs, deciding: Mutex::new(()), _lock: lock })
    }

    /// The key by which others check its cosignatures.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.key.verifier()
    }

    /// The last cosigned checkpoint of the log whose origin has this hash.
    pub(crate) fn last(&self, hash: &str) -> Result<Option<SignedNote>, WitnessError> {
        let path = self.folder.join(hash);
        let text = keep::read(&Real, &path)
            .map_err(|source| WitnessError::File { path: path.clone(), source })?;
        let Some(text) = text else { return Ok(None) };
        let altered = |source| WitnessError::Altered { path, source };
        let note = match SignedNote::parse(&text) {
            Ok(note) => note,
            Err(source) => return Err(altered(source)),
        };
        match note.verify(&[self.verifier()]) {
            Ok(_) => Ok(Some(note)),
            Err(source) => Err(altered(source)),
        }
    }

    /// Decides on a request and remembers what it cosigns. Blocks until that is on disk.
    pub(crate) fn add(&self, body: &str) -> Result<Answer, WitnessError> {
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(error) => return Ok(Answer::Refused(Refusal::Malformed(error))),
        };
        let hash = match request.origin() {
            Ok(origin) => origin_hash(&origin),
            Err(error) => return Ok(Answer::Refused(Refusal::Malformed(error))),
        };
        let path = self.folder.join(&hash);
        let altered = |source| WitnessError::Altered { path: path.clone(), source };
        let _deciding = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
        let last = self.last(&hash)?;
        let last = last.map(|note| Checkpoint::parse(note.text())).transpose().map_err(altered)?;
        let mut note = match request.decide(&self.logs, last.as_ref()) {
            Ok(consistent) => consistent.note,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let seconds = SystemClock.now().nanos() / NANOS_A_SECOND;
        let cosigned = self
            .key
            .cosign(note.text(), u64::try_from(seconds).unwrap_or(0).max(1))
            .and_then(|line| note.push(line.clone()).map(|()| line));
        let line = match cosigned {
            Ok(line) => line,
            Err(error) => return Ok(Answer::Refused(Refusal::Malformed(error))),
        };
        keep::replace(&Real, &path, note.to_string().as_bytes(), Mode::CreatePrivate)
            .map_err(|source| WitnessError::File { path, source })?;
        Ok(Answer::Cosigned(format!("{line}\n")))
    }
}

fn new_key(name: Option<&str>) -> Result<Cosigner, WitnessError> {
    let mut random = [0; 36];
    getrandom::fill(&mut random).map_err(WitnessError::Random)?;
    let (seed, tail) = random.split_at(32);
    let generated = || {
        let tail: String = tail.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("annals.local/witness-{tail}")
    };
    let name = name.map_or_else(generated, str::to_owned);
    let mut key = [0; 32];
    key.copy_from_slice(seed);
    Cosigner::from_seed(&name, key).map_err(WitnessError::Name)
}
