//! Operations of the transparency log (c2sp.org/tlog-tiles).
#![allow(dead_code)] // Functions without a body that carry a description.

use super::schema::Found;
use crate::routes;

/// The newest signed checkpoint
#[utoipa::path(
    get, path = routes::CHECKPOINT, tag = "log",
    responses((status = 200, description = "A signed note (c2sp.org/tlog-checkpoint)",
        body = String, content_type = "text/plain; charset=utf-8")),
)]
pub(super) fn checkpoint() {}

/// Current and former verifier keys, one a line
#[utoipa::path(
    get, path = routes::VKEY, tag = "log",
    responses((status = 200, description = "vkeys (c2sp.org/signed-note), current first",
        body = String, content_type = "text/plain; charset=utf-8")),
)]
pub(super) fn vkey() {}

/// A hash tile, or with level `entries` a bundle of entries
///
/// Hash tiles are open to everyone. Entry bundles hold what events say and are for auditors,
/// unless the server was told `log.public_entries = true`.
#[utoipa::path(
    get, path = routes::TILE, tag = "log", security((), ("token" = [])),
    params(
        ("level" = String, Path, description = "0 to 63, or `entries`"),
        ("number" = String, Path,
            description = "The tile's number in groups of three digits, and `.p/<W>` for a \
                           partial one: `x001/234.p/5`"),
    ),
    responses(
        (status = 200, description = "The tile", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 401, description = "An entry bundle without a token",
            body = crate::wire::problem::Problem, content_type = "application/problem+json"),
        (status = 403, description = "An entry bundle without the right",
            body = crate::wire::problem::Problem, content_type = "application/problem+json"),
        (status = 410, description = "Entries of the bundle were pruned",
            body = crate::wire::problem::Problem, content_type = "application/problem+json"),
        Found),
)]
pub(super) fn tile() {}
