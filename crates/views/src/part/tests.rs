//! Both bodies against plain rows: every method says what the rows say.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use smallvec::SmallVec;

use super::*;
use crate::memory::MemoryBuilder;
use crate::merge::merge;
use crate::ordinals::ABSENT;
use crate::sealed;
use crate::values::{RowValues, Thing};

/// A few words, the empty one among them, so that rows share values.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-cA-C]{1,2}", "[数据]{1,2}", "[a-z]{3}"]
}

fn thing() -> impl Strategy<Value = Thing<'static>> {
    (word(), word(), word(), word()).prop_map(|(kind, id, name, role)| Thing {
        kind: kind.into(),
        id: id.into(),
        name: name.into(),
        role: role.into(),
    })
}

fn row() -> impl Strategy<Value = RowValues<'static>> {
    let numbers = (0..40_i64, 0..4_u64, prop::option::of(0..5_u64), prop::option::of(0..50_u64));
    let things = || prop::collection::vec(thing(), 0..4);
    let single = prop::collection::vec(word(), ColumnId::SINGLE);
    (numbers, single, things(), things()).prop_map(|(numbers, single, objects, related)| {
        let (at, marks, duration_ms, partner) = numbers;
        let mut single = single.into_iter();
        RowValues {
            at,
            index: 0,
            flags: Flags(marks | marks << 48),
            erased: Flags::default(),
            duration_ms,
            partner,
            single: std::array::from_fn(|_| single.next().unwrap_or_default().into()),
            objects: objects.into(),
            related: related.into(),
        }
    })
}

/// Rows at positions in a shuffled order, sorted as a part has them.
pub(crate) fn rows() -> impl Strategy<Value = Vec<RowValues<'static>>> {
    (1..90_usize).prop_flat_map(|count| {
        let positions = Just((0..count as u64).map(|place| place * 3).collect::<Vec<_>>());
        (prop::collection::vec(row(), count), positions.prop_shuffle()).prop_map(
            |(mut rows, positions)| {
                for (row, index) in rows.iter_mut().zip(positions) {
                    row.index = index;
                }
                rows.sort_by_key(|row| (row.at, row.index));
                rows
            },
        )
    })
}

fn memory_part(rows: &[RowValues<'_>]) -> Part {
    let mut builder = MemoryBuilder::new();
    // In the order of position, as leaves come.
    let mut order: Vec<_> = rows.iter().collect();
    order.sort_by_key(|row| row.index);
    order.into_iter().for_each(|row| builder.push(row));
    Part::memory(builder.finish()).unwrap()
}

/// The values of a row in a column; empty ones are not there.
fn values<'r>(row: &'r RowValues<'_>, id: ColumnId) -> Vec<&'r str> {
    let many = |things: &'r [Thing<'_>], text: fn(&'r Thing<'_>) -> &'r str| {
        things.iter().map(text).collect()
    };
    match id {
        ColumnId::ObjectType => many(&row.objects, |thing| &thing.kind),
        ColumnId::ObjectId => many(&row.objects, |thing| &thing.id),
        ColumnId::ObjectName => many(&row.objects, |thing| &thing.name),
        ColumnId::RelatedType => many(&row.related, |thing| &thing.kind),
        ColumnId::RelatedId => many(&row.related, |thing| &thing.id),
        ColumnId::RelatedName => many(&row.related, |thing| &thing.name),
        ColumnId::RelatedRole => many(&row.related, |thing| &thing.role),
        _ => Some(&*row.single[id.number()]).filter(|text| !text.is_empty()).into_iter().collect(),
    }
}

fn set_of(part: &Part, fill: impl FnOnce(&mut DocSet)) -> Vec<u32> {
    let mut set = DocSet::new_empty(part.len());
    fill(&mut set);
    set.iter().collect()
}

fn docs_where(rows: &[RowValues<'_>], holds: impl Fn(&RowValues<'_>) -> bool) -> Vec<u32> {
    (0..).zip(rows).filter(|(_, row)| holds(row)).map(|(doc, _)| doc).collect()
}

fn check_column(part: &Part, rows: &[RowValues<'_>], id: ColumnId) {
    let column = part.column(id);
    let terms: BTreeSet<_> =
        rows.iter().flat_map(|row| values(row, id)).filter(|text| !text.is_empty()).collect();
    let terms: Vec<_> = terms.into_iter().collect();
    let mut found = Vec::new();
    column.for_each_term(&mut |ord, text| found.push((ord, text.to_owned())));
    let expected: Vec<_> = (0..).zip(terms.iter().map(|text| (*text).to_owned())).collect();
    assert_eq!(found, expected, "{id:?}");
    assert_eq!(column.terms() as usize, terms.len());
    let mut buffer = String::new();
    for (ord, text) in &expected {
        assert_eq!(column.term(*ord, &mut buffer), text);
        assert_eq!(column.ord_of(text), Some(*ord));
    }
    assert_eq!(column.ord_of(""), None);
    assert_eq!(column.ord_of("absent from all"), None);
    let has = |row: &RowValues<'_>, text: &str| values(row, id).contains(&text);
    for picked in
        [vec![], terms.iter().take(1).collect(), terms.iter().skip(1).step_by(2).collect()]
    {
        let ords = column.matching(|term| picked.contains(&&term));
        let docs = set_of(part, |out| column.docs_with(&ords, out));
        assert_eq!(docs, docs_where(rows, |row| picked.iter().any(|text| has(row, text))));
    }
    let present = set_of(part, |out| column.present(out));
    assert_eq!(present, docs_where(rows, |row| values(row, id).iter().any(|t| !t.is_empty())));
    let count = |rows: &mut dyn Iterator<Item = &RowValues<'_>>| {
        let mut counts = vec![0; terms.len()];
        rows.for_each(|row| {
            (0..).zip(&terms).filter(|(_, text)| has(row, text)).for_each(
                |(ord, _): (usize, _)| {
                    counts[ord] += 1;
                },
            );
        });
        counts
    };
    assert_eq!(*column.count_all(), count(&mut rows.iter()), "{id:?}");
    let mut half = DocSet::new_empty(part.len());
    (0..part.len()).step_by(2).for_each(|doc| half.insert(doc));
    assert_eq!(column.count_in(&half), count(&mut rows.iter().step_by(2)), "{id:?}");
    let text_of = |ord: u32, buffer: &mut String| match ord {
        ABSENT => String::new(),
        _ => column.term(ord, buffer).to_owned(),
    };
    let (mut ords, mut firsts) = (SmallVec::new(), Vec::new());
    let docs: Vec<u32> = (0..part.len()).collect();
    column.firsts(&docs, &mut firsts);
    for (doc, row) in (0..).zip(rows) {
        column.ords(doc, &mut ords);
        let texts: Vec<_> = ords.iter().map(|ord| text_of(*ord, &mut buffer)).collect();
        assert_eq!(texts, values(row, id), "{id:?}");
        let first = values(row, id).first().copied().unwrap_or_default();
        assert_eq!(text_of(firsts[doc as usize], &mut buffer), first);
    }
}

fn check_postings(part: &Part, rows: &[RowValues<'_>]) {
    let postings = |id, key: &str| set_of(part, |out| part.postings(id, key, out));
    let is_name = |text: &str, name: &str| text.to_lowercase() == name;
    let column =
        |id, name: &str| docs_where(rows, |row| values(row, id).iter().any(|t| is_name(t, name)));
    for text in ["a", "ab", "数", "b"] {
        assert_eq!(postings(PostingId::Operator, text), column(ColumnId::Operator, text));
        assert_eq!(postings(PostingId::Username, text), column(ColumnId::Username, text));
        let either = docs_where(rows, |row| {
            let names = [ColumnId::ObjectName, ColumnId::RelatedName];
            names.iter().any(|id| values(row, *id).iter().any(|it| is_name(it, text)))
        });
        assert_eq!(postings(PostingId::ObjectName, text), either);
    }
}

/// Every method of a part against the rows it was made of.
fn check(part: &Part, rows: &[RowValues<'_>]) {
    assert_eq!(part.len() as usize, rows.len());
    assert_eq!(part.at_range(), (rows[0].at, rows[rows.len() - 1].at));
    let mut by_index: Vec<u32> = (0..part.len()).collect();
    by_index.sort_by_key(|doc| rows[*doc as usize].index);
    for (rank, doc) in (0..).zip(&by_index) {
        assert_eq!(part.doc_by_rank(rank), *doc);
        assert_eq!(part.first_rank_of(rows[*doc as usize].index), rank);
    }
    for (doc, row) in (0..).zip(rows) {
        let said = (part.at(doc), part.index(doc), part.flags(doc), part.partner(doc));
        assert_eq!(said, (row.at, row.index, row.flags, row.partner));
        assert_eq!(part.number(NumberId::DurationMs, doc), row.duration_ms);
        assert_eq!(part.doc_of(row.index), Some(doc));
    }
    for at in 0..42 {
        let before = rows.iter().filter(|row| row.at < at).count();
        assert_eq!(part.first_doc_at(at) as usize, before);
    }
    let indexes = part.index_range();
    for range in [0..20, 7..100, indexes.clone(), 0..0, indexes.end..indexes.end + 5] {
        let docs = set_of(part, |out| part.docs_of(range.clone(), out));
        assert_eq!(docs, docs_where(rows, |row| range.contains(&row.index)));
    }
    let having = |marks| docs_where(rows, |row| row.flags.has(marks));
    assert_eq!(part.hidden().iter().collect::<Vec<_>>(), having(Flags::HIDDEN));
    for marks in [Flags(1), Flags::CLOCK_SKEW] {
        assert_eq!(part.flagged(marks).iter().collect::<Vec<_>>(), having(marks));
    }
    for id in [NumberId::DurationMs, NumberId::Partner] {
        let number = |row: &RowValues<'_>| match id {
            NumberId::DurationMs => row.duration_ms,
            NumberId::Partner => row.partner,
        };
        let docs = set_of(part, |out| part.numbers_in(id, |number| (2..=3).contains(&number), out));
        assert_eq!(docs, docs_where(rows, |row| number(row).is_some_and(|n| n == 2 || n == 3)));
        let (bounds, mut all) = (part.number_bounds(id), rows.iter().filter_map(number));
        assert!(all.all(|n| bounds.is_some_and(|(least, most)| (least..=most).contains(&n))));
        assert_eq!(bounds.is_some(), rows.iter().any(|row| number(row).is_some()));
    }
    ColumnId::ALL.iter().for_each(|id| check_column(part, rows, *id));
    check_postings(part, rows);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    // Protects: a part in memory says what its rows say, in whatever order they came.
    #[test]
    fn memory_says_what_rows_say(rows in rows()) {
        check(&memory_part(&rows), &rows);
    }

    // Protects: a part on disk says what its rows say, and comes back from disk as it was.
    #[test]
    fn sealed_says_what_rows_say(rows in rows()) {
        let part = memory_part(&rows);
        let folder = tempfile::tempdir().unwrap();
        let merged = merge(&[&part]);
        assert!(sealed::write(&merged, folder.path(), &|| false).unwrap());
        let part = Part::sealed(SealedPart::open(folder.path()).unwrap(), None).unwrap();
        check(&part, &rows);
        prop_assert_eq!(merge(&[&part]), merged);
        prop_assert_eq!(part.fault(), None);
    }

    // Protects: merged parts say what the rows that were not deleted say.
    #[test]
    fn merged_parts_say_what_live_rows_say(rows in rows(), seed in any::<[u8; 16]>()) {
        let mut pieces: BTreeMap<u8, Vec<RowValues<'_>>> = BTreeMap::new();
        for (place, row) in rows.iter().enumerate() {
            pieces.entry(seed[place % 16] % 4).or_default().push(row.clone());
        }
        let deleted = |row: &RowValues<'_>| seed[row.index as usize % 16] > 200;
        let parts: Vec<_> = pieces.values().map(|piece| {
            memory_part(piece).without(docs_where(piece, deleted))
        }).collect();
        let live: Vec<_> = rows.iter().filter(|row| !deleted(row)).cloned().collect();
        match Part::memory(merge(&parts.iter().collect::<Vec<_>>())) {
            Some(part) => check(&part, &live),
            None => prop_assert!(live.is_empty()),
        }
    }
}
