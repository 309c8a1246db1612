//! The life of the server: build, listen, serve, stop.

use std::future::Future;
use std::net::SocketAddr;

use annals_api::wire::status::ScrubResult;
use annals_ledger::{Clock as _, SystemClock};
use annals_record::{Object, Record};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::app::{App, Shared};
use crate::build::{self, House};
use crate::config::Config;
use crate::configured::Configured;
use crate::control::{CONFIGURATION, CONFIGURATION_SEEN};
use crate::error::ServerError;
use crate::export::Exporter;
use crate::http::listen;
use crate::ingest::IngestError;
use crate::outside::Rounds;
use crate::{http, jobs, tls};

/// Serves until `stop` resolves, then takes no new work, finishes what was accepted and closes
/// the ledger. `ready` learns the bound address once requests are answered.
///
/// # Errors
/// When something cannot be opened, or the ledger stops for good (a failed sync): then the
/// process should end and be started again, which recovers from disk.
pub async fn serve(
    config: Config,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), ServerError> {
    config.check()?;
    let listen = config.listen;
    let failed = |source| ServerError::Listen { listen, source };
    // The address first: a second server must fail before it waits for the first one's ledger.
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let House { app, ledger, followers, compactor } =
        blocking(move || build::build(config)).await?;
    let shared = app.clone();
    let tls = blocking(move || tls::acceptor(&shared.config)).await?;
    let shared = app.clone();
    blocking(move || {
        record(&shared, "service.start").map_err(ServerError::Record)?;
        record_configuration(&shared)
    })
    .await?;
    let rounds = Rounds::start(app.publisher.clone());
    let shared = app.clone();
    let scrub = app.scrub.start(move |result| record_scrub(&shared, result));
    let scrub = scrub.map_err(ServerError::Scrub)?;
    let exporter = Exporter::start(&app).map_err(ServerError::Exports)?;
    ready(bound);
    let stopped = until_stopped(&app, listener, tls, stop).await;
    blocking(move || {
        drop(exporter);
        drop(scrub);
    })
    .await;
    if stopped.is_ok() {
        let shared = app.clone();
        blocking(move || finish(&shared)).await;
        rounds.finish().await;
    }
    drop(app);
    blocking(move || {
        drop((followers, compactor));
        ledger.close()
    })
    .await
    .or_else(|error| if stopped.is_ok() { Err(error) } else { Ok(()) })?;
    stopped
}

async fn until_stopped(
    app: &Shared,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    stop: impl Future<Output = ()>,
) -> Result<(), ServerError> {
    let mut fault = None;
    let told = async {
        tokio::select! {
            () = stop => {}
            stopped = jobs::run(app.clone()) => fault = Some(stopped),
        }
        app.begin_to_stop();
    };
    listen::serve(listener, tls, http::router(app), &app.config.http, told).await;
    fault.map_or(Ok(()), |fault| Err(ServerError::Stopped(fault)))
}

/// The last events: what waits to be recorded, and that the service stops.
fn finish(app: &App) {
    if let Err(error) = jobs::drain(app) {
        tracing::error!(error = &error as &dyn std::error::Error, "acts wait to be recorded");
    }
    if let Err(error) = app.recorder.flush(&app.ingest, SystemClock.now(), true) {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "what was read and refused last is not recorded");
    }
    if let Err(error) = app.fingerprints.write(&app.control) {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "cannot keep the fingerprints of what was masked last");
    }
    if let Err(error) = app.control.write_used() {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "cannot keep when tokens and sessions were last used");
    }
    if let Err(error) = record(app, "service.stop") {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "cannot record that the service stops");
    }
}

fn record(app: &App, operation: &str) -> Result<(), IngestError> {
    app.ingest.record_own(own_act(app, operation)).map(|_| ())
}

/// Records that the configuration is not that of the last start, if it is not.
fn record_configuration(app: &App) -> Result<(), ServerError> {
    let key = app.control.secret(CONFIGURATION)?;
    let now = Configured::of(&app.config, &key);
    let before = app.control.recall(CONFIGURATION_SEEN)?;
    if let Some(before) = before.as_deref().and_then(Configured::parse) {
        let default = Configured::of(&Config::default(), &key);
        let changed = now.changed(&before, &default);
        if changed.is_empty() {
            return Ok(());
        }
        let told = serde_json::json!({ "changed": changed, "digest": now.digest(&key) });
        let event = Record {
            request_data: Some(told.to_string().into()),
            ..own_act(app, "configuration.edit")
        };
        app.ingest.record_own(event).map_err(ServerError::Record)?;
    }
    // Only then: a crash in between tells it twice rather than never.
    Ok(app.control.remember(CONFIGURATION_SEEN, &now.to_bytes())?)
}

/// A check of the ledger is an event like any other reading of it.
fn record_scrub(app: &App, result: &ScrubResult) {
    let outcome = if result.findings == 0 { "success" } else { "failure" };
    let event = Record {
        outcome: Some(outcome.into()),
        reason: result.first.clone().map(Into::into),
        request_data: serde_json::to_string(result).ok().map(Into::into),
        ..own_act(app, "verify.run")
    };
    if let Err(error) = app.ingest.record_own(event) {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "cannot record that the ledger was checked");
    }
}

/// One of the server's own acts upon itself.
fn own_act(app: &App, operation: &str) -> Record<'static> {
    Record {
        service: Some("audit-log".into()),
        operation: Some(operation.to_owned().into()),
        operator: Some(annals_record::SYSTEM.into()),
        object: Some(Object {
            kind: Some("server".into()),
            id: Some(http::origin(&app.head().note).into()),
            ..Object::default()
        }),
        request_data: Some(format!("{{\"version\":\"{}\"}}", env!("CARGO_PKG_VERSION")).into()),
        ..Record::default()
    }
}

/// Runs what blocks on a thread for that. A panic there is one here.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
