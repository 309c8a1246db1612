//! `annals quarantine list|replay`: what a server refused and kept, and sending it again.

use crate::args::QuarantineCommand;
use crate::exit::Exit;
use crate::{output, reach};

/// Runs one of the two.
pub(crate) fn run(command: QuarantineCommand) -> Result<(), Exit> {
    match command {
        QuarantineCommand::List { server, limit, all, after_index, json } => {
            let client = reach::client(&server)?;
            let state = if all { "all" } else { "open" };
            let page = client
                .quarantine(state, after_index, limit)
                .map_err(|error| reach::failed(&error))?;
            let ndjson = output::is_ndjson(json);
            for line in &page.items {
                if ndjson {
                    output::json(line)?;
                } else {
                    output::line(&format!(
                        "{:>10}  {}  {:<20} {}: {}",
                        line.index, line.received_time, line.code, line.field, line.message
                    ))?;
                }
            }
            if let Some(next) = page.next {
                output::hint(&format!("more follow: --after-index {next}"));
            }
            Ok(())
        }
        QuarantineCommand::Replay { server, index, json } => {
            let client = reach::client(&server)?;
            let answer = client.replay(index).map_err(|error| reach::failed(&error))?;
            if json {
                return output::json(&answer);
            }
            let before = if answer.duplicate { "was kept before" } else { "is kept" };
            output::line(&format!("the event {before} at index {}", answer.index))
        }
    }
}
