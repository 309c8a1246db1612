//! Connections that have changed their protocol: bytes pass both ways, counted, until one side
//! ends.
//!
//! Of a WebSocket the close frames are read as they pass, nothing else. Where the connection is a
//! session, its end is recorded, once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use annals_api::sdk::Guarantee;
use annals_map::route::{Close, ClosedBy, Session};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};

use super::Gateway;
use super::whence::Whence;
use crate::clock;
use crate::frames::{CloseFrame, Frames};

/// How long one side may still speak after the other has ended.
const LAST_WORDS: Duration = Duration::from_secs(5);
const PIECE_BYTES: usize = 16 << 10;

/// A session that a tunnel carries.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) id: String,
    pub(crate) session: Session,
    pub(crate) whence: Whence,
}

/// What has passed.
#[derive(Debug, Default)]
struct Passed {
    /// Close frames are looked for.
    is_session: bool,
    from_client: AtomicU64,
    from_platform: AtomicU64,
    /// The first close frame, and whose it was.
    close: Mutex<Option<(ClosedBy, CloseFrame)>>,
}

/// Lets bytes pass between two connections as soon as both have changed their protocol.
pub(crate) fn open(
    gateway: Arc<Gateway>,
    client: OnUpgrade,
    platform: OnUpgrade,
    carried: Option<Carried>,
) {
    tokio::spawn(async move {
        gateway.counters.tunnels.inc();
        let begun = Instant::now();
        let _work = gateway.work.clone().acquire_owned().await;
        let passed = Passed { is_session: carried.is_some(), ..Passed::default() };
        let mut stop = gateway.stop.subscribe();
        tokio::select! {
            () = pass(client, platform, &passed) => {}
            // An error means that the gateway is gone.
            _ = stop.wait_for(|is_stopping| *is_stopping) => {}
        }
        let bytes = [&passed.from_client, &passed.from_platform];
        let bytes = bytes.map(|count| count.load(Ordering::Relaxed));
        gateway.counters.bytes_tunnelled.inc_by(bytes[0] + bytes[1]);
        if let Some(carried) = carried {
            end(&gateway, carried, &passed, begun.elapsed(), bytes).await;
        }
    });
}

async fn pass(client: OnUpgrade, platform: OnUpgrade, passed: &Passed) {
    let (client, platform) = match tokio::try_join!(client, platform) {
        Ok(both) => both,
        Err(error) => return tracing::debug!(%error, "a connection did not change its protocol"),
    };
    let (client_reads, client_writes) = split(TokioIo::new(client));
    let (platform_reads, platform_writes) = split(TokioIo::new(platform));
    let from_client = pump(client_reads, platform_writes, ClosedBy::Client, passed);
    let from_platform = pump(platform_reads, client_writes, ClosedBy::Server, passed);
    let (mut from_client, mut from_platform) = (Box::pin(from_client), Box::pin(from_platform));
    tokio::select! {
        () = &mut from_client => drop(tokio::time::timeout(LAST_WORDS, from_platform).await),
        () = &mut from_platform => drop(tokio::time::timeout(LAST_WORDS, from_client).await),
    }
}

/// One direction, to its end.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    side: ClosedBy,
    passed: &Passed,
) {
    let count = if side == ClosedBy::Client { &passed.from_client } else { &passed.from_platform };
    let mut frames = passed.is_session.then(Frames::default);
    let mut piece = vec![0; PIECE_BYTES];
    while let Ok(bytes @ 1..) = from.read(&mut piece).await {
        if let Some(frames) = &mut frames {
            frames.push(&piece[..bytes]);
        }
        if let Some(close) = frames.as_ref().and_then(Frames::close) {
            let mut first = passed.close.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| (side, close.clone()));
        }
        count.fetch_add(bytes as u64, Ordering::Relaxed);
        if to.write_all(&piece[..bytes]).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
    // Nobody is left to be told if that fails.
    let _ = to.shutdown().await;
}

/// Records the end of a session, if nothing has before.
async fn end(
    gateway: &Gateway,
    carried: Carried,
    passed: &Passed,
    lasted: Duration,
    [from_client, from_platform]: [u64; 2],
) {
    let Carried { id, session, whence } = carried;
    let close = passed.close.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (by, frame) = close.unwrap_or((ClosedBy::Nobody, CloseFrame::default()));
    let Some(event) = gateway.sessions.end(&id) else { return };
    let close = Close { by, code: frame.code, reason: &frame.reason, lasted };
    let mut record = session.close(&close);
    whence.fill(&mut record);
    record.id = Some(event.clone().into());
    record.time = Some(clock::now().to_string().into());
    record.session_id = Some(id.into());
    let data = record.request_data.as_deref().map(serde_json::from_str);
    let mut data: Map<String, Value> = data.and_then(Result::ok).unwrap_or_default();
    data.insert("bytes_from_client".to_owned(), from_client.into());
    data.insert("bytes_to_client".to_owned(), from_platform.into());
    record.request_data = Some(Value::Object(data).to_string().into());
    if gateway.keeper.whole(record, Guarantee::Spooled).await {
        gateway.sessions.forget(&event);
    }
}
