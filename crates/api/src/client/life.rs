//! Calls about lives and behaviour.

use super::{Client, ClientError, json};
use crate::routes;
use crate::wire::history::{CausesAnswer, HistoryAnswer};
use crate::wire::page::Asked;
use crate::wire::profile::ProfileAnswer;
use crate::wire::session::SessionsAnswer;

impl Client {
    /// A page of the history of one object, oldest event first.
    ///
    /// # Errors
    /// As for all calls.
    pub fn history(
        &self,
        kind: &str,
        id: &str,
        asked: &Asked,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<HistoryAnswer, ClientError> {
        let mut query = asked.parameters();
        query.extend([("type", kind.to_owned()), ("id", id.to_owned())]);
        query.push(("limit", limit.to_string()));
        query.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        json(self.get(routes::HISTORY, &query)?)
    }

    /// What one person does in a range.
    ///
    /// # Errors
    /// As for all calls.
    pub fn profile(&self, user: &str, asked: &Asked) -> Result<ProfileAnswer, ClientError> {
        let path = routes::PROFILE.replace("{name}", &segment(user));
        json(self.get(&path, &asked.parameters())?)
    }

    /// A page of sessions in a state (`any`, `open`, `ended`), newest first.
    ///
    /// # Errors
    /// As for all calls.
    pub fn sessions(
        &self,
        state: &str,
        asked: &Asked,
        cursor: Option<&str>,
    ) -> Result<SessionsAnswer, ClientError> {
        let mut query = asked.parameters();
        query.push(("state", state.to_owned()));
        query.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        json(self.get(routes::SESSIONS, &query)?)
    }

    /// What made an event happen, and what it made happen.
    ///
    /// # Errors
    /// As for all calls.
    pub fn causes(&self, id: &str) -> Result<CausesAnswer, ClientError> {
        json(self.get(&routes::CAUSES.replace("{id}", &segment(id)), &[])?)
    }
}

/// A text as one segment of a path (RFC 3986, 2.1).
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => out.push(byte.into()),
            // A segment of points alone would mean another place.
            b'.' if text.bytes().any(|byte| byte != b'.') => out.push('.'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: no name leads to another address.
    #[test]
    fn segments() {
        let check = |text: &str, expected: &str| assert_eq!(segment(text), expected);
        check("zhang3", "zhang3");
        check("CORP\\li4", "CORP%5Cli4");
        check("a/b?c#d", "a%2Fb%3Fc%23d");
        check("..", "%2E%2E");
        check("li.4", "li.4");
        check("张", "%E5%BC%A0");
    }
}
