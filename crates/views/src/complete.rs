//! Completion: the values of a field that begin with what was typed, with their counts.

use crate::QueryError;
use crate::facet::{commonest, tallies};
use crate::fields::Field;
use crate::fold::fold;
use crate::index::SearchIndex;
use crate::question::{Answer, Progress, Question};
use crate::search::Search;

impl SearchIndex {
    /// The commonest values of a field among the matching events that begin with `prefix`,
    /// without regard to case. Services and operations are found by their names in both languages
    /// too.
    ///
    /// # Errors
    /// As [`SearchIndex::facets`].
    pub fn complete(
        &self,
        question: &Question,
        field: Field,
        prefix: &str,
        limit: usize,
        progress: &Progress,
    ) -> Result<Answer<Vec<(String, u64)>>, QueryError> {
        let search = Search::new(self, question, progress)?;
        let mut tallies = tallies(&search, &search.matched()?, &[field])?;
        let prefix = fold(prefix);
        let begins = |name: &str| fold(name).starts_with(&prefix);
        let catalogue = search.catalogue();
        let is_named = |code: &str| match field {
            Field::Operation => {
                catalogue.operation(code).is_some_and(|it| begins(&it.en) || begins(&it.zh))
            }
            Field::Service => {
                let service = catalogue.services().iter().find(|service| service.code == code);
                service.is_some_and(|it| begins(&it.en) || begins(&it.zh))
            }
            _ => false,
        };
        let mut tally = tallies.pop().unwrap_or_default();
        tally.retain(|value, _| begins(value) || is_named(value));
        search.answer(commonest(tally, limit))
    }
}
