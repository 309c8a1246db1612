//! Opens everything in order: the only place that constructs.
//!
//! Catalogue, control database, ledger, publisher, scrub, views; a fault in one leaves nothing
//! half open, because each closes itself when dropped.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use annals_ledger::{
    Clock, Compactor, Follower, FollowerHandle, Ledger, LedgerReader, Options, SystemClock,
};
use annals_record::Catalogue;
use annals_views::{IndexOptions, Indexer, SearchIndex};

use crate::app::{App, Parts, Shared};
use crate::config::{Config, Switch};
use crate::control::{Control, EMBED_TOKENS, FINGERPRINTS, PSEUDONYMS, QUARANTINE_IDS};
use crate::error::ServerError;
use crate::identities::Identities;
use crate::ingest::Quota;
use crate::outside::Publisher;
use crate::quarantine::QuarantineIndex;
use crate::scrub::Scrub;

/// The folder of everything that can be rebuilt.
const VIEWS: &str = "views";
const QUARANTINE: &str = "quarantine.sqlite";

/// The built house.
pub(crate) struct House {
    pub(crate) app: Shared,
    pub(crate) ledger: Ledger,
    pub(crate) followers: Vec<FollowerHandle>,
    pub(crate) compactor: Option<Compactor>,
}

/// Builds it. Blocks while the ledger recovers.
pub(crate) fn build(config: Config) -> Result<House, ServerError> {
    config.check()?;
    let catalogue = Arc::new(catalogue(&config)?);
    let separated = config.access.separation == Switch::On;
    let control = Control::open(&config.data)?.separated(separated);
    let identities = Identities::new(&config)?;
    let embed_key = control.secret(EMBED_TOKENS)?;
    let quarantine_key = control.secret(QUARANTINE_IDS)?;
    let pseudonym_key = control.secret(PSEUDONYMS)?;
    let fingerprint_key = control.secret(FINGERPRINTS)?;
    let ledger = Ledger::open(&config.data, options(&config))?;
    let reader = ledger.reader();
    let publisher = Arc::new(Publisher::new(&config, reader.clone())?);
    let scrub = Arc::new(Scrub::new(&config.scrub, &config.data, reader.clone()));
    let quota = Arc::new(Quota::new(config.quarantine.quota_bytes));
    let quarantine = if config.views.enabled {
        Some(Arc::new(quarantine(&config.data, &reader.head(), quota.clone())?))
    } else {
        None
    };
    let (search, indexer) = if config.views.enabled {
        let (search, indexer) = search(&config, reader.clone(), catalogue.clone())?;
        (Some(search), Some(Box::new(indexer) as Box<dyn Follower>))
    } else {
        (None, None)
    };
    let lines = quarantine.iter().map(|index| Box::new(index.follower()) as Box<dyn Follower>);
    let followers = lines.chain(indexer).map(|follower| ledger.follow(follower));
    let followers = followers.collect::<Result<_, _>>()?;
    let compactor = config.compaction.enabled.then(|| ledger.compact_behind()).transpose()?;
    let app = App::new(Parts {
        config,
        catalogue,
        appender: ledger.appender(),
        reader,
        control,
        identities,
        embed_key,
        quota,
        quarantine,
        quarantine_key,
        pseudonym_key,
        fingerprint_key,
        search,
        publisher,
        scrub,
        started: SystemClock.now(),
    });
    Ok(House { app: Arc::new(app), ledger, followers, compactor })
}

fn options(config: &Config) -> Options {
    let origin = Some(config.log.origin.clone()).filter(|origin| !origin.is_empty());
    Options { origin, ..Options::default() }
}

/// The built-in catalogue with the files that the configuration names.
///
/// # Errors
/// When a file cannot be read or used.
pub fn catalogue(config: &Config) -> Result<Catalogue, ServerError> {
    let mut catalogue = Catalogue::built_in();
    for path in &config.catalogue {
        let csv = std::fs::read_to_string(path)
            .map_err(|source| ServerError::CatalogueFile { path: path.clone(), source })?;
        catalogue
            .add(&csv)
            .map_err(|source| ServerError::Catalogue { path: path.clone(), source })?;
    }
    Ok(catalogue)
}

fn quarantine(
    data: &Path,
    head: &annals_ledger::Head,
    quota: Arc<Quota>,
) -> Result<QuarantineIndex, ServerError> {
    let folder = data.join(VIEWS);
    std::fs::create_dir_all(&folder)
        .map_err(|source| ServerError::Folder { path: folder.clone(), source })?;
    let path = folder.join(QUARANTINE);
    QuarantineIndex::open(&path, head.size, quota)
        .map_err(|source| ServerError::View { path, source })
}

fn search(
    config: &Config,
    reader: LedgerReader,
    catalogue: Arc<Catalogue>,
) -> Result<(SearchIndex, Indexer), ServerError> {
    let open_limit = Duration::from_secs(config.views.open_hours_max.saturating_mul(60 * 60));
    let options = IndexOptions { open_limit, ..IndexOptions::default() };
    Ok(SearchIndex::open(&config.data.join(VIEWS), reader, catalogue, options)?)
}
