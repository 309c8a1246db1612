//! Approvals: each request to take data out as one case, and the dossier of one.

use annals_api::routes;
use annals_api::wire::approval::{ApprovalAnswer, ApprovalsAnswer};
use annals_views::{Case, CaseState, CheckKind, Field, Filter, Question, WantedCases};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;

use crate::app::Shared;
use crate::http::ask;
use crate::http::error::HttpError;
use crate::http::life::{Told, resumed, told};
use crate::http::principal::{Permit, ReadEvents};
use crate::http::query::{Parameters, bad};
use crate::recorder::Shown;
use crate::told;

/// Cases of a page, unless asked otherwise.
const PAGE: usize = 50;
/// Most cases of a page.
const PAGE_MAX: usize = 200;

/// Cases, newest first.
pub(crate) async fn list(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Told<ApprovalsAnswer> {
    let index = ask::index(&app)?;
    let known = &["state", "finding", "q", "from", "to", "tz", "limit", "cursor"];
    let parameters = Parameters::parse(&uri, known)?;
    let state = parameters.text("state").map(state).transpose()?;
    let findings = findings(parameters.text("finding"))?;
    let limit = parameters.limit(PAGE, PAGE_MAX)?;
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let text = |name| parameters.text(name).unwrap_or_default();
    let question = question.of_call(&[routes::APPROVALS, text("state"), text("finding")]);
    let (question, last) = resumed(&parameters, question)?;
    let wanted = WantedCases { begun: question.filter.clone(), state, findings };
    // The filter says which cases; whatever belongs to one is looked at.
    let question = Question { filter: Filter::All, ..question };
    let question =
        permit.principal.masks().for_values(question, &[Field::ObjectId], &app.catalogue)?;
    let answer =
        ask::blocking(move |progress| index.approvals(&question, &wanted, last, limit, progress))
            .await?;
    let coverage = ask::coverage(&answer);
    let cases = answer.value.cases;
    told(
        Shown::events(cases.iter().map(|case| case.events.len()).sum()),
        ApprovalsAnswer {
            approvals: cases.iter().map(told::approval).collect(),
            next: answer.value.next.map(|next| next.encode()),
            limited: answer.value.is_limited,
            coverage,
        },
    )
}

/// One case in full.
pub(crate) async fn one(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Told<ApprovalAnswer> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let index = ask::index(&app)?;
    let parameters = Parameters::parse(&uri, &["stack_id", "tz"])?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let question = masks.for_values(question, &[Field::ObjectId], &app.catalogue)?;
    let shown = Shown::thing("approval", id.as_str());
    let answer = ask::blocking(move |progress| index.approval(&question, &id, progress)).await?;
    let coverage = ask::coverage(&answer);
    let case = only(answer.value, parameters.text("stack_id"))?;
    let shown = Shown { events: case.events.len() as u64, ..shown };
    told(shown, told::dossier(&case, masks, coverage))
}

/// The case of a stack, or the only one there is.
fn only(mut cases: Vec<Case>, stack_id: Option<&str>) -> Result<Case, HttpError> {
    if let Some(stack_id) = stack_id {
        cases.retain(|case| case.stack_id.as_deref() == Some(stack_id));
    }
    match cases.len() {
        0 | 1 => cases.pop().ok_or(HttpError::NotFound),
        _ => {
            let stacks: Vec<_> = cases.iter().filter_map(|case| case.stack_id.as_deref()).collect();
            let stacks = stacks.join(", ");
            Err(bad("stack_id", &format!("is needed: several stacks have this id: {stacks}")))
        }
    }
}

fn state(word: &str) -> Result<CaseState, HttpError> {
    CaseState::parse(word).ok_or_else(|| bad("state", &not_one_of(CaseState::NAMES)))
}

fn findings(words: Option<&str>) -> Result<Vec<CheckKind>, HttpError> {
    let all = || CheckKind::NAMES.iter().map(|(_, kind)| *kind);
    let parse = |word: &str| {
        CheckKind::parse(word).ok_or_else(|| bad("finding", &not_one_of(CheckKind::NAMES)))
    };
    match words {
        None => Ok(Vec::new()),
        Some("any") => Ok(all().collect()),
        Some(words) => words.split(',').map(parse).collect(),
    }
}

fn not_one_of<T>(names: &[(&str, T)]) -> String {
    let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
    format!("is not one of {}", names.join(", "))
}
