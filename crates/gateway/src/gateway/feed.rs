//! The platform's own acts: its lists are asked for again and again, from where the last answer
//! ended.
//!
//! The cursor moves on after everything before it is kept. What is read twice has the same id and
//! is one event.

use std::sync::{Arc, Weak};
use std::time::Duration;

use annals_api::sdk::Guarantee;
use annals_map::route::{Answer, Capture, Feed, FeedItem, FeedPage};

use super::{Gateway, later};
use crate::clock;
use crate::state::Kind;

/// Bytes of an answer that are looked at.
const PAGE_BYTES_MAX: usize = 8 << 20;
/// Longest pause between two questions, after failures.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Follows a feed until the gateway is gone.
pub(crate) async fn follow(gateway: Weak<Gateway>, feed: Arc<Feed>, mut cursor: Option<String>) {
    let mut pause = Duration::ZERO;
    loop {
        tokio::time::sleep(pause).await;
        let Some(gateway) = gateway.upgrade() else { return };
        let page = ask(&gateway, &feed, cursor.as_deref()).await;
        pause = match page {
            None => (pause * 2).clamp(feed.every(), PAUSE_MAX.max(feed.every())),
            Some(page) => {
                let is_empty = page.items.is_empty();
                let next = page.cursor.clone();
                if !keep(&gateway, page).await {
                    feed.every()
                } else {
                    let moved = next.is_some() && next != cursor;
                    if let Some(next) = next.filter(|_| moved) {
                        gateway.state.put(Kind::Cursor, feed.name(), &next).await;
                        cursor = Some(next);
                    }
                    // A full page may have a next one.
                    if moved && !is_empty { Duration::ZERO } else { feed.every() }
                }
            }
        };
    }
}

async fn ask(gateway: &Gateway, feed: &Feed, cursor: Option<&str>) -> Option<FeedPage> {
    let path = feed.path(cursor);
    let asked = match gateway.upstream.ask(&path, None).await {
        Ok(asked) => asked,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, feed = feed.name(), "a feed cannot be read");
            return None;
        }
    };
    if !asked.status.is_success() {
        tracing::warn!(status = %asked.status, feed = feed.name(), "a feed is refused");
        return None;
    }
    let kind = asked.headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let mut capture = Capture::new(kind, PAGE_BYTES_MAX);
    capture.push(&asked.body);
    let data = capture.finish();
    let status = asked.status.as_u16();
    Some(feed.read(&Answer { status, headers: &asked.headers, data: data.as_ref() }))
}

/// True once all of it is kept.
async fn keep(gateway: &Arc<Gateway>, page: FeedPage) -> bool {
    gateway.counters.feed_items_unmapped.inc_by(page.unmapped as u64);
    for FeedItem { record, closes } in page.items {
        if let Some(mut record) = record {
            record.time.get_or_insert_with(|| clock::now().to_string().into());
            record.region = record.region.take().or(gateway.region.clone().map(Into::into));
            record.stack_id = record.stack_id.take().or(gateway.stack_id.clone().map(Into::into));
            let operation = record.operation.clone().unwrap_or_default();
            let session = record.session_id.clone();
            if !gateway.keeper.whole(record, Guarantee::Spooled).await {
                return false;
            }
            if let Some(session) = session.filter(|_| gateway.routes.ends_session(&operation)) {
                gateway.sessions.ended_elsewhere(&session);
            }
        }
        if let Some(closing) = closes {
            later::close(gateway, closing).await;
        }
    }
    true
}
