//! What can be asked of the ledger: pages of events in the order of time or position.
//!
//! Everything here rides behind the ledger and can be deleted and rebuilt from it. A walk is
//! bound to a ledger head (`as_of`) and sees exactly the events below it. No HTTP, no rights.

mod columns;
mod docset;
mod error;
mod eval;
mod fields;
mod filter;
mod fold;
mod json;
mod memory;
mod page;
mod part;
mod row;
#[cfg(test)]
mod sample;
mod scope;
mod timeline;
mod truth;
mod values;

pub use error::QueryError;
pub use eval::Compiled;
pub use fields::{Field, Kind};
pub use filter::{
    Bound, Comparison, FILTER_BYTES_MAX, FILTER_DEPTH_MAX, FILTER_TERMS_MAX, Filter, FilterError,
    FilterFault, Moment, NOW_UNITS_MAX, Number, Pattern, Place, Term, Test, Unit, Value,
};
pub use fold::{Needle, SEPARATOR, fold, fold_into};
pub use page::{Order, PageToken, Position, Walk};
pub use row::{Ending, Row};
pub use scope::{SCOPE_FIELDS, Scope};
pub use timeline::{Frames, Page, page};
