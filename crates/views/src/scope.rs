//! `Scope`: which events somebody may see, or an emitter may write.
//!
//! A filter over few fields under three-valued truth: an event is in scope only if that is known.
//! There is no scope by default; whoever asks must name one.

use std::sync::Arc;

use annals_record::{Catalogue, Timestamp};
use jiff::tz::TimeZone;

use crate::eval::Compiled;
use crate::fields::Field;
use crate::filter::{Bound, Filter, FilterError, Term, Test, Value};
use crate::row::Row;
use crate::truth::Truth;

/// The fields a scope may speak of.
pub const SCOPE_FIELDS: [Field; 8] = [
    Field::Region,
    Field::StackId,
    Field::Service,
    Field::Operation,
    Field::Operator,
    Field::Username,
    Field::ObjectType,
    Field::ObjectId,
];

/// Which events somebody may see, or an emitter may write.
#[derive(Clone, Debug)]
pub struct Scope {
    filter: Filter,
    compiled: Arc<Compiled>,
}

impl Scope {
    /// Every event.
    #[must_use]
    pub fn everything() -> Self {
        Self::new(Filter::All, &Catalogue::default())
    }

    /// Reads a scope; nothing but blanks means every event.
    ///
    /// # Errors
    /// A text that is no filter, or one that speaks of other fields than [`SCOPE_FIELDS`].
    pub fn parse(text: &str, catalogue: &Catalogue) -> Result<Self, FilterError> {
        Ok(Self::new(Filter::parse_within(text, catalogue, &SCOPE_FIELDS)?, catalogue))
    }

    /// A person's own events: those whose operator or username it is.
    #[must_use]
    pub fn own(user: &str) -> Self {
        let is = |field| Filter::term(field, Test::Is(Value::Text(user.to_owned())));
        let filter = Filter::or([Field::Operator, Field::Username].map(is));
        Self::new(filter, &Catalogue::default())
    }

    /// What is in this scope and in `other`.
    #[must_use]
    pub fn and(&self, other: &Self, catalogue: &Catalogue) -> Self {
        let parts = [self, other].map(|scope| scope.filter.clone());
        let parts = parts.into_iter().filter(|filter| *filter != Filter::All);
        Self::new(Filter::and(parts), catalogue)
    }

    /// The same, where of the events of `masked` no term that `is_hidden` can be known: whoever may
    /// choose a scope learns nothing by it of what is masked.
    #[must_use]
    pub fn masking(
        &self,
        masked: &Filter,
        is_hidden: &dyn Fn(&Term) -> bool,
        catalogue: &Catalogue,
    ) -> Self {
        if !self.filter.terms().into_iter().any(is_hidden) {
            return self.clone();
        }
        Self::new(self.filter.clone().masking(masked, is_hidden), catalogue)
    }

    /// What it says. Beware: as a search it says more, for there absent is false.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// What it says, for a plan.
    pub(crate) fn bound(&self) -> Bound {
        bound(&self.filter)
    }

    /// True if nothing is out of it.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.filter == Filter::All
    }

    /// True if the event is known to be in scope.
    #[must_use]
    pub fn sees(&self, row: &Row<'_>) -> bool {
        self.compiled.truth(row, Truth::Unknown) == Truth::True
    }

    fn new(filter: Filter, catalogue: &Catalogue) -> Self {
        Self { compiled: Arc::new(bound(&filter).compile(catalogue)), filter }
    }
}

/// No field of a scope is a time, so any "now" binds it to itself.
fn bound(filter: &Filter) -> Bound {
    filter.bind(Timestamp::from_nanos(0), &TimeZone::UTC)
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.filter.fmt(f)
    }
}

#[cfg(test)]
mod tests;
