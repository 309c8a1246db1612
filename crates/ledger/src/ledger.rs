//! Opening and closing a ledger: the only place that puts its parts together.
//!
//! Order of an open: lock, keys, recovery, identifiers, head signed, threads. Order of a close:
//! no more tickets, what was accepted is committed, threads end, room is given back, the marker
//! `closed` is written last.

use crate::append::Appender;
use crate::array::Arrays;
use crate::clock::{Clock, SystemClock};
use crate::commit::{Committer, sign_head};
use crate::disk::{Disk, Mode, Real};
use crate::draft::Block;
use crate::error::LedgerError;
use crate::follow::{Follower, FollowerHandle};
use crate::frame::FrameBuilder;
use crate::head::{CheckpointFile, Head, HeadCell};
use crate::ids::IdTable;
use crate::keys::{Keys, announced_key, signed_path};
use crate::layout::Layout;
use crate::limits::INGEST_ZSTD_LEVEL;
use crate::options::{FatalHook, Options};
use crate::pool::Pool;
use crate::read::LedgerReader;
use crate::recover::{Recovered, Scene};
use crate::sequencer::Sequencer;
use crate::signer::{HeadSigner, KeySigner, last_signed};
use crate::store::Store;
use annals_proof::{ConsistencyProof, ProofError, SignedNote};
use annals_record::Timestamp;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// A ledger, open for writing. Holds the lock on the folder until it is closed or dropped.
pub struct Ledger {
    store: Arc<Store>,
    pool: Arc<Pool>,
    sequencer: Option<JoinHandle<()>>,
    committer: Option<JoinHandle<Result<Committer, LedgerError>>>,
    follow_pause: Duration,
    _lock: Box<dyn Send + Sync>,
}

impl Ledger {
    /// Opens the ledger in `dir/ledger` with the keys in `dir/keys`, creating both on first use,
    /// and recovers from whatever stopped it last.
    ///
    /// # Errors
    /// `Locked` if another process has it open; `Corrupt` and `RolledBack` if the folder is not
    /// what was acknowledged: then nothing was changed.
    pub fn open(dir: &Path, options: Options) -> Result<Self, LedgerError> {
        Self::open_on(Arc::new(Real), Arc::new(SystemClock), dir, options)
    }

    /// Like `open`, on a disk and with a clock of the caller.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_on(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        dir: &Path,
        options: Options,
    ) -> Result<Self, LedgerError> {
        let layout = Layout::new(dir);
        let lock = prepare_folders(&*disk, &layout)?;
        let mut keys = load_keys(&*disk, &layout, &options)?;
        let arrays = Arrays::new(&disk, &layout, Mode::Create);
        let scene = Scene {
            disk: &*disk,
            layout: &layout,
            arrays: &arrays,
            verifiers: &keys.verifiers,
            signed: last_signed(&*disk, &signed_path(&layout))?,
        };
        let mut recovered = scene.recover()?;
        let size = recovered.frontier.size().0;
        let announced = announced_key(&recovered.segments)?;
        if let Some(next) = keys.next(&*disk, &layout, announced.as_deref())? {
            if recovered.note.is_none() {
                let signer = KeySigner::open(&*disk, &signed_path(&layout), keys.signer.clone())?;
                let note = sign_last(signer, &*disk, &layout, &recovered, &arrays)?;
                recovered.note = Some(note);
            }
            keys.switch(&*disk, &layout, next)?;
        }
        let ids = load_ids(&arrays, size)?;
        Parts { disk, clock, layout, keys, arrays, recovered, ids, lock }.start(options)
    }

    /// Appends to this ledger, from any thread.
    #[must_use]
    pub fn appender(&self) -> Appender {
        Appender::new(Arc::clone(&self.pool))
    }

    /// Reads this ledger, from any thread.
    #[must_use]
    pub fn reader(&self) -> LedgerReader {
        LedgerReader::inside(Arc::clone(&self.store))
    }

    /// Lets a follower ride the log on a thread of its own.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn follow(&self, follower: Box<dyn Follower>) -> Result<FollowerHandle, LedgerError> {
        FollowerHandle::start(self.reader(), follower, self.follow_pause)
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Finishes what was accepted, gives reserved room back and marks the folder as cleanly
    /// closed.
    ///
    /// # Errors
    /// `Fatal` if the ledger had stopped; a write or sync error otherwise. The next open
    /// recovers.
    pub fn close(mut self) -> Result<(), LedgerError> {
        match self.stop_threads() {
            Some(committer) => committer?.close(),
            None => Ok(()),
        }
    }

    /// Ends both threads once everything accepted is committed.
    fn stop_threads(&mut self) -> Option<Result<Committer, LedgerError>> {
        self.pool.close();
        if let Some(sequencer) = self.sequencer.take() {
            let _ = sequencer.join();
        }
        let committer = self.committer.take()?;
        let ended = committer.join().unwrap_or(Err(LedgerError::Closed));
        self.store.head.stop();
        self.store.rewrites.wait();
        // The committer is fine, but the sequencer may have stopped the ledger.
        let fatal = self.pool.fatal().map(|fatal| LedgerError::clone(&fatal));
        Some(ended.and_then(|committer| fatal.map_or(Ok(committer), Err)))
    }
}

/// Without a `close` the folder is left as after a crash: whole, but to be recovered.
impl Drop for Ledger {
    fn drop(&mut self) {
        let _ = self.stop_threads();
    }
}

/// What an open has gathered.
struct Parts {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    layout: Layout,
    keys: Keys,
    arrays: Arrays,
    recovered: Recovered,
    ids: IdTable,
    lock: Box<dyn Send + Sync>,
}

impl Parts {
    /// Signs the head and starts the threads.
    fn start(self, options: Options) -> Result<Ledger, LedgerError> {
        let Self { disk, clock, layout, keys, arrays, recovered, ids, lock } = self;
        let origin = keys.signer.name().to_owned();
        let mut signer = KeySigner::open(&*disk, &signed_path(&layout), keys.signer)?;
        let head = sign_recovered(&mut signer, &origin, &recovered, &arrays)?;
        let floor = Timestamp::from_nanos(recovered.received);
        let pool = Arc::new(Pool::new(clock, options.queue_bytes_max, floor));
        let (cell, verifiers) = (HeadCell::new(head.clone()), keys.verifiers);
        let segments = recovered.segments;
        let store = Store::new(disk, layout, arrays, cell, Some(ids), verifiers, segments);
        let store = Arc::new(store);
        if recovered.note.as_deref() != Some(&*head.note) {
            store.mark_open()?;
            CheckpointFile::replace(&*store.disk, &store.layout, &head.note)?;
        }
        let checkpoint = CheckpointFile::open(&*store.disk, &store.layout)?;
        let committer = Committer {
            store: Arc::clone(&store),
            pool: Arc::clone(&pool),
            signer: Box::new(signer),
            origin,
            checkpoint,
            writer: recovered.writer,
            segment_bytes_max: options.segment_bytes_max,
            was_closed: recovered.was_closed,
            arrays_unsynced_from: recovered.arrays_unsynced_from,
        };
        let (to_committer, blocks) = crossbeam_channel::bounded::<Block>(1);
        let builder = FrameBuilder::new(INGEST_ZSTD_LEVEL).map_err(thread_error)?;
        let (shared, queue) = (Arc::clone(&store), Arc::clone(&pool));
        let sequencer = Sequencer::new(shared, queue, to_committer, recovered.frontier, builder);
        let (shared, queue) = (Arc::clone(&store), Arc::clone(&pool));
        let stop = Stop { store: shared, pool: queue, hook: options.on_fatal };
        Ok(Ledger {
            committer: Some(start_committer(committer, blocks, stop.clone())?),
            sequencer: Some(start_sequencer(sequencer, stop)?),
            store,
            pool,
            follow_pause: options.follow_pause,
            _lock: lock,
        })
    }
}

fn prepare_folders(disk: &dyn Disk, layout: &Layout) -> Result<Box<dyn Send + Sync>, LedgerError> {
    for folder in [layout.segments(), layout.keys.clone()] {
        disk.create_folder(&folder).map_err(LedgerError::write(&folder, 0))?;
    }
    // At every open: a crash between creating and syncing leaves names that a later power cut
    // would take away with all that was acknowledged below them.
    let above = layout.ledger.ancestors().skip(1).take(2);
    for folder in [&*layout.keys, &*layout.ledger].into_iter().chain(above) {
        if !folder.as_os_str().is_empty() {
            disk.sync_folder(folder).map_err(LedgerError::sync(folder))?;
        }
    }
    let file = layout.lock();
    disk.lock(&file).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => LedgerError::Locked { file },
        _ => LedgerError::write(file, 0)(error),
    })
}

fn load_keys(disk: &dyn Disk, layout: &Layout, options: &Options) -> Result<Keys, LedgerError> {
    if let Some(keys) = Keys::load(disk, layout)? {
        return Ok(keys);
    }
    let folder = layout.segments();
    if !disk.names(&folder).map_err(LedgerError::read(&folder))?.is_empty() {
        return Err(LedgerError::Key {
            file: layout.keys.join("log.key"),
            what: "the key of this ledger is missing; put it back".into(),
        });
    }
    Keys::create(disk, layout, options.origin.as_deref())
}

/// Signs the durable head: the same bytes as before the stop, unless the key changed.
fn sign_recovered(
    signer: &mut KeySigner,
    origin: &str,
    recovered: &Recovered,
    arrays: &Arrays,
) -> Result<Head, LedgerError> {
    let size = recovered.frontier.size();
    let proof = match signer.last() {
        Some((last, _)) if last.0 > 0 && last < size => {
            Some(ConsistencyProof::build(last, size, arrays)?)
        }
        _ => None,
    };
    let head = sign_head(signer, origin, size, recovered.frontier.root(), proof.as_ref())?;
    let Some(kept) = &recovered.note else { return Ok(head) };
    let note = join_signatures(kept, &head.note)
        .map_err(|error| LedgerError::Signer { size: size.0, what: error.to_string() })?;
    Ok(Head { note: note.into(), ..head })
}

/// The former key's last act, durable before the keys are switched: its signature over the entry
/// that names the next key. A stop between the commit of that entry and its signature would else
/// leave nothing that leads from the former key to the next.
fn sign_last(
    mut former: KeySigner,
    disk: &dyn Disk,
    layout: &Layout,
    recovered: &Recovered,
    arrays: &Arrays,
) -> Result<String, LedgerError> {
    let origin = former.name().to_owned();
    let head = sign_recovered(&mut former, &origin, recovered, arrays)?;
    CheckpointFile::replace(disk, layout, &head.note)?;
    Ok(head.note.to_string())
}

/// The signatures of both notes over the same text. After a change of keys the old key's stays:
/// it is what leads from trust in the old key to the new one, and the next block keeps it.
fn join_signatures(kept: &str, signed: &str) -> Result<String, ProofError> {
    let mut joined = SignedNote::parse(kept)?;
    for signature in SignedNote::parse(signed)?.signatures() {
        if !joined.signatures().contains(signature) {
            joined.push(signature.clone())?;
        }
    }
    Ok(joined.to_string())
}

/// Reads all identifiers into the table.
fn load_ids(arrays: &Arrays, size: u64) -> Result<IdTable, LedgerError> {
    const AT_ONCE: u64 = 1 << 18;
    let mut table = IdTable::with_capacity(size);
    let mut bytes = Vec::new();
    for start in (0..size).step_by(AT_ONCE as usize) {
        bytes.clear();
        arrays.ids.read(start, AT_ONCE.min(size - start) as usize, &mut bytes)?;
        for (index, id) in (start..).zip(bytes.as_chunks().0) {
            // 0: the id of a pruned leaf whose entry was lost.
            if *id != [0; 8] {
                table.insert(u64::from_be_bytes(*id), index);
            }
        }
    }
    Ok(table)
}

/// What a fatal error sets off.
#[derive(Clone)]
struct Stop {
    store: Arc<Store>,
    pool: Arc<Pool>,
    hook: FatalHook,
}

impl Stop {
    fn fatal(&self, error: &LedgerError) {
        let cause = std::error::Error::source(error);
        tracing::error!(%error, ?cause, "the ledger has stopped");
        self.pool.stop(&Arc::new(error.clone()));
        self.store.head.stop();
        self.hook.call(error);
    }
}

/// A panic is a broken invariant: the ledger stops, so that no receipt waits for ever.
struct StopOnPanic(Stop);

impl Drop for StopOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fatal(&LedgerError::Closed.fatal("checking an invariant"));
        }
    }
}

type CommitterThread = JoinHandle<Result<Committer, LedgerError>>;

fn start_committer(
    committer: Committer,
    blocks: crossbeam_channel::Receiver<Block>,
    stop: Stop,
) -> Result<CommitterThread, LedgerError> {
    std::thread::Builder::new()
        .name("committer".into())
        .spawn(move || {
            let _guard = StopOnPanic(stop.clone());
            let ended = committer.run(&blocks);
            if let Err(error) = &ended {
                stop.fatal(error);
            }
            ended
        })
        .map_err(thread_error)
}

fn start_sequencer(sequencer: Sequencer, stop: Stop) -> Result<JoinHandle<()>, LedgerError> {
    std::thread::Builder::new()
        .name("sequencer".into())
        .spawn(move || {
            let _guard = StopOnPanic(stop.clone());
            if let Err(error) = sequencer.run()
                // The committer goes away first when it stops the ledger itself.
                && stop.pool.fatal().is_none()
            {
                stop.fatal(&error.fatal("sequencing"));
            }
        })
        .map_err(thread_error)
}

fn thread_error(error: io::Error) -> LedgerError {
    LedgerError::read("thread")(error)
}
