//! `annals gateway`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct GatewayArgs {
    /// The configuration file; the options below go before it.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where clients connect; port 0 picks one. Default: 127.0.0.1:7400.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// The platform's address.
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: Option<String>,
    /// A route file; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) routes: Vec<PathBuf>,
    /// The gateway's own folder; made on first start. Keep it.
    #[arg(long, value_name = "DIR")]
    pub(crate) spool: Option<PathBuf>,
    /// Where /healthz, /metrics and /uncovered are; a loopback address.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) admin: Option<SocketAddr>,
    /// The Annals server's address. Default: http://127.0.0.1:7200.
    #[arg(long, value_name = "URL", env = "ANNALS_SERVER")]
    pub(crate) server: Option<String>,
    /// A file that holds the token; otherwise the variable ANNALS_TOKEN.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The certificates that vouch for the server, in PEM, instead of the system's authorities; a
    /// server's own is DIR/keys/tls.pem.
    #[arg(long, value_name = "FILE", env = "ANNALS_CA")]
    pub(crate) ca: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<GatewayCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GatewayCommand {
    /// Propose routes for requests that were seen: lines with METHOD PATH, an access log, or the
    /// page /uncovered of a running gateway.
    Learn {
        /// The file; - for standard input.
        #[arg(value_name = "FILE")]
        input: PathBuf,
        /// A catalogue of the site's own operations; may be given several times.
        #[arg(long, value_name = "FILE")]
        catalogue: Vec<PathBuf>,
    },
    /// Check a configuration with the route files that it names.
    Check {
        /// The configuration file.
        #[arg(value_name = "FILE")]
        config: PathBuf,
    },
}
