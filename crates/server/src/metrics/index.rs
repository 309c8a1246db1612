//! Gauges of the index of events: what it holds and how far it is.

use std::sync::atomic::AtomicI64;

use annals_views::IndexStats;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

type Value = Gauge<i64, AtomicI64>;

#[derive(Default)]
pub(super) struct IndexGauges {
    rows: Value,
    parts: Value,
    lag: Value,
    settled: Value,
    disk: Value,
}

impl IndexGauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        let gauges = [
            ("index_rows", "Rows of the index", &self.rows),
            ("index_parts", "Parts of the index, on disk and in memory", &self.parts),
            ("index_lag_events", "Events the index is behind the ledger", &self.lag),
            ("index_settled_events", "Events below which the index is on disk", &self.settled),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        let (name, help) = ("index_disk", "Bytes of the files of the index");
        registry.register_with_unit(name, help, Unit::Bytes, self.disk.clone());
    }

    pub(super) fn set(&self, now: &IndexStats) {
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.rows.set(gauge(now.rows));
        self.parts.set(gauge(now.parts as u64));
        self.lag.set(gauge(now.lag));
        self.settled.set(gauge(now.settled));
        self.disk.set(gauge(now.disk_bytes));
    }
}
