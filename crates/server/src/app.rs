//! `App`: what every request handler can reach, built once and passed down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use annals_ledger::{Appender, Head, LedgerReader};
use annals_record::{Catalogue, Sender, Timestamp};
use annals_views::SearchIndex;
use tokio::sync::Semaphore;

use crate::at_work::AtWork;
use crate::auth::token::Token;
use crate::budget::Budget;
use crate::config::Config;
use crate::console::Console;
use crate::control::{Control, SECRET_BYTES};
use crate::fingerprints::Fingerprints;
use crate::identities::Identities;
use crate::ingest::{Ingest, Quota};
use crate::metrics::Metrics;
use crate::outside::Publisher;
use crate::pseudonyms::Pseudonyms;
use crate::quarantine::QuarantineIndex;
use crate::recorder::Recorder;
use crate::scrub::Scrub;
use crate::throttle::{Allowance, Throttle};

/// Listeners to live events at once; each has a thread.
pub(crate) const LISTENERS_MAX: usize = 256;

/// Tokens whose pace is remembered.
const PACED_MAX: usize = 10_000;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Shared by all requests.
pub(crate) type Shared = Arc<App>;

/// The rooms of the house.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) appender: Appender,
    pub(crate) reader: LedgerReader,
    pub(crate) control: Control,
    pub(crate) identities: Identities,
    /// Signs tokens of embedded pages.
    pub(crate) embed_key: [u8; SECRET_BYTES],
    /// How fast each token may send, if that is limited.
    pub(crate) pace: Option<Throttle<String>>,
    pub(crate) ingest: Ingest,
    pub(crate) fingerprints: Arc<Fingerprints>,
    pub(crate) quota: Arc<Quota>,
    /// None where views are off.
    pub(crate) quarantine: Option<Arc<QuarantineIndex>>,
    /// None where views are off.
    pub(crate) search: Option<SearchIndex>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) scrub: Arc<Scrub>,
    pub(crate) metrics: Metrics,
    pub(crate) console: Console,
    pub(crate) recorder: Recorder,
    pub(crate) pseudonyms: Pseudonyms,
    pub(crate) budget: Arc<Budget>,
    /// The export under work.
    pub(crate) exporting: AtWork,
    /// Places for listeners to live events.
    pub(crate) listeners: Arc<Semaphore>,
    pub(crate) started: Timestamp,
    stopping: AtomicBool,
}

/// What `App` is built from.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) appender: Appender,
    pub(crate) reader: LedgerReader,
    pub(crate) control: Control,
    pub(crate) identities: Identities,
    pub(crate) embed_key: [u8; SECRET_BYTES],
    pub(crate) quota: Arc<Quota>,
    pub(crate) quarantine: Option<Arc<QuarantineIndex>>,
    pub(crate) quarantine_key: [u8; SECRET_BYTES],
    pub(crate) pseudonym_key: [u8; SECRET_BYTES],
    pub(crate) fingerprint_key: [u8; SECRET_BYTES],
    pub(crate) search: Option<SearchIndex>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) scrub: Arc<Scrub>,
    pub(crate) started: Timestamp,
}

impl App {
    /// Puts the parts together.
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { config, catalogue, appender, reader, control, .. } = parts;
        let Parts { quota, quarantine, quarantine_key, publisher, scrub, started, .. } = parts;
        let Parts { search, identities, embed_key, pseudonym_key, fingerprint_key, .. } = parts;
        let fingerprints = Arc::new(Fingerprints::new(fingerprint_key));
        let pace = pace(config.ingest.events_per_second_max);
        let ingest = Ingest::new(appender.clone(), catalogue.clone(), quota.clone())
            .with_quarantine_key(quarantine_key)
            .with_fingerprints(fingerprints.clone())
            .at(&config.region, &config.stack_id);
        let budget = Arc::new(Budget::new(config.ingest.in_flight_bytes_max));
        Self {
            metrics: Metrics::new(),
            console: Console::built(),
            recorder: Recorder::default(),
            pseudonyms: Pseudonyms::new(&pseudonym_key),
            stopping: AtomicBool::new(false),
            config,
            catalogue,
            appender,
            reader,
            control,
            identities,
            embed_key,
            pace,
            ingest,
            fingerprints,
            quota,
            quarantine,
            search,
            publisher,
            scrub,
            budget,
            exporting: AtWork::default(),
            listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
            started,
        }
    }

    /// What is durable and signed.
    pub(crate) fn head(&self) -> Head {
        self.reader.head()
    }

    /// The sender that `token` stands for, with the server's defaults.
    pub(crate) fn sender(&self, token: &Token) -> Sender {
        let or_default = |own: &Option<String>, default: &str| {
            own.clone().or_else(|| (!default.is_empty()).then(|| default.to_owned()))
        };
        Sender {
            emitter: token.id.clone(),
            region: or_default(&token.region, &self.config.region),
            stack_id: or_default(&token.stack_id, &self.config.stack_id),
            may_be_system: token.may_be_system,
            is_server: false,
        }
    }

    /// From now on the server says that it is not ready.
    pub(crate) fn begin_to_stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// True once the server was told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

/// A second's events at once, and as many each second.
fn pace(events_per_second_max: u64) -> Option<Throttle<String>> {
    let nanos_each = NANOS_PER_SECOND.checked_div(events_per_second_max)?.max(1);
    let allowance = Allowance { burst: events_per_second_max, nanos_each };
    Some(Throttle::new(allowance, PACED_MAX))
}
