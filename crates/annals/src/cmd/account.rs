//! `annals account list|reset`: who may sign in, and a way back in for whoever holds the folder.
//! Beside a running server too, at once.

use std::path::Path;

use annals_server::control::{Control, ControlError};
use annals_server::{WayInError, reset_account};
use serde_json::json;

use crate::args::AccountCommand;
use crate::exit::Exit;
use crate::output;

/// Runs one of the two.
pub(crate) fn run(command: AccountCommand) -> Result<(), Exit> {
    match command {
        AccountCommand::List { data, json } => list(&data, json),
        AccountCommand::Reset { name, data } => reset(&data, &name),
    }
}

fn list(data: &Path, json: bool) -> Result<(), Exit> {
    let accounts = Control::open_existing(data)
        .and_then(|control| control.accounts())
        .map_err(|error| Exit::fault("cannot list accounts", &error))?;
    let ndjson = output::is_ndjson(json);
    for account in accounts {
        let (name, source) = (account.name, account.source.to_string());
        if ndjson {
            output::json(&json!({
                "name": name, "display_name": account.display_name, "source": source,
                "roles": account.roles, "scope": account.scope, "locked": account.locked,
                "totp": account.totp, "created": account.created.to_string(),
                "last_sign_in": account.last_sign_in.map(|moment| moment.to_string()),
            }))?;
        } else {
            let scope = account.scope.map(|scope| format!("  [{scope}]")).unwrap_or_default();
            let locked = if account.locked { "  locked" } else { "" };
            let roles = account.roles;
            output::line(&format!("{name:<20} {source:<8} {roles}{locked}{scope}"))?;
        }
    }
    Ok(())
}

fn reset(data: &Path, name: &str) -> Result<(), Exit> {
    match reset_account(data, name) {
        Ok(password) => {
            output::hint(&format!(
                "account {name}, one-time password (shown only now, to be changed): {password}"
            ));
            Ok(())
        }
        Err(WayInError::Control(error @ ControlError::NoAccount)) => {
            Err(Exit::No(format!("{name}: {error}")))
        }
        Err(error) => Err(Exit::fault("cannot reset the account", &error)),
    }
}
