//! The commands, one a file. Each turns its arguments into calls of the floors below and their
//! errors into an `Exit`; none of them holds logic that a library would need.

mod account;
mod collect;
mod compact;
mod completions;
mod config;
mod demo;
mod export;
mod gateway;
mod generate;
mod history;
mod import;
mod key;
mod profile;
mod proof;
mod quarantine;
mod record;
mod search;
mod sending;
mod serve;
mod status;
mod tail;
mod token;
mod verify;
mod views;
mod witness;

use annals_ledger::{Clock as _, SystemClock};
use annals_record::Timestamp;

use crate::args::Command;
use crate::exit::Exit;

/// Runs one command.
pub(crate) fn run(command: Command) -> Result<(), Exit> {
    match command {
        Command::Serve(args) => serve::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Search(args) => match search::as_export(&args)? {
            Some(export) => export::run(&export),
            None => search::run(&args),
        },
        Command::Tail(args) => tail::run(&args),
        Command::Export(args) => export::run(&args),
        Command::History(args) => history::run(&args),
        Command::Profile(args) => profile::run(&args),
        Command::Token(command) => token::run(command),
        Command::Account(command) => account::run(command),
        Command::Proof(args) => proof::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Witness(args) => witness::run(&args),
        Command::Key(command) => key::run(command),
        Command::Views(command) => views::run(command),
        Command::Compact(args) => compact::run(&args),
        Command::Collect(args) => collect::run(&args),
        Command::Gateway(args) => gateway::run(&args),
        Command::Quarantine(command) => quarantine::run(command),
        Command::Status(args) => status::run(&args),
        Command::Config(command) => config::run(command),
        Command::Completions { shell } => completions::run(shell),
    }
}

/// The time now: the commands' only clock.
fn now() -> Timestamp {
    SystemClock.now()
}

/// A time from an argument.
fn moment(text: &str) -> Result<Timestamp, Exit> {
    Timestamp::parse(text).ok_or_else(|| {
        Exit::Usage(format!("{text:?} is not a time; write it like 2027-01-31T00:00:00Z"))
    })
}
