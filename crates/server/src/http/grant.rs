//! What is granted to accounts and tokens, as administrators write it: roles and scopes.

use annals_views::Scope;

use crate::app::App;
use crate::asked::AskError;
use crate::auth::role::{Role, Roles};
use crate::http::error::HttpError;

/// The roles of an account: at least one, and none that only machines have.
pub(super) fn roles(names: &[String]) -> Result<Roles, HttpError> {
    let roles: Vec<Role> = names.iter().map(|name| role(name)).collect::<Result<_, _>>()?;
    if roles.is_empty() {
        return Err(AskError::field("roles", "names at least one role").into());
    }
    if roles.contains(&Role::Emitter) {
        let problem = "names `emitter`, which is for tokens: people send no events";
        return Err(AskError::field("roles", problem).into());
    }
    Ok(roles.into_iter().collect())
}

/// The role of a token.
pub(super) fn role(name: &str) -> Result<Role, HttpError> {
    name.parse().map_err(|_| {
        let known: Vec<&str> = Role::ALL.into_iter().map(Role::as_str).collect();
        AskError::field("role", format!("is none of {}", known.join(", "))).into()
    })
}

/// A scope as it is kept, with codes for names; none if it is every event.
pub(super) fn scope(app: &App, text: Option<String>) -> Result<Option<String>, HttpError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let scope = Scope::parse(&text, &app.catalogue).map_err(AskError::Filter)?;
    Ok((!scope.is_everything()).then(|| scope.to_string()))
}
