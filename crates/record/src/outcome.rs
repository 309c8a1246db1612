//! How an operation ended.

/// How an operation ended. A wrong password is a failure; locked, unknown or without right is
/// denied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done.
    #[default]
    Success,
    /// It was tried and went wrong.
    Failure,
    /// It was not allowed.
    Denied,
    /// It was done for some of the objects.
    Partial,
    /// Its end is not known yet.
    Pending,
    /// Its end will not be known.
    Unknown,
}

impl Outcome {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 6] =
        [Self::Success, Self::Failure, Self::Denied, Self::Partial, Self::Pending, Self::Unknown];

    /// Its word in an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Denied => "denied",
            Self::Partial => "partial",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}
