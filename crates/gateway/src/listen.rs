//! Connections of clients: accepted up to a limit, encrypted where that is wanted, with a time
//! limit on handshakes and heads, and ended in good order. HTTP/1.1 and HTTP/2, in clear text too.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::config::Limits;
use crate::gateway::{Gateway, Peer};

/// Most header lines of a request.
const HEADERS_MAX: usize = 200;
/// Requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 256;
/// Pause after a failed accept, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

type Broken = Box<dyn std::error::Error + Send + Sync>;

struct Door {
    gateway: Arc<Gateway>,
    builder: Builder<TokioExecutor>,
    tls: Option<TlsAcceptor>,
    handshake_time_max: Duration,
}

/// Serves connections until `stop`, then lets requests in work finish for a while.
pub(crate) async fn serve(
    gateway: &Arc<Gateway>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    stop: impl Future<Output = ()>,
) {
    let limits = gateway.limits.clone();
    let door = Arc::new(Door {
        gateway: gateway.clone(),
        builder: builder(&limits),
        tls,
        handshake_time_max: Duration::from_secs(limits.head_seconds_max),
    });
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

impl Door {
    async fn open(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        watcher: Watcher,
    ) -> Result<(), Broken> {
        let Some(tls) = &self.tls else {
            return self.answer(stream, Peer { address, is_encrypted: false }, watcher).await;
        };
        let slow = |_| io::Error::new(io::ErrorKind::TimedOut, "the handshake took too long");
        let accepted = tokio::time::timeout(self.handshake_time_max, tls.accept(stream)).await;
        let stream = accepted.map_err(slow)??;
        self.answer(stream, Peer { address, is_encrypted: true }, watcher).await
    }

    async fn answer(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        peer: Peer,
        watcher: Watcher,
    ) -> Result<(), Broken> {
        let gateway = self.gateway.clone();
        let service = service_fn(move |request| gateway.clone().answer(request, peer));
        let connection = self.builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        watcher.watch(connection.into_owned()).await
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let head_time_max = Duration::from_secs(limits.head_seconds_max);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time_max)
        // The smallest that hyper takes.
        .max_buf_size(limits.head_bytes_max.max(8 << 10))
        .max_headers(HEADERS_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits.head_bytes_max).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(head_time_max)
        .keep_alive_timeout(head_time_max);
    builder
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a permit in the end.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                return (stream, address, place);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
