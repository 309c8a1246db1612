//! What is known when a route is evaluated, and what stands at the roots of selectors.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};
use serde_json::Value;

use super::exchange::{Answer, Close, Request, User};

/// What is known at a moment of an exchange.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope<'a> {
    pub(super) request: Option<&'a Request<'a>>,
    /// Parts of the path by name, decoded.
    pub(super) params: &'a [(String, String)],
    /// The whole path, decoded.
    pub(super) path: &'a str,
    pub(super) answer: Option<&'a Answer<'a>>,
    pub(super) item: Option<&'a Found<'a>>,
    pub(super) close: Option<&'a Close<'a>>,
}

/// A value that a selector has found.
#[derive(Clone, Debug)]
pub(super) enum Found<'a> {
    Text(Cow<'a, str>),
    Json(&'a Value),
}

impl<'a> Found<'a> {
    /// As text; a list and an object have none.
    pub(super) fn text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Json(Value::String(text)) => Some(Cow::Borrowed(text)),
            Self::Json(value @ (Value::Number(_) | Value::Bool(_))) => {
                Some(Cow::Owned(value.to_string()))
            }
            Self::Json(_) => None,
        }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(&**text),
            Self::Json(value) => (*value).clone(),
        }
    }
}

/// Where a selector begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    Method,
    Path,
    Param(String),
    Query(String),
    Header(HeaderName),
    User,
    Request,
    Status,
    Response,
    ResponseHeader(HeaderName),
    Item,
    CloseCode,
    CloseReason,
    CloseBy,
}

impl<'a> Scope<'a> {
    /// With an entry of a list.
    pub(super) fn with_item<'b>(&self, item: &'b Found<'a>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { item: Some(item), ..*self }
    }

    /// What stands at a root; of query parameters nothing, since there may be several.
    pub(super) fn at(&self, root: &Root) -> Option<Found<'a>> {
        let text = |text: &'a str| Found::Text(Cow::Borrowed(text));
        let number = |number: u16| Found::Text(Cow::Owned(number.to_string()));
        Some(match root {
            Root::Method => text(self.request?.method),
            Root::Path => self.request.map(|_| text(self.path))?,
            Root::Param(name) => text(&self.params.iter().find(|(known, _)| known == name)?.1),
            Root::Query(_) => return None,
            Root::Header(name) => header(self.request?.headers, name)?,
            Root::User => match self.request?.user {
                User::Verified(name) => text(name),
                User::Claimed(_) | User::Unknown => return None,
            },
            Root::Request => Found::Json(self.request?.data?.value()),
            Root::Status => number(self.answer?.status),
            Root::Response => Found::Json(self.answer?.data?.value()),
            Root::ResponseHeader(name) => header(self.answer?.headers, name)?,
            Root::Item => self.item?.clone(),
            Root::CloseCode => number(self.close?.code?),
            Root::CloseReason => text(self.close?.reason),
            Root::CloseBy => text(self.close?.by.as_str()),
        })
    }
}

/// The first header of this name; bytes that are no UTF-8 are shown as U+FFFD.
fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Found<'a>> {
    Some(Found::Text(String::from_utf8_lossy(headers.get(name)?.as_bytes())))
}
