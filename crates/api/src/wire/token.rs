//! API tokens and the short-lived ones of embedded pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One token; never the token itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenInfo {
    /// Its id, the `emitter` of its events.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// The filter that limits it; null: all events.
    pub scope: Option<String>,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it ends; null: not by itself.
    pub expires: Option<String>,
    /// When it was last used, to the minute.
    pub last_used: Option<String>,
    /// When it was revoked.
    pub revoked: Option<String>,
    /// Whether it may send events of operator `system`.
    pub may_be_system: bool,
    /// Region of its events that name none.
    pub region: Option<String>,
    /// Stack of its events that name none.
    pub stack_id: Option<String>,
    /// The client certificate it is bound to: its SHA-256 in hex.
    pub certificate: Option<String>,
    /// Who made it; `unknown`: somebody with access to the data folder.
    pub created_by: String,
}

/// Every token, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokensAnswer {
    /// The tokens.
    pub tokens: Vec<TokenInfo>,
}

/// The body of `POST /v1/tokens`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// What it is called, 1 to 128 characters.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// The filter that limits it; absent: all events.
    #[serde(default)]
    pub scope: Option<String>,
    /// When it ends, RFC 3339; absent: not by itself.
    #[serde(default)]
    pub expires: Option<String>,
    /// Whether it may send events of operator `system`.
    #[serde(default)]
    pub may_be_system: bool,
    /// Region of its events that name none.
    #[serde(default)]
    pub region: Option<String>,
    /// Stack of its events that name none.
    #[serde(default)]
    pub stack_id: Option<String>,
    /// The client certificate it is bound to: its SHA-256 in hex.
    #[serde(default)]
    pub certificate: Option<String>,
}

/// A token just made.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// What is kept of it.
    #[serde(flatten)]
    pub info: TokenInfo,
    /// The token; shown only now.
    pub token: String,
}

/// The body of `POST /v1/embed-tokens`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbedDraft {
    /// The login of whoever looks at the page; without a scope they see what is theirs.
    #[serde(default)]
    pub user: Option<String>,
    /// The filter that limits the page, within the caller's own.
    #[serde(default)]
    pub scope: Option<String>,
    /// `en` or `zh`.
    #[serde(default)]
    pub language: Option<String>,
    /// `light`, `dark` or `auto`.
    #[serde(default)]
    pub theme: Option<String>,
    /// The columns to show, in order.
    #[serde(default)]
    pub columns: Vec<String>,
    /// How long it is good, at most 3600; absent: 600.
    #[serde(default)]
    pub seconds: Option<u64>,
}

/// A token for an embedded page.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedToken {
    /// The token, of role viewer.
    pub token: String,
    /// When it ends, RFC 3339.
    pub expires: String,
}
