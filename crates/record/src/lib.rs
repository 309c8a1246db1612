//! What an audit record is: its fields and limits, the catalogue of operations, the canonical
//! form that is hashed, the sealed fields, and the masking of secrets.
//!
//! Pure: no I/O, no clock, no async, no randomness; whoever calls passes them in. It does not
//! know the wire (crate `api`), the ledger's files (crate `ledger`) or proofs (crate `proof`).

pub mod canonical;
mod catalogue;
mod check;
mod control;
mod core;
mod digest;
mod disclosure;
mod entry;
mod error;
mod fault;
mod field;
mod hashing;
mod ids;
mod leaf;
pub mod limits;
mod mask;
mod nearest;
mod object;
mod operator;
mod outcome;
mod phase;
mod record;
mod sealed;
mod secrets;
mod timestamp;

pub use catalogue::{
    Access, Catalogue, Operation, RESERVED_SERVICE, Service, Severity, Unresolved,
};
pub use control::Control;
pub use core::{Core, Marks};
pub use disclosure::{DisclosedField, Disclosure, Verdict};
pub use entry::Entry;
pub use error::RecordError;
pub use fault::{Fault, codes};
pub use field::{FieldName, FieldNames};
pub use ids::{IdHash, is_event_id};
pub use leaf::{Field, Kept, Leaf};
pub use mask::mask_text;
pub use nearest::Nearest;
pub use object::{Object, Related};
pub use operator::{SYSTEM, UNKNOWN, UserType};
pub use outcome::Outcome;
pub use phase::{Phase, outcome_id};
pub use record::{Record, Sealed, Sender};
pub use sealed::{RecordSalt, Tag, commitment, leaf_hash};
pub use timestamp::{TIMESTAMP_BYTES, Timestamp};
