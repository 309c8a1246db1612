//! Route files: what an HTTP exchange means, as a record. The reference is
//! `docs/formats/route-file.md`.
//!
//! A gateway asks in four steps:
//!
//! 1. [`Routes::find`] with method and path, for every request.
//! 2. [`Matched::needs`] says which bodies to look at; a [`Capture`] does it as they pass.
//! 3. [`Matched::begin`] gives an [`Act`] with the record of its intent, or an [`Undecided`].
//! 4. [`Act::end`] or [`Undecided::decide`] with the answer give the rest; a [`Later`] or a
//!    [`Session`] goes on from there.
//!
//! What always holds: a request that was matched gives a record that the server takes, whatever is
//! in it; a name that a request claims is an operator only after the platform has accepted it.
//!
//! What it does not do: read or send, know the time, make ids, verify who sends a request.

mod act;
mod capture;
mod clean;
mod condition;
mod document;
mod ending;
mod exchange;
mod feed;
mod fields;
mod later;
mod learn;
mod paths;
mod payload;
mod rule;
mod scan;
mod scope;
mod selector;
mod session;
mod table;
mod targets;
mod text;

pub use act::{Act, Begun, Decided, Ending, Undecided};
pub use capture::{Capture, Data};
pub use exchange::{Answer, Close, ClosedBy, Request, User};
pub use feed::{Feed, FeedItem, FeedPage};
pub use later::{Closing, Later, SavedLater};
pub use learn::propose;
pub use paths::is_mutating;
pub use rule::Guarantee;
pub use session::Session;
pub use table::{Found, Matched, Needs, ROUTE_FILE_BYTES_MAX, Routes};

#[cfg(test)]
mod tests;
