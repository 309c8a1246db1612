//! `annals token create|list|revoke`: API tokens, beside a running server too, at once.

use std::path::Path;

use annals_server::Role;
use annals_server::auth::token::parse_fingerprint;
use annals_server::control::{Control, ControlError, NewToken};
use annals_views::Scope;
use serde_json::json;

use crate::args::{RoleArg, TokenCommand};
use crate::exit::Exit;
use crate::{output, reach};

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
            certificate,
            json,
        } => {
            let scope = scope.map(|text| self::scope(&text)).transpose()?.flatten();
            let expires = expires.map(|text| super::moment(&text)).transpose()?;
            let role = self::role(role);
            let certificate = certificate.map(|text| self::certificate(&text)).transpose()?;
            let new = NewToken {
                name,
                role,
                may_be_system,
                region,
                stack_id,
                expires,
                scope,
                certificate,
            };
            create(&data, &new, json)
        }
        TokenCommand::List { data, json } => list(&data, json),
        TokenCommand::Revoke { data, id } => {
            let known = existing(&data)?
                .revoke_token(&id)
                .map_err(|error| Exit::fault("cannot revoke the token", &error))?;
            if known { Ok(()) } else { Err(Exit::No(format!("no token has the id {id}"))) }
        }
    }
}

/// Makes the folder too: tokens may be there before the first server.
fn create(data: &Path, new: &NewToken, json: bool) -> Result<(), Exit> {
    let control = Control::open(data).map_err(|error| cannot_open(data, &error))?;
    let token = control.create_token(new).map_err(|error| match error {
        ControlError::BadName => Exit::usage("cannot make the token", &error),
        error => Exit::fault("cannot make the token", &error),
    })?;
    if json {
        let role = new.role.to_string();
        return output::json(&json!({
            "id": token.id, "name": new.name, "role": role, "scope": new.scope,
            "token": token.secret,
        }));
    }
    output::hint(&format!("token {} ({}); it is shown only now:", token.id, new.name));
    output::line(&token.secret)
}

fn list(data: &Path, json: bool) -> Result<(), Exit> {
    let tokens =
        existing(data)?.list_tokens().map_err(|error| Exit::fault("cannot list tokens", &error))?;
    let ndjson = output::is_ndjson(json);
    for token in tokens {
        if ndjson {
            output::json(&token)?;
        } else {
            let state = if token.revoked.is_some() { "revoked" } else { "active" };
            let scope = token.scope.map(|scope| format!("  [{scope}]")).unwrap_or_default();
            let (id, role, name) = (token.id, token.role, token.name);
            output::line(&format!("{id}  {role:<14} {state:<8} {name}{scope}"))?;
        }
    }
    Ok(())
}

fn existing(data: &Path) -> Result<Control, Exit> {
    Control::open_existing(data).map_err(|error| cannot_open(data, &error))
}

fn cannot_open(data: &Path, error: &ControlError) -> Exit {
    Exit::fault(&format!("cannot open {}", data.display()), error)
}

/// A scope as it is printed, with codes for names; none if it is every event. Services and
/// operations of the site are known if ANNALS_CATALOGUE names their files.
fn scope(text: &str) -> Result<Option<String>, Exit> {
    let config = super::config::load(None)?;
    let catalogue = annals_server::catalogue(&config)
        .map_err(|error| Exit::usage("cannot read the catalogue", &error))?;
    let scope = Scope::parse(text, &catalogue).map_err(|error| {
        let place = reach::underlined(text, error.place.offset);
        Exit::Usage(format!("--scope: {error}\n{place}"))
    })?;
    Ok((!scope.is_everything()).then(|| scope.to_string()))
}

/// The SHA-256 of a certificate, as we or other programs write it.
fn certificate(text: &str) -> Result<String, Exit> {
    parse_fingerprint(text).ok_or_else(|| {
        Exit::Usage("--certificate takes the SHA-256 of a certificate in hex".to_owned())
    })
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
