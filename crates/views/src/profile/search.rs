//! Counting what a profile tells.

use annals_record::Catalogue;
use jiff::tz::TimeZone;

use super::findings::{Finding, HOURS_OF_WEEK, Period, findings};
use super::{
    Address, BASELINE_NS, Baseline, Compared, PROFILE_ADDRESSES_MAX, PROFILE_OBJECTS_MAX,
    PROFILE_VALUES_MAX, Profile, Refusals, Touched,
};
use crate::gather::Gather;
use crate::page::{Order, Position};
use crate::session::pairing::Pairs;
use crate::thing::Thing;
use crate::{
    Answer, Bucket, Facet, Field, Filter, Found, Interval, Progress, QueryError, Question,
    SearchIndex,
};

/// Operations that failed or were denied, told.
const REFUSALS_MAX: usize = 20;
/// Events looked at for the name of an object.
const NAME_EVENTS_MAX: usize = 100;
/// Hours counted at a time: 10,000, in ns.
const HOURS_AT_ONCE_NS: i64 = 10_000 * 3_600 * 1_000_000_000;
/// What is typed in the place of a name when it is no name.
const LOGIN_UNKNOWN: &str = "user.login_unknown";
const REFUSED: [&str; 2] = ["failure", "denied"];

impl SearchIndex {
    /// The profile of the user with this name, as operator or as username. The range is that of
    /// the question; without a beginning it begins with the user's first event, without an end
    /// it ends with the last one, and what has no beginning is compared with nothing.
    ///
    /// # Errors
    /// As `page`.
    pub fn profile(
        &self,
        question: &Question,
        user: &str,
        progress: &Progress,
    ) -> Result<Answer<Profile>, QueryError> {
        let mut gather = Gather::new(self, question, progress);
        let unknown = Filter::one_of(Field::Operation, [LOGIN_UNKNOWN]);
        let own = Filter::and([Filter::one_of(Field::User, [user]), Filter::negated(unknown)]);
        gather.question = gather.question.and(own);
        let profile = Teller { gather: &mut gather }.tell(user)?;
        Ok(gather.answer(profile))
    }
}

struct Teller<'g, 'i> {
    gather: &'g mut Gather<'i>,
}

impl Teller<'_, '_> {
    fn tell(&mut self, user: &str) -> Result<Profile, QueryError> {
        let ever = self.gather.ever();
        let seen = self.seen(&ever)?;
        let begins = self.gather.question.from;
        let from = begins.or(seen.map(|(first, _)| first.at)).unwrap_or_default();
        let last = seen.map(|(_, last)| last.at.saturating_add(1));
        let to = self.gather.question.to.or(last).unwrap_or(from).max(from);
        // Hours before the first event and after the last one need not be counted.
        let (first, end) = (seen.map_or(from, |seen| seen.0.at), last.unwrap_or(from));
        let range = self.period(from.max(first).min(to), to.min(end).max(from))?;
        let before = match begins {
            Some(from) => self.facets(from.saturating_sub(to - from), from)?,
            None => Counts::default(),
        };
        let baseline_from = begins.map_or(from, |from| from.saturating_sub(BASELINE_NS));
        let baseline = self.period(baseline_from, from)?;
        let mut findings = findings(&range.period, &baseline.period);
        findings.extend(self.dormant(seen, (from, to), baseline_from)?);
        let days = self.histogram(from, to, Interval::Day)?;
        let PeriodCounts { counts, period } = range;
        let week = std::array::from_fn(|hour| period.week[hour]);
        Ok(Profile {
            user: user.to_owned(),
            seen,
            range: (from, to),
            events: counts.events,
            events_before: before.events,
            active_days: days.iter().filter(|day| day.count > 0).count() as u64,
            sessions: begun(&counts.operations, self.gather.catalogue()),
            services: compared(counts.services, &before.services),
            operations: compared(counts.operations, &before.operations),
            outcomes: compared(counts.outcomes, &before.outcomes),
            refusals: self.refusals(from, to)?,
            addresses: self.addresses(&counts.addresses)?,
            address_count: counts.address_count,
            objects: self.objects(from, to)?,
            week,
            days,
            baseline: Baseline { from: baseline_from, to: from, events: baseline.counts.events },
            findings,
        })
    }

    /// The question about another range.
    fn asked(&self, from: i64, to: i64) -> Question {
        Question { from: Some(from), to: Some(to), ..self.gather.question.clone() }
    }

    /// The first and the last event.
    fn seen(&mut self, question: &Question) -> Result<Option<(Position, Position)>, QueryError> {
        let first = self.gather.first(question, Order::OldestFirst, 1, |_| true)?;
        let last = self.gather.first(question, Order::NewestFirst, 1, |_| true)?;
        Ok(first.zip(last).map(|(first, last)| (first.position, last.position)))
    }

    fn facets(&mut self, from: i64, to: i64) -> Result<Counts, QueryError> {
        let fields = [Field::Service, Field::Operation, Field::Outcome, Field::SourceIp];
        let asked = self.asked(from, to);
        let facets =
            self.gather.index.facets(&asked, &fields, PROFILE_VALUES_MAX, self.gather.progress)?;
        let mut facets = self.gather.take(facets).into_iter();
        let mut next = || facets.next().map(|Facet { values, distinct, .. }| (values, distinct));
        let mut values = || next().unwrap_or_default();
        let (services, operations) = (values().0, values().0);
        let (outcomes, (addresses, address_count)) = (values().0, values());
        // Every event has one outcome, and there are few of them.
        let events = outcomes.iter().map(|(_, events)| events).sum();
        Ok(Counts { events, services, operations, outcomes, addresses, address_count })
    }

    fn histogram(
        &mut self,
        from: i64,
        to: i64,
        interval: Interval,
    ) -> Result<Vec<Bucket>, QueryError> {
        let asked = self.asked(from, to);
        let buckets =
            self.gather.index.histogram(&asked, interval, &asked.zone, self.gather.progress)?;
        Ok(self.gather.take(buckets))
    }

    fn period(&mut self, from: i64, to: i64) -> Result<PeriodCounts, QueryError> {
        let counts = self.facets(from, to)?;
        let hours = match counts.events {
            0 => Vec::new(),
            _ => self.hours(from, to)?,
        };
        let refused = counts.outcomes.iter().filter(|(it, _)| REFUSED.contains(&it.as_str()));
        let period = Period {
            events: counts.events,
            refusals: refused.map(|(_, events)| events).sum(),
            addresses: counts.addresses.clone(),
            more_addresses: counts.address_count > counts.addresses.len() as u64,
            operations: counts.operations.clone(),
            week: week_of(&hours, &self.gather.question.zone).to_vec(),
            hours: hours.into_iter().map(|hour| (hour.start, hour.count)).collect(),
        };
        Ok(PeriodCounts { counts, period })
    }

    /// Events by hour, a bounded number of hours at a time.
    fn hours(&mut self, from: i64, to: i64) -> Result<Vec<Bucket>, QueryError> {
        let mut hours: Vec<Bucket> = Vec::new();
        let mut start = from;
        while start < to {
            let end = start.saturating_add(HOURS_AT_ONCE_NS).min(to);
            for hour in self.histogram(start, end, Interval::Hour)? {
                match hours.last_mut().filter(|last| last.start == hour.start) {
                    Some(last) => last.count += hour.count,
                    None => hours.push(hour),
                }
            }
            start = end;
        }
        Ok(hours)
    }

    fn refusals(&mut self, from: i64, to: i64) -> Result<Vec<Refusals>, QueryError> {
        let asked = self.asked(from, to).and(Filter::one_of(Field::Outcome, REFUSED));
        let fields = [Field::Operation, Field::Outcome];
        let groups =
            self.gather.index.group(&asked, &fields, REFUSALS_MAX, self.gather.progress)?;
        let groups = self.gather.take(groups).into_iter();
        let refusals = groups.filter_map(|(values, events)| {
            let [operation, outcome] = values.try_into().ok()?;
            Some(Refusals { operation, outcome, events })
        });
        Ok(refusals.collect())
    }

    fn addresses(&mut self, counts: &[(String, u64)]) -> Result<Vec<Address>, QueryError> {
        let mut addresses = Vec::new();
        for (address, events) in counts.iter().take(PROFILE_ADDRESSES_MAX) {
            let (address, events) = (address.clone(), *events);
            let asked = self.gather.ever().and(Filter::address(&address));
            let (first, last) = self.seen(&asked)?.unzip();
            addresses.push(Address { address, events, first, last });
        }
        Ok(addresses)
    }

    fn objects(&mut self, from: i64, to: i64) -> Result<Vec<Touched>, QueryError> {
        let asked = self.asked(from, to);
        let fields = [Field::ObjectType, Field::ObjectId];
        let groups =
            self.gather.index.group(&asked, &fields, PROFILE_OBJECTS_MAX, self.gather.progress)?;
        let mut objects = Vec::new();
        for (values, events) in self.gather.take(groups) {
            let Ok([kind, id]) = <[String; 2]>::try_from(values) else { continue };
            let asked = asked.and(Filter::one_of(Field::ObjectId, [id.as_str()]));
            let named = |found: &Found| {
                let targets = Thing::targets(&found.row());
                targets.into_iter().find(|it| it.is(&kind, &id) && it.name.is_some())
            };
            let newest =
                self.gather.first(&asked, Order::NewestFirst, NAME_EVENTS_MAX, |found| {
                    named(found).is_some()
                })?;
            let unnamed =
                || Thing { kind: Some(kind.clone()), id: Some(id.clone()), ..Thing::default() };
            let thing = newest.as_ref().and_then(named).unwrap_or_else(unnamed);
            objects.push(Touched { thing, events });
        }
        Ok(objects)
    }

    /// Told of somebody who was there before the baseline, then not, and is again.
    fn dormant(
        &mut self,
        seen: Option<(Position, Position)>,
        (from, to): (i64, i64),
        baseline_from: i64,
    ) -> Result<Option<Finding>, QueryError> {
        if seen.is_none_or(|(first, _)| first.at >= baseline_from) {
            return Ok(None);
        }
        let before = Question { to: Some(from), ..self.gather.ever() };
        let in_range = self.asked(from, to);
        let last = self.gather.first(&before, Order::NewestFirst, 1, |_| true)?;
        let again = self.gather.first(&in_range, Order::OldestFirst, 1, |_| true)?;
        let at = |found: Option<Found>| found.map(|found| found.position.at);
        let dormant = at(last).filter(|last| *last < baseline_from).zip(at(again));
        Ok(dormant.map(|(last, again)| Finding::Dormant { last, again }))
    }
}

/// What facets say of a period.
#[derive(Default)]
struct Counts {
    events: u64,
    services: Vec<(String, u64)>,
    operations: Vec<(String, u64)>,
    outcomes: Vec<(String, u64)>,
    addresses: Vec<(String, u64)>,
    address_count: u64,
}

struct PeriodCounts {
    counts: Counts,
    period: Period,
}

/// Events by hour of the week, Monday 0 h first, in a zone.
fn week_of(hours: &[Bucket], zone: &TimeZone) -> [u64; HOURS_OF_WEEK] {
    let mut week = [0; HOURS_OF_WEEK];
    for bucket in hours.iter().filter(|bucket| bucket.count > 0) {
        let Ok(start) = jiff::Timestamp::from_nanosecond(bucket.start.into()) else { continue };
        let start = start.to_zoned(zone.clone());
        let day = start.weekday().to_monday_zero_offset() as usize;
        week[day * 24 + start.hour() as usize] += bucket.count;
    }
    week
}

fn compared(range: Vec<(String, u64)>, before: &[(String, u64)]) -> Vec<Compared> {
    let known: std::collections::HashMap<_, _> =
        before.iter().map(|(value, events)| (value, *events)).collect();
    let compare = |(value, events): (String, u64)| {
        let before = known.get(&value).copied().unwrap_or(0);
        Compared { value, events, before }
    };
    range.into_iter().map(compare).collect()
}

/// Events that began a session, refused ones included.
fn begun(operations: &[(String, u64)], catalogue: &Catalogue) -> u64 {
    let pairs = Pairs::of(catalogue);
    let begins = pairs.begins();
    let begun = operations.iter().filter(|(code, _)| begins.contains(&code.as_str()));
    begun.map(|(_, events)| events).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: an hour of the heat map is an hour of the week where the reader lives.
    #[test]
    fn weeks() {
        let hour = |text: &str, count| Bucket {
            start: annals_record::Timestamp::parse(text).expect("a time").nanos(),
            count,
        };
        // 2026-11-22 is a Sunday.
        let hours = [hour("2026-11-22T23:00:00Z", 3), hour("2026-11-15T23:00:00Z", 2)];
        let check = |offset, place| {
            let week = week_of(&hours, &TimeZone::fixed(jiff::tz::offset(offset)));
            assert_eq!((week[place], week.iter().sum::<u64>()), (5, 5), "{offset}");
        };
        check(0, 6 * 24 + 23);
        check(8, 7);
    }

    // Protects: a value that is new in the range stands beside nothing.
    #[test]
    fn comparison() {
        let counts = |pairs: &[(&str, u64)]| {
            pairs.iter().map(|(value, events)| ((*value).to_owned(), *events)).collect::<Vec<_>>()
        };
        let compared = compared(counts(&[("a", 3), ("b", 1)]), &counts(&[("c", 2), ("a", 5)]));
        let told: Vec<_> =
            compared.iter().map(|it| (it.value.as_str(), it.events, it.before)).collect();
        assert_eq!(told, [("a", 3, 5), ("b", 1, 0)]);
    }
}
