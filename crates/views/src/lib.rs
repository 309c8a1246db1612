//! What can be asked of the ledger: pages of events in the order of time or position.
//!
//! Everything here rides behind the ledger and can be deleted and rebuilt from it. A walk is
//! bound to a ledger head (`as_of`) and sees exactly the events below it. No HTTP, no rights.

mod calendar;
mod check;
mod codes;
mod columns;
mod complete;
mod count;
mod diff;
mod docset;
mod error;
mod eval;
mod evaluate;
mod facet;
mod fields;
mod filter;
mod fold;
mod found;
mod group;
mod histogram;
mod index;
mod json;
mod memory;
mod page;
mod part;
mod plan;
mod question;
mod row;
#[cfg(test)]
mod sample;
mod scope;
mod search;
mod threads;
mod timeline;
mod truth;
mod values;
mod walk;

pub use calendar::{BUCKETS_MAX, Interval};
pub use diff::{Change, ChangeKind, DIFF_DEPTH_MAX, DIFF_ENTRIES_MAX, Difference};
pub use error::QueryError;
pub use eval::Compiled;
pub use facet::{FACET_VALUES_MAX, Facet};
pub use fields::{Field, Kind};
pub use filter::{
    Bound, Comparison, FILTER_BYTES_MAX, FILTER_DEPTH_MAX, FILTER_TERMS_MAX, Filter, FilterError,
    FilterFault, Moment, NOW_UNITS_MAX, Number, Pattern, Place, Term, Test, Unit, Value,
};
pub use fold::{Needle, SEPARATOR, fold, fold_into};
pub use found::Found;
pub use group::{GROUP_FIELDS_MAX, GROUPS_MAX};
pub use histogram::{Bucket, StackedBucket};
pub use index::SearchIndex;
pub use page::{Order, PageToken, Position, Walk};
pub use question::{Answer, Partial, PartialReason, Progress, Question};
pub use row::{Ending, Row};
pub use scope::{SCOPE_FIELDS, Scope};
pub use timeline::{Frames, TimelinePage, page};
pub use walk::Page;
