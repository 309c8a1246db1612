//! An operation between its request and its answer.

use std::borrow::Cow;
use std::sync::Arc;

use annals_record::{Object, Outcome, Record, Related};

use super::exchange::{Answer, Request};
use super::later::{Closing, Later, closing};
use super::rule::{Does, Guarantee, Recorded, Route};
use super::scope::Scope;
use super::session::Session;
use super::targets::Target;

/// What became of a request, once its body was looked at.
#[derive(Clone, Debug)]
pub enum Begun {
    /// No condition holds: as if no route had matched.
    Nothing,
    /// Knowingly not recorded.
    Ignored,
    /// Keep the intent, pass the request on, then ask for the [`Act::end`].
    Act(Act),
    /// Keep the note, if there is one, pass the request on, then [`Undecided::decide`].
    Undecided(Undecided),
}

/// An operation that is known before its answer.
#[derive(Clone, Debug)]
pub struct Act {
    candidate: Candidate,
    record: Record<'static>,
    had_data: bool,
}

/// How an operation ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Of an [`Act`]: the fields of an outcome, with targets only where they differ from those of
    /// the intent; and, where only the answer shows them, `session_id`, `cause_id`, `request_id`
    /// and `request_data`. Of an [`Undecided`]: the whole event, without id and time.
    pub record: Record<'static>,
    /// It goes on; the outcome is `pending`.
    pub later: Option<Later>,
    /// The request has opened a WebSocket session.
    pub session: Option<Session>,
    /// Another operation that this one ends.
    pub closes: Option<Closing>,
}

/// An operation that the answer decides: what it is, or who did it.
#[derive(Clone, Debug)]
pub struct Undecided {
    candidates: Vec<Candidate>,
    note: Option<Record<'static>>,
}

/// What an answer has decided.
#[derive(Clone, Debug)]
pub enum Decided {
    /// No condition holds: as if no route had matched.
    Nothing,
    /// Not to be recorded.
    Ignored,
    /// The event in one piece.
    Whole(Box<Ending>),
    /// No event of its own, but the end of another.
    Closes(Box<Closing>),
    /// No event of its own; a session that was created before has been taken up.
    Session(Box<Session>),
}

/// A route that may apply, with the parts of the path by its own names.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) route: Arc<Route>,
    pub(super) path: String,
    pub(super) params: Vec<(String, String)>,
}

impl Candidate {
    pub(super) fn scope<'a>(
        &'a self,
        request: &'a Request<'a>,
        answer: Option<&'a Answer<'a>>,
    ) -> Scope<'a> {
        let (path, params) = (&*self.path, &*self.params);
        Scope { request: Some(request), path, params, answer, ..Scope::default() }
    }

    fn recorded(&self) -> Option<&Recorded> {
        match &self.route.does {
            Does::Record(recorded) => Some(recorded),
            Does::Ignore | Does::Close(_) => None,
        }
    }

    /// What becomes of a request for which this is the route.
    pub(super) fn begin(self, request: &Request<'_>) -> Begun {
        match &self.route.does {
            Does::Ignore => Begun::Ignored,
            Does::Record(recorded) if !recorded.is_open(request.user) => {
                let record = recorded.fields.intent(&self.scope(request, None), &self.route.label);
                Begun::Act(Act { record, had_data: request.data.is_some(), candidate: self })
            }
            Does::Record(_) | Does::Close(_) => Undecided::begin(vec![self], request),
        }
    }

    /// What an answer has decided if this is the route.
    fn decide(&self, request: &Request<'_>, answer: &Answer<'_>) -> Decided {
        let scope = self.scope(request, Some(answer));
        let recorded = match &self.route.does {
            Does::Ignore => return Decided::Ignored,
            Does::Close(closes) => {
                let closing = closes.closing(&scope);
                return closing.map_or(Decided::Nothing, |it| Decided::Closes(Box::new(it)));
            }
            Does::Record(recorded) => recorded,
        };
        let record = recorded.fields.whole(&scope, &self.route.label);
        let session = is_switched(request, answer)
            .then(|| Session::of(&self.route, record.clone()))
            .flatten();
        if recorded.session.as_ref().is_some_and(|session| !session.begins) {
            return session.map_or(Decided::Ignored, |it| Decided::Session(Box::new(it)));
        }
        let closes = recorded.closes.as_ref();
        let closes = closes.and_then(|key| closing(key, &recorded.fields.ends, &scope));
        Decided::Whole(Box::new(Ending { record, later: None, session, closes }))
    }
}

impl Act {
    /// The event as far as the request shows it: without id, time, source address and outcome.
    pub fn record(&self) -> &Record<'static> {
        &self.record
    }

    /// How it must be kept before the request is passed on.
    pub fn guarantee(&self) -> Guarantee {
        self.recorded().guarantee
    }

    /// With the answer, and the request as it was looked at in the end.
    pub fn end(&self, request: &Request<'_>, answer: &Answer<'_>) -> Ending {
        let (recorded, route) = (self.recorded(), &self.candidate.route);
        let scope = self.candidate.scope(request, Some(answer));
        let mut record = Record::default();
        let (_, found) = recorded.fields.ends.fill(&scope, &mut record);
        recorded.fields.late(&scope, &self.record, self.had_data, &mut record);
        let (objects, related) = self.only_new(&mut record);
        let new = |list: Vec<Target>, is_new: bool| if is_new { list } else { Vec::new() };
        let objects = new(found.objects.list, objects);
        let related = new(found.related.list, related);
        let later = Later::of(route, &scope, &objects, &related);
        if later.is_some() {
            record.outcome = Some(Cow::Borrowed(Outcome::Pending.as_str()));
            record.changes = None;
        }
        let session = is_switched(request, answer)
            .then(|| Session::of(route, self.merged(&record)))
            .flatten();
        let closes = recorded.closes.as_ref();
        let closes = closes.and_then(|key| closing(key, &recorded.fields.ends, &scope));
        Ending { record, later, session, closes }
    }

    /// Takes out of an ending what the intent says already; whether objects and related are new.
    fn only_new(&self, record: &mut Record<'static>) -> (bool, bool) {
        let intent = &self.record;
        let is_new = |(object, objects): (&Option<Object<'_>>, &Vec<Object<'_>>)| {
            (object, objects) != (&intent.object, &intent.objects)
        };
        let has_objects = record.object.is_some() || !record.objects.is_empty();
        let objects = has_objects && is_new((&record.object, &record.objects));
        if !objects {
            record.object = None;
            record.objects = Vec::new();
        }
        let is_new = |related: &Vec<Related<'_>>| !related.is_empty() && *related != intent.related;
        let related = is_new(&record.related);
        if !related {
            record.related = Vec::new();
        }
        if record.reason == intent.reason {
            record.reason = None;
        }
        (objects, related)
    }

    /// The event as intent and ending tell it together.
    fn merged(&self, ending: &Record<'static>) -> Record<'static> {
        let mut whole = self.record.clone();
        let Record { object, objects, related, session_id, cause_id, request_id, .. } = ending;
        if object.is_some() || !objects.is_empty() {
            whole.object.clone_from(object);
            whole.objects.clone_from(objects);
        }
        if !related.is_empty() {
            whole.related.clone_from(related);
        }
        for (whole, late) in [
            (&mut whole.session_id, session_id),
            (&mut whole.cause_id, cause_id),
            (&mut whole.request_id, request_id),
            (&mut whole.request_data, &ending.request_data),
        ] {
            if late.is_some() {
                whole.clone_from(late);
            }
        }
        whole
    }

    fn recorded(&self) -> &Recorded {
        self.candidate.recorded().expect("made only of routes with an operation")
    }
}

impl Undecided {
    /// Of candidates in the order of the file, of which the last surely applies if no other does,
    /// or none does.
    pub(super) fn begin(candidates: Vec<Candidate>, request: &Request<'_>) -> Begun {
        let is_begun =
            |recorded: &Recorded| recorded.session.as_ref().is_none_or(|session| session.begins);
        let likely = candidates.iter().rev().find(|it| it.recorded().is_some_and(is_begun));
        let note = likely.and_then(|candidate| {
            let scope = candidate.scope(request, None);
            let mut note = candidate.recorded()?.fields.intent(&scope, &candidate.route.label);
            note.outcome = Some(Cow::Borrowed(Outcome::Unknown.as_str()));
            Some(note)
        });
        Begun::Undecided(Self { candidates, note })
    }

    /// The strictest guarantee of what it may be. Never strict.
    pub fn guarantee(&self) -> Guarantee {
        let guarantees = self.candidates.iter().filter_map(|it| it.route.guarantee());
        guarantees.max().map_or(Guarantee::BestEffort, |most| most.min(Guarantee::Spooled))
    }

    /// The event to record if the answer never comes: whole, without id and time.
    pub fn note(&self) -> Option<&Record<'static>> {
        self.note.as_ref()
    }

    /// With the answer, and the request as it was looked at in the end.
    pub fn decide(&self, request: &Request<'_>, answer: &Answer<'_>) -> Decided {
        let holds = |candidate: &&Candidate| {
            candidate.route.when.holds(&candidate.scope(request, Some(answer)))
        };
        let found = self.candidates.iter().find(holds);
        found.map_or(Decided::Nothing, |candidate| candidate.decide(request, answer))
    }
}

/// Has the answer opened a WebSocket (RFC 6455, RFC 8441)?
fn is_switched(request: &Request<'_>, answer: &Answer<'_>) -> bool {
    match answer.status {
        101 => true,
        200..=299 => request.method == "CONNECT",
        _ => false,
    }
}
