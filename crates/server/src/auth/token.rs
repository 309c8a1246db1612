//! API tokens: their text form, and how a presented one is compared.
//!
//! A token is `annals_<id>_<secret>`: the id (8 hex digits) is the opaque `emitter` of events and
//! no secret; of the secret (256 random bits) only its SHA-256 is kept. A plain hash is enough,
//! because nobody can guess 256 random bits; a slow one would only slow each request.

use annals_record::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::role::Role;

/// Hex digits of a token's id.
pub const TOKEN_ID_CHARS: usize = 8;
/// Hex digits of a certificate's SHA-256.
const FINGERPRINT_CHARS: usize = 64;
const SECRET_BYTES: usize = 32;
const PREFIX: &str = "annals_";

/// Id of the server's own events; no token ever gets it.
pub const SERVER_EMITTER: &str = "00000000";

/// A token as the control database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The opaque id, 8 hex digits.
    pub id: String,
    /// What it is called, for people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may send events of operator `system`.
    pub may_be_system: bool,
    /// Region of its events that name none.
    pub region: Option<String>,
    /// Stack of its events that name none.
    pub stack_id: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Timestamp>,
    /// The events it is limited to, as a printed filter; none: all.
    pub scope: Option<String>,
    /// Who made it, as the operator of that event.
    pub created_by: String,
    /// The client certificate it is bound to, by its SHA-256 in hex; none: no certificate.
    pub certificate: Option<String>,
}

impl Token {
    /// True if it can be used at `now`.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }
}

/// The SHA-256 of a certificate in small hex digits, from how we or other programs write it (with
/// colons, in capitals); none if it is none.
#[must_use]
pub fn parse_fingerprint(text: &str) -> Option<String> {
    let plain = text.replace(':', "").to_ascii_lowercase();
    let is_hex = plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    (plain.len() == FINGERPRINT_CHARS && is_hex).then_some(plain)
}

/// A new token's id, text (shown once) and the hash that is kept.
pub(crate) struct Minted {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) hash: [u8; 32],
}

/// Makes a token from the system's random source.
pub(crate) fn mint() -> Result<Minted, getrandom::Error> {
    let mut id = [0; TOKEN_ID_CHARS / 2];
    while id == [0; TOKEN_ID_CHARS / 2] {
        getrandom::fill(&mut id)?;
    }
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret)?;
    let id = format!("{:08x}", u32::from_be_bytes(id));
    let text = format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(secret));
    Ok(Minted { id, text, hash: Sha256::digest(secret).into() })
}

/// The id and the secret's hash of a presented token; none if it has not the form of one.
pub(crate) fn parse(text: &str) -> Option<(&str, [u8; 32])> {
    let (id, secret) = text.strip_prefix(PREFIX)?.split_at_checked(TOKEN_ID_CHARS)?;
    let secret = URL_SAFE_NO_PAD.decode(secret.strip_prefix('_')?).ok()?;
    let is_hex = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_hex && secret.len() == SECRET_BYTES).then(|| (id, Sha256::digest(secret).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_token_parses_to_its_own_hash() {
        let minted = mint().expect("random bytes");
        assert_eq!(parse(&minted.text), Some((minted.id.as_str(), minted.hash)));
        assert_ne!(minted.id, SERVER_EMITTER);
    }

    // Foreign text in the Authorization header must be refused before the database is asked.
    #[test]
    fn other_text_is_no_token() {
        let minted = mint().expect("random bytes").text;
        let upper = minted.to_uppercase();
        let cut = &minted[..minted.len() - 1];
        for text in ["", "annals_", "annals_00", "annals_日日日日", &upper, cut] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
