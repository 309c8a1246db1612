//! Arguments of `annals account`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// List accounts.
    #[command(after_help = "Example: annals account list --data /var/lib/annals")]
    List {
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give an account a one-time password, unlock it and remove its second factor.
    #[command(after_help = "Example: annals account reset admin --data /var/lib/annals")]
    Reset {
        /// The login.
        name: String,
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
    },
}
