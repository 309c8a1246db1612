//! `annals import`: names and help of its options.

use std::path::PathBuf;

use clap::Args;

use super::ServerArgs;

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file: CSV, XLSX, a JSON array or document, or NDJSON; - for standard input.
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// What the columns mean, where their headings do not say it (docs/formats/import-map.md).
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// Send nothing: print the events, and on stderr what was not understood.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The answer, or with --dry-run the report on stderr, as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
