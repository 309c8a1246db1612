//! Reaching a server: its address, whom to trust, and the token from the environment or a file,
//! never from an argument.

use std::path::{Path, PathBuf};

use annals_api::client::{Client, ClientError};
use unicode_width::UnicodeWidthStr as _;

use crate::args::ServerArgs;
use crate::exit::Exit;

/// The variable that holds the token.
const TOKEN_VARIABLE: &str = "ANNALS_TOKEN";

/// A client for the server that the arguments name.
pub(crate) fn client(args: &ServerArgs) -> Result<Client, Exit> {
    let token = token(args)?;
    let unusable = |file: &Path, error: &(dyn std::error::Error + 'static)| {
        Exit::usage(&format!("cannot use the authorities in {}", file.display()), error)
    };
    let read = |file: &PathBuf| std::fs::read(file).map_err(|error| unusable(file, &error));
    // An empty variable is none.
    let ca = args.ca.as_ref().filter(|file| !file.as_os_str().is_empty());
    let pem = ca.map(read).transpose()?;
    let client = Client::with_authorities(&args.server, Some(&token), pem.as_deref());
    client.map_err(|error| match (&error, ca) {
        (ClientError::Authorities, Some(file)) => unusable(file, &error),
        _ => Exit::usage(&format!("cannot use the server {}", args.server), &error),
    })
}

/// The token: `--token-file` before the variable.
pub(crate) fn token(args: &ServerArgs) -> Result<String, Exit> {
    let text = match &args.token_file {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| Exit::usage(&format!("cannot read {}", file.display()), &error))?,
        None => std::env::var(TOKEN_VARIABLE).map_err(|_| {
            Exit::Usage(format!(
                "no token: set {TOKEN_VARIABLE} or name a file with --token-file \
                 (make one with: annals token create --data DIR --role … --name …)"
            ))
        })?,
    };
    let token = text.trim();
    if token.is_empty() {
        return Err(Exit::Usage("the token is empty".to_owned()));
    }
    Ok(token.to_owned())
}

/// How a failed question ends the command: a filter that cannot be read is wrong usage, and the
/// place in it is shown.
pub(crate) fn asked(error: &ClientError, q: Option<&str>) -> Exit {
    let place = error.problem().and_then(|problem| problem.filter.as_ref());
    match (place, q, error.problem()) {
        (Some(place), Some(q), Some(problem)) => {
            Exit::Usage(format!("{}\n{}", problem.detail, underlined(q, place.offset)))
        }
        (_, _, Some(problem)) if problem.status == 400 => Exit::Usage(crate::exit::chain(error)),
        _ => failed(error),
    }
}

/// The line of a filter in which a byte stands, and a mark under it.
pub(crate) fn underlined(q: &str, offset: usize) -> String {
    let offset = q.floor_char_boundary(offset.min(q.len()));
    let before = q[..offset].rsplit('\n').next().unwrap_or_default();
    let after = q[offset..].split('\n').next().unwrap_or_default();
    format!("  {before}{after}\n  {}^", " ".repeat(before.width()))
}

/// How a failed call ends the command: a refusal is an answer, all else is an operating fault.
pub(crate) fn failed(error: &ClientError) -> Exit {
    match error.status() {
        Some(400..=499) => Exit::No(crate::exit::chain(error)),
        _ => Exit::fault("the server did not answer", error),
    }
}
