//! Which end belongs to which beginning: pure, over acts in the order of time.
//!
//! Two acts belong together if they name one session id; where one names none, if they have the
//! same object and account, the newest open one first. A session without an id that begins while
//! another one of the same object and account is open supersedes it: the platform kept no end of
//! the first. Acts that failed or were denied neither begin nor end anything.

use std::collections::HashMap;

use annals_record::{Access, Catalogue, SYSTEM};

use super::{EndCause, Session, SessionEnd};
use crate::page::Position;
use crate::thing::Thing;

/// Which operations begin sessions and which end them, from the catalogue: of two session
/// operations that are paired, the one that stands first in it begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    /// The end -> the beginning.
    begins: HashMap<String, String>,
}

/// What an act is to sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// It begins one.
    Begin(Session),
    /// It ends one.
    End(Ending),
}

/// The end of a session, as its event tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The operation that begins what this one ends.
    pub(crate) begins: String,
    pub(crate) session_id: Option<String>,
    pub(crate) object: Option<Thing>,
    /// The account that was in.
    pub(crate) account: Option<String>,
    pub(crate) at: Position,
    pub(crate) operation: String,
    pub(crate) by: Option<String>,
    /// The cause, if the event says it.
    pub(crate) cause: Option<String>,
}

impl Pairs {
    pub(crate) fn of(catalogue: &Catalogue) -> Self {
        let operations = catalogue.operations();
        let place = |code: &str| operations.iter().position(|operation| operation.code == code);
        let mut begins = HashMap::new();
        for (own, operation) in operations.iter().enumerate() {
            let other = operation.pairs_with.as_deref().and_then(place);
            if let Some(other) = other.filter(|_| operation.access == Access::Session)
                && other < own
            {
                begins.insert(operation.code.clone(), operations[other].code.clone());
            }
        }
        Self { begins }
    }

    /// The operation that begins what `operation` ends.
    pub(crate) fn begin_of(&self, operation: &str) -> Option<&str> {
        self.begins.get(operation).map(String::as_str)
    }

    /// All operations that begin a session, sorted.
    pub(crate) fn begins(&self) -> Vec<&str> {
        let mut begins: Vec<_> = self.begins.values().map(String::as_str).collect();
        begins.sort_unstable();
        begins.dedup();
        begins
    }

    /// All operations that end a session, sorted.
    pub(crate) fn ends(&self) -> Vec<&str> {
        let mut ends: Vec<_> = self.begins.keys().map(String::as_str).collect();
        ends.sort_unstable();
        ends
    }
}

impl Ending {
    /// What becomes of the session that this one ends.
    fn of(self, session: &Session) -> SessionEnd {
        let inferred = self.cause.is_none();
        let own = [&session.operator, &session.username];
        let word = self.cause.unwrap_or_else(|| {
            let word = match self.by.as_deref() {
                _ if self.operation.ends_with(".timeout") => "timeout",
                Some(SYSTEM) => "system",
                _ if own.contains(&&self.by) => "user",
                _ => "admin",
            };
            word.to_owned()
        });
        let cause = EndCause { word, inferred };
        SessionEnd::Ended { at: self.at, operation: self.operation, by: self.by, cause }
    }
}

type IdKey = (String, String);
/// Operation, type and id (or name) of the object, account.
type PlaceKey = (String, Option<(Option<String>, Option<String>)>, Option<String>);

/// Takes acts oldest first and tells what became of each session.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    sessions: Vec<Session>,
    by_id: HashMap<IdKey, usize>,
    /// Open sessions, oldest first.
    by_place: HashMap<PlaceKey, Vec<usize>>,
}

impl Pairing {
    pub(crate) fn take(&mut self, act: Act) {
        match act {
            Act::Begin(session) => self.begin(session),
            Act::End(ending) => {
                let found = self.open_of_id(&ending).or_else(|| self.open_at_place(&ending));
                self.end(found, ending);
            }
        }
    }

    /// Takes an end that may have been taken before: it ends nothing but a session of its id.
    pub(crate) fn take_by_id(&mut self, ending: Ending) {
        let found = self.open_of_id(&ending);
        self.end(found, ending);
    }

    /// The sessions in the order in which they began.
    pub(crate) fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    fn begin(&mut self, session: Session) {
        let number = self.sessions.len();
        let place = session_place(&session);
        let earlier = match id_of(&session) {
            Some(id) => self.by_id.insert(id, number),
            None => {
                let open = self.by_place.get(&place).and_then(|open| open.last().copied());
                open.filter(|earlier| self.sessions[*earlier].session_id.is_none())
            }
        };
        if let Some(earlier) = earlier {
            let by = session.began;
            self.close(earlier, SessionEnd::Superseded { by });
        }
        self.by_place.entry(place).or_default().push(number);
        self.sessions.push(session);
    }

    fn open_of_id(&self, ending: &Ending) -> Option<usize> {
        let id = (ending.begins.clone(), ending.session_id.clone()?);
        let found = self.by_id.get(&id).copied();
        found.filter(|number| self.sessions[*number].began < ending.at)
    }

    fn open_at_place(&self, ending: &Ending) -> Option<usize> {
        let Ending { begins, object, account, session_id, .. } = ending;
        let place = place_of(begins.clone(), object.as_ref(), account.clone());
        // Two ids that differ are two sessions, whatever else they share.
        let fits =
            |number: &&usize| session_id.is_none() || self.sessions[**number].session_id.is_none();
        self.by_place.get(&place)?.iter().rev().find(fits).copied()
    }

    fn end(&mut self, session: Option<usize>, ending: Ending) {
        if let Some(number) = session {
            let end = ending.of(&self.sessions[number]);
            self.close(number, end);
        }
    }

    fn close(&mut self, number: usize, end: SessionEnd) {
        let session = &mut self.sessions[number];
        let (id, place) = (id_of(session), session_place(session));
        session.end = end;
        if let Some(id) = id
            && self.by_id.get(&id) == Some(&number)
        {
            self.by_id.remove(&id);
        }
        if let Some(open) = self.by_place.get_mut(&place) {
            open.retain(|other| *other != number);
        }
    }
}

fn id_of(session: &Session) -> Option<IdKey> {
    Some((session.operation.clone(), session.session_id.clone()?))
}

fn session_place(session: &Session) -> PlaceKey {
    place_of(session.operation.clone(), session.object.as_ref(), session.username.clone())
}

fn place_of(begins: String, object: Option<&Thing>, account: Option<String>) -> PlaceKey {
    let place = |object: &Thing| {
        let id = object.id.as_ref().or(object.name.as_ref());
        (object.kind.clone(), id.cloned())
    };
    (begins, object.map(place), account)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(at: i64) -> Position {
        Position { at, index: at as u64 }
    }

    /// `12 + vnc d-1 zhang3 s-7`: at 12 a session begins; `-` ends one. `_` is no id.
    fn act(line: &str) -> Act {
        let words: Vec<_> = line.split(' ').collect();
        let [time, sign, operation, object, account, id] = words[..] else { panic!("{line}") };
        let position = at(time.parse().expect("a number"));
        let session_id = (id != "_").then(|| id.to_owned());
        let (operation, account) = (operation.to_owned(), Some(account.to_owned()));
        let (kind, id) = (Some("desktop".to_owned()), Some(object.to_owned()));
        let object = Some(Thing { kind, id, ..Thing::default() });
        if sign == "-" {
            return Act::End(Ending {
                begins: operation,
                session_id,
                object,
                account: account.clone(),
                at: position,
                operation: "session.close".to_owned(),
                by: account,
                cause: None,
            });
        }
        Act::Begin(Session {
            began: position,
            id: format!("e-{time}"),
            session_id,
            service: "desktops".to_owned(),
            operation,
            operator: account.clone(),
            username: account,
            source_ip: None,
            object,
            related: Vec::new(),
            end: SessionEnd::Open,
        })
    }

    fn check(acts: &[&str], expected: &[&str]) {
        let mut pairing = Pairing::default();
        acts.iter().for_each(|line| pairing.take(act(line)));
        let line = |session: &Session| match &session.end {
            SessionEnd::Ended { at, .. } => format!("{}..{}", session.began.at, at.at),
            SessionEnd::Superseded { by } => format!("{}..{} superseded", session.began.at, by.at),
            SessionEnd::Open => format!("{}..", session.began.at),
            SessionEnd::NotFound => unreachable!("only a walk that was cut says so"),
        };
        assert_eq!(pairing.sessions().iter().map(line).collect::<Vec<_>>(), expected, "{acts:?}");
    }

    // Protects: by which rule an end is given to a session.
    #[test]
    fn ends_find_their_sessions() {
        check(&["1 + vnc d1 li _", "5 - vnc d1 li _"], &["1..5"]);
        check(&["1 + vnc d1 li a", "2 + vnc d1 li b", "5 - vnc d1 li a"], &["1..5", "2.."]);
        // An end without an id takes the newest; one with an id never takes another id.
        check(&["1 + vnc d1 li a", "2 + vnc d1 li b", "5 - vnc d1 li _"], &["1..", "2..5"]);
        check(&["1 + vnc d1 li a", "5 - vnc d1 li b"], &["1.."]);
        check(&["1 + vnc d1 li _", "5 - vnc d1 li b"], &["1..5"]);
        // The id alone is enough: an administrator or the platform may end it.
        check(&["1 + vnc d1 li a", "5 - vnc d9 admin a"], &["1..5"]);
        // Another kind of session, object or account is another session.
        check(&["1 + vnc d1 li _", "5 - ssh d1 li _"], &["1.."]);
        check(&["1 + vnc d1 li a", "5 - ssh d1 li a"], &["1.."]);
        check(&["1 + vnc d1 li _", "5 - vnc d2 li _"], &["1.."]);
        check(&["1 + vnc d1 li _", "5 - vnc d1 wu _"], &["1.."]);
        // An end ends one session, and none that begins later.
        check(&["1 + vnc d1 li _", "5 - vnc d1 li _", "6 - vnc d1 li _"], &["1..5"]);
        check(&["1 - vnc d1 li _", "5 + vnc d1 li _"], &["5.."]);
        // An end that is met again, or before its time, ends nothing else.
        let mut pairing = Pairing::default();
        for line in ["1 + vnc d1 li a", "2 - vnc d1 li a", "3 + vnc d1 li _", "4 + vnc d1 li a"] {
            pairing.take(act(line));
        }
        let Act::End(again) = act("2 - vnc d1 li a") else { panic!("an end") };
        pairing.take_by_id(again);
        let open = pairing.sessions().iter().filter(|it| it.end == SessionEnd::Open).count();
        assert_eq!(open, 2);
    }

    // Protects: a session whose end was never recorded does not stay open for ever.
    #[test]
    fn later_sessions_supersede() {
        check(
            &["1 + vnc d1 li _", "3 + vnc d1 li _", "5 - vnc d1 li _"],
            &["1..3 superseded", "3..5"],
        );
        check(&["1 + vnc d1 li a", "3 + vnc d1 li a"], &["1..3 superseded", "3.."]);
        check(&["1 + vnc d1 li a", "3 + vnc d1 li _"], &["1..", "3.."]);
    }

    // Protects: the catalogue says what begins and what ends; nothing else is a session.
    #[test]
    fn pairs_of_the_catalogue() {
        let pairs = Pairs::of(&Catalogue::built_in());
        let check = |end, begin| assert_eq!(pairs.begin_of(end), begin, "{end}");
        check("cluster.webssh.disconnect", Some("cluster.webssh.create"));
        check("desktop.webrdp.disconnect", Some("desktop.webrdp.create"));
        check("user.logout", Some("user.login"));
        check("session.timeout", Some("user.login"));
        check("session.end", Some("session.create"));
        check("host.session.close", Some("host.session.open"));
        check("host.session.open", None);
        check("cluster.power_on", None);
        assert_eq!((pairs.begins().len(), pairs.ends().len()), (9, 10));
    }

    // Protects: who ended a session, where its event does not say why.
    #[test]
    fn causes() {
        let Act::Begin(session) = act("1 + vnc d1 li a") else { panic!("a beginning") };
        let check = |operation: &str, by: &str, told: &str, expected: &str| {
            let Act::End(ending) = act("2 - vnc d1 li a") else { panic!("an end") };
            let cause = (!told.is_empty()).then(|| told.to_owned());
            let (operation, by) = (operation.to_owned(), Some(by.to_owned()));
            let end = Ending { operation, by, cause, ..ending }.of(&session);
            let SessionEnd::Ended { cause, .. } = end else { panic!("ended") };
            assert_eq!((cause.word.as_str(), cause.inferred), (expected, told.is_empty()));
        };
        check("session.timeout", "system", "", "timeout");
        check("desktop.webvnc.disconnect", "system", "", "system");
        check("desktop.webvnc.disconnect", "li", "", "user");
        check("desktop.webvnc.disconnect", "wu", "", "admin");
        check("desktop.webvnc.disconnect", "wu", "network", "network");
    }
}
