//! All that exists at a moment: what each stack holds, and the accounts and groups of the company.
//!
//! Holds always: something is in the world from the event that made it to the event that removed
//! it. Collections are limited: what would exceed a limit is not made (or the oldest is forgotten,
//! where forgetting breaks no life cycle).

use crate::objects::{Pool, PoolKind, PoolTag, Thing};
use crate::places::STACKS;

/// Uid of the first account that is only administered, never acts.
pub(crate) const ACCOUNT_UID: u32 = 50_001;
/// Accounts kept; beyond, the directory imports nobody.
pub(crate) const ACCOUNTS_MAX: usize = 5_000;
/// Grants and memberships remembered for a later removal.
pub(crate) const GRANTS_MAX: usize = 500;
/// Things of one kind in a stack.
pub(crate) const THINGS_MAX: usize = 30;

/// The state of everything.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) stacks: Vec<Stack>,
    pub(crate) directory: Directory,
}

/// What one stack holds.
#[derive(Debug, Default)]
pub(crate) struct Stack {
    pub(crate) clusters: Vec<Pool>,
    pub(crate) desktops: Vec<Pool>,
    pub(crate) filesystems: Vec<Thing>,
    pub(crate) backup_plans: Vec<Thing>,
    pub(crate) images: Vec<Thing>,
    pub(crate) hosts: Vec<Thing>,
    pub(crate) policy: Option<Policy>,
    /// Jobs that may still be running.
    pub(crate) jobs: Vec<(u32, usize)>,
    pub(crate) jobs_counted: u32,
}

/// The approval policy in force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Number of the event that set it.
    pub(crate) event: u64,
    pub(crate) levels: u64,
    pub(crate) keep_hours: u64,
}

/// Accounts, groups and what they may do; one for the whole company.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    /// Uids made or imported and not deleted.
    pub(crate) accounts: Vec<u32>,
    /// The accounts of the course under way: they are deleted together or not at all.
    pub(crate) course: std::ops::Range<u32>,
    next_account: u32,
    pub(crate) groups: Vec<Thing>,
    pub(crate) roles: Vec<Thing>,
    /// (uid, index into `PERMISSIONS`)
    pub(crate) user_grants: Vec<(u32, u8)>,
    /// (group id, index into `PERMISSIONS`)
    pub(crate) group_grants: Vec<(u32, u8)>,
    /// (uid, group id)
    pub(crate) members: Vec<(u32, u32)>,
    pub(crate) wecom: Option<Thing>,
    pub(crate) feishu: Option<Thing>,
    /// People who were locked: index and number of the event.
    pub(crate) locked: Vec<(usize, u64)>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            stacks: STACKS.iter().map(|_| Stack::default()).collect(),
            directory: Directory::default(),
        }
    }
}

impl Stack {
    pub(crate) fn pools(&mut self, kind: PoolKind) -> &mut Vec<Pool> {
        match kind {
            PoolKind::Cluster => &mut self.clusters,
            PoolKind::Desktop => &mut self.desktops,
        }
    }

    pub(crate) fn pool(&mut self, tag: PoolTag) -> Option<&mut Pool> {
        self.pools(tag.kind).iter_mut().find(|pool| pool.tag == tag)
    }
}

impl Directory {
    /// Uids for `count` new accounts; the first of them.
    pub(crate) fn reserve(&mut self, count: u32) -> u32 {
        let first = ACCOUNT_UID + self.next_account;
        self.next_account += count;
        first
    }

    /// Forgets a deleted account everywhere.
    pub(crate) fn forget(&mut self, is_gone: impl Fn(u32) -> bool) {
        self.accounts.retain(|uid| !is_gone(*uid));
        self.user_grants.retain(|(uid, _)| !is_gone(*uid));
        self.members.retain(|(uid, _)| !is_gone(*uid));
    }
}
