//! A filter never leaves out a group that holds what is looked for.

use annals_record::Field;
use proptest::prelude::*;

use super::*;
use crate::filter::Pattern;
use crate::fold::{Needle, fold};

fn group_of(texts: &[String]) -> Group {
    let mut folder = TextFolder::default();
    let core = r#"{"id":"e","v":1}"#.as_bytes();
    for text in texts {
        let json = serde_json::to_string(&serde_json::json!({"k": [text]})).unwrap();
        let fields = [
            (Tag::REQUEST_DATA, Field::Whole(json.as_bytes())),
            (Tag::REASON, Field::Whole(text.as_bytes())),
        ];
        folder.add(&Leaf::from_parts(core, Some([1; 16]), fields).unwrap());
    }
    folder.finish()
}

/// Words, identifiers, Chinese, and what stands between them.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,9}",
        "[0-9a-f]{1,12}",
        "[0-9A-F]{8}-[0-9a-f]{4}",
        "[数据集群文件]{1,3}",
        "[ /._:\"\\\\-]",
        "[A-Zß-üΑ-Ω]{1,4}",
    ];
    prop::collection::vec(piece, 1..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    // Protects: whatever the evaluator finds in a text, the text's group passes: words, parts of
    // words, beginnings and ends, with stars inside.
    #[test]
    fn a_match_passes(
        text in text(),
        cuts in any::<[prop::sample::Index; 4]>(),
        open in any::<[bool; 3]>(),
    ) {
        let marks: Vec<char> = fold(&text).chars().collect();
        let mut cuts = cuts.map(|cut| cut.index(marks.len() + 1));
        cuts.sort_unstable();
        let part = |from: usize, to: usize| marks[cuts[from]..cuts[to]].iter().collect::<String>();
        let pieces = if open[2] { vec![part(0, 1), part(2, 3)] } else { vec![part(0, 3)] };
        let pieces: Vec<_> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let pattern = Pattern { open_start: open[0], pieces, open_end: open[1] };
        let needle = Needle::new(&pattern);
        if needle.is_in(&fold(&text)) {
            let probe = Probe::of(&needle);
            prop_assert!(probe.passes(&group_of(std::slice::from_ref(&text)).0), "{needle:?}");
        }
    }
}

fn passes(texts: &[&str], pattern: &str) -> bool {
    let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
    let pieces = pattern.split('*').filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
    let (open_start, open_end) = (pattern.starts_with('*'), pattern.ends_with('*'));
    let needle = Needle::new(&Pattern { open_start, pieces, open_end });
    Probe::of(&needle).passes(&group_of(&texts).0)
}

// Protects: filters do leave groups out, for words, for identifiers and for Chinese.
#[test]
fn what_is_not_there_is_left_out() {
    let texts = [
        "mkfs /dev/sda on node17",
        "img-0192f0c17a3e7c11",
        "新建集群失败",
        // Between them they have each run of `mesh_1658`.
        "mesh_1234 dash_165 x_1658",
        // Each two bytes of `arm` and `rms`.
        "arms",
    ];
    for (pattern, expected) in [
        ("mkfs", true),
        ("*kfs /de*", true),
        ("cuda", false),
        ("0192f0c17a3e7c11", true),
        ("0192f0c17a3e7c12", false),
        ("*f0c17a*", true),
        ("集群", true),
        ("分区", false),
        ("node17", true),
        ("node99", false),
        ("x_1658", true),
        ("1658", true),
        ("mesh_1658", false),
        ("*esh_1658", true),
        ("arm", false),
        ("*rm*", true),
        ("on", true),
        ("rm", false),
    ] {
        assert_eq!(passes(&texts, pattern), expected, "{pattern}");
    }
}

/// Filters of words, one a group, in memory.
fn chunk_of(words: &[&str]) -> Chunk {
    let groups = words.iter().map(|word| Chunk::of(group_of(&[(*word).to_owned()])));
    groups.reduce(|all, next| all.joined(&next).unwrap()).unwrap()
}

/// The same as a file has them.
fn on_disk(chunk: &Chunk) -> Chunk {
    let bytes = Chunk::file_of(std::slice::from_ref(chunk));
    Chunk::Mapped(Slices::new(tantivy::directory::OwnedBytes::new(bytes), chunk.groups()).unwrap())
}

// Protects: ranges of positions are those of the groups that pass, cut to what was asked, in memory
// and on disk.
#[test]
fn ranges() {
    let (first, second) = (chunk_of(&["alpha", "beta", "beta"]), chunk_of(&["alpha"]));
    let kinds = [vec![first.clone(), second.clone()], vec![on_disk(&first), on_disk(&second)]];
    for filters in kinds.map(TextFilters::new) {
        let check = |word: &str, indexes: Range<u64>, expected: &[(u64, u64)]| {
            let probe = Probe::of_pieces(&[word], true, true);
            let mut found = Vec::new();
            filters.may_hold(&probe, indexes, &mut |range| found.push((range.start, range.end)));
            assert_eq!(found, expected, "{word}");
        };
        check("beta", 0..512, &[(128, 384)]);
        check("alpha", 10..512, &[(10, 128), (384, 512)]);
        check("alpha", 380..900, &[(384, 900)]);
        check("beta", 250..900, &[(250, 384), (512, 900)]);
        check("gamma", 0..512, &[]);
        check("gamma", 0..600, &[(512, 600)]);
        check("", 5..130, &[(5, 130)]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    // Protects: filters say the same bit by bit as group by group, and one of them can be changed.
    #[test]
    fn turned_and_changed(
        words in prop::collection::vec("[a-d]{3,6}", 1..40),
        place in any::<prop::sample::Index>(),
        asked in "[a-d]{3,5}",
    ) {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let (memory, place) = (chunk_of(&words), place.index(words.len()) as u64);
        let probe = Probe::of_pieces(&[&asked], true, true);
        let groups = memory.groups();
        let eights = groups.div_ceil(8) as usize;
        let told = |chunk: &Chunk| {
            let bit = |bytes: &[u8], it: u64| bytes[it as usize / 8] >> (it % 8) & 1;
            let whole = chunk.passing(&probe, 0..eights);
            // Asked for some of them it says the same.
            for eight in 0..eights {
                let some = chunk.passing(&probe, eight..eights);
                let same = |it: u64| bit(&some, it - 8 * eight as u64) == bit(&whole, it);
                assert!((8 * eight as u64..groups).all(same));
            }
            (0..groups).map(|it| bit(&whole, it)).collect::<Vec<_>>()
        };
        let disk = on_disk(&memory);
        prop_assert_eq!(told(&memory), told(&disk));
        let (Chunk::Memory(filters), Chunk::Mapped(slices)) = (&memory, &disk) else {
            unreachable!()
        };
        let other = group_of(std::slice::from_ref(&asked));
        let changed = Chunk::Memory(with_filter(filters, place, &other));
        let bytes = tantivy::directory::OwnedBytes::new(slices.with(place, &other));
        let disk = Chunk::Mapped(Slices::new(bytes, groups).unwrap());
        prop_assert_eq!(told(&changed), told(&disk));
        prop_assert_eq!(told(&changed)[place as usize], 1);
    }
}
