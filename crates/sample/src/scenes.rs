//! The misuse that can be mixed into a stream, to measure detections against: which kinds there
//! are, and how far one of them has come.
//!
//! Only data; `scenario.rs` plays it.

use crate::line::Ip;
use crate::request::Approval;

/// A kind of attack or misuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Many wrong passwords from one address, then the right one, then a look around.
    BruteForce,
    /// Someone about to leave fetches far more than ever before.
    MassDownload,
    /// An administrator's account deletes at night, from an address never seen.
    NightDeletion,
    /// Someone grants themselves rights, uses them and takes the grant away again.
    PrivilegeEscalation,
    /// One account works from two regions at the same time.
    SharedAccount,
    /// A request for data is approved by who asked for it.
    SelfApproval,
}

impl Scenario {
    pub(crate) const ALL: [Self; 6] = [
        Self::BruteForce,
        Self::MassDownload,
        Self::NightDeletion,
        Self::PrivilegeEscalation,
        Self::SharedAccount,
        Self::SelfApproval,
    ];

    /// The word in the labels.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::BruteForce => "brute_force",
            Self::MassDownload => "mass_download",
            Self::NightDeletion => "night_admin_deletion",
            Self::PrivilegeEscalation => "privilege_escalation",
            Self::SharedAccount => "shared_account",
            Self::SelfApproval => "self_approval",
        }
    }
}

/// One scenario under way.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) scenario: Scenario,
    pub(crate) who: usize,
    /// The address it comes from, where that is not the person's own.
    pub(crate) ip: Ip,
    /// Events played so far, and how many there will be.
    pub(crate) played: u32,
    pub(crate) length: u32,
    /// The request for data, where there is one.
    pub(crate) request: Option<Box<Approval>>,
}
