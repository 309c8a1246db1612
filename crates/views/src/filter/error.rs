//! Why a text is no filter, and where.
//!
//! Every message says what was expected; the place is for whoever underlines it.

/// A text that is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {} of the filter: {fault}", place.column)]
pub struct FilterError {
    /// Where.
    pub place: Place,
    /// Why.
    pub fault: FilterFault,
}

/// A place in the text of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes before it.
    pub offset: usize,
    /// Characters up to and with it: the first is 1.
    pub column: usize,
}

/// What is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterFault {
    /// The text is too long.
    #[error("it has {bytes} bytes; at most {limit} are allowed")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Brackets or negations are nested too deep.
    #[error("nested deeper than {limit} brackets and negations")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// There are too many terms.
    #[error("more than {limit} terms")]
    TooManyTerms {
        /// The limit.
        limit: usize,
    },
    /// U+0000 stands in no event.
    #[error("the character U+0000 is not allowed")]
    Nul,
    /// Something else should stand there.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What should stand there.
        expected: &'static str,
        /// What does.
        found: String,
    },
    /// A quote is never closed.
    #[error("the quote is not closed; expected `\"` before the end")]
    OpenQuote,
    /// No field has this name.
    #[error(
        "no field is called `{word}`{}; quote the text to search for it",
        hint(nearest.as_deref())
    )]
    UnknownField {
        /// What was written.
        word: String,
        /// The name most like it.
        nearest: Option<String>,
    },
    /// The field has no such value.
    #[error("`{field}` has no value `{word}`{}", hint(nearest.as_deref()))]
    UnknownValue {
        /// The field.
        field: &'static str,
        /// What was written.
        word: String,
        /// The value most like it.
        nearest: Option<String>,
    },
    /// The field has a short list of values, and this is none of them.
    #[error("`{field}` has no value `{word}`; expected one of {}", values.join(", "))]
    NotListed {
        /// The field.
        field: &'static str,
        /// What was written.
        word: String,
        /// The list.
        values: Vec<&'static str>,
    },
    /// The field holds values of another form.
    #[error("`{field}` cannot be `{word}`; expected {expected}")]
    BadValue {
        /// The field.
        field: &'static str,
        /// What was written.
        word: String,
        /// The form.
        expected: &'static str,
    },
    /// The values of the field have no order.
    #[error("`{field}` has no order; expected `:` or `!=`")]
    NoOrder {
        /// The field.
        field: &'static str,
    },
    /// `=` is not a sign of this language.
    #[error("expected `{field}:`; quote the text to search for it with `=`")]
    SingleEquals {
        /// The field before the sign.
        field: &'static str,
    },
    /// A scope may not speak of this.
    #[error("a scope may not speak of {what}; expected one of {}", fields.join(", "))]
    NotInScope {
        /// The field, or free text.
        what: String,
        /// What it may speak of.
        fields: Vec<&'static str>,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; the nearest is `{nearest}`")).unwrap_or_default()
}
