//! What to say next, given what waits: pure, so that every order of things can be tested.
//!
//! An intent whose outcome waits as well becomes one whole event, and whole events go together.
//! That is only right for an intent that was never sent by itself: one that was found in the spool
//! at the start may have been, and so may one whose request got no answer.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::sdk::spool::format::{Item, Kind};

/// Most events of a request.
const BATCH_EVENTS_MAX: usize = 1_000;
/// Bytes of a request at which it takes no further event.
const BATCH_BYTES_ENOUGH: usize = 4 << 20;
/// How long an intent waits for its outcome before it is told alone.
pub(super) const LINGER: Duration = Duration::from_millis(200);

/// One thing that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) number: u64,
    pub(super) kind: Kind,
    pub(super) payload: Vec<u8>,
    /// The id of its event, for intents and outcomes.
    id: String,
    /// When it was first seen here.
    seen: Instant,
    /// It may have been sent by itself before: it was in the spool at the start, or no answer came.
    pub(super) may_be_told: bool,
    /// Told, though something before it is not.
    is_done: bool,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There is nothing.
    Nothing,
    /// Send these whole events; what they cover, by number.
    Events {
        /// NDJSON.
        lines: Vec<u8>,
        /// Numbers of all items in it.
        numbers: Vec<u64>,
    },
    /// Tell that the first one begins.
    Begin,
    /// Tell how that of the first one ended.
    End {
        /// The id of the operation.
        id: String,
        /// The outcome's JSON.
        outcome: String,
    },
    /// Wait for the outcome of the first one.
    Linger(Duration),
    /// The first one cannot be read, by whoever wrote it.
    Unreadable,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Ending {
    id: String,
    outcome: Box<RawValue>,
}

impl Waiting {
    pub(super) fn new(number: u64, item: Item, seen: Instant, may_be_told: bool) -> Self {
        let Item { kind, payload } = item;
        let named = match kind {
            Kind::Event => None,
            Kind::Intent | Kind::Outcome => serde_json::from_slice::<Named>(&payload).ok(),
        };
        let id = named.map(|named| named.id).unwrap_or_default();
        Self { number, kind, payload, id, seen, may_be_told, is_done: false }
    }
}

/// Forgets what is told, from the front; the number of the first that is not.
pub(super) fn told(window: &mut VecDeque<Waiting>, numbers: &[u64]) -> Option<u64> {
    for waiting in window.iter_mut() {
        waiting.is_done |= numbers.contains(&waiting.number);
    }
    let mut next = None;
    while let Some(waiting) = window.pop_front_if(|waiting| waiting.is_done) {
        next = Some(waiting.number + 1);
    }
    next
}

/// The next step.
pub(super) fn next(window: &VecDeque<Waiting>, now: Instant) -> Step {
    let Some(first) = window.front() else { return Step::Nothing };
    let (mut lines, mut numbers) = (Vec::new(), Vec::new());
    for (place, waiting) in window.iter().enumerate() {
        if waiting.is_done || numbers.contains(&waiting.number) {
            continue;
        }
        if numbers.len() >= BATCH_EVENTS_MAX || lines.len() >= BATCH_BYTES_ENOUGH {
            break;
        }
        let line = match waiting.kind {
            Kind::Event => Some((waiting.payload.clone(), None)),
            Kind::Intent if !waiting.may_be_told => whole(waiting, window.range(place + 1..)),
            Kind::Intent | Kind::Outcome => None,
        };
        let Some((line, outcome)) = line else { break };
        lines.extend_from_slice(&line);
        lines.push(b'\n');
        numbers.push(waiting.number);
        numbers.extend(outcome);
    }
    if !numbers.is_empty() {
        return Step::Events { lines, numbers };
    }
    match first.kind {
        Kind::Event => Step::Unreadable,
        Kind::Intent => {
            let waited = now.saturating_duration_since(first.seen);
            let left = LINGER.saturating_sub(waited);
            if first.may_be_told || left.is_zero() { Step::Begin } else { Step::Linger(left) }
        }
        Kind::Outcome => match serde_json::from_slice::<Ending>(&first.payload) {
            Ok(Ending { id, outcome }) => Step::End { id, outcome: outcome.get().to_owned() },
            Err(_) => Step::Unreadable,
        },
    }
}

/// An intent with its outcome, and the outcome's number, if that waits too.
fn whole<'a>(
    intent: &Waiting,
    mut behind: impl Iterator<Item = &'a Waiting>,
) -> Option<(Vec<u8>, Option<u64>)> {
    let is_its = |other: &&Waiting| other.kind == Kind::Outcome && other.id == intent.id;
    let outcome = behind.find(is_its)?;
    let ending: Ending = serde_json::from_slice(&outcome.payload).ok()?;
    let text = merged(&intent.payload, ending.outcome.get().as_bytes()).ok()?;
    Some((text.into(), Some(outcome.number)))
}

/// An event with how it ended; what the end names stands in the place of what the event named.
/// Values stay as they were written.
pub(super) fn merged(event: &[u8], end: &[u8]) -> Result<String, serde_json::Error> {
    type Members = BTreeMap<String, Box<RawValue>>;
    let mut event: Members = serde_json::from_slice(event)?;
    let end: Members = serde_json::from_slice(end)?;
    if end.contains_key("object") || end.contains_key("objects") {
        event.remove("object");
        event.remove("objects");
    }
    event.extend(end);
    serde_json::to_string(&event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(texts: &[(Kind, &str)], old: usize) -> VecDeque<Waiting> {
        let seen = Instant::now();
        let items = (0u64..).zip(texts).map(|(number, (kind, text))| {
            let payload = match kind {
                Kind::Event | Kind::Intent => format!(r#"{{"id":"{text}"}}"#),
                Kind::Outcome => format!(r#"{{"id":"{text}","outcome":{{"outcome":"success"}}}}"#),
            };
            let item = Item { kind: *kind, payload: payload.into() };
            Waiting::new(number, item, seen, (number as usize) < old)
        });
        items.collect()
    }

    fn numbers(step: Step) -> Vec<u64> {
        match step {
            Step::Events { numbers, .. } => numbers,
            other => panic!("{other:?}"),
        }
    }

    // Protects: pairs become whole events, in the order of their beginnings, up to the first
    // operation that is still open; what is told ahead is not told again.
    #[test]
    fn pairs_go_together() {
        use Kind::*;
        let mut waiting = window(
            &[
                (Event, "a"),
                (Intent, "b"),
                (Intent, "c"),
                (Outcome, "b"),
                (Intent, "d"),
                (Outcome, "c"),
            ],
            0,
        );
        let now = waiting[0].seen;
        assert_eq!(numbers(next(&waiting, now)), [0, 1, 3, 2, 5]);
        assert_eq!(told(&mut waiting, &[0, 1, 3, 2, 5]), Some(4));
        assert_eq!(waiting.len(), 2);
        assert_eq!(next(&waiting, now), Step::Linger(LINGER));
        assert_eq!(next(&waiting, now + LINGER), Step::Begin);
        assert_eq!(told(&mut waiting, &[4]), Some(6));
        assert_eq!(next(&waiting, now), Step::Nothing);
    }

    // Protects: no double. What may have been sent before the start is sent as it was then.
    #[test]
    fn old_intents_are_told_in_halves() {
        let mut waiting = window(&[(Kind::Intent, "a"), (Kind::Outcome, "a")], 2);
        let now = waiting[0].seen;
        assert_eq!(next(&waiting, now), Step::Begin);
        assert_eq!(told(&mut waiting, &[0]), Some(1));
        let outcome = r#"{"outcome":"success"}"#.to_owned();
        assert_eq!(next(&waiting, now), Step::End { id: "a".to_owned(), outcome });
    }

    // Protects: values pass through as written, and objects of the end replace those of the
    // beginning whether there is one or several.
    #[test]
    fn ends_are_merged_in() {
        let event = br#"{"id":"a","object":{"type":"x"},"request_data":{"z":1.50,"a":[ ]}}"#;
        let end = br#"{"outcome":"failure","objects":[{"type":"y"}]}"#;
        let expected = concat!(
            r#"{"id":"a","objects":[{"type":"y"}],"outcome":"failure","#,
            r#""request_data":{"z":1.50,"a":[ ]}}"#
        );
        assert_eq!(merged(event, end).expect("JSON"), expected);
    }
}
