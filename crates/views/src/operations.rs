//! Two-phase operations that began and of which no outcome is known.
//!
//! An intent without an outcome is `pending`; after the index's limit it is `unknown`, and still
//! stands here until an outcome corrects it. Whole events that only say `pending` are not meant.

use crate::gather::Gather;
use crate::page::{Order, PageToken};
use crate::thing::text;
use crate::{
    Answer, Field, Filter, Found, Page, Position, Progress, QueryError, Question, SearchIndex,
};

/// Events read for one page.
const PAGE_EVENTS_MAX: usize = 10_000;

/// One page of open operations, the newest first.
#[derive(Debug)]
pub struct OpenOperations {
    /// The intents.
    pub operations: Vec<OpenOperation>,
    /// Where the next page begins; none at the end.
    pub next: Option<PageToken>,
}

/// An intent without an outcome.
#[derive(Debug)]
pub struct OpenOperation {
    /// The intent.
    pub found: Found,
    /// True if its outcome is overdue and therefore `unknown`.
    pub is_overdue: bool,
}

impl SearchIndex {
    /// Intents that match the question and have no outcome yet, the newest first, after `last`.
    ///
    /// # Errors
    /// As `page`.
    pub fn open_operations(
        &self,
        question: &Question,
        last: Option<Position>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Answer<OpenOperations>, QueryError> {
        let mut gather = Gather::new(self, question, progress);
        let open = gather.question.and(Filter::one_of(Field::Outcome, ["pending", "unknown"]));
        let (mut operations, mut last, mut looked) = (Vec::new(), last, 0);
        let next = loop {
            let wanted = limit - operations.len();
            let Page { events, next } = gather.page(&open, Order::NewestFirst, last, wanted)?;
            looked += events.len();
            operations.extend(events.into_iter().filter_map(OpenOperation::of));
            last = next.map(|token| token.last);
            if last.is_none() || operations.len() == limit || looked >= PAGE_EVENTS_MAX {
                break last;
            }
        };
        let next = next.map(|last| gather.token(question, Order::NewestFirst, last));
        Ok(gather.answer(OpenOperations { operations, next }))
    }
}

impl OpenOperation {
    fn of(found: Found) -> Option<Self> {
        let is_open = found.leaf.core().phase() == Some("intent") && found.outcome.is_none();
        let is_overdue = text(&found.row(), Field::Outcome)? == "unknown";
        is_open.then_some(Self { found, is_overdue })
    }
}
