//! What requests and answers show of objects, as the closures that acts are made of.

use annals_api::sdk::web::{Answer, Call};
use annals_api::sdk::{End, Object};
use serde_json::Value;

pub(super) use crate::told::object;

/// What does not exist yet is named by the request alone.
pub(super) fn wanted(
    kind: &'static str,
    pointer: &'static str,
) -> impl Fn(&Call) -> Option<Object> {
    move |call| Some(Object::new(kind).name(call.text(pointer)?))
}

/// The id and name of the answer are the object's.
pub(super) fn answered(kind: &'static str) -> impl Fn(&Answer, End) -> End {
    move |answer, end| match told(kind, answer.data()) {
        Some(object) => end.target(object),
        None => end,
    }
}

/// Every entry of a list in the answer is an object.
pub(super) fn answered_all(
    kind: &'static str,
    pointer: &'static str,
) -> impl Fn(&Answer, End) -> End {
    move |answer, end| {
        let list = answer.data().and_then(|data| data.pointer(pointer)?.as_array());
        let objects = list.into_iter().flatten().filter_map(|entry| told(kind, Some(entry)));
        objects.fold(end, End::target)
    }
}

/// What it was and what it is now.
pub(super) fn changed(answer: &Answer, end: End) -> End {
    let part = |name: &str| answer.data().and_then(|data| data.get(name)).cloned();
    match (part("before"), part("after")) {
        (Some(before), Some(after)) => end.changes(before, after),
        _ => end,
    }
}

/// The texts of a list in the request.
pub(super) fn listed<'a>(call: &'a Call, pointer: &str) -> Vec<&'a str> {
    let list = call.data().and_then(|data| data.pointer(pointer)?.as_array());
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn told(kind: &str, data: Option<&Value>) -> Option<Object> {
    let text = |name: &str| data?.get(name)?.as_str();
    Some(object(kind, text("id")?, text("name")))
}
