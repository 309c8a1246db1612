//! The bodies of the fuzz targets of the spool under proptest. A fuzzer finds more; this runs with
//! every `cargo test`.
#![cfg(feature = "client")]

use proptest::prelude::*;

// Public for the fuzz targets; here they are private.
#[allow(unreachable_pub)]
#[path = "../../../fuzz/src/spool.rs"]
mod bodies;

proptest! {
    // Protects: the promises of the bodies, over noise.
    #[test]
    fn noise(data in prop::collection::vec(any::<u8>(), 0..200)) {
        for (_, body) in bodies::BODIES {
            body(&data);
        }
    }
}
