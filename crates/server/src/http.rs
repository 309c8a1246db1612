//! The HTTP side: the whole route table on one screen, and what every request goes through.
//!
//! Each line of the table says method, path, what it takes to get in, and the handler. Order of a
//! request: limits of the connection (`listen`), name and log (`finish`), panics caught, token and
//! right (`principal::guard`), handler. A route that is not in the table does not exist.

mod account;
mod accounts;
mod append;
mod approvals;
mod ask;
pub(crate) mod body;
mod catalogue;
mod console;
pub(crate) mod credential;
mod embed;
pub(crate) mod error;
mod events;
mod exports;
mod fingerprints;
mod finish;
mod grant;
mod health;
mod life;
pub(crate) mod listen;
mod log;
mod metrics;
mod oidc;
mod one;
mod openapi;
mod operations;
pub(crate) mod peer;
pub(crate) mod principal;
mod profile;
mod progress;
mod proof;
mod quarantine;
mod query;
mod search;
mod session;
mod sign_in;
mod status;
mod tail;
mod tokens;
mod trace;
mod unmask;
mod verification;
mod views;

pub(crate) use status::origin;

use std::collections::HashMap;
use std::sync::Arc;

use annals_api::routes;
use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::Shared;
use crate::auth::role::Right;
use crate::http::error::HttpError;
use crate::http::principal::Guard;
use crate::http::trace::Trace;

/// What it takes to get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Open,
    /// A token whose role has the right.
    Needs(Right),
}

/// One line of the table.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    handler: MethodRouter<Shared>,
}

fn get_(path: &'static str, access: Access, handler: MethodRouter<Shared>) -> Route {
    Route { method: Method::GET, path, access, handler }
}

fn post_(path: &'static str, access: Access, handler: MethodRouter<Shared>) -> Route {
    Route { method: Method::POST, path, access, handler }
}

fn put_(path: &'static str, access: Access, handler: MethodRouter<Shared>) -> Route {
    Route { method: Method::PUT, path, access, handler }
}

fn patch_(path: &'static str, access: Access, handler: MethodRouter<Shared>) -> Route {
    Route { method: Method::PATCH, path, access, handler }
}

fn delete_(path: &'static str, access: Access, handler: MethodRouter<Shared>) -> Route {
    Route { method: Method::DELETE, path, access, handler }
}

/// Every route there is.
fn table(app: &Shared) -> Vec<Route> {
    use Access::{Needs, Open};
    use Right::*;
    let entries = if app.config.log.public_entries { Open } else { Needs(ReadEntries) };
    let mut routes = vec![
        get_(routes::HOME, Open, get(console::page)),
        get_(routes::UI, Open, get(console::page)),
        get_(routes::UI_PAGE, Open, get(console::page)),
        get_(routes::EMBED, Open, get(console::embed)),
        get_(routes::ASSET, Open, get(console::asset)),
        get_(routes::HEALTHZ, Open, get(health::healthz)),
        get_(routes::READYZ, Open, get(health::readyz)),
        get_(routes::OPENAPI, Open, get(openapi::openapi)),
        get_(routes::METRICS, Needs(ReadMetrics), get(metrics::metrics)),
        get_(routes::CHECKPOINT, Open, get(log::checkpoint)),
        get_(routes::VKEY, Open, get(log::vkey)),
        get_(routes::TILE, Open, get(log::tile)),
        get_(routes::ENTRIES, entries, get(log::entries)),
        post_(routes::EVENTS, Needs(WriteEvents), post(append::append)),
        get_(routes::EVENTS, Needs(ReadEvents), get(events::page)),
        get_(routes::EVENT, Needs(ReadEvents), get(events::event)),
        get_(routes::EVENT_PROOF, Needs(ReadEvents), get(proof::event_proof)),
        get_(routes::EVENT_AT, Needs(ReadEvents), get(events::event_at)),
        get_(routes::EVENT_AT_PROOF, Needs(ReadEvents), get(proof::event_at_proof)),
        post_(routes::UNMASK, Needs(UnmaskEvents), post(unmask::unmask)),
        get_(routes::FINGERPRINTS, Needs(ReadFingerprints), get(fingerprints::of_event)),
        get_(routes::COUNT, Needs(ReadEvents), get(search::count)),
        get_(routes::FACETS, Needs(ReadEvents), get(search::facets)),
        get_(routes::GROUPS, Needs(ReadEvents), get(search::groups)),
        get_(routes::HISTOGRAM, Needs(ReadEvents), get(search::histogram)),
        get_(routes::COMPLETE, Needs(ReadEvents), get(search::complete)),
        get_(routes::TAIL, Needs(ReadEvents), get(tail::tail)),
        get_(routes::HISTORY, Needs(ReadEvents), get(life::history)),
        get_(routes::PROFILE, Needs(ReadEvents), get(profile::profile)),
        get_(routes::SESSIONS, Needs(ReadEvents), get(life::sessions)),
        get_(routes::OPERATIONS, Needs(ReadEvents), get(life::operations)),
        post_(routes::OPERATIONS, Needs(WriteEvents), post(operations::begin)),
        post_(routes::OPERATION_OUTCOME, Needs(WriteEvents), post(operations::end)),
        get_(routes::CAUSES, Needs(ReadEvents), get(life::causes)),
        get_(routes::APPROVALS, Needs(ReadEvents), get(approvals::list)),
        get_(routes::APPROVAL, Needs(ReadEvents), get(approvals::one)),
        get_(routes::VIEWS, Needs(ReadEvents), get(views::list)),
        post_(routes::VIEWS, Needs(ReadEvents), post(views::save)),
        get_(routes::VIEW, Needs(ReadEvents), get(views::view)),
        put_(routes::VIEW, Needs(ReadEvents), put(views::replace)),
        delete_(routes::VIEW, Needs(ReadEvents), delete(views::delete)),
        get_(routes::EXPORTS, Needs(ExportEvents), get(exports::list)),
        post_(routes::EXPORTS, Needs(ExportEvents), post(exports::begin)),
        get_(routes::EXPORT, Needs(ExportEvents), get(exports::state)),
        delete_(routes::EXPORT, Needs(ExportEvents), delete(exports::end)),
        get_(routes::EXPORT_FILE, Needs(ExportEvents), get(exports::file)),
        get_(routes::CATALOGUE, Needs(ReadCatalogue), get(catalogue::catalogue)),
        get_(routes::QUARANTINE, Needs(ReadQuarantine), get(quarantine::list)),
        post_(routes::QUARANTINE_REPLAY, Needs(ReplayQuarantine), post(quarantine::replay)),
        get_(routes::CONFIGURATION, Needs(ReadConfiguration), get(status::configuration)),
        get_(routes::STATUS, Needs(ReadStatus), get(status::status)),
        get_(routes::VERIFICATION, Needs(VerifyLedger), get(verification::state)),
        post_(routes::VERIFICATION, Needs(VerifyLedger), post(verification::begin)),
    ];
    routes.extend(table_of_identities());
    routes
}

/// Those about who somebody is.
fn table_of_identities() -> Vec<Route> {
    use Access::{Needs, Open};
    use Right::*;
    vec![
        get_(routes::SESSION, Open, get(session::session)),
        delete_(routes::SESSION, Open, delete(session::sign_out)),
        post_(routes::SIGN_IN, Open, post(sign_in::sign_in)),
        get_(routes::OIDC_START, Open, get(oidc::start)),
        get_(routes::OIDC_CALLBACK, Open, get(oidc::callback)),
        get_(routes::ACCOUNT, Needs(UseAccount), get(account::account)),
        post_(routes::ACCOUNT_PASSWORD, Needs(UseAccount), post(account::change_password)),
        post_(routes::ACCOUNT_TOTP, Needs(UseAccount), post(account::propose_totp)),
        put_(routes::ACCOUNT_TOTP, Needs(UseAccount), put(account::confirm_totp)),
        delete_(routes::ACCOUNT_TOTP, Needs(UseAccount), delete(account::remove_totp)),
        get_(routes::ACCOUNT_SESSIONS, Needs(UseAccount), get(account::sessions)),
        delete_(routes::ACCOUNT_SESSION, Needs(UseAccount), delete(account::end_session)),
        get_(routes::ACCOUNTS, Needs(ReadAccounts), get(accounts::list)),
        post_(routes::ACCOUNTS, Needs(ManageAccounts), post(accounts::create)),
        patch_(routes::ACCOUNTS_ONE, Needs(ManageAccounts), patch(accounts::change)),
        delete_(routes::ACCOUNTS_ONE, Needs(ManageAccounts), delete(accounts::delete)),
        post_(routes::ACCOUNTS_PASSWORD, Needs(ManageAccounts), post(accounts::reset_password)),
        delete_(routes::ACCOUNTS_TOTP, Needs(ManageAccounts), delete(accounts::reset_totp)),
        get_(routes::ACCOUNTS_SESSIONS, Needs(ManageSessions), get(accounts::sessions)),
        delete_(routes::ACCOUNTS_SESSIONS, Needs(ManageSessions), delete(accounts::end_sessions)),
        get_(routes::TOKENS, Needs(ReadTokens), get(tokens::list)),
        post_(routes::TOKENS, Needs(ManageTokens), post(tokens::create)),
        delete_(routes::TOKEN, Needs(ManageTokens), delete(tokens::revoke)),
        post_(routes::EMBED_TOKENS, Needs(IssueEmbedTokens), post(embed::create)),
    ]
}

/// What each route demands and leaves, for `principal::guard`.
pub(crate) struct Table(HashMap<(Method, &'static str), Entry>);

/// What is known of a matched route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) trace: Trace,
}

impl Table {
    fn new(routes: &[Route]) -> Self {
        let entry = |route: &Route| {
            let Route { path, access, .. } = *route;
            let trace = trace::of(&route.method, path);
            ((route.method.clone(), path), Entry { path, access, trace })
        };
        Self(routes.iter().map(entry).collect())
    }

    /// What is known of a matched route; none if it does not take the method.
    pub(crate) fn entry(&self, method: &Method, path: &str) -> Option<Entry> {
        self.0.get(&(principal::method_of(method), path)).copied()
    }
}

/// The whole service.
pub(crate) fn router(app: &Shared) -> Router {
    let routes = table(app);
    let guard = Guard { app: app.clone(), table: Arc::new(Table::new(&routes)) };
    let router = routes
        .into_iter()
        .fold(Router::new(), |router, route| router.route(route.path, route.handler))
        .fallback(|| async { HttpError::NotFound })
        .method_not_allowed_fallback(|| async { HttpError::MethodNotAllowed })
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(app.clone(), finish::finish))
                .layer(CatchPanicLayer::custom(finish::panicked))
                .layer(from_fn_with_state(guard, principal::guard)),
        )
        .with_state(app.clone());
    console::below(&app.config.console.base_path, router)
}

#[cfg(test)]
pub(crate) mod tests;
