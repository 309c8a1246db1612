//! `annals serve`: the server, until SIGTERM or SIGINT.
//!
//! One line on stdout, `listening on http://ADDR:PORT` (or `https://…`), once requests are taken.
//! A stop takes no new work, finishes what was accepted and exits 0.

use annals_server::Config;

use crate::args::ServeArgs;
use crate::exit::Exit;
use crate::{log, output};

/// The first account's password; used only while there is none.
const PASSWORD_VARIABLE: &str = "ANNALS_ADMIN_PASSWORD";

/// Runs the server.
pub(crate) fn run(args: &ServeArgs) -> Result<(), Exit> {
    let config = super::config::load(args.config.as_deref())?;
    log::start();
    let config = with_arguments(config, args);
    config.check().map_err(|error| Exit::usage("cannot serve", &error))?;
    first_account(&config, std::env::var(PASSWORD_VARIABLE).ok())?;
    serve(config, |_| {})
}

/// Makes the account `admin` if there is no account, and tells its one-time password.
pub(super) fn first_account(config: &Config, given: Option<String>) -> Result<(), Exit> {
    let made = annals_server::first_account(config, given)
        .map_err(|error| Exit::fault("cannot make the first account", &error))?;
    let Some(made) = made else { return Ok(()) };
    if let Some(password) = &made.one_time {
        let name = made.name;
        output::hint(&format!(
            "account {name}, one-time password (shown only now, to be changed): {password}"
        ));
    }
    if let Some(weak) = &made.weak {
        output::hint(&format!("annals: {PASSWORD_VARIABLE} is poor, change it: {weak}"));
    }
    Ok(())
}

/// What stands on the command line wins over file and environment.
fn with_arguments(mut config: Config, args: &ServeArgs) -> Config {
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    config
}

/// Serves until a signal; `ready` learns the address after the line was printed.
pub(crate) fn serve(
    config: Config,
    ready: impl FnOnce(std::net::SocketAddr) + Send,
) -> Result<(), Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Exit::fault("cannot start the runtime", &error))?;
    let scheme = if config.is_encrypted() { "https" } else { "http" };
    let mut printed = Ok(());
    let told = |address| {
        printed = output::line(&format!("listening on {scheme}://{address}"));
        ready(address);
    };
    let served = runtime.block_on(async { annals_server::serve(config, told, stopped()).await });
    printed?;
    served.map_err(|error| {
        if error.is_configuration() {
            Exit::usage("cannot serve", &error)
        } else {
            Exit::fault("the server stopped", &error)
        }
    })
}

/// Resolves at the first SIGTERM or SIGINT from now on: whoever is told that work is taken can stop
/// it in good order from that very moment. Within a runtime.
pub(crate) fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut term), Ok(mut int)) = signals else {
            tracing::error!("cannot listen for signals; stop with SIGKILL");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        tracing::info!("stopping: no new work is taken, what was accepted is finished");
    }
}
