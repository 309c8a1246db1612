//! The options of `annals verify`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A proof to check: a .tlog-proof file.
    #[arg(value_name = "FILE", required_unless_present = "data", conflicts_with = "data")]
    pub(crate) file: Option<PathBuf>,
    /// The data folder to check.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The verifier key you were given, not the one in the folder; may be given many times.
    #[arg(long = "key", value_name = "VKEY")]
    pub(crate) keys: Vec<String>,
    /// A signed checkpoint you kept.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Where checkpoints were published: a folder, an http(s) address, a note or a syslog file;
    /// may be given many times.
    #[arg(long, value_name = "PATH|URL", requires = "data")]
    pub(crate) published: Vec<String>,
    /// A PEM file with the authorities to trust for --published URL, instead of the system's.
    #[arg(long, value_name = "FILE", requires = "published")]
    pub(crate) ca: Option<PathBuf>,
    /// A policy file (c2sp.org/tlog-policy): the logs you trust, and whose cosignatures a
    /// checkpoint must carry.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Print the verdict as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
