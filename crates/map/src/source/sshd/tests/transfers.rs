//! Files over SFTP that the sample does not have.

use super::*;

const START: &str = "5 internal-sftp session opened for local user bob from [9.9.9.9]\n";

fn checked(rest: &str, expected: &str) -> Vec<Record<'static>> {
    check(&format!("{START}{rest}"), expected)
}

/// Success is silence: what the next line says decides, and only about the request before it.
#[test]
fn outcomes() {
    let records = checked(
        "5 internal-sftp remove name \"/a\"
         5 internal-sftp stat name \"/b\"
         5 internal-sftp sent status No such file
         5 internal-sftp mkdir name \"/c\" mode 0777
         5 internal-sftp sent status Failure
         5 internal-sftp rename old \"/d\" new \"/e\"
         5 internal-sftp sent status Permission denied
         5 internal-sftp open \"/f\" flags WRITE,CREATE mode 0644
         5 internal-sftp sent status No such file
         5 internal-sftp rmdir name \"/g\"",
        "bob file.delete file:/a success
         bob folder.create folder:/c failure
         bob file.move file:/d denied
         bob file.upload file:/f failure
         bob folder.delete folder:/g success",
    );
    assert_eq!(records[2].reason.as_deref(), Some("Permission denied"));
    let destination = &records[2].related[0];
    assert_eq!(
        (destination.id.as_deref(), destination.role.as_deref()),
        (Some("/e"), Some("destination"))
    );
    assert_eq!(json(&records[3].origin)["lines"].as_array().unwrap().len(), 3);
}

/// A transfer is one record from open to close; interrupted and failed ones say so; a file read and
/// written is two acts.
#[test]
fn transfers() {
    let records = checked(
        "5 internal-sftp open \"/a\" flags READ,WRITE mode 0644
         5 internal-sftp open \"/b\" flags WRITE,CREATE,TRUNCATE mode 0644
         5 internal-sftp error: process_write: write \"/b\": No space left on device
         5 internal-sftp sent status Failure
         5 internal-sftp close \"/a\" bytes read 10 written 20
         5 internal-sftp close \"/b\" bytes read 0 written 4096
         5 internal-sftp open \"/c\" flags READ mode 0666
         5 internal-sftp forced close \"/c\" bytes read 7 written 0
         5 internal-sftp close \"/d\" bytes read 0 written 1
         5 internal-sftp open \"/e\" flags READ mode 0666",
        "bob file.upload file:/a success
         bob file.download file:/a success
         bob file.upload file:/b partial
         bob file.download file:/c partial
         bob file.upload file:/d success
         bob file.download file:/e unknown",
    );
    assert_ne!(records[0].id, records[1].id);
    assert_eq!(json(&records[0].request_data)["bytes_written"], 20);
    assert_eq!(records[0].duration_ms, Some(4000));
    assert!(records[2].reason.as_deref().unwrap().contains("No space left"));
}

/// Attributes set in one request are one record; those of a file being uploaded are part of it.
#[test]
fn attributes() {
    let records = checked(
        "5 internal-sftp set \"/a\" mode 0600
         5 internal-sftp set \"/a\" modtime 20261122-10:00:00
         5 internal-sftp set \"/a\" mode 0644
         5 internal-sftp open \"/b\" flags WRITE,CREATE mode 0644
         5 internal-sftp set \"/b\" size 3
         5 internal-sftp close \"/b\" bytes read 0 written 3
         5 internal-sftp set \"/c\" owner 0 group 0
         5 internal-sftp sent status Permission denied
         5 internal-sftp hardlink old \"/c\" new \"/d\"",
        "bob file.attributes.edit file:/a success
         bob file.attributes.edit file:/a success
         bob file.upload file:/b success
         bob file.attributes.edit file:/c denied
         bob file.attributes.edit file:/d success",
    );
    assert_eq!(json(&records[0].request_data)["modtime"], "20261122-10:00:00");
    assert_eq!(json(&records[2].request_data)["size"], "3");
    assert_eq!(json(&records[3].request_data)["owner"], "0:0");
}

/// In read-only mode most refusals name no path: still an act.
#[test]
fn read_only() {
    checked(
        "5 internal-sftp Refusing mkdir request in read-only mode
         5 internal-sftp sent status Permission denied
         5 internal-sftp open \"/a\" flags WRITE mode 0644
         5 internal-sftp Refusing open request in read-only mode
         5 internal-sftp sent status Permission denied",
        "bob folder.create - denied
         bob file.upload file:/a denied",
    );
}

/// A path can hold the words of the log; it is read from the right.
#[test]
fn hostile_paths() {
    let path = "/x\" flags READ mode 0666";
    let records = checked(
        &format!(
            "5 internal-sftp open \"{path}\" flags WRITE mode 0644
             5 internal-sftp close \"{path}\" bytes read 0 written 5
             5 internal-sftp rename old \"/a\" new \"/b\" new \"/c\"
             5 internal-sftp remove name \"/\\342\\200\\256gpj\""
        ),
        &format!(
            "bob file.upload file:{path} success
             bob file.move file:/a\" new \"/b success
             bob file.delete file:/\\342\\200\\256gpj success"
        ),
    );
    assert!(json(&records[1].origin)["inferred"].to_string().contains("more than one way"));
    assert!(json(&records[2].origin)["inferred"].to_string().contains("escaped"));
}

/// Which session an SFTP process serves is inferred by user, address and process number.
#[test]
fn sessions_are_joined() {
    let connection = |pid: u32, port: u32| {
        format!(
            "{pid} sshd Connection from 9.9.9.9 port {port} on 1.1.1.1 port 22 rdomain \"\"
             {pid} sshd Accepted password for bob from 9.9.9.9 port {port} ssh2
             {pid} sshd Starting session: subsystem 'sftp' for bob from 9.9.9.9 port {port} id 0\n"
        )
    };
    let (first, second) = (connection(10, 1), connection(20, 2));
    let messages = format!(
        "{first}{second}21 internal-sftp session opened for local user bob from [9.9.9.9]
         11 internal-sftp session opened for local user bob from [9.9.9.9]
         21 internal-sftp mkdir name \"/a\" mode 0777
         11 internal-sftp mkdir name \"/b\" mode 0777
         21 internal-sftp session closed for local user bob from [9.9.9.9]
         11 internal-sftp session closed for local user bob from [9.9.9.9]"
    );
    let records = records(&log(&messages));
    let made: Vec<_> = records
        .iter()
        .filter(|record| record.operation.as_deref() == Some("folder.create"))
        .map(|record| (record.source_port, record.session_id.clone()))
        .collect();
    let opened: Vec<_> = records
        .iter()
        .filter(|record| record.operation.as_deref() == Some("host.session.open"))
        .map(|record| (record.source_port, record.session_id.clone()))
        .collect();
    assert_eq!(made, [opened[1].clone(), opened[0].clone()]);
}

/// A collector that starts in the middle of a session says that it can't know who acted.
#[test]
fn unseen_starts() {
    let records = check(
        "5 internal-sftp mkdir name \"/a\" mode 0777
         5 internal-sftp session closed for local user bob from [9.9.9.9]",
        "unknown folder.create folder:/a success",
    );
    assert!(json(&records[0].origin)["inferred"].to_string().contains("operator"));
}
