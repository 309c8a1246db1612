//! Finding the events that begin sessions, and the ends of those.

use std::collections::{BTreeMap, BTreeSet};

use annals_record::Tag;

use super::pairing::{Act, Ending, Pairing, Pairs};
use super::{
    SESSION_EVENTS_MAX, SESSION_LOOK_BACK_NS, Session, SessionEnd, SessionStatus, Sessions,
};
use crate::diff::Tree;
use crate::gather::Gather;
use crate::page::Order;
use crate::row::{Row, Seen};
use crate::thing::{Thing, text};
use crate::{
    Answer, Field, Filter, Found, Page, Position, Progress, QueryError, Question, SearchIndex,
};

/// Events that begin sessions, read for one page.
const BEGINNINGS_MAX: usize = 2_000;
/// Events of one step of the search for ends.
const STEP_EVENTS: usize = 1_000;

impl SearchIndex {
    /// Sessions whose beginning matches the question, the newest first, after `last`: those that
    /// began in its range, then those that reach into it and began at most
    /// [`SESSION_LOOK_BACK_NS`] before.
    ///
    /// # Errors
    /// As `page`.
    pub fn sessions(
        &self,
        question: &Question,
        status: SessionStatus,
        last: Option<Position>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Answer<Sessions>, QueryError> {
        let gather = Gather::new(self, question, progress);
        let pairs = Pairs::of(self.catalogue());
        Search { gather, pairs }.page(question, status, last, limit)
    }
}

struct Search<'i> {
    gather: Gather<'i>,
    pairs: Pairs,
}

impl Search<'_> {
    fn page(
        mut self,
        question: &Question,
        status: SessionStatus,
        mut last: Option<Position>,
        limit: usize,
    ) -> Result<Answer<Sessions>, QueryError> {
        let begins = Question {
            from: question.from.map(|from| from.saturating_sub(SESSION_LOOK_BACK_NS)),
            ..self.gather.question.and(done(self.pairs.begins()))
        };
        let (mut sessions, mut looked) = (Vec::<Session>::new(), 0);
        let next = loop {
            let step = limit.max(100);
            let Page { events, next } =
                self.gather.page(&begins, Order::NewestFirst, last, step)?;
            looked += events.len();
            let mut found: Vec<_> = events.iter().filter_map(|it| self.session(it)).collect();
            self.find_ends(&mut found)?;
            sessions.extend(found.into_iter().filter(|session| {
                session.is(status) && question.from.is_none_or(|from| session.reaches(from))
            }));
            last = next.map(|token| token.last);
            if sessions.len() > limit {
                sessions.truncate(limit);
                break sessions.last().map(|session| session.began);
            }
            if last.is_none() || sessions.len() == limit || looked >= BEGINNINGS_MAX {
                break last;
            }
        };
        let next = next.map(|last| self.gather.token(question, Order::NewestFirst, last));
        Ok(self.gather.answer(Sessions { sessions, next }))
    }

    /// Says of each session what became of it.
    fn find_ends(&mut self, sessions: &mut [Session]) -> Result<(), QueryError> {
        let mut pairing = Pairing::default();
        let mut is_cut = self.pair_by_account(sessions, &mut pairing)?;
        let paired: BTreeSet<_> = pairing.sessions().iter().map(|session| session.began).collect();
        for session in sessions.iter().filter(|session| !paired.contains(&session.began)) {
            pairing.take(Act::Begin(session.clone()));
            is_cut |= session.session_id.is_none();
        }
        let is_id_cut = self.pair_by_id(sessions, &mut pairing)?;
        let ends: BTreeMap<_, _> =
            pairing.sessions().iter().map(|session| (session.began, &session.end)).collect();
        for session in sessions {
            session.end = match ends.get(&session.began) {
                Some(SessionEnd::Open) | None => {
                    let is_cut = if session.session_id.is_some() { is_id_cut } else { is_cut };
                    if is_cut { SessionEnd::NotFound } else { SessionEnd::Open }
                }
                Some(&end) => end.clone(),
            };
        }
        Ok(())
    }

    /// Pairs what the accounts of these sessions did from the first of them on, until all have
    /// ended. True if that was too much to look at all of it.
    fn pair_by_account(
        &mut self,
        sessions: &[Session],
        pairing: &mut Pairing,
    ) -> Result<bool, QueryError> {
        let accounts: BTreeSet<_> =
            sessions.iter().flat_map(|it| [&it.operator, &it.username]).flatten().collect();
        let Some(first) = sessions.iter().map(|session| session.began.at).min() else {
            return Ok(false);
        };
        let operations = self.pairs.begins().into_iter().chain(self.pairs.ends());
        let of_accounts = Filter::one_of(Field::User, accounts.into_iter().map(String::as_str));
        let filter = Filter::and([done(operations), of_accounts]);
        let acts = Question { filter, from: Some(first), ..self.gather.ever() };
        let wanted: BTreeSet<_> = sessions.iter().map(|session| session.began).collect();
        let (mut last, mut looked) = (None, 0);
        while looked < SESSION_EVENTS_MAX {
            let Page { events, next } =
                self.gather.page(&acts, Order::OldestFirst, last, STEP_EVENTS)?;
            looked += events.len();
            events.iter().filter_map(|found| self.act(found)).for_each(|act| pairing.take(act));
            let is_done = |session: &&Session| {
                session.end != SessionEnd::Open && wanted.contains(&session.began)
            };
            let done = pairing.sessions().iter().filter(is_done).count();
            last = next.map(|token| token.last);
            if last.is_none() || done == wanted.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Pairs the ends that name the ids of those that are still open, whoever caused them. True
    /// if there were too many.
    fn pair_by_id(
        &mut self,
        sessions: &[Session],
        pairing: &mut Pairing,
    ) -> Result<bool, QueryError> {
        let open: BTreeSet<_> = pairing
            .sessions()
            .iter()
            .filter(|session| session.end == SessionEnd::Open)
            .map(|session| session.began)
            .collect();
        let open = || sessions.iter().filter(|session| open.contains(&session.began));
        let ids: BTreeSet<_> = open().filter_map(|it| it.session_id.as_deref()).collect();
        let Some(first) = open().map(|session| session.began.at).min() else { return Ok(false) };
        if ids.is_empty() {
            return Ok(false);
        }
        let filter = Filter::and([done(self.pairs.ends()), Filter::one_of(Field::SessionId, ids)]);
        let ends = Question { filter, from: Some(first), ..self.gather.ever() };
        let Page { events, next } =
            self.gather.page(&ends, Order::OldestFirst, None, STEP_EVENTS)?;
        for found in &events {
            if let Some(Act::End(ending)) = self.act(found) {
                pairing.take_by_id(ending);
            }
        }
        Ok(next.is_some())
    }

    fn act(&self, found: &Found) -> Option<Act> {
        let row = found.row();
        let operation = text(&row, Field::Operation)?;
        let Some(begins) = self.pairs.begin_of(&operation) else {
            return self.session(found).map(Act::Begin);
        };
        let by = text(&row, Field::Operator);
        let account = text(&row, Field::Username).or_else(|| by.clone());
        Some(Act::End(Ending {
            begins: begins.to_owned(),
            session_id: text(&row, Field::SessionId),
            object: Thing::targets(&row).into_iter().next(),
            account,
            at: found.position,
            operation,
            by,
            cause: told_cause(&row),
        }))
    }

    /// The session that an event begins, as open.
    fn session(&self, found: &Found) -> Option<Session> {
        let row = found.row();
        let operator = text(&row, Field::Operator);
        Some(Session {
            began: found.position,
            id: text(&row, Field::Id)?,
            session_id: text(&row, Field::SessionId),
            service: text(&row, Field::Service)?,
            operation: text(&row, Field::Operation)?,
            username: text(&row, Field::Username).or_else(|| operator.clone()),
            operator,
            source_ip: text(&row, Field::SourceIp),
            object: Thing::targets(&row).into_iter().next(),
            related: Thing::related(&row),
            end: SessionEnd::Open,
        })
    }
}

impl Session {
    fn is(&self, status: SessionStatus) -> bool {
        let is_open = self.end == SessionEnd::Open;
        match status {
            SessionStatus::Any => true,
            SessionStatus::Open => is_open,
            SessionStatus::Ended => !is_open && self.end != SessionEnd::NotFound,
        }
    }

    /// True if it was not over at that time.
    fn reaches(&self, from: i64) -> bool {
        self.duration().is_none_or(|duration| self.began.at.saturating_add(duration) >= from)
    }
}

/// Operations that neither failed nor were denied.
fn done<'o>(operations: impl IntoIterator<Item = &'o str>) -> Filter {
    let refused = Filter::one_of(Field::Outcome, ["failure", "denied"]);
    Filter::and([Filter::one_of(Field::Operation, operations), Filter::negated(refused)])
}

/// The cause of an end as its request says it.
fn told_cause(row: &Row<'_>) -> Option<String> {
    let Seen::Value(request) = row.sealed(Tag::REQUEST_DATA) else { return None };
    Tree::parse(request)?.values()?.get("end_cause")?.text()
}
