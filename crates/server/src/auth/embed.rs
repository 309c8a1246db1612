//! Tokens of embedded pages: signed by the server, good for minutes, kept nowhere.
//!
//! What such a token says stands in it, under a keyed hash. It never shows more than whoever made
//! it may see at the moment of use, and it ends with them.

use annals_record::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const PREFIX: &str = "annals_embed_";
/// Random bytes of an id, which is no secret.
const ID_BYTES: usize = 8;

/// What a token of an embedded page says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embed {
    /// Its id in events.
    pub id: String,
    /// Who made it, as `Identity::owner` says.
    pub maker: String,
    /// The login of whoever looks at the page.
    pub user: Option<String>,
    /// The events that the page is limited to, within what its maker sees.
    pub scope: Option<String>,
    /// `en` or `zh`.
    pub language: Option<String>,
    /// `light`, `dark` or `auto`.
    pub theme: Option<String>,
    /// The columns, in order.
    pub columns: Vec<String>,
    /// When it ends, Unix nanoseconds.
    pub until: i64,
}

/// True if the text has the form of such a token.
#[must_use]
pub(crate) fn is_embed(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// An id for a new one.
pub(crate) fn id() -> Result<String, getrandom::Error> {
    let mut id = [0; ID_BYTES];
    getrandom::fill(&mut id)?;
    Ok(format!("{:016x}", u64::from_be_bytes(id)))
}

impl Embed {
    /// The token, as the page gets it.
    ///
    /// # Panics
    /// Never: an `Embed` is plain data.
    pub(crate) fn seal(&self, key: &[u8]) -> String {
        let said = serde_json::to_vec(self).expect("plain data is JSON");
        let tag = mac(key, &said).finalize().into_bytes();
        format!("{PREFIX}{}.{}", URL_SAFE_NO_PAD.encode(said), URL_SAFE_NO_PAD.encode(tag))
    }

    /// What a presented token says; none if it is not one of ours, or its time is over.
    pub(crate) fn open(text: &str, key: &[u8], now: Timestamp) -> Option<Self> {
        let (said, tag) = text.strip_prefix(PREFIX)?.split_once('.')?;
        let (said, tag) = (URL_SAFE_NO_PAD.decode(said).ok()?, URL_SAFE_NO_PAD.decode(tag).ok()?);
        mac(key, &said).verify_slice(&tag).ok()?;
        let embed: Self = serde_json::from_slice(&said).ok()?;
        (now.nanos() < embed.until).then_some(embed)
    }
}

fn mac(key: &[u8], said: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length of a key will do");
    mac.update(said);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    // Nobody but the server can make one, change one or use one for longer.
    #[test]
    fn only_what_was_sealed_opens() {
        let embed = Embed {
            id: id().expect("random"),
            maker: "3f9a01c7".to_owned(),
            user: Some("zhang3".to_owned()),
            scope: None,
            language: None,
            theme: None,
            columns: Vec::new(),
            until: 100,
        };
        let text = embed.seal(b"key");
        let open = |text: &str, key: &[u8], now| Embed::open(text, key, Timestamp::from_nanos(now));
        assert_eq!(open(&text, b"key", 99), Some(embed.clone()));
        assert_eq!(open(&text, b"key", 100), None);
        assert_eq!(open(&text, b"other", 99), None);
        let forged = Embed { until: 1_000, ..embed }.seal(b"other");
        let tag = text.split_once('.').expect("two parts").1;
        let mixed = format!("{}.{tag}", forged.split_once('.').expect("two parts").0);
        for text in [mixed.as_str(), &text[..text.len() - 1], "annals_embed_", "annals_embed_."] {
            assert_eq!(open(text, b"key", 99), None, "{text}");
        }
    }
}
