//! The order of tickets, their times, and the bound on what waits.

use super::*;
use crate::batch::{Appended, OnConflict};
use std::sync::atomic::{AtomicI64, Ordering};

/// Says what it was told to.
#[derive(Default)]
struct Said(AtomicI64);

impl Clock for Said {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

type Receipt = oneshot::Receiver<Result<Appended, LedgerError>>;

fn pool(bytes_max: usize, last_kept: i64) -> (Arc<Said>, Pool) {
    let clock = Arc::new(Said::default());
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    (clock, Pool::new(shared, bytes_max, Timestamp::from_nanos(last_kept)))
}

fn put(pool: &Pool, (number, received): (u64, Timestamp)) -> Receipt {
    let (answer, receipt) = oneshot::channel();
    pool.put(number, Batch { leaves: vec![], on_conflict: OnConflict::Skip, received, answer });
    receipt
}

/// The `received_time` of the next batch, if one can be taken.
fn next(pool: &Pool) -> Option<i64> {
    match pool.next(true, false) {
        Next::Batch(batch) => Some(batch.received.nanos()),
        Next::Done(_) | Next::Nothing | Next::Drained => None,
    }
}

/// Batches are taken in the order of their tickets, whoever hands in first; a dropped ticket
/// holds nobody up.
#[test]
fn tickets_keep_their_order() {
    let (clock, pool) = pool(100, 0);
    let tickets: Vec<_> = (1..=4)
        .map(|now| {
            clock.0.store(now, Ordering::Relaxed);
            pool.ticket(10).unwrap()
        })
        .collect();
    let _late = put(&pool, tickets[3]);
    let _second = put(&pool, tickets[1]);
    assert_eq!(next(&pool), None, "the first ticket is given and not yet used");
    let _first = put(&pool, tickets[0]);
    assert_eq!([next(&pool), next(&pool)], [Some(1), Some(2)]);
    assert_eq!(next(&pool), None, "the third ticket is given and not yet used");
    pool.give_up(tickets[2].0);
    assert_eq!(next(&pool), Some(4));
    assert_eq!((next(&pool), pool.bytes()), (None, 0));
}

/// What waits is bounded; room comes back when a batch is taken or a ticket is dropped; one
/// batch larger than the bound goes in alone.
#[test]
fn a_full_pool_is_busy() {
    let (_clock, pool) = pool(100, 0);
    let busy = |bytes| matches!(pool.ticket(bytes), Err(LedgerError::Busy));
    let first = pool.ticket(60).unwrap();
    assert!(busy(41));
    let second = pool.ticket(40).unwrap();
    assert!(busy(1));
    let _first = put(&pool, first);
    assert!(next(&pool).is_some());
    assert!(busy(61) && pool.bytes() == 40);
    pool.give_up(second.0);
    assert!(next(&pool).is_none());
    let large = pool.ticket(1_000).unwrap();
    assert!(busy(1), "nothing goes in beside it");
    pool.give_up(large.0);
}

/// `received_time` never goes back: not with the clock, and not below what was kept before.
#[test]
fn time_never_goes_back() {
    let (clock, pool) = pool(100, 50);
    let at = |now: i64| {
        clock.0.store(now, Ordering::Relaxed);
        pool.ticket(1).unwrap().1.nanos()
    };
    assert_eq!([at(10), at(60), at(55), at(60), at(61)], [50, 60, 60, 60, 61]);
}

/// A close lets in nobody more and loses nobody who is in; a stop answers everybody.
#[test]
fn close_drains_and_stop_answers() {
    let (_clock, pool) = pool(100, 0);
    let ticket = pool.ticket(10).unwrap();
    pool.close();
    assert!(matches!(pool.ticket(1), Err(LedgerError::Closed)));
    assert!(matches!(pool.next(true, false), Next::Nothing), "a ticket is out");
    let _receipt = put(&pool, ticket);
    assert!(matches!(pool.next(true, false), Next::Batch(_)));
    assert!(matches!(pool.next(true, false), Next::Drained));

    let (_clock, pool) = self::pool(100, 0);
    let (waiting, unused) = (pool.ticket(10).unwrap(), pool.ticket(10).unwrap());
    let waiting = put(&pool, waiting);
    pool.stop(&Arc::new(LedgerError::Closed.fatal("testing")));
    let late = put(&pool, unused);
    for receipt in [waiting, late] {
        assert!(receipt.recv().unwrap().is_err_and(|error| error.is_fatal()));
    }
    assert!(pool.ticket(1).is_err_and(|error| error.is_fatal()));
}
