//! What happens, told in stories: a file for each kind of object and what is done with it.
//!
//! A story is a function of the stage and a turn that writes one event and changes the world
//! accordingly. Where its ground is missing it names the act that lays it, which is then told
//! instead: without a cluster, "create partition" becomes "create cluster".

use crate::acts::Act;
use crate::objects::PoolKind::{Cluster, Desktop};
use crate::stage::{Stage, Told, Turn};

pub(crate) mod account;
pub(crate) mod approval;
pub(crate) mod billing;
pub(crate) mod data;
pub(crate) mod group;
pub(crate) mod job;
pub(crate) mod login;
pub(crate) mod mount;
pub(crate) mod node;
pub(crate) mod partition;
pub(crate) mod pool;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod thing;

/// How many acts may have to come before the one asked for: file or session, node, partition,
/// cluster, and one to spare.
const GROUNDS_MAX: usize = 5;

/// Tells the story of an act that somebody starts, or of the one that must come before it.
/// False where there was nothing to tell.
pub(crate) fn tell(stage: &mut Stage, mut turn: Turn) -> bool {
    for _ in 0..GROUNDS_MAX {
        match tell_only(stage, turn) {
            Told::Yes => return true,
            Told::No => return false,
            Told::Needs(act) => turn = stage.first(turn, act),
        }
    }
    false
}

/// Tells the story of an act itself, or says what must come first.
pub(crate) fn tell_only(stage: &mut Stage, turn: Turn) -> Told {
    match turn.act.codes().0 {
        "users" => of_users(stage, turn),
        "hpc-clusters" => of_clusters(stage, turn),
        "desktops" => of_desktops(stage, turn),
        _ => of_others(stage, turn),
    }
}

fn of_users(stage: &mut Stage, turn: Turn) -> Told {
    match turn.act {
        Act::Login => login::sign_in(stage, turn, 0),
        Act::PasswordChange | Act::AccountEdit => account::own(stage, turn),
        Act::UserCreate => account::create(stage, turn),
        Act::UserEdit | Act::PasswordReset => account::edit(stage, turn),
        Act::UserUnlock => account::unlock(stage, turn),
        Act::UserDelete => account::delete(stage, turn),
        Act::UserPermissionAdd => account::grant(stage, turn),
        Act::UserPermissionDelete => account::revoke(stage, turn),
        Act::UserGroupAdd | Act::GroupMemberAdd => group::add_members(stage, turn),
        Act::UserGroupRemove => group::remove_member(stage, turn),
        Act::GroupCreate => group::create(stage, turn),
        Act::GroupEdit | Act::GroupEnvironment => group::edit(stage, turn),
        Act::GroupPermissionAdd => group::grant(stage, turn),
        Act::GroupPermissionDelete => group::revoke(stage, turn),
        Act::GroupDelete => group::delete(stage, turn),
        Act::RoleCreate | Act::RoleEdit | Act::RoleDelete => thing::role(stage, turn),
        Act::WecomAdd | Act::WecomDelete => settings::wecom(stage, turn),
        Act::FeishuAdd | Act::FeishuDelete => settings::feishu(stage, turn),
        // The platform's own: nobody starts them.
        _ => Told::No,
    }
}

fn of_clusters(stage: &mut Stage, turn: Turn) -> Told {
    match turn.act {
        Act::ClusterCreate => pool::create(stage, turn, Cluster),
        Act::ClusterRelease => pool::release(stage, turn, Cluster),
        Act::ClusterDelete => pool::delete(stage, turn, Cluster),
        Act::ClusterPowerOn | Act::ClusterPowerOff => pool::power(stage, turn, Cluster),
        Act::PartitionCreate => partition::create(stage, turn),
        Act::PartitionEdit => partition::edit(stage, turn),
        Act::PartitionRelease => partition::release(stage, turn),
        Act::ClusterNodeAdd => node::add(stage, turn, Cluster),
        Act::ClusterNodeEdit => node::edit(stage, turn, Cluster),
        Act::ClusterNodeRelease => node::release(stage, turn, Cluster),
        Act::ClusterSshOpen | Act::ClusterVncOpen | Act::ClusterRdpOpen => {
            session::open(stage, turn, Cluster)
        }
        Act::ClusterGlobalMount | Act::ClusterPartitionMount => mount::bind(stage, turn, Cluster),
        Act::ClusterGlobalUnbind | Act::ClusterPartitionUnbind => {
            mount::unbind(stage, turn, Cluster)
        }
        Act::MountConvert | Act::MountUpgrade => mount::convert(stage, turn),
        Act::JobSubmit => job::submit(stage, turn),
        Act::JobCancel => job::cancel(stage, turn),
        // Ends follow from openings.
        _ => Told::No,
    }
}

fn of_desktops(stage: &mut Stage, turn: Turn) -> Told {
    match turn.act {
        Act::DesktopCreate => pool::create(stage, turn, Desktop),
        Act::DesktopRelease => pool::release(stage, turn, Desktop),
        Act::DesktopDelete => pool::delete(stage, turn, Desktop),
        Act::DesktopPowerOn | Act::DesktopPowerOff => pool::power(stage, turn, Desktop),
        Act::DesktopNodeAdd => node::add(stage, turn, Desktop),
        Act::DesktopNodeEdit => node::edit(stage, turn, Desktop),
        Act::DesktopNodeRelease => node::release(stage, turn, Desktop),
        Act::DesktopSshOpen | Act::DesktopVncOpen | Act::DesktopRdpOpen => {
            session::open(stage, turn, Desktop)
        }
        Act::DesktopGlobalMount | Act::DesktopPartitionMount => mount::bind(stage, turn, Desktop),
        Act::DesktopGlobalUnbind | Act::DesktopPartitionUnbind => {
            mount::unbind(stage, turn, Desktop)
        }
        Act::VncInfoGet => session::vnc_info(stage, turn),
        // Ends follow from openings.
        _ => Told::No,
    }
}

fn of_others(stage: &mut Stage, turn: Turn) -> Told {
    match turn.act {
        Act::FolderPackage | Act::FolderCreate => data::folder(stage, turn),
        Act::FileUpload => data::upload(stage, turn),
        Act::FileDownload => data::download(stage, turn),
        Act::FileCopy | Act::FileMove => data::relocate(stage, turn),
        Act::FileDelete => data::delete(stage, turn),
        Act::ApprovalInitiate => approval::initiate(stage, turn, 0),
        Act::ApprovalFlowEdit => approval::initiate(stage, turn.with(Act::ApprovalInitiate), 1),
        Act::PolicyEdit => approval::edit_policy(stage, turn),
        Act::LicenseUsageExport | Act::ResourceUsageExport => billing::export(stage, turn),
        Act::LicenseImport | Act::ServicePackageImport => billing::import(stage, turn),
        Act::SecurityEdit | Act::GlobalEdit => settings::edit(stage, turn),
        _ => thing::tell(stage, turn),
    }
}
