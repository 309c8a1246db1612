//! One answer out of several questions, all as of one ledger head.
//!
//! The head is fixed before the first question, so that the parts of an answer agree with each
//! other while events keep coming. The answer is partial if one of its parts is.

use annals_record::Catalogue;
use ipnet::IpNet;

use crate::page::{Order, PageToken, Position, Walk};
use crate::{
    Answer, Field, Filter, Found, Number, Page, Partial, Progress, QueryError, Question,
    SearchIndex, Test, Value,
};

/// Events with one id that are told apart by their emitters.
const SAME_ID_MAX: usize = 16;

/// Gathers the parts of one answer.
pub(crate) struct Gather<'i> {
    pub(crate) index: &'i SearchIndex,
    pub(crate) progress: &'i Progress,
    /// The question with its head fixed.
    pub(crate) question: Question,
    as_of: u64,
    settled: Option<u64>,
    partial: Option<Partial>,
}

impl<'i> Gather<'i> {
    pub(crate) fn new(index: &'i SearchIndex, question: &Question, progress: &'i Progress) -> Self {
        let as_of = question.as_of.unwrap_or_else(|| index.reader().head().size.0);
        let question = Question { as_of: Some(as_of), ..question.clone() };
        Self { index, progress, question, as_of, settled: None, partial: None }
    }

    pub(crate) fn catalogue(&self) -> &'i Catalogue {
        self.index.catalogue()
    }

    /// The question over all time.
    pub(crate) fn ever(&self) -> Question {
        Question { from: None, to: None, ..self.question.clone() }
    }

    /// The value of a part.
    pub(crate) fn take<T>(&mut self, part: Answer<T>) -> T {
        let Answer { value, settled, partial, .. } = part;
        self.settled = Some(self.settled.map_or(settled, |known| known.min(settled)));
        if self.partial.is_none() {
            self.partial = partial;
        }
        value
    }

    /// A page of events in the order of time.
    pub(crate) fn page(
        &mut self,
        question: &Question,
        order: Order,
        last: Option<Position>,
        limit: usize,
    ) -> Result<Page, QueryError> {
        let page = self.index.page(question, order, None, last, limit, self.progress)?;
        Ok(self.take(page))
    }

    /// The first event in the order of time for which `is_wanted` holds, of at most `events_max`.
    pub(crate) fn first(
        &mut self,
        question: &Question,
        order: Order,
        events_max: usize,
        is_wanted: impl Fn(&Found) -> bool,
    ) -> Result<Option<Found>, QueryError> {
        let (mut last, mut looked, mut limit) = (None, 0, 1);
        while looked < events_max {
            let Page { events, next } = self.page(question, order, last, limit)?;
            looked += events.len();
            if let Some(found) = events.into_iter().find(|found| is_wanted(found)) {
                return Ok(Some(found));
            }
            let Some(next) = next else { break };
            last = Some(next.last);
            limit = 100; // Hardly ever: another object has the same id.
        }
        Ok(None)
    }

    /// The event with this id that an event of `emitter` means: of several the one of the same
    /// emitter, else the only one.
    pub(crate) fn named(&mut self, id: &str, emitter: &str) -> Result<Option<Found>, QueryError> {
        // The ledger knows ids; to the index they are words like others.
        let indexes = self.index.reader().find(id)?;
        let filter = Filter::at_indexes(indexes.into_iter().map(|index| index.0));
        let question = Question { filter, ..self.ever() };
        let Page { mut events, .. } = self.page(&question, Order::Index, None, SAME_ID_MAX)?;
        let own = events.iter().position(|found| found.leaf.core().emitter() == emitter);
        Ok(match (own, events.len()) {
            (Some(own), _) => Some(events.swap_remove(own)),
            (None, 1) => events.pop(),
            (None, _) => None,
        })
    }

    /// True if one of the parts so far is.
    pub(crate) fn is_partial(&self) -> bool {
        self.partial.is_some()
    }

    /// Where an answer of its own kind goes on, behind `last`.
    pub(crate) fn token(&self, question: &Question, order: Order, last: Position) -> PageToken {
        let Question { now, from, to, .. } = *question;
        let walk = Walk { order, as_of: self.as_of, from, to, after_index: None };
        PageToken { walk, now, digest: question.digest(), call: question.call, last }
    }

    /// The whole answer.
    pub(crate) fn answer<T>(self, value: T) -> Answer<T> {
        let settled = self.settled.unwrap_or(self.as_of);
        Answer { value, as_of: self.as_of, settled, partial: self.partial }
    }
}

impl Question {
    /// The same question about fewer events.
    pub(crate) fn and(&self, filter: Filter) -> Self {
        Self { filter: Filter::and([self.filter.clone(), filter]), ..self.clone() }
    }
}

impl Filter {
    /// One of these values of a field; no event if there are none.
    pub(crate) fn one_of<T: Into<String>>(
        field: Field,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let is = |value: T| Self::term(field, Test::Is(Value::Text(value.into())));
        Self::or(values.into_iter().map(is))
    }

    /// The events at these positions.
    pub(crate) fn at_indexes(indexes: impl IntoIterator<Item = u64>) -> Self {
        let at = |index| Test::Is(Value::Number(Number::integer(index)));
        Self::or(indexes.into_iter().map(|index| Self::term(Field::Index, at(index))))
    }

    /// This source address; no event if the text is none.
    pub(crate) fn address(text: &str) -> Self {
        let address = text.parse::<std::net::IpAddr>().ok().map(IpNet::from);
        Self::or(address.map(|net| Self::term(Field::SourceIp, Test::Is(Value::Ip(net)))))
    }
}
