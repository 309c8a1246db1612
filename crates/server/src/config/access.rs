//! Choices of the section `[access]`.

use serde::{Deserialize, Serialize};

/// On or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// Not so.
    #[default]
    Off,
    /// So.
    On,
}

/// How a person's behaviour is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Behaviour {
    /// By name.
    #[default]
    On,
    /// Under another name, always the same.
    Pseudonymised,
    /// Not at all.
    Off,
}

impl Behaviour {
    /// The word in configuration and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Pseudonymised => "pseudonymised",
            Self::Off => "off",
        }
    }
}
