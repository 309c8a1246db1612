//! What is unusual about a range of somebody's events: pure rules over counts.
//!
//! Each rule fits in a sentence and says what it saw and what is usual, so that a reader can
//! judge it; there are no scores to trust. A rule is silent without a baseline to speak of.

use std::collections::HashSet;

/// Hours of a week.
pub const HOURS_OF_WEEK: usize = 7 * 24;

/// Events of a baseline before anything is called new.
const NEW_BASELINE_MIN: u64 = 10;
/// Events of a baseline before an hour is called unusual or a rate high.
const RATE_BASELINE_MIN: u64 = 50;
/// The share of the baseline that the least usual hours hold together.
const UNUSUAL_SHARE: f64 = 0.01;
/// Events at unusual hours before they are told.
const UNUSUAL_EVENTS_MIN: u64 = 3;
/// Failed and denied events before they are told.
const REFUSALS_MIN: u64 = 5;
/// How many times the expected number of them is many.
const REFUSALS_TIMES: f64 = 3.0;
/// Events of one hour before it is called a burst.
const BURST_EVENTS_MIN: u64 = 20;
/// Active hours of a baseline before an hour is called a burst.
const BURST_HOURS_MIN: usize = 20;
/// Robust standard deviations above the median, of the logarithm, that make a burst.
const BURST_DEVIATIONS: f64 = 4.0;
/// The least such deviation: below it every busy hour would be far out.
const BURST_DEVIATION_MIN: f64 = 0.3;

/// Something unusual, with what it was compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// An address that the baseline does not know.
    NewAddress {
        /// The address.
        address: String,
        /// Events from there in the range.
        events: u64,
    },
    /// An operation that the baseline does not know.
    NewOperation {
        /// The operation.
        operation: String,
        /// Events in the range.
        events: u64,
    },
    /// Events at hours of the week that together hold less than a hundredth of the baseline.
    UnusualHours {
        /// Hours of the week, Monday 0 h first, with the events in the range.
        hours: Vec<(usize, u64)>,
        /// Events at these hours in the range.
        events: u64,
        /// Events at these hours in the baseline.
        usual: u64,
    },
    /// At least three times as many failures and denials as the baseline lets expect.
    MoreRefusals {
        /// Failures and denials in the range.
        events: u64,
        /// As many were to be expected.
        expected: f64,
    },
    /// An hour with far more events than the median active hour of the baseline.
    Burst {
        /// When the hour begins, ns since 1970.
        start: i64,
        /// Events in it.
        events: u64,
        /// Events in the median active hour.
        usual: f64,
    },
    /// Events after a baseline without any, of somebody who was there before it.
    Dormant {
        /// The last event before, ns since 1970.
        last: i64,
        /// The first event in the range, ns since 1970.
        again: i64,
    },
}

impl Finding {
    /// The name of its rule.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::NewAddress { .. } => "new_address",
            Self::NewOperation { .. } => "new_operation",
            Self::UnusualHours { .. } => "unusual_hours",
            Self::MoreRefusals { .. } => "more_refusals",
            Self::Burst { .. } => "burst",
            Self::Dormant { .. } => "dormant",
        }
    }
}

/// Counts of one period.
#[derive(Clone, Debug, Default)]
pub(crate) struct Period {
    pub(crate) events: u64,
    /// Events that failed or were denied.
    pub(crate) refusals: u64,
    pub(crate) addresses: Vec<(String, u64)>,
    /// True if there are more addresses than these.
    pub(crate) more_addresses: bool,
    pub(crate) operations: Vec<(String, u64)>,
    /// Hours by their beginning.
    pub(crate) hours: Vec<(i64, u64)>,
    pub(crate) week: Vec<u64>,
}

/// What is unusual about `range`, measured by `baseline`.
pub(crate) fn findings(range: &Period, baseline: &Period) -> Vec<Finding> {
    let mut found = Vec::new();
    if baseline.events >= NEW_BASELINE_MIN {
        let address = |address, events| Finding::NewAddress { address, events };
        if !baseline.more_addresses {
            found.extend(unknown(&range.addresses, &baseline.addresses, address));
        }
        let operation = |operation, events| Finding::NewOperation { operation, events };
        found.extend(unknown(&range.operations, &baseline.operations, operation));
    }
    if baseline.events >= RATE_BASELINE_MIN {
        found.extend(unusual_hours(&range.week, &baseline.week));
        found.extend(more_refusals(range, baseline));
        found.extend(bursts(&range.hours, &baseline.hours));
    }
    found
}

fn unknown(
    range: &[(String, u64)],
    baseline: &[(String, u64)],
    finding: impl Fn(String, u64) -> Finding,
) -> Vec<Finding> {
    let known: HashSet<_> = baseline.iter().map(|(value, _)| value).collect();
    let new = range.iter().filter(|(value, _)| !known.contains(value));
    new.map(|(value, events)| finding(value.clone(), *events)).collect()
}

fn unusual_hours(range: &[u64], baseline: &[u64]) -> Option<Finding> {
    // An hour is as usual as its neighbours make it: nobody keeps to the clock.
    let near = |hour: usize| {
        let at = |shift: usize| baseline[(hour + shift) % HOURS_OF_WEEK];
        at(HOURS_OF_WEEK - 1) + 2 * at(0) + at(1)
    };
    let uses: Vec<u64> = (0..HOURS_OF_WEEK).map(near).collect();
    let all: u64 = uses.iter().sum();
    let is_unusual = |hour: usize| {
        let held: u64 = uses.iter().filter(|other| **other <= uses[hour]).sum();
        (held as f64) < UNUSUAL_SHARE * all as f64
    };
    let hours: Vec<_> = (0..HOURS_OF_WEEK)
        .filter(|hour| range[*hour] > 0 && is_unusual(*hour))
        .map(|hour| (hour, range[hour]))
        .collect();
    let events = hours.iter().map(|(_, events)| events).sum();
    let usual = hours.iter().map(|(hour, _)| baseline[*hour]).sum();
    (events >= UNUSUAL_EVENTS_MIN).then_some(Finding::UnusualHours { hours, events, usual })
}

fn more_refusals(range: &Period, baseline: &Period) -> Option<Finding> {
    // Half an event more than there were: none in the past does not make one in future a wonder.
    let rate = (baseline.refusals as f64 + 0.5) / (baseline.events as f64 + 1.0);
    let (events, expected) = (range.refusals, rate * range.events as f64);
    let many = events >= REFUSALS_MIN && events as f64 >= REFUSALS_TIMES * expected;
    many.then_some(Finding::MoreRefusals { events, expected })
}

fn bursts(range: &[(i64, u64)], baseline: &[(i64, u64)]) -> Vec<Finding> {
    let active = baseline.iter().filter(|(_, events)| *events > 0);
    let logs: Vec<_> = active.map(|(_, events)| (*events as f64).ln_1p()).collect();
    if logs.len() < BURST_HOURS_MIN {
        return Vec::new();
    }
    let middle = median(logs.clone());
    let spread = median(logs.iter().map(|log| (log - middle).abs()).collect());
    // 1.4826 median deviations are one standard deviation of a normal distribution.
    let deviation = (1.4826 * spread).max(BURST_DEVIATION_MIN);
    let is_burst = |events: u64| {
        events >= BURST_EVENTS_MIN
            && (events as f64).ln_1p() - middle > BURST_DEVIATIONS * deviation
    };
    let bursts = range.iter().filter(|(_, events)| is_burst(*events));
    let burst = |&(start, events)| Finding::Burst { start, events, usual: middle.exp_m1() };
    bursts.map(burst).collect()
}

/// The median of numbers of which there is at least one.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() % 2 {
        0 => (numbers[middle - 1] + numbers[middle]) / 2.0,
        _ => numbers[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody who works from 9 to 17 h, Monday to Friday, 4 events an hour, 12 weeks long.
    fn office() -> Period {
        let is_work = |hour: &usize| hour / 24 < 5 && (9..17).contains(&(hour % 24));
        let week = (0..HOURS_OF_WEEK).map(|hour| if is_work(&hour) { 48 } else { 0 });
        let hours = (0..12 * HOURS_OF_WEEK).filter(|hour| is_work(&(hour % HOURS_OF_WEEK)));
        Period {
            events: 1_920,
            refusals: 19,
            addresses: vec![("10.0.0.8".to_owned(), 1_920)],
            more_addresses: false,
            operations: vec![("file.upload".to_owned(), 1_900), ("user.login".to_owned(), 20)],
            hours: hours.map(|hour| (hour as i64, 4)).collect(),
            week: week.collect(),
        }
    }

    fn day(change: impl FnOnce(&mut Period)) -> Period {
        let mut week = vec![0; HOURS_OF_WEEK];
        (9..17).for_each(|hour| week[hour] = 4);
        let mut day = Period {
            events: 32,
            addresses: vec![("10.0.0.8".to_owned(), 32)],
            operations: vec![("file.upload".to_owned(), 32)],
            hours: (9..17).map(|hour| (hour, 4)).collect(),
            week,
            ..Period::default()
        };
        change(&mut day);
        day
    }

    fn check(range: &Period, baseline: &Period, expected: &[Finding]) {
        assert_eq!(findings(range, baseline), expected, "{range:?}");
    }

    // Protects: an ordinary day raises nothing, and each rule fires on what its sentence says.
    #[test]
    fn rules() {
        check(&day(|_| {}), &office(), &[]);
        let address = "192.0.2.7".to_owned();
        let elsewhere = day(|day| day.addresses.push((address.clone(), 2)));
        check(&elsewhere, &office(), &[Finding::NewAddress { address, events: 2 }]);
        let operation = "user.delete".to_owned();
        let new = day(|day| day.operations.push((operation.clone(), 1)));
        check(&new, &office(), &[Finding::NewOperation { operation, events: 1 }]);
        let night = day(|day| (day.week[3], day.week[27]) = (2, 1));
        let hours = vec![(3, 2), (27, 1)];
        check(&night, &office(), &[Finding::UnusualHours { hours, events: 3, usual: 0 }]);
        let [few, many] = [2, 5].map(|count| day(|day| day.refusals = count));
        check(&few, &office(), &[]);
        let expected = 19.5 / 1_921.0 * 32.0;
        check(&many, &office(), &[Finding::MoreRefusals { events: 5, expected }]);
        let busy = day(|day| day.hours[2].1 = 60);
        let [Finding::Burst { start: 11, events: 60, usual }] = findings(&busy, &office())[..]
        else {
            panic!("one burst")
        };
        assert!((usual - 4.0).abs() < 1e-9);
    }

    // Protects: an hour beside the usual ones is not unusual, and a shift of the clock is none.
    #[test]
    fn neighbours_are_usual() {
        check(&day(|day| day.week[8] = 9), &office(), &[]);
        check(&day(|day| day.week[17] = 9), &office(), &[]);
    }

    // Protects: who has no past raises nothing.
    #[test]
    fn no_baseline_no_finding() {
        let stranger = Period { events: 9, week: vec![0; HOURS_OF_WEEK], ..Period::default() };
        let mut night = day(|day| day.week[3] = 9);
        night.refusals = 9;
        check(&night, &stranger, &[]);
        let known = Period { events: 49, ..office() };
        check(&day(|day| day.week[3] = 9), &known, &[]);
    }

    // Protects: an address is not called new when not all known ones were looked at.
    #[test]
    fn too_many_addresses_say_nothing() {
        let roaming = Period { more_addresses: true, ..office() };
        check(&day(|day| day.addresses.push(("192.0.2.7".to_owned(), 2))), &roaming, &[]);
    }
}
