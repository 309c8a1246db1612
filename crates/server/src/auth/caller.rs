//! `Caller`: who asks, and from where; what each record of an act says about whoever acted.

use super::identity::Identity;
use super::visitor::Visitor;

/// Who asks, and from where.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub identity: Identity,
    /// From where.
    pub visitor: Visitor,
}
