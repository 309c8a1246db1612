//! A reverse proxy that records what the requests to a platform do, where the platform itself
//! cannot be changed.
//!
//! It stands in front of one platform. A route file (`annals-map`) says which request is which
//! operation; all else passes. What always holds: an operation of a strict or spooled route that
//! took effect is recorded as what it was or as `unknown`, once, whatever is killed; a server that
//! is slow or away stops strict routes alone; a name is recorded as an operator only if it was
//! proved; bodies pass in pieces and are never held.
//!
//! The way of a request: `listen`, `gateway`, and for one that a route knows
//! `gateway::exchange`. Promises
//! are kept by the spool of `annals-api`; `state` holds what only a gateway needs.
//!
//! It does not balance load, cache, change bodies, or decide who may do what.

mod admin;
mod body;
mod clock;
mod config;
mod counters;
mod error;
mod frames;
mod gateway;
mod headers;
mod keep;
mod learn;
mod listen;
mod problem;
mod routes;
mod run;
mod session;
mod state;
mod tls;
mod uncovered;
mod upstream;
mod who;

pub use config::{
    Basic, Config, HostPolicy, Https, Jwt, Limits, Platform, ProxyUser, Server, SessionUser, Users,
};
pub use error::GatewayError;
pub use learn::learn;
pub use run::{Addresses, check, run};
