//! `annals-platform`: a small HPC and cloud-desktop platform, and a driver that uses it.
//!
//! Its REST API performs every operation of the catalogue, on state in memory. `serve` runs it,
//! with the SDK inside (`--audit`) or recording nothing, for a gateway in front of it; `drive`
//! does all that its users do. It is an example: real rights, rules and refusals, but nothing
//! outlives the process, and behind a cluster or a desktop there is no machine.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to a terminal")]

mod approvals;
mod audit;
mod caller;
mod drive;
mod environments;
mod files;
mod ids;
mod journal;
mod licences;
mod own_act;
mod people;
mod platform;
mod refusal;
mod rights;
mod sessions;
mod told;
mod usage;
mod web;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// A small HPC and cloud-desktop platform that performs every operation of the catalogue.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run the platform; prints `listening on http://ADDR:PORT`.
    Serve(Serve),
    /// Do all that the platform's users do, over its REST API.
    Drive(Drive),
    /// Print every route, one a line.
    Routes,
}

/// How to run the platform.
#[derive(Debug, Args)]
struct Serve {
    /// Where to listen; port 0 picks one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Record with the SDK, to this server; the token is taken from ANNALS_TOKEN.
    #[arg(long, value_name = "SERVER")]
    audit: Option<String>,
    /// The folder of the SDK's spool.
    #[arg(long, value_name = "DIR", default_value = "audit-spool")]
    spool: PathBuf,
    /// Networks of proxies whose X-Forwarded-For is believed.
    #[arg(long, value_name = "NETWORK")]
    trusted_proxy: Vec<String>,
    /// The first account's password.
    #[arg(long, env = "PLATFORM_ADMIN_PASSWORD", hide_env_values = true)]
    admin_password: String,
}

/// Where the platform, or the gateway in front of it, is.
#[derive(Debug, Args)]
struct Drive {
    /// Such as http://127.0.0.1:8080.
    #[arg(long, value_name = "URL")]
    base: String,
    /// How visitors show who they are after they have signed in.
    #[arg(long, value_enum, default_value = "session")]
    identity: drive::Identity,
    /// The first account's password.
    #[arg(long, env = "PLATFORM_ADMIN_PASSWORD", hide_env_values = true)]
    admin_password: String,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let done = match Cli::parse().task {
        Task::Serve(options) => web::serve(options),
        Task::Drive(options) => drive::run(options),
        Task::Routes => {
            web::print_routes();
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
