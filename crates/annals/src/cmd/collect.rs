//! `annals collect`: real systems' logs into events, as a service or as a test on stdin.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use annals_collect::CollectError;

use crate::args::{CollectArgs, CollectCommand};
use crate::exit::Exit;
use crate::{log, output};

/// Runs the collector, or tests a source.
pub(crate) fn run(args: &CollectArgs) -> Result<(), Exit> {
    match (&args.command, &args.config) {
        (Some(CollectCommand::Test { source, json }), _) => test(source, *json),
        (None, Some(config)) => collect(config),
        (None, None) => Err(Exit::Usage("name a configuration: --config FILE".to_owned())),
    }
}

fn test(source: &str, json: bool) -> Result<(), Exit> {
    log::start();
    let (input, out) = (std::io::stdin().lock(), std::io::stdout().lock());
    match annals_collect::test_source(source, input, json, out) {
        Ok(()) => Ok(()),
        Err(CollectError::Output(error)) => output::settle(Err(error)),
        Err(error) if error.is_configuration() => Err(Exit::usage("cannot test", &error)),
        Err(error) => Err(Exit::fault("the test stopped", &error)),
    }
}

fn collect(path: &Path) -> Result<(), Exit> {
    log::start();
    let config = annals_collect::Config::load(path)
        .map_err(|error| Exit::usage(&format!("cannot use {}", path.display()), &error))?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, stop.clone())
            .map_err(|error| Exit::fault("cannot listen for signals", &error))?;
    }
    output::line("collecting")?;
    annals_collect::run(&config, &|| stop.load(Ordering::Relaxed))
        .map_err(|error| Exit::fault("the collector stopped", &error))
}
