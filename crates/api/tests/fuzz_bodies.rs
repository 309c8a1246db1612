//! The bodies of the fuzz targets of `record` and of the event's wire form under proptest: over
//! noise, and over valid texts with a few bytes changed. A fuzzer finds more; this runs with
//! every `cargo test`.
#![allow(clippy::unwrap_used)]

use annals_record::{Field, Leaf, Tag};
use proptest::prelude::*;

// Public for the fuzz targets; here they are private.
#[allow(unreachable_pub)]
#[path = "../../../fuzz/src/record.rs"]
mod bodies;

/// Texts from which small changes lead into every branch.
fn seeds() -> Vec<Vec<u8>> {
    let event = concat!(
        r#"{"id":"e-1","time":"2026-11-22T08:30:00.5+08:00","operation":"新建集群","#,
        r#""operator":"li4","source_ip":"2001:db8::1","source_port":22,"object":{"id":"c","#,
        r#""name":"\u00e9"},"related":[{"type":"t","role":"r"}],"request_data":{"pin":[1]},"#,
        r#""changes":{"after":null},"reason":"--token x","duration_ms":5,"origin":[1.50]}"#
    );
    let mask =
        r#"{"a":["--password","x","https://u:p@h/?token=1"],"pas\u0073word":{"b":"\ud83d\ude00"}}"#;
    let fields = [(Tag(8), Field::Whole(b"li4".as_slice())), (Tag(9), Field::Whole(b""))];
    let leaf = Leaf::from_parts(br#"{"id":"e-1","v":1}"#, Some([7; 16]), fields).unwrap();
    let parts = b"\x01\x07{\"v\":1}\x01\x01\x03abc\x02\x02\x00\x08\x01\x01x".to_vec();
    vec![event.into(), mask.into(), leaf.disclosure().to_bytes(), parts]
}

proptest! {
    // Protects: the promises of the bodies, over noise.
    #[test]
    fn noise(data in prop::collection::vec(any::<u8>(), 0..200)) {
        for (_, body) in bodies::BODIES {
            body(&data);
        }
    }

    // Protects: the same, near valid texts.
    #[test]
    fn changed_texts(
        seed in 0..4usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut data = seeds().swap_remove(seed);
        for (at, byte) in changes {
            let at = at.index(data.len());
            data[at] = byte;
        }
        if !whole {
            data.truncate(cut.index(data.len()));
        }
        for (_, body) in bodies::BODIES {
            body(&data);
        }
    }
}
