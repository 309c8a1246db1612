//! The platform over HTTP: routes, who is asking, and the server.
//!
//! Every route is declared by `Served::on`, which also keeps a list of them: a test holds the
//! list against what the audit layer knows. Handlers check rights first, then change state under
//! one lock, then answer with the id and name of what they changed.

mod account;
mod approvals;
mod desk;
mod environments;
mod files;
mod form;
mod groups;
mod socket;
#[cfg(test)]
mod tests;
mod users;

use std::net::SocketAddr;
use std::time::Duration;

use annals_api::client::Client;
use annals_api::sdk::{Options, Recorder};
use anyhow::{Context as _, Result};
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use axum::{Json, Router, middleware};
use http::Method;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::caller::Door;
use crate::journal::Journal;
use crate::platform::{App, Platform};
use crate::refusal::Refusal;
use crate::{Serve, audit, caller};

/// Between two looks at what has become due.
const TICK: Duration = Duration::from_millis(100);

/// How long the SDK may still send when the platform stops.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(10);

/// What handlers answer.
pub(crate) type Answer = Result<Json<Value>, Refusal>;

/// A router, and a list of what it serves.
pub(crate) struct Served {
    router: Router<App>,
    pub(crate) routes: Vec<(Method, String)>,
}

impl Served {
    /// Everything.
    pub(crate) fn all() -> Self {
        let served = Self { router: Router::new(), routes: Vec::new() };
        let served = environments::routes(served);
        let served = users::routes(groups::routes(account::routes(served)));
        desk::routes(approvals::routes(files::routes(socket::routes(served))))
    }

    /// One route.
    pub(crate) fn on<T: 'static>(
        mut self,
        method: Method,
        path: &str,
        handler: impl Handler<T, App>,
    ) -> Self {
        let filter = MethodFilter::try_from(method.clone()).expect("a method of HTTP");
        self.router = self.router.route(path, on(filter, handler));
        self.routes.push((method, path.to_owned()));
        self
    }

    /// The service: who is asking is found out first, then the act is recorded, if it is.
    pub(crate) fn service(self, app: &App, trusted: &[String]) -> Result<Router> {
        let router = match &app.journal.recorder {
            Some(recorder) => self.router.layer(audit::layer(app, recorder.clone(), trusted)?),
            None => self.router,
        };
        let networks = trusted.iter().map(|text| text.parse());
        let trusted = networks.collect::<Result<_, _>>().context("not a network")?;
        let door = Door { app: app.clone(), trusted };
        let identify = middleware::from_fn_with_state(door, caller::identify);
        Ok(router.layer(identify).with_state(app.clone()))
    }
}

/// Serves until the process is told to stop.
pub(crate) fn serve(options: Serve) -> Result<()> {
    let recorder = options.audit.as_ref().map(|server| recorder(server, &options)).transpose()?;
    let journal = Journal::new(recorder, options.listen.ip());
    let app = Platform::new(&options.admin_password, journal);
    let ticking = app.clone();
    std::thread::spawn(move || {
        loop {
            ticking.tick(Timestamp::now());
            std::thread::park_timeout(TICK);
        }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(listen(&app, &options))
}

/// Every route, one a line.
pub(crate) fn print_routes() {
    for (method, path) in Served::all().routes {
        println!("{method} {path}");
    }
}

fn recorder(server: &str, options: &Serve) -> Result<Recorder> {
    let token = std::env::var("ANNALS_TOKEN").context("put a token into ANNALS_TOKEN")?;
    let client = Client::new(server, Some(&token))?;
    Ok(Recorder::open(client, Options::in_folder(&options.spool))?)
}

async fn listen(app: &App, options: &Serve) -> Result<()> {
    let listener = TcpListener::bind(options.listen).await.context("cannot listen there")?;
    let service = Served::all().service(app, &options.trusted_proxy)?;
    println!("listening on http://{}", listener.local_addr()?);
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    let app = app.clone();
    // What is not sent by then is sent by the next start.
    tokio::task::spawn_blocking(move || app.journal.flush(FLUSH_TIME_MAX)).await?;
    Ok(())
}
