//! Saved views: a question with a name, private to one token or shared by all who may read.
//!
//! A view holds no rights: whoever opens a shared one sees through it what their own token may.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a view is: the body of `POST` and `PUT`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewDraft {
    /// What it is called, 1 to 128 characters.
    pub name: String,
    /// The filter; empty: everything.
    #[serde(default)]
    pub q: String,
    /// The columns to show, in order; empty: the usual ones.
    #[serde(default)]
    pub columns: Vec<String>,
    /// The range of time as its readers understand it: `7d`, `today`, `2026-11-01..2026-11-07`.
    #[serde(default)]
    pub range: String,
    /// Whether others see it too.
    #[serde(default)]
    pub shared: bool,
}

/// One saved view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct View {
    /// Its name in addresses.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The filter, with codes for names.
    pub q: String,
    /// The columns to show, in order.
    pub columns: Vec<String>,
    /// The range of time.
    pub range: String,
    /// Whether others see it too.
    pub shared: bool,
    /// The token that saved it.
    pub owner: String,
    /// True if the caller may change and delete it.
    pub mine: bool,
    /// When it was saved first, RFC 3339.
    pub created: String,
    /// When it was changed last, RFC 3339.
    pub changed: String,
}

/// The caller's own views and the shared ones, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ViewsAnswer {
    /// The views.
    pub views: Vec<View>,
}
