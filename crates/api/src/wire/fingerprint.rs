//! Which masked secrets of one event were seen before: `GET /v1/events/index/{index}/fingerprints`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is kept of the masked secrets of one event; of passwords, PINs and one-time codes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FingerprintsAnswer {
    /// One for each secret, in the order of the fields; those of the oldest events are gone.
    pub fingerprints: Vec<Fingerprint>,
}

/// One masked secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fingerprint {
    /// The field that it was masked in.
    pub field: String,
    /// Eight hex digits, the same for the same secret of the same emitter.
    pub fingerprint: String,
    /// Positions of other events of the emitter in which it was masked, newest first; not all.
    pub also: Vec<u64>,
}
