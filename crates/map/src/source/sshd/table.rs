//! The messages that are known, in one table: program, start, pattern -> step.
//!
//! Texts are those of OpenSSH 7.4 to 10 and util-linux and shadow `su`. What a user can choose (a
//! name, a path, the text of a disconnect) is never followed by something that is trusted, unless
//! the pattern is read from the right.

use std::sync::LazyLock;

use super::{Action, Sshd};
use crate::rules::{Rule, Rules};

const SSHD: &[&str] = &["sshd", "sshd-session", "sshd-auth"];
const SFTP: &[&str] = &["internal-sftp", "sftp-server"];
const SU: &[&str] = &["su", "su-l", "runuser"];

/// The table, compiled at first use.
pub(super) fn rules() -> &'static Rules<Action> {
    static RULES: LazyLock<Rules<Action>> = LazyLock::new(|| {
        let rows: Vec<_> = [LOGIN, SESSION, END, SSHD_NOISE, FILES, SWITCH].concat();
        Rules::compile(&rows).expect("the patterns below are regular expressions")
    });
    &RULES
}

type Row = Rule<Action>;

macro_rules! row {
    ($programs:expr, $starts:expr, $pattern:expr, $run:ident) => {
        row!($programs, $starts, $pattern, $run, false)
    };
    ($programs:expr, $starts:expr, $pattern:expr, $run:ident, $about_attempt:expr) => {
        Rule {
            programs: $programs,
            starts: $starts,
            pattern: $pattern,
            action: Action { run: Sshd::$run, about_attempt: $about_attempt },
        }
    };
}

const LOGIN: &[Row] = &[
    row!(SSHD, "Connection from ", r"^Connection from (\S+) port (\d+) on ", connected),
    row!(SSHD, "Accepted key ", "", noted),
    row!(SSHD, "Accepted certificate ", "", noted),
    row!(SSHD, "Accepted ", r"(?s)^Accepted ([a-z0-9@./-]{1,64}) for (.*)$", accepted),
    row!(SSHD, "Postponed ", "", noted),
    row!(SSHD, "Partial ", "", noted),
    row!(SSHD, "Failed none for ", "", noted),
    row!(
        SSHD,
        "Failed ",
        r"(?s)^Failed ([a-z0-9@./-]{1,64}) for (invalid user )?(.*)$",
        failed,
        true
    ),
    row!(SSHD, "Invalid user ", r"(?s)^Invalid user (.*) from (\S+)(?: port (\d+))?$", unknown),
    row!(SSHD, "User ", r"(?s)^User (.*?)(?: from \S+)? not allowed because (.*)$", not_allowed),
    row!(SSHD, "ROOT LOGIN REFUSED FROM ", "", root_refused),
    row!(
        SSHD,
        "PAM: ",
        r"(?s)^PAM: (.+? for service|.+?) for (illegal user )?(.*) from (\S+)$",
        pam_refused,
        true
    ),
    row!(
        SSHD,
        "Access denied for user ",
        r"(?s)^Access denied for user (.*) by (.*)$",
        access_denied,
        true
    ),
];

const SESSION: &[Row] = &[
    row!(
        SSHD,
        "pam_unix(sshd:session): session opened for user ",
        r"(?s)for user (.+?)(?:\(uid=(\d{1,10})\))? by ",
        pam_opened
    ),
    row!(SSHD, "pam_unix(sshd:session): session closed for user ", "", pam_closed),
    row!(SSHD, "User child is on pid ", r"^User child is on pid (\d+)$", child),
    row!(
        SSHD,
        "Starting session: ",
        r"(?s)^Starting session: (.*) for (.*) from (\S+) port (\d+) id (\d+)$",
        session_opened
    ),
    row!(
        SSHD,
        "Close session: ",
        r"(?s)^Close session: user (.*) from (\S+) port (\d+) id (\d+)$",
        session_closed
    ),
];

const END: &[Row] = &[
    row!(
        SSHD,
        "Received disconnect from ",
        r"(?s)^Received disconnect from (\S+) port (\d+):(\d+): ?(.*)$",
        disconnected
    ),
    row!(SSHD, "Disconnected from ", "", ended_by_network),
    row!(SSHD, "Connection closed by ", "", ended_by_network),
    row!(SSHD, "Connection reset by ", "", ended_by_network),
    row!(SSHD, "Connection from ", " timed out$", ended_by_timeout),
    row!(SSHD, "Connection from ", "", ended_by_network),
    row!(SSHD, "ssh_dispatch_run_fatal: Connection ", "", ended_by_network),
    row!(SSHD, "Read error from remote host ", "", ended_by_network),
    row!(SSHD, "Write failed: ", "", ended_by_network),
    row!(SSHD, "Timeout, client not responding", "", ended_by_timeout),
    row!(SSHD, "Timeout before authentication ", "", ended_by_timeout),
    row!(SSHD, "terminating inactive connection from ", "", ended_by_timeout),
    row!(SSHD, "Disconnecting ", "", ended_by_server),
];

const SSHD_NOISE: &[Row] = &[
    row!(SSHD, "pam_", r"^pam_\w+\(sshd", noted),
    row!(SSHD, "Server listening on ", "", noted),
    row!(SSHD, "Received signal ", "", noted),
    row!(SSHD, "Received SIGHUP", "", noted),
    row!(SSHD, "Exiting on signal ", "", noted),
    row!(SSHD, "subsystem request for ", "", noted),
    row!(SSHD, "syslogin_perform_logout: ", "", noted),
    row!(SSHD, "maximum authentication attempts exceeded for ", "", noted),
    row!(SSHD, "Authentication refused: ", "", noted),
    row!(SSHD, "Root login accepted for forced command", "", noted),
    row!(SSHD, "Unable to negotiate with ", "", noted),
    row!(SSHD, "kex_exchange_identification: ", "", noted),
    row!(SSHD, "kex_protocol_error: ", "", noted),
    row!(SSHD, "banner exchange: ", "", noted),
    row!(SSHD, "Bad protocol version identification ", "", noted),
    row!(SSHD, "Did not receive identification string", "", noted),
    row!(SSHD, "drop connection #", "", noted),
    row!(SSHD, "beginning MaxStartups throttling", "", noted),
    row!(SSHD, "exited MaxStartups throttling", "", noted),
    row!(SSHD, "Address ", " maps to ", noted),
    row!(SSHD, "reverse mapping checking ", "", noted),
    row!(SSHD, "Changed root directory to ", "", noted),
    row!(SSHD, "input_userauth_request: ", "", noted),
    row!(SSHD, "userauth_pubkey: ", "", noted),
    row!(SSHD, "Close session: ", "", noted),
    row!(SSHD, "Transferred: ", "", noted),
    row!(SSHD, "Closing connection to ", "", noted),
    row!(SSHD, "PAM ", "", noted),
    row!(SSHD, "Authorized to ", "", noted),
    row!(SSHD, "srclimit_penalise: ", "", noted),
    row!(SSHD, "debug", "^debug[123]: ", noted),
];

const FILES: &[Row] = &[
    row!(
        SFTP,
        "session opened for local user ",
        r"(?s)^session opened for local user (.*) from \[([^\]]*)\]$",
        sftp_opened
    ),
    row!(SFTP, "session closed for local user ", "", sftp_closed),
    row!(SFTP, "open \"", r#"(?s)^open "(.*)" flags ([A-Z,]*) mode (0[0-7]*)$"#, file_opened),
    row!(SFTP, "", r#"(?s)^(forced )?close "(.*)" bytes read (\d+) written (\d+)$"#, file_closed),
    row!(SFTP, "remove name \"", r#"(?s)^remove name "(.*)"$"#, file_removed),
    row!(SFTP, "mkdir name \"", r#"(?s)^mkdir name "(.*)" mode (0[0-7]*)$"#, folder_made),
    row!(SFTP, "rmdir name \"", r#"(?s)^rmdir name "(.*)"$"#, folder_removed),
    row!(SFTP, "", r#"(?s)^(?:posix-)?rename old "(.*)" new "(.*)"$"#, renamed),
    row!(SFTP, "", r#"(?s)^(symlink|hardlink) old "(.*)" new "(.*)"$"#, linked),
    row!(
        SFTP,
        "set \"",
        r#"(?s)^set "(.*)" (size|mode|modtime|owner) (\S+)(?: group (\d+))?$"#,
        attributes_set
    ),
    row!(SFTP, "sent status ", r"^sent status (.+)$", status),
    row!(SFTP, "Refusing ", r"^Refusing (\S+) request in read-only mode$", refused_read_only),
    row!(SFTP, "", r"^(?:sftp_server: )?process_(?:read|write)\b(.*)$", transfer_failed),
    row!(SFTP, "", r#"^(?:read|write) "(.*)$"#, transfer_failed),
    row!(
        SFTP,
        "",
        concat!(
            r#"^(?:(?:l|f)?stat(?:vfs)? |(?:open|(?:forced )?close)dir "|realpath "|readlink "|"#,
            r"expand|fsync |lsetstat |limits|copy-data |users-groups-by-id)"
        ),
        other_request
    ),
    row!(SFTP, "received client version ", "", noted),
    row!(SFTP, "", "^read eof|^pam_|^debug[123]: ", noted),
];

const SWITCH: &[Row] = &[
    row!(SU, "(to ", r"^\(to (.*)\) (\S+) on (\S+)$", switched),
    row!(SU, "FAILED SU (to ", r"^FAILED SU \(to (.*)\) (\S+) on (\S+)$", switch_failed),
    row!(SU, "Successful su for ", r"^Successful su for (\S+) by (\S+)()$", switched),
    row!(SU, "FAILED su for ", r"^FAILED su for (\S+) by (\S+)()$", switch_failed),
    row!(SU, "", r"^(?:pam_\w+\(|[+-] )", noted),
];
