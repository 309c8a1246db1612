//! Tokens for embedded pages: made by whoever reads events, for less than they may read.

use annals_api::wire::token::{EmbedDraft, EmbedToken};
use annals_ledger::{Clock as _, SystemClock};
use annals_record::Timestamp;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};

use crate::app::Shared;
use crate::asked::{self, AskError};
use crate::auth::account::is_login;
use crate::auth::embed::{self, Embed};
use crate::control::{By, ControlError};
use crate::http::error::HttpError;
use crate::http::principal::{IssueEmbedTokens, Permit};
use crate::http::{body, grant};

/// Seconds for which one is good if nothing is said.
const SECONDS_USUAL: u64 = 600;
/// Seconds for which one is good at most.
const SECONDS_MAX: u64 = 3_600;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Makes a token.
pub(crate) async fn create(
    permit: Permit<IssueEmbedTokens>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<(StatusCode, Json<EmbedToken>), HttpError> {
    let maker = permit.principal.identity();
    let draft: EmbedDraft = body::json(&app, request).await?;
    check(&draft)?;
    let columns = asked::columns(&draft.columns)?;
    let seconds = draft.seconds.unwrap_or(SECONDS_USUAL);
    let until = SystemClock.now().nanos().saturating_add_unsigned(seconds * NANOS_PER_SECOND);
    let embed = Embed {
        id: embed::id().map_err(ControlError::Random)?,
        maker: maker.owner(),
        user: draft.user,
        scope: grant::scope(&app, draft.scope)?,
        language: draft.language,
        theme: draft.theme,
        columns: columns.iter().map(|column| column.name().into_owned()).collect(),
        until,
    };
    app.control.record_embed(By::Caller(permit.principal.caller()), &embed)?;
    let token = embed.seal(&app.embed_key);
    let expires = Timestamp::from_nanos(until).to_string();
    Ok((StatusCode::CREATED, Json(EmbedToken { token, expires })))
}

fn check(draft: &EmbedDraft) -> Result<(), HttpError> {
    let one_of = |field: &'static str, text: &Option<String>, known: &[&str]| match text {
        Some(text) if !known.contains(&text.as_str()) => {
            Err(AskError::field(field, format!("is none of {}", known.join(", "))))
        }
        _ => Ok(()),
    };
    one_of("language", &draft.language, &["en", "zh"])?;
    one_of("theme", &draft.theme, &["light", "dark", "auto"])?;
    if draft.user.as_deref().is_some_and(|user| !is_login(user)) {
        return Err(AskError::field("user", "is no login").into());
    }
    if draft.seconds.is_some_and(|seconds| !(1..=SECONDS_MAX).contains(&seconds)) {
        return Err(
            AskError::field("seconds", format!("is not between 1 and {SECONDS_MAX}")).into()
        );
    }
    Ok(())
}
