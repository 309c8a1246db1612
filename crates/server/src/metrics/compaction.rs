//! How far the compaction of sealed segments is.

use std::sync::atomic::AtomicI64;

use annals_ledger::Compaction;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

type Value = Gauge<i64, AtomicI64>;

/// The gauges of compaction.
#[derive(Default)]
pub(super) struct CompactionGauges {
    segments: Value,
    waiting: Value,
    before: Value,
    after: Value,
    failures: Value,
}

impl CompactionGauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        let gauges = [
            ("ledger_segments_sealed", "Sealed segments", &self.segments),
            ("ledger_segments_waiting", "Sealed segments not compacted yet", &self.waiting),
            ("compaction_failures", "Compactions that failed since the start", &self.failures),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        let gauges = [
            ("compaction_before", "Segments compacted since the start, before", &self.before),
            ("compaction_after", "Segments compacted since the start, after", &self.after),
        ];
        for (name, help, gauge) in gauges {
            registry.register_with_unit(name, help, Unit::Bytes, gauge.clone());
        }
    }

    pub(super) fn set(&self, now: &Compaction) {
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.segments.set(gauge(now.segments));
        self.waiting.set(gauge(now.waiting));
        self.before.set(gauge(now.bytes_before));
        self.after.set(gauge(now.bytes_after));
        self.failures.set(gauge(now.failures));
    }
}
