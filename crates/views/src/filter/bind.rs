//! A filter at one moment: "now" and the zone are put in, so that it means one thing only.
//!
//! A saved filter stays relative; a query is bound once, so that all of its pages see one range.

use std::ops::Deref;

use annals_record::Timestamp;
use jiff::tz::TimeZone;

use super::ast::{Comparison, Filter, Term, Test, Value};
use super::moment::Moment;

/// A filter all of whose moments are instants. It is printed, planned and compiled like any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound(Filter);

impl Deref for Bound {
    type Target = Filter;

    fn deref(&self) -> &Filter {
        &self.0
    }
}

impl Filter {
    /// The filter as asked at `now` by somebody in `zone`.
    #[must_use]
    pub fn bind(&self, now: Timestamp, zone: &TimeZone) -> Bound {
        Bound(self.bound(&|moment| moment.span(now, zone)))
    }

    fn bound(&self, span: &impl Fn(Moment) -> (i64, i64)) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.bound(span)).collect();
        match self {
            Self::All => Self::All,
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(part) => Self::negated(part.bound(span)),
            Self::Term(term) => {
                let test = bound_test(&term.test, span);
                Self::Term(Term { test, ..term.clone() })
            }
        }
    }
}

fn bound_test(test: &Test, span: &impl Fn(Moment) -> (i64, i64)) -> Test {
    let at = |nanos: i64| Value::Moment(Moment::At(Timestamp::from_nanos(nanos)));
    match test {
        Test::Is(Value::Moment(moment)) => match span(*moment) {
            (first, last) if first == last => Test::Is(at(first)),
            (first, last) => Test::Between(at(first), at(last)),
        },
        Test::Compare(comparison, Value::Moment(moment)) => {
            let (first, last) = span(*moment);
            // Behind a day is behind its end; before it, before its beginning.
            let edge = match comparison {
                Comparison::Less | Comparison::AtLeast => first,
                Comparison::Greater | Comparison::AtMost => last,
            };
            Test::Compare(*comparison, at(edge))
        }
        Test::Between(Value::Moment(from), Value::Moment(to)) => {
            Test::Between(at(span(*from).0), at(span(*to).1))
        }
        test => test.clone(),
    }
}

#[cfg(test)]
mod tests {
    use annals_record::Catalogue;

    use super::*;

    // Protects: a date is a whole day in the asker's zone, with both ends of a range included.
    #[test]
    fn days_and_distances() {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let check = |text: &str, expected: &str| {
            let filter = Filter::parse(text, &Catalogue::default()).unwrap();
            let bound = filter.bind(now, &zone);
            assert_eq!(bound.to_string(), expected, "{text}");
            assert_eq!(bound.bind(now, &zone), bound);
        };
        check(
            "time:2026-11-01..2026-11-07",
            "time:2026-10-31T16:00:00Z..2026-11-07T15:59:59.999999999Z",
        );
        check(
            "a OR -time:2026-11-07",
            "a OR -time:2026-11-06T16:00:00Z..2026-11-07T15:59:59.999999999Z",
        );
        check("time>2026-11-07", "time>2026-11-07T15:59:59.999999999Z");
        check("time>=2026-11-07", "time>=2026-11-06T16:00:00Z");
        check("time<2026-11-07", "time<2026-11-06T16:00:00Z");
        check("time<=2026-11-07", "time<=2026-11-07T15:59:59.999999999Z");
        check("received_time>=now-7d", "received_time>=2026-11-15T12:00:00Z");
        check("time:now", "time:2026-11-22T12:00:00Z");
    }
}
