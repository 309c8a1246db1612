//! Calls for questions about many events, and for events as they come.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::Deserialize;

use super::{Client, ClientError, json};
use crate::routes;
use crate::wire::page::Asked;
use crate::wire::problem::Problem;
use crate::wire::search::{
    CompleteAnswer, CountAnswer, FacetsAnswer, GroupsAnswer, HistogramAnswer, ProgressLine,
};

/// Longest time one connection for live events is kept, seconds.
const TAIL_SECONDS_MAX: u64 = 24 * 3600;

impl Client {
    /// How many events match.
    ///
    /// # Errors
    /// As for all calls; `bad_filter` carries the place.
    pub fn count(&self, asked: &Asked) -> Result<CountAnswer, ClientError> {
        json(self.get(routes::COUNT, &asked.parameters())?)
    }

    /// The same; `told` hears meanwhile how many events were looked at, and of how many.
    ///
    /// # Errors
    /// As `count`.
    pub fn count_telling(
        &self,
        asked: &Asked,
        mut told: impl FnMut(u64, u64),
    ) -> Result<CountAnswer, ClientError> {
        let response = self.send(|client| {
            let request = client.request(Method::GET, routes::COUNT).query(&asked.parameters());
            request.header(ACCEPT, "application/x-ndjson")
        })?;
        for line in BufReader::new(response).lines() {
            let line = line.map_err(|error| ClientError::Answer(Box::new(error)))?;
            match serde_json::from_str(&line) {
                Ok(Line::Progress(ProgressLine { looked_at, to_look_at })) => {
                    told(looked_at, to_look_at);
                }
                Ok(Line::Answer(answer)) => return Ok(answer),
                Ok(Line::Problem(problem)) => return Err(ClientError::Refused(problem)),
                Err(error) => return Err(ClientError::Answer(Box::new(error))),
            }
        }
        Err(ClientError::Answer("the answer ends before its last line".into()))
    }

    /// The `top` most frequent values of fields.
    ///
    /// # Errors
    /// As for all calls.
    pub fn facets(
        &self,
        asked: &Asked,
        fields: &[String],
        top: u32,
    ) -> Result<FacetsAnswer, ClientError> {
        json(self.get(routes::FACETS, &of_fields(asked, fields, top))?)
    }

    /// The `top` most frequent combinations of values of fields.
    ///
    /// # Errors
    /// As for all calls.
    pub fn groups(
        &self,
        asked: &Asked,
        fields: &[String],
        top: u32,
    ) -> Result<GroupsAnswer, ClientError> {
        json(self.get(routes::GROUPS, &of_fields(asked, fields, top))?)
    }

    /// Counts over time, in buckets of `interval` (`1m` to `1mo`).
    ///
    /// # Errors
    /// As for all calls.
    pub fn histogram(&self, asked: &Asked, interval: &str) -> Result<HistogramAnswer, ClientError> {
        let mut query = asked.parameters();
        query.push(("interval", interval.to_owned()));
        json(self.get(routes::HISTOGRAM, &query)?)
    }

    /// Values of a field that begin with `prefix`.
    ///
    /// # Errors
    /// As for all calls.
    pub fn complete(
        &self,
        asked: &Asked,
        field: &str,
        prefix: &str,
    ) -> Result<CompleteAnswer, ClientError> {
        let mut query = asked.parameters();
        query.extend([("field", field.to_owned()), ("prefix", prefix.to_owned())]);
        json(self.get(routes::COMPLETE, &query)?)
    }

    /// Events that match `q`, whose days begin in the zone `tz` (none: UTC), from the one after
    /// position `after` on, or only those that are still to come. One connection;
    /// whoever wants more asks again behind the last one seen.
    ///
    /// # Errors
    /// As for all calls.
    pub fn tail(&self, q: &str, tz: Option<&str>, after: Option<u64>) -> Result<Tail, ClientError> {
        let response = self.send(|client| {
            let request = client.request(Method::GET, routes::TAIL).query(&[("q", q)]);
            let request = request.query(&tz.map(|tz| [("tz", tz)]));
            let request = request.header(ACCEPT, "text/event-stream");
            let request = request.timeout(Duration::from_secs(TAIL_SECONDS_MAX));
            match after {
                Some(index) => request.header("last-event-id", index.to_string()),
                None => request,
            }
        })?;
        Ok(Tail { lines: Box::new(BufReader::new(response)) })
    }
}

/// A line of an answer that tells how far it is.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Progress(ProgressLine),
    Answer(CountAnswer),
    Problem(Box<Problem>),
}

fn of_fields(asked: &Asked, fields: &[String], top: u32) -> Vec<(&'static str, String)> {
    let mut query = asked.parameters();
    query.extend([("fields", fields.join(",")), ("top", top.to_string())]);
    query
}

/// Live events over one connection (Server-Sent Events).
pub struct Tail {
    lines: Box<dyn BufRead + Send>,
}

impl std::fmt::Debug for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tail").finish_non_exhaustive()
    }
}

/// One message of a [`Tail`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What it is: `event`, or `end` with the reason for it.
    pub name: String,
    /// The position behind which to go on.
    pub id: Option<u64>,
    /// JSON: the event, or the reason.
    pub data: String,
}

impl Tail {
    /// The next message; blocks. None at the end of the connection.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn next_message(&mut self) -> std::io::Result<Option<Message>> {
        let mut message = Message { name: "event".to_owned(), ..Message::default() };
        let mut line = String::new();
        loop {
            line.clear();
            if self.lines.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let text = line.trim_end_matches(['\r', '\n']);
            if text.is_empty() {
                if message.data.is_empty() {
                    continue; // The end of a comment that keeps the connection alive.
                }
                return Ok(Some(message));
            }
            match text.split_once(':').map(|(key, value)| (key, value.trim_start())) {
                Some(("data", value)) => message.data.push_str(value),
                Some(("event", value)) => value.clone_into(&mut message.name),
                Some(("id", value)) => message.id = value.parse().ok(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: comments and unknown keys are no events, an id belongs to its event.
    #[test]
    fn messages() {
        let text = ": hello\n\nid: 7\ndata: {\"index\":7}\n\n: alive\n\nretry: 5\r\n\
                    event: end\r\ndata: {}\r\n\r\n";
        let mut tail = Tail { lines: Box::new(text.as_bytes()) };
        let mut next = || tail.next_message().expect("text");
        let message = |name: &str, id, data: &str| {
            Some(Message { name: name.to_owned(), id, data: data.to_owned() })
        };
        assert_eq!(next(), message("event", Some(7), "{\"index\":7}"));
        assert_eq!(next(), message("end", None, "{}"));
        assert_eq!(next(), None);
    }
}
