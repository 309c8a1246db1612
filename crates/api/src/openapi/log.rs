//! Operations of the transparency log (c2sp.org/tlog-tiles).
#![allow(dead_code)] // Functions without a body that carry a description.

use super::schema::{Found, Guarded};
use crate::routes;

/// The newest signed checkpoint
///
/// Where the server has witnesses, the newest that they cosigned, with their lines.
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

/// A hash tile
#[utoipa::path(
    get, path = routes::TILE, tag = "log",
    params(
        ("level" = u8, Path, maximum = 63, description = "The tile's level"),
        ("number" = String, Path,
            description = "The tile's number in groups of three digits, and `.p/<W>` for a \
                           partial one: `x001/234.p/5`"),
    ),
    responses((status = 200, description = "The tile: 32 bytes a hash", body = Vec<u8>,
        content_type = "application/octet-stream"), Found),
)]
pub(super) fn tile() {}

/// A bundle of entries
///
/// For auditors, unless the server was told `log.public_entries = true`.
#[utoipa::path(
    get, path = routes::ENTRIES, tag = "log", security((), ("token" = [])),
    params(("number" = String, Path,
        description = "The bundle's number, written as that of a tile")),
    responses(
        (status = 200, description = "Entries, each after its length (u16, big-endian)",
            body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 410, description = "Entries of the bundle were pruned",
            body = crate::wire::problem::Problem, content_type = "application/problem+json"),
        Guarded, Found),
)]
pub(super) fn entries() {}
