//! Who acted: a person's account, a service account, or the platform itself.

/// The operator that stands for the platform itself; only from a token that may.
pub const SYSTEM: &str = "system";
/// The operator of a source that cannot know who acted.
pub const UNKNOWN: &str = "unknown";

/// What kind of account acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserType {
    /// A person's account.
    User,
    /// The platform itself.
    System,
    /// An account of a program.
    Service,
    /// The source cannot know.
    Unknown,
}

impl UserType {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 4] = [Self::User, Self::System, Self::Service, Self::Unknown];

    /// Its word in an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::System => "system",
            Self::Service => "service",
            Self::Unknown => "unknown",
        }
    }

    /// The type of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What an operator is when the sender does not say.
    pub fn of_operator(operator: &str) -> Self {
        match operator {
            SYSTEM => Self::System,
            UNKNOWN => Self::Unknown,
            _ => Self::User,
        }
    }
}
