//! The keys that a configuration has, and forms of values that TOML does not know.

use std::net::IpAddr;
use std::path::PathBuf;

use annals_record::Nearest;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

use crate::error::GatewayError;

/// Every table with its keys; a dot leads into a table below.
const TABLES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "listen",
            "upstream",
            "routes",
            "spool",
            "admin",
            "catalogue",
            "region",
            "stack_id",
            "trusted_proxies",
            "hosts",
            "server",
            "https",
            "platform",
            "users",
            "limits",
        ],
    ),
    ("server", &["url", "token_file", "authorities"]),
    ("https", &["certificate", "key"]),
    ("platform", &["host", "http2", "authorities", "authorization_file"]),
    ("users", &["proxy", "jwt", "session", "basic"]),
    ("users.proxy", &["header"]),
    (
        "users.jwt",
        &[
            "cookie",
            "header",
            "secret_file",
            "jwks_file",
            "jwks_url",
            "issuer",
            "audience",
            "claim",
            "id_claim",
            "name_claim",
        ],
    ),
    ("users.session", &["cookie", "token", "hours"]),
    ("users.basic", &["check", "accepts"]),
    (
        "limits",
        &[
            "connections_max",
            "head_bytes_max",
            "body_bytes_max",
            "read_bytes_max",
            "answer_bytes_max",
            "head_seconds_max",
            "connect_seconds_max",
            "answer_seconds_max",
            "strict_seconds_max",
            "spool_bytes_max",
            "stop_seconds_max",
        ],
    ),
];

/// Refuses the first key that no table has.
pub(super) fn check(root: &Table) -> Result<(), GatewayError> {
    for (name, known) in TABLES {
        let mut place = name.split('.').filter(|part| !part.is_empty());
        let table = place.try_fold(root, |table, part| table.get(part)?.as_table());
        let Some(unknown) =
            table.and_then(|table| table.keys().find(|key| !known.contains(&key.as_str())))
        else {
            continue;
        };
        let mut nearest = Nearest::default();
        known.iter().for_each(|word| nearest.add(word));
        let hint = match nearest.find(unknown) {
            Some(word) => format!("; did you mean `{word}`?"),
            None => format!("; known: {}", known.join(", ")),
        };
        let place = if name.is_empty() { "the configuration".into() } else { format!("[{name}]") };
        return Err(GatewayError::UnknownKey { key: unknown.clone(), place, hint });
    }
    Ok(())
}

/// A path, or a list of paths.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<PathBuf>, D::Error> {
    match Value::deserialize(value)? {
        Value::String(one) => Ok(vec![one.into()]),
        many => many.try_into().map_err(serde::de::Error::custom),
    }
}

/// Networks, or single addresses.
pub(super) fn networks<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<IpNet>, D::Error> {
    let read = |text: String| {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address.or_else(|_| text.parse()).map_err(|_| {
            serde::de::Error::custom(format!("`{text}` is no address or network like 10.0.0.0/8"))
        })
    };
    Vec::<String>::deserialize(value)?.into_iter().map(read).collect()
}

/// An address.
pub(super) mod uri {
    use http::Uri;
    use serde::{Deserialize as _, Deserializer, de::Error as _};

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(
        value: D,
    ) -> Result<Uri, D::Error> {
        String::deserialize(value)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    const GOOD: &str = r#"
        upstream = "http://127.0.0.1:8080"
        routes = "routes.toml"
        spool = "spool"
        admin = "127.0.0.1:7401"
        trusted_proxies = ["10.0.0.0/8"]
        [server]
        url = "http://127.0.0.1:7200"
        [users.proxy]
        header = "x-remote-user"
        [users.jwt]
        secret_file = "secret"
        [limits]
        read_bytes_max = 1000
    "#;

    fn check(text: &str, expected: &str) {
        let got = match Config::parse(text, Path::new("gateway.toml")) {
            Ok(config) => format!("good: {} {}", config.listen, config.limits.read_bytes_max),
            Err(error) => {
                assert!(error.is_configuration(), "{error}");
                error.to_string()
            }
        };
        assert!(got.contains(expected), "{got:?} should say {expected:?}");
    }

    // Protects: a mistake is named and not skipped; an operation that is not recorded is not
    // missed by anybody.
    #[test]
    fn mistakes_are_named() {
        check(GOOD, "good: 127.0.0.1:7400 1000");
        check(&GOOD.replace("10.0.0.0/8", "10.0.0.1"), "good: ");
        check(&GOOD.replace("upstream", "upstraem"), "did you mean `upstream`?");
        check(&GOOD.replace("secret_file", "secretfile"), "did you mean `secret_file`?");
        check(&GOOD.replace("[users.jwt]", "[users.jvt]"), "`jvt` in [users]");
        check(&GOOD.replace("read_bytes_max", "zzz"), "known: connections_max");
        check(&GOOD.replace(":8080", ":8080/x"), "not an address like");
        check(&GOOD.replace("http://127.0.0.1:8080", "ftp://a"), "not an address like");
        check(&GOOD.replace("127.0.0.1:7401", "0.0.0.0:7401"), "reached from outside");
        check(&GOOD.replace("trusted_proxies = [\"10.0.0.0/8\"]", ""), "trusts nobody");
        check(&GOOD.replace("secret_file = \"secret\"", ""), "needs one of secret_file");
        let both = "[users.jwt]\ncookie = \"sid\"\nheader = \"x-token\"";
        check(&GOOD.replace("[users.jwt]", both), "leave out cookie or header");
    }
}
