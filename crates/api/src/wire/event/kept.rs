//! `KeptEvent`: an event inside another answer, as the API prints it.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// An event as the API prints it. It passes through as text and is looked into by nobody.
#[derive(Clone, Debug, Serialize)]
pub struct KeptEvent(Box<RawValue>);

impl KeptEvent {
    /// The event that `json` is.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn new(json: String) -> Result<Self, serde_json::Error> {
        RawValue::from_string(json).map(Self)
    }

    /// Its JSON text.
    #[must_use]
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for KeptEvent {
    // Not as raw text: answers with flattened members are buffered before they are read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Self::new(value.to_string()).map_err(D::Error::custom)
    }
}
