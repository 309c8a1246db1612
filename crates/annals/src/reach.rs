//! Reaching a server: its address, and the token from the environment or a file, never from an
//! argument.

use annals_api::client::{Client, ClientError};

use crate::args::ServerArgs;
use crate::exit::Exit;

/// The variable that holds the token.
const TOKEN_VARIABLE: &str = "ANNALS_TOKEN";

/// A client for the server that the arguments name.
pub(crate) fn client(args: &ServerArgs) -> Result<Client, Exit> {
    let token = token(args)?;
    Client::new(&args.server, Some(&token))
        .map_err(|error| Exit::usage(&format!("cannot use the server {}", args.server), &error))
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

/// How a failed call ends the command: a refusal is an answer, all else is an operating fault.
pub(crate) fn failed(error: &ClientError) -> Exit {
    match error.status() {
        Some(400..=499) => Exit::No(crate::exit::chain(error)),
        _ => Exit::fault("the server did not answer", error),
    }
}
