//! The operations of the built-in catalogue as constants: a wrong one does not compile.
//!
//! A test holds the list and `crates/record/data` together. Operations of a site's own catalogue
//! are named by [`Operation::site`] and checked by the server alone.

/// What was done: an operation of the catalogue.
///
/// ```
/// # use annals_api::sdk::{Event, op};
/// let event = Event::new(op::CLUSTER_CREATE, "zhang3");
/// ```
/// A name that the catalogue does not have is no constant, and a text is no operation:
/// ```compile_fail,E0425
/// # use annals_api::sdk::{Event, op};
/// let event = Event::new(op::CLUSTER_CREAT, "zhang3");
/// ```
/// ```compile_fail,E0308
/// # use annals_api::sdk::{Event, op};
/// let event = Event::new("cluster.create", "zhang3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation(&'static str);

impl Operation {
    /// An operation of a site's own catalogue.
    #[must_use]
    pub const fn site(code: &'static str) -> Self {
        Self(code)
    }

    /// Its code, which implies its service.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0
    }
}

macro_rules! operations {
    ($($name:ident $code:literal)*) => {
        $(
            #[doc = concat!("`", $code, "`")]
            pub const $name: Operation = Operation($code);
        )*
        #[cfg(test)]
        const ALL: &[Operation] = &[$($name),*];
    };
}

operations! {
    CLUSTER_CREATE "cluster.create"
    CLUSTER_RELEASE "cluster.release"
    CLUSTER_DELETE "cluster.delete"
    CLUSTER_PARTITION_CREATE "cluster.partition.create"
    CLUSTER_PARTITION_EDIT "cluster.partition.edit"
    CLUSTER_PARTITION_RELEASE "cluster.partition.release"
    CLUSTER_NODE_ADD "cluster.node.add"
    CLUSTER_NODE_EDIT "cluster.node.edit"
    CLUSTER_NODE_RELEASE "cluster.node.release"
    CLUSTER_WEBSSH_CREATE "cluster.webssh.create"
    CLUSTER_WEBSSH_DISCONNECT "cluster.webssh.disconnect"
    CLUSTER_WEBVNC_CREATE "cluster.webvnc.create"
    CLUSTER_WEBVNC_DISCONNECT "cluster.webvnc.disconnect"
    CLUSTER_WEBRDP_CREATE "cluster.webrdp.create"
    CLUSTER_WEBRDP_DISCONNECT "cluster.webrdp.disconnect"
    CLUSTER_MOUNT_CONVERT "cluster.mount.convert"
    CLUSTER_GLOBAL_MOUNT_CREATE "cluster.global_mount.create"
    CLUSTER_GLOBAL_MOUNT_UNBIND "cluster.global_mount.unbind"
    CLUSTER_PARTITION_MOUNT_CREATE "cluster.partition_mount.create"
    CLUSTER_PARTITION_MOUNT_UNBIND "cluster.partition_mount.unbind"
    DESKTOP_CREATE "desktop.create"
    DESKTOP_RELEASE "desktop.release"
    DESKTOP_DELETE "desktop.delete"
    DESKTOP_NODE_ADD "desktop.node.add"
    DESKTOP_NODE_EDIT "desktop.node.edit"
    DESKTOP_NODE_RELEASE "desktop.node.release"
    DESKTOP_WEBSSH_CREATE "desktop.webssh.create"
    DESKTOP_WEBSSH_DISCONNECT "desktop.webssh.disconnect"
    DESKTOP_WEBVNC_CREATE "desktop.webvnc.create"
    DESKTOP_WEBVNC_DISCONNECT "desktop.webvnc.disconnect"
    DESKTOP_WEBRDP_CREATE "desktop.webrdp.create"
    DESKTOP_WEBRDP_DISCONNECT "desktop.webrdp.disconnect"
    DESKTOP_GLOBAL_MOUNT_CREATE "desktop.global_mount.create"
    DESKTOP_GLOBAL_MOUNT_UNBIND "desktop.global_mount.unbind"
    DESKTOP_PARTITION_MOUNT_CREATE "desktop.partition_mount.create"
    DESKTOP_PARTITION_MOUNT_UNBIND "desktop.partition_mount.unbind"
    USER_CREATE "user.create"
    USER_EDIT "user.edit"
    USER_GROUP_ADD "user.group.add"
    USER_PERMISSION_ADD "user.permission.add"
    USER_PERMISSION_DELETE "user.permission.delete"
    USER_GROUP_REMOVE "user.group.remove"
    USER_DELETE "user.delete"
    GROUP_CREATE "group.create"
    GROUP_EDIT "group.edit"
    GROUP_ENVIRONMENT_CONFIGURE "group.environment.configure"
    GROUP_PERMISSION_ADD "group.permission.add"
    GROUP_PERMISSION_DELETE "group.permission.delete"
    GROUP_DELETE "group.delete"
    GROUP_MEMBER_ADD "group.member.add"
    WECOM_ADD "wecom.add"
    WECOM_DELETE "wecom.delete"
    FEISHU_ADD "feishu.add"
    FEISHU_DELETE "feishu.delete"
    USER_LOGIN "user.login"
    USER_PASSWORD_CHANGE "user.password.change"
    ACCOUNT_EDIT "account.edit"
    FOLDER_PACKAGE_DOWNLOAD "folder.package_download"
    FOLDER_CREATE "folder.create"
    FILE_COPY "file.copy"
    FILE_DELETE "file.delete"
    FILE_UPLOAD "file.upload"
    FILE_DOWNLOAD "file.download"
    FILE_MOVE "file.move"
    APPROVAL_INITIATE "approval.initiate"
    APPROVAL_APPROVE "approval.approve"
    APPROVAL_REJECT "approval.reject"
    APPROVAL_FLOW_EDIT "approval.flow.edit"
    APPROVAL_POLICY_FLOW_EDIT "approval_policy.flow.edit"
    APPROVAL_DATA_DOWNLOAD_AREA_DELETE "approval_data.download_area.delete"
    APPROVAL_DATA_EXPIRED_DELETE "approval_data.expired.delete"
    APPROVAL_DATA_REJECTED_DELETE "approval_data.rejected.delete"
    BILLING_LICENSE_USAGE_EXPORT "billing.license_usage.export"
    BILLING_LICENSE_USAGE_DOWNLOAD "billing.license_usage.download"
    BILLING_RESOURCE_USAGE_EXPORT "billing.resource_usage.export"
    BILLING_RESOURCE_USAGE_DOWNLOAD "billing.resource_usage.download"
    LICENSE_IMPORT "license.import"
    SERVICE_PACKAGE_IMPORT "service_package.import"
    USER_LOGIN_UNKNOWN "user.login_unknown"
    USER_LOGOUT "user.logout"
    SESSION_TIMEOUT "session.timeout"
    USER_LOCK "user.lock"
    USER_UNLOCK "user.unlock"
    USER_PASSWORD_RESET "user.password.reset"
    ROLE_CREATE "role.create"
    ROLE_EDIT "role.edit"
    ROLE_DELETE "role.delete"
    USER_SYNC "user.sync"
    CLUSTER_POWER_ON "cluster.power_on"
    CLUSTER_POWER_OFF "cluster.power_off"
    JOB_SUBMIT "job.submit"
    JOB_CANCEL "job.cancel"
    CLUSTER_MOUNT_UPGRADE "cluster.mount.upgrade"
    DESKTOP_POWER_ON "desktop.power_on"
    DESKTOP_POWER_OFF "desktop.power_off"
    DESKTOP_VNC_INFO_GET "desktop.vnc_info.get"
    HOST_REGISTER "host.register"
    HOST_DELETE "host.delete"
    FILESYSTEM_CREATE "filesystem.create"
    FILESYSTEM_RELEASE "filesystem.release"
    FILESYSTEM_EXPAND "filesystem.expand"
    FILESYSTEM_PROTECTION_EDIT "filesystem.protection.edit"
    BACKUP_PLAN_CREATE "backup_plan.create"
    BACKUP_PLAN_EDIT "backup_plan.edit"
    BACKUP_PLAN_DELETE "backup_plan.delete"
    IMAGE_CREATE "image.create"
    IMAGE_RELEASE "image.release"
    IMAGE_UPGRADE "image.upgrade"
    SETTINGS_SECURITY_EDIT "settings.security.edit"
    SETTINGS_GLOBAL_EDIT "settings.global.edit"
    HOST_SESSION_OPEN "host.session.open"
    HOST_SESSION_CLOSE "host.session.close"
    HOST_SU "host.su"
    HOST_MOUNT_CREATE "host.mount.create"
    HOST_MOUNT_UNBIND "host.mount.unbind"
    FOLDER_DELETE "folder.delete"
    FILE_CREATE "file.create"
    FILE_ATTRIBUTES_EDIT "file.attributes.edit"
}

#[cfg(test)]
mod tests {
    use super::*;
    use annals_record::{Catalogue, RESERVED_SERVICE};
    use std::collections::BTreeSet;

    // Protects: every operation that a platform may record has its constant, and no other; so
    // what compiles is not refused as `unknown_operation`.
    #[test]
    fn constants_are_the_catalogue() {
        let catalogue = Catalogue::built_in();
        let foreign = catalogue.operations().iter();
        let foreign = foreign.filter(|operation| operation.service != RESERVED_SERVICE);
        let expected: BTreeSet<&str> = foreign.map(|operation| &*operation.code).collect();
        let constants: BTreeSet<&str> = ALL.iter().map(|operation| operation.code()).collect();
        assert_eq!(constants, expected);
    }
}
