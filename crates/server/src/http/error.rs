//! The only place with status codes: an error becomes a problem document here.
//!
//! Each error has three faces: a stable code for programs, a message for the caller that says
//! what to do, and a cause for our own log. Causes inside the server are never told to callers.
//! The request's id is filled in by `http::finish`, which sees every answer.

mod faces;
mod parts;

use annals_api::wire::append::Rejected;
use annals_api::wire::problem::{AppendRefused, Problem};
use annals_ledger::LedgerError;
use annals_views::{FilterError, QueryError};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};

use faces::{of_ingest, of_ledger, of_query};
use parts::{chain, place, refused};

use crate::asked::AskError;
use crate::auth::password::PasswordError;
use crate::auth::role::Right;
use crate::control::ControlError;
use crate::identities::SignInError;
use crate::ingest::{IngestError, Outcome};
use crate::masks::MaskedField;
use crate::throttle::Wait;

/// Seconds a sender waits after "too fast".
const BUSY_RETRY_SECONDS: u32 = 1;
/// Seconds a sender waits after "disk full": people must act.
const DISK_FULL_RETRY_SECONDS: u32 = 10;

/// Seconds a listener waits for a place.
const LISTENERS_RETRY_SECONDS: u32 = 10;

/// Everything a request can be refused for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("this needs a token: send `Authorization: Bearer annals_…`")]
    NoToken,
    #[error("the token is unknown, revoked or expired; ask for a new one")]
    BadToken,
    #[error("the token is bound to a client certificate, and this connection did not show it")]
    CertificateRequired,
    #[error("this token has sent more than its share; go on in {} seconds", .0.0)]
    TooFast(Wait),
    #[error("the session has ended; sign in again")]
    NoSession,
    #[error("the password was handed over; change it first")]
    PasswordChangeRequired,
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error("this is for people who signed in; a token has no account")]
    NoAccountHeld,
    #[error("your roles do not allow this; it takes one of: {}", .0.roles())]
    Forbidden(Right),
    #[error("a page of another site sent this; open the console itself and try again")]
    CrossSite,
    #[error("you are limited to a part of the events, and this is about all of them")]
    OutOfReach,
    #[error(transparent)]
    Masked(#[from] MaskedField),
    #[error("say why, as `reason`: this server shows the profile of others for a reason only")]
    ProfileReasonRequired,
    #[error("this server does not show the behaviour of people (access.behaviour = off)")]
    BehaviourOff,
    #[error("your scope names what this server does not know; ask for a new one")]
    ScopeUnreadable(#[source] FilterError),
    #[error("there is nothing here")]
    NotFound,
    /// Looks in every way like `NotFound`; only the record of refusals tells them apart.
    #[error("there is nothing here")]
    OutOfScope,
    #[error("this address does not take the method; see /openapi.json")]
    MethodNotAllowed,
    #[error("`{name}` is not a parameter of this call; did you mean `{nearest}`?")]
    UnknownParameter { name: String, nearest: &'static str },
    #[error("the parameter `{name}` {problem}")]
    BadParameter { name: &'static str, problem: String },
    #[error("the query string cannot be read; percent-encode what is not plain text")]
    BadQuery,
    #[error("the body is not what this call takes: {problem}")]
    BadBody { problem: String },
    #[error(transparent)]
    Asked(AskError),
    #[error("too many listen to live events already; try again later")]
    TooManyListeners,
    #[error("the export is not done; see its state")]
    ExportNotDone,
    #[error("queries are off on this server (views.enabled = false); ask by id or index")]
    ViewsOff,
    #[error("several emitters used this id; ask for one of the indexes")]
    SeveralEvents { indexes: Vec<u64> },
    #[error("entries of this bundle were pruned; their hashes are in the tiles")]
    EntriesPruned,
    #[error("the content encoding is not supported; send gzip, zstd or none")]
    UnsupportedEncoding,
    #[error("the body is not what its content encoding says")]
    BadEncoding {
        #[source]
        source: std::io::Error,
    },
    #[error("the body is larger than {bytes_max} bytes; send several requests")]
    BodyTooLarge { bytes_max: usize },
    #[error("the body came too slowly; send it again, in smaller requests")]
    BodyTooSlow,
    #[error("the body broke off")]
    BodyBroken(#[source] axum::Error),
    #[error("no line was accepted; `rejected` says why, line by line")]
    NoGoodLine(Box<Outcome>),
    #[error("the line is still not valid; `rejected` says why")]
    StillRejected(Vec<Rejected>),
    #[error("the line was replayed before; see index {index}")]
    AlreadyReplayed { index: u64 },
    #[error("an event with this id and other content is kept; give each operation its own id")]
    IdConflict,
    #[error("the operation ended before, in another way; see index {index}")]
    AlreadyClosed { index: u64 },
    #[error("the line was not kept whole or is not UTF-8; it cannot be replayed")]
    NotReplayable,
    #[error("the server is stopping; try again in a moment")]
    Stopping,
    #[error(transparent)]
    Ingest(IngestError),
    #[error(transparent)]
    Query(QueryError),
    #[error("the ledger cannot answer; see the server's log under the request id")]
    Ledger(#[source] LedgerError),
    #[error("the server cannot check tokens; see its log under the request id")]
    Control(#[from] ControlError),
    #[error("the quarantine's index cannot answer; see the server's log under the request id")]
    QuarantineIndex(#[source] rusqlite::Error),
    #[error("the server failed; its log says more under the request id")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the server failed; its log says more under the request id")]
    Panicked,
}

/// Left with an answer that refuses somebody something, for the record: why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused(pub(crate) &'static str);

/// Status, code and pause of an error.
struct Face(StatusCode, &'static str, Option<u32>);

impl HttpError {
    fn face(&self) -> Face {
        use StatusCode as S;
        let plain = |status, code| Face(status, code, None);
        match self {
            Self::NoToken => plain(S::UNAUTHORIZED, "missing_token"),
            Self::BadToken => plain(S::UNAUTHORIZED, "invalid_token"),
            Self::CertificateRequired => plain(S::UNAUTHORIZED, "certificate_required"),
            Self::TooFast(Wait(seconds)) => {
                Face(S::SERVICE_UNAVAILABLE, "too_fast", Some(*seconds))
            }
            Self::NoSession => plain(S::UNAUTHORIZED, "invalid_session"),
            Self::NoAccountHeld => plain(S::CONFLICT, "no_account"),
            Self::PasswordChangeRequired => plain(S::FORBIDDEN, "password_change_required"),
            Self::SignIn(error) => of_sign_in(error),
            Self::Forbidden(_) => plain(S::FORBIDDEN, "forbidden"),
            Self::CrossSite => plain(S::FORBIDDEN, "cross_site"),
            Self::Masked(_) | Self::Asked(AskError::Masked(_)) => {
                plain(S::FORBIDDEN, "masked_field")
            }
            Self::ProfileReasonRequired => plain(S::FORBIDDEN, "profile_reason_required"),
            Self::BehaviourOff => plain(S::FORBIDDEN, "behaviour_off"),
            Self::OutOfReach => plain(S::FORBIDDEN, "forbidden"),
            Self::ScopeUnreadable(_) => plain(S::FORBIDDEN, "scope_unreadable"),
            Self::NotFound | Self::OutOfScope => plain(S::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => plain(S::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::UnknownParameter { .. } => plain(S::BAD_REQUEST, "unknown_parameter"),
            Self::BadParameter { .. } => plain(S::BAD_REQUEST, "bad_parameter"),
            Self::BadQuery => plain(S::BAD_REQUEST, "bad_query"),
            Self::BadBody { .. } => plain(S::BAD_REQUEST, "bad_body"),
            Self::Asked(AskError::Filter(_)) => plain(S::BAD_REQUEST, "bad_filter"),
            Self::Asked(AskError::Field { .. }) => plain(S::BAD_REQUEST, "bad_field"),
            Self::TooManyListeners => {
                Face(S::SERVICE_UNAVAILABLE, "too_many_listeners", Some(LISTENERS_RETRY_SECONDS))
            }
            Self::ExportNotDone => plain(S::CONFLICT, "export_not_done"),
            Self::ViewsOff => plain(S::SERVICE_UNAVAILABLE, "views_off"),
            Self::SeveralEvents { .. } => plain(S::CONFLICT, "several_events"),
            Self::EntriesPruned => plain(S::GONE, "entries_pruned"),
            Self::UnsupportedEncoding => plain(S::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding"),
            Self::BadEncoding { .. } => plain(S::BAD_REQUEST, "bad_encoding"),
            Self::BodyTooLarge { .. } => plain(S::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::BodyTooSlow => plain(S::REQUEST_TIMEOUT, "body_too_slow"),
            Self::BodyBroken(_) => plain(S::BAD_REQUEST, "body_broken"),
            Self::NoGoodLine(_) => plain(S::UNPROCESSABLE_ENTITY, "no_good_line"),
            Self::StillRejected(_) => plain(S::UNPROCESSABLE_ENTITY, "still_rejected"),
            Self::AlreadyReplayed { .. } => plain(S::CONFLICT, "already_replayed"),
            Self::IdConflict => plain(S::CONFLICT, "id_conflict"),
            Self::AlreadyClosed { .. } => plain(S::CONFLICT, "already_closed"),
            Self::NotReplayable => plain(S::CONFLICT, "not_replayable"),
            Self::Stopping => Face(S::SERVICE_UNAVAILABLE, "stopping", Some(BUSY_RETRY_SECONDS)),
            Self::Ingest(error) => of_ingest(error),
            Self::Query(error) => of_query(error),
            Self::Ledger(error) => of_ledger(error),
            Self::Control(error) => of_control(error),
            Self::QuarantineIndex(_) => plain(S::INTERNAL_SERVER_ERROR, "view_failed"),
            Self::Failed(_) | Self::Panicked => plain(S::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// The problem document, without the request's id.
    fn problem(&self, status: StatusCode, code: &str) -> Problem {
        Problem {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: self.detail(),
            request_id: String::new(),
            indexes: match self {
                Self::SeveralEvents { indexes } => Some(indexes.clone()),
                _ => None,
            },
            filter: match self {
                Self::Query(QueryError::Filter(error)) | Self::Asked(AskError::Filter(error)) => {
                    Some(place(error))
                }
                _ => None,
            },
            append: match self {
                Self::NoGoodLine(outcome) => Some(refused(outcome)),
                Self::StillRejected(rejected) => {
                    Some(AppendRefused { rejected: rejected.clone(), ..AppendRefused::default() })
                }
                Self::Ingest(IngestError::Cut { kept, .. }) => Some(refused(kept)),
                _ => None,
            },
        }
    }

    fn detail(&self) -> String {
        match self {
            // What the sender can act on stands in the ledger's own words.
            Self::Ingest(IngestError::Ledger(error @ LedgerError::Busy)) => error.to_string(),
            Self::Ingest(IngestError::Ledger(LedgerError::DiskFull { .. })) => {
                "the server's disk is full; nothing was kept: send it again once there is room"
                    .to_owned()
            }
            Self::Ingest(error @ (IngestError::Own(_) | IngestError::Random(_))) => {
                tracing::error!(%error, "an event could not be made");
                Self::Panicked.to_string()
            }
            Self::Control(error) | Self::SignIn(SignInError::Control(error)) => of_person(error),
            Self::SignIn(SignInError::Password(PasswordError::Hash(_)))
            | Self::SignIn(SignInError::Random(_) | SignInError::Totp(_)) => {
                Self::Panicked.to_string()
            }
            error => error.to_string(),
        }
    }
}

/// What a person can act on; never where things lie on our disk.
fn of_person(error: &ControlError) -> String {
    match of_control(error) {
        Face(StatusCode::INTERNAL_SERVER_ERROR, ..) => {
            "the server cannot use its control database; see its log under the request id"
                .to_owned()
        }
        Face(StatusCode::NOT_FOUND, ..) => HttpError::NotFound.to_string(),
        Face(..) => error.to_string(),
    }
}

fn of_sign_in(error: &SignInError) -> Face {
    use StatusCode as S;
    match error {
        SignInError::Refused => Face(S::UNAUTHORIZED, "sign_in_failed", None),
        SignInError::OtpRequired => Face(S::UNAUTHORIZED, "otp_required", None),
        SignInError::Directory(_) => Face(S::SERVICE_UNAVAILABLE, "directory_silent", None),
        SignInError::Provider(_) => Face(S::BAD_GATEWAY, "provider_silent", None),
        SignInError::NotAsked => Face(S::BAD_REQUEST, "not_asked", None),
        SignInError::NoRole => Face(S::FORBIDDEN, "no_role", None),
        SignInError::WrongProof => Face(S::FORBIDDEN, "wrong_proof", None),
        SignInError::Elsewhere => Face(S::CONFLICT, "kept_elsewhere", None),
        SignInError::TotpThere => Face(S::CONFLICT, "totp_there", None),
        SignInError::NoTotp => Face(S::CONFLICT, "no_totp", None),
        SignInError::Weak(_) => Face(S::UNPROCESSABLE_ENTITY, "weak_password", None),
        SignInError::TooMany(Wait(seconds)) => {
            Face(S::TOO_MANY_REQUESTS, "too_many_attempts", Some(*seconds))
        }
        SignInError::Password(PasswordError::Busy) => {
            Face(S::SERVICE_UNAVAILABLE, "busy", Some(BUSY_RETRY_SECONDS))
        }
        SignInError::Control(error) => of_control(error),
        SignInError::Password(PasswordError::Hash(_))
        | SignInError::Random(_)
        | SignInError::Totp(_) => Face(S::INTERNAL_SERVER_ERROR, "internal", None),
    }
}

fn of_control(error: &ControlError) -> Face {
    use StatusCode as S;
    match error {
        ControlError::TooMany { .. } => Face(S::CONFLICT, "too_many", None),
        ControlError::NameTaken { .. } => Face(S::CONFLICT, "name_taken", None),
        ControlError::Joined(_) => Face(S::CONFLICT, "powers_joined", None),
        ControlError::LastAdministrator => Face(S::CONFLICT, "last_administrator", None),
        ControlError::NoAccount => Face(S::NOT_FOUND, "not_found", None),
        ControlError::BadName | ControlError::BadLogin | ControlError::BadDisplayName => {
            Face(S::BAD_REQUEST, "bad_field", None)
        }
        _ => Face(S::INTERNAL_SERVER_ERROR, "control_failed", None),
    }
}

impl From<IngestError> for HttpError {
    fn from(error: IngestError) -> Self {
        Self::Ingest(error)
    }
}

impl From<AskError> for HttpError {
    fn from(error: AskError) -> Self {
        Self::Asked(error)
    }
}

impl From<QueryError> for HttpError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Ledger(error) => error.into(),
            error => Self::Query(error),
        }
    }
}

impl From<LedgerError> for HttpError {
    fn from(error: LedgerError) -> Self {
        match error {
            // What is gone looks like what never was.
            LedgerError::OutOfRange { .. } | LedgerError::Pruned { .. } => Self::NotFound,
            error => Self::Ledger(error),
        }
    }
}

impl From<tokio::task::JoinError> for HttpError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let Face(status, code, retry) = self.face();
        if status.is_server_error() {
            tracing::error!(code, error = chain(&self), "a request failed");
        } else {
            tracing::debug!(code, error = chain(&self), "a request was refused");
        }
        let mut response = status.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        let refused = match (&self, status) {
            (Self::OutOfScope, _) => Some("out_of_scope"),
            (_, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Some(code),
            (_, StatusCode::TOO_MANY_REQUESTS) => Some(code),
            _ => None,
        };
        match self {
            Self::NoToken | Self::BadToken => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response.extensions_mut().insert(self.problem(status, code));
        if let Some(why) = refused {
            response.extensions_mut().insert(Refused(why));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;

    fn check(error: HttpError, status: u16, code: &str, retry: Option<&str>) -> Problem {
        let mut response = error.into_response();
        let problem = response.extensions_mut().remove::<Problem>().expect("a problem");
        assert_eq!((response.status().as_u16(), problem.code.as_str()), (status, code));
        let given = response.headers().get(RETRY_AFTER).map(|value| value.to_str().expect("text"));
        assert_eq!(given, retry, "{code}");
        problem
    }

    fn disk_full() -> LedgerError {
        let file = PathBuf::from("/secret/place/ledger");
        LedgerError::DiskFull { file, source: Arc::new(std::io::Error::other("no space")) }
    }

    // Senders act on these: wait and send again, or stop and tell somebody. None may tell where
    // things lie on our disk.
    #[test]
    fn faults_of_the_ledger_have_their_own_answers() {
        let ledger = |error| HttpError::from(IngestError::Ledger(error));
        check(ledger(LedgerError::Busy), 503, "busy", Some("1"));
        check(ledger(LedgerError::Closed), 503, "stopping", Some("1"));
        let full = check(ledger(disk_full()), 507, "disk_full", Some("10"));
        let fatal = LedgerError::Fatal { step: "sync", source: Arc::new(disk_full()) };
        let stopped = check(ledger(fatal), 500, "ledger_stopped", None);
        let read = check(
            LedgerError::Read {
                file: PathBuf::from("/secret/place"),
                source: Arc::new(std::io::Error::other("gone")),
            }
            .into(),
            500,
            "ledger_failed",
            None,
        );
        for problem in [full, stopped, read] {
            assert!(!problem.detail.contains("secret"), "{}", problem.detail);
        }
    }

    // A large request that met a full disk half way says what was kept of it.
    #[test]
    fn a_cut_request_tells_what_was_kept() {
        let kept = Outcome {
            accepted: 10_000,
            first_index: Some(0),
            last_index: Some(9_999),
            ..Outcome::default()
        };
        let error = IngestError::Cut { kept: Box::new(kept), source: disk_full() };
        let problem = check(error.into(), 507, "disk_full", Some("10"));
        assert_eq!(problem.append.map(|append| append.last_index), Some(Some(9_999)));
    }

    // What is pruned or beyond the head looks like what never was.
    #[test]
    fn what_is_gone_is_not_found() {
        check(LedgerError::Pruned { index: 1 }.into(), 404, "not_found", None);
        check(LedgerError::OutOfRange { index: 9, size: 1 }.into(), 404, "not_found", None);
    }

    #[test]
    fn a_panic_tells_nothing() {
        let mut response = crate::http::finish::panicked(Box::new("secret"));
        let problem = response.extensions_mut().remove::<Problem>().expect("a problem");
        assert_eq!((problem.status, problem.code.as_str()), (500, "internal"));
        assert!(!problem.detail.contains("secret"));
    }
}
