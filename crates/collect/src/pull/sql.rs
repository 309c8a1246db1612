//! Which database a source is, by its address.

use super::Fetch;
use super::postgres::Postgres;
use super::query::Query;
use super::sqlite::Sqlite;
use crate::config::PullConfig;
use crate::error::CollectError;

/// Opens the database that `url` names.
pub(super) fn open(config: &PullConfig) -> Result<Box<dyn Fetch>, CollectError> {
    let unfit = |why: &str| CollectError::Unfit(format!("source `{}`: {why}", config.name));
    let query = config.query.as_deref().ok_or_else(|| unfit("give the `query`, a SELECT"))?;
    let query = Query::new(query, &config.cursor);
    if let Some(path) = config.url.strip_prefix("sqlite:") {
        return Ok(Box::new(Sqlite::new(path.trim_start_matches("//"), query)));
    }
    if config.url.starts_with("postgres://") || config.url.starts_with("postgresql://") {
        return Ok(Box::new(Postgres::new(config, query)?));
    }
    Err(unfit("write `url` like postgres://user@host/database or sqlite:/path/to/file"))
}
