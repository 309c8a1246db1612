//! What each role does, and how often: the weights from which acts are chosen.
//!
//! Only acts that somebody starts stand here; what follows from others (a disconnect, a decision,
//! what the platform does itself) comes from the stories.

use crate::acts::Act;
use crate::dice::Dice;

/// What someone is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Engineer,
    Lead,
    Admin,
    Security,
    Finance,
    /// An account of a program.
    Service,
}

impl Role {
    /// Every region has each role among its first 12, and then in these shares.
    pub(crate) fn of_rank(rank: usize) -> Self {
        match rank % 24 {
            0 | 9 => Self::Admin,
            2 => Self::Security,
            4 => Self::Finance,
            3 | 7 => Self::Lead,
            11 => Self::Service,
            _ => Self::Engineer,
        }
    }
}

type Weights = &'static [(Act, u64)];

/// An act of someone of that role.
pub(crate) fn choose(role: Role, dice: &mut Dice) -> Act {
    let weights = weights(role);
    let mut left = dice.below(weights.iter().map(|(_, weight)| weight).sum());
    for (act, weight) in weights {
        if left < *weight {
            return *act;
        }
        left -= weight;
    }
    weights[0].0
}

/// Which role starts such an act; `None` if nobody does: it only follows from others.
pub(crate) fn role_of(act: Act) -> Option<Role> {
    [Role::Engineer, Role::Admin, Role::Security, Role::Finance, Role::Lead]
        .into_iter()
        .find(|role| weights(*role).iter().any(|(other, _)| *other == act))
}

fn weights(role: Role) -> Weights {
    match role {
        Role::Engineer => ENGINEER,
        Role::Lead => LEAD,
        Role::Admin => ADMIN,
        Role::Security => SECURITY,
        Role::Finance => FINANCE,
        Role::Service => SERVICE,
    }
}

const ENGINEER: Weights = &[
    (Act::FileUpload, 120),
    (Act::FileDownload, 110),
    (Act::FileCopy, 45),
    (Act::FileMove, 30),
    (Act::FileDelete, 45),
    (Act::FolderCreate, 40),
    (Act::FolderPackage, 18),
    (Act::ClusterSshOpen, 70),
    (Act::ClusterVncOpen, 34),
    (Act::ClusterRdpOpen, 14),
    (Act::DesktopSshOpen, 14),
    (Act::DesktopVncOpen, 44),
    (Act::DesktopRdpOpen, 46),
    (Act::VncInfoGet, 8),
    (Act::JobSubmit, 90),
    (Act::JobCancel, 14),
    (Act::ApprovalInitiate, 14),
    (Act::PasswordChange, 3),
    (Act::AccountEdit, 4),
    (Act::ClusterPartitionMount, 3),
    (Act::DesktopPartitionMount, 3),
    (Act::DesktopPowerOn, 8),
    (Act::DesktopPowerOff, 7),
];

const LEAD: Weights = &[
    (Act::FileDownload, 90),
    (Act::FileUpload, 40),
    (Act::FolderCreate, 20),
    (Act::FolderPackage, 20),
    (Act::ClusterSshOpen, 30),
    (Act::DesktopRdpOpen, 40),
    (Act::JobSubmit, 30),
    (Act::ApprovalInitiate, 20),
    (Act::ApprovalFlowEdit, 5),
    (Act::ResourceUsageExport, 10),
    (Act::LicenseUsageExport, 6),
    (Act::UserGroupAdd, 4),
    (Act::GroupMemberAdd, 5),
    (Act::AccountEdit, 2),
];

const ADMIN: Weights = &[
    (Act::ClusterCreate, 8),
    (Act::ClusterRelease, 4),
    (Act::ClusterDelete, 3),
    (Act::ClusterPowerOn, 12),
    (Act::ClusterPowerOff, 11),
    (Act::PartitionCreate, 16),
    (Act::PartitionEdit, 18),
    (Act::PartitionRelease, 8),
    (Act::ClusterNodeAdd, 42),
    (Act::ClusterNodeEdit, 26),
    (Act::ClusterNodeRelease, 32),
    (Act::MountConvert, 5),
    (Act::MountUpgrade, 3),
    (Act::ClusterGlobalMount, 10),
    (Act::ClusterGlobalUnbind, 6),
    (Act::ClusterPartitionMount, 8),
    (Act::ClusterPartitionUnbind, 7),
    (Act::DesktopCreate, 22),
    (Act::DesktopRelease, 16),
    (Act::DesktopDelete, 12),
    (Act::DesktopNodeAdd, 16),
    (Act::DesktopNodeEdit, 10),
    (Act::DesktopNodeRelease, 10),
    (Act::DesktopGlobalMount, 7),
    (Act::DesktopGlobalUnbind, 5),
    (Act::DesktopPartitionMount, 6),
    (Act::DesktopPartitionUnbind, 6),
    (Act::ClusterSshOpen, 60),
    (Act::DesktopSshOpen, 20),
    (Act::HostRegister, 7),
    (Act::HostDelete, 4),
    (Act::FilesystemCreate, 4),
    (Act::FilesystemExpand, 5),
    (Act::FilesystemProtect, 4),
    (Act::FilesystemRelease, 3),
    (Act::BackupCreate, 5),
    (Act::BackupEdit, 5),
    (Act::BackupDelete, 3),
    (Act::ImageCreate, 6),
    (Act::ImageUpgrade, 5),
    (Act::ImageRelease, 4),
    (Act::LicenseImport, 4),
    (Act::ServicePackageImport, 3),
    (Act::GlobalEdit, 3),
];

const SECURITY: Weights = &[
    (Act::UserCreate, 46),
    (Act::UserEdit, 30),
    (Act::UserGroupAdd, 26),
    (Act::UserGroupRemove, 18),
    (Act::UserPermissionAdd, 20),
    (Act::UserPermissionDelete, 14),
    (Act::UserDelete, 16),
    (Act::UserUnlock, 8),
    (Act::PasswordReset, 14),
    (Act::GroupCreate, 10),
    (Act::GroupEdit, 9),
    (Act::GroupEnvironment, 6),
    (Act::GroupPermissionAdd, 9),
    (Act::GroupPermissionDelete, 6),
    (Act::GroupMemberAdd, 14),
    (Act::GroupDelete, 2),
    (Act::RoleCreate, 3),
    (Act::RoleEdit, 5),
    (Act::RoleDelete, 2),
    (Act::WecomAdd, 1),
    (Act::WecomDelete, 1),
    (Act::FeishuAdd, 1),
    (Act::FeishuDelete, 1),
    (Act::PolicyEdit, 3),
    (Act::SecurityEdit, 3),
];

const FINANCE: Weights = &[
    (Act::LicenseUsageExport, 40),
    (Act::ResourceUsageExport, 50),
    (Act::FileDownload, 20),
    (Act::FileUpload, 10),
    (Act::LicenseImport, 2),
    (Act::ServicePackageImport, 1),
];

const SERVICE: Weights = &[
    (Act::JobSubmit, 200),
    (Act::JobCancel, 10),
    (Act::FileUpload, 80),
    (Act::FileDownload, 80),
    (Act::FileCopy, 60),
    (Act::FileDelete, 40),
    (Act::FolderCreate, 20),
];
