//! The command line: every command, its options and an example each.
//!
//! Only names, defaults and help texts stand here; what a command does is in `cmd/`. A token is
//! never an argument (arguments are seen by every user of the machine): it comes from
//! `ANNALS_TOKEN` or a file.

mod account;
mod compact;
mod gateway;
mod import;
mod life;
mod record;
mod search;
mod token;
mod verify;
mod witness;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use account::AccountCommand;
pub(crate) use compact::CompactArgs;
pub(crate) use gateway::{GatewayArgs, GatewayCommand};
pub(crate) use import::ImportArgs;
pub(crate) use life::{HistoryArgs, HistoryFormat, ProfileArgs};
pub(crate) use record::RecordArgs;
pub(crate) use search::{ExportArgs, ExportFormatArg, Format, SearchArgs, Shown, TailArgs, Which};
pub(crate) use token::{RoleArg, TokenCommand};
pub(crate) use verify::VerifyArgs;
pub(crate) use witness::WitnessArgs;

/// The audit log for HPC and cloud-desktop platforms.
#[derive(Debug, Parser)]
#[command(
    name = "annals",
    version,
    about = "The audit log for HPC and cloud-desktop platforms: who did what, provably",
    after_help = EXIT_CODES,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done (an empty answer is done), 1 the answer is \"no\" \
(tampered, not found, refused),
2 wrong usage or configuration, 3 an operating fault (disk, network).
Try it: annals demo";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    #[command(after_help = "Example: annals serve --data /var/lib/annals --listen 127.0.0.1:7200")]
    Serve(ServeArgs),
    /// Run a server on a temporary folder filled with realistic events, and keep a trickle coming.
    #[command(after_help = "Example: annals demo --listen 127.0.0.1:0")]
    Demo(DemoArgs),
    /// Print realistic events as NDJSON; the same arguments give the same bytes.
    #[command(after_help = "Example: annals generate --events 100000 --seed 7 > events.ndjson")]
    Generate(GenerateArgs),
    /// Send one event, or many from a file, to a server.
    #[command(after_help = "Examples:
  annals record --service users --operation user.create --operator zhang3 --object user:u-7:li4
  annals record --ndjson events.ndjson       (resumable: the same file sent twice adds nothing)")]
    Record(Box<RecordArgs>),
    /// Send an existing audit log: CSV, XLSX or JSON, headings in English or Chinese.
    #[command(after_help = "Examples:
  annals import --dry-run audit.csv          (what the rows become, and what is not understood)
  annals import --map audit.toml audit.xlsx  (resumable: a file that grew adds its new rows only)
The map file: docs/formats/import-map.md")]
    Import(ImportArgs),
    /// Find events; the same filter as everywhere (docs/guide/search.md).
    #[command(after_help = "Examples:
  annals search 'service:hpc-clusters -outcome:success' --from 7d
  annals search '操作人:zhang3 \"render farm\"' --columns time,operation,object,reason
  annals search 'source_ip:10.2.0.0/16' --from today --count
  annals search --facet operator --facet outcome --from 24h")]
    Search(Box<SearchArgs>),
    /// Follow events as they are kept.
    #[command(after_help = "Example: annals tail 'severity:high -operator:system'")]
    Tail(Box<TailArgs>),
    /// Write all events that match a filter to a file.
    #[command(after_help = "Examples:
  annals export 'operator:zhang3' --from 2026-11-01 --to 2026-11-07 --out zhang3.csv --lang zh
  annals export --from 30d --out month.parquet")]
    Export(Box<ExportArgs>),
    /// Tell the life of one object: its events, oldest first, and what each changed.
    #[command(after_help = "Example: annals history cluster c-42 --from 30d")]
    History(HistoryArgs),
    /// Tell what somebody does, when, from where, and what of it is unusual.
    #[command(after_help = "Example: annals profile zhang3 --from 7d --tz Asia/Shanghai")]
    Profile(ProfileArgs),
    /// Make, list and revoke API tokens.
    #[command(subcommand, arg_required_else_help = true)]
    Token(TokenCommand),
    /// List accounts, and let somebody in again who has lost every password.
    #[command(subcommand, arg_required_else_help = true)]
    Account(AccountCommand),
    /// Write the portable proof of one event.
    #[command(after_help = "Example: annals proof 0192f0c1-7a3e --data DIR --out event.tlog-proof")]
    Proof(ProofArgs),
    /// Check a data folder or a proof, offline, without trust in any server.
    #[command(after_help = "Examples:
  annals verify --data /var/lib/annals --key 'annals.local/1+3f9a01c7+AX…' --checkpoint kept.txt
  annals verify --data /var/lib/annals --policy trust.txt --published /mnt/other/checkpoints
  annals verify event.tlog-proof --key 'annals.local/1+3f9a01c7+AX…'")]
    Verify(VerifyArgs),
    /// Run a witness: it cosigns checkpoints of logs it knows, if they extend what it cosigned.
    #[command(
        after_help = "Example: annals witness --state DIR --listen 127.0.0.1:7300 --log 'VKEY'"
    )]
    Witness(WitnessArgs),
    /// Show or rotate the key that signs checkpoints.
    #[command(subcommand, arg_required_else_help = true)]
    Key(KeyCommand),
    /// Make what can be asked of a ledger anew.
    #[command(subcommand, arg_required_else_help = true)]
    Views(ViewsCommand),
    /// Rewrite the sealed segments of a stopped ledger so that they take least room.
    #[command(after_help = "Example: annals compact --data /var/lib/annals")]
    Compact(CompactArgs),
    /// Turn real systems' logs into events.
    #[command(
        args_conflicts_with_subcommands = true,
        arg_required_else_help = true,
        after_help = "Examples:
  annals collect --config collect.toml
  annals collect test sshd --json < /var/log/auth.log"
    )]
    Collect(CollectArgs),
    /// Stand in front of a platform and record what the requests to it do.
    #[command(
        args_conflicts_with_subcommands = true,
        arg_required_else_help = true,
        after_help = "Examples:
  annals gateway --upstream http://127.0.0.1:8080 --routes routes.toml --spool /var/lib/gateway
  annals gateway --config gateway.toml
  curl -s http://127.0.0.1:7401/uncovered | annals gateway learn -     (routes for what has none)"
    )]
    Gateway(Box<GatewayArgs>),
    /// List rejected input and send it again after a fix.
    #[command(subcommand, arg_required_else_help = true)]
    Quarantine(QuarantineCommand),
    /// Say how a server is doing.
    #[command(after_help = "Example: ANNALS_TOKEN=… annals status --server http://127.0.0.1:7200")]
    Status(StatusArgs),
    /// Check or print the configuration.
    #[command(subcommand, arg_required_else_help = true)]
    Config(ConfigCommand),
    /// Print the completion script of a shell.
    #[command(after_help = "Example: annals completions bash > /etc/bash_completion.d/annals")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The configuration file.
    #[arg(long, value_name = "annals.toml")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder; made on first start.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen; port 0 picks one.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where to listen; port 0 picks one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7200")]
    pub(crate) listen: SocketAddr,
    /// How many events to begin with.
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    pub(crate) events: u64,
}

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// How many events.
    #[arg(long, value_name = "N")]
    pub(crate) events: u64,
    /// Another seed, another company.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many days they span.
    #[arg(long, value_name = "D", default_value_t = 30, value_parser = days())]
    pub(crate) days: u32,
    /// No event is later than this (RFC 3339); default: the start of today, UTC.
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<String>,
    /// Weave stories of misuse in; needs --labels.
    #[arg(long, requires = "labels")]
    pub(crate) scenarios: bool,
    /// Where to write which event belongs to which story (NDJSON).
    #[arg(long, value_name = "FILE", requires = "scenarios")]
    pub(crate) labels: Option<PathBuf>,
}

/// A span that a generated stream may have.
fn days() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=3660)
}

/// How to reach a server.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServerArgs {
    /// The server's address.
    #[arg(
        long,
        value_name = "URL",
        env = "ANNALS_SERVER",
        default_value = "http://127.0.0.1:7200"
    )]
    pub(crate) server: String,
    /// A file that holds the token; otherwise the variable ANNALS_TOKEN.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The certificates that vouch for the server, in PEM, instead of the system's authorities; a
    /// server's own is DIR/keys/tls.pem.
    #[arg(long, value_name = "FILE", env = "ANNALS_CA")]
    pub(crate) ca: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ProofArgs {
    /// The event's id.
    pub(crate) id: String,
    /// Read this data folder instead of asking a server.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The file to write; - for standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ViewsCommand {
    /// Delete the index of events and make it anew from the ledger. Stop the server first.
    #[command(after_help = "Example: annals views rebuild --data /var/lib/annals")]
    Rebuild {
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Print the verifier key (vkey).
    Show {
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
        /// Former keys too, one a line.
        #[arg(long)]
        all: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Replace the signing key; the ledger records which key signs from where. Stop the server
    /// first.
    Rotate {
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "ANNALS_DATA")]
        data: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    /// The collector's configuration.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<CollectCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CollectCommand {
    /// Show what the lines on standard input become, and why the rest do not.
    Test {
        /// The kind of source, such as sshd.
        source: String,
        /// One event a line, as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineCommand {
    /// List rejected lines, oldest first.
    List {
        #[command(flatten)]
        server: ServerArgs,
        /// How many at most, up to 1,000.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// Those already sent again, too.
        #[arg(long)]
        all: bool,
        /// Only those after this index; for the next page.
        #[arg(long, value_name = "INDEX")]
        after_index: Option<u64>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Send one rejected line again, as it was; after the catalogue or the sender's rights were
    /// mended.
    Replay {
        #[command(flatten)]
        server: ServerArgs,
        /// The index of its quarantine event.
        index: u64,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check a configuration file and the ANNALS_… variables.
    Check {
        /// The configuration file.
        #[arg(value_name = "annals.toml")]
        file: Option<PathBuf>,
    },
    /// Print every key with its meaning and its value now.
    Print {
        /// The configuration file.
        #[arg(value_name = "annals.toml")]
        file: Option<PathBuf>,
        /// As JSON, values only.
        #[arg(long)]
        json: bool,
    },
}
