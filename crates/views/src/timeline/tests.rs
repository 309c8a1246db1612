//! Walks over a model ledger against a plain sorted vector.

use std::cell::Cell;

use annals_record::{Catalogue, Record, RecordSalt, Sender, Timestamp};
use proptest::prelude::*;

use super::*;

/// Frames of events that all hold the same leaf; only their places differ.
struct Model {
    leaf: Leaf,
    /// Times by position.
    at: Vec<i64>,
    /// Where frames end.
    ends: Vec<u64>,
    decoded: Cell<usize>,
}

impl Model {
    fn new(frames: &[Vec<i64>]) -> Self {
        let mut model =
            Self { leaf: leaf(), at: Vec::new(), ends: Vec::new(), decoded: Cell::new(0) };
        frames.iter().for_each(|frame| model.append(frame));
        model
    }

    fn append(&mut self, frame: &[i64]) {
        self.at.extend(frame);
        self.ends.push(self.at.len() as u64);
    }

    /// What a walk must show, by sorting everything.
    fn expected(&self, walk: &Walk) -> Vec<Position> {
        let all = self.at.iter().zip(0..).map(|(&at, index)| Position { at, index });
        let mut all: Vec<Position> = all.filter(|&position| walk.covers(position)).collect();
        all.sort_by_key(|&position| Rank::of(walk.order, position));
        all
    }
}

impl Frames for Model {
    fn frames(&self) -> Vec<FrameRange> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .filter(|(start, end)| start < end)
            .map(|(first, &end)| {
                let times = &self.at[first as usize..end as usize];
                FrameRange {
                    first,
                    count: (end - first) as u32,
                    at_min: times.iter().copied().min().expect("not empty"),
                    at_max: times.iter().copied().max().expect("not empty"),
                }
            })
            .collect()
    }

    fn events(&self, range: Range<u64>) -> Result<Vec<(Position, Leaf)>, LedgerError> {
        self.decoded.set(self.decoded.get() + 1);
        let place = |index| Position { at: self.at[index as usize], index };
        Ok(range.map(|index| (place(index), self.leaf.clone())).collect())
    }
}

fn leaf() -> Leaf {
    let text = |text: &'static str| Some(text.into());
    let record = Record {
        time: text("2026-11-01T00:00:00Z"),
        region: text("r"),
        stack_id: text("s"),
        operation: text("cluster.create"),
        operator: text("zhang3"),
        ..Record::default()
    };
    let sender = Sender {
        emitter: "00000001".to_owned(),
        region: None,
        stack_id: None,
        may_be_system: false,
        is_server: false,
    };
    let received = Timestamp::parse("2026-11-01T00:00:01Z").expect("a time");
    record
        .seal(&Catalogue::built_in(), &sender, received, RecordSalt([7; 16]), || "id".to_owned())
        .expect("a good record")
        .leaf
}

fn places(page: &TimelinePage) -> Vec<Position> {
    page.events.iter().map(|&(position, _)| position).collect()
}

fn walks() -> impl Strategy<Value = Walk> {
    let bound = prop::option::of(-5..25_i64);
    (0..4_usize, bound.clone(), bound, prop::option::of(0..40_u64)).prop_map(
        |(order, from, to, after_index)| Walk {
            order: Order::NAMES[order].1,
            as_of: 0,
            from,
            to,
            after_index,
        },
    )
}

fn frames() -> impl Strategy<Value = Vec<Vec<i64>>> {
    prop::collection::vec(prop::collection::vec(0..20_i64, 0..6), 0..10)
}

proptest! {
    // One walk sees exactly the events below its head, in order, none twice and none skipped,
    // whatever the page size and although events (late ones too) arrive between the pages.
    #[test]
    fn a_walk_is_exact(
        first in frames(), later in frames(), walk in walks(), limit in 1..7_usize,
    ) {
        let mut model = Model::new(&first);
        let walk = Walk { as_of: model.at.len() as u64, ..walk };
        let expected = model.expected(&walk);
        let mut later = later.iter();
        let (mut seen, mut last) = (Vec::new(), None);
        loop {
            let page = page(&model, walk, last, limit).expect("a model does not fail");
            seen.extend(places(&page));
            let Some(token) = page.next else { break };
            let token = PageToken::decode(&token.encode()).expect("our own token");
            prop_assert_eq!(token.walk, walk);
            last = Some(token.last);
            later.next().into_iter().for_each(|frame| model.append(frame));
        }
        prop_assert_eq!(seen, expected);
    }
}

// The newest page of a long ledger must not decode it all.
#[test]
fn few_frames_are_decoded() {
    let frames: Vec<Vec<i64>> = (0..1_000).map(|n| vec![n * 2, n * 2 + 1]).collect();
    let model = Model::new(&frames);
    let walk =
        Walk { order: Order::NewestFirst, as_of: 2_000, from: None, to: None, after_index: None };
    let page = page(&model, walk, None, 10).expect("a page");
    assert_eq!(page.events.len(), 10);
    assert!(model.decoded.get() <= 7, "{} frames decoded", model.decoded.get());
}

// Times at the ends of the range must not overflow when the order is turned round.
#[test]
fn extreme_times_keep_their_order() {
    let model = Model::new(&[vec![i64::MAX, i64::MIN], vec![0]]);
    for (_, order) in Order::NAMES {
        let walk = Walk { order, as_of: 3, from: None, to: None, after_index: None };
        let page = page(&model, walk, None, 10).expect("a page");
        assert_eq!(places(&page), model.expected(&walk));
        assert!(page.next.is_none());
    }
}
