//! Arguments of `annals token`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, once.
    #[command(after_help = "Example: annals token create --data DIR --role emitter --name portal")]
    Create {
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
        /// What its holder may do.
        #[arg(long)]
        role: RoleArg,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// Limit to part of the events, such as `region:cn-east -service:users`.
        #[arg(long, value_name = "FILTER")]
        scope: Option<String>,
        /// May send events of the platform itself (operator `system`).
        #[arg(long)]
        may_be_system: bool,
        /// Region of its events that name none.
        #[arg(long)]
        region: Option<String>,
        /// Stack of its events that name none.
        #[arg(long)]
        stack_id: Option<String>,
        /// When it ends (RFC 3339).
        #[arg(long, value_name = "T")]
        expires: Option<String>,
        /// Good only with this client certificate: its SHA-256 in hex.
        #[arg(long, value_name = "SHA256")]
        certificate: Option<String>,
        /// As JSON: id, name, role, token.
        #[arg(long)]
        json: bool,
    },
    /// List tokens; never their secrets.
    List {
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token, at once.
    Revoke {
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
        /// The token's id (8 hex digits, from `token list`).
        id: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleArg {
    Emitter,
    Viewer,
    Auditor,
    SecurityAdmin,
    SystemAdmin,
    AuditAdmin,
}
