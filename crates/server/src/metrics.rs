//! What Prometheus is told: counts and sizes, never content.
//!
//! Labels are routes, methods and status codes, all from closed sets, so that no caller can make
//! the number of series grow; places and witnesses are named in the configuration.

mod compaction;
mod index;
mod outside;
mod scrub;

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use annals_api::wire::status::{Counters, DeliveryStatus, ScrubStatus};
use annals_ledger::Compaction;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::ingest::Outcome;
use annals_views::IndexStats;
use compaction::CompactionGauges;
use index::IndexGauges;
use outside::OutsideGauges;
use scrub::ScrubGauges;

/// Upper ends of the duration buckets, seconds.
const DURATION_SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRoute {
    route: String,
}

/// What is looked at only when it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Gauges {
    pub(crate) ledger_events: u64,
    pub(crate) ledger_stopped: bool,
    pub(crate) quarantine_bytes: u64,
    pub(crate) quarantine_lag_events: u64,
    pub(crate) body_bytes: u64,
    pub(crate) places: Vec<DeliveryStatus>,
    pub(crate) witnesses: Vec<DeliveryStatus>,
    pub(crate) scrub: ScrubStatus,
    /// None where views are off.
    pub(crate) index: Option<IndexStats>,
    pub(crate) compaction: Compaction,
}

/// All metrics of the server.
pub(crate) struct Metrics {
    registry: Registry,
    accepted: Counter<u64, AtomicU64>,
    duplicates: Counter<u64, AtomicU64>,
    rejected: Counter<u64, AtomicU64>,
    requests: Family<Answered, Counter>,
    durations: Family<ByRoute, Histogram>,
    ledger_size: Gauge<i64, AtomicI64>,
    ledger_stopped: Gauge<i64, AtomicI64>,
    quarantine_bytes: Gauge<i64, AtomicI64>,
    quarantine_lag: Gauge<i64, AtomicI64>,
    body_bytes: Gauge<i64, AtomicI64>,
    places: OutsideGauges,
    witnesses: OutsideGauges,
    scrub: ScrubGauges,
    index: IndexGauges,
    compaction: CompactionGauges,
}

impl Metrics {
    /// All at zero.
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("annals"),
            accepted: Counter::default(),
            duplicates: Counter::default(),
            rejected: Counter::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(DURATION_SECONDS)),
            ledger_size: Gauge::default(),
            ledger_stopped: Gauge::default(),
            quarantine_bytes: Gauge::default(),
            quarantine_lag: Gauge::default(),
            body_bytes: Gauge::default(),
            places: OutsideGauges::default(),
            witnesses: OutsideGauges::default(),
            scrub: ScrubGauges::default(),
            index: IndexGauges::default(),
            compaction: CompactionGauges::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let events = [
            ("events_accepted", "Events kept", &self.accepted),
            ("events_duplicate", "Events that were kept before", &self.duplicates),
            ("lines_rejected", "Lines rejected", &self.rejected),
        ];
        for (name, help, counter) in events {
            registry.register(name, help, counter.clone());
        }
        registry.register("http_requests", "Requests answered", self.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time from a request's head to its answer",
            Unit::Seconds,
            self.durations.clone(),
        );
        let gauges = [
            ("ledger_events", "Events in the ledger", &self.ledger_size),
            ("ledger_stopped", "1 once the ledger has stopped for good", &self.ledger_stopped),
            ("quarantine_lag_events", "Events the index is behind", &self.quarantine_lag),
            ("quarantine_used_bytes", "Bytes of rejected lines", &self.quarantine_bytes),
            ("http_body_used_bytes", "Bytes of bodies in work", &self.body_bytes),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        self.places.register(registry, "publish", "place");
        self.witnesses.register(registry, "witness", "witness");
        self.scrub.register(registry);
        self.index.register(registry);
        self.compaction.register(registry);
    }

    /// A request was answered.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let route = route.to_owned();
        let labels =
            Answered { route: route.clone(), method: known(method), status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
        self.durations.get_or_create(&ByRoute { route }).observe(took.as_secs_f64());
    }

    /// An append was worked off.
    pub(crate) fn appended(&self, outcome: &Outcome) {
        self.accepted.inc_by(outcome.accepted);
        self.duplicates.inc_by(outcome.duplicates);
        // A line may have several faults; they stand together.
        let lines = outcome.rejected.chunk_by(|one, next| one.line == next.line).count();
        self.rejected.inc_by(lines as u64);
    }

    /// The counts of events.
    pub(crate) fn totals(&self) -> Counters {
        Counters {
            accepted: self.accepted.get(),
            duplicates: self.duplicates.get(),
            rejected: self.rejected.get(),
        }
    }

    /// OpenMetrics text, with the gauges of now.
    pub(crate) fn text(&self, now: &Gauges) -> Result<String, fmt::Error> {
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.ledger_size.set(gauge(now.ledger_events));
        self.ledger_stopped.set(i64::from(now.ledger_stopped));
        self.quarantine_bytes.set(gauge(now.quarantine_bytes));
        self.quarantine_lag.set(gauge(now.quarantine_lag_events));
        self.body_bytes.set(gauge(now.body_bytes));
        self.places.set(&now.places);
        self.witnesses.set(&now.witnesses);
        self.scrub.set(&now.scrub);
        if let Some(index) = &now.index {
            self.index.set(index);
        }
        self.compaction.set(&now.compaction);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Methods are foreign text; unknown ones share a label.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
