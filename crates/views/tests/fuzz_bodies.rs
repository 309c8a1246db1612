//! The body of the fuzz target under proptest, over filters put together from parts; and every
//! filter that the guide shows. A fuzzer finds more; this runs with every `cargo test`.

#![allow(clippy::unwrap_used)]

use annals_record::Catalogue;
use annals_views::Filter;
use proptest::prelude::*;

// Public for the fuzz target; here it is private.
#[allow(unreachable_pub)]
#[path = "../../../fuzz/src/views.rs"]
mod bodies;

const GUIDE: &str = include_str!("../../../docs/guide/search.md");

const PARTS: [&str; 40] = [
    "operator:",
    "object.id:",
    "object.type:",
    "-",
    "NOT ",
    " AND ",
    " OR ",
    "(",
    ")",
    " ",
    "*",
    "\"",
    "\\",
    "zhang3",
    "c-1",
    "c-*",
    "cluster",
    "source_ip:10.2.0.0/16",
    "time>=now-7d",
    "reason:",
    "磁盘",
    "request_data.nodes:4",
    "request_data.a.b:",
    "操作类型：新建集群",
    "（",
    "）",
    "：",
    "　",
    "mkfs",
    "结果",
    "duration_ms:1..9",
    "..",
    ">",
    "<=",
    "!=",
    "service:hpc-clusters",
    "region:r",
    "object:",
    "null",
    "username:*3",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    // Protects: the promises of the language, over texts that are nearly or wholly filters.
    #[test]
    fn filters(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..16)) {
        bodies::filter(parts.concat().as_bytes());
    }

    // The same over any bytes.
    #[test]
    fn noise(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        bodies::filter(&bytes);
    }
}

// Protects: what the guide shows works: the first column of its tables, and the Chinese one.
#[test]
fn the_guide_is_true() {
    let catalogue = Catalogue::built_in();
    let mut shown = 0;
    let mut columns = Vec::new();
    for line in GUIDE.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        match cells[..] {
            ["", "write", ..] => columns = cells,
            ["", ..] if !columns.is_empty() => {
                for (cell, heading) in cells.iter().zip(&columns) {
                    let spans = cell.split('`').skip(1).step_by(2);
                    for filter in spans.filter(|_| matches!(*heading, "write" | "中文")) {
                        let parsed = Filter::parse(filter, &catalogue);
                        assert!(parsed.is_ok(), "{filter}: {parsed:?}");
                        shown += 1;
                    }
                }
            }
            _ => columns.clear(),
        }
    }
    assert!(shown > 40, "{shown} filters shown");
}
