//! Lives: the history of an object, causes, sessions, open operations.

use annals_api::routes;
use annals_api::wire::history::{
    CauseNode, CausesAnswer, HistoryAnswer, OpenOperation, OperationsAnswer,
};
use annals_api::wire::session::SessionsAnswer;
use annals_views::{Answer, Field, PageToken, Position, Question, SessionStatus};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;

use crate::app::Shared;
use crate::http::ask;
use crate::http::error::HttpError;
use crate::http::events::{same, token};
use crate::http::one;
use crate::http::principal::{Permit, ReadEvents};
use crate::http::query::{Parameters, bad};
use crate::recorder::Shown;
use crate::told;

/// An answer, and what it showed.
pub(super) type Told<T> = Result<(Extension<Shown>, Json<T>), HttpError>;

/// Entries of a page, unless asked otherwise.
const PAGE: usize = 100;
/// Most entries of a page.
const PAGE_MAX: usize = 1_000;

/// The history of one object, oldest event first.
pub(crate) async fn history(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Told<HistoryAnswer> {
    let index = ask::index(&app)?;
    let known = &["type", "id", "q", "from", "to", "tz", "limit", "cursor"];
    let parameters = Parameters::parse(&uri, known)?;
    let kind = required(&parameters, "type")?;
    let id = required(&parameters, "id")?;
    let limit = parameters.limit(PAGE, PAGE_MAX)?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &parameters)?;
    // Who asks for the history of a name must not learn whether it was typed somewhere.
    let question = masks.for_values(question, &[Field::ObjectId], &app.catalogue)?;
    let question = question.of_call(&[routes::HISTORY, &kind, &id]);
    let (question, last) = resumed(&parameters, question)?;
    let is_first = last.is_none();
    let (answer, life) = ask::blocking(move |progress| {
        let answer = index.history(&question, &kind, &id, last, limit, progress)?;
        if !is_first {
            return Ok((answer, None));
        }
        // Both parts of the answer are of one moment, and it is as partial as either.
        let question = Question { as_of: Some(answer.as_of), ..question };
        let life = index.life(&question, &kind, &id, progress)?;
        let partial = answer.partial.or(life.partial);
        let settled = answer.settled.min(life.settled);
        Ok((Answer { partial, settled, ..answer }, Some(life.value)))
    })
    .await?;
    let coverage = ask::coverage(&answer);
    let shown = Shown::events(answer.value.events.len());
    told(
        shown,
        HistoryAnswer {
            life: life.map(told::life),
            events: answer.value.events.iter().map(|of| told::history_event(of, masks)).collect(),
            next: answer.value.next.map(|next| next.encode()),
            coverage,
        },
    )
}

/// Sessions, newest first.
pub(crate) async fn sessions(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Told<SessionsAnswer> {
    let index = ask::index(&app)?;
    let known = &["state", "q", "from", "to", "tz", "limit", "cursor"];
    let parameters = Parameters::parse(&uri, known)?;
    let state = parameters.text("state").unwrap_or("any");
    let status = match state {
        "any" => SessionStatus::Any,
        "open" => SessionStatus::Open,
        "ended" => SessionStatus::Ended,
        _ => return Err(bad("state", "is not one of any, open, ended")),
    };
    let limit = parameters.limit(PAGE, PAGE_MAX)?;
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let question = question.of_call(&[routes::SESSIONS, state]);
    let (question, last) = resumed(&parameters, question)?;
    let answer =
        ask::blocking(move |progress| index.sessions(&question, status, last, limit, progress))
            .await?;
    let coverage = ask::coverage(&answer);
    let shown = Shown::events(answer.value.sessions.len());
    told(
        shown,
        SessionsAnswer {
            sessions: answer.value.sessions.into_iter().map(told::session).collect(),
            next: answer.value.next.map(|next| next.encode()),
            coverage,
        },
    )
}

/// Operations whose outcome is not known.
pub(crate) async fn operations(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Told<OperationsAnswer> {
    let index = ask::index(&app)?;
    let known = &["open", "q", "from", "to", "tz", "limit", "cursor"];
    let parameters = Parameters::parse(&uri, known)?;
    if !parameters.flag("open")? {
        return Err(bad("open", "must be `true`: only open operations can be listed here"));
    }
    let limit = parameters.limit(PAGE, PAGE_MAX)?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let question = question.of_call(&[routes::OPERATIONS]);
    let (question, last) = resumed(&parameters, question)?;
    let answer =
        ask::blocking(move |progress| index.open_operations(&question, last, limit, progress))
            .await?;
    let coverage = ask::coverage(&answer);
    let operations = answer.value.operations.iter().map(|open| OpenOperation {
        event: told::event(&open.found, masks),
        overdue: open.is_overdue,
    });
    told(
        Shown::events(answer.value.operations.len()),
        OperationsAnswer {
            operations: operations.collect(),
            next: answer.value.next.map(|next| next.encode()),
            coverage,
        },
    )
}

/// What made an event happen, and what it made happen.
pub(crate) async fn causes(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Told<CausesAnswer> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let index = ask::index(&app)?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &Parameters::parse(&uri, &["tz"])?)?;
    let scope = question.scope.clone();
    let found = tokio::task::spawn_blocking(move || one::by_id(&app, &scope, &id)).await??;
    let at = found.updates.unwrap_or(found.position.index);
    let answer = ask::blocking(move |progress| index.causes(&question, at, progress)).await?;
    let coverage = ask::coverage(&answer);
    let tree = answer.value.ok_or(HttpError::NotFound)?;
    let nodes = tree.nodes.iter().map(|node| CauseNode {
        event: told::event(&node.found, masks),
        parent: node.parent,
        depth: node.depth,
    });
    let shown = Shown { events: tree.nodes.len() as u64, ..one::shown(&found) };
    told(
        shown,
        CausesAnswer {
            nodes: nodes.collect(),
            asked: tree.asked,
            unseen_cause: tree.unseen_cause,
            cut: tree.cut,
            coverage,
        },
    )
}

pub(super) fn told<T>(shown: Shown, answer: T) -> Told<T> {
    Ok((Extension(shown), Json(answer)))
}

fn required(parameters: &Parameters, name: &'static str) -> Result<String, HttpError> {
    parameters.text(name).map(str::to_owned).ok_or_else(|| bad(name, "is missing"))
}

/// The question of a page, and behind which event it goes on.
pub(super) fn resumed(
    parameters: &Parameters,
    question: Question,
) -> Result<(Question, Option<Position>), HttpError> {
    let Some(cursor) = parameters.text("cursor") else { return Ok((question, None)) };
    let PageToken { walk, now, digest, last, .. } = token(cursor, &question)?;
    same("from", question.from, walk.from)?;
    same("to", question.to, walk.to)?;
    let (from, to, as_of) = (walk.from, walk.to, Some(walk.as_of));
    let question = Question { now, from, to, as_of, ..question };
    same("q", Some(question.digest()), Some(digest))?;
    Ok((question, Some(last)))
}
