//! Logins: accepted, refused, of unknown accounts.
//!
//! A refused password takes several lines (PAM, `Failed`, `Access denied`): the try is held until a
//! line says something else. Refused keys are no tries of their own, as clients offer all they
//! have: they belong to the login that follows, or are one failed login if none does.
//!
//! sshd calls an account it knows and refuses (`AllowUsers`, locked) an "invalid user" afterwards;
//! only the line before says which it is.

use regex::Captures;

use super::{Done, Message, Sshd, peer};
use crate::draft::Draft;
use crate::join::session::{Attempt, Connection, Login, OFFERS_KEPT_MAX, Offer, Peer, Standing};

const NO_ADDRESS: &str = "the address can't be read";
/// PAM's words for a wrong password; all others refuse an account that may not log in.
const WRONG_PASSWORD: [&str; 3] = [
    "Authentication failure",
    "Have exhausted maximum number of retries for service",
    "User not known to the underlying authentication module",
];

impl Sshd {
    pub(super) fn connected(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let peer = peer::peer(&c[1], &c[2]).ok_or(NO_ADDRESS)?;
        let id = self.connect(m.host(), m.pid()?, Some(peer));
        if let Some(connection) = self.joins.get_mut(id) {
            connection.verbose = true;
        }
        Ok(())
    }

    pub(super) fn accepted(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let (id, told) = self.peer_in(m, &c[2])?;
        let mut draft = Draft::at("user.login", m.line);
        draft.operator(told.name);
        draft.object("user", told.name, None);
        draft.related("host", m.host(), "host");
        draft.source(&told.peer.ip.to_string(), Some(told.peer.port));
        draft.outcome("success", None);
        draft.inferred.extend(ambiguity(&told));
        draft.record.auth_method = Some(c[1].to_owned().into());
        draft.request.insert("protocol".into(), "ssh".into());
        if let Some(key) = told.info {
            draft.request.insert("key".into(), key.into());
        }
        let user = told.name.to_owned();
        if let Some(connection) = self.joins.get_mut(id) {
            add_offers(&mut draft, connection);
            connection.standing = Standing::Open;
        }
        let line = m.evidence();
        draft.line(&line);
        let event_id = self.tell(draft, 0);
        if let Some(connection) = self.joins.get_mut(id) {
            connection.login = Some(Login { user, event_id, line });
        }
        Ok(())
    }

    pub(super) fn failed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let (id, told) = self.peer_in(m, &c[3])?;
        let unknown_account = c.get(2).is_some();
        let mut inferred: Vec<_> = m.line.time_inferred.iter().cloned().collect();
        inferred.extend(ambiguity(&told));
        let time = m.line.time;
        let line = m.evidence();
        if matches!(&c[1], "publickey" | "hostbased") {
            self.tell_attempt(id);
            if let Some(connection) = self.joins.get_mut(id) {
                connection.offers_count += 1;
                if connection.offers.len() < OFFERS_KEPT_MAX {
                    let (user, method) = (told.name.to_owned(), c[1].to_owned());
                    let offer = Offer { user, method, unknown_account, time, inferred, line };
                    connection.offers.push(offer);
                }
            }
            return Ok(());
        }
        let held = self.joins.get_mut(id).and_then(|connection| connection.attempt.take());
        let mut attempt = match held {
            // PAM's line about this very try.
            Some(held) if held.method.is_none() && held.user == told.name => held,
            other => {
                self.restore_and_tell(id, other);
                Attempt {
                    user: told.name.to_owned(),
                    unknown_account,
                    method: None,
                    denied: false,
                    reason: None,
                    peer_ip: Some(told.peer.ip),
                    time,
                    inferred: Vec::new(),
                    lines: Vec::new(),
                }
            }
        };
        attempt.method = Some(c[1].to_owned());
        attempt.unknown_account |= unknown_account;
        attempt.time = time;
        attempt.inferred = inferred;
        attempt.lines.push(line);
        self.hold(id, attempt);
        Ok(())
    }

    pub(super) fn pam_refused(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let id = self.connection_of(m, None)?;
        self.tell_attempt(id);
        let reason = &c[1];
        let attempt = Attempt {
            user: c[3].to_owned(),
            unknown_account: c.get(2).is_some(),
            method: None,
            denied: !WRONG_PASSWORD.contains(&reason),
            reason: Some(reason.to_owned()),
            peer_ip: peer::address(&c[4]),
            time: m.line.time,
            inferred: m.line.time_inferred.iter().cloned().collect(),
            lines: vec![m.evidence()],
        };
        self.hold(id, attempt);
        Ok(())
    }

    pub(super) fn access_denied(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let id = self.connection_of(m, None)?;
        let held = self.joins.get_mut(id).and_then(|connection| connection.attempt.take());
        let mut attempt = held.unwrap_or_else(|| Attempt {
            user: c[1].to_owned(),
            unknown_account: false,
            method: None,
            denied: true,
            reason: None,
            peer_ip: None,
            time: m.line.time,
            inferred: m.line.time_inferred.iter().cloned().collect(),
            lines: Vec::new(),
        });
        attempt.denied = true;
        attempt.reason = Some(format!("access denied by {}", &c[2]));
        attempt.lines.push(m.evidence());
        self.hold(id, attempt);
        self.tell_attempt(id);
        Ok(())
    }

    pub(super) fn unknown(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let peer = c.get(3).and_then(|port| peer::peer(&c[2], port.as_str()));
        let (line, time) = (m.evidence(), m.line.time);
        self.stand(m, peer.as_ref(), Standing::Unknown { user: c[1].to_owned(), line, time })
    }

    pub(super) fn not_allowed(&mut self, m: &Message<'_>, c: &Captures<'_>) -> Done {
        let (user, reason) = (c[1].to_owned(), c[2].to_owned());
        let (line, time) = (m.evidence(), m.line.time);
        self.stand(m, None, Standing::Denied { user, reason, line, time })
    }

    pub(super) fn root_refused(&mut self, m: &Message<'_>, _: &Captures<'_>) -> Done {
        let (user, reason) = ("root".to_owned(), "root login refused".to_owned());
        let (line, time) = (m.evidence(), m.line.time);
        self.stand(m, None, Standing::Denied { user, reason, line, time })
    }

    fn stand(&mut self, m: &Message<'_>, peer: Option<&Peer>, standing: Standing) -> Done {
        let id = self.connection_of(m, peer)?;
        if let Some(connection) = self.joins.get_mut(id) {
            connection.standing = standing;
            connection.refusal_told = false;
        }
        Ok(())
    }

    /// Tells of a refused try that was held back, if there is one.
    pub(super) fn tell_attempt(&mut self, id: u64) {
        let Some(connection) = self.joins.get_mut(id) else { return };
        let Some(attempt) = connection.attempt.take() else { return };
        connection.refusal_told = true;
        let mut draft = refusal(connection, &attempt);
        add_offers(&mut draft, connection);
        draft.lines(&attempt.lines);
        self.tell(draft, 0);
    }

    /// A connection ends without a login: tells what no `Failed` line has told.
    pub(super) fn tell_refusal(&mut self, id: u64) {
        let Some(connection) = self.joins.get_mut(id) else { return };
        let attempt = match (connection.offers.last(), &connection.standing) {
            _ if connection.login.is_some() => return,
            (Some(offer), _) => Attempt {
                user: offer.user.clone(),
                unknown_account: offer.unknown_account,
                method: Some(offer.method.clone()),
                denied: false,
                reason: Some("no key that was offered is accepted".to_owned()),
                peer_ip: None,
                time: offer.time,
                inferred: offer.inferred.clone(),
                lines: Vec::new(),
            },
            (None, Standing::Open) => return,
            _ if connection.refusal_told => return,
            (
                None,
                Standing::Unknown { user, line, time } | Standing::Denied { user, line, time, .. },
            ) => Attempt {
                user: user.clone(),
                unknown_account: matches!(connection.standing, Standing::Unknown { .. }),
                method: None,
                denied: false,
                reason: None,
                peer_ip: None,
                time: *time,
                inferred: Vec::new(),
                lines: vec![line.clone()],
            },
        };
        connection.attempt = Some(attempt);
        self.tell_attempt(id);
    }

    /// The connection of a message: known, or new.
    pub(super) fn connection_of(
        &mut self,
        m: &Message<'_>,
        peer: Option<&Peer>,
    ) -> Result<u64, &'static str> {
        let pid = m.pid()?;
        if let Some(id) = self.joins.connection(m.host(), pid, peer) {
            if let Some(peer) = peer {
                self.joins.locate(id, peer.clone());
            }
            return Ok(id);
        }
        Ok(self.connect(m.host(), pid, peer.cloned()))
    }

    /// A new connection; whatever its process number named before is over.
    fn connect(&mut self, host: &str, pid: u32, peer: Option<Peer>) -> u64 {
        if let Some(old) = self.joins.owner(host, pid) {
            self.retire(old);
        }
        self.joins.connect(host, pid, peer)
    }

    fn peer_in<'t>(
        &mut self,
        m: &Message<'_>,
        text: &'t str,
    ) -> Result<(u64, peer::Told<'t>), &'static str> {
        let owner = self.joins.owner(m.host(), m.pid()?);
        let known = owner.and_then(|id| self.joins.get(id)?.peer.as_ref());
        let told = peer::after_name(text, known).ok_or(NO_ADDRESS)?;
        let id = self.connection_of(m, Some(&told.peer))?;
        Ok((id, told))
    }

    fn hold(&mut self, id: u64, attempt: Attempt) {
        if let Some(connection) = self.joins.get_mut(id) {
            connection.attempt = Some(attempt);
        }
    }

    fn restore_and_tell(&mut self, id: u64, attempt: Option<Attempt>) {
        if let Some(attempt) = attempt {
            self.hold(id, attempt);
            self.tell_attempt(id);
        }
    }
}

/// A refused login as a record, without the lines of the try itself.
fn refusal(connection: &Connection, attempt: &Attempt) -> Draft {
    let standing = match &connection.standing {
        // Names come and go in one connection; only what was said of this one counts.
        Standing::Unknown { user, .. } | Standing::Denied { user, .. } if *user != attempt.user => {
            &Standing::Open
        }
        standing => standing,
    };
    let account_denied = matches!(standing, Standing::Denied { .. });
    let unknown = !account_denied
        && (attempt.unknown_account || matches!(standing, Standing::Unknown { .. }));
    let operation = if unknown { "user.login_unknown" } else { "user.login" };
    let mut draft = Draft::new(operation, attempt.time);
    draft.inferred.extend(attempt.inferred.iter().cloned());
    draft.operator(&attempt.user);
    if unknown {
        draft.record.user_type = Some("unknown".into());
    }
    draft.object(if unknown { "account" } else { "user" }, &attempt.user, None);
    draft.related("host", &connection.host, "host");
    if let Some(peer) = &connection.peer {
        draft.source(&peer.ip.to_string(), Some(peer.port));
    } else if let Some(ip) = attempt.peer_ip {
        draft.source(&ip.to_string(), None);
    }
    draft.record.auth_method = attempt.method.clone().map(Into::into);
    draft.request.insert("protocol".into(), "ssh".into());
    let outcome = if unknown || account_denied || attempt.denied { "denied" } else { "failure" };
    let standing_reason = match standing {
        Standing::Denied { reason, line, .. } => {
            draft.line(line);
            Some(reason.as_str())
        }
        Standing::Unknown { line, .. } => {
            draft.line(line);
            Some("there is no such account")
        }
        Standing::Open => None,
    };
    draft.outcome(outcome, standing_reason.or(attempt.reason.as_deref()));
    draft
}

/// Moves the refused keys of a connection into the record of the try they led to.
fn add_offers(draft: &mut Draft, connection: &mut Connection) {
    if connection.offers_count > 0 {
        draft.request.insert("keys_refused".into(), connection.offers_count.into());
    }
    for offer in connection.offers.drain(..) {
        draft.line(&offer.line);
    }
    connection.offers_count = 0;
}

fn ambiguity(told: &peer::Told<'_>) -> Option<String> {
    told.ambiguous.then(|| "source_ip: the last of several that the line could mean".to_owned())
}
