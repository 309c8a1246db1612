//! `annals gateway`: a reverse proxy that records, and help with its route file.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use annals_gateway::{Addresses, Config, GatewayError};
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{GatewayArgs, GatewayCommand, ServerArgs};
use crate::exit::Exit;
use crate::{log, output, reach};

/// Most bytes of a list of requests.
const LIST_BYTES_MAX: u64 = 256 << 20;

/// Runs the gateway, or helps with its routes.
pub(crate) fn run(args: &GatewayArgs) -> Result<(), Exit> {
    match &args.command {
        Some(GatewayCommand::Learn { input, catalogue }) => learn(input, catalogue),
        Some(GatewayCommand::Check { config }) => {
            let config = Config::load(config).map_err(|error| failed(&error))?;
            annals_gateway::check(&config).map_err(|error| failed(&error))?;
            output::line("good")
        }
        None => gateway(args),
    }
}

fn learn(input: &Path, catalogues: &[PathBuf]) -> Result<(), Exit> {
    let mut text = String::new();
    let read = match input.as_os_str() == "-" {
        true => std::io::stdin().lock().take(LIST_BYTES_MAX).read_to_string(&mut text),
        false => std::fs::File::open(input)
            .and_then(|file| file.take(LIST_BYTES_MAX).read_to_string(&mut text)),
    };
    read.map_err(|error| Exit::usage(&format!("cannot read {}", input.display()), &error))?;
    let proposed = annals_gateway::learn(&text, catalogues).map_err(|error| failed(&error))?;
    output::line(proposed.trim_end())
}

fn gateway(args: &GatewayArgs) -> Result<(), Exit> {
    log::start();
    let config = config(args)?;
    let server = ServerArgs {
        server: config.server.url.clone(),
        token_file: args.token_file.clone().or(config.server.token_file.clone()),
        ca: args.ca.clone().or(config.server.authorities.clone()),
    };
    let client = reach::client(&server)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Exit::fault("cannot start threads", &error))?;
    let _inside = runtime.enter();
    let listen =
        |kind| signal(kind).map_err(|error| Exit::fault("cannot listen for signals", &error));
    let (mut term, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let stop = async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let mut printed = Ok(());
    let ready = |at: Addresses| {
        let scheme = if at.is_encrypted { "https" } else { "http" };
        if let Some(admin) = at.admin {
            output::hint(&format!("own pages on http://{admin}"));
        }
        printed = output::line(&format!("listening on {scheme}://{}", at.clients));
    };
    let ended = runtime.block_on(annals_gateway::run(config, client, ready, stop));
    printed?;
    ended.map_err(|error| failed(&error))
}

/// The configuration file, under the options.
fn config(args: &GatewayArgs) -> Result<Config, Exit> {
    let missing =
        |what: &str| Exit::Usage(format!("name {what}, or a configuration with --config FILE"));
    let upstream = args.upstream.as_deref().map(|url| {
        url.parse().map_err(|error| Exit::usage(&format!("`{url}` is not an address"), &error))
    });
    let upstream = upstream.transpose()?;
    let mut config = match &args.config {
        Some(path) => Config::load(path).map_err(|error| failed(&error))?,
        None => Config::new(
            upstream.clone().ok_or_else(|| missing("the platform with --upstream URL"))?,
            Vec::new(),
            args.spool.clone().ok_or_else(|| missing("a folder with --spool DIR"))?,
            "http://127.0.0.1:7200".to_owned(),
        ),
    };
    if !args.routes.is_empty() {
        config.routes.clone_from(&args.routes);
    }
    if config.routes.is_empty() {
        return Err(missing("a route file with --routes FILE"));
    }
    config.listen = args.listen.unwrap_or(config.listen);
    config.admin = args.admin.or(config.admin);
    config.upstream = upstream.unwrap_or(config.upstream);
    config.spool = args.spool.clone().unwrap_or(config.spool);
    config.server.url = args.server.clone().unwrap_or(config.server.url);
    Ok(config)
}

fn failed(error: &GatewayError) -> Exit {
    match error.is_configuration() {
        true => Exit::usage("cannot start the gateway", error),
        false => Exit::fault("the gateway stopped", error),
    }
}
