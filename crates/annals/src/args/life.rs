//! Arguments of the commands about lives and behaviour: history, profile.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ServerArgs;
use super::search::LangArg;

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The object's type, such as cluster.
    #[arg(value_name = "TYPE")]
    pub(crate) kind: String,
    /// The object's id.
    pub(crate) id: String,
    /// Only events that match; none: all of the object.
    #[arg(value_name = "FILTER", allow_hyphen_values = true)]
    pub(crate) filter: Option<String>,
    /// Not before this: 2h, 7d, today, 2026-11-01.
    #[arg(long, value_name = "WHEN")]
    pub(crate) from: Option<String>,
    /// Not at or after this; of a day all of it.
    #[arg(long, value_name = "WHEN")]
    pub(crate) to: Option<String>,
    /// At most so many events, the oldest first; default: all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// The form; default: told to people on a terminal, NDJSON into a pipe or a file. CSV has the
    /// events without what they changed.
    #[arg(long, value_enum, conflicts_with = "json")]
    pub(crate) format: Option<HistoryFormat>,
    /// Fields of CSV, with commas between them, in either language.
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// The file to write instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) told: Told,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryFormat {
    Table,
    Ndjson,
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    /// The user: operator or username.
    pub(crate) user: String,
    /// Only events that match; none: all of the user.
    #[arg(value_name = "FILTER", allow_hyphen_values = true)]
    pub(crate) filter: Option<String>,
    /// Not before this; default: 30 days ago.
    #[arg(long, value_name = "WHEN")]
    pub(crate) from: Option<String>,
    /// Not at or after this; of a day all of it.
    #[arg(long, value_name = "WHEN")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) told: Told,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// How an answer is told.
#[derive(Debug, Args)]
pub(crate) struct Told {
    /// The time zone of days and of shown times, such as Asia/Shanghai; default: the system's.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// Names in this language; default: as the locale says.
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
