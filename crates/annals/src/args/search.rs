//! Arguments of the commands that ask: search, tail, export, history, profile.

use std::path::PathBuf;

use annals_api::wire::export::{ExportFormat, Lang};
use clap::{Args, ValueEnum};

use super::ServerArgs;

/// Which events.
#[derive(Debug, Clone, Args)]
pub(crate) struct Which {
    /// The filter, such as `service:hpc-clusters -outcome:success`; none: every event.
    #[arg(value_name = "FILTER", allow_hyphen_values = true)]
    pub(crate) filter: Option<String>,
    /// Not before this: 2h, 7d, today, 2026-11-01, 2026-11-01T08:00:00+08:00.
    #[arg(long, value_name = "WHEN")]
    pub(crate) from: Option<String>,
    /// Not at or after this; of a day all of it.
    #[arg(long, value_name = "WHEN")]
    pub(crate) to: Option<String>,
    /// The time zone of days and of shown times, such as Asia/Shanghai; default: the system's.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
}

/// How events are shown.
#[derive(Debug, Clone, Args)]
pub(crate) struct Shown {
    /// The form; default: a table on a terminal, NDJSON into a pipe or a file.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// As JSON: the same as --format ndjson.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Fields to show, with commas between them, in either language.
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Headings and names in this language; default: as the locale says (tables), codes (CSV).
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Ndjson,
    Json,
    Csv,
    /// Only of a search: a file of all that match, as `annals export` writes it.
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArg {
    En,
    Zh,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::En => Self::En,
            LangArg::Zh => Self::Zh,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    #[command(flatten)]
    pub(crate) which: Which,
    /// At most so many events.
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "all")]
    pub(crate) limit: u64,
    /// All there are.
    #[arg(long)]
    pub(crate) all: bool,
    /// In which order.
    #[arg(long, value_name = "ORDER", default_value = "-time", allow_hyphen_values = true,
        value_parser = ["-time", "time", "index", "-index"])]
    pub(crate) order: String,
    #[command(flatten)]
    pub(crate) shown: Shown,
    /// The file to write instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Only how many there are.
    #[arg(long, conflicts_with_all = ["facet", "out"])]
    pub(crate) count: bool,
    /// Only the values of this field with their counts; may be given many times.
    #[arg(long, value_name = "FIELD", conflicts_with = "out")]
    pub(crate) facet: Vec<String>,
    /// How many values of a field.
    #[arg(long, value_name = "N", default_value_t = 10, requires = "facet",
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) top: u32,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// The filter; none: every event.
    #[arg(value_name = "FILTER", allow_hyphen_values = true)]
    pub(crate) filter: Option<String>,
    /// Begin behind this position, not at the newest event.
    #[arg(long, value_name = "INDEX", conflicts_with = "from")]
    pub(crate) after: Option<u64>,
    /// Begin with the first event kept whose time is not before this: 2h, today, 2026-11-01.
    #[arg(long, value_name = "WHEN")]
    pub(crate) from: Option<String>,
    /// End after so many events; default: never.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// The time zone of shown times and of days in the filter; default: the system's.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    #[command(flatten)]
    pub(crate) shown: Shown,
    /// The file to write instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormatArg {
    Ndjson,
    Csv,
    Parquet,
}

impl From<ExportFormatArg> for ExportFormat {
    fn from(format: ExportFormatArg) -> Self {
        match format {
            ExportFormatArg::Ndjson => Self::Ndjson,
            ExportFormatArg::Csv => Self::Csv,
            ExportFormatArg::Parquet => Self::Parquet,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) which: Which,
    /// The form of the file; default: by its name, else ndjson.
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormatArg>,
    /// Fields of CSV and Parquet, with commas between them.
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Headings and names in this language; none: field names and codes.
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
    /// The file to write; - for standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Leave the job and its file on the server.
    #[arg(long)]
    pub(crate) keep: bool,
    /// What was written, as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
