//! `annals completions SHELL`: the completion script of a shell, on stdout.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::exit::Exit;

/// Prints the script.
pub(crate) fn run(shell: Shell) -> Result<(), Exit> {
    clap_complete::generate(shell, &mut Cli::command(), "annals", &mut std::io::stdout().lock());
    Ok(())
}
