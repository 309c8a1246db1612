//! What the platform tells the audit log: which route is which operation, on what.
//!
//! This is all that recording takes with the SDK inside. Objects are named as they are before the
//! act; what is created gets its id from the answer. Which guarantee an operation has is said
//! here as well: deleting, rights and approvals are strict.

mod approvals;
mod declared;
mod desk;
mod environments;
mod people;
mod shown;

use std::net::SocketAddr;

use annals_api::sdk::Recorder;
use annals_api::sdk::web::{AuditLayer, WebError};
use axum::extract::ConnectInfo;
use http::Method;

use crate::caller::Caller;
use crate::platform::App;
use declared::Declared;

/// The layer around the platform's routes.
pub(crate) fn layer(
    app: &App,
    recorder: Recorder,
    trusted: &[String],
) -> Result<AuditLayer, WebError> {
    let trusted: Vec<&str> = trusted.iter().map(String::as_str).collect();
    let builder = AuditLayer::builder(recorder)
        .operator(|parts| parts.extensions.get::<Caller>().map(|caller| caller.login.clone()))
        .peer(|parts| parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()))
        .trusted_proxies(&trusted)
        // Recorded in the handler: which operation it is depends on whether the account is known.
        .unrecorded(Method::POST, "/api/login")
        // Recorded by the journal as the end of the session, with who cut it.
        .unrecorded(Method::DELETE, "/api/sessions/{session}");
    let declared = Declared::new(builder, app.clone());
    let declared = people::declare(environments::declare(declared));
    desk::declare(approvals::declare(declared)).builder.build()
}
