//! Questions about many events: counts, facets, groups, histograms, completion.
//!
//! Every answer is bound to a ledger head (`as_of`) and exact, or says that it is `partial`, why,
//! and how far it came. Nothing is cut without a word.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an answer covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Coverage {
    /// Size of the ledger the answer is bound to: it speaks of the events below.
    pub as_of: u64,
    /// Events below this position are found without a look at the newest part of the ledger.
    pub settled_index: u64,
    /// True if not everything was looked at; absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Why the answer is partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// How far a partial answer came: every event below this position was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub scanned_to: Option<u64>,
}

/// How many events match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountAnswer {
    /// The number.
    pub count: u64,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// A line before the answer that says how far the work has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressLine {
    /// Events looked at.
    pub looked_at: u64,
    /// Events to look at, as far as is known yet.
    pub to_look_at: u64,
}

/// One value and how many events have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Events that have it; one event counts once.
    pub count: u64,
}

/// The values of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facet {
    /// The most frequent values, most frequent first.
    pub values: Vec<ValueCount>,
    /// The counts of all other values together.
    pub other: u64,
    /// How many different values there are.
    pub distinct: u64,
}

/// The values of several fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetsAnswer {
    /// A facet for each field asked for.
    pub facets: BTreeMap<String, Facet>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// One combination of values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Group {
    /// A value for each field, in the order asked for.
    pub values: Vec<String>,
    /// Events that have all of them.
    pub count: u64,
}

/// Combinations of values, most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupsAnswer {
    /// The fields, in the order of the values.
    pub fields: Vec<String>,
    /// The combinations.
    pub groups: Vec<Group>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// One bucket of a histogram.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bucket {
    /// Its first instant, RFC 3339 in UTC; it ends where the next one begins.
    pub start: String,
    /// Events in it.
    pub count: u64,
    /// The same by the values of the field asked for; absent if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub by: Option<BTreeMap<String, u64>>,
}

/// Counts over time, without gaps, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistogramAnswer {
    /// The buckets; days, weeks and months are those of the time zone asked for.
    pub buckets: Vec<Bucket>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// Values of a field that begin with what was typed, most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CompleteAnswer {
    /// The values.
    pub values: Vec<ValueCount>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}
