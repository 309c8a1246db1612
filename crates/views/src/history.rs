//! The history of one object: its events oldest first, as target or as related, each with what
//! it changed; and its life from creation to deletion.
//!
//! The index finds events by the object's id; that type and id are those of one target or related
//! object is checked on the event itself. To know what the first event of a later page changed,
//! a bounded number of events before the page is read again; what lies before them is not called
//! new. How a change is known is decided in `changes.rs`.

pub(crate) mod changes;
pub(crate) mod life;
mod search;

pub use changes::{Changed, Unavailable};
pub use life::{Life, LifeMark, LifeStep};

use crate::Found;
use crate::page::PageToken;
use crate::thing::Thing;

/// Events before a page that are read to tell what its first events changed.
pub const HISTORY_LOOK_BACK_EVENTS_MAX: usize = 1_000;

/// One page of an object's history, oldest first.
#[derive(Debug)]
pub struct History {
    /// The events.
    pub events: Vec<HistoryEvent>,
    /// Where the next page begins; none at the end.
    pub next: Option<PageToken>,
}

/// An event in the history of an object.
#[derive(Debug)]
pub struct HistoryEvent {
    /// The event.
    pub found: Found,
    /// The object as the event names it; with a role if it is a related one.
    pub thing: Thing,
    /// True if the operation was done to it; false if it is a related object.
    pub is_target: bool,
    /// The name it had before, if this event gives it another.
    pub renamed_from: Option<String>,
    /// What the event is in the object's life.
    pub step: Option<LifeStep>,
    /// What it changed.
    pub changed: Changed,
}
