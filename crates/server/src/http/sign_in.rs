//! Signing in with a name and a password: from a request to a cookie.
//!
//! Whether somebody is who they say is decided in `identities`. A session that the browser held
//! before ends here, so that none can be planted in it (session fixation).

use annals_api::wire::identity::SignIn;
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::http::error::HttpError;
use crate::http::principal::{self, Principal};
use crate::http::{body, credential, session};
use crate::identities::{Entered, Given};

/// Signs in.
pub(crate) async fn sign_in(
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<Response, HttpError> {
    if credential::is_foreign_site(request.headers()) {
        return Err(HttpError::CrossSite);
    }
    let visitor = principal::visitor(&request);
    let before = principal::identify(&app, &request).ok();
    let SignIn { username, password, otp } = body::secret_json(&app, request).await?;
    let given = Given { username, password, otp };
    let Entered { account, session, cookie } =
        app.identities.sign_in(&app.control, &visitor, given).await?;
    if let Some(before) = before {
        session::end(&app, &before)?;
    }
    let principal = Principal::of_session(&app, account, session, visitor);
    let mut response = Json(session::info(&app, Some(&principal))).into_response();
    session::set_cookie(&app, response.headers_mut(), Some(&cookie));
    Ok(response)
}
