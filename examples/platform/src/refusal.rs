//! `Refusal`: why the platform does not do what it was asked.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::rights::Right;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody is signed in, or the sign-in is not accepted. Says no more than that to the caller.
    SignIn,
    /// The caller lacks a right.
    Right(Right),
    /// The caller may not do this, whatever his rights.
    Rule(&'static str),
    /// There is no such thing.
    Missing { what: &'static str, id: String },
    /// It is in a state in which this cannot be done.
    State(String),
    /// The request makes no sense.
    Request(String),
    /// The audit log cannot be told.
    Unrecorded,
}

impl Refusal {
    pub(crate) fn missing(what: &'static str, id: &str) -> Self {
        Self::Missing { what, id: id.to_owned() }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Right(_) | Self::Rule(_) => StatusCode::FORBIDDEN,
            Self::Missing { .. } => StatusCode::NOT_FOUND,
            Self::State(_) => StatusCode::CONFLICT,
            Self::Request(_) => StatusCode::BAD_REQUEST,
            Self::Unrecorded => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// In words.
    pub(crate) fn detail(&self) -> String {
        match self {
            Self::SignIn => "sign in with a login and a password that belong together".to_owned(),
            Self::Right(right) => format!("this takes the right `{}`", right.word()),
            Self::Rule(rule) => (*rule).to_owned(),
            Self::Missing { what, id } => format!("there is no {what} `{id}`"),
            Self::State(text) | Self::Request(text) => text.clone(),
            Self::Unrecorded => "it cannot be recorded now; try again later".to_owned(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = json!({"status": status.as_u16(), "detail": self.detail()});
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, kind, Json(problem)).into_response()
    }
}
