//! `annals token create|list|revoke`: API tokens, beside a running server too, at once.

use std::path::Path;

use annals_server::Role;
use annals_server::control::{Control, NewToken};

use crate::args::{RoleArg, TokenCommand};
use crate::exit::Exit;
use crate::output;

/// Runs one of the three.
pub(crate) fn run(command: TokenCommand) -> Result<(), Exit> {
    match command {
        TokenCommand::Create {
            data,
            role,
            name,
            scope,
            may_be_system,
            region,
            stack_id,
            expires,
        } => {
            if scope.is_some() {
                return Err(Exit::Usage(
                    "--scope needs the filter language, which this version does not have; \
                     a token without a scope was not made either"
                        .to_owned(),
                ));
            }
            let expires = expires.map(|text| super::moment(&text)).transpose()?;
            let role = self::role(role);
            let new = NewToken { name, role, may_be_system, region, stack_id, expires };
            create(&data, &new)
        }
        TokenCommand::List { data, json } => list(&data, json),
        TokenCommand::Revoke { data, id } => {
            let known = open(&data)?
                .revoke_token(&id)
                .map_err(|error| Exit::fault("cannot revoke the token", &error))?;
            if known { Ok(()) } else { Err(Exit::No(format!("no token has the id {id}"))) }
        }
    }
}

fn create(data: &Path, new: &NewToken) -> Result<(), Exit> {
    let token = open(data)?
        .create_token(new)
        .map_err(|error| Exit::fault("cannot make the token", &error))?;
    output::hint(&format!("token {} ({}); it is shown only now:", token.id, new.name));
    output::line(&token.secret)
}

fn list(data: &Path, json: bool) -> Result<(), Exit> {
    let tokens =
        open(data)?.list_tokens().map_err(|error| Exit::fault("cannot list tokens", &error))?;
    for token in tokens {
        if json {
            output::json(&token)?;
        } else {
            let state = if token.revoked.is_some() { "revoked" } else { "active" };
            output::line(&format!("{}  {:<14} {state:<8} {}", token.id, token.role, token.name))?;
        }
    }
    Ok(())
}

fn open(data: &Path) -> Result<Control, Exit> {
    Control::open(data)
        .map_err(|error| Exit::fault(&format!("cannot open {}", data.display()), &error))
}

fn role(role: RoleArg) -> Role {
    match role {
        RoleArg::Emitter => Role::Emitter,
        RoleArg::Viewer => Role::Viewer,
        RoleArg::Auditor => Role::Auditor,
        RoleArg::SecurityAdmin => Role::SecurityAdmin,
        RoleArg::SystemAdmin => Role::SystemAdmin,
        RoleArg::AuditAdmin => Role::AuditAdmin,
    }
}
