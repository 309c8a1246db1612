//! The processes of OpenSSH on each host: which connection, user and session a line belongs to.
//!
//! A connection is owned by its monitor process, later by a child as well, and is found by host
//! and process id, or by the peer's address where the log does not name the child. An SFTP process
//! names only user and address; which session it serves is inferred.
//!
//! What it does not do: read messages or make records.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::place::Evidence;

/// Connections and SFTP processes kept, each; beyond it the quarter not heard of for longest goes.
pub(crate) const KEPT_MAX: usize = 4096;
/// Lines kept of refused key offers of one connection; more are counted only.
pub(crate) const OFFERS_KEPT_MAX: usize = 8;
/// Sessions of one connection, and open files of one SFTP process.
pub(crate) const OPEN_MAX: usize = 256;

/// The other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Peer {
    pub(crate) ip: IpAddr,
    pub(crate) port: u16,
}

/// One connection of a client to a host.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) host: String,
    pub(crate) peer: Option<Peer>,
    /// Its start was logged, so the server logs at VERBOSE and will name each session.
    pub(crate) verbose: bool,
    pub(crate) login: Option<Login>,
    /// UID of the account, as PAM says it.
    pub(crate) uid: Option<String>,
    /// What is known against the account before any method was tried.
    pub(crate) standing: Standing,
    /// A refused try whose next line may still say why.
    pub(crate) attempt: Option<Attempt>,
    /// Keys offered and refused: part of the login that follows, or a failed one if none does.
    pub(crate) offers: Vec<Offer>,
    pub(crate) offers_count: u32,
    /// A record about a refused try was made since the last change of standing.
    pub(crate) refusal_told: bool,
    pub(crate) sessions: Vec<Session>,
    /// Its monitor, and children that speak for it.
    pids: Vec<u32>,
    heard: u64,
}

/// A login that succeeded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) event_id: String,
    pub(crate) line: Evidence,
}

/// What sshd said about the account itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// Nothing yet.
    #[default]
    Open,
    /// There is no such account.
    Unknown { user: String, line: Evidence, time: jiff::Timestamp },
    /// It exists and may not log in.
    Denied { user: String, reason: String, line: Evidence, time: jiff::Timestamp },
}

/// A refused try to log in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) user: String,
    pub(crate) unknown_account: bool,
    pub(crate) method: Option<String>,
    pub(crate) denied: bool,
    pub(crate) reason: Option<String>,
    pub(crate) peer_ip: Option<IpAddr>,
    pub(crate) time: jiff::Timestamp,
    pub(crate) inferred: Vec<String>,
    pub(crate) lines: Vec<Evidence>,
}

/// A key offered and refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) user: String,
    pub(crate) method: String,
    pub(crate) unknown_account: bool,
    pub(crate) time: jiff::Timestamp,
    pub(crate) inferred: Vec<String>,
    pub(crate) line: Evidence,
}

/// A command, shell or subsystem running in a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// sshd's own number; `None` for a session only PAM told of.
    pub(crate) channel: Option<u32>,
    pub(crate) kind: String,
    pub(crate) tty: Option<String>,
    pub(crate) user: String,
    pub(crate) started: jiff::Timestamp,
    pub(crate) line: Evidence,
    pub(crate) child_pid: Option<u32>,
    /// May serve files, and no SFTP process has claimed it yet.
    pub(crate) sftp_awaited: bool,
}

/// An SFTP server process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sftp {
    pub(crate) host: String,
    pub(crate) user: String,
    pub(crate) uid: Option<String>,
    pub(crate) ip: Option<IpAddr>,
    pub(crate) port: Option<u16>,
    pub(crate) session_id: Option<String>,
    pub(crate) inferred: Vec<String>,
    /// The lines that say who it serves.
    pub(crate) lines: Vec<Evidence>,
    pub(crate) pending: Option<Request>,
    pub(crate) open: Vec<OpenFile>,
    heard: u64,
}

/// A request whose outcome the next line of the process decides.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) operation: String,
    /// `open` makes no record by itself when it succeeds.
    pub(crate) is_open: bool,
    /// Absent where the server refused before it named the path.
    pub(crate) path: Option<String>,
    pub(crate) other: Option<(String, String)>,
    pub(crate) details: serde_json::Map<String, serde_json::Value>,
    pub(crate) time: jiff::Timestamp,
    pub(crate) inferred: Vec<String>,
    pub(crate) lines: Vec<Evidence>,
}

impl Request {
    /// Lines kept of one request; a file can be changed any number of times while it is open.
    const LINES_MAX: usize = 16;

    /// Adds a line this request rests on.
    pub(crate) fn rests_on(&mut self, line: Evidence) {
        if self.lines.len() < Self::LINES_MAX {
            self.lines.push(line);
        } else if let Some(last) = self.lines.last_mut() {
            *last = line;
        }
    }
}

/// A file an SFTP process holds open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OpenFile {
    pub(crate) request: Request,
    pub(crate) writes: bool,
    pub(crate) reads: bool,
    pub(crate) error: Option<String>,
}

impl Sftp {
    pub(crate) fn new(host: &str, user: &str, ip: Option<IpAddr>, line: Evidence) -> Self {
        Self {
            host: host.to_owned(),
            user: user.to_owned(),
            uid: None,
            ip,
            port: None,
            session_id: None,
            inferred: Vec::new(),
            lines: vec![line],
            pending: None,
            open: Vec::new(),
            heard: 0,
        }
    }
}

/// All of it. Maps are ordered so that a saved state is the same bytes for the same state.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Joins {
    heard: u64,
    next: u64,
    connections: BTreeMap<u64, Connection>,
    /// `host/pid` of monitor and child.
    owners: BTreeMap<String, u64>,
    /// `host/ip/port`.
    peers: BTreeMap<String, u64>,
    sftp: BTreeMap<String, Sftp>,
}

fn process_key(host: &str, pid: u32) -> String {
    format!("{host}/{pid}")
}

fn peer_key(host: &str, peer: &Peer) -> String {
    format!("{host}/{}/{}", peer.ip, peer.port)
}

impl Joins {
    /// A new connection of process `pid`, in place of whatever these numbers named before.
    pub(crate) fn connect(&mut self, host: &str, pid: u32, peer: Option<Peer>) -> u64 {
        let id = self.next;
        self.next += 1;
        self.heard += 1;
        self.owners.insert(process_key(host, pid), id);
        if let Some(peer) = &peer {
            self.peers.insert(peer_key(host, peer), id);
        }
        let (heard, pids, host) = (self.heard, vec![pid], host.to_owned());
        let connection = Connection { host, peer, pids, heard, ..Connection::default() };
        self.connections.insert(id, connection);
        id
    }

    /// Whose line this is: by process, else by address. A process that talks to another address
    /// than its connection has is a new one under an old number.
    pub(crate) fn connection(&mut self, host: &str, pid: u32, peer: Option<&Peer>) -> Option<u64> {
        let by_peer = || peer.and_then(|peer| self.peers.get(&peer_key(host, peer)));
        let id = match self.owners.get(&process_key(host, pid)) {
            Some(id) if self.fits(*id, peer) => *id,
            _ => *by_peer()?,
        };
        self.heard += 1;
        let heard = self.heard;
        let connection = self.connections.get_mut(&id)?;
        connection.heard = heard;
        Some(id)
    }

    fn fits(&self, id: u64, peer: Option<&Peer>) -> bool {
        self.connections.get(&id).is_some_and(|connection| match (&connection.peer, peer) {
            (Some(known), Some(said)) => known == said,
            _ => true,
        })
    }

    /// The connection that process `pid` speaks for.
    pub(crate) fn owner(&self, host: &str, pid: u32) -> Option<u64> {
        self.owners.get(&process_key(host, pid)).copied()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Connection> {
        self.connections.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Connection> {
        self.connections.get_mut(&id)
    }

    /// Ids of all connections, for a flush.
    pub(crate) fn ids(&self) -> Vec<u64> {
        self.connections.keys().copied().collect()
    }

    /// Process `pid` speaks for a connection too.
    pub(crate) fn adopt(&mut self, host: &str, pid: u32, id: u64) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.pids.push(pid);
            self.owners.insert(process_key(host, pid), id);
        }
    }

    /// Says the address of a connection that was first heard of without one.
    pub(crate) fn locate(&mut self, id: u64, peer: Peer) {
        if let Some(connection) = self.connections.get_mut(&id)
            && connection.peer.is_none()
        {
            self.peers.insert(peer_key(&connection.host, &peer), id);
            connection.peer = Some(peer);
        }
    }

    /// Forgets a connection and the numbers that name it.
    pub(crate) fn forget(&mut self, id: u64) -> Option<Connection> {
        let connection = self.connections.remove(&id)?;
        for pid in &connection.pids {
            let key = process_key(&connection.host, *pid);
            if self.owners.get(&key) == Some(&id) {
                self.owners.remove(&key);
            }
        }
        if let Some(peer) = &connection.peer {
            let key = peer_key(&connection.host, peer);
            if self.peers.get(&key) == Some(&id) {
                self.peers.remove(&key);
            }
        }
        Some(connection)
    }

    pub(crate) fn sftp(&mut self, host: &str, pid: u32) -> Option<&mut Sftp> {
        self.heard += 1;
        let heard = self.heard;
        let sftp = self.sftp.get_mut(&process_key(host, pid))?;
        sftp.heard = heard;
        Some(sftp)
    }

    pub(crate) fn sftp_start(&mut self, pid: u32, mut sftp: Sftp) {
        self.heard += 1;
        sftp.heard = self.heard;
        self.sftp.insert(process_key(&sftp.host, pid), sftp);
    }

    pub(crate) fn sftp_take(&mut self, host: &str, pid: u32) -> Option<Sftp> {
        self.sftp.remove(&process_key(host, pid))
    }

    /// All SFTP processes, for settling.
    pub(crate) fn sftp_all(&mut self) -> impl Iterator<Item = &mut Sftp> {
        self.sftp.values_mut()
    }

    /// Connections that have a session waiting for its SFTP process.
    pub(crate) fn awaiting_sftp<'j>(
        &'j self,
        host: &'j str,
        user: &'j str,
        ip: IpAddr,
    ) -> impl Iterator<Item = (u64, &'j Session)> {
        let fits = move |connection: &Connection| {
            connection.host == host && connection.peer.as_ref().is_some_and(|peer| peer.ip == ip)
        };
        self.connections.iter().filter(move |(_, connection)| fits(connection)).flat_map(
            move |(id, connection)| {
                let waits = move |session: &&Session| session.sftp_awaited && session.user == user;
                connection.sessions.iter().filter(waits).map(move |session| (*id, session))
            },
        )
    }

    /// What must go to keep the bounds: the connections and SFTP processes not heard of longest.
    pub(crate) fn overdue(&mut self) -> (Vec<u64>, Vec<Sftp>) {
        let mut connections = Vec::new();
        if self.connections.len() > KEPT_MAX {
            let mut by_age: Vec<_> =
                self.connections.iter().map(|(id, c)| (c.heard, *id)).collect();
            by_age.sort_unstable();
            connections = by_age.into_iter().take(KEPT_MAX / 4).map(|(_, id)| id).collect();
        }
        let mut gone = Vec::new();
        if self.sftp.len() > KEPT_MAX {
            let mut by_age: Vec<_> =
                self.sftp.iter().map(|(key, s)| (s.heard, key.clone())).collect();
            by_age.sort_unstable();
            for (_, key) in by_age.into_iter().take(KEPT_MAX / 4) {
                gone.extend(self.sftp.remove(&key));
            }
        }
        (connections, gone)
    }
}
