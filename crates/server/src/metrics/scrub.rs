//! The check of the whole ledger: whether it runs, how far it is, what the last one found.

use std::sync::atomic::AtomicI64;

use annals_api::wire::status::ScrubStatus;
use annals_record::Timestamp;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

const NANOS_A_SECOND: i64 = 1_000_000_000;

type Value = Gauge<i64, AtomicI64>;

/// The gauges of the scrub.
#[derive(Default)]
pub(super) struct ScrubGauges {
    running: Value,
    done: Value,
    total: Value,
    findings: Value,
    last_end: Value,
    last_duration: Value,
}

impl ScrubGauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        let gauges = [
            ("scrub_running", "1 while the ledger is being checked", &self.running),
            ("scrub_findings", "Faults the last check found; -1 before the first", &self.findings),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        let gauges = [
            ("scrub_done", "Bytes the present check has read", Unit::Bytes, &self.done),
            ("scrub_total", "Bytes the present check has to read", Unit::Bytes, &self.total),
            ("scrub_last_end", "When the last check ended, POSIX", Unit::Seconds, &self.last_end),
            ("scrub_duration", "What the last check took", Unit::Seconds, &self.last_duration),
        ];
        for (name, help, unit, gauge) in gauges {
            registry.register_with_unit(name, help, unit, gauge.clone());
        }
    }

    pub(super) fn set(&self, now: &ScrubStatus) {
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.running.set(i64::from(now.running));
        self.done.set(gauge(now.done_bytes));
        self.total.set(gauge(now.total_bytes));
        self.findings.set(now.last.as_ref().map_or(-1, |last| gauge(last.findings)));
        let ended = now.last.as_ref().and_then(|last| Timestamp::parse(&last.ended));
        self.last_end.set(ended.map_or(0, |ended| ended.nanos() / NANOS_A_SECOND));
        self.last_duration.set(now.last.as_ref().map_or(0, |last| gauge(last.seconds)));
    }
}
