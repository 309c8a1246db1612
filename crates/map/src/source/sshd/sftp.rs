//! Files over SFTP: internal-sftp and sftp-server at log level VERBOSE.
//!
//! The server handles one request at a time and logs it before it acts; success is silence, refusal
//! is the next `sent status` of that process. So a request is held until the process says anything
//! else. A transfer is one record from `open` to `close`, which carries the bytes moved.
//!
//! Who acted is said by `session opened for local user`; which connection and session it was is
//! inferred and marked so, because the log never says.

mod outcome;

use regex::Captures;
use serde_json::{Map, Value};

use super::{Done, Message, Sshd, peer};
use crate::join::session::{Request, Sftp};
use outcome::{ATTRIBUTES_EDIT, Moved, flush, open_file, settle, tell, tell_transfer};

/// The order in which the server sets and logs the attributes of one request.
const ATTRIBUTES: [&str; 4] = ["size", "mode", "modtime", "owner"];
/// `file.upload` or `file.download`, decided at `close`.
const OPEN: &str = "open";

impl Sshd {
    pub(super) fn sftp_opened(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let pid = m.pid()?;
        if let Some(old) = self.joins.sftp_take(m.host(), pid) {
            self.retire_sftp(old);
        }
        let (user, ip) = (&c[1], peer::address(&c[2]));
        let mut sftp = Sftp::new(m.host(), user, ip, m.evidence());
        let mut waiting: Vec<_> =
            ip.map(|ip| self.joins.awaiting_sftp(m.host(), user, ip).collect()).unwrap_or_default();
        // A forked process has a number soon after its parent's.
        waiting.sort_by_key(|(_, session)| pid.wrapping_sub(session.child_pid.unwrap_or(0)));
        if let Some((id, session)) = waiting.first() {
            sftp.inferred.push(match waiting.len() {
                1 => "session: joined by user and address".to_owned(),
                n => format!("session: the nearest by process number of {n} that fit"),
            });
            let (id, session_id) = (*id, session.id.clone());
            sftp.lines.insert(0, session.line.clone());
            if let Some(connection) = self.joins.get_mut(id) {
                sftp.port = connection.peer.as_ref().map(|peer| peer.port);
                sftp.uid = connection.uid.clone();
                let claimed = connection.sessions.iter_mut().find(|open| open.id == session_id);
                // A session PAM alone told of may serve more than one process.
                if let Some(claimed) = claimed.filter(|claimed| claimed.channel.is_some()) {
                    claimed.sftp_awaited = false;
                }
            }
            sftp.session_id = Some(session_id);
        }
        self.joins.sftp_start(pid, sftp);
        Ok(())
    }

    pub(super) fn sftp_closed(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        if let Some(sftp) = self.joins.sftp_take(m.host(), m.pid()?) {
            self.retire_sftp(sftp);
        }
        Ok(())
    }

    pub(super) fn file_opened(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let mut request = request(m, OPEN, &c[1]);
        request.is_open = true;
        request.details.insert("flags".into(), c[2].into());
        request.details.insert("mode".into(), c[3].into());
        self.begin(m, Some(request))
    }

    pub(super) fn file_removed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        self.begin(m, Some(request(m, "file.delete", &c[1])))
    }

    pub(super) fn folder_made(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let mut request = request(m, "folder.create", &c[1]);
        request.details.insert("mode".into(), c[2].into());
        self.begin(m, Some(request))
    }

    pub(super) fn folder_removed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        self.begin(m, Some(request(m, "folder.delete", &c[1])))
    }

    pub(super) fn renamed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let mut request = request(m, "file.move", &c[1]);
        request.other = Some(("destination".to_owned(), c[2].to_owned()));
        if m.text.matches("\" new \"").count() > 1 {
            request.inferred.push("names: the line can be split in more than one way".to_owned());
        }
        self.begin(m, Some(request))
    }

    pub(super) fn linked(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let mut request = request(m, ATTRIBUTES_EDIT, &c[3]);
        request.other = Some(("target".to_owned(), c[2].to_owned()));
        request.details.insert("action".into(), c[1].into());
        self.begin(m, Some(request))
    }

    pub(super) fn attributes_set(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let (path, attribute) = (&c[1], &c[2]);
        let value = match c.get(4) {
            Some(group) => format!("{}:{}", &c[3], group.as_str()),
            None => c[3].to_owned(),
        };
        let pid = m.pid()?;
        let held = self.joins.sftp(m.host(), pid).and_then(|sftp| sftp.pending.as_mut());
        if let Some(held) = held
            && held.operation == ATTRIBUTES_EDIT
            && held.path.as_deref() == Some(path)
            && follows(&held.details, attribute)
        {
            held.details.insert(attribute.to_owned(), value.into());
            held.rests_on(m.evidence());
            return Ok(());
        }
        let mut request = request(m, ATTRIBUTES_EDIT, path);
        request.details.insert(attribute.to_owned(), value.into());
        self.begin(m, Some(request))
    }

    /// A request that changes nothing: it decides the one before, and its own status means nothing.
    pub(super) fn other_request(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        self.begin(m, None)
    }

    pub(super) fn refused_read_only(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let operation = match &c[1] {
            "open" => {
                // The line before names the path; the status is still to come.
                if let Some(held) =
                    self.joins.sftp(m.host(), m.pid()?).and_then(|sftp| sftp.pending.as_mut())
                {
                    held.rests_on(m.evidence());
                }
                return Ok(());
            }
            "remove" => "file.delete",
            "mkdir" => "folder.create",
            "rmdir" => "folder.delete",
            "rename" | "posix-rename" => "file.move",
            _ => ATTRIBUTES_EDIT,
        };
        let mut request = request(m, operation, "");
        request.path = None;
        request.details.insert("action".into(), c[1].into());
        self.begin(m, Some(request))
    }

    pub(super) fn transfer_failed(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        // Whatever was held has succeeded, or nothing could have been transferred.
        self.begin(m, None)?;
        let sftp = self.joins.sftp(m.host(), m.pid()?);
        if let Some(file) = sftp.and_then(|sftp| sftp.open.last_mut()) {
            file.error = Some(m.text.to_owned());
            file.request.rests_on(m.evidence());
        }
        Ok(())
    }

    pub(super) fn file_closed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        self.begin(m, None)?;
        let Self { joins, done, stamp, .. } = self;
        let Some(sftp) = joins.sftp(m.host(), m.pid()?) else { return Ok(()) };
        let path = &c[2];
        let read = c[3].parse().map_err(|_| "the byte count can't be read")?;
        let written = c[4].parse().map_err(|_| "the byte count can't be read")?;
        let open = sftp.open.iter().rposition(|file| file.request.path.as_deref() == Some(path));
        let mut file = match open {
            Some(at) => sftp.open.remove(at),
            None => {
                let mut request = request(m, OPEN, path);
                request.inferred.push("the opening of the file was not seen".to_owned());
                open_file(request)
            }
        };
        if c.get(1).is_some() {
            file.error.get_or_insert_with(|| "the connection ended before the close".to_owned());
        }
        let lasted = m.line.time.duration_since(file.request.time).as_millis();
        file.request.rests_on(m.evidence());
        let moved = Moved { read, written, lasted_ms: u64::try_from(lasted).unwrap_or(0) };
        tell_transfer(sftp, file, Some(&moved), stamp, done);
        Ok(())
    }

    pub(super) fn status(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let Self { joins, done, stamp, .. } = self;
        let Some(sftp) = joins.sftp(m.host(), m.pid()?) else { return Ok(()) };
        let outcome = match &c[1] {
            "Success" | "End of file" => {
                settle(sftp, stamp, done);
                return Ok(());
            }
            "Permission denied" => "denied",
            _ => "failure",
        };
        let Some(mut request) = sftp.pending.take() else { return Ok(()) };
        request.rests_on(m.evidence());
        if ATTRIBUTES.iter().filter(|name| request.details.contains_key(**name)).count() > 1 {
            request
                .inferred
                .push("attributes: which were set before the refusal is not logged".into());
        }
        if request.is_open {
            let file = open_file(request);
            let operation = if file.writes { "file.upload" } else { "file.download" };
            request = Request { operation: operation.to_owned(), ..file.request };
        }
        tell(sftp, request, outcome, Some(&c[1]), 0, stamp, done);
        Ok(())
    }

    pub(super) fn settle_sftp(&mut self) {
        let Self { joins, done, stamp, .. } = self;
        for sftp in joins.sftp_all() {
            settle(sftp, stamp, done);
        }
    }

    pub(super) fn flush_sftp(&mut self) {
        let Self { joins, done, stamp, .. } = self;
        for sftp in joins.sftp_all() {
            flush(sftp, stamp, done);
        }
    }

    /// The process is gone: everything it left open is told.
    pub(super) fn retire_sftp(&mut self, mut sftp: Sftp) {
        flush(&mut sftp, &self.stamp, &mut self.done);
    }

    /// A new request: the one before has succeeded.
    fn begin(&mut self, m: &Message<'_>, request: Option<Request>) -> Done {
        let pid = m.pid()?;
        if self.joins.sftp(m.host(), pid).is_none() {
            if request.is_none() && !m.text.contains("close \"") {
                return Ok(());
            }
            let mut sftp = Sftp::new(m.host(), "unknown", None, m.evidence());
            sftp.lines.clear();
            sftp.inferred.push("operator: the start of the SFTP session was not seen".to_owned());
            self.joins.sftp_start(pid, sftp);
        }
        let Self { joins, done, stamp, .. } = self;
        if let Some(sftp) = joins.sftp(m.host(), pid) {
            settle(sftp, stamp, done);
            sftp.pending = request;
        }
        Ok(())
    }
}

fn request(m: &Message<'_>, operation: &str, path: &str) -> Request {
    Request {
        operation: operation.to_owned(),
        is_open: false,
        path: Some(path.to_owned()),
        other: None,
        details: Map::new(),
        time: m.line.time,
        inferred: m.line.time_inferred.iter().cloned().collect(),
        lines: vec![m.evidence()],
    }
}

/// True if `attribute` comes after all that `details` holds: it can be of the same request.
fn follows(details: &Map<String, Value>, attribute: &str) -> bool {
    let rank = |name: &str| ATTRIBUTES.iter().position(|known| *known == name);
    let last = details.keys().filter_map(|name| rank(name)).max();
    last.is_some() && last < rank(attribute)
}
