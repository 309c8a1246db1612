//! Handing events to the ledger: a ticket, a batch, a receipt.
//!
//! The caller seals its events with the ticket's `received_time`, hands the batch over and gets a
//! receipt, which resolves when the batch is durable **and** under a signed checkpoint.

use crate::batch::{Appended, Batch, OnConflict, leaf_bytes};
use crate::error::LedgerError;
use crate::limits::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX};
use crate::pool::Pool;
use annals_record::{Sealed, Timestamp};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

/// Appends to an open ledger. Cheap to clone; used from any thread.
#[derive(Clone)]
pub struct Appender {
    pool: Arc<Pool>,
}

impl Appender {
    pub(crate) fn new(pool: Arc<Pool>) -> Self {
        Self { pool }
    }

    /// A place in the queue: reserves `bytes` and stamps `received_time`, which never goes back
    /// in ticket order. Batches are sequenced in ticket order, so a ticket held for long holds
    /// up those behind it; dropping it gives its place up.
    ///
    /// # Errors
    /// `Busy` if the queue is full, `Closed`, or the error that stopped the ledger.
    pub fn ticket(&self, bytes: usize) -> Result<Ticket, LedgerError> {
        let (number, received_time) = self.pool.ticket(bytes)?;
        Ok(Ticket { received_time, number, pool: Some(Arc::clone(&self.pool)) })
    }

    /// Hands a batch over. It is committed in one block, whole or not at all, and holds at most
    /// [`BATCH_EVENTS_MAX`] events and [`BATCH_BYTES_MAX`] bytes.
    pub fn append(
        &self,
        mut ticket: Ticket,
        batch: Vec<Sealed>,
        on_conflict: OnConflict,
    ) -> Receipt {
        let (answer, receiver) = oneshot::async_channel();
        let receipt = Receipt(receiver);
        let bytes = batch.iter().map(|sealed| leaf_bytes(&sealed.leaf)).sum();
        let events = batch.len();
        if events > BATCH_EVENTS_MAX || bytes > BATCH_BYTES_MAX {
            let _ = answer.send(Err(LedgerError::BatchTooLarge { events, bytes }));
            return receipt;
        }
        let received = ticket.received_time;
        // The block's header tells it for all; a batch is sealed in one go, so its ends suffice.
        for place in [0, events.saturating_sub(1)] {
            let other = |sealed: &Sealed| sealed.leaf.core().received_time() != Some(received);
            if batch.get(place).is_some_and(other) {
                let _ = answer.send(Err(LedgerError::ReceivedTime { place }));
                return receipt;
            }
        }
        ticket.pool = None;
        self.pool.put(ticket.number, Batch { leaves: batch, on_conflict, received, answer });
        receipt
    }

    /// Set once the ledger has stopped for good: a sync failed, or an invariant broke.
    #[must_use]
    pub fn fatal(&self) -> Option<Arc<LedgerError>> {
        self.pool.fatal()
    }

    /// Bytes waiting for a commit.
    #[must_use]
    pub fn queued_bytes(&self) -> usize {
        self.pool.bytes()
    }
}

/// A place in the queue.
pub struct Ticket {
    /// The moment the events count as received: seal them with it.
    pub received_time: Timestamp,
    number: u64,
    /// None once the ticket was used.
    pool: Option<Arc<Pool>>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(pool) = &self.pool {
            pool.give_up(self.number);
        }
    }
}

/// Resolves when the batch is durable and under a signed checkpoint: wait for it on a blocking
/// thread, or await it.
pub struct Receipt(oneshot::AsyncReceiver<Result<Appended, LedgerError>>);

impl Receipt {
    /// Blocks until the batch is kept or refused.
    ///
    /// # Errors
    /// Nothing of the batch was kept, or (`Fatal`) the ledger stopped before it could say.
    pub fn wait(mut self) -> Result<Appended, LedgerError> {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(answer) = Pin::new(&mut self).poll(&mut context) {
                return answer;
            }
            std::thread::park();
        }
    }
}

/// Wakes the thread that blocks on a receipt.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Future for Receipt {
    type Output = Result<Appended, LedgerError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = Pin::new(&mut self.0).poll(context);
        answer.map(|answer| answer.unwrap_or(Err(LedgerError::Closed)))
    }
}
