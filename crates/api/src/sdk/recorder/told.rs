//! `Told`: an event, or how one ended, as the JSON that goes into the spool and to the server.
//!
//! Events built in code and records made from rules meet here; behind it nobody looks into them.

use annals_record::Record;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{bad_json, plan};
use crate::sdk::{End, Event, Guarantee, SdkError};
use crate::wire::event::write_event;

/// JSON text of an event or of an outcome.
#[derive(Debug)]
pub(super) struct Told {
    /// Of an event; empty for an outcome.
    pub(super) id: String,
    pub(super) json: Box<RawValue>,
}

impl Told {
    pub(super) fn event(event: Event, guarantee: Guarantee) -> Result<Self, SdkError> {
        let event = event.guaranteed(guarantee);
        Ok(Self { id: event.id().to_owned(), json: raw(&event)? })
    }

    pub(super) fn end(end: &End) -> Result<Self, SdkError> {
        Ok(Self { id: String::new(), json: raw(end)? })
    }

    pub(super) fn record(record: &Record<'_>) -> Result<Self, SdkError> {
        let mut json = Vec::new();
        write_event(record, &mut json).map_err(bad_json)?;
        let json = super::raw(&json).map_err(bad_json)?;
        Ok(Self { id: record.id.as_deref().unwrap_or_default().to_owned(), json })
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.json.get().as_bytes().to_vec()
    }

    /// An event with how it ended, as one.
    pub(super) fn ended(&self, end: &Self) -> Result<Vec<u8>, SdkError> {
        let (event, end) = (self.json.get().as_bytes(), end.json.get().as_bytes());
        plan::merged(event, end).map(String::into_bytes).map_err(bad_json)
    }
}

fn raw(value: &impl Serialize) -> Result<Box<RawValue>, SdkError> {
    to_raw_value(value).map_err(bad_json)
}
