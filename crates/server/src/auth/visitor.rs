//! `Visitor`: what is known of whoever stands at the door, before it is known who that is.

use std::net::IpAddr;

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The other end of the connection, where that is known.
    pub source_ip: Option<IpAddr>,
    /// What the caller's program says that it is.
    pub user_agent: Option<String>,
    /// The request's name in our log.
    pub request_id: String,
}
