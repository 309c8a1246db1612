//! Finding the cases, their events and the policies in force.
//!
//! A page of cases is a walk over requests and decisions, newest first; all events of the cases
//! met are read at once, and a case is told where the walk meets the event that began it. So a
//! decision without a request begins a case, too, and no case is told twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::case::{Sight, Told};
use super::read::{Act, BEGINNINGS, POLICY, approvals_of, data_of, policy_levels};
use super::{
    APPROVAL_EVENTS_MAX, APPROVAL_POLICIES_MAX, Case, CaseEvent, Cases, Policy, WantedCases, case,
    checks,
};
use crate::gather::Gather;
use crate::page::Order;
use crate::thing::text;
use crate::{
    Answer, Field, Filter, Found, Page, Position, Progress, QueryError, Question, SearchIndex,
};

/// Events that may begin a case, read at a time.
const STEP_EVENTS: usize = 100;
/// Events that may begin a case, read for one page.
const BEGINNINGS_MAX: usize = 2_000;
/// Events of cases read at a time.
const READ_EVENTS: usize = 1_000;

/// Stack and id.
type Key = (Option<String>, String);

/// Stack, and what was set there.
type OfStack = (Option<String>, Policy);

impl SearchIndex {
    /// Cases that `wanted` asks for, the newest first, after `last`. The question's filter holds
    /// for every event that is looked at, its range for those that began a case. The token of the
    /// next page is one of the question with the filter `begun`.
    ///
    /// # Errors
    /// As `page`.
    pub fn approvals(
        &self,
        question: &Question,
        wanted: &WantedCases,
        last: Option<Position>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Answer<Cases>, QueryError> {
        let gather = Gather::new(self, question, progress);
        Search { gather }.page(question, wanted, last, limit)
    }

    /// The cases of the approvals with `id`, one for each stack that has one. Range plays no part,
    /// the filter holds for every event that is looked at.
    ///
    /// # Errors
    /// As `page`.
    pub fn approval(
        &self,
        question: &Question,
        id: &str,
        progress: &Progress,
    ) -> Result<Answer<Vec<Case>>, QueryError> {
        let mut search = Search { gather: Gather::new(self, question, progress) };
        let ids = BTreeSet::from([id.to_owned()]);
        let mut cases = search.cases(&ids, |_| true)?;
        for case in &mut cases {
            search.find_causes(case)?;
        }
        Ok(search.gather.answer(cases))
    }
}

struct Search<'i> {
    gather: Gather<'i>,
}

impl Search<'_> {
    fn page(
        mut self,
        question: &Question,
        wanted: &WantedCases,
        mut last: Option<Position>,
        limit: usize,
    ) -> Result<Answer<Cases>, QueryError> {
        let begins = Filter::one_of(Field::Operation, BEGINNINGS);
        let begins = self.gather.question.and(wanted.begun.clone()).and(begins);
        let (mut cases, mut looked) = (Vec::<Case>::new(), 0);
        let next = loop {
            let Page { events, next } =
                self.gather.page(&begins, Order::NewestFirst, last, STEP_EVENTS)?;
            looked += events.len();
            cases.extend(self.begun_by(&events, wanted)?);
            last = next.map(|token| token.last);
            if cases.len() > limit {
                cases.truncate(limit);
                break cases.last().map(|case| case.began);
            }
            if last.is_none() || cases.len() == limit || looked >= BEGINNINGS_MAX {
                break last;
            }
        };
        let asked = Question { filter: wanted.begun.clone(), ..question.clone() };
        let next = next.map(|last| self.gather.token(&asked, Order::NewestFirst, last));
        let is_limited = self.is_limited();
        Ok(self.gather.answer(Cases { cases, next, is_limited }))
    }

    /// The cases that these events began, the newest first.
    fn begun_by(
        &mut self,
        events: &[Found],
        wanted: &WantedCases,
    ) -> Result<Vec<Case>, QueryError> {
        let ids = events.iter().flat_map(|found| approvals_of(&found.row())).collect();
        let met: BTreeSet<Position> = events.iter().map(|found| found.position).collect();
        let mut cases = self.cases(&ids, |began| met.contains(&began))?;
        cases.retain(|case| {
            wanted.state.is_none_or(|state| case.state == state)
                && (wanted.findings.is_empty() || wanted.findings.iter().any(|it| case.has(*it)))
        });
        cases.sort_by_key(|case| std::cmp::Reverse(case.began));
        Ok(cases)
    }

    /// The cases of these approvals that began where `is_wanted` says.
    fn cases(
        &mut self,
        ids: &BTreeSet<String>,
        is_wanted: impl Fn(Position) -> bool,
    ) -> Result<Vec<Case>, QueryError> {
        let (mut told, mut is_cut) = self.events_of(ids)?;
        told.retain(|_, told| is_wanted(told[case::beginning(told)].event.found.position));
        let (policies, are_cut) = self.policies(&told)?;
        is_cut |= are_cut;
        let (is_limited, is_partial) = (self.is_limited(), self.gather.is_partial());
        let sight = Sight { is_limited, is_cut, is_partial };
        let cases = told.into_iter().map(|(key, told)| {
            let began = told[case::beginning(&told)].event.found.position;
            let policy = policies
                .iter()
                .find(|(stack, policy)| *stack == key.0 && policy.found.position < began);
            let mut case = case::of(key, &told, policy.map(|(_, policy)| policy.clone()), sight);
            case.checks = checks::of(&case, &told, sight);
            case.events = told.into_iter().map(|told| told.event).collect();
            case
        });
        Ok(cases.collect())
    }

    /// The events of approvals with these ids, oldest first, by stack and id; whether there are
    /// too many.
    fn events_of(
        &mut self,
        ids: &BTreeSet<String>,
    ) -> Result<(BTreeMap<Key, Vec<Told>>, bool), QueryError> {
        let mut told: BTreeMap<Key, Vec<Told>> = BTreeMap::new();
        let mut cases_of_data: HashMap<Key, Key> = HashMap::new();
        let (found, is_cut) = self.all(Filter::one_of(Field::Object, ids))?;
        for found in found {
            let row = found.row();
            let stack = text(&row, Field::StackId);
            let own: Vec<_> =
                approvals_of(&row).into_iter().filter(|id| ids.contains(id)).collect();
            let data = data_of(&row);
            drop(row);
            for id in own {
                let key = (stack.clone(), id);
                for data in &data {
                    cases_of_data.insert((stack.clone(), data.clone()), key.clone());
                }
                told.entry(key.clone()).or_default().push(Told::of(found.clone(), &key.1));
            }
        }
        let data: BTreeSet<_> = cases_of_data.keys().map(|(_, id)| id.clone()).collect();
        let (found, is_data_cut) = self.all(Filter::one_of(Field::Object, data))?;
        for found in found {
            let row = found.row();
            // What names an approval is its own.
            let data = if approvals_of(&row).is_empty() { data_of(&row) } else { Vec::new() };
            let stack = text(&row, Field::StackId);
            drop(row);
            let of_data = |id: String| cases_of_data.get(&(stack.clone(), id));
            let keys: BTreeSet<&Key> = data.into_iter().filter_map(of_data).collect();
            for key in keys {
                told.entry(key.clone()).or_default().push(Told::of(found.clone(), &key.1));
            }
        }
        for told in told.values_mut() {
            told.sort_by_key(|told| told.event.found.position);
        }
        Ok((told, is_cut || is_data_cut))
    }

    /// What set the policies of these cases' stacks before the newest of them, newest first.
    fn policies(
        &mut self,
        told: &BTreeMap<Key, Vec<Told>>,
    ) -> Result<(Vec<OfStack>, bool), QueryError> {
        let stacks: BTreeSet<_> = told.keys().filter_map(|(stack, _)| stack.clone()).collect();
        let began = |told: &Vec<Told>| told[case::beginning(told)].event.found.position.at;
        let Some(newest) = told.values().map(began).max() else {
            return Ok((Vec::new(), false));
        };
        let filter = Filter::and([
            Filter::one_of(Field::Operation, [POLICY]),
            Filter::one_of(Field::Outcome, ["success", "partial"]),
            Filter::one_of(Field::StackId, stacks),
        ]);
        let before = Question { to: Some(newest.saturating_add(1)), ..self.gather.ever() };
        let limit = APPROVAL_POLICIES_MAX;
        let Page { events, next } =
            self.gather.page(&before.and(filter), Order::NewestFirst, None, limit)?;
        let policy = |found: Found| {
            let row = found.row();
            let (stack, levels) = (text(&row, Field::StackId), policy_levels(&row));
            drop(row);
            (stack, Policy { found, levels })
        };
        Ok((events.into_iter().map(policy).collect(), next.is_some()))
    }

    /// Says of each event which one it names as its cause.
    fn find_causes(&mut self, case: &mut Case) -> Result<(), QueryError> {
        let mut known: HashMap<(String, String), Option<Position>> = HashMap::new();
        for event in &mut case.events {
            let Some(id) = text(&event.found.row(), Field::CauseId) else { continue };
            let key = (id, event.found.leaf.core().emitter().to_owned());
            event.cause = match known.get(&key) {
                Some(position) => *position,
                None => {
                    let position = self.gather.named(&key.0, &key.1)?.map(|found| found.position);
                    known.insert(key, position);
                    position
                }
            };
        }
        Ok(())
    }

    /// Every event in sight for which `filter` holds, oldest first, up to the limit, and whether
    /// there are more.
    fn all(&mut self, filter: Filter) -> Result<(Vec<Found>, bool), QueryError> {
        let question = self.gather.ever().and(filter);
        let (mut all, mut last) = (Vec::new(), None);
        loop {
            let Page { events, next } =
                self.gather.page(&question, Order::OldestFirst, last, READ_EVENTS)?;
            all.extend(events);
            last = next.map(|token| token.last);
            if last.is_none() || all.len() >= APPROVAL_EVENTS_MAX {
                return Ok((all, last.is_some()));
            }
        }
    }

    fn is_limited(&self) -> bool {
        !self.gather.question.scope.is_everything()
    }
}

impl Told {
    fn of(found: Found, approval: &str) -> Self {
        let act = Act::read(&found.row(), approval);
        let part = act.part;
        Self { event: CaseEvent { found, part, cause: None }, act }
    }
}
