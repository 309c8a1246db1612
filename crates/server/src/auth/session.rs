//! Sessions: the secret in a browser's cookie, and what is known of whoever holds it.
//!
//! 256 random bits of which only the SHA-256 is kept, for the reason given in `auth::token`. A
//! session ends after a pause, at a fixed time, or when it is revoked, whichever comes first.

use std::net::IpAddr;

use annals_record::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const SECRET_BYTES: usize = 32;
/// Random bytes of a session's id, which is no secret.
const ID_BYTES: usize = 8;

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name for people and events, no secret.
    pub id: String,
    /// The account's id.
    pub account: String,
    /// When somebody signed in.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_used: Timestamp,
    /// When it ends whatever happens.
    pub expires: Timestamp,
    /// From where somebody signed in.
    pub source_ip: Option<IpAddr>,
    /// With which browser.
    pub user_agent: Option<String>,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Nanoseconds without use after which one ends.
    pub idle_nanos: i64,
    /// Nanoseconds after which one ends in any case.
    pub most_nanos: i64,
}

impl Lifetimes {
    /// Whole seconds without use after which a session ends.
    #[must_use]
    pub fn idle_seconds(self) -> u64 {
        u64::try_from(self.idle_nanos / 1_000_000_000).unwrap_or_default()
    }
}

/// A new session's id, cookie and the hash that is kept.
pub(crate) struct Opened {
    pub(crate) id: String,
    pub(crate) cookie: String,
    pub(crate) hash: [u8; 32],
}

/// Draws the secret of a new session.
pub(crate) fn open() -> Result<Opened, getrandom::Error> {
    let mut id = [0; ID_BYTES];
    getrandom::fill(&mut id)?;
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret)?;
    Ok(Opened {
        id: format!("{:016x}", u64::from_be_bytes(id)),
        cookie: URL_SAFE_NO_PAD.encode(secret),
        hash: Sha256::digest(secret).into(),
    })
}

/// The hash of a presented cookie; none if it has not the form of one.
pub(crate) fn hash(cookie: &str) -> Option<[u8; 32]> {
    let secret = URL_SAFE_NO_PAD.decode(cookie).ok()?;
    (secret.len() == SECRET_BYTES).then(|| Sha256::digest(secret).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Foreign text in the cookie is refused before the database is asked.
    #[test]
    fn a_cookie_hashes_to_what_is_kept() {
        let opened = open().expect("random");
        assert_eq!(hash(&opened.cookie), Some(opened.hash));
        assert_eq!(opened.id.len(), 16);
        for text in ["", "x", &opened.cookie[1..], "日日日", &opened.id] {
            assert_eq!(hash(text), None, "{text}");
        }
    }
}
