//! Asking the witnesses of `[[witness]]` to cosign the newest checkpoint (c2sp.org/tlog-witness),
//! and what they cosigned.
//!
//! A round asks all at once for the same head, so that their lines stand under one note. Nobody
//! waits for it: an acknowledgement carries the log's own signature. The newest cosigned note is
//! kept in `DIR/cosigned`, for proofs and for `annals verify --policy`; losing it loses nothing
//! that the next round does not bring back.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use annals_api::wire::status::DeliveryStatus;
use annals_ledger::disk::{Mode, Real};
use annals_ledger::{Head, LedgerError, LedgerReader};
use annals_proof::{
    AddCheckpoint, ConsistencyProof, KeyType, NoteSignature, ProofError, SignedCheckpoint,
    SignedNote, TreeSize, Verifier, cosignature_in, parse_size,
};
use hyper::{StatusCode, Uri};
use tokio::task::JoinSet;

use super::connect::{ConnectError, Connector, parse_url, refused, request};
use super::delivery::Delivery;
use crate::config::{self, ConfigError};
use crate::keep;

/// The newest cosigned checkpoint, in the data folder.
const COSIGNED: &str = "cosigned";
/// Requests to one witness in one round: it says what it has, and is asked again.
const REQUESTS_MAX: usize = 3;
/// Time for one witness in one round, seconds.
const ATTEMPT_SECONDS_MAX: u64 = 10;
/// How long a note with more cosignatures is preferred to a newer one with fewer.
const PREFERRED: Duration = Duration::from_secs(60);

/// Why a witness did not cosign.
#[derive(Debug, thiserror::Error)]
enum WitnessFault {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("the ledger cannot prove its growth")]
    Ledger(#[from] LedgerError),
    #[error("what it answers is no cosignature of its own")]
    Answer(#[from] ProofError),
    #[error(
        "ROLLED BACK: it has cosigned {cosigned} events of this log, only {here} are here; an \
         older copy of the folder is in use, or another server signs with this key"
    )]
    RolledBack { cosigned: u64, here: u64 },
    #[error(
        "FORKED: what it has cosigned, {cosigned} events, is not the beginning of this log \
         ({answer})"
    )]
    Forked { cosigned: u64, answer: String },
    #[error("it changes its mind about what it cosigned last")]
    Fickle,
}

/// A witness as it is asked.
struct Remote {
    key: Verifier,
    uri: Uri,
    connector: Connector,
    delivery: Delivery,
    /// Leaves under the last checkpoint it cosigned; 0 until it has said.
    last: AtomicU64,
}

/// The witnesses and what they cosigned.
pub(super) struct Witnesses {
    reader: LedgerReader,
    remotes: Vec<Arc<Remote>>,
    file: PathBuf,
    /// One round at a time: the head it is about, and the line of each witness.
    round: tokio::sync::Mutex<Option<(Head, Vec<Option<NoteSignature>>)>>,
    cosigned: Mutex<Option<Cosigned>>,
}

#[derive(Clone)]
struct Cosigned {
    head: Head,
    lines: usize,
    at: Instant,
}

/// The newest cosigned checkpoint of the data folder, if it has one; nothing verified.
///
/// # Errors
/// If it cannot be read.
pub fn cosigned_note(data: &Path) -> std::io::Result<Option<String>> {
    keep::read(&Real, &data.join(COSIGNED))
}

impl Witnesses {
    /// From the configuration.
    pub(super) fn new(config: &config::Config, reader: LedgerReader) -> Result<Self, ConfigError> {
        let remotes = config.witness.iter().map(|witness| Remote::new(witness).map(Arc::new));
        let remotes = remotes.collect::<Result<Vec<_>, _>>()?;
        let witnesses = Self {
            file: config.data.join(COSIGNED),
            round: tokio::sync::Mutex::default(),
            cosigned: Mutex::default(),
            reader,
            remotes,
        };
        *witnesses.cosigned() = witnesses.load(&config.data);
        Ok(witnesses)
    }

    /// What was cosigned before the last stop, if it still is of this log.
    fn load(&self, data: &Path) -> Option<Cosigned> {
        if self.remotes.is_empty() {
            return None;
        }
        let note = cosigned_note(data).ok().flatten()?;
        let keys: Vec<Verifier> = self.reader.verifiers();
        let signed = SignedCheckpoint::verify(&note, &keys).ok()?;
        let (size, root) = (signed.checkpoint.size, signed.checkpoint.root);
        let lines = SignedNote::parse(&note).ok()?.signatures().len();
        let head = Head { size, root, note: note.into() };
        let is_here = size <= self.reader.head().size;
        // As if cosigned now: there is a while to get a newer one.
        is_here.then(|| Cosigned { head, lines, at: Instant::now() })
    }

    /// The head to prove `index` under: the cosigned one if that has it.
    pub(super) fn head_with(&self, index: u64) -> Head {
        let cosigned = self.cosigned().as_ref().map(|cosigned| cosigned.head.clone());
        cosigned.filter(|head| index < head.size.0).unwrap_or_else(|| self.reader.head())
    }

    /// The checkpoint to show: the newest cosigned one; the newest of all where there is no
    /// witness, or none has answered for a while.
    pub(super) fn served(&self) -> Head {
        let newest = self.reader.head();
        let cosigned = self.cosigned().clone();
        let shown = cosigned.filter(|cosigned| {
            cosigned.head.size == newest.size || cosigned.at.elapsed() < PREFERRED
        });
        shown.map_or(newest, |cosigned| cosigned.head)
    }

    /// The newest checkpoint, with the witnesses' lines if they have cosigned that one.
    pub(super) fn newest(&self) -> Head {
        self.head_with(self.reader.head().size.0.saturating_sub(1))
    }

    pub(super) fn statuses(&self) -> Vec<DeliveryStatus> {
        self.remotes.iter().map(|remote| remote.delivery.status()).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.remotes.is_empty()
    }

    /// Asks whoever has not cosigned the newest checkpoint, all at once.
    pub(super) async fn round(&self) {
        let mut round = self.round.lock().await;
        let head = self.reader.head();
        let known = round.take().filter(|(known, _)| known.note == head.note);
        let mut lines = known.map_or_else(|| vec![None; self.remotes.len()], |(_, lines)| lines);
        let mut asked = JoinSet::new();
        for (place, remote) in self.remotes.iter().enumerate() {
            if lines[place].is_none() {
                let (remote, reader, head) = (remote.clone(), self.reader.clone(), head.clone());
                asked.spawn(async move { (place, remote.ask(&reader, &head).await) });
            } else {
                remote.delivery.arrived(head.size.0);
            }
        }
        let is_new = !asked.is_empty();
        while let Some(Ok((place, line))) = asked.join_next().await {
            lines[place] = line;
        }
        if is_new {
            self.adopt(&head, &lines).await;
        }
        *round = Some((head, lines));
    }

    /// Shows the note with these lines from now on, unless a better one is shown.
    async fn adopt(&self, head: &Head, lines: &[Option<NoteSignature>]) {
        let Ok(mut note) = SignedNote::parse(&head.note) else { return };
        for line in lines.iter().flatten() {
            // A note has room for more lines than anybody has witnesses.
            let _ = note.push(line.clone());
        }
        let count = note.signatures().len();
        if lines.iter().all(Option::is_none) {
            return;
        }
        let head = Head { note: note.to_string().into(), ..head.clone() };
        {
            let mut cosigned = self.cosigned();
            let keep = cosigned.as_ref().is_some_and(|kept| {
                kept.lines > count && kept.at.elapsed() < PREFERRED && kept.head.size < head.size
            });
            if keep {
                return;
            }
            *cosigned = Some(Cosigned { head: head.clone(), lines: count, at: Instant::now() });
        }
        let file = self.file.clone();
        let kept = tokio::task::spawn_blocking(move || {
            keep::replace(&Real, &file, head.note.as_bytes(), Mode::Create)
        });
        if let Ok(Err(error)) = kept.await {
            tracing::warn!(%error, "the cosigned checkpoint cannot be kept");
        }
    }

    fn cosigned(&self) -> MutexGuard<'_, Option<Cosigned>> {
        self.cosigned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remote {
    fn new(config: &config::Witness) -> Result<Self, ConfigError> {
        type Cause = Box<dyn std::error::Error + Send + Sync>;
        let unfit = |source: Cause| ConfigError::Outside { section: "witness", source };
        let key = Verifier::parse(config.vkey.trim()).map_err(|error| unfit(error.into()))?;
        if key.key_type() != KeyType::CosignatureV1 {
            let name = key.name();
            return Err(unfit(format!("vkey of {name}: a witness's key has type 0x04").into()));
        }
        let url = format!("{}/add-checkpoint", config.url.trim_end_matches('/'));
        let uri = parse_url(&url).map_err(|error| unfit(error.into()))?;
        let connector =
            Connector::new(config.ca.as_deref()).map_err(|error| unfit(error.into()))?;
        let delivery = Delivery::new(key.name().to_owned());
        Ok(Self { key, uri, connector, delivery, last: AtomicU64::new(0) })
    }

    /// Its line for this head; none if it did not give one: its state says why.
    async fn ask(&self, reader: &LedgerReader, head: &Head) -> Option<NoteSignature> {
        let limit = Duration::from_secs(ATTEMPT_SECONDS_MAX);
        let late = ConnectError::TimedOut { seconds: ATTEMPT_SECONDS_MAX };
        let asked = tokio::time::timeout(limit, self.cosign(reader, head)).await;
        match asked.unwrap_or(Err(WitnessFault::Connect(late))) {
            Ok(line) => {
                self.delivery.arrived(head.size.0);
                Some(line)
            }
            Err(error) => {
                self.delivery.failed(&error);
                None
            }
        }
    }

    async fn cosign(
        &self,
        reader: &LedgerReader,
        head: &Head,
    ) -> Result<NoteSignature, WitnessFault> {
        let text = SignedNote::parse(&head.note)?.text().to_owned();
        for _ in 0..REQUESTS_MAX {
            let old = self.last.load(Ordering::Relaxed);
            let body = add_checkpoint(reader, old, head).await?;
            let request = request("POST", &self.uri, None, body)?;
            let answer = self.connector.send(&self.uri, request).await?;
            let said = String::from_utf8_lossy(answer.body());
            match answer.status() {
                StatusCode::OK => {
                    let line = cosignature_in(&said, &text, &self.key)?;
                    self.last.store(head.size.0, Ordering::Relaxed);
                    return Ok(line);
                }
                StatusCode::CONFLICT => match parse_size(&said) {
                    Some(size) if size > head.size => {
                        let (cosigned, here) = (size.0, head.size.0);
                        return Err(WitnessFault::RolledBack { cosigned, here });
                    }
                    Some(size) if size.0 != old => self.last.store(size.0, Ordering::Relaxed),
                    _ => return Err(WitnessFault::Fickle),
                },
                StatusCode::UNPROCESSABLE_ENTITY => {
                    let answer = said.trim().escape_debug().to_string();
                    return Err(WitnessFault::Forked { cosigned: old, answer });
                }
                _ => return Err(refused(self.delivery.name(), &answer).into()),
            }
        }
        Err(WitnessFault::Fickle)
    }
}

/// The body of a request from what the witness cosigned last.
async fn add_checkpoint(
    reader: &LedgerReader,
    old: u64,
    head: &Head,
) -> Result<String, WitnessFault> {
    let (reader, head) = (reader.clone(), head.clone());
    let built = tokio::task::spawn_blocking(move || {
        let proof = ConsistencyProof::build(TreeSize(old), head.size, &reader)?;
        Ok(AddCheckpoint::new(Some(proof), &head.note).text())
    });
    // A panic in there is one here.
    built.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
