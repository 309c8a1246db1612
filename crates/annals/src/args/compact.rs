//! The options of `annals compact`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct CompactArgs {
    /// The data folder; no server may have it open (a server compacts by itself).
    #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
    pub(crate) data: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
