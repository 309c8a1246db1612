//! The OpenAPI document of the whole HTTP API.
//!
//! The operations are described beside each other in `openapi/`, by functions without a body:
//! handlers live in the server, and this crate must not know them. Tests hold the document and
//! the server's route table together, and the committed copy in `docs/openapi.json` up to date.

mod accounts;
mod approval;
mod events;
mod identity;
mod life;
mod log;
mod operations;
mod saved;
mod schema;
mod search;
mod service;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{InfoBuilder, License, OpenApi as Document, Paths};
use utoipa::{Modify, OpenApi};

const ABOUT: &str = "The audit log for HPC and cloud-desktop platforms: events in, durable, \
provable, out again. Errors are RFC 9457 problem documents with a stable `code`. Everything but \
the log's public parts needs a bearer token, which is checked before path, query or body are \
looked at.";

#[derive(OpenApi)]
#[openapi(
    paths(
        events::append,
        events::page,
        events::event,
        events::event_proof,
        events::event_at,
        events::event_at_proof,
        events::unmask,
        events::fingerprints,
        events::quarantine,
        events::quarantine_replay,
        search::count,
        search::facets,
        search::groups,
        search::histogram,
        search::complete,
        search::tail,
        life::history,
        life::profile,
        life::sessions,
        life::operations,
        life::causes,
        approval::approvals,
        approval::approval,
        operations::begin,
        operations::end,
        saved::views,
        saved::save_view,
        saved::view,
        saved::replace_view,
        saved::delete_view,
        saved::exports,
        saved::begin_export,
        saved::export,
        saved::end_export,
        saved::export_file,
        identity::session,
        identity::sign_out,
        identity::sign_in,
        identity::oidc_start,
        identity::oidc_callback,
        accounts::account,
        accounts::change_password,
        accounts::propose_totp,
        accounts::confirm_totp,
        accounts::remove_totp,
        accounts::account_sessions,
        accounts::end_account_session,
        accounts::accounts,
        accounts::create_account,
        accounts::change_account,
        accounts::delete_account,
        accounts::reset_password,
        accounts::reset_totp,
        accounts::sessions_of,
        accounts::end_sessions_of,
        accounts::tokens,
        accounts::create_token,
        accounts::revoke_token,
        accounts::create_embed_token,
        log::checkpoint,
        log::vkey,
        log::tile,
        log::entries,
        service::catalogue,
        service::status,
        service::verification,
        service::begin_verification,
        service::configuration,
        service::healthz,
        service::readyz,
        service::openapi,
        service::metrics,
    ),
    tags(
        (name = "events", description = "Send, read and prove events"),
        (name = "search", description = "Questions about many events, lives and behaviour"),
        (name = "saved", description = "Saved views and export jobs"),
        (name = "identity", description = "Who one is: signing in and out"),
        (name = "accounts", description = "Accounts, their proofs and sessions, and API tokens"),
        (name = "log", description = "The transparency log's public parts (c2sp.org/tlog-tiles)"),
        (name = "service", description = "About the server itself"),
    ),
    modifiers(&BearerToken),
)]
struct Api;

/// Declares what can be shown.
struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Default::default);
        components
            .add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-annals",
            "The session of a browser; without TLS, on loopback, the name is `annals`",
        ));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

/// The document, with OpenAPI's path templates.
#[must_use]
pub fn document() -> Document {
    let mut document = Api::openapi();
    document.info = InfoBuilder::new()
        .title("Annals")
        .version("1")
        .description(Some(ABOUT))
        .license(Some(License::new("Apache-2.0")))
        .build();
    let mut paths = Paths::new();
    for (path, item) in std::mem::take(&mut document.paths.paths) {
        paths.paths.insert(template(&path), item);
    }
    document.paths = paths;
    document
}

/// The document as served and as committed: pretty-printed, with a final newline.
///
/// # Panics
/// Never: the document is built from strings and numbers alone.
#[must_use]
pub fn document_text() -> String {
    let mut text = serde_json::to_string_pretty(&document())
        .expect("a document of strings and numbers prints as JSON");
    text.push('\n');
    text
}

/// A route's path as OpenAPI writes it: it has no "all that follows", so `{*n}` becomes `{n}`.
#[must_use]
pub fn template(route: &str) -> String {
    route.replace("{*", "{")
}
