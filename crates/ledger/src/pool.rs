//! The pool: batches waiting for a commit, in ticket order, bounded by bytes.
//!
//! A ticket is a place in the order and a `received_time` that never goes back in that order,
//! also when the clock does. The sequencer takes batches strictly in ticket order: it waits for a
//! ticket that was given and not yet used, and skips one that was dropped. No lock is held across
//! any I/O, hashing or compression.

use crate::batch::Batch;
use crate::clock::Clock;
use crate::error::LedgerError;
use annals_record::Timestamp;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What the sequencer does next.
pub(crate) enum Next {
    /// Put this batch into the block.
    Batch(Batch),
    /// The committer is free again; how its block ended.
    Done(Result<(), LedgerError>),
    /// Nothing to do at once.
    Nothing,
    /// Closed, and nothing is left.
    Drained,
}

/// The pool.
pub(crate) struct Pool {
    clock: Arc<dyn Clock>,
    bytes_max: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Number of the ticket at the front of `slots`.
    front: u64,
    slots: VecDeque<Slot>,
    /// Bytes of all slots.
    bytes: usize,
    received: Timestamp,
    /// The committer's news, until the sequencer takes it.
    done: Option<Result<(), LedgerError>>,
    closed: bool,
    fatal: Option<Arc<LedgerError>>,
}

struct Slot {
    bytes: usize,
    state: SlotState,
}

enum SlotState {
    Given,
    Ready(Batch),
    Dropped,
}

impl Pool {
    /// A pool whose tickets carry times not before `received`, the last one kept.
    pub(crate) fn new(clock: Arc<dyn Clock>, bytes_max: usize, received: Timestamp) -> Self {
        let state = State {
            front: 0,
            slots: VecDeque::new(),
            bytes: 0,
            received,
            done: None,
            closed: false,
            fatal: None,
        };
        Self { clock, bytes_max, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Gives a place: its number and its time. One request larger than the whole pool is let in
    /// when the pool is empty, or it could never be.
    pub(crate) fn ticket(&self, bytes: usize) -> Result<(u64, Timestamp), LedgerError> {
        let mut state = self.state();
        state.check_running()?;
        if !state.slots.is_empty() && state.bytes.saturating_add(bytes) > self.bytes_max {
            return Err(LedgerError::Busy);
        }
        state.received = state.received.max(self.clock.now());
        state.bytes += bytes;
        state.slots.push_back(Slot { bytes, state: SlotState::Given });
        Ok((state.front + state.slots.len() as u64 - 1, state.received))
    }

    /// Hands the batch of a ticket over. After a fatal error it is answered at once.
    pub(crate) fn put(&self, ticket: u64, batch: Batch) {
        let mut state = self.state();
        if let Some(fatal) = &state.fatal {
            let fatal = LedgerError::clone(fatal);
            drop(state);
            let _ = batch.answer.send(Err(fatal));
            return;
        }
        state.set(ticket, SlotState::Ready(batch));
        drop(state);
        self.changed.notify_all();
    }

    /// Gives a place up.
    pub(crate) fn give_up(&self, ticket: u64) {
        self.state().set(ticket, SlotState::Dropped);
        self.changed.notify_all();
    }

    /// The next thing to do. News of the committer come first; batches only if `batches`; waits
    /// for either if `wait`.
    pub(crate) fn next(&self, batches: bool, wait: bool) -> Next {
        let mut state = self.state();
        loop {
            if state.fatal.is_some() {
                return Next::Drained;
            }
            if let Some(done) = state.done.take() {
                return Next::Done(done);
            }
            if batches {
                if let Some(batch) = state.pop() {
                    return Next::Batch(batch);
                }
                if state.closed && state.slots.is_empty() {
                    return Next::Drained;
                }
            }
            if !wait {
                return Next::Nothing;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The committer tells how its block ended.
    pub(crate) fn report(&self, done: Result<(), LedgerError>) {
        self.state().done = Some(done);
        self.changed.notify_all();
    }

    /// No more tickets; what has one is still taken.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    /// Stops for good: every waiting batch is answered with `fatal`.
    pub(crate) fn stop(&self, fatal: &Arc<LedgerError>) {
        let mut state = self.state();
        state.fatal.get_or_insert_with(|| Arc::clone(fatal));
        state.closed = true;
        state.front += state.slots.len() as u64;
        state.bytes = 0;
        let slots = std::mem::take(&mut state.slots);
        drop(state);
        for slot in slots {
            if let SlotState::Ready(batch) = slot.state {
                let _ = batch.answer.send(Err(LedgerError::clone(fatal)));
            }
        }
        self.changed.notify_all();
    }

    /// Why the ledger stopped, if it did.
    pub(crate) fn fatal(&self) -> Option<Arc<LedgerError>> {
        self.state().fatal.clone()
    }

    /// Bytes waiting.
    pub(crate) fn bytes(&self) -> usize {
        self.state().bytes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn check_running(&self) -> Result<(), LedgerError> {
        match &self.fatal {
            Some(fatal) => Err(LedgerError::clone(fatal)),
            None if self.closed => Err(LedgerError::Closed),
            None => Ok(()),
        }
    }

    /// A ticket from before a fatal stop names no slot any more.
    fn set(&mut self, ticket: u64, new: SlotState) {
        let place = ticket.checked_sub(self.front).map(|place| place as usize);
        if let Some(slot) = place.and_then(|place| self.slots.get_mut(place)) {
            slot.state = new;
        }
    }

    /// Takes the front batch if it is ready, skipping dropped tickets.
    fn pop(&mut self) -> Option<Batch> {
        loop {
            if matches!(self.slots.front()?.state, SlotState::Given) {
                return None;
            }
            let slot = self.slots.pop_front()?;
            self.front += 1;
            self.bytes -= slot.bytes;
            if let SlotState::Ready(batch) = slot.state {
                return Some(batch);
            }
        }
    }
}

#[cfg(test)]
mod tests;
