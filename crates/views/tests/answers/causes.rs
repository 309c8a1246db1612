//! Cause trees.

use annals_record::Record;

use crate::lives::{Lives, act, progress};

/// Event `e-N` at N minutes, caused by the event named.
fn lives(causes: &[&'static str]) -> Lives {
    let record = |(number, cause): (usize, &&'static str)| Record {
        cause_id: (!cause.is_empty()).then(|| (*cause).into()),
        ..act(&format!("1T08:{number:02}"), "cluster.release", "li4")
    };
    Lives::of(causes.iter().enumerate().map(record))
}

fn told(lives: &Lives, index: u64, scope: &str) -> Option<String> {
    let ask = lives.ask("operation:nothing*", scope);
    let tree = lives.index.causes(&ask, index, &progress()).unwrap().value?;
    let nodes = tree.nodes.iter().enumerate().map(|(place, node)| {
        let sign = if place == tree.asked { "!" } else { "" };
        let parent = node.parent.map_or(-1, |parent| parent as i64);
        let id = node.found.leaf.core().id();
        assert!(parent < place as i64, "a cause stands before what it caused");
        format!("{}{id}{sign}", ".".repeat(node.depth))
    });
    let nodes: Vec<_> = nodes.collect();
    let unseen = if tree.unseen_cause { "? " } else { "" };
    assert!(!tree.cut);
    Some(format!("{unseen}{}", nodes.join(" ")))
}

// Protects: from any event of a cascade the whole cascade is told, from its root.
#[test]
fn trees() {
    let chain = lives(&["", "e-0", "e-1", "e-0", "e-2", ""]);
    let check = |index, expected| assert_eq!(told(&chain, index, "").as_deref(), Some(expected));
    check(0, "e-0! .e-1 ..e-2 ...e-4 .e-3");
    check(2, "e-0 .e-1 ..e-2! ...e-4 .e-3");
    check(5, "e-5!");
    assert_eq!(told(&chain, 6, ""), None);
    assert_eq!(told(&chain, 0, "operator:wu5"), None);
}

// Protects: circles end; a cause that is not there, or not seen, is said.
#[test]
fn circles_and_gaps() {
    let circle = lives(&["e-2", "e-0", "e-1"]);
    assert_eq!(told(&circle, 0, "").as_deref(), Some("e-1 .e-2 ..e-0!"));
    let own = lives(&["e-0"]);
    assert_eq!(told(&own, 0, "").as_deref(), Some("e-0!"));
    let gap = lives(&["e-77", "e-0"]);
    assert_eq!(told(&gap, 1, "").as_deref(), Some("? e-0 .e-1!"));
}
