//! One place of `[[publish]]`: each round brings it the newest checkpoint, if it lacks it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use annals_api::wire::status::DeliveryStatus;
use annals_ledger::Head;

use super::connect::{ConnectError, Connector};
use super::delivery::Delivery;
use super::folder::{Folder, FolderError};
use super::syslog::Syslog;
use super::web::Web;
use crate::config::{ConfigError, Publish, Target};

/// Time for one attempt, seconds.
const ATTEMPT_SECONDS_MAX: u64 = 10;

/// A place with its state.
pub(super) struct Place {
    pub(super) every: Duration,
    delivery: Delivery,
    way: Way,
    /// The note it holds.
    last: Mutex<Option<String>>,
}

/// How a note gets there.
enum Way {
    Folder(Folder),
    Web(Box<Web>),
    Syslog(Box<Syslog>),
}

impl Way {
    fn new(config: &Publish) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let connector = || Connector::new(config.ca.as_deref());
        Ok(match config.target()? {
            Target::Folder(folder) => Self::Folder(Folder::new(folder)),
            Target::Url(url) => Self::Web(Box::new(Web::new(url, config, connector()?)?)),
            Target::Syslog(text) => Self::Syslog(Box::new(Syslog::new(text, connector()?)?)),
        })
    }
}

/// Why a note did not get there.
#[derive(Debug, thiserror::Error)]
enum PlaceError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Place {
    /// From the configuration.
    pub(super) fn new(config: &Publish) -> Result<Self, ConfigError> {
        let way = Way::new(config);
        let way = way.map_err(|source| ConfigError::Outside { section: "publish", source })?;
        Ok(Self {
            every: Duration::from_secs(config.every_seconds.max(1)),
            delivery: Delivery::new(config.label()),
            way,
            last: Mutex::default(),
        })
    }

    /// Brings the note of `head` there, unless it is there.
    pub(super) async fn round(&self, head: &Head) {
        let is_there = self.last().as_deref() == Some(&*head.note);
        if is_there {
            return self.delivery.arrived(head.size.0);
        }
        let limit = Duration::from_secs(ATTEMPT_SECONDS_MAX);
        let late = ConnectError::TimedOut { seconds: ATTEMPT_SECONDS_MAX };
        let done = tokio::time::timeout(limit, self.put(&head.note)).await;
        match done.unwrap_or(Err(PlaceError::Connect(late))) {
            Ok(()) => {
                *self.last() = Some(head.note.to_string());
                self.delivery.arrived(head.size.0);
            }
            Err(error) => self.delivery.failed(&error),
        }
    }

    pub(super) fn status(&self) -> DeliveryStatus {
        self.delivery.status()
    }

    async fn put(&self, note: &str) -> Result<(), PlaceError> {
        match &self.way {
            Way::Folder(folder) => Ok(folder.put(note).await?),
            Way::Web(web) => Ok(web.put(note).await?),
            Way::Syslog(syslog) => Ok(syslog.put(note).await?),
        }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
