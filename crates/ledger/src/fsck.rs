//! Checking a ledger as a whole: every byte of `DIR/ledger`, against keys and checkpoints that
//! the caller brings.
//!
//! It takes no lock, repairs nothing and may run beside a writer: what was signed when it began is
//! checked, what came after is `unfinished`. After a clean close nothing is unfinished: whatever
//! is torn, lagging or left over is damage.

mod arrays;
mod fold;
mod report;
mod round;
mod trust;
mod walk;

pub use report::{Finding, FindingKind, FsckReport, Verdict};

use crate::array::Arrays;
use crate::closed::Closed;
use crate::disk::{Disk, Mode, Real, read_file};
use crate::error::LedgerError;
use crate::keys::{load_verifiers, signed_path};
use crate::layout::{Layout, parse_array_file_name, parse_segment_name};
use crate::limits::ARRAY_LEVELS;
use crate::segment::Segment;
use crate::signer::last_signed;
use annals_proof::{Hash, SignedCheckpoint, TreeSize, Verifier};
use arrays::ArrayCheck;
use fold::Fold;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use trust::{Roots, Trust};
use walk::Walk;

/// What a check is held against.
#[derive(Clone, Debug, Default)]
pub struct FsckOptions {
    /// The keys that are trusted; empty: those in the folder, which proves self-consistency only.
    pub keys: Vec<Verifier>,
    /// Signed checkpoints kept outside; each must be of a beginning of this ledger.
    pub kept: Vec<String>,
    /// Once true the check ends with `CheckStopped`; looked at for every block.
    pub stop: Arc<AtomicBool>,
}

/// Checks the ledger under data folder `dir`. `progress` is told bytes done and bytes in all.
///
/// # Errors
/// `NotFound` if there is no ledger, `Read` if a file cannot be read, `CheckStopped` if it was
/// told to. Damage is no error: it stands in the report.
pub fn fsck(
    dir: &Path,
    options: &FsckOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<FsckReport, LedgerError> {
    fsck_on(&(Arc::new(Real) as Arc<dyn Disk>), dir, options, progress)
}

/// The same on a disk of the caller's.
///
/// # Errors
/// Those of [`fsck`].
pub fn fsck_on(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    options: &FsckOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<FsckReport, LedgerError> {
    let layout = Layout::new(dir);
    let names = disk.names(&layout.ledger).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => LedgerError::NotFound { folder: dir.to_owned() },
        _ => LedgerError::read(&layout.ledger)(error),
    })?;
    let mut before = Before::look(&**disk, &layout, options)?;
    before.stray(&layout, &names);
    before.stray_arrays(&**disk, &layout)?;
    let (segments, total) = before.segments(&**disk, &layout)?;
    let arrays = ArrayCheck::new(Arrays::new(disk, &layout, Mode::Read))?;
    let trust = Trust::new(options.keys.clone(), before.folder_keys.clone());
    let keys = trust.known.clone();
    let origin = before.origin();
    let mut walk = Walk {
        fold: Fold::new(arrays, trust, before.wanted_roots(), origin),
        unfinished: Vec::new(),
        signed: before.signed(),
        closed: before.is_closed,
        progress: &mut |done| progress(done, total),
        stop: &options.stop,
        keys,
        steps: Vec::new(),
        done: Vec::new(),
        bytes: 0,
        walked: 0,
        offset: 0,
        next: 0,
    };
    walk.fold.findings.append(&mut before.findings);
    walk.unfinished.append(&mut before.unfinished);
    for (place, segment) in segments.iter().enumerate() {
        walk.segment(segment, place + 1 == segments.len())?;
    }
    walk.settle();
    let open = segments.last().filter(|segment| !segment.is_sealed());
    let tail = open.map_or_else(|| layout.segment(walk.next), |segment| segment.path.clone());
    Ok(judge(walk, &before, &layout, &tail))
}

/// What was found before the walk: it fixes what the walk is held against.
struct Before {
    folder_keys: Vec<Verifier>,
    /// The file `checkpoint`.
    checkpoint: Option<SignedCheckpoint>,
    /// What the caller kept, in its order; none for what no known key has signed.
    kept: Vec<Option<SignedCheckpoint>>,
    /// What the signer remembers.
    last_signed: Option<(TreeSize, Hash)>,
    closed: Option<Closed>,
    /// The marker is there, sound or not.
    is_closed: bool,
    findings: Vec<Finding>,
    unfinished: Vec<Finding>,
}

impl Before {
    /// Reads the small files. The signer's memory and the checkpoint come first: blocks are
    /// durable before they are signed, so a walk that begins later finds at least those.
    fn look(disk: &dyn Disk, layout: &Layout, options: &FsckOptions) -> Result<Self, LedgerError> {
        let folder_keys = match load_verifiers(disk, layout) {
            Ok(keys) => keys,
            Err(_) if !options.keys.is_empty() => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut all = options.keys.clone();
        all.extend(folder_keys.iter().cloned());
        let mut before = Self {
            folder_keys,
            checkpoint: None,
            kept: Vec::new(),
            last_signed: last_signed(disk, &signed_path(layout))?,
            closed: None,
            is_closed: false,
            findings: Vec::new(),
            unfinished: Vec::new(),
        };
        before.read_checkpoint(disk, layout, &all)?;
        match Closed::load(disk, layout) {
            Ok(closed) => {
                before.closed = closed;
                before.is_closed = closed.is_some();
            }
            Err(LedgerError::Corrupt { file, offset, what }) => {
                before.is_closed = true;
                before.find(FindingKind::Closed, file, offset, what);
            }
            Err(error) => return Err(error),
        }
        let verify = |note: &String| SignedCheckpoint::verify(note, &all).ok();
        before.kept = options.kept.iter().map(verify).collect();
        Ok(before)
    }

    fn read_checkpoint(
        &mut self,
        disk: &dyn Disk,
        layout: &Layout,
        keys: &[Verifier],
    ) -> Result<(), LedgerError> {
        let path = layout.checkpoint();
        let bytes = read_file(disk, &path).map_err(LedgerError::read(&path))?;
        let Some(bytes) = bytes else {
            self.find(FindingKind::Checkpoint, path, 0, "there is no checkpoint".to_owned());
            return Ok(());
        };
        let text = String::from_utf8(bytes).map_err(|_| "it is not text".to_owned());
        let signed = text.and_then(|note| {
            SignedCheckpoint::verify(&note, keys).map_err(|error| error.to_string())
        });
        match signed {
            Ok(signed) => self.checkpoint = Some(signed),
            Err(what) => self.find(FindingKind::Checkpoint, path, 0, what),
        }
        Ok(())
    }

    /// Names that do not belong in a ledger. What a rewrite or a replacement was about to put
    /// in place is unfinished work.
    fn stray(&mut self, layout: &Layout, names: &[String]) {
        const KNOWN: [&str; 6] = ["lock", "checkpoint", "closed", "segments", "hashes", "ids"];
        for name in names.iter().filter(|name| !KNOWN.contains(&name.as_str())) {
            self.stray_file(layout.ledger.join(name));
        }
    }

    /// Names under `hashes` and `ids`. Files that are too many or too short show in the lengths.
    fn stray_arrays(&mut self, disk: &dyn Disk, layout: &Layout) -> Result<(), LedgerError> {
        let mut arrays = vec![layout.ids()];
        for name in names_in(disk, &layout.hashes())? {
            let level = (0..ARRAY_LEVELS).find(|level| level.to_string() == name);
            match level {
                Some(level) => arrays.push(layout.level(level)),
                None => self.stray_file(layout.hashes().join(name)),
            }
        }
        for folder in arrays {
            for name in names_in(disk, &folder)? {
                if parse_array_file_name(&name).is_none() {
                    self.stray_file(folder.join(name));
                }
            }
        }
        Ok(())
    }

    fn stray_file(&mut self, file: PathBuf) {
        let temporary = file.extension().is_some_and(|extension| extension == "tmp");
        let message = "it does not belong to a ledger".to_owned();
        let kind = FindingKind::Stray;
        let finding = Finding { kind, file, offset: None, index: None, message };
        if temporary && !self.is_closed {
            self.unfinished.push(finding);
        } else {
            self.findings.push(finding);
        }
    }

    /// The segments in order, and their bytes in all.
    fn segments(
        &mut self,
        disk: &dyn Disk,
        layout: &Layout,
    ) -> Result<(Vec<Arc<Segment>>, u64), LedgerError> {
        let folder = layout.segments();
        let mut names = names_in(disk, &folder)?;
        names.sort_unstable();
        let (mut segments, mut total) = (Vec::new(), 0);
        for name in names {
            let path = folder.join(&name);
            let Some(first) = parse_segment_name(&name) else {
                self.stray_file(path);
                continue;
            };
            let opened = Segment::open(disk, &path);
            match opened.and_then(|segment| segment.dictionary().map(drop).map(|()| segment)) {
                Ok(segment) if segment.first() == first => {
                    total += segment.file().len().map_err(LedgerError::read(&path))?;
                    segments.push(Arc::new(segment));
                }
                Ok(segment) => {
                    let what = format!("its header says it begins at {}", segment.first());
                    self.find(FindingKind::Segment, path, 0, what);
                }
                Err(LedgerError::Corrupt { file, offset, what }) => {
                    self.find(FindingKind::Segment, file, offset, what);
                }
                Err(error) => return Err(error),
            }
        }
        Ok((segments, total))
    }

    fn origin(&self) -> String {
        let signed = self.checkpoint.iter().chain(self.kept.iter().flatten()).next();
        match (signed, self.folder_keys.first()) {
            (Some(signed), _) => signed.checkpoint.origin.clone(),
            (None, Some(key)) => key.name().to_owned(),
            (None, None) => String::new(),
        }
    }

    /// Leaves under the newest signature the folder knows of.
    fn signed(&self) -> u64 {
        let checkpoint = self.checkpoint.as_ref().map_or(0, |signed| signed.checkpoint.size.0);
        checkpoint.max(self.last_signed.map_or(0, |(size, _)| size.0))
    }

    fn wanted_roots(&self) -> Roots {
        let mut roots = Roots::default();
        for signed in self.checkpoint.iter().chain(self.kept.iter().flatten()) {
            roots.want(signed.checkpoint.size);
        }
        if let Some((size, _)) = self.last_signed {
            roots.want(size);
        }
        roots
    }

    fn find(&mut self, kind: FindingKind, file: PathBuf, offset: u64, message: String) {
        self.findings.push(Finding { kind, file, offset: Some(offset), index: None, message });
    }
}

/// Names in a folder; none if there is no such folder.
fn names_in(disk: &dyn Disk, folder: &Path) -> Result<Vec<String>, LedgerError> {
    match disk.names(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        names => names.map_err(LedgerError::read(folder)),
    }
}

/// Holds what was walked against what was signed and kept, and gives the verdict. `tail` is the
/// file that holds, or would hold, the next leaf.
fn judge(walk: Walk<'_>, before: &Before, layout: &Layout, tail: &Path) -> FsckReport {
    let Walk { mut fold, mut unfinished, closed, .. } = walk;
    let (size, root) = (fold.frontier.size(), fold.frontier.root());
    fold.missing(&layout.segments());
    let checkpoint = before.checkpoint.as_ref().map_or(0, |signed| signed.checkpoint.size.0);
    fold.arrays.lengths(checkpoint, size.0, closed, &mut fold.findings, &mut unfinished);
    if let Some(signed) = &before.checkpoint {
        hold_checkpoint(&mut fold, signed, layout, tail, &mut unfinished, closed);
    }
    if let Some(closed) = before.closed.filter(|closed| (closed.size, closed.root) != (size, root))
    {
        let what = format!("it was closed at {} leaves, {size} are here", closed.size);
        fold.find(FindingKind::Closed, &layout.closed(), Some(0), Some(size.0), what);
    }
    let kept: Vec<Verdict> =
        before.kept.iter().map(|signed| held(signed.as_ref(), &fold)).collect();
    let verdict = verdict(&fold, before, &kept);
    FsckReport {
        verdict,
        origin: fold.origin,
        size,
        root,
        events_checked: fold.events,
        checkpoints_verified: fold.checkpoints,
        kept,
        findings: fold.findings,
        unfinished,
    }
}

/// The file `checkpoint` against the tree.
fn hold_checkpoint(
    fold: &mut Fold,
    signed: &SignedCheckpoint,
    layout: &Layout,
    tail: &Path,
    unfinished: &mut Vec<Finding>,
    closed: bool,
) {
    let said = &signed.checkpoint;
    let size = fold.frontier.size();
    let path = layout.checkpoint();
    if said.size > size {
        let what = format!("{} leaves are signed, {size} are here", said.size);
        let index = Some(size.0);
        return fold.find(FindingKind::Segment, tail, None, index, what);
    }
    match fold.roots.get(said.size) {
        Some(root) if root != said.root => {
            let what = "the tree here is not the one it signs".to_owned();
            return fold.find(FindingKind::Checkpoint, &path, Some(0), Some(said.size.0), what);
        }
        Some(_) => {
            fold.checkpoints += 1;
            fold.trust.verified(signed);
        }
        None => {}
    }
    if said.size < size {
        let message = format!("it signs {} of {size} leaves", said.size);
        let (kind, index) = (FindingKind::Checkpoint, Some(said.size.0));
        let finding = Finding { kind, file: path, offset: Some(0), index, message };
        if closed { fold.findings.push(finding) } else { unfinished.push(finding) }
    }
}

/// A checkpoint that the caller kept, against the tree.
fn held(kept: Option<&SignedCheckpoint>, fold: &Fold) -> Verdict {
    let Some(SignedCheckpoint { checkpoint: said, .. }) = kept else { return Verdict::WrongKey };
    if said.origin != fold.origin { Verdict::WrongKey } else { fold.compare(said.size, said.root) }
}

/// Damage first: only of a whole folder can be said that it is another one. A fork before a
/// roll-back: two signed histories are the stronger evidence.
fn verdict(fold: &Fold, before: &Before, kept: &[Verdict]) -> Verdict {
    if !fold.findings.is_empty() {
        return Verdict::Damaged;
    }
    let signer = before.last_signed.map(|(size, root)| fold.compare(size, root));
    let trusted = before.checkpoint.as_ref().is_none_or(|signed| fold.trust.trusts(signed));
    let key = (!trusted).then_some(Verdict::WrongKey);
    let said: Vec<Verdict> = kept.iter().copied().chain(signer).chain(key).collect();
    let worst = [Verdict::Forked, Verdict::RolledBack, Verdict::WrongKey];
    worst.into_iter().find(|verdict| said.contains(verdict)).unwrap_or(Verdict::Ok)
}
