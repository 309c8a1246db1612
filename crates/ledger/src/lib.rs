//! What is kept: append-only, durable, in order, provable.
//!
//! Five things always hold:
//! 1. A receipt resolves only after its events are on disk (one `fdatasync` a group commit, the
//!    commit point) **and** under a signed checkpoint; nothing is signed before it is durable.
//! 2. Indexes are gapless and given in ticket order; `received_time` never goes back with them.
//! 3. The tree only grows: no head is signed that does not extend the last signed one, also not
//!    after a crash, a roll-back of the folder or a fault of this program.
//! 4. A batch is kept whole or not at all, and an (emitter, id) at most once.
//! 5. Every byte under `DIR/ledger` is covered by a checksum or recomputable from what is; what
//!    is not as it was written is found by `fsck`, and never repaired by guessing.
//!
//! It is synchronous, with two threads of its own (`sequencer.rs`, `commit.rs`) and one for
//! compaction where it is asked for (`compact.rs`), and does all I/O through one small trait
//! (`disk.rs`). It does not know HTTP, configuration or what an event
//! means; it treats a record as bytes with an id. Bytes on disk: docs/formats/ledger.md.

mod append;
mod array;
mod batch;
mod block;
mod bytes;
mod clock;
mod closed;
mod commit;
mod compact;
mod directory;
pub mod disk;
mod draft;
mod error;
mod follow;
#[cfg(any(test, feature = "testing"))]
pub mod foreign;
mod frame;
mod fsck;
mod head;
mod ids;
mod keys;
mod layout;
mod ledger;
pub mod limits;
mod options;
mod pool;
mod read;
mod recover;
mod rewrite;
mod rewrites;
mod rotate;
mod segment;
mod sequencer;
mod signer;
mod store;
mod writer;

pub use annals_proof::LeafIndex;
pub use append::{Appender, Receipt, Ticket};
pub use batch::{Appended, OnConflict, Place};
pub use clock::{Clock, SystemClock};
pub use compact::Compactor;
pub use disk::Disk;
pub use error::LedgerError;
pub use follow::{FollowError, Follower, FollowerHandle, SavedPosition};
pub use fsck::{Finding, FindingKind, FsckOptions, FsckReport, Verdict, fsck, fsck_on};
pub use head::Head;
pub use ledger::Ledger;
pub use options::{FatalHook, Options};
pub use read::{FrameValues, KeptRange, Leaves, LedgerReader};
pub use rewrite::{Rewritten, SealedSegment, Watch};
pub use rewrites::Compaction;
pub use rotate::{rotate_key, rotate_key_on};
pub use signer::{HeadSigner, KeySigner};
