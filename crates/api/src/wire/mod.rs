//! Request and answer twins of every call, one file a subject.
//!
//! They hold no behaviour beyond their JSON form and what the OpenAPI document says of them.

pub mod append;
pub mod catalogue;
pub mod event;
pub mod health;
pub mod page;
pub mod problem;
pub mod quarantine;
pub mod status;
