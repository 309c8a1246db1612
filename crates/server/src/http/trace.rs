//! What each call leaves in the log: the other half of the route table.
//!
//! Reading is told together and written behind; what takes something out of the house, changes
//! something or opens what is masked is kept before it is answered; the rest says why it leaves
//! nothing. Tests walk the table: no route may be missing, none may stay that is gone, and each
//! call must leave what it says.

use annals_api::routes;
use axum::http::Method;

/// What is left of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// An event of this operation, for many calls together, written behind by the recorder.
    Read(&'static str),
    /// An event of this operation, which the handler keeps before it answers.
    Act(&'static str),
    /// Nothing.
    Nothing(Why),
}

/// Why nothing is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// It is open to everybody, and holds no value of anybody.
    Public,
    /// It shows no event and changes nothing.
    ShowsNoEvent,
    /// It is the log itself that grows.
    IsTheRecord,
    /// Nothing of it holds before another call, which leaves an event.
    NotInForce,
}

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;
const QUERY: Trace = Trace::Read("event.query");
const VIEW: Trace = Trace::Read("event.view");
const PUBLIC: Trace = Trace::Nothing(Why::Public);
const NO_EVENT: Trace = Trace::Nothing(Why::ShowsNoEvent);

/// Every route, and what it leaves.
pub(crate) const TRACES: &[(Method, &str, Trace)] = &[
    (GET, routes::HOME, PUBLIC),
    (GET, routes::UI, PUBLIC),
    (GET, routes::UI_PAGE, PUBLIC),
    (GET, routes::EMBED, PUBLIC),
    (GET, routes::ASSET, PUBLIC),
    (GET, routes::HEALTHZ, PUBLIC),
    (GET, routes::READYZ, PUBLIC),
    (GET, routes::OPENAPI, PUBLIC),
    (GET, routes::METRICS, NO_EVENT),
    (GET, routes::CHECKPOINT, PUBLIC),
    (GET, routes::VKEY, PUBLIC),
    (GET, routes::TILE, PUBLIC),
    (GET, routes::ENTRIES, QUERY),
    (POST, routes::EVENTS, Trace::Nothing(Why::IsTheRecord)),
    (GET, routes::EVENTS, QUERY),
    (GET, routes::EVENT, VIEW),
    (GET, routes::EVENT_PROOF, Trace::Act("proof.create")),
    (GET, routes::EVENT_AT, VIEW),
    (GET, routes::EVENT_AT_PROOF, Trace::Act("proof.create")),
    (POST, routes::UNMASK, Trace::Act("event.unmask")),
    (GET, routes::FINGERPRINTS, Trace::Act("fingerprint.view")),
    (GET, routes::COUNT, QUERY),
    (GET, routes::FACETS, QUERY),
    (GET, routes::GROUPS, QUERY),
    (GET, routes::HISTOGRAM, QUERY),
    (GET, routes::COMPLETE, QUERY),
    (GET, routes::TAIL, QUERY),
    (GET, routes::HISTORY, QUERY),
    (GET, routes::PROFILE, Trace::Read("profile.view")),
    (GET, routes::SESSIONS, QUERY),
    (GET, routes::OPERATIONS, QUERY),
    (POST, routes::OPERATIONS, Trace::Nothing(Why::IsTheRecord)),
    (POST, routes::OPERATION_OUTCOME, Trace::Nothing(Why::IsTheRecord)),
    (GET, routes::CAUSES, QUERY),
    (GET, routes::APPROVALS, QUERY),
    (GET, routes::APPROVAL, QUERY),
    (GET, routes::VIEWS, NO_EVENT),
    (POST, routes::VIEWS, Trace::Act("view.create")),
    (GET, routes::VIEW, NO_EVENT),
    (PUT, routes::VIEW, Trace::Act("view.edit")),
    (DELETE, routes::VIEW, Trace::Act("view.delete")),
    (GET, routes::EXPORTS, NO_EVENT),
    (POST, routes::EXPORTS, Trace::Act("export.create")),
    (GET, routes::EXPORT, NO_EVENT),
    (DELETE, routes::EXPORT, Trace::Act("export.delete")),
    (GET, routes::EXPORT_FILE, Trace::Act("export.download")),
    (GET, routes::CATALOGUE, NO_EVENT),
    (GET, routes::QUARANTINE, QUERY),
    (POST, routes::QUARANTINE_REPLAY, Trace::Act("quarantine.replay")),
    (GET, routes::CONFIGURATION, NO_EVENT),
    (GET, routes::STATUS, NO_EVENT),
    (GET, routes::VERIFICATION, NO_EVENT),
    (POST, routes::VERIFICATION, Trace::Act("verify.begin")),
    (GET, routes::SESSION, NO_EVENT),
    (DELETE, routes::SESSION, Trace::Act("session.end")),
    (POST, routes::SIGN_IN, Trace::Act("session.create")),
    (GET, routes::OIDC_START, PUBLIC),
    (GET, routes::OIDC_CALLBACK, Trace::Act("session.create")),
    (GET, routes::ACCOUNT, NO_EVENT),
    (POST, routes::ACCOUNT_PASSWORD, Trace::Act("password.change")),
    (POST, routes::ACCOUNT_TOTP, Trace::Nothing(Why::NotInForce)),
    (PUT, routes::ACCOUNT_TOTP, Trace::Act("totp.enable")),
    (DELETE, routes::ACCOUNT_TOTP, Trace::Act("totp.disable")),
    (GET, routes::ACCOUNT_SESSIONS, NO_EVENT),
    (DELETE, routes::ACCOUNT_SESSION, Trace::Act("session.revoke")),
    (GET, routes::ACCOUNTS, NO_EVENT),
    (POST, routes::ACCOUNTS, Trace::Act("account.create")),
    (PATCH, routes::ACCOUNTS_ONE, Trace::Act("account.change")),
    (DELETE, routes::ACCOUNTS_ONE, Trace::Act("account.delete")),
    (POST, routes::ACCOUNTS_PASSWORD, Trace::Act("password.reset")),
    (DELETE, routes::ACCOUNTS_TOTP, Trace::Act("totp.disable")),
    (GET, routes::ACCOUNTS_SESSIONS, NO_EVENT),
    (DELETE, routes::ACCOUNTS_SESSIONS, Trace::Act("session.revoke")),
    (GET, routes::TOKENS, NO_EVENT),
    (POST, routes::TOKENS, Trace::Act("token.create")),
    (DELETE, routes::TOKEN, Trace::Act("token.revoke")),
    (POST, routes::EMBED_TOKENS, Trace::Act("embed-token.create")),
];

/// What a route leaves. One that was forgotten above leaves too much rather than too little.
pub(crate) fn of(method: &Method, path: &str) -> Trace {
    let found = TRACES.iter().find(|(known, of, _)| known == method && *of == path);
    found.map_or(QUERY, |(_, _, trace)| *trace)
}
