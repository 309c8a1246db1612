//! A request to take data out: how far it has come.
//!
//! Only data; `stories/approval.rs` moves it on.

/// A request to take data out, on its way through the levels.
#[derive(Clone, Debug)]
pub(crate) struct Approval {
    pub(crate) id: u32,
    pub(crate) stack: usize,
    pub(crate) requester: usize,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) digest: [u32; 8],
    /// Number of the event that started it.
    pub(crate) event: u64,
    pub(crate) levels: u64,
    /// Levels that have approved.
    pub(crate) level: u64,
    pub(crate) stage: ApprovalStage,
    pub(crate) flow_edits: u32,
    /// Number of the policy event in force, and how long that policy keeps data.
    pub(crate) policy: u64,
    pub(crate) keep: i64,
    /// Who has approved, level by level.
    pub(crate) deciders: Vec<usize>,
}

/// What comes next for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApprovalStage {
    Deciding,
    Fetching,
    DeleteDownloadArea,
    DeleteRejected,
    DeleteExpired,
}

impl Approval {
    /// The same request with all levels passed.
    pub(crate) fn granted(self) -> Self {
        Self { level: self.levels, stage: ApprovalStage::Fetching, ..self }
    }
}
