//! The publisher: all places and witnesses, each with a loop of its own, and one last round at
//! the end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use annals_api::wire::status::DeliveryStatus;
use annals_ledger::{Head, LedgerReader};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::place::Place;
use super::witnesses::Witnesses;
use crate::config::{Config, ConfigError};

/// How long a stop waits for the last round.
const LAST_ROUND: Duration = Duration::from_secs(15);

/// Brings each new checkpoint to places and witnesses.
pub(crate) struct Publisher {
    witnesses: Witnesses,
    cosign_every: Duration,
    places: Vec<Arc<Place>>,
}

impl Publisher {
    /// From the configuration; asks nobody yet.
    ///
    /// # Errors
    /// `Outside`, if a place or a witness cannot be used as it is written.
    pub(crate) fn new(config: &Config, reader: LedgerReader) -> Result<Self, ConfigError> {
        let places = config.publish.iter().map(|place| Place::new(place).map(Arc::new));
        Ok(Self {
            places: places.collect::<Result<_, _>>()?,
            witnesses: Witnesses::new(config, reader)?,
            cosign_every: Duration::from_secs(config.log.cosign_seconds.max(1)),
        })
    }

    /// The head whose checkpoint is shown to everybody, with the witnesses' lines.
    pub(crate) fn served(&self) -> Head {
        self.witnesses.served()
    }

    /// The head to prove the event at `index` under.
    pub(crate) fn head_with(&self, index: u64) -> Head {
        self.witnesses.head_with(index)
    }

    /// How it goes with each place.
    pub(crate) fn places(&self) -> Vec<DeliveryStatus> {
        self.places.iter().map(|place| place.status()).collect()
    }

    /// How it goes with each witness.
    pub(crate) fn witnesses(&self) -> Vec<DeliveryStatus> {
        self.witnesses.statuses()
    }
}

/// The running loops. Dropping it ends them where they are.
pub(crate) struct Rounds {
    publisher: Arc<Publisher>,
    loops: JoinSet<()>,
}

impl Rounds {
    /// Starts them, on the present runtime.
    pub(crate) fn start(publisher: Arc<Publisher>) -> Self {
        let mut loops = JoinSet::new();
        if !publisher.witnesses.is_empty() {
            let shared = publisher.clone();
            loops.spawn(every(publisher.cosign_every, move || {
                let shared = shared.clone();
                async move { shared.witnesses.round().await }
            }));
        }
        for place in &publisher.places {
            let (shared, own) = (publisher.clone(), place.clone());
            loops.spawn(every(place.every, move || {
                let (shared, own) = (shared.clone(), own.clone());
                async move { own.round(&shared.served()).await }
            }));
        }
        Self { publisher, loops }
    }

    /// Ends the loops and has one more round: the last checkpoint goes out too.
    pub(crate) async fn finish(mut self) {
        self.loops.shutdown().await;
        let publisher = self.publisher;
        let last = async {
            publisher.witnesses.round().await;
            let head = publisher.witnesses.newest();
            let mut places: JoinSet<()> = JoinSet::new();
            for place in publisher.places.clone() {
                let head = head.clone();
                places.spawn(async move { place.round(&head).await });
            }
            places.join_all().await;
        };
        if timeout(LAST_ROUND, last).await.is_err() {
            tracing::warn!("the last checkpoint did not reach every place before the stop");
        }
    }
}

/// Calls `round` now and then every `period`, never twice at once.
async fn every<F: Future<Output = ()>>(period: Duration, round: impl Fn() -> F) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        round().await;
    }
}
