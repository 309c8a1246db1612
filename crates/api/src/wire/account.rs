//! Accounts: one's own, and for administrators everybody's.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// One's own account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnAccount {
    /// The login.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// Who vouches for it: `local`, `ldap` or `oidc`.
    pub source: String,
    /// Its roles.
    pub roles: Vec<String>,
    /// The filter that limits it; null: all events.
    pub scope: Option<String>,
    /// The second factor.
    pub totp: TotpState,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When its password was set; null: it has none here.
    pub password_changed: Option<String>,
}

/// Whether a second factor is set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpState {
    /// True if signing in takes one.
    pub enabled: bool,
}

/// The body of `POST /v1/account/password`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is.
    pub current: String,
    /// The password as it shall be.
    pub new: String,
}

/// The body of `DELETE /v1/account/totp`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordProof {
    /// The password.
    pub password: String,
}

/// A new second factor, to be confirmed with a code.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpProposal {
    /// The secret in base32, for typing it.
    pub secret: String,
    /// The `otpauth` address, for a QR code.
    pub uri: String,
}

/// The body of `PUT /v1/account/totp`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// What the new second factor shows now.
    pub code: String,
}

/// What stands in for a lost second factor; each counts once.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodes {
    /// The codes; shown only now.
    pub recovery_codes: Vec<String>,
}

/// One session of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInSession {
    /// Its id, no secret.
    pub id: String,
    /// When somebody signed in, RFC 3339.
    pub created: String,
    /// When it was last used.
    pub last_used: String,
    /// From where somebody signed in.
    pub source_ip: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The sessions of an account, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInSessions {
    /// The sessions.
    pub sessions: Vec<SignInSession>,
}

/// An account as administrators see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountInfo {
    /// The login.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// Who vouches for it: `local`, `ldap` or `oidc:ID`.
    pub source: String,
    /// Its roles.
    pub roles: Vec<String>,
    /// The filter that limits it; null: all events.
    pub scope: Option<String>,
    /// Why nobody can sign in with it; null: they can.
    pub locked: Option<String>,
    /// Whether a second factor is set up.
    pub totp: bool,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When somebody last signed in with it.
    pub last_sign_in: Option<String>,
}

/// Every account, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountsAnswer {
    /// The accounts.
    pub accounts: Vec<AccountInfo>,
}

/// The body of `POST /v1/accounts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountDraft {
    /// The login, 1 to 64 characters.
    pub name: String,
    /// The name for people; empty: the login.
    #[serde(default)]
    pub display_name: String,
    /// What they may do, at least one role.
    pub roles: Vec<String>,
    /// The filter that limits them; absent: all events.
    #[serde(default)]
    pub scope: Option<String>,
}

/// The body of `PATCH /v1/accounts/{name}`; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPatch {
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What they may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The filter that limits them; null: all events.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub scope: Option<Option<String>>,
    /// Whether it is locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
}

/// Tells `null` from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An account just made, with the password to hand over.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewAccount {
    /// The account.
    #[serde(flatten)]
    pub account: AccountInfo,
    /// Its one-time password; shown only now.
    pub password: String,
}

/// A password to hand over.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OneTimePassword {
    /// It must be changed at the first sign-in; shown only now.
    pub password: String,
}
