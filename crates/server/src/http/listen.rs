//! Connections: accepted up to a limit, encrypted where that is wanted, with a time limit on
//! handshakes and heads, and ended in good order.
//!
//! What a single request may do is limited elsewhere; here it is about clients that open many
//! connections, send a head byte by byte, or send one without end.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tower::ServiceBuilder;

use crate::config;
use crate::http::peer::Peer;
use crate::tls;

/// Largest head of a request, bytes.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Most header lines of a request.
const HEADERS_MAX: usize = 100;
/// Requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 64;
/// Pause after a failed accept, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What every connection is served with.
struct Door {
    router: Router,
    limits: config::Http,
    builder: Builder<TokioExecutor>,
    tls: Option<TlsAcceptor>,
}

/// Serves connections until `stop`, then lets requests in work finish for a while.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: &config::Http,
    stop: impl Future<Output = ()>,
) {
    let builder = builder(limits);
    let door = Arc::new(Door { router, limits: limits.clone(), builder, tls });
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections_max.max(1)));
    let mut stop = pin!(stop);
    loop {
        let (stream, address, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let (door, watcher) = (door.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = door.open(stream, address, watcher).await {
                tracing::debug!(error = &*error, "a connection broke");
            }
        });
    }
    drop(listener);
    let patience = Duration::from_secs(limits.stop_seconds_max);
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in work when the time to stop was over");
    }
}

type Broken = Box<dyn std::error::Error + Send + Sync>;

impl Door {
    /// Serves one connection to its end.
    async fn open(
        &self,
        stream: TcpStream,
        address: IpAddr,
        watcher: Watcher,
    ) -> Result<(), Broken> {
        let Some(tls) = &self.tls else {
            let peer = Peer { address, certificate: None };
            return self.answer(stream, peer, watcher).await;
        };
        let patience = Duration::from_secs(self.limits.header_seconds_max);
        let slow = |_| io::Error::new(io::ErrorKind::TimedOut, "the handshake took too long");
        let stream = tokio::time::timeout(patience, tls.accept(stream)).await.map_err(slow)??;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let certificate = shown.map(|certificate| tls::fingerprint(certificate).into());
        self.answer(stream, Peer { address, certificate }, watcher).await
    }

    /// Answers the requests of one connection.
    async fn answer(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        peer: Peer,
        watcher: Watcher,
    ) -> Result<(), Broken> {
        let proxies = self.limits.trusted_proxies.clone();
        let service = ServiceBuilder::new()
            .map_request(move |mut request: Request<Incoming>| {
                let peer = peer.clone().behind(&proxies, request.headers());
                request.extensions_mut().insert(peer);
                request
            })
            .service(self.router.clone());
        let service = TowerToHyperService::new(service);
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        watcher.watch(connection.into_owned()).await
    }
}

fn builder(limits: &config::Http) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_seconds_max))
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES_MAX as u32)
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(Duration::from_secs(limits.body_pause_seconds_max))
        .keep_alive_timeout(Duration::from_secs(limits.header_seconds_max));
    builder
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, IpAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a permit in the end.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                return (stream, address.ip().to_canonical(), place);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
