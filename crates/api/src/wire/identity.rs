//! Signing in, and who one is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of `POST /v1/sign-in`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The login.
    pub username: String,
    /// The password.
    pub password: String,
    /// The code of the second factor, or a recovery code, where one is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp: Option<String>,
}

/// Without the secrets, so that none can get into a log by accident.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("username", &self.username).finish_non_exhaustive()
    }
}

/// One provider of OpenID Connect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OidcMethod {
    /// Its id in addresses: `/v1/auth/oidc/{id}/start`.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// By which ways one can sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Methods {
    /// By name and password.
    pub password: bool,
    /// Whether names and passwords of a directory count, too.
    pub ldap: bool,
    /// By other sites.
    pub oidc: Vec<OidcMethod>,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrincipalInfo {
    /// `account`, `token` or `embed`.
    pub kind: String,
    /// The login, or what the token is called.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// Who vouches for an account: `local`, `ldap` or `oidc`.
    pub source: String,
}

/// What an embedded page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedView {
    /// `en` or `zh`; absent: what the browser prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `light`, `dark` or `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The columns, in order; empty: the usual ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// Who the caller is and what they may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// Who asks.
    pub principal: PrincipalInfo,
    /// Their roles.
    pub roles: Vec<String>,
    /// What their roles give them.
    pub rights: Vec<String>,
    /// The filter that limits them; null: all events.
    pub scope: Option<String>,
    /// Whether they see only what they did themselves.
    pub own_only: bool,
    /// When it ends in any case, RFC 3339; null: not by itself.
    pub expires: Option<String>,
    /// Seconds without a request after which it ends; null: none do.
    pub idle_seconds: Option<u64>,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// Whether a second factor is set up.
    pub totp: bool,
    /// What an embedded page shows; only for its tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embed: Option<EmbedView>,
    /// Whether system, security and audit must be in three hands here.
    pub separation: bool,
    /// Whether the caller holds all three of these powers.
    pub all_powers: bool,
    /// How the behaviour of people is shown: `on`, `pseudonymised` or `off`.
    pub behaviour: String,
    /// Whether somebody else's profile is opened for a reason only.
    pub profile_reason: bool,
}

/// The answer of `GET /v1/session` and `POST /v1/sign-in`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionInfo {
    /// Whether the caller showed something valid.
    pub signed_in: bool,
    /// By which ways one can sign in.
    pub methods: Methods,
    /// Who the caller is; only if they are somebody.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub who: Option<SignedIn>,
}
