//! Numbered pieces of work on a few threads.
//!
//! An answer may use two: a third would take what ingest needs, and one leaves half of a small
//! machine idle while somebody waits.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::QueryError;

/// Threads of one answer.
const ANSWER_THREADS_MAX: usize = 2;

/// Does pieces `0..pieces`, in no order; the results stand in the order of their numbers. The
/// first error ends it.
pub(crate) fn each<T: Send>(
    pieces: usize,
    work: impl Fn(usize) -> Result<T, QueryError> + Sync,
) -> Result<Vec<T>, QueryError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = pieces.min(ANSWER_THREADS_MAX).min(cores);
    if threads <= 1 {
        return (0..pieces).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let run = || -> Result<Vec<(usize, T)>, QueryError> {
        let mut done = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                return Ok(done);
            }
            // After an error nothing is left to begin.
            done.push((piece, work(piece).inspect_err(|_| next.store(pieces, Ordering::Relaxed))?));
        }
    };
    let results: Vec<_> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let own = run();
        let join = |other: thread::ScopedJoinHandle<'_, _>| match other.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        std::iter::once(own).chain(others.into_iter().map(join)).collect()
    });
    let mut done = Vec::with_capacity(pieces);
    for result in results {
        done.extend(result?);
    }
    done.sort_unstable_by_key(|(piece, _)| *piece);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: every piece is done once and the results keep their order.
    #[test]
    fn results_in_order() {
        for pieces in [0, 1, 2, 7, 1_000] {
            let squares = each(pieces, |piece| Ok(piece * piece)).unwrap();
            assert_eq!(squares, (0..pieces).map(|piece| piece * piece).collect::<Vec<_>>());
        }
    }

    // Protects: an error is not lost among the results of the other thread.
    #[test]
    fn an_error_ends_it() {
        let fail = |piece| if piece == 500 { Err(QueryError::Cancelled) } else { Ok(piece) };
        assert!(matches!(each(1_000, fail), Err(QueryError::Cancelled)));
    }
}
