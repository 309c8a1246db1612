//! What can be asked of the ledger: pages, counts, facets, histograms, histories, profiles.
//!
//! Everything here rides behind the ledger and can be deleted and rebuilt from it. Whatever is
//! asked is asked under a scope, is bound to a ledger head (`as_of`) and is exact, or says that
//! it is partial. Who has which scope is not known here; no HTTP.

mod approval;
mod calendar;
mod cause;
mod check;
mod codes;
mod column;
mod columns;
mod complete;
mod count;
mod damage;
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
mod gather;
mod group;
mod histogram;
mod history;
mod index;
mod json;
mod live;
mod memory;
mod merge;
mod operations;
mod ordinals;
mod page;
mod part;
mod piece;
mod plan;
mod profile;
mod question;
mod row;
#[cfg(test)]
mod sample;
mod scope;
mod scoped;
mod sealed;
mod search;
mod session;
mod sets;
mod sieve;
mod text;
mod thing;
mod threads;
mod truth;
mod values;
mod walk;

pub use approval::{
    APPROVAL_EVENTS_MAX, APPROVAL_POLICIES_MAX, Case, CaseData, CaseEvent, CasePart, CaseState,
    Cases, Check, CheckKind, CheckResult, Decision, Person, Policy, Verdict, WantedCases,
};
pub use calendar::{BUCKETS_MAX, Interval};
pub use cause::{CAUSE_EVENTS_MAX, CAUSE_STEPS_MAX, CauseNode, CauseTree};
pub use diff::{Change, ChangeKind, DIFF_DEPTH_MAX, DIFF_ENTRIES_MAX, Difference};
pub use error::{IndexError, QueryError};
pub use eval::Compiled;
pub use facet::{FACET_VALUES_MAX, Facet};
pub use fields::{Field, Kind};
pub use filter::{
    Bound, Comparison, FILTER_BYTES_MAX, FILTER_DEPTH_MAX, FILTER_TERMS_MAX, Filter, FilterError,
    FilterFault, Moment, NOW_UNITS_MAX, Number, Pattern, Place, Term, Test, Unit, Value,
};
pub use fold::{Needle, SEPARATOR, fold, fold_into};
pub use found::Found;
pub use group::{GROUP_FIELDS_MAX, GROUPS_MAX, Group};
pub use histogram::{Bucket, StackedBucket};
pub use history::{
    Changed, HISTORY_LOOK_BACK_EVENTS_MAX, History, HistoryEvent, Life, LifeMark, LifeStep,
    Unavailable,
};
pub use index::{IndexOptions, IndexStats, Indexer, SearchIndex};
pub use live::{TAIL_EVENTS_MAX, TAIL_LEAVES_MAX, Tail, TailBatch};
pub use operations::{OpenOperation, OpenOperations};
pub use page::{Order, PageToken, Position, Walk};
pub use profile::{
    Address, BASELINE_NS, Baseline, Compared, Finding, HOURS_OF_WEEK, PROFILE_ADDRESSES_MAX,
    PROFILE_OBJECTS_MAX, PROFILE_VALUES_MAX, Profile, Refusals, Touched,
};
pub use question::{Answer, Partial, PartialReason, Progress, Question};
pub use row::{Ending, Row};
pub use scope::{SCOPE_FIELDS, Scope};
pub use session::{
    EndCause, SESSION_EVENTS_MAX, SESSION_LOOK_BACK_NS, Session, SessionEnd, SessionStatus,
    Sessions,
};
pub use thing::Thing;
pub use walk::Page;
