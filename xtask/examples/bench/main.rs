//! The measurements behind `docs/benchmarks.md`; start them with `cargo xtask bench`.
//!
//! Every figure is taken over the same generated NDJSON as its peers in the same run, and every
//! run ends with a check that what was counted is really there. Making the events is never part
//! of a measured time; reading them from the page cache is.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to a terminal")]

mod arguments;
mod compaction;
mod duckdb;
mod events;
mod gateway;
mod http;
mod ingest;
mod ledger;
mod machine;
mod peers;
mod postgres;
mod report;
mod row;
mod served;
mod single;
mod soak;
mod sqlite;
mod verify;
mod views;

use anyhow::{Result, bail};
use arguments::Arguments;

fn main() -> Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    std::fs::create_dir_all(&arguments.scratch)?;
    if arguments.what == "soak" {
        print!("{}", soak::run(&arguments)?);
        return Ok(());
    }
    if arguments.what == "bare-proxy" {
        return gateway::bare_proxy(&arguments);
    }
    let report = match arguments.what.as_str() {
        "ledger" => ledger::measure(&arguments)?.to_string(),
        "ingest" => ingest::measure(&arguments)?.to_string(),
        "verify" => verify::measure(&arguments)?.to_string(),
        "compaction" => compaction::measure(&arguments)?.to_string(),
        "views" => views::measure(&arguments)?.to_string(),
        "gateway" => gateway::measure(&arguments)?,
        other => bail!(
            "no such measurement: `{other}`; there are `ledger`, `ingest`, `verify`, \
             `compaction`, `views`, `gateway`"
        ),
    };
    print!("{report}");
    Ok(())
}
