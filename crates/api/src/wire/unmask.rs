//! Masked values of one event, shown to whoever may see them and says why:
//! `POST /v1/events/index/{index}/unmask`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What shall be shown, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmaskRequest {
    /// Why it must be seen; recorded before anything is shown.
    #[schema(min_length = 1, max_length = 1024)]
    pub reason: String,
    /// Names of the fields, as `masked` of the event has them; absent: all that are masked.
    #[serde(default)]
    pub fields: Option<Vec<String>>,
}

/// The values as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnmaskAnswer {
    /// Field and value.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, serde_json::Value>,
}
