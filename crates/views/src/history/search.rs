//! Finding an object's events and the marks of its life.

use std::borrow::Cow;

use annals_record::Tag;

use super::changes::{Known, Said};
use super::life::{Life, LifeMark, LifeStep, operations_of, step_of};
use super::{HISTORY_LOOK_BACK_EVENTS_MAX, History, HistoryEvent};
use crate::gather::Gather;
use crate::page::Order;
use crate::row::{Row, Seen};
use crate::thing::{Thing, text};
use crate::{
    Answer, Field, Filter, Found, Page, Position, Progress, QueryError, Question, SearchIndex,
};

/// Events read at a time for a page.
const READ_EVENTS: usize = 100;
/// Events looked at for one mark of a life.
const MARK_EVENTS_MAX: usize = 1_000;
/// Outcomes of what was done, at least in part.
const DONE: [&str; 2] = ["success", "partial"];

impl SearchIndex {
    /// The history of the object of type `kind` with `id`, oldest first, after `last`: at most
    /// `limit` events that match the question. What an event changed is told with regard to all
    /// events of the object that the scope shows, also those that do not match.
    ///
    /// # Errors
    /// As `page`.
    pub fn history(
        &self,
        question: &Question,
        kind: &str,
        id: &str,
        last: Option<Position>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Answer<History>, QueryError> {
        let gather = Gather::new(self, question, progress);
        let object = Object { kind, id };
        let question = gather.question.clone();
        Teller { gather, object, known: Known::default(), name: None }.tell(&question, last, limit)
    }

    /// From when to when the object is known, over all time; filter and range play no part.
    ///
    /// # Errors
    /// As `page`.
    pub fn life(
        &self,
        question: &Question,
        kind: &str,
        id: &str,
        progress: &Progress,
    ) -> Result<Answer<Life>, QueryError> {
        let mut gather = Gather::new(self, question, progress);
        let object = Object { kind, id };
        let ever = Question { filter: object.filter(), ..gather.ever() };
        let is_it = |found: &Found| object.find(&found.row()).is_some();
        let first =
            |gather: &mut Gather<'_>, order| gather.first(&ever, order, MARK_EVENTS_MAX, is_it);
        let oldest = first(&mut gather, Order::OldestFirst)?;
        let newest = first(&mut gather, Order::NewestFirst)?;
        let named = gather.first(&ever, Order::NewestFirst, MARK_EVENTS_MAX, |found| {
            object.find(&found.row()).is_some_and(|(thing, _)| thing.name.is_some())
        })?;
        let created = object.mark(&mut gather, &ever, LifeStep::Created)?;
        let since = created.as_ref().map(|mark| mark.at.at);
        let after = Question { from: since, ..ever.clone() };
        let deleted = object.mark(&mut gather, &after, LifeStep::Deleted)?;
        let position = |found: &Option<Found>| found.as_ref().map(|found| found.position);
        let name = named.and_then(|found| object.find(&found.row())?.0.name);
        let (first, last) = (position(&oldest), position(&newest));
        Ok(gather.answer(Life { first, last, created, deleted, name }))
    }
}

/// The object whose history is told.
#[derive(Clone, Copy)]
struct Object<'q> {
    kind: &'q str,
    id: &'q str,
}

impl Object<'_> {
    /// Every event of the object, and of others with this id or name.
    fn filter(self) -> Filter {
        Filter::one_of(Field::Object, [self.id])
    }

    /// The object as an event names it, and whether as a target.
    fn find(self, row: &Row<'_>) -> Option<(Thing, bool)> {
        let find = |things: Vec<Thing>| things.into_iter().find(|it| it.is(self.kind, self.id));
        let target = find(Thing::targets(row)).map(|thing| (thing, true));
        target.or_else(|| Some((find(Thing::related(row))?, false)))
    }

    /// How an event ended for the object: what is told of it alone, if it is one target of several.
    fn outcome(self, row: &Row<'_>) -> String {
        let is = |seen: &Seen<Cow<'_, str>>, text: &str| match seen {
            Seen::Value(value) => value == text,
            Seen::Absent | Seen::Erased => false,
        };
        let mut targets = row.targets().iter();
        let own = targets.find(|it| is(&it.kind, self.kind) && is(&it.id, self.id));
        match own.and_then(|own| own.outcome.as_deref()) {
            Some(outcome) => outcome.to_owned(),
            None => text(row, Field::Outcome).unwrap_or_default(),
        }
    }

    /// The newest creation, or the oldest deletion, that was done.
    fn mark(
        self,
        gather: &mut Gather<'_>,
        question: &Question,
        step: LifeStep,
    ) -> Result<Option<LifeMark>, QueryError> {
        let operations = operations_of(gather.catalogue(), self.kind, step);
        if operations.is_empty() {
            return Ok(None);
        }
        let question = question.and(Filter::and([
            Filter::one_of(Field::Operation, operations),
            Filter::one_of(Field::Outcome, DONE),
        ]));
        let order = match step {
            LifeStep::Created => Order::NewestFirst,
            LifeStep::Deleted => Order::OldestFirst,
        };
        let found = gather.first(&question, order, MARK_EVENTS_MAX, |found| {
            let row = found.row();
            let is_target = self.find(&row).is_some_and(|(_, is_target)| is_target);
            is_target && DONE.contains(&self.outcome(&row).as_str())
        })?;
        Ok(found.map(|found| {
            let row = found.row();
            let operation = text(&row, Field::Operation).unwrap_or_default();
            LifeMark { at: found.position, operation, operator: text(&row, Field::Operator) }
        }))
    }
}

/// Tells events in order; what it knows is of the events before.
struct Teller<'i, 'q> {
    gather: Gather<'i>,
    object: Object<'q>,
    known: Known,
    name: Option<String>,
}

impl Teller<'_, '_> {
    fn tell(
        mut self,
        question: &Question,
        last: Option<Position>,
        limit: usize,
    ) -> Result<Answer<History>, QueryError> {
        let all = Question { filter: self.object.filter(), ..question.clone() };
        let wanted = question.bound().compile(self.gather.catalogue());
        let (mut events, mut at) = (Vec::new(), last);
        let mut is_first = last.is_none() && question.from.is_none();
        let next = loop {
            let Page { events: page, next } =
                self.gather.page(&all, Order::OldestFirst, at, limit.max(READ_EVENTS))?;
            if let Some(first) = page.first().filter(|_| !std::mem::replace(&mut is_first, true)) {
                self.look_back(&all, first.position)?;
            }
            let mut rest = page.into_iter();
            for found in rest.by_ref() {
                at = Some(found.position);
                if let Some(told) = self.event(found)
                    && wanted.matches(&told.found.row())
                {
                    events.push(told);
                    if events.len() == limit {
                        break;
                    }
                }
            }
            let is_end = next.is_none() && rest.len() == 0;
            if is_end || events.len() == limit {
                break at.filter(|_| !is_end);
            }
        };
        let next = next.map(|last| self.gather.token(question, Order::OldestFirst, last));
        Ok(self.gather.answer(History { events, next }))
    }

    /// Reads what lies before the page.
    fn look_back(&mut self, all: &Question, before: Position) -> Result<(), QueryError> {
        let all = Question { from: None, ..all.clone() };
        let limit = HISTORY_LOOK_BACK_EVENTS_MAX;
        let Page { events, next } =
            self.gather.page(&all, Order::NewestFirst, Some(before), limit)?;
        if next.is_some() {
            self.known = Known::cut();
        }
        for found in events.into_iter().rev() {
            self.event(found);
        }
        Ok(())
    }

    /// The event with what it changed; none if it is another object's.
    fn event(&mut self, found: Found) -> Option<HistoryEvent> {
        let row = found.row();
        let (thing, is_target) = self.object.find(&row)?;
        let operation = text(&row, Field::Operation).unwrap_or_default();
        let outcome = match is_target {
            true => self.object.outcome(&row),
            false => text(&row, Field::Outcome).unwrap_or_default(),
        };
        let subject = match is_target {
            true => thing.clone(),
            false => Thing::targets(&row).into_iter().next().unwrap_or_default(),
        };
        let subject = [subject.kind, subject.id].map(Option::unwrap_or_default).join("\0");
        let (changes, request) = (row.sealed(Tag::CHANGES), row.sealed(Tag::REQUEST_DATA));
        let (operation, outcome) = (operation.as_str(), outcome.as_str());
        let said = Said { operation, outcome, changes, request, subject: &subject };
        let changed = self.known.next(&said, self.gather.catalogue());
        let is_done = matches!(outcome, "success" | "partial") && is_target;
        let step = step_of(operation, self.gather.catalogue()).filter(|_| is_done);
        let renamed_from = thing.name.as_ref().and_then(|name| {
            let before = self.name.replace(name.clone());
            before.filter(|before| before != name)
        });
        drop(row);
        Some(HistoryEvent { found, thing, is_target, renamed_from, step, changed })
    }
}
