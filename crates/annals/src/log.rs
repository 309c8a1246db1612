//! The program's own log, on stderr: `ANNALS_LOG_FILTER` sets what is told (`info`,
//! `annals_ledger=debug`).
//!
//! It never holds event contents or secrets.

use tracing_subscriber::EnvFilter;

/// Starts logging; a second call does nothing.
pub(crate) fn start() {
    let filter =
        EnvFilter::try_from_env("ANNALS_LOG_FILTER").unwrap_or_else(|_| EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
