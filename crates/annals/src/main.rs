//! The hand: the one binary. Parses the command line, runs a command, turns its end into an exit
//! code.
//!
//! stdout carries only the answer; logs, hints, progress and one-time secrets go to stderr.

mod args;
mod bar;
mod cmd;
mod exit;
mod log;
mod output;
mod reach;
mod shown;
mod table;
mod when;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    match cmd::run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => {
            output::hint(&format!("annals: {}", exit.message()));
            ExitCode::from(exit.code())
        }
    }
}
