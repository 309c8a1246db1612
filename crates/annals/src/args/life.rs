//! Arguments of the commands about lives and behaviour: history, profile.

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
    /// Not before this: 2h, 7d, today, 2026-11-01.
    #[arg(long, value_name = "WHEN")]
    pub(crate) from: Option<String>,
    /// Not at or after this; of a day all of it.
    #[arg(long, value_name = "WHEN")]
    pub(crate) to: Option<String>,
    /// The form; default: told to people on a terminal, NDJSON into a pipe or a file.
    #[arg(long, value_enum, conflicts_with = "json")]
    pub(crate) format: Option<HistoryFormat>,
    #[command(flatten)]
    pub(crate) told: Told,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryFormat {
    Table,
    Ndjson,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    /// The user: operator or username.
    pub(crate) user: String,
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
