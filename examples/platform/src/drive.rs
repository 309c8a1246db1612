//! The driver: does over the REST API all that the platform's users do, each operation of the
//! catalogue at least once, with refusals between them.
//!
//! It checks that the platform answers as it should, and nothing about the audit log.

mod approvals;
mod desk;
mod environments;
mod files;
mod people;
mod socket;
mod visitor;

use anyhow::Result;

use crate::Drive;
pub(crate) use visitor::Identity;
use visitor::Visitor;

/// Everybody who takes part after the first account.
struct Crew {
    admin: Visitor,
    /// Runs clusters and desktops.
    alice: Visitor,
    /// Decides at the first level.
    bob: Visitor,
    /// Decides at the second.
    carol: Visitor,
}

/// Does everything once, in an order in which it can be done.
pub(crate) fn run(options: Drive) -> Result<()> {
    let Drive { base, identity, admin_password } = options;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let admin = Visitor::sign_in(&base, identity, "admin", &admin_password).await?;
        let crew = people::hire(admin).await?;
        people::change(&crew).await?;
        environments::clusters(&crew).await?;
        environments::desktops(&crew).await?;
        files::work(&crew).await?;
        approvals::decide(&crew).await?;
        desk::work(&crew).await
    })
}
