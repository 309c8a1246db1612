//! How checkpoints reach places and witnesses: what each holds, for how long, and whether it
//! fails.

use std::sync::atomic::AtomicI64;

use annals_api::wire::status::DeliveryStatus;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByName {
    name: String,
}

type Named = Family<ByName, Gauge<i64, AtomicI64>>;

/// The gauges of all places, or of all witnesses.
#[derive(Default)]
pub(super) struct OutsideGauges {
    events: Named,
    age: Named,
    failing: Named,
    failures: Named,
}

impl OutsideGauges {
    /// `annals_<prefix>_…`; `whom` is what the help texts speak of.
    pub(super) fn register(&self, registry: &mut Registry, prefix: &str, whom: &str) {
        let gauges = [
            ("events", "Events under the last checkpoint it took", &self.events),
            ("failing", "1 while the last attempt has failed", &self.failing),
            ("failures", "Attempts that failed since the start", &self.failures),
        ];
        for (name, help, gauge) in gauges {
            let help = format!("{help}, by {whom}");
            registry.register(format!("{prefix}_{name}"), help, gauge.clone());
        }
        registry.register_with_unit(
            format!("{prefix}_age"),
            format!("Time since it last had the newest checkpoint, by {whom}"),
            Unit::Seconds,
            self.age.clone(),
        );
    }

    pub(super) fn set(&self, now: &[DeliveryStatus]) {
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        for status in now {
            let name = ByName { name: status.name.clone() };
            self.events.get_or_create(&name).set(gauge(status.size));
            self.age.get_or_create(&name).set(gauge(status.age_seconds));
            self.failing.get_or_create(&name).set(i64::from(status.error.is_some()));
            self.failures.get_or_create(&name).set(gauge(status.failures));
        }
    }
}
