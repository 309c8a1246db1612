//! `Declared`: the routes that are declared so far, with what all of them have in common.

use std::collections::BTreeMap;

use annals_api::sdk::web::{Act, Builder, Call};
use annals_api::sdk::{Event, Operation};
use axum::extract::Query;
use http::Method;

use crate::platform::App;

/// Routes that are declared.
pub(super) struct Declared {
    pub(super) builder: Builder,
    pub(super) app: App,
}

impl Declared {
    pub(super) fn new(builder: Builder, app: App) -> Self {
        Self { builder, app }
    }

    /// One more: the request data of one without a body is what its address says, and the reason
    /// of what was refused is what the caller was told.
    pub(super) fn on(
        self,
        method: Method,
        path: &str,
        operation: Operation,
        more: impl FnOnce(Act) -> Act,
    ) -> Self {
        let names: Vec<String> = parts_of(path).map(str::to_owned).collect();
        let act = Act::new(operation)
            .with(move |call, event| match call.data() {
                None => event.request_data(&asked(call, &names)),
                Some(_) => event,
            })
            .ended(|answer, end| match answer.text("/detail") {
                Some(detail) if !answer.status().is_success() => end.reason(detail),
                _ => end,
            });
        let Self { builder, app } = self;
        Self { builder: builder.act(method, path, more(act)), app }
    }
}

/// The names of the parts of a template.
fn parts_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0))
}

/// What the address of a request asks for.
fn asked(call: &Call, names: &[String]) -> BTreeMap<String, String> {
    let query = Query::<BTreeMap<String, String>>::try_from_uri(&call.parts().uri);
    let mut asked = query.map(|query| query.0).unwrap_or_default();
    let parts = names.iter().filter_map(|name| Some((name.clone(), call.param(name)?.to_owned())));
    asked.extend(parts);
    asked
}

/// An event with several targets.
pub(super) fn with_all(event: Event, objects: Vec<annals_api::sdk::Object>) -> Event {
    objects.into_iter().fold(event, Event::target)
}
