//! PostgreSQL: one connection whose transactions are read-only.
//!
//! Values come as the text PostgreSQL writes, times in UTC; the cursor goes back as such a text,
//! which the server reads in the type of its column.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use annals_map::Row;
use postgres::{Client, Config, SimpleQueryMessage};
use serde_json::Value;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect::tls_config;
use super::query::Query;
use super::{Fetch, Page};
use crate::config::PullConfig;
use crate::error::CollectError;
use crate::table::TablePart;

/// What every connection is set to.
const OPTIONS: &str = "-c default_transaction_read_only=on -c TimeZone=UTC -c DateStyle=ISO \
                       -c standard_conforming_strings=on -c statement_timeout=60000";
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// Asks one database.
pub(super) struct Postgres {
    config: Config,
    password_file: Option<PathBuf>,
    tls: rustls::ClientConfig,
    query: Query,
    client: Option<Client>,
}

impl Postgres {
    pub(super) fn new(config: &PullConfig, query: Query) -> Result<Self, CollectError> {
        let unfit = |why: String| CollectError::Unfit(format!("source `{}`: {why}", config.name));
        // The cause would show the address, and the password in it.
        let mut settings: Config = config.url.parse().map_err(|_| {
            unfit("`url` is no address; write postgres://user@host:5432/database".to_owned())
        })?;
        if settings.get_password().is_some() {
            return Err(unfit("the password goes into `password_file`, not into `url`".to_owned()));
        }
        settings.options(OPTIONS).application_name("annals-collect");
        settings.connect_timeout(CONNECT_TIME_MAX);
        let tls = tls_config(config.ca_file.as_deref())?;
        let password_file = config.password_file.clone();
        Ok(Self { config: settings, password_file, tls, query, client: None })
    }

    fn connect(&self) -> Result<Client, String> {
        let mut config = self.config.clone();
        if let Some(path) = &self.password_file {
            let password = std::fs::read_to_string(path)
                .map_err(|error| format!("can't read {}: {error}", path.display()))?;
            config.password(password.trim_end());
        }
        config.connect(MakeRustlsConnect::new(self.tls.clone())).map_err(|error| told(&error))
    }
}

impl Fetch for Postgres {
    fn page(
        &mut self,
        cursor: Option<&Value>,
        _: Option<&str>,
        rows_max: u64,
    ) -> Result<Page, String> {
        let from = cursor.map(literal);
        let text = self.query.page(from.as_deref(), rows_max);
        let mut client = match self.client.take() {
            Some(client) => client,
            None => self.connect()?,
        };
        // A connection that failed is not used again.
        let answer = client.simple_query(&text).map_err(|error| told(&error))?;
        self.client = Some(client);
        let mut parts = Vec::new();
        for message in answer {
            let SimpleQueryMessage::Row(found) = message else { continue };
            let cell = |place: usize| {
                let heading = Arc::from(found.columns()[place].name());
                (heading, found.get(place).map_or(Value::Null, Value::from))
            };
            let cells = (0..found.len()).map(cell).collect();
            parts.push(TablePart::Row(Row { number: parts.len() as u64 + 1, cells }));
        }
        Ok(Page { is_full: parts.len() as u64 == rows_max, parts, next: None })
    }
}

/// A value of no type yet.
fn literal(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("'{}'", text.replace('\'', "''"))
}

fn told(error: &postgres::Error) -> String {
    let mut text = format!("the database can't be asked: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}
