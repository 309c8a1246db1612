//! Request and answer twins of every call, one file a subject.
//!
//! They hold no behaviour beyond their JSON form and what the OpenAPI document says of them.

pub mod account;
pub mod append;
pub mod approval;
pub mod catalogue;
pub mod column;
pub mod csv;
pub mod event;
pub mod export;
pub mod fingerprint;
pub mod health;
pub mod history;
pub mod identity;
pub mod operation;
pub mod page;
pub mod problem;
pub mod profile;
pub mod quarantine;
pub mod search;
pub mod session;
pub mod status;
pub mod token;
pub mod unmask;
pub mod view;
