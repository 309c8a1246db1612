//! Ends that came before their operation was kept: a platform may tell that a task has ended while
//! its own answer, which names the task, is still on its way.
//!
//! They wait for a minute, and only so many. Keys come again, as task numbers do after a restart of
//! the platform: an end that came before an operation was asked for is another one's.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use annals_map::route::Closing;

/// How long an end waits for its operation.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Ends that wait; the oldest goes first.
const COUNT_MAX: usize = 1_000;

/// Ends that wait for their operation, with when they came.
#[derive(Debug, Default)]
pub(super) struct Early(VecDeque<(Instant, Closing)>);

impl Early {
    pub(super) fn keep(&mut self, closing: Closing, now: Instant) {
        self.forget_old(now);
        if self.0.len() >= COUNT_MAX {
            self.0.pop_front();
        }
        self.0.push_back((now, closing));
    }

    /// The end under a key, for an operation that was asked for at `since`.
    pub(super) fn take(&mut self, key: &str, since: Instant, now: Instant) -> Option<Closing> {
        self.forget_old(now);
        let is_its = |(came, closing): &(Instant, Closing)| *came >= since && closing.key == key;
        let place = self.0.iter().position(is_its)?;
        self.0.remove(place).map(|(_, closing)| closing)
    }

    fn forget_old(&mut self, now: Instant) {
        let is_old =
            |(came, _): &mut (Instant, Closing)| now.saturating_duration_since(*came) > WAIT_MAX;
        while self.0.pop_front_if(is_old).is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use annals_record::Record;

    use super::*;

    fn closing(key: &str, reason: &'static str) -> Closing {
        let record = Record { reason: Some(reason.into()), ..Record::default() };
        Closing { key: key.to_owned(), record }
    }

    fn reason(taken: Option<Closing>) -> Option<String> {
        taken?.record.reason.map(|reason| reason.into_owned())
    }

    // Protects: an operation is ended by its own end, however early, and never by one that was
    // meant for another of the same key: one that is too old, or came before it was asked for.
    #[test]
    fn ends_wait_for_a_while() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut early = Early::default();
        early.keep(closing("task:7", "of the first"), at(0));
        assert_eq!(reason(early.take("task:8", at(0), at(1))), None);
        assert_eq!(reason(early.take("task:7", at(1), at(2))), None, "asked for afterwards");
        early.keep(closing("task:7", "of the second"), at(5));
        let taken = early.take("task:7", at(4), at(60));
        assert_eq!(reason(taken).as_deref(), Some("of the second"));
        assert_eq!(reason(early.take("task:7", at(4), at(60))), None, "once");
        early.keep(closing("task:9", "in time"), at(60));
        let taken = early.take("task:9", at(59), at(60) + WAIT_MAX);
        assert_eq!(reason(taken).as_deref(), Some("in time"));
        early.keep(closing("task:9", "too old"), at(60));
        assert_eq!(reason(early.take("task:9", at(59), at(61) + WAIT_MAX)), None);
    }

    // Protects: what nobody takes does not gather, by number and by time.
    #[test]
    fn what_nobody_takes_is_forgotten() {
        let start = Instant::now();
        let mut early = Early::default();
        for number in 0..COUNT_MAX + 5 {
            early.keep(closing(&format!("task:{number}"), ""), start);
        }
        assert_eq!(early.0.len(), COUNT_MAX);
        assert!(early.take("task:4", start, start).is_none());
        assert!(early.take("task:5", start, start).is_some());
        early.keep(closing("task:0", ""), start + WAIT_MAX * 2);
        assert_eq!(early.0.len(), 1);
    }
}
