//! Export jobs: a question whose whole answer is written to a file, beside other work.
//!
//! The ledger head is fixed when the job begins; whatever comes later is not in the file. The
//! digest and the size are there once it is `done`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The form of an exported file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// One event a line, as the API prints it.
    #[default]
    Ndjson,
    /// UTF-8 with a byte order mark, a heading line, and cells that no spreadsheet runs.
    Csv,
    /// Columns of text, numbers and times.
    Parquet,
}

/// The language of headings and names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// What to export: the body of `POST /v1/exports`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// The filter; empty: everything.
    #[serde(default)]
    pub q: String,
    /// RFC 3339, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// RFC 3339, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The time zone in which days of the filter begin, as `Asia/Shanghai`; absent: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tz: Option<String>,
    /// The form of the file.
    #[serde(default)]
    pub format: ExportFormat,
    /// Columns of CSV and Parquet, in order; empty: the usual ones.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Language of headings and names in CSV and Parquet; absent: codes and field names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lang: Option<Lang>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportState {
    /// It waits for its turn.
    #[default]
    Queued,
    /// It writes.
    Running,
    /// The file holds all that could be read; `error` says what could not.
    Done,
    /// It ended early; `error` says why.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

/// One job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// Its name in addresses.
    pub id: String,
    /// How far it is.
    pub state: ExportState,
    /// What was asked for.
    pub request: ExportRequest,
    /// The token that asked.
    pub owner: String,
    /// When, RFC 3339.
    pub created: String,
    /// When the job and its file are removed, RFC 3339.
    pub expires: String,
    /// Size of the ledger the file is bound to.
    pub as_of: u64,
    /// Events written so far.
    pub rows: u64,
    /// Events there are to write, once counted.
    #[schema(required = true)]
    pub rows_total: Option<u64>,
    /// Bytes written so far.
    pub bytes: u64,
    /// SHA-256 of the whole file, hex; null until it is done.
    #[schema(required = true)]
    pub sha256: Option<String>,
    /// Why it failed, or why its file is not all there is; null otherwise.
    #[schema(required = true)]
    pub error: Option<String>,
}

/// The caller's jobs, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportsAnswer {
    /// The jobs.
    pub exports: Vec<Export>,
}
