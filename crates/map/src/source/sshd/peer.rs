//! The peer's address in a message that also holds a name the peer chose.
//!
//! sshd writes `… for NAME from IP port N ssh2…`. NAME may hold any text, ` from 1.2.3.4 port 22
//! ssh2` too, so the address is read from the right, and where the process's own connection is
//! known, only that address is believed.

use std::net::IpAddr;

use crate::join::session::Peer;

/// `NAME from IP port N ssh2[: INFO]` taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told<'t> {
    pub(super) name: &'t str,
    pub(super) peer: Peer,
    /// What stands behind `ssh2: `, a key for example.
    pub(super) info: Option<&'t str>,
    /// More than one reading fits and nothing decided between them.
    pub(super) ambiguous: bool,
}

/// Takes `text` apart; `known` is the address the process is known to talk to.
pub(super) fn after_name<'t>(text: &'t str, known: Option<&Peer>) -> Option<Told<'t>> {
    let mut last: Option<Told<'t>> = None;
    for (at, _) in text.rmatch_indices(" from ") {
        let Some((peer, info)) = address_and_info(&text[at + " from ".len()..]) else { continue };
        let told = Told { name: &text[..at], peer, info, ambiguous: false };
        if known == Some(&told.peer) {
            return Some(told);
        }
        match &mut last {
            None => last = Some(told),
            Some(last) => last.ambiguous = true,
        }
    }
    last
}

/// `IP port N ssh2`, alone or followed by `: INFO`.
fn address_and_info(text: &str) -> Option<(Peer, Option<&str>)> {
    let (ip, rest) = text.split_once(" port ")?;
    let (port, rest) = rest.split_once(' ')?;
    let info = match rest.strip_prefix("ssh2")? {
        "" => None,
        rest => Some(rest.strip_prefix(": ")?),
    };
    Some((peer(ip, port)?, info))
}

/// `… IP port N` at the very end of a message, as the lines that end a connection write it.
pub(super) fn at_end(text: &str) -> Option<Peer> {
    let (rest, port) = text.rsplit_once(" port ")?;
    let ip = rest.rsplit_once(' ').map_or(rest, |(_, ip)| ip);
    peer(ip, port)
}

/// Address and port as sshd writes them; a link-local zone is left out.
pub(super) fn peer(ip: &str, port: &str) -> Option<Peer> {
    Some(Peer { ip: address(ip)?, port: port.parse().ok()? })
}

/// An address as sshd writes it.
pub(super) fn address(ip: &str) -> Option<IpAddr> {
    ip.split('%').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, known: Option<&str>, expected: Option<(&str, &str, bool)>) {
        let known = known.map(|ip| peer(ip, "5555").unwrap());
        let told = after_name(text, known.as_ref());
        let told = told.map(|told| (told.name, told.peer.ip.to_string(), told.ambiguous));
        let expected = expected.map(|(name, ip, ambiguous)| (name, ip.to_owned(), ambiguous));
        assert_eq!(told, expected, "{text}");
    }

    /// A user name must not be able to put its own address into the log.
    #[test]
    fn names_do_not_forge_addresses() {
        check("bob from 9.9.9.9 port 5555 ssh2", None, Some(("bob", "9.9.9.9", false)));
        check("bob from ::1 port 5555 ssh2: ED25519 x", None, Some(("bob", "::1", false)));
        check("a b  from fe80::1%eth0 port 5555 ssh2", None, Some(("a b ", "fe80::1", false)));
        let forged = "x from 1.2.3.4 port 5555 ssh2 from 9.9.9.9 port 5555 ssh2";
        let name = "x from 1.2.3.4 port 5555 ssh2";
        check(forged, None, Some((name, "9.9.9.9", false)));
        check(forged, Some("9.9.9.9"), Some((name, "9.9.9.9", false)));
        // The name of a certificate stands behind the address and may forge one as well.
        let id = "x from 9.9.9.9 port 5555 ssh2: ED25519-CERT ID y from 1.2.3.4 port 22 ssh2";
        check(id, Some("9.9.9.9"), Some(("x", "9.9.9.9", false)));
        check(
            id,
            None,
            Some((&id[..id.len() - " from 1.2.3.4 port 22 ssh2".len()], "1.2.3.4", true)),
        );
        check("bob from UNKNOWN port 65535 ssh2", None, None);
        check("bob from 9.9.9.9 port 99999 ssh2", None, None);
        check("", None, None);
    }

    /// Lines that end a connection have the address last, behind a name.
    #[test]
    fn address_at_the_end() {
        let ends = |text: &str| at_end(text).map(|peer| format!("{} {}", peer.ip, peer.port));
        let forged = "Connection closed by invalid user a 1.2.3.4 port 2 9.9.9.9 port 5";
        assert_eq!(ends(forged).as_deref(), Some("9.9.9.9 5"));
        assert_eq!(ends("port 5"), None);
        assert_eq!(ends("9.9.9.9 port 5 more"), None);
    }
}
