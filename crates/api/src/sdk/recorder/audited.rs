//! `Audited`: an operation between its beginning and its end.
//!
//! Whoever holds one may act. Dropped without an end, as by a panic, an early return or the death
//! of the process, its outcome stays open and becomes `unknown`: nobody knows whether the act took
//! effect, and nothing else is claimed.

use std::time::Instant;

use annals_record::{Outcome, Record};

use super::Recorder;
use super::told::Told;
use crate::sdk::end::millis;
use crate::sdk::{End, Guarantee, SdkError};

/// An operation that has begun.
#[derive(Debug)]
#[must_use = "an operation without an end becomes `unknown`"]
pub struct Audited {
    recorder: Recorder,
    id: String,
    begun: Instant,
    /// Of a best-effort operation, which is told as a whole; the others' intent is kept already.
    event: Option<Told>,
}

impl Audited {
    pub(super) fn new(recorder: Recorder, event: Told, guarantee: Guarantee) -> Self {
        let id = event.id.clone();
        let event = (guarantee == Guarantee::BestEffort).then_some(event);
        Self { recorder, id, begun: Instant::now(), event }
    }

    /// The id of its event.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Tells how it ended, and how long it took.
    ///
    /// # Errors
    /// When the outcome cannot be kept; the operation is then `unknown`.
    pub fn finish(self, end: End) -> Result<(), SdkError> {
        let end = end.or_duration(self.begun.elapsed());
        self.finish_told(Told::end(&end)?)
    }

    /// The same with a record that holds only fields of an outcome.
    ///
    /// # Errors
    /// As [`Audited::finish`].
    pub fn finish_record(self, mut outcome: Record<'_>) -> Result<(), SdkError> {
        outcome.duration_ms.get_or_insert(millis(self.begun.elapsed()));
        self.finish_told(Told::record(&outcome)?)
    }

    fn finish_told(mut self, end: Told) -> Result<(), SdkError> {
        match self.event.take() {
            None => self.recorder.finish_told(&self.id, &end),
            Some(event) => {
                self.recorder.tell_whole(&event, &end);
                Ok(())
            }
        }
    }

    /// It ends later, by [`Recorder::finish`] with this id: for acts that go on after their
    /// request was answered.
    #[must_use]
    pub fn later(mut self) -> String {
        if let Some(event) = self.event.take() {
            self.recorder.tell_intent(event);
        }
        std::mem::take(&mut self.id)
    }
}

impl Drop for Audited {
    fn drop(&mut self) {
        if let Some(event) = self.event.take() {
            let end = End::new(Outcome::Unknown).or_duration(self.begun.elapsed());
            // Texts and a number: they are always JSON.
            if let Ok(end) = Told::end(&end) {
                self.recorder.tell_whole(&event, &end);
            }
        }
    }
}
