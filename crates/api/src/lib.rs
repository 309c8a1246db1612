//! What is said over the wire: routes, request and answer twins, the OpenAPI document, a client.
//!
//! Only this crate derives wire serialisation; inner types of the other crates never travel.
//! The wire is versioned by its path (`/v1`); within a version fields are only added.
//! It knows nothing of HTTP servers, storage or rights.

#[cfg(feature = "client")]
pub mod client;
pub mod openapi;
pub mod routes;
#[cfg(feature = "client")]
pub mod sdk;
pub mod wire;
