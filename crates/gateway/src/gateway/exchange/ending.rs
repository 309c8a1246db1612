//! The end of an exchange: told, and all that follows from it.

use std::sync::Arc;

use annals_api::sdk::{Audited, Guarantee};
use annals_map::route::{Act, Answer, Begun, Closing, Data, Decided, Ending, Found, Undecided};
use annals_record::{Outcome, Record};
use http::{HeaderMap, StatusCode};

use super::seen::is_success;
use super::{Answered, Exchange, Open};
use crate::body::End;
use crate::gateway::tunnel::Carried;
use crate::gateway::{Gateway, later};
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
        let (gateway, whence) = (self.gateway.clone(), self.seen.whence.clone());
        let status = StatusCode::SWITCHING_PROTOCOLS;
        let answered = Answered { status, headers, data: None, end: End::Whole };
        let session = self.tell(answered).await?;
        let id = session.id()?.to_owned();
        let close = annals_map::route::Close {
            by: annals_map::route::ClosedBy::Nobody,
            code: None,
            reason: "",
            lasted: std::time::Duration::ZERO,
        };
        let mut end = session.close(&close);
        whence.fill(&mut end);
        end.session_id = Some(id.clone().into());
        gateway.sessions.begin(&id, end).await;
        Some(Carried { id, session, whence })
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
            Open::Undecided { undecided, audited } => {
                let Some(mut record) = undecided.note().cloned() else { return };
                let guarantee = keep::guarantee(undecided.guarantee());
                told(&mut record);
                match audited {
                    Some(audited) => {
                        gateway.keeper.finish(audited, only_outcome(record)).await;
                    }
                    None => {
                        seen.name(&mut record, &id);
                        if gateway.keeper.whole(record, guarantee).await {
                            gateway.state.forget(Kind::Note, &id);
                        }
                    }
                }
            }
        }
    }

    /// It may be a sign-in.
    pub(super) fn is_sign_in(&self) -> bool {
        let record = match &self.open {
            Open::Act { act, .. } => Some(act.record()),
            Open::Undecided { undecided, .. } => undecided.note(),
        };
        record.is_some_and(|record| record.operation.as_deref() == Some(SIGN_IN))
    }

    fn take_late(&mut self) {
        if let Some(late) = self.seen.late.take() {
            self.seen.data = late.finish();
        }
    }

    async fn tell(mut self, answered: Answered<'_>) -> Option<annals_map::route::Session> {
        let is_late = self.seen.late.is_some();
        self.take_late();
        let Answered { status, headers, data, end } = answered;
        let answer = Answer { status: status.as_u16(), headers, data };
        let Self { gateway, open, seen, id, begun, work } = self;
        let rest = Rest { gateway, seen, id, begun, _work: work };
        match open {
            Open::Act { act, audited } => {
                let act = if is_late { rest.whole_act(*act) } else { *act };
                let mut ending = act.end(&rest.seen.request(), &answer);
                if is_late {
                    ending.record.request_data.clone_from(&act.record().request_data);
                }
                rest.finish(&act, audited, ending, &answer, end).await
            }
            Open::Undecided { undecided, audited } => {
                rest.decide(&undecided, audited, &answer, end).await
            }
        }
    }
}

/// What is left of an exchange when it has ended.
struct Rest {
    gateway: Arc<Gateway>,
    seen: super::Seen,
    id: String,
    begun: std::time::Instant,
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
    ) -> Option<annals_map::route::Session> {
        let Ending { mut record, later, session, closes } = ending;
        self.qualify(&mut record, end);
        self.follow(act.record(), &record, answer).await;
        match later {
            Some(later) => {
                let id = audited.later();
                later::begin(&self.gateway, id, later).await;
            }
            None => self.gateway.keeper.finish(audited, record).await,
        }
        self.close(closes).await;
        session
    }

    async fn decide(
        &self,
        undecided: &Undecided,
        audited: Option<Audited>,
        answer: &Answer<'_>,
        end: End,
    ) -> Option<annals_map::route::Session> {
        let decided = undecided.decide(&self.seen.request(), answer);
        let mut kept = true;
        let mut opened = None;
        match decided {
            Decided::Whole(ending) => {
                let Ending { mut record, later, session, closes } = *ending;
                self.qualify(&mut record, end);
                self.follow(&record, &record, answer).await;
                opened = session;
                let took = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                record.duration_ms.get_or_insert(took);
                self.seen.name(&mut record, &self.id);
                let guarantee = keep::guarantee(undecided.guarantee());
                match (audited, later) {
                    (Some(audited), None) => {
                        self.gateway.keeper.finish(audited, only_outcome(record)).await;
                    }
                    (Some(audited), Some(later)) => {
                        later::begin(&self.gateway, audited.later(), later).await;
                    }
                    (None, Some(later)) => kept = self.goes_on(record, guarantee, later).await,
                    (None, None) => kept = self.gateway.keeper.whole(record, guarantee).await,
                }
                self.close(closes).await;
            }
            Decided::Closes(closing) => self.close(Some(*closing)).await,
            Decided::Session(session) => opened = Some(*session),
            Decided::Nothing => {
                let request = self.seen.request();
                self.gateway.count_uncovered(request.method, request.path);
            }
            Decided::Ignored => {}
        }
        if kept {
            self.gateway.state.forget(Kind::Note, &self.id);
        }
        opened
    }

    /// An operation that was decided late and goes on.
    async fn goes_on(
        &self,
        mut record: Record<'static>,
        guarantee: Guarantee,
        later: annals_map::route::Later,
    ) -> bool {
        (record.outcome, record.duration_ms) = (None, None);
        match self.gateway.keeper.begin(record, guarantee).await {
            Ok(audited) => {
                later::begin(&self.gateway, audited.later(), later).await;
                true
            }
            Err(error) => {
                tracing::error!(%error, "an operation that goes on is not kept");
                false
            }
        }
    }

    /// What the end of the answer adds to what it says.
    fn qualify(&self, record: &mut Record<'static>, end: End) {
        let note = match end {
            End::Whole => None,
            End::Broken => Some("the platform broke its answer off"),
            End::Left => Some("the client left before the answer was whole"),
        };
        let claimed = self.seen.claimed().filter(|_| !is_success(record));
        let claimed = claimed.map(|name| format!("claimed to be {name}"));
        let reason = record.reason.take().map(std::borrow::Cow::into_owned);
        let parts = [reason, note.map(str::to_owned), claimed].into_iter().flatten();
        let reason = parts.collect::<Vec<_>>().join("; ");
        record.reason = (!reason.is_empty()).then(|| reason.into());
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
                let login =
                    event.operator.as_deref().filter(|login| *login != annals_record::UNKNOWN);
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

/// What of a whole event an outcome may say.
fn only_outcome(record: Record<'static>) -> Record<'static> {
    let Record { outcome, reason, changes, object, objects, related, duration_ms, .. } = record;
    Record { outcome, reason, changes, object, objects, related, duration_ms, ..Record::default() }
}
