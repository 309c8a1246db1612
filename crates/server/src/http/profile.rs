//! `/v1/users/{name}/profile`: what one person does, as far as `[access]` lets it be shown.
//!
//! One's own is always shown. Somebody else's may need a reason, which is recorded before the
//! answer; may be shown under a pseudonym, unless whoever may unmask gives a reason; or not at
//! all.

use annals_api::wire::profile::ProfileAnswer;
use annals_record::Record;
use annals_views::{FACET_VALUES_MAX, Field, Profile, Progress, Question, SearchIndex};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;

use crate::app::{App, Shared};
use crate::auth::identity::Kind;
use crate::auth::role::Right;
use crate::config::Behaviour;
use crate::http::ask;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, Principal, ReadEvents};
use crate::http::query::Parameters;
use crate::http::unmask::check_reason;
use crate::pseudonyms::Pseudonyms;
use crate::recorder::{self, Shown};
use crate::told;

const OPERATION: &str = "profile.view";
/// Types of objects that are people.
const PEOPLE: [&str; 2] = ["user", "account"];

/// What one person does.
pub(crate) async fn profile(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<(Extension<Shown>, Json<ProfileAnswer>), HttpError> {
    let Path(name) = path.map_err(|_| HttpError::NotFound)?;
    let index = ask::index(&app)?;
    let parameters = Parameters::parse(&uri, &["reason", "q", "from", "to", "tz"])?;
    let reason = parameters.text("reason");
    if let Some(reason) = reason {
        check_reason("reason", reason)?;
    }
    let is_own = is_own(&permit.principal, &name);
    let by_pseudonym = is_by_pseudonym(&app, &permit.principal, is_own, reason)?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &parameters)?;
    // Who asks for the profile of a name must not learn whether it was typed somewhere.
    let question = masks.for_values(question, &[Field::User], &app.catalogue)?;
    let found = {
        let ever = Question::everything(question.scope.clone(), question.now);
        let ever = masks.for_values(ever, &[Field::User], &app.catalogue)?;
        let (app, index) = (app.clone(), index.clone());
        ask::blocking(move |progress| match by_pseudonym && Pseudonyms::is_one(&name) {
            true => whose(&app, &index, &ever, &name, progress),
            false => Ok(Some(name)),
        })
        .await?
    };
    let name = found.ok_or(HttpError::NotFound)?;
    if let Some(reason) = reason.filter(|_| !is_own) {
        record(&app, &permit.principal, &name, reason).await?;
    }
    let shown = Shown::thing("user", name.as_str());
    let answer = ask::blocking(move |progress| index.profile(&question, &name, progress)).await?;
    let coverage = ask::coverage(&answer);
    let mut profile = answer.value;
    if by_pseudonym {
        disguise(&mut profile, &app.pseudonyms);
    }
    Ok((Extension(shown), Json(told::profile(profile, coverage))))
}

/// True for the profile of an account's own name.
fn is_own(principal: &Principal, name: &str) -> bool {
    let identity = principal.identity();
    matches!(identity.kind, Kind::Account) && identity.name == name
}

/// Whether the answer is under a pseudonym; an error if there is none.
fn is_by_pseudonym(
    app: &App,
    principal: &Principal,
    is_own: bool,
    reason: Option<&str>,
) -> Result<bool, HttpError> {
    let access = &app.config.access;
    if is_own {
        return Ok(false);
    }
    if access.profile_reason && reason.is_none() {
        return Err(HttpError::ProfileReasonRequired);
    }
    let may_unmask = principal.identity().may(Right::UnmaskEvents);
    match access.behaviour {
        Behaviour::Off => Err(HttpError::BehaviourOff),
        Behaviour::On => Ok(false),
        Behaviour::Pseudonymised => Ok(!(may_unmask && reason.is_some())),
    }
}

/// Who has the pseudonym, of all whose events the caller may see `ever`.
fn whose(
    app: &App,
    index: &SearchIndex,
    ever: &Question,
    pseudonym: &str,
    progress: &Progress,
) -> Result<Option<String>, annals_views::QueryError> {
    let fields = [Field::Operator, Field::Username];
    let facets = index.facets(ever, &fields, FACET_VALUES_MAX, progress)?;
    let mut names = facets.value.into_iter().flat_map(|facet| facet.values);
    Ok(names.find(|(name, _)| app.pseudonyms.of(name) == pseudonym).map(|(name, _)| name))
}

/// Keeps the record of a reason; without it there is no answer.
async fn record(
    app: &Shared,
    principal: &Principal,
    name: &str,
    reason: &str,
) -> Result<(), HttpError> {
    let (app, principal) = (app.clone(), principal.clone());
    let (name, reason) = (name.to_owned(), reason.to_owned());
    let keep = move || {
        app.ingest.record_own(Record {
            reason: Some(reason.as_str().into()),
            ..recorder::about(principal.caller(), OPERATION, "user", &name)
        })
    };
    tokio::task::spawn_blocking(keep).await??;
    Ok(())
}

/// Pseudonyms for the person, and for people they touched.
fn disguise(profile: &mut Profile, pseudonyms: &Pseudonyms) {
    profile.user = pseudonyms.of(&profile.user);
    for touched in &mut profile.objects {
        let thing = &mut touched.thing;
        if thing.kind.as_deref().is_some_and(|kind| PEOPLE.contains(&kind)) {
            for name in [&mut thing.id, &mut thing.name].into_iter().flatten() {
                *name = pseudonyms.of(name);
            }
        }
    }
}
