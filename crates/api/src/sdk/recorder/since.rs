//! How long ago an operation began, by its id.
//!
//! An act that goes on after its request was answered may end in another process, and nothing but
//! its id is handed on. Ids that are made here hold the millisecond they were made in (RFC 9562,
//! UUIDv7); of others nothing is known, and nothing is claimed.

use std::time::{Duration, SystemTime};

use uuid::Uuid;

/// The time since this id was made; none of other ids than UUIDv7, nor of one from the future.
pub(super) fn since(id: &str, now: SystemTime) -> Option<Duration> {
    const UUID_V7: usize = 7;
    let id = Uuid::try_parse(id).ok().filter(|id| id.get_version_num() == UUID_V7)?;
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    let begun = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
    now.duration_since(begun).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: the duration of an act that ends later, and that none is made up.
    #[test]
    fn ids_and_times() {
        let begun = Duration::from_millis(1_795_336_200_123);
        let timestamp =
            uuid::Timestamp::from_unix_time(begun.as_secs(), begun.subsec_nanos(), 0, 0);
        let own = Uuid::new_v7(timestamp).to_string();
        let check = |id: &str, now: Duration, expected: Option<u64>| {
            let took = since(id, SystemTime::UNIX_EPOCH + now);
            assert_eq!(took, expected.map(Duration::from_millis), "{id}");
        };
        check(&own, begun + Duration::from_millis(1_500), Some(1_500));
        check(&own, begun, Some(0));
        check(&own, begun - Duration::from_millis(1), None);
        check("7f6c1b5e-2f2b-4b62-9d36-9a4c3f2f6a11", begun, None);
        check("job-17", begun, None);
    }
}
