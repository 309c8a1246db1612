//! Every path of the HTTP API, once, in the template form that routers and OpenAPI share.
//!
//! A path is never written out elsewhere: server, client, document and tests name these
//! constants. `{n}` stands for one path segment, `{*rest}` for all that follow.

/// Alive: the process answers.
pub const HEALTHZ: &str = "/healthz";
/// Ready: the ledger takes and serves events.
pub const READYZ: &str = "/readyz";
/// The description of this API.
pub const OPENAPI: &str = "/openapi.json";
/// Prometheus metrics.
pub const METRICS: &str = "/metrics";
/// The newest signed checkpoint.
pub const CHECKPOINT: &str = "/log/checkpoint";
/// The verifier keys, current first.
pub const VKEY: &str = "/log/vkey";
/// Hash tiles (c2sp.org/tlog-tiles).
pub const TILE: &str = "/log/tile/{level}/{*number}";
/// Entry bundles (c2sp.org/tlog-tiles).
pub const ENTRIES: &str = "/log/tile/entries/{*number}";
/// Send events (POST), or page through them (GET).
pub const EVENTS: &str = "/v1/events";
/// One event by its id.
pub const EVENT: &str = "/v1/events/{id}";
/// The proof of one event by its id.
pub const EVENT_PROOF: &str = "/v1/events/{id}/proof";
/// One event by its position.
pub const EVENT_AT: &str = "/v1/events/index/{index}";
/// The proof of one event by its position.
pub const EVENT_AT_PROOF: &str = "/v1/events/index/{index}/proof";
/// What stands behind `***` in one event.
pub const UNMASK: &str = "/v1/events/index/{index}/unmask";
/// Which masked secrets of one event were seen before.
pub const FINGERPRINTS: &str = "/v1/events/index/{index}/fingerprints";
/// How many events match.
pub const COUNT: &str = "/v1/count";
/// The values of fields, with counts.
pub const FACETS: &str = "/v1/facets";
/// Combinations of values, with counts.
pub const GROUPS: &str = "/v1/groups";
/// Counts over time.
pub const HISTOGRAM: &str = "/v1/histogram";
/// Values of a field that begin with what was typed.
pub const COMPLETE: &str = "/v1/complete";
/// Events as they are kept, for as long as somebody listens.
pub const TAIL: &str = "/v1/tail";
/// The life of one object.
pub const HISTORY: &str = "/v1/history";
/// What one person does.
pub const PROFILE: &str = "/v1/users/{name}/profile";
/// Sessions: who was where, from when to when.
pub const SESSIONS: &str = "/v1/sessions";
/// Operations in two phases: begin one (POST), list those without an outcome (GET).
pub const OPERATIONS: &str = "/v1/operations";
/// End one operation.
pub const OPERATION_OUTCOME: &str = "/v1/operations/{id}/outcome";
/// What made an event happen, and what it made happen.
pub const CAUSES: &str = "/v1/causes/{id}";
/// Approvals, each as one case.
pub const APPROVALS: &str = "/v1/approvals";
/// One approval from the request to the deletion.
pub const APPROVAL: &str = "/v1/approvals/{id}";
/// Saved views: list (GET), save (POST).
pub const VIEWS: &str = "/v1/views";
/// One saved view: read, replace (PUT), delete.
pub const VIEW: &str = "/v1/views/{id}";
/// Export jobs: list (GET), begin (POST).
pub const EXPORTS: &str = "/v1/exports";
/// One export job: its state, or an end to it (DELETE).
pub const EXPORT: &str = "/v1/exports/{id}";
/// What an export job wrote.
pub const EXPORT_FILE: &str = "/v1/exports/{id}/file";
/// Services and operations in both languages.
pub const CATALOGUE: &str = "/v1/catalogue";
/// Rejected lines, kept.
pub const QUARANTINE: &str = "/v1/quarantine";
/// Send one rejected line again.
pub const QUARANTINE_REPLAY: &str = "/v1/quarantine/{index}/replay";
/// The configuration the server runs with.
pub const CONFIGURATION: &str = "/v1/configuration";
/// Who the caller is (GET), and an end to that (DELETE).
pub const SESSION: &str = "/v1/session";
/// Sign in with name and password.
pub const SIGN_IN: &str = "/v1/sign-in";
/// To another site that vouches for people.
pub const OIDC_START: &str = "/v1/auth/oidc/{id}/start";
/// And back.
pub const OIDC_CALLBACK: &str = "/v1/auth/oidc/{id}/callback";
/// One's own account.
pub const ACCOUNT: &str = "/v1/account";
/// One's own password.
pub const ACCOUNT_PASSWORD: &str = "/v1/account/password";
/// One's own second factor.
pub const ACCOUNT_TOTP: &str = "/v1/account/totp";
/// One's own sessions.
pub const ACCOUNT_SESSIONS: &str = "/v1/account/sessions";
/// One of one's own sessions.
pub const ACCOUNT_SESSION: &str = "/v1/account/sessions/{id}";
/// Every account.
pub const ACCOUNTS: &str = "/v1/accounts";
/// One account of somebody.
pub const ACCOUNTS_ONE: &str = "/v1/accounts/{name}";
/// Its password.
pub const ACCOUNTS_PASSWORD: &str = "/v1/accounts/{name}/password";
/// Its second factor.
pub const ACCOUNTS_TOTP: &str = "/v1/accounts/{name}/totp";
/// Its sessions.
pub const ACCOUNTS_SESSIONS: &str = "/v1/accounts/{name}/sessions";
/// API tokens: list (GET), make (POST).
pub const TOKENS: &str = "/v1/tokens";
/// One API token.
pub const TOKEN: &str = "/v1/tokens/{id}";
/// Short-lived tokens for embedded pages.
pub const EMBED_TOKENS: &str = "/v1/embed-tokens";
/// How the server is doing.
pub const STATUS: &str = "/v1/status";
/// A check of the whole ledger: begin one (POST), see how it goes (GET).
pub const VERIFICATION: &str = "/v1/verification";
/// The console, its pages and its files; none of them part of the described API.
pub const HOME: &str = "/";
/// The console under its own name.
pub const UI: &str = "/ui";
/// A page of the console.
pub const UI_PAGE: &str = "/ui/{*page}";
/// The page for somebody else's frame.
pub const EMBED: &str = "/embed";
/// A file of the console.
pub const ASSET: &str = "/assets/{*file}";

/// What people look at and programs do not call.
pub const CONSOLE: &[&str] = &[HOME, UI, UI_PAGE, EMBED, ASSET];
