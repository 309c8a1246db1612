//! Logins and sessions that the sample does not have.

use super::*;

/// One try is one event, whatever PAM adds; the connection's end tells what nothing else told.
#[test]
fn refused_logins() {
    let start = "7 sshd Connection from 9.9.9.9 port 5 on 1.1.1.1 port 22 rdomain \"\"\n";
    let checked = |rest: &str, expected: &str| check(&format!("{start}{rest}"), expected);
    // Two wrong passwords, then the right one.
    checked(
        "7 sshd Failed password for bob from 9.9.9.9 port 5 ssh2
         7 sshd Failed password for bob from 9.9.9.9 port 5 ssh2
         7 sshd Accepted password for bob from 9.9.9.9 port 5 ssh2",
        "bob user.login user:bob failure
         bob user.login user:bob failure
         bob user.login user:bob success",
    );
    // Keys that were tried first belong to the login.
    let records = checked(
        "7 sshd Failed none for bob from 9.9.9.9 port 5 ssh2
         7 sshd Failed publickey for bob from 9.9.9.9 port 5 ssh2: RSA SHA256:a
         7 sshd Failed publickey for bob from 9.9.9.9 port 5 ssh2: RSA SHA256:b
         7 sshd Accepted publickey for bob from 9.9.9.9 port 5 ssh2: RSA SHA256:c",
        "bob user.login user:bob success",
    );
    assert_eq!(json(&records[0].request_data)["keys_refused"], 2);
    assert_eq!(json(&records[0].origin)["lines"].as_array().unwrap().len(), 3);
    // Keys only, none accepted: one failure.
    let records = checked(
        "7 sshd Failed publickey for bob from 9.9.9.9 port 5 ssh2: RSA SHA256:a
         7 sshd Failed publickey for bob from 9.9.9.9 port 5 ssh2: RSA SHA256:b
         7 sshd Connection closed by authenticating user bob 9.9.9.9 port 5 [preauth]",
        "bob user.login user:bob failure",
    );
    assert_eq!(records[0].auth_method.as_deref(), Some("publickey"));
    // PAM alone, as at LogLevel INFO.
    checked(
        "7 sshd error: PAM: Authentication failure for bob from 9.9.9.9
         7 sshd Connection closed by authenticating user bob 9.9.9.9 port 5 [preauth]",
        "bob user.login user:bob failure",
    );
    checked(
        "7 sshd error: PAM: User account has expired for bob from 9.9.9.9
         7 sshd Failed keyboard-interactive/pam for bob from 9.9.9.9 port 5 ssh2",
        "bob user.login user:bob denied",
    );
    checked(
        "7 sshd error: PAM: Have exhausted maximum number of retries for service for illegal user \
         eve from 9.9.9.9",
        "eve user.login_unknown account:eve denied",
    );
    checked(
        "7 sshd Failed password for bob from 9.9.9.9 port 5 ssh2
         7 sshd fatal: Access denied for user bob by PAM account configuration [preauth]",
        "bob user.login user:bob denied",
    );
}

/// rsyslog counts equal messages in one line: each is an event of its own.
#[test]
fn repeated_messages() {
    let records = check(
        "7 sshd Failed password for bob from 9.9.9.9 port 5 ssh2
         7 sshd message repeated 2 times: [ Failed password for bob from 9.9.9.9 port 5 ssh2]
         7 sshd Connection closed by authenticating user bob 9.9.9.9 port 5 [preauth]
         7 sshd message repeated x times: [ what]",
        "bob user.login user:bob failure
         bob user.login user:bob failure
         bob user.login user:bob failure",
    );
    assert_ne!(records[1].id, records[2].id);
    assert!(json(&records[2].origin)["inferred"].to_string().contains("2 of 2"));
}

/// An account that may not log in exists: sshd calls it invalid all the same.
#[test]
fn denied_and_unknown_accounts() {
    check(
        "7 sshd Connection from 9.9.9.9 port 5 on 1.1.1.1 port 22 rdomain \"\"
         7 sshd User bob from host.example not allowed because not listed in AllowUsers
         7 sshd Failed password for invalid user bob from 9.9.9.9 port 5 ssh2
         7 sshd Connection closed by invalid user bob 9.9.9.9 port 5 [preauth]",
        "bob user.login user:bob denied",
    );
    let records = check(
        "7 sshd Invalid user eve from 9.9.9.9 port 5
         7 sshd Connection closed by invalid user eve 9.9.9.9 port 5 [preauth]
         8 sshd ROOT LOGIN REFUSED FROM 9.9.9.9 port 6
         8 sshd Failed password for root from 9.9.9.9 port 6 ssh2",
        "eve user.login_unknown account:eve denied
         root user.login user:root denied",
    );
    assert_eq!(records[0].source_ip.as_deref(), Some("9.9.9.9"));
    assert_eq!(records[0].source_port, Some(5));
    assert_eq!(records[0].user_type.as_deref(), Some("unknown"));
    assert_eq!(records[1].reason.as_deref(), Some("root login refused"));
}

/// A name can hold anything; it must not become an address, another user or the platform itself.
#[test]
fn hostile_names() {
    let forged = "foo from 1.2.3.4 port 22 ssh2: x";
    let records = check(
        &format!(
            "7 sshd Invalid user {forged} from 9.9.9.9 port 5
             7 sshd Failed password for invalid user {forged} from 9.9.9.9 port 5 ssh2
             7 sshd Connection closed by invalid user {forged} 9.9.9.9 port 5 [preauth]"
        ),
        &format!("{forged} user.login_unknown account:{forged} denied"),
    );
    assert_eq!(records[0].source_ip.as_deref(), Some("9.9.9.9"));
    let records = check(
        r"7 sshd Invalid user system from 9.9.9.9 port 5
          7 sshd Failed password for invalid user system from 9.9.9.9 port 5 ssh2
          8 sshd Invalid user  from 9.9.9.9 port 6
          8 sshd Failed password for invalid user  from 9.9.9.9 port 6 ssh2
          9 sshd Failed password for invalid user \345\274\240\344\270\211 from 9.9.9.9 port 7 ssh2",
        "unknown user.login_unknown account:system denied
         unknown user.login_unknown - denied
         张三 user.login_unknown account:张三 denied",
    );
    assert_eq!(records[0].username.as_deref(), Some("system"));
    assert!(json(&records[0].origin)["inferred"].to_string().contains("operator"));
}

/// The end of a session says why; each session of a shared connection is its own.
#[test]
fn sessions_and_their_ends() {
    let start = "7 sshd Connection from 9.9.9.9 port 5 on 1.1.1.1 port 22 rdomain \"\"
        7 sshd Accepted password for bob from 9.9.9.9 port 5 ssh2
        7 sshd pam_unix(sshd:session): session opened for user bob(uid=1002) by (uid=0)
        7 sshd User child is on pid 8
        8 sshd Starting session: shell on pts/1 for bob from 9.9.9.9 port 5 id 0
        8 sshd Starting session: command for bob from 9.9.9.9 port 5 id 1
        8 sshd Close session: user bob from 9.9.9.9 port 5 id 1\n";
    let opened = "bob user.login user:bob success
        bob host.session.open host:vm success
        bob host.session.open host:vm success
        bob host.session.close host:vm success\n";
    for (end, cause) in [
        ("8 sshd Received disconnect from 9.9.9.9 port 5:11: disconnected by user", "user"),
        ("8 sshd Received disconnect from 9.9.9.9 port 5:2: protocol error", "network"),
        ("8 sshd Connection reset by user bob 9.9.9.9 port 5", "network"),
        ("8 sshd Timeout, client not responding from user bob 9.9.9.9 port 5", "timeout"),
        ("8 sshd Connection from user bob 9.9.9.9 port 5 timed out", "timeout"),
    ] {
        let closed = format!("{opened}bob host.session.close host:vm success");
        let records = check(
            &format!(
                "{start}{end}
                 8 sshd Disconnected from user bob 9.9.9.9 port 5
                 7 sshd pam_unix(sshd:session): session closed for user bob"
            ),
            &closed,
        );
        let close = &records[4];
        let request = json(&close.request_data);
        assert_eq!(request["end_cause"], cause, "{end}");
        assert_eq!((&request["kind"], &request["tty"]), (&"pty".into(), &"pts/1".into()));
        assert_eq!(request["lasted_ms"], 3000);
        assert_eq!(close.session_id, records[1].session_id);
        assert_ne!(close.session_id, records[2].session_id);
        assert_eq!(close.cause_id, records[0].id);
        assert_eq!(close.operator_id.as_deref(), Some("1002"));
    }
}

/// Below VERBOSE only PAM tells of a session: it is still opened and closed once.
#[test]
fn quiet_servers() {
    let records = check(
        "7 sshd Accepted password for bob from 9.9.9.9 port 5 ssh2
         7 sshd pam_unix(sshd:session): session opened for user bob(uid=1002) by (uid=0)
         8 sshd Received disconnect from 9.9.9.9 port 5:11: disconnected by user
         8 sshd Disconnected from user bob 9.9.9.9 port 5
         7 sshd pam_unix(sshd:session): session closed for user bob",
        "bob user.login user:bob success
         bob host.session.open host:vm success
         bob host.session.close host:vm success",
    );
    assert!(json(&records[1].origin)["inferred"].to_string().contains("kind"));
    assert_eq!(records[2].session_id, records[1].session_id);
}

/// A process number used again is another connection, on another host too.
#[test]
fn recycled_process_numbers() {
    let records = check(
        "7 sshd Accepted password for bob from 9.9.9.9 port 5 ssh2
         7 sshd Failed password for eve from 8.8.8.8 port 6 ssh2
         7 sshd Connection from 7.7.7.7 port 7 on 1.1.1.1 port 22 rdomain \"\"
         7 sshd Connection closed by 7.7.7.7 port 7 [preauth]",
        "bob user.login user:bob success
         eve user.login user:eve failure",
    );
    assert_eq!(records[1].source_ip.as_deref(), Some("8.8.8.8"));
}

/// Both programs called `su`.
#[test]
fn su() {
    let records = check(
        "7 su (to root) alice on pts/3
         7 su FAILED SU (to carol) alice on none
         7 su Successful su for root by bob
         7 su + /dev/pts/0 bob:root
         7 su FAILED su for root by bob
         7 su pam_unix(su:auth): authentication failure; user=root",
        "alice host.su user:root success
         alice host.su user:carol failure
         bob host.su user:root success
         bob host.su user:root failure",
    );
    assert_eq!(json(&records[0].request_data)["tty"], "pts/3");
}

/// Floods of connections that never end must not grow the state without limit.
#[test]
fn joins_are_bounded() {
    let mut source = source();
    let place = Place { file: Fingerprint::of(b""), offset: 0 };
    for pid in 0..20_000 {
        let port = pid % 60_000;
        let line = format!(
            "2026-11-22T10:00:00Z vm sshd[{pid}]: Invalid user eve from 9.9.9.9 port {port}"
        );
        source.line(&RawLine { place, bytes: line.as_bytes() });
    }
    let told = source.take().len();
    let kept = source.save().unwrap()["connections"].as_object().unwrap().len();
    assert!(kept <= crate::join::session::KEPT_MAX, "{kept}");
    assert_eq!(told + kept, 20_000, "nothing is dropped untold");
}
