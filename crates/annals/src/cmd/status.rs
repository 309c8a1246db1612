//! `annals status`: how a server is doing.

use crate::args::StatusArgs;
use crate::exit::Exit;
use crate::{output, reach};

/// Asks and prints.
pub(crate) fn run(args: &StatusArgs) -> Result<(), Exit> {
    let client = reach::client(&args.server)?;
    let status = client.status().map_err(|error| reach::failed(&error))?;
    if args.json {
        return output::json(&status);
    }
    let text = serde_json::to_value(&status)
        .map_err(|error| Exit::fault("cannot print the status", &error))?;
    print("", &text)
}

/// One `name value` a line; nested names are joined with dots.
fn print(prefix: &str, value: &serde_json::Value) -> Result<(), Exit> {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                let dot = if prefix.is_empty() { "" } else { "." };
                print(&format!("{prefix}{dot}{name}"), value)?;
            }
            Ok(())
        }
        serde_json::Value::String(text) => output::line(&format!("{prefix}  {}", text.trim_end())),
        other => output::line(&format!("{prefix}  {other}")),
    }
}
