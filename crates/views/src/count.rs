//! How many events match.

use crate::QueryError;
use crate::index::SearchIndex;
use crate::question::{Answer, Progress, Question};
use crate::search::Search;

impl SearchIndex {
    /// How many events match.
    ///
    /// # Errors
    /// As [`SearchIndex::page`].
    pub fn count(
        &self,
        question: &Question,
        progress: &Progress,
    ) -> Result<Answer<u64>, QueryError> {
        let search = Search::new(self, question, progress)?;
        let matched = search.matched()?;
        search.answer(matched.iter().map(|rows| u64::from(rows.count())).sum())
    }
}
