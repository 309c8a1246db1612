//! `Caller`: who asks, and from where; what each record of an act says about whoever acted.

use std::net::IpAddr;

use super::identity::Identity;

/// Who asks, and from where.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub identity: Identity,
    /// The other end of the connection, where that is known.
    pub source_ip: Option<IpAddr>,
    /// What the caller's program says that it is.
    pub user_agent: Option<String>,
    /// The request's name in our log.
    pub request_id: String,
}
