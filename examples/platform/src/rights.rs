//! `Right`: what an account may be allowed to do. Each covers one service of the platform.

use serde::{Deserialize, Serialize};

/// What an account may do, given to it or to a group that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Right {
    /// Make, change and release clusters, and work on their nodes.
    Clusters,
    /// The same for desktops.
    Desktops,
    /// End other people's remote sessions.
    Sessions,
    /// Accounts, groups, their rights, and integrations.
    Users,
    /// Change how approvals run.
    ApprovalPolicy,
    /// Delete what lies in the download area.
    ApprovalData,
    /// Export usage.
    Billing,
    /// Import licences and service packages.
    Licenses,
    /// Change settings that hold for everybody.
    Settings,
    /// Read what the platform did by itself.
    Feed,
}

impl Right {
    /// As it is written in requests.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Desktops => "desktops",
            Self::Sessions => "sessions",
            Self::Users => "users",
            Self::ApprovalPolicy => "approval-policy",
            Self::ApprovalData => "approval-data",
            Self::Billing => "billing",
            Self::Licenses => "licenses",
            Self::Settings => "settings",
            Self::Feed => "feed",
        }
    }
}
