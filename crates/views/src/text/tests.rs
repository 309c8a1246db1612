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
            prop_assert!(probe.passes(group_of(std::slice::from_ref(&text)).bytes()), "{needle:?}");
        }
    }
}

fn passes(texts: &[&str], pattern: &str) -> bool {
    let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
    let pieces = pattern.split('*').filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
    let (open_start, open_end) = (pattern.starts_with('*'), pattern.ends_with('*'));
    let needle = Needle::new(&Pattern { open_start, pieces, open_end });
    Probe::of(&needle).passes(group_of(&texts).bytes())
}

// Protects: filters do leave groups out, for words, for identifiers and for Chinese.
#[test]
fn what_is_not_there_is_left_out() {
    let texts = ["mkfs /dev/sda on node17", "img-0192f0c17a3e7c11", "新建集群失败"];
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
    ] {
        assert_eq!(passes(&texts, pattern), expected, "{pattern}");
    }
}

// Protects: ranges of positions are those of the groups that pass, cut to what was asked.
#[test]
fn ranges() {
    let group = |text: &str| Chunk::Memory(Arc::new(group_of(&[text.to_owned()])));
    let texts = ["alpha", "beta", "beta", "alpha"];
    let filters = TextFilters::new(texts.iter().map(|text| group(text)).collect());
    let check = |word: &str, indexes: Range<u64>, expected: &[(u64, u64)]| {
        let probe = Probe::of_pieces(&[word], true, true);
        let mut found = Vec::new();
        filters.may_hold(&probe, indexes, &mut |range| found.push((range.start, range.end)));
        assert_eq!(found, expected, "{word}");
    };
    check("beta", 0..4096, &[(1024, 3072)]);
    check("alpha", 10..4096, &[(10, 1024), (3072, 4096)]);
    check("alpha", 3000..9000, &[(3072, 9000)]);
    check("beta", 2000..9000, &[(2000, 3072), (4096, 9000)]);
    check("gamma", 0..4096, &[]);
    check("gamma", 0..5000, &[(4096, 5000)]);
    check("", 5..1030, &[(5, 1030)]);
}
