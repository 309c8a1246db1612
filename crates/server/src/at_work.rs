//! `AtWork`: the export under work, so that whoever ends it, or the server, need not wait for a
//! long question of it.
//!
//! That a job was ended stands in the control database first; this only wakes the work up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use annals_views::Progress;

/// The job under work, if there is one.
#[derive(Default)]
pub(crate) struct AtWork(Mutex<Option<Work>>);

/// One job, and what all its questions share.
struct Work {
    id: String,
    progress: Arc<Progress>,
}

impl AtWork {
    /// A job is worked on from now on, until the answer is dropped.
    pub(crate) fn begin(&self, id: &str) -> Held<'_> {
        let progress = Arc::new(Progress::default());
        *self.lock() = Some(Work { id: id.to_owned(), progress: progress.clone() });
        Held { at_work: self, progress }
    }

    /// Gives up the questions of a job, if it is under work.
    pub(crate) fn give_up(&self, id: &str) {
        if let Some(work) = self.lock().as_ref().filter(|work| work.id == id) {
            work.progress.cancel();
        }
    }

    /// Gives up the questions of whatever is under work.
    pub(crate) fn give_up_any(&self) {
        if let Some(work) = self.lock().as_ref() {
            work.progress.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Work>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Work on one job.
pub(crate) struct Held<'a> {
    at_work: &'a AtWork,
    progress: Arc<Progress>,
}

impl Held<'_> {
    /// For every question of the job.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.at_work.lock() = None;
    }
}
