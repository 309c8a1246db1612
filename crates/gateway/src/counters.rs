//! What is counted. `admin` tells it.

use prometheus_client::metrics::counter::Counter;

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) requests: Counter,
    pub(crate) recorded: Counter,
    /// Requests that were not passed on because nothing durable could be kept.
    pub(crate) refused: Counter,
    /// Requests to which the platform gave no answer.
    pub(crate) unanswered: Counter,
    pub(crate) tunnels: Counter,
    pub(crate) bytes_tunnelled: Counter,
    pub(crate) feed_items_unmapped: Counter,
}
