//! Errors over the wire: RFC 9457 problem documents with a stable code.
//!
//! `code` is for programs and never changes its meaning; `detail` is for people and says what to
//! do; `request_id` finds the request in the server's log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::append::Rejected;

/// Media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The status code's usual words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// A stable word for programs.
    #[schema(example = "not_found")]
    pub code: String,
    /// What went wrong and what to do.
    pub detail: String,
    /// Name of the request in the server's log.
    pub request_id: String,
    /// Where one id names several events: their positions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub indexes: Option<Vec<u64>>,
    /// With a filter that cannot be read: where and what to write.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub filter: Option<FilterPlace>,
    /// With a refused append: what became of it.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub append: Option<AppendRefused>,
}

/// The members a problem with a filter carries beside the problem's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FilterPlace {
    /// The first character that cannot be read, from 1.
    pub column: usize,
    /// Bytes before it.
    pub offset: usize,
    /// What should stand there; empty if that is no short list.
    pub expected: Vec<String>,
    /// The known name most like what was written.
    #[schema(required = true)]
    pub nearest: Option<String>,
}

/// The members a refused append carries beside the problem's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppendRefused {
    /// Events kept: none, unless a large request met a full disk half way.
    pub accepted: u64,
    /// Events that were kept before, same id and same content.
    pub duplicates: u64,
    /// Lines that were not accepted.
    pub rejected: Vec<Rejected>,
    /// Null, as nothing was kept.
    #[schema(required = true)]
    pub first_index: Option<u64>,
    /// Null, as nothing was kept.
    #[schema(required = true)]
    pub last_index: Option<u64>,
}
