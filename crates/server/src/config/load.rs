//! From file and variables to a `Config`.
//!
//! The known keys are those of the printed default, so this file never lists one. Unknown keys
//! of the file are errors, unknown `ANNALS_…` variables one warning, each with the nearest name.

use std::path::{Path, PathBuf};

use super::{Config, keys};

/// Variables of the program that are no configuration keys.
const OTHER_VARIABLES: &[&str] = &[
    "ANNALS_ADMIN_PASSWORD",
    "ANNALS_CA",
    "ANNALS_CONFIG",
    "ANNALS_LOG_FILTER",
    "ANNALS_SERVER",
    "ANNALS_TOKEN",
];
const PREFIX: &str = "ANNALS_";

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{} is not valid TOML", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key that means nothing.
    #[error("unknown key `{key}` in {}; did you mean `{nearest}`?", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key with its sections.
        key: String,
        /// The nearest known key.
        nearest: String,
    },
    /// A value of the wrong kind.
    #[error("the configuration holds a value that does not fit")]
    Value(#[source] Box<toml::de::Error>),
    /// A variable whose value does not fit its key.
    #[error("{variable} does not hold a valid value for `{key}`")]
    Variable {
        /// The variable.
        variable: String,
        /// The key it stands for.
        key: String,
        /// Why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A place to publish to, or a witness, that cannot be used as it is written.
    #[error("[[{section}]] cannot be used as it is written")]
    Outside {
        /// `publish` or `witness`.
        section: &'static str,
        /// What is wrong, and with which.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A place of the console, or a page around it, that is none.
    #[error("[console] cannot be used as it is written")]
    Console(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A source of identities that cannot work or would not be safe.
    #[error("[{section}] cannot be used as it is written")]
    Source {
        /// The section.
        section: &'static str,
        /// What is wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Config {
    /// Reads `path`, if given, then lets the variables of `environment` override its keys.
    /// The second part of the answer are warnings to show once.
    ///
    /// # Errors
    /// When the file cannot be read or parsed, a key is unknown or a value does not fit.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(Self, Vec<String>), ConfigError> {
        let mut table = match path {
            Some(path) => read(path)?,
            None => toml::Table::new(),
        };
        let warnings = apply(&mut table, environment)?;
        let config = toml::Value::Table(table)
            .try_into()
            .map_err(|error| ConfigError::Value(Box::new(error)))?;
        Ok((config, warnings))
    }

    /// Refuses what must not be started, such as a place to publish to that is none.
    ///
    /// # Errors
    /// With the reason and the way out.
    pub fn check(&self) -> Result<(), ConfigError> {
        super::outside::check(&self.publish).map_err(|source| ConfigError::Outside {
            section: "publish",
            source: Box::new(source),
        })?;
        super::console::check(&self.console)
            .map_err(|error| ConfigError::Console(Box::new(error)))?;
        let url = &self.accounts.external_url;
        super::sources::check(&self.ldap, &self.oidc, url)
            .map_err(|(section, source)| ConfigError::Source { section, source: source.into() })
    }
}

fn read(path: &Path) -> Result<toml::Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let table: toml::Table = text.parse().map_err(|source| ConfigError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    match unknown_key(&table) {
        None => Ok(table),
        Some(key) => {
            let nearest = nearest(&key, known_keys()).unwrap_or_default();
            Err(ConfigError::UnknownKey { path: path.to_owned(), key, nearest })
        }
    }
}

/// The first key of the file that no section knows.
fn unknown_key(table: &toml::Table) -> Option<String> {
    table.iter().find_map(|(name, value)| {
        if !keys("").iter().any(|key| key.name == name) {
            return Some(name.clone());
        }
        let section = keys(name);
        let inner = value.as_table().filter(|_| !section.is_empty())?;
        let stray = inner.keys().find(|inner| !section.iter().any(|key| key.name == **inner))?;
        Some(format!("{name}.{stray}"))
    })
}

/// Every key that takes a value, with its section: `views.enabled`.
fn known_keys() -> impl Iterator<Item = String> {
    keys("").iter().flat_map(|key| {
        let inner = keys(key.name);
        let own = inner.is_empty().then(|| key.name.to_owned());
        own.into_iter().chain(inner.iter().map(|inner| format!("{}.{}", key.name, inner.name)))
    })
}

fn nearest(name: &str, among: impl Iterator<Item = String>) -> Option<String> {
    among.min_by_key(|known| strsim::damerau_levenshtein(known, name))
}

fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "_"))
}

fn apply(
    table: &mut toml::Table,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<String>, ConfigError> {
    let mut warnings = Vec::new();
    for (name, value) in environment {
        if !name.starts_with(PREFIX) || OTHER_VARIABLES.contains(&name.as_str()) {
            continue;
        }
        match known_keys().find(|key| variable(key) == name) {
            Some(key) => set(table, &name, &key, &value)?,
            None => {
                let others = OTHER_VARIABLES.iter().map(|&name| name.to_owned());
                let all = known_keys().map(|key| variable(&key)).chain(others);
                let nearest = nearest(&name, all).unwrap_or_default();
                warnings.push(format!(
                    "the variable {name} means nothing here; did you mean {nearest}?"
                ));
            }
        }
    }
    Ok(warnings)
}

/// Sets `key` to the text of a variable, in the type the key's default has.
fn set(table: &mut toml::Table, name: &str, key: &str, text: &str) -> Result<(), ConfigError> {
    let (section, inner) = key.split_once('.').unwrap_or(("", key));
    let defaults = toml::Table::try_from(Config::default()).unwrap_or_default();
    let default = match section {
        "" => defaults.get(inner),
        section => defaults.get(section).and_then(|values| values.get(inner)),
    };
    let value = match default {
        Some(toml::Value::String(_)) => toml::Value::String(text.to_owned()),
        _ => parse_value(text).map_err(|source| ConfigError::Variable {
            variable: name.to_owned(),
            key: key.to_owned(),
            source: Box::new(source),
        })?,
    };
    let target = match section {
        "" => table,
        section => {
            let inner = table
                .entry(section.to_owned())
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            match inner.as_table_mut() {
                Some(inner) => inner,
                None => return Ok(()), // The file's own fault; `try_into` reports it.
            }
        }
    };
    target.insert(inner.to_owned(), value);
    Ok(())
}

fn parse_value(text: &str) -> Result<toml::Value, toml::de::Error> {
    let mut table: toml::Table = format!("value = {text}").parse()?;
    Ok(table.remove("value").unwrap_or_else(|| toml::Value::String(text.to_owned())))
}
