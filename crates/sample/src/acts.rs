//! Everything people and platform do here, one name each, with its catalogue codes.
//!
//! The codes are those of the catalogue (a test of the whole stream checks every pair against it);
//! all 78 operations of `catalogue.csv` are here and the common ones of `catalogue-extra.csv`.

macro_rules! acts {
    ($($service:literal { $($name:ident $code:literal)+ })+) => {
        /// An operation that the generator can write.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Act { $($($name),+),+ }

        impl Act {
            pub(crate) const ALL: &'static [Act] = &[$($(Act::$name),+),+];

            /// The codes of its service and operation.
            pub(crate) fn codes(self) -> (&'static str, &'static str) {
                match self { $($(Act::$name => ($service, $code)),+),+ }
            }
        }
    };
}

acts! {
    "auth" {
        LoginUnknown "user.login_unknown"
        Logout "user.logout"
        SessionTimeout "session.timeout"
    }
    "users" {
        Login "user.login"
        PasswordChange "user.password.change"
        AccountEdit "account.edit"
        UserCreate "user.create"
        UserEdit "user.edit"
        UserGroupAdd "user.group.add"
        UserGroupRemove "user.group.remove"
        UserPermissionAdd "user.permission.add"
        UserPermissionDelete "user.permission.delete"
        UserDelete "user.delete"
        UserLock "user.lock"
        UserUnlock "user.unlock"
        PasswordReset "user.password.reset"
        UserSync "user.sync"
        GroupCreate "group.create"
        GroupEdit "group.edit"
        GroupEnvironment "group.environment.configure"
        GroupPermissionAdd "group.permission.add"
        GroupPermissionDelete "group.permission.delete"
        GroupMemberAdd "group.member.add"
        GroupDelete "group.delete"
        RoleCreate "role.create"
        RoleEdit "role.edit"
        RoleDelete "role.delete"
        WecomAdd "wecom.add"
        WecomDelete "wecom.delete"
        FeishuAdd "feishu.add"
        FeishuDelete "feishu.delete"
    }
    "hpc-clusters" {
        ClusterCreate "cluster.create"
        ClusterRelease "cluster.release"
        ClusterDelete "cluster.delete"
        ClusterPowerOn "cluster.power_on"
        ClusterPowerOff "cluster.power_off"
        PartitionCreate "cluster.partition.create"
        PartitionEdit "cluster.partition.edit"
        PartitionRelease "cluster.partition.release"
        ClusterNodeAdd "cluster.node.add"
        ClusterNodeEdit "cluster.node.edit"
        ClusterNodeRelease "cluster.node.release"
        ClusterSshOpen "cluster.webssh.create"
        ClusterSshEnd "cluster.webssh.disconnect"
        ClusterVncOpen "cluster.webvnc.create"
        ClusterVncEnd "cluster.webvnc.disconnect"
        ClusterRdpOpen "cluster.webrdp.create"
        ClusterRdpEnd "cluster.webrdp.disconnect"
        MountConvert "cluster.mount.convert"
        MountUpgrade "cluster.mount.upgrade"
        ClusterGlobalMount "cluster.global_mount.create"
        ClusterGlobalUnbind "cluster.global_mount.unbind"
        ClusterPartitionMount "cluster.partition_mount.create"
        ClusterPartitionUnbind "cluster.partition_mount.unbind"
        JobSubmit "job.submit"
        JobCancel "job.cancel"
    }
    "desktops" {
        DesktopCreate "desktop.create"
        DesktopRelease "desktop.release"
        DesktopDelete "desktop.delete"
        DesktopPowerOn "desktop.power_on"
        DesktopPowerOff "desktop.power_off"
        DesktopNodeAdd "desktop.node.add"
        DesktopNodeEdit "desktop.node.edit"
        DesktopNodeRelease "desktop.node.release"
        DesktopSshOpen "desktop.webssh.create"
        DesktopSshEnd "desktop.webssh.disconnect"
        DesktopVncOpen "desktop.webvnc.create"
        DesktopVncEnd "desktop.webvnc.disconnect"
        DesktopRdpOpen "desktop.webrdp.create"
        DesktopRdpEnd "desktop.webrdp.disconnect"
        DesktopGlobalMount "desktop.global_mount.create"
        DesktopGlobalUnbind "desktop.global_mount.unbind"
        DesktopPartitionMount "desktop.partition_mount.create"
        DesktopPartitionUnbind "desktop.partition_mount.unbind"
        VncInfoGet "desktop.vnc_info.get"
    }
    "data" {
        FolderPackage "folder.package_download"
        FolderCreate "folder.create"
        FileCopy "file.copy"
        FileDelete "file.delete"
        FileUpload "file.upload"
        FileDownload "file.download"
        FileMove "file.move"
    }
    "approvals" {
        ApprovalInitiate "approval.initiate"
        ApprovalApprove "approval.approve"
        ApprovalReject "approval.reject"
        ApprovalFlowEdit "approval.flow.edit"
    }
    "approval-policy" {
        PolicyEdit "approval_policy.flow.edit"
    }
    "approval-data" {
        DownloadAreaDelete "approval_data.download_area.delete"
        ExpiredDelete "approval_data.expired.delete"
        RejectedDelete "approval_data.rejected.delete"
    }
    "billing" {
        LicenseUsageExport "billing.license_usage.export"
        LicenseUsageDownload "billing.license_usage.download"
        ResourceUsageExport "billing.resource_usage.export"
        ResourceUsageDownload "billing.resource_usage.download"
    }
    "licenses" {
        LicenseImport "license.import"
        ServicePackageImport "service_package.import"
    }
    "hosts" {
        HostRegister "host.register"
        HostDelete "host.delete"
    }
    "storage" {
        FilesystemCreate "filesystem.create"
        FilesystemExpand "filesystem.expand"
        FilesystemProtect "filesystem.protection.edit"
        FilesystemRelease "filesystem.release"
    }
    "backup" {
        BackupCreate "backup_plan.create"
        BackupEdit "backup_plan.edit"
        BackupDelete "backup_plan.delete"
    }
    "images" {
        ImageCreate "image.create"
        ImageUpgrade "image.upgrade"
        ImageRelease "image.release"
    }
    "settings" {
        SecurityEdit "settings.security.edit"
        GlobalEdit "settings.global.edit"
    }
}
