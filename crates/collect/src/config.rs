//! The configuration of a collector: one TOML file, every key documented here.
//!
//! An unknown key is an error that names the nearest known one: a key misspelt must not leave a
//! log unread.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use annals_map::{Format, Kind};
use annals_record::Nearest;
use serde::Deserialize;

use crate::error::CollectError;

/// `annals collect --config FILE`.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    /// Where events are sent.
    pub server: ServerConfig,
    /// A folder of the collector's own: positions, the key of the ids, status, unmapped lines. Keep
    /// it: without it logs are read from the beginning and, as the key is new, sent a second time.
    pub state_dir: PathBuf,
    /// What is read.
    #[serde(rename = "source", default)]
    pub sources: Vec<SourceConfig>,
    /// What is asked for.
    #[serde(rename = "pull", default)]
    pub pulls: Vec<PullConfig>,
}

/// `[server]`.
#[derive(Clone, Debug, Deserialize)]
pub struct ServerConfig {
    /// `https://host:port`.
    pub url: String,
    /// A file with an API token of role `emitter`, readable by the collector alone.
    pub token_file: Option<PathBuf>,
    /// The certificates that vouch for the server, in PEM; default: the system's authorities. A
    /// server that made its own keeps it in `DIR/keys/tls.pem`.
    pub ca: Option<PathBuf>,
}

/// `[[source]]`.
#[derive(Clone, Debug, Deserialize)]
pub struct SourceConfig {
    /// Letters, digits, `-` and `_`; part of every event's id and origin, so never change it.
    pub name: String,
    /// What writes the log: `sshd`.
    pub kind: String,
    /// The log file, or several files of one system that are joined. Rotated files beside it are
    /// found by themselves.
    #[serde(alias = "path", deserialize_with = "one_or_many")]
    pub paths: Vec<PathBuf>,
    /// `auto` (default), `syslog` or `json`.
    #[serde(default)]
    pub format: Format,
    /// The year of the last line, for logs without years; default: from the file's time.
    pub year: Option<i16>,
    /// The zone of logs without one: `UTC`, `+08:00`, `Asia/Shanghai`; default: this machine's.
    pub zone: Option<String>,
    /// Put into every event; default: as the server decides.
    pub region: Option<String>,
    /// Put into every event; default: as the server decides.
    pub stack_id: Option<String>,
}

/// `[[pull]]`: a table in a database, or a list behind an API, that grows.
#[derive(Clone, Debug, Deserialize)]
pub struct PullConfig {
    /// Letters, digits, `-` and `_`; part of every event's id and origin, so never change it.
    pub name: String,
    /// `http` or `sql`.
    pub kind: PullKind,
    /// `https://host/path`, `postgres://user@host/database` or `sqlite:/path/to/file`; no secrets.
    pub url: String,
    /// The column that only grows: an id or a time. It may stand inside of JSON (`meta.id`).
    pub cursor: String,
    /// Where to begin; default: at the beginning.
    pub start: Option<serde_json::Value>,
    /// What the columns mean (`docs/formats/import-map.md`).
    pub map: Option<PathBuf>,
    /// How long to wait once everything was read.
    #[serde(default = "every_seconds")]
    pub every_seconds: u64,
    /// PEM certificates of the authorities to trust; default: the system's.
    pub ca_file: Option<PathBuf>,
    /// `sql`: a SELECT, without ORDER BY and LIMIT.
    pub query: Option<String>,
    /// `sql`: a file with the password.
    pub password_file: Option<PathBuf>,
    /// `http`: the parameter of the address that takes the cursor.
    pub parameter: Option<String>,
    /// `http`: where an answer names the next page: `link` for the header, or a path in the body.
    pub next: Option<String>,
    /// `http`: the parameter of the address that takes the page; default `page`.
    pub page_parameter: Option<String>,
    /// `http`: a file of headers to send, `Name: value`, one a line.
    pub header_file: Option<PathBuf>,
    /// `http`: a variable that holds such a header.
    pub header_env: Option<String>,
}

/// How a source is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PullKind {
    /// By HTTP.
    Http,
    /// By a query.
    Sql,
}

impl PullKind {
    /// The name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Sql => "sql",
        }
    }
}

fn every_seconds() -> u64 {
    10
}

const ROOT_KEYS: &[&str] = &["server", "state_dir", "source", "pull"];
const SERVER_KEYS: &[&str] = &["url", "token_file", "ca"];
const SOURCE_KEYS: &[&str] =
    &["name", "kind", "path", "paths", "format", "year", "zone", "region", "stack_id"];
const PULL_KEYS: &[&str] = &[
    "name",
    "kind",
    "url",
    "cursor",
    "start",
    "map",
    "every_seconds",
    "ca_file",
    "query",
    "password_file",
    "parameter",
    "next",
    "page_parameter",
    "header_file",
    "header_env",
];

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// A file that can't be read, or is wrong.
    pub fn load(path: &Path) -> Result<Self, CollectError> {
        let text = std::fs::read_to_string(path).map_err(CollectError::file("read", path))?;
        Self::parse(&text, path)
    }

    /// Reads the text of a file; `path` is for messages.
    ///
    /// # Errors
    /// A text that is wrong.
    pub fn parse(text: &str, path: &Path) -> Result<Self, CollectError> {
        let syntax = |error| CollectError::Syntax { path: path.into(), source: Box::new(error) };
        let table: toml::Table = text.parse().map_err(syntax)?;
        check_keys(&table)?;
        let config: Self = toml::from_str(text).map_err(syntax)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), CollectError> {
        let unfit = |message: String| Err(CollectError::Unfit(message));
        if self.sources.is_empty() && self.pulls.is_empty() {
            let why = "there is no [[source]] and no [[pull]]; name at least one log to read";
            return unfit(why.to_owned());
        }
        let (mut names, mut paths) = (HashSet::new(), HashSet::new());
        let all = self.sources.iter().map(|source| &source.name);
        for name in all.chain(self.pulls.iter().map(|pull| &pull.name)) {
            let fit = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if name.is_empty() || name.len() > 64 || !name.chars().all(fit) {
                return unfit(format!(
                    "`{name}` can't name a source; use up to 64 letters, digits, - and _"
                ));
            }
            if !names.insert(name) {
                return unfit(format!("two sources are called `{name}`"));
            }
        }
        for source in &self.sources {
            let name = &source.name;
            source.kind.parse::<Kind>().map_err(CollectError::Kind)?;
            if source.paths.is_empty() {
                return unfit(format!("source `{name}` names no path"));
            }
            if let Some(path) = source.paths.iter().find(|path| !paths.insert((*path).clone())) {
                return unfit(format!("{} is read twice; name it once", path.display()));
            }
        }
        Ok(())
    }
}

fn check_keys(root: &toml::Table) -> Result<(), CollectError> {
    check_table(root, ROOT_KEYS, "the configuration")?;
    if let Some(toml::Value::Table(server)) = root.get("server") {
        check_table(server, SERVER_KEYS, "[server]")?;
    }
    let sources = root.get("source").and_then(toml::Value::as_array);
    for source in sources.into_iter().flatten().filter_map(toml::Value::as_table) {
        check_table(source, SOURCE_KEYS, "[[source]]")?;
    }
    let pulls = root.get("pull").and_then(toml::Value::as_array);
    for pull in pulls.into_iter().flatten().filter_map(toml::Value::as_table) {
        check_table(pull, PULL_KEYS, "[[pull]]")?;
    }
    Ok(())
}

fn check_table(table: &toml::Table, known: &[&str], place: &str) -> Result<(), CollectError> {
    let Some(key) = table.keys().find(|key| !known.contains(&key.as_str())) else {
        return Ok(());
    };
    let mut nearest = Nearest::default();
    known.iter().for_each(|word| nearest.add(word));
    let hint = nearest.find(key).map(|word| format!("; did you mean `{word}`?"));
    let hint = hint.unwrap_or_else(|| format!("; known: {}", known.join(", ")));
    Err(CollectError::UnknownKey { key: key.clone(), place: place.to_owned(), hint })
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Paths {
        One(PathBuf),
        Many(Vec<PathBuf>),
    }
    Ok(match Paths::deserialize(value)? {
        Paths::One(path) => vec![path],
        Paths::Many(paths) => paths,
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    const GOOD: &str = r#"
        state_dir = "/var/lib/annals-collect"
        [server]
        url = "https://audit.example:7200"
        token_file = "/etc/annals/token"
        [[source]]
        name = "login"
        kind = "sshd"
        path = "/var/log/auth.log"
        [[source]]
        name = "login-2"
        kind = "sshd"
        paths = ["/var/log/a", "/var/log/b"]
        format = "json"
        year = 2026
        zone = "+08:00"
    "#;

    fn check(text: &str, expected: &str) {
        let got = match Config::parse(text, Path::new("collect.toml")) {
            Ok(config) => format!("{} sources", config.sources.len()),
            Err(error) => {
                assert!(error.is_configuration(), "{error}");
                let cause = error.source().map(|cause| format!(": {cause}"));
                format!("{error}{}", cause.unwrap_or_default())
            }
        };
        assert!(got.contains(expected), "{got:?} should say {expected:?}");
    }

    /// A mistake in a configuration is named, not skipped: a log that is not read is not missed.
    #[test]
    fn mistakes_are_named() {
        check(GOOD, "2 sources");
        check(&GOOD.replace("token_file", "tokenfile"), "did you mean `token_file`?");
        check(&GOOD.replace("state_dir", "state_dri"), "did you mean `state_dir`?");
        check(&GOOD.replace("zone =", "timezone ="), "did you mean `zone`?");
        check(&GOOD.replace("zone =", "q ="), "known: name, kind");
        check(&GOOD.replace("login-2", "login"), "two sources are called `login`");
        check(&GOOD.replace("login-2", "a/b"), "can't name a source");
        check(&GOOD.replace("/var/log/b", "/var/log/auth.log"), "read twice");
        check(&GOOD.replace("\"sshd\"", "\"ftpd\""), "known kinds: sshd");
        check(&GOOD.replace("\"json\"", "\"xml\""), "xml");
        check(&GOOD.replace("2026", "\"x\""), "year");
        check("state_dir = \"x\"\n[server]\nurl = \"x\"", "no [[source]]");
        check("state_dir = ", "not understood");
        let pull =
            "[[pull]]\nname = \"db\"\nkind = \"sql\"\nurl = \"sqlite:/x\"\ncursor = \"id\"\n";
        check(&format!("{GOOD}{pull}"), "2 sources");
        check(&format!("{GOOD}{pull}quer = 1"), "did you mean `query`?");
        check(&format!("{GOOD}{}", pull.replace("db", "login")), "two sources are called");
        check(&format!("{GOOD}{}", pull.replace("sql\"", "ftp\"")), "ftp");
    }

    /// The guide's configuration, options that are commented out among it, is one.
    #[test]
    fn the_guide_is_understood() {
        const GUIDE: &str = include_str!("../../../docs/guide/collect-tables.md");
        let blocks = GUIDE.split("```").skip(1).step_by(2).flat_map(str::lines);
        let lines: Vec<_> = blocks.map(|line| line.trim_start_matches("# ")).collect();
        let config = Config::parse(&lines.join("\n"), Path::new("collect-tables.md")).unwrap();
        let names: Vec<_> = config.pulls.iter().map(|pull| pull.name.as_str()).collect();
        assert_eq!(names, ["platform-db", "platform-api"]);
        assert!(config.pulls[0].ca_file.is_some() && config.pulls[1].header_env.is_some());
    }
}
