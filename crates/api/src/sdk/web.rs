//! A `tower` layer that records the routes of a web service, such as an axum `Router`.
//!
//! ```no_run
//! use annals_api::sdk::web::{Act, AuditLayer};
//! use annals_api::sdk::{Object, Recorder, op};
//! use http::Method;
//!
//! # fn layer(recorder: Recorder) -> Result<AuditLayer, annals_api::sdk::web::WebError> {
//! let audit = AuditLayer::builder(recorder)
//!     .operator(|parts| parts.extensions.get::<String>().cloned()) // as your sign-in left it
//!     .act(
//!         Method::DELETE,
//!         "/clusters/{id}",
//!         Act::new(op::CLUSTER_DELETE)
//!             .strict()
//!             .object(|call| Some(Object::new("cluster").id(call.param("id")?))),
//!     )
//!     .unrecorded(Method::POST, "/search")
//!     .build()?; // then: router.layer(audit)
//! # Ok(audit)
//! # }
//! ```
//!
//! The intent of a declared route is kept before the service sees the request; where that cannot
//! be promised, the answer is 503 and the service is not called. An answer of 202 leaves the
//! operation open: its id is the request's extension [`OperationId`], to be ended by
//! `Recorder::finish`. A request that panics, or whose caller leaves, stays open and becomes
//! `unknown`. Recorded is what the beginning of a body shows; of files their names alone.

mod act;
mod body;
mod data;
mod layer;
mod source;
mod table;

pub use act::{Act, Answer, Call};
pub use body::Peeked;
pub use layer::{Audit, AuditLayer, Builder, OperationId};
pub use source::source_ip;
pub use table::{Undeclared, WebError};
