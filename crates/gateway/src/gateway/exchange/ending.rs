//! The end of an exchange: told, and all that follows from it.

use std::sync::Arc;

use annals_api::sdk::Audited;
use annals_map::route::{
    Act, Answer, Begun, Close, ClosedBy, Closing, Data, Decided, Ending, Found, Session, Undecided,
};
use annals_record::{Outcome, Record, UNKNOWN};
use http::{HeaderMap, StatusCode};

use super::seen::is_success;
use super::{Answered, Exchange, Open};
use crate::body::End;
use crate::gateway::tunnel::Carried;
use crate::gateway::{Gateway, later, whence};
use crate::keep;
use crate::state::Kind;
use crate::upstream::NoAnswer;

const SIGN_IN: &str = "user.login";
const SIGN_OUT: &str = "user.logout";

impl Exchange {
    /// The answer has come, or broken off.
    pub(super) async fn ended(self, answered: Answered<'_>) {
        self.tell(answered).await;
    }

    /// The connection has changed its protocol: a session, if the route says so.
    pub(super) async fn switched(self, headers: &HeaderMap) -> Option<Carried> {
        let status = StatusCode::SWITCHING_PROTOCOLS;
        self.tell(Answered { status, headers, data: None, end: End::Whole }).await
    }

    /// No answer came: what has happened is unknown, unless the platform was never reached.
    pub(super) async fn unanswered(mut self, error: &NoAnswer) {
        let (outcome, reason) = match error.is_harmless() {
            true => (Outcome::Failure, "the platform could not be reached"),
            false => (Outcome::Unknown, "the platform gave no answer"),
        };
        self.take_late();
        let headers = HeaderMap::new();
        let answer = Answer { status: 502, headers: &headers, data: None };
        let told = |record: &mut Record<'static>| {
            record.outcome = Some(outcome.as_str().into());
            record.reason = Some(reason.into());
            record.changes = None;
        };
        let Self { gateway, open, seen, id, .. } = self;
        match open {
            Open::Act { act, audited } => {
                let mut record = act.end(&seen.request(), &answer).record;
                told(&mut record);
                gateway.keeper.finish(audited, record).await;
            }
            Open::Undecided(undecided) => {
                let Some(mut record) = undecided.note().cloned() else { return };
                told(&mut record);
                seen.name(&mut record, &id);
                let guarantee = keep::guarantee(undecided.guarantee());
                if gateway.keeper.whole(record, guarantee).await {
                    gateway.state.forget(Kind::Note, &id);
                }
            }
        }
    }

    /// It may be a sign-in.
    pub(super) fn is_sign_in(&self) -> bool {
        let record = match &self.open {
            Open::Act { act, .. } => Some(act.record()),
            Open::Undecided(undecided) => undecided.note(),
        };
        record.is_some_and(|record| record.operation.as_deref() == Some(SIGN_IN))
    }

    fn take_late(&mut self) {
        if let Some(late) = self.seen.late.take() {
            self.seen.data = late.finish();
        }
    }

    /// The platform may have accepted a password that nobody had judged before. The name, if it is
    /// too late for the intent to say it.
    fn accept(&mut self, status: StatusCode) -> Option<String> {
        if !self.gateway.identities.accepts(status) {
            return None;
        }
        let name = self.seen.whence.who.accept()?;
        let is_late = matches!(&self.open, Open::Act { act, .. }
            if act.record().operator.as_deref() == Some(UNKNOWN));
        is_late.then_some(name)
    }

    async fn tell(mut self, answered: Answered<'_>) -> Option<Carried> {
        let is_late = self.seen.late.is_some();
        self.take_late();
        let Answered { status, headers, data, end } = answered;
        let answer = Answer { status: status.as_u16(), headers, data };
        let let_in = self.accept(status);
        let Self { gateway, open, seen, id, begun, work } = self;
        let rest = Rest { gateway, seen, id, begun, let_in, _work: work };
        match open {
            Open::Act { act, audited } => {
                let act = if is_late { rest.whole_act(*act) } else { *act };
                let mut ending = act.end(&rest.seen.request(), &answer);
                if is_late {
                    ending.record.request_data.clone_from(&act.record().request_data);
                }
                rest.finish(&act, audited, ending, &answer, end).await
            }
            Open::Undecided(undecided) => rest.decide(&undecided, &answer, end).await,
        }
    }
}

/// What is left of an exchange when it has ended.
struct Rest {
    gateway: Arc<Gateway>,
    seen: super::Seen,
    id: String,
    begun: std::time::Instant,
    /// Whom the platform let in by its answer, where the intent calls him unknown.
    let_in: Option<String>,
    _work: Option<tokio::sync::OwnedSemaphorePermit>,
}

impl Rest {
    /// The same act, with the whole body.
    fn whole_act(&self, act: Act) -> Act {
        let request = self.seen.request();
        let Found::Matched(matched) = self.gateway.routes.find(request.method, request.path) else {
            return act;
        };
        match matched.begin(&request) {
            Begun::Act(whole) if whole.record().operation == act.record().operation => whole,
            _ => act,
        }
    }

    async fn finish(
        &self,
        act: &Act,
        audited: Audited,
        ending: Ending,
        answer: &Answer<'_>,
        end: End,
    ) -> Option<Carried> {
        let Ending { mut record, later, session, closes } = ending;
        self.qualify(&mut record, end);
        self.follow(act.record(), &record, answer).await;
        let carried = self.open(session).await;
        match later {
            Some(later) => {
                let (id, let_in) = (audited.later(), self.let_in.clone());
                later::begin(&self.gateway, id, later, let_in, self.begun).await;
            }
            None => self.gateway.keeper.finish(audited, record).await,
        }
        self.close(closes).await;
        carried
    }

    async fn decide(
        &self,
        undecided: &Undecided,
        answer: &Answer<'_>,
        end: End,
    ) -> Option<Carried> {
        let decided = undecided.decide(&self.seen.request(), answer);
        let mut kept = true;
        let mut carried = None;
        match decided {
            Decided::Whole(ending) => {
                // What goes on after its answer is never undecided.
                let Ending { mut record, later: _, session, closes } = *ending;
                self.qualify(&mut record, end);
                self.follow(&record, &record, answer).await;
                carried = self.open(session).await;
                let took = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                record.duration_ms.get_or_insert(took);
                self.seen.name(&mut record, &self.id);
                let guarantee = keep::guarantee(undecided.guarantee());
                kept = self.gateway.keeper.whole(record, guarantee).await;
                self.close(closes).await;
            }
            Decided::Closes(closing) => self.close(Some(*closing)).await,
            Decided::Session(session) => carried = self.open(Some(*session)).await,
            Decided::Nothing => {
                let request = self.seen.request();
                self.gateway.count_uncovered(request.method, request.path);
            }
            Decided::Ignored => {}
        }
        if kept {
            self.gateway.state.forget(Kind::Note, &self.id);
        }
        carried
    }

    /// Keeps the session that the answer has opened, before its beginning is told.
    ///
    /// A gateway that dies in between leaves the beginning as its intent or note has it, `unknown`,
    /// and the end with cause `network`. That is true: the platform had opened it, and it went with
    /// the gateway. In the other order a session would have begun and never ended. Only a
    /// best-effort beginning may be missing then, as it always may.
    async fn open(&self, session: Option<Session>) -> Option<Carried> {
        let session = session?;
        let id = session.id()?.to_owned();
        let (by, lasted) = (ClosedBy::Nobody, std::time::Duration::ZERO);
        let mut end = session.close(&Close { by, code: None, reason: "", lasted });
        let whence = self.seen.whence.clone();
        whence.fill(&mut end);
        end.session_id = Some(id.clone().into());
        self.gateway.sessions.begin(&id, end).await;
        Some(Carried { id, session, whence })
    }

    /// What the end of the answer adds to what it says.
    fn qualify(&self, record: &mut Record<'static>, end: End) {
        let note = match end {
            End::Whole => None,
            End::Broken => Some("the platform broke its answer off"),
            End::Left => Some("the client left before the answer was whole"),
        };
        let claimed = self.seen.claimed().map(|name| format!("claimed to be {name}"));
        let let_in = self.let_in.as_deref().map(whence::let_in);
        let said = [note.map(str::to_owned), claimed, let_in];
        said.iter().flatten().for_each(|said| whence::say(record, said));
        if end == End::Broken && is_success(record) {
            record.outcome = Some(Outcome::Unknown.as_str().into());
        }
    }

    /// What follows from an event for others: sign-ins, sign-outs, ends of sessions.
    async fn follow(&self, event: &Record<'_>, ended: &Record<'_>, answer: &Answer<'_>) {
        if !is_success(ended) {
            return;
        }
        let operation = event.operation.as_deref().unwrap_or_default();
        let identities = &self.gateway.identities;
        match operation {
            SIGN_IN => {
                let login = event.operator.as_deref().filter(|login| *login != UNKNOWN);
                if let Some(login) = login {
                    identities.signed_in(login, answer.headers, answer.data.map(Data::value));
                }
            }
            SIGN_OUT => identities.signed_out(&self.seen.headers),
            _ => {}
        }
        let session = ended.session_id.as_deref().or(event.session_id.as_deref());
        if let Some(session) = session.filter(|_| self.gateway.routes.ends_session(operation)) {
            self.gateway.sessions.ended_elsewhere(session);
        }
    }

    async fn close(&self, closes: Option<Closing>) {
        if let Some(closing) = closes {
            later::close(&self.gateway, closing).await;
        }
    }
}
