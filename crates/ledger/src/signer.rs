//! Who signs heads: after the commit point, and only a tree that extends the last one it signed.
//!
//! The signer is a witness of its own log: it keeps the last (size, root) in a small file and
//! demands a consistency proof from there, so not even a fault of the ledger can make it sign a
//! fork or a smaller tree. It is a trait so that it can live in another process; [`KeySigner`]
//! lives in this one.

use crate::bytes::Cursor;
use crate::disk::{Disk, DiskFile, Mode, read_vec};
use crate::error::LedgerError;
use annals_proof::{Checkpoint, ConsistencyProof, Hash, Signer, TreeSize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Signs checkpoints of one log.
pub trait HeadSigner: Send {
    /// The head it signed last.
    fn last(&self) -> Option<(TreeSize, Hash)>;

    /// Signs `head` and returns the note. `proof` leads from `last` to `head`; none is needed if
    /// there is no last head, or it is empty, or it is `head` itself.
    ///
    /// # Errors
    /// `Signer` if the head does not extend the last one; nothing is signed then.
    fn sign(
        &mut self,
        head: &Checkpoint,
        proof: Option<&ConsistencyProof>,
    ) -> Result<String, LedgerError>;
}

/// Holds the log's key in this process and its state in `keys/signed`.
pub struct KeySigner {
    signer: Signer,
    state: SignedState,
}

impl KeySigner {
    /// A signer with `signer`'s key whose state is the file at `path`, created if absent.
    ///
    /// # Errors
    /// `Read` or `Write` if the state file cannot be used.
    pub fn open(disk: &dyn Disk, path: &Path, signer: Signer) -> Result<Self, LedgerError> {
        Ok(Self { signer, state: SignedState::open(disk, path)? })
    }

    /// Name of the key, which is the log's origin.
    pub(crate) fn name(&self) -> &str {
        self.signer.name()
    }
}

impl HeadSigner for KeySigner {
    fn last(&self) -> Option<(TreeSize, Hash)> {
        self.state.last
    }

    fn sign(
        &mut self,
        head: &Checkpoint,
        proof: Option<&ConsistencyProof>,
    ) -> Result<String, LedgerError> {
        check_extends(self.state.last, head, proof)
            .map_err(|what| LedgerError::Signer { size: head.size.0, what })?;
        let note = self.signer.sign(&head.text());
        if self.state.last != Some((head.size, head.root)) {
            self.state.save(head.size, head.root)?;
        }
        Ok(note)
    }
}

/// The rule: never smaller, never another tree.
fn check_extends(
    last: Option<(TreeSize, Hash)>,
    head: &Checkpoint,
    proof: Option<&ConsistencyProof>,
) -> Result<(), String> {
    let Some((size, root)) = last.filter(|(size, _)| size.0 > 0) else { return Ok(()) };
    if head.size < size {
        return Err(format!("{size} leaves were signed before"));
    }
    if head.size == size {
        let same = head.root == root;
        return if same { Ok(()) } else { Err("another root was signed for this size".into()) };
    }
    let proof = proof.ok_or("a consistency proof is missing")?;
    if proof.old != size || proof.new != head.size {
        return Err(format!("the consistency proof does not lead from {size} to this head"));
    }
    proof.verify(&root, &head.root).map_err(|error| error.to_string())
}

const STATE_MAGIC: [u8; 8] = *b"ANLSIGN1";
const SLOT_BYTES: usize = 64;

/// The file `keys/signed`: two slots written in turn, so that a torn write leaves the other.
struct SignedState {
    file: Arc<dyn DiskFile>,
    path: PathBuf,
    turn: u64,
    last: Option<(TreeSize, Hash)>,
}

impl SignedState {
    fn open(disk: &dyn Disk, path: &Path) -> Result<Self, LedgerError> {
        let file = disk.open(path, Mode::CreatePrivate).map_err(LedgerError::read(path))?;
        let (turn, last) = read_state(&*file, path)?.unzip();
        Ok(Self { file, path: path.to_owned(), turn: turn.unwrap_or(0), last })
    }

    /// Unsynced: a lost slot makes the signer's memory older, never wrong.
    fn save(&mut self, size: TreeSize, root: Hash) -> Result<(), LedgerError> {
        self.turn += 1;
        let mut slot = Vec::with_capacity(SLOT_BYTES);
        slot.extend_from_slice(&STATE_MAGIC);
        slot.extend_from_slice(&self.turn.to_be_bytes());
        slot.extend_from_slice(&size.0.to_be_bytes());
        slot.extend_from_slice(&root.0);
        slot.extend_from_slice(&[0; 4]);
        let crc = crc32c::crc32c(&slot);
        slot.extend_from_slice(&crc.to_be_bytes());
        let offset = self.turn % 2 * SLOT_BYTES as u64;
        self.file.write_at(&slot, offset).map_err(LedgerError::write(&self.path, offset))?;
        self.last = Some((size, root));
        Ok(())
    }
}

/// A slot: its turn, and the head it holds.
type Slot = (u64, (TreeSize, Hash));

/// The newest sound slot.
fn read_state(file: &dyn DiskFile, path: &Path) -> Result<Option<Slot>, LedgerError> {
    let len = file.len().map_err(LedgerError::read(path))?;
    let bytes = read_vec(file, 0, len.min(2 * SLOT_BYTES as u64) as usize)
        .map_err(LedgerError::read(path))?;
    Ok(bytes.chunks_exact(SLOT_BYTES).filter_map(read_slot).max_by_key(|(turn, _)| *turn))
}

/// The head in `keys/signed`, for whoever checks the folder. `None` if nothing was signed.
pub(crate) fn last_signed(
    disk: &dyn Disk,
    path: &Path,
) -> Result<Option<(TreeSize, Hash)>, LedgerError> {
    match disk.open(path, Mode::Read) {
        Ok(file) => Ok(read_state(&*file, path)?.map(|(_, last)| last)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LedgerError::read(path)(error)),
    }
}

fn read_slot(slot: &[u8]) -> Option<Slot> {
    let (covered, crc) = slot.split_last_chunk::<4>()?;
    let mut cursor = Cursor::new(covered);
    let magic: [u8; 8] = cursor.array()?;
    let turn = cursor.u64()?;
    let head = (TreeSize(cursor.u64()?), Hash(cursor.array()?));
    let sound = magic == STATE_MAGIC && crc32c::crc32c(covered) == u32::from_be_bytes(*crc);
    sound.then_some((turn, head))
}
