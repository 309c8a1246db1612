//! Connections and the sessions in them: who runs a command, a shell or a subsystem, from where,
//! and how it ended.
//!
//! At LogLevel VERBOSE sshd names every session. Below it only PAM tells that there is one; then a
//! connection has one session of unknown kind, and the record says so.

use regex::Captures;

use super::{Done, Message, Sshd, peer};
use crate::decode::Line;
use crate::draft::Draft;
use crate::join::session::{Connection, OPEN_MAX, Session};

/// What the disconnect message code 11 means (RFC 4253, section 11.1: by application).
const BY_APPLICATION: &str = "11";

/// How a session came to its end.
struct End<'a> {
    /// In the words of the catalogue; absent where the log does not say.
    cause: Option<&'static str>,
    /// In the log's own words.
    message: &'a str,
}

impl Sshd {
    pub(super) fn child(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let child = c[1].parse().map_err(|_| "the child's process id can't be read")?;
        if let Some(id) = self.joins.owner(m.host(), m.pid()?) {
            if let Some(old) = self.joins.owner(m.host(), child)
                && old != id
            {
                self.retire(old);
            }
            self.joins.adopt(m.host(), child, id);
        }
        Ok(())
    }

    pub(super) fn pam_opened(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let Some(id) = self.joins.owner(m.host(), m.pid()?) else { return Ok(()) };
        let Some(connection) = self.joins.get_mut(id) else { return Ok(()) };
        connection.uid = c.get(2).map(|uid| uid.as_str().to_owned());
        if connection.verbose || connection.login.is_none() {
            return Ok(());
        }
        let session = Session {
            id: self.stamp.ids.session(m.raw.place),
            channel: None,
            kind: "unknown".to_owned(),
            tty: None,
            user: c[1].to_owned(),
            started: m.line.time,
            line: m.evidence(),
            child_pid: None,
            sftp_awaited: true,
        };
        let mut draft = draft_of(connection, &session, "host.session.open", m.line);
        draft.inferred.push("kind: not logged below LogLevel VERBOSE".to_owned());
        draft.line(&session.line);
        connection.sessions.push(session);
        self.tell(draft, 0);
        Ok(())
    }

    pub(super) fn session_opened(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let peer = peer::peer(&c[3], &c[4]).ok_or("the address can't be read")?;
        let pid = m.pid()?;
        let id = self.connection_of(m, Some(&peer))?;
        let Some(connection) = self.joins.get_mut(id) else { return Ok(()) };
        let (what, tty) = split_tty(&c[1]);
        let session = Session {
            id: self.stamp.ids.session(m.raw.place),
            channel: c[5].parse().ok(),
            kind: kind_of(what, tty).to_owned(),
            tty: tty.map(str::to_owned),
            user: c[2].to_owned(),
            started: m.line.time,
            line: m.evidence(),
            child_pid: Some(pid),
            sftp_awaited: what.contains("sftp"),
        };
        if let Some(told) = connection.sessions.iter_mut().find(|told| told.channel.is_none()) {
            // PAM told of it first; this line only says more.
            *told = Session { id: told.id.clone(), started: told.started, ..session };
            return Ok(());
        }
        let mut draft = draft_of(connection, &session, "host.session.open", m.line);
        draft.request.insert("requested".into(), what.into());
        draft.line(&session.line);
        if connection.sessions.len() < OPEN_MAX {
            connection.sessions.push(session);
        }
        self.tell(draft, 0);
        Ok(())
    }

    pub(super) fn session_closed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let peer = peer::peer(&c[2], &c[3]);
        let Some(id) = self.joins.connection(m.host(), m.pid()?, peer.as_ref()) else {
            return Ok(());
        };
        let channel = c[4].parse().ok();
        let Some(connection) = self.joins.get_mut(id) else { return Ok(()) };
        let Some(at) = connection.sessions.iter().position(|open| open.channel == channel) else {
            return Ok(());
        };
        let session = connection.sessions.remove(at);
        let end = End { cause: Some("user"), message: "the session's own end" };
        let draft = close_draft(connection, &session, m, &end);
        self.tell(draft, 0);
        Ok(())
    }

    pub(super) fn disconnected(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let cause = if &c[3] == BY_APPLICATION { "user" } else { "network" };
        let peer = peer::peer(&c[1], &c[2]);
        self.ended(m, peer, &End { cause: Some(cause), message: &c[4] })
    }

    pub(super) fn ended_by_network(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        self.ended(m, peer::at_end(m.text), &End { cause: Some("network"), message: m.text })
    }

    pub(super) fn ended_by_timeout(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        self.ended(m, peer::at_end(m.text), &End { cause: Some("timeout"), message: m.text })
    }

    pub(super) fn ended_by_server(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        self.ended(m, None, &End { cause: None, message: m.text })
    }

    pub(super) fn pam_closed(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        let Some(id) = self.joins.owner(m.host(), m.pid()?) else { return Ok(()) };
        self.close_all(m, id, &End { cause: None, message: m.text });
        self.joins.forget(id);
        Ok(())
    }

    /// The process number was used again, or too many are kept: what was held back is told. A
    /// session whose end was never logged stays without one.
    pub(super) fn retire(&mut self, id: u64) {
        self.tell_attempt(id);
        self.tell_refusal(id);
        self.joins.forget(id);
    }

    fn ended(
        &mut self,
        m: &Message<'_>,
        peer: Option<crate::join::session::Peer>,
        end: &End<'_>,
    ) -> Done {
        let Some(id) = self.joins.connection(m.host(), m.pid()?, peer.as_ref()) else {
            return Ok(());
        };
        if self.joins.get(id).is_some_and(|connection| connection.login.is_some()) {
            // PAM's last line forgets the connection.
            self.close_all(m, id, end);
        } else {
            self.retire(id);
        }
        Ok(())
    }

    fn close_all(&mut self, m: &Message<'_>, id: u64, end: &End<'_>) {
        let Some(connection) = self.joins.get_mut(id) else { return };
        let sessions = std::mem::take(&mut connection.sessions);
        let drafts: Vec<_> =
            sessions.iter().map(|session| close_draft(connection, session, m, end)).collect();
        for (counter, draft) in (0..).zip(drafts) {
            self.tell(draft, counter);
        }
    }
}

fn draft_of(
    connection: &Connection,
    session: &Session,
    operation: &'static str,
    line: &Line<'_>,
) -> Draft {
    let mut draft = Draft::at(operation, line);
    draft.operator(&session.user);
    draft.record.operator_id = connection.uid.clone().map(Into::into);
    draft.object("host", &connection.host, None);
    if let Some(peer) = &connection.peer {
        draft.source(&peer.ip.to_string(), Some(peer.port));
    }
    draft.outcome("success", None);
    draft.record.session_id = Some(session.id.clone().into());
    if let Some(login) = &connection.login {
        draft.record.cause_id = Some(login.event_id.clone().into());
        draft.line(&login.line);
    }
    draft.request.insert("protocol".into(), "ssh".into());
    draft.request.insert("kind".into(), session.kind.as_str().into());
    if let Some(tty) = &session.tty {
        draft.request.insert("tty".into(), tty.as_str().into());
    }
    draft
}

fn close_draft(
    connection: &Connection,
    session: &Session,
    m: &Message<'_>,
    end: &End<'_>,
) -> Draft {
    let mut draft = draft_of(connection, session, "host.session.close", m.line);
    let lasted = m.line.time.duration_since(session.started).as_millis();
    draft.request.insert("lasted_ms".into(), u64::try_from(lasted).unwrap_or(0).into());
    draft.request.insert("end_message".into(), end.message.into());
    match end.cause {
        Some(cause) => drop(draft.request.insert("end_cause".into(), cause.into())),
        None => draft.inferred.push("end_cause: the log does not say".to_owned()),
    }
    draft.line(&session.line);
    draft.line(&m.evidence());
    draft
}

/// `command on pts/0` -> `command`, `pts/0`.
fn split_tty(what: &str) -> (&str, Option<&str>) {
    let is_tty = |tty: &str| {
        !tty.is_empty() && tty.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c))
    };
    match what.rsplit_once(" on ") {
        Some((what, tty)) if is_tty(tty) => (what, Some(tty)),
        _ => (what, None),
    }
}

fn kind_of(what: &str, tty: Option<&str>) -> &'static str {
    match tty {
        Some(_) => "pty",
        None if what.starts_with("subsystem ") => "subsystem",
        None => "exec",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(what: &str, expected: (&str, Option<&str>, &str)) {
        let (command, tty) = split_tty(what);
        assert_eq!((command, tty, kind_of(command, tty)), expected, "{what}");
    }

    /// A forced command may hold ` on ` itself; it is quoted and must not be read as a terminal.
    #[test]
    fn kinds_and_terminals() {
        check("command", ("command", None, "exec"));
        check("shell on pts/0", ("shell", Some("pts/0"), "pty"));
        check("subsystem 'sftp'", ("subsystem 'sftp'", None, "subsystem"));
        let forced = "forced-command (config) 'carry on me'";
        check(forced, (forced, None, "exec"));
        check(&format!("{forced} on pts/12"), (forced, Some("pts/12"), "pty"));
    }
}
