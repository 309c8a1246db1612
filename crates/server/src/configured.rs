//! `Configured`: which keys of the configuration differ from the last start.
//!
//! Keys are told by name; values are kept and told as keyed digests, so that the log shows that
//! something changed and nothing of what it was.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::config::Config;
use crate::control::SECRET_BYTES;

/// Bytes of a digest that are kept.
const DIGEST_BYTES: usize = 16;

/// The digests of all keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Configured(BTreeMap<String, String>);

impl Configured {
    /// Those of a configuration, under the key of this house.
    pub(crate) fn of(config: &Config, key: &[u8; SECRET_BYTES]) -> Self {
        let mut digests = BTreeMap::new();
        if let Ok(values) = toml::Table::try_from(config) {
            add(&mut digests, "", &values, key);
        }
        Self(digests)
    }

    /// Those that were kept; none if they cannot be read.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }

    /// To be kept.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::json!(self.0).to_string().into_bytes()
    }

    /// One digest of everything.
    pub(crate) fn digest(&self, key: &[u8; SECRET_BYTES]) -> String {
        keyed(key, &self.to_bytes())
    }

    /// Names of the keys that differ from `before`. A key that was not known then stood at its
    /// `default`.
    pub(crate) fn changed<'a>(&'a self, before: &'a Self, default: &'a Self) -> Vec<&'a str> {
        let was = |name: &String| before.0.get(name).or_else(|| default.0.get(name));
        let differs = |(name, digest): &(&String, &String)| was(name) != Some(*digest);
        let gone = before.0.keys().filter(|name| !self.0.contains_key(*name));
        self.0
            .iter()
            .filter(differs)
            .map(|(name, _)| name)
            .chain(gone)
            .map(String::as_str)
            .collect()
    }
}

fn add(
    digests: &mut BTreeMap<String, String>,
    path: &str,
    values: &toml::Table,
    key: &[u8; SECRET_BYTES],
) {
    for (name, value) in values {
        let name = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            toml::Value::Table(inner) => add(digests, &name, inner, key),
            value => {
                let digest = keyed(key, format!("{name}={value}").as_bytes());
                digests.insert(name, digest);
            }
        }
    }
}

fn keyed(key: &[u8; SECRET_BYTES], text: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    let digest = mac.finalize().into_bytes();
    digest[..DIGEST_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; SECRET_BYTES] = [7; SECRET_BYTES];

    // Whoever weakens the server by its configuration is seen to have done it; an update of the
    // program that brings new keys is no such change.
    #[test]
    fn changed_keys_are_named() {
        let default = Configured::of(&Config::default(), &KEY);
        let mut config = Config::default();
        config.log.public_entries = true;
        config.http.connections_max = 7;
        let now = Configured::of(&config, &KEY);
        assert_eq!(now.changed(&default, &default), ["http.connections_max", "log.public_entries"]);
        assert_eq!(default.changed(&default, &default), Vec::<&str>::new());
        assert_ne!(now.digest(&KEY), default.digest(&KEY));

        let mut older = Configured::parse(&default.to_bytes()).expect("reads back");
        older.0.remove("http.connections_max");
        older.0.insert("gone.key".to_owned(), "0".to_owned());
        assert_eq!(default.changed(&older, &default), ["gone.key"]);
        assert!(!String::from_utf8(now.to_bytes()).expect("text").contains("127.0.0.1"));
    }
}
