//! `Act`: what a route does, as the platform declares it.

use http::StatusCode;
use http::request::Parts;
use serde_json::Value;

use crate::sdk::{End, Event, Guarantee, Object, Operation};

/// A request, as far as it was looked at.
#[derive(Debug)]
pub struct Call {
    pub(super) parts: Parts,
    pub(super) params: Vec<(String, String)>,
    pub(super) data: Option<Value>,
}

impl Call {
    /// Method, address, headers, and what layers further out left in the extensions.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// A part of the path by its name in the template.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The request's data: JSON, or the fields of a form as an object.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// A text in the request's data, by its JSON pointer.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.data.as_ref()?.pointer(pointer)?.as_str()
    }
}

/// The service's answer, as far as it was looked at.
#[derive(Debug)]
pub struct Answer {
    pub(super) status: StatusCode,
    pub(super) data: Option<Value>,
}

impl Answer {
    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its JSON, if it is that and not large.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// A text in it, by its JSON pointer.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.data.as_ref()?.pointer(pointer)?.as_str()
    }
}

type Begins = Box<dyn Fn(&Call, Event) -> Event + Send + Sync>;
type Ends = Box<dyn Fn(&Answer, End) -> End + Send + Sync>;

/// What a route does.
#[must_use]
pub struct Act {
    pub(super) operation: Operation,
    pub(super) guarantee: Guarantee,
    pub(super) mask: Vec<String>,
    pub(super) begins: Vec<Begins>,
    pub(super) ends: Vec<Ends>,
}

impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Act").field(&self.operation).field(&self.guarantee).finish()
    }
}

impl Act {
    /// An operation, spooled.
    pub fn new(operation: Operation) -> Self {
        let guarantee = Guarantee::Spooled;
        Self { operation, guarantee, mask: Vec::new(), begins: Vec::new(), ends: Vec::new() }
    }

    /// The server has the intent, or the service is not called.
    pub fn strict(self) -> Self {
        Self { guarantee: Guarantee::Strict, ..self }
    }

    /// It may be lost, and never slows the service.
    pub fn best_effort(self) -> Self {
        Self { guarantee: Guarantee::BestEffort, ..self }
    }

    /// With a target that the request shows.
    pub fn object(self, of: impl Fn(&Call) -> Option<Object> + Send + Sync + 'static) -> Self {
        self.with(move |call, event| match of(call) {
            Some(object) => event.target(object),
            None => event,
        })
    }

    /// With something else that it concerns, and as what.
    pub fn related(
        self,
        role: &'static str,
        of: impl Fn(&Call) -> Option<Object> + Send + Sync + 'static,
    ) -> Self {
        self.with(move |call, event| match of(call) {
            Some(object) => event.related(role, object),
            None => event,
        })
    }

    /// With whatever else the request shows.
    pub fn with(mut self, add: impl Fn(&Call, Event) -> Event + Send + Sync + 'static) -> Self {
        self.begins.push(Box::new(add));
        self
    }

    /// With what only the answer shows: the id of what was created, or that a status means
    /// something else here.
    pub fn ended(mut self, add: impl Fn(&Answer, End) -> End + Send + Sync + 'static) -> Self {
        self.ends.push(Box::new(add));
        self
    }

    /// Values at these keys of the request's data are not recorded; beside those that the server
    /// masks.
    pub fn mask(mut self, keys: &[&str]) -> Self {
        self.mask.extend(keys.iter().map(|key| (*key).to_owned()));
        self
    }
}
