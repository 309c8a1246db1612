//! The life of a gateway: open, listen, pass on, stop.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use annals_api::client::Client;
use annals_api::sdk::{Options, Recorder};
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::config::Config;
use crate::counters::Counters;
use crate::error::GatewayError;
use crate::gateway::later::{self, Laters};
use crate::gateway::{Gateway, WORK_MAX, feed};
use crate::keep::Keeper;
use crate::routes::RouteSet;
use crate::session::Sessions;
use crate::state::{Kept, Kind, State};
use crate::uncovered::Uncovered;
use crate::upstream::Upstream;
use crate::who::Identities;
use crate::{admin, listen, tls};

/// The spool's folder in that of the gateway: it belongs to the recorder alone.
const SPOOL: &str = "spool";
/// Pause between two signs of life.
const ALIVE_PAUSE: Duration = Duration::from_secs(5);

/// Where a gateway listens.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// For clients.
    pub clients: SocketAddr,
    /// Its own pages.
    pub admin: Option<SocketAddr>,
    /// True if clients connect with TLS.
    pub is_encrypted: bool,
}

/// Passes requests on until `stop` resolves, then takes no new ones, finishes those in work, and
/// sends what waits for the server, for a while. `ready` learns the addresses. `client` is for
/// the Annals server.
///
/// # Errors
/// When something that the configuration names cannot be used, or an address is taken.
pub async fn run(
    config: Config,
    client: Client,
    ready: impl FnOnce(Addresses),
    stop: impl Future<Output = ()>,
) -> Result<(), GatewayError> {
    config.check()?;
    let clients = bind(config.listen).await?;
    let own = match config.admin {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let opened = tokio::task::spawn_blocking({
        let config = config.clone();
        move || open(&config, client)
    });
    let (gateway, kept, tls) = match opened.await {
        Ok(opened) => opened?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    resume(&gateway, &kept).await;
    let cursors = kept.of::<String>(Kind::Cursor);
    for feed in gateway.routes.feeds() {
        let cursor = cursors.iter().find(|(name, _)| name == feed.name());
        let cursor = cursor.map(|(_, cursor)| cursor.clone());
        tokio::spawn(feed::follow(Arc::downgrade(&gateway), feed.clone(), cursor));
    }
    let alive = tokio::spawn(signs_of_life(gateway.clone()));
    let local = |listener: &TcpListener, address| {
        listener.local_addr().map_err(|source| GatewayError::Listen { address, source })
    };
    let addresses = Addresses {
        clients: local(&clients, config.listen)?,
        admin: own.as_ref().map(|own| local(own, config.listen)).transpose()?,
        is_encrypted: tls.is_some(),
    };
    let pages = own.map(|own| tokio::spawn(admin::serve(gateway.clone(), own)));
    ready(addresses);
    let told = async {
        stop.await;
        gateway.stop.send_replace(true);
    };
    listen::serve(&gateway, clients, tls, told).await;
    finish(&gateway).await;
    alive.abort();
    pages.into_iter().for_each(|pages| pages.abort());
    // The last clone of the recorder waits for its thread.
    let _ = tokio::task::spawn_blocking(move || drop(gateway)).await;
    Ok(())
}

/// Reads all that a configuration names, as [`run`] does, and starts nothing. Blocks.
///
/// # Errors
/// What is wrong with it.
pub fn check(config: &Config) -> Result<(), GatewayError> {
    config.check()?;
    RouteSet::load(config)?;
    config.https.as_ref().map(tls::acceptor).transpose()?;
    Upstream::new(config).map(drop)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, GatewayError> {
    TcpListener::bind(address).await.map_err(|source| GatewayError::Listen { address, source })
}

type Opened = (Arc<Gateway>, Kept, Option<tokio_rustls::TlsAcceptor>);

/// Opens everything that the configuration names. Blocks.
fn open(config: &Config, client: Client) -> Result<Opened, GatewayError> {
    let routes = RouteSet::load(config)?;
    let tls = config.https.as_ref().map(tls::acceptor).transpose()?;
    let upstream = Upstream::new(config)?;
    let (state, kept) = State::open(&config.spool)?;
    let patience = config.limits.strict_patience();
    let options = Options {
        spool_bytes_max: config.limits.spool_bytes_max,
        strict_patience: patience,
        ..Options::in_folder(config.spool.join(SPOOL))
    };
    let recorder = Recorder::open(client, options).map_err(GatewayError::Spool)?;
    let gateway = Gateway {
        routes,
        identities: Identities::new(config, state.clone(), &kept)?,
        upstream,
        keeper: Keeper::new(recorder, patience),
        sessions: Sessions::new(state.clone()),
        laters: Laters::new(state.clone()),
        state,
        uncovered: Uncovered::default(),
        counters: Counters::default(),
        limits: config.limits.clone(),
        hosts: config.hosts.clone(),
        region: config.region.clone(),
        stack_id: config.stack_id.clone(),
        stop: watch::Sender::new(false),
        work: Arc::new(Semaphore::new(WORK_MAX as usize)),
    };
    Ok((Arc::new(gateway), kept, tls))
}

/// Tells what was left open when the gateway died, and takes up what goes on.
async fn resume(gateway: &Arc<Gateway>, kept: &Kept) {
    for (id, note) in kept.of::<Box<RawValue>>(Kind::Note) {
        if gateway.keeper.written(note.get().to_owned()).await {
            gateway.state.forget(Kind::Note, &id);
        }
    }
    gateway.sessions.end_old(kept, &gateway.keeper).await;
    later::take_up(gateway, kept).await;
}

async fn signs_of_life(gateway: Arc<Gateway>) {
    loop {
        gateway.sessions.sign_of_life();
        tokio::time::sleep(ALIVE_PAUSE).await;
    }
}

/// Waits for what is still to be told, and for the server.
async fn finish(gateway: &Gateway) {
    let patience = Duration::from_secs(gateway.limits.stop_seconds_max);
    let all = gateway.work.acquire_many(WORK_MAX);
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!("operations were still in work when the time to stop was over");
    }
    gateway.state.flush().await;
    if !gateway.keeper.flush(patience).await {
        let waiting = gateway.keeper.stats().waiting;
        tracing::warn!(waiting, "the server does not have everything yet; it waits in the spool");
    }
}
