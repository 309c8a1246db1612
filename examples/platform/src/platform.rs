//! `Platform`: all state under one lock, the journal of what it does by itself, and the clock.
//!
//! `tick` is what happens by itself: clusters come up, sessions run out, data expires. It is
//! called again and again by the thread of `serve`, and by tests with times of their own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::approvals::Approvals;
use crate::environments::Environments;
use crate::files::Files;
use crate::ids::Ids;
use crate::journal::Journal;
use crate::licences::Licences;
use crate::own_act::OwnAct;
use crate::people::People;
use crate::sessions::Sessions;
use crate::usage::Usage;

/// The platform, as all who serve it share it.
pub(crate) type App = Arc<Platform>;

/// The platform.
#[derive(Debug)]
pub(crate) struct Platform {
    state: Mutex<State>,
    /// What it did by itself.
    pub(crate) journal: Journal,
}

/// All that it knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) ids: Ids,
    pub(crate) people: People,
    pub(crate) environments: Environments,
    pub(crate) sessions: Sessions,
    pub(crate) files: Files,
    pub(crate) approvals: Approvals,
    pub(crate) usage: Usage,
    pub(crate) licences: Licences,
    pub(crate) packages: Licences,
}

impl Platform {
    /// A new one with its first account.
    pub(crate) fn new(admin_password: &str, journal: Journal) -> Arc<Self> {
        let state = State {
            ids: Ids::default(),
            people: People::with_admin(admin_password),
            environments: Environments::default(),
            sessions: Sessions::default(),
            files: Files::default(),
            approvals: Approvals::default(),
            usage: Usage::default(),
            licences: Licences::default(),
            packages: Licences::default(),
        };
        Arc::new(Self { state: Mutex::new(state), journal })
    }

    /// The state, for as long as nobody waits.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has become due. Not for async threads: what is recorded waits for the disk.
    pub(crate) fn tick(&self, now: Timestamp) {
        let ended = self.state().environments.come_up(now);
        for (creation, environment) in ended {
            self.journal.tell(&OwnAct::creation(&creation, &environment, now), now);
        }
        self.state().sessions.time_out(now);
        let (expired, policy) = {
            let state = self.state();
            (state.approvals.expired(now), state.approvals.policy.clone())
        };
        for approval in expired {
            let act = OwnAct::expiry(&approval, &policy);
            let forget = || self.state().approvals.forget(&approval.id);
            // Without its intent on record it is not deleted; the next tick tries again.
            if let Err(error) = self.journal.act(&act, now, forget) {
                tracing::error!(%error, data = approval.data.id, "not deleted: not recorded");
            }
        }
    }
}
