//! `annals config check|print`: the configuration before it is used.

use std::path::Path;

use annals_server::Config;

use crate::args::ConfigCommand;
use crate::exit::Exit;
use crate::output;

/// Runs one of the two.
pub(crate) fn run(command: ConfigCommand) -> Result<(), Exit> {
    match command {
        ConfigCommand::Check { file } => {
            let config = load(file.as_deref())?;
            config
                .check()
                .map_err(|error| Exit::usage("the configuration is not usable", &error))?;
            output::line("the configuration is good")
        }
        ConfigCommand::Print { file, json } => {
            let config = load(file.as_deref())?;
            if json { output::json(&config) } else { output::line(config.print().trim_end()) }
        }
    }
}

/// File, then environment; what is unknown there is an error or a warning.
pub(crate) fn load(file: Option<&Path>) -> Result<Config, Exit> {
    let (config, warnings) = Config::load(file, std::env::vars())
        .map_err(|error| Exit::usage("the configuration is not usable", &error))?;
    for warning in warnings {
        output::hint(&format!("annals: {warning}"));
    }
    Ok(config)
}
