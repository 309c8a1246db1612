//! Calls for operations in two phases.

use reqwest::Method;
use serde::Serialize;

use super::{Client, ClientError, json};
use crate::routes;
use crate::wire::operation::{Begun, Ended};

impl Client {
    /// Records the intent of an operation: an event without an outcome. It needs an `id`, because
    /// the call is repeated when the answer does not come.
    ///
    /// # Errors
    /// As for all calls; `id_conflict` where the id belongs to another event.
    pub fn begin_operation(&self, event: &impl Serialize) -> Result<Begun, ClientError> {
        json(self.send(|client| client.request(Method::POST, routes::OPERATIONS).json(event))?)
    }

    /// Records how the operation with the id ended.
    ///
    /// # Errors
    /// As for all calls; `already_closed` where it ended in another way.
    pub fn end_operation(&self, id: &str, outcome: &impl Serialize) -> Result<Ended, ClientError> {
        let path = routes::OPERATION_OUTCOME.replace("{id}", id);
        json(self.send(|client| client.request(Method::POST, &path).json(outcome))?)
    }
}
