//! The options of `annals witness`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct WitnessArgs {
    /// Its folder: the key, and the last checkpoint of each log; made on first start.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
    /// Where to listen, in plain http; port 0 picks one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7300")]
    pub(crate) listen: SocketAddr,
    /// Verifier key of a log it cosigns for; may be given many times.
    #[arg(long = "log", value_name = "VKEY", required = true)]
    pub(crate) logs: Vec<String>,
    /// Name of the key it makes on first start; default: a generated one.
    #[arg(long)]
    pub(crate) name: Option<String>,
}
