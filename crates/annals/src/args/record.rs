//! The options of `annals record`: one event field by field, or a file of many.

use std::path::PathBuf;

use clap::Args;

use super::ServerArgs;

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Many events: an NDJSON file, or - for standard input.
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["service", "operation", "operator"])]
    pub(crate) ndjson: Option<PathBuf>,
    /// Before the act: record that it is about to begin, and print the id to end it with.
    #[arg(long, conflicts_with_all = ["ndjson", "outcome", "finish", "duration_ms"])]
    pub(crate) begin: bool,
    /// After the act: record how the operation that was begun with this id ended.
    #[arg(long, value_name = "ID", requires = "outcome", conflicts_with_all = [
        "ndjson", "id", "time", "region", "stack_id", "service", "operation", "operator",
        "username", "source_ip", "request_data", "session_id", "request_id", "cause_id",
    ])]
    pub(crate) finish: Option<String>,
    /// The sender's key against doubles; a random one if absent.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// When it happened (RFC 3339); default: now.
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<String>,
    /// Where it happened.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// In which deployment.
    #[arg(long)]
    pub(crate) stack_id: Option<String>,
    /// Service: code, English or Chinese name.
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// Operation: code, English or Chinese name.
    #[arg(long, required_unless_present_any = ["ndjson", "finish"])]
    pub(crate) operation: Option<String>,
    /// The login that acted.
    #[arg(long, required_unless_present_any = ["ndjson", "finish"])]
    pub(crate) operator: Option<String>,
    /// The account acted as or for; default: the operator.
    #[arg(long)]
    pub(crate) username: Option<String>,
    /// From which address.
    #[arg(long, value_name = "IP")]
    pub(crate) source_ip: Option<String>,
    /// A target, as type:id or type:id:name; may be given many times.
    #[arg(long = "object", value_name = "TYPE:ID[:NAME]")]
    pub(crate) objects: Vec<String>,
    /// What else it concerns, as role=type:id or role=type:id:name; may be given many times.
    #[arg(long = "related", value_name = "ROLE=TYPE:ID[:NAME]")]
    pub(crate) related: Vec<String>,
    /// The request, as JSON.
    #[arg(long, value_name = "JSON")]
    pub(crate) request_data: Option<String>,
    /// How it ended: success, failure, denied, partial, pending, unknown.
    #[arg(long)]
    pub(crate) outcome: Option<String>,
    /// Error text or comment.
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// How long it took, in milliseconds.
    #[arg(long, value_name = "MS")]
    pub(crate) duration_ms: Option<u64>,
    /// Correlation: the session.
    #[arg(long)]
    pub(crate) session_id: Option<String>,
    /// Correlation: the request.
    #[arg(long)]
    pub(crate) request_id: Option<String>,
    /// Correlation: the event that made this one happen.
    #[arg(long)]
    pub(crate) cause_id: Option<String>,
    /// Print the server's answer as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
