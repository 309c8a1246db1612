//! Folded text: how words are compared, in the scan and in the index alike.
//!
//! Folding is NFKC with Unicode case folding, so that `ＭＫＦＳ`, `Mkfs` and `mkfs` are one word.
//! A word is a run of letters and digits; in scripts without blanks (Chinese, Japanese, Thai)
//! each character is one, so that two characters are found inside a longer run.

use caseless::Caseless as _;
use memchr::memmem;
use unicode_normalization::UnicodeNormalization as _;

use crate::filter::Pattern;

/// What parts two values in a joined text; no filter can hold it.
pub const SEPARATOR: char = '\0';

/// Appends `text`, folded, to `out`.
pub fn fold_into(text: &str, out: &mut String) {
    let start = out.len();
    if text.is_ascii() || text.chars().all(is_stable) {
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        // Folding can leave a form that is not normal, so it is brought to normal form again.
        out.extend(text.nfkc().default_case_fold().nfkc());
    }
}

/// Appends a text given as bytes, folded, to `out`; nothing if it is no UTF-8.
pub(crate) fn fold_bytes_into(text: &[u8], out: &mut Vec<u8>) {
    if text.is_ascii() {
        let start = out.len();
        out.extend_from_slice(text);
        out[start..].make_ascii_lowercase();
    } else if let Ok(text) = std::str::from_utf8(text) {
        out.extend_from_slice(fold(text).as_bytes());
    }
}

/// `text`, folded.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// True if `text` folds to `folded`.
pub(crate) fn folds_to(text: &str, folded: &str) -> bool {
    match text.is_ascii() {
        true => text.len() == folded.len() && text.eq_ignore_ascii_case(folded),
        false => fold(text) == folded,
    }
}

/// Characters that folding leaves alone, besides the case of ASCII: most Chinese text.
fn is_stable(mark: char) -> bool {
    mark.is_ascii() || matches!(mark, '\u{4e00}'..='\u{9fff}' | '、' | '。' | '《'..='】')
}

/// Calls with each place in `bytes` where a character stands that folding may change, the case of
/// ASCII aside. What is no UTF-8 is such a place, too.
pub(crate) fn each_unstable(bytes: &[u8], mut place: impl FnMut(usize)) {
    const BLOCK: usize = 32;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.first_chunk::<BLOCK>().is_some_and(|block| block.is_ascii()) {
            at += BLOCK;
            continue;
        }
        // What follows a character that ends beyond the block is looked at with the next one.
        let end = at + rest.len().min(BLOCK);
        while at < end {
            at += match bytes[at..] {
                [byte, ..] if byte.is_ascii() => 1,
                [a @ 0xe0..=0xef, b @ 0x80..=0xbf, c @ 0x80..=0xbf, ..]
                    if char::from_u32(of_three(a, b, c)).is_some_and(is_stable) =>
                {
                    3
                }
                _ => {
                    place(at);
                    1
                }
            };
        }
    }
}

/// The number of a character of three bytes.
fn of_three(a: u8, b: u8, c: u8) -> u32 {
    [a & 0xf, b & 0x3f, c & 0x3f].into_iter().fold(0, |all, six| all << 6 | u32::from(six))
}

/// True if no word ends between two neighbours.
fn joins(before: char, behind: char) -> bool {
    let joins = |mark: char| mark.is_alphanumeric() && !is_of_unspaced_script(mark);
    joins(before) && joins(behind)
}

/// Scripts whose words are not parted by blanks, and Hangul, whose particles are not.
fn is_of_unspaced_script(mark: char) -> bool {
    matches!(
        mark,
        '\u{0e00}'..='\u{0eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// A pattern that is looked for in folded text.
#[derive(Clone, Debug)]
pub struct Needle {
    pattern: Pattern,
    /// Finds the longest piece, without which there is no match.
    longest: memmem::Finder<'static>,
}

impl Needle {
    /// What `pattern` looks for.
    #[must_use]
    pub fn new(pattern: &Pattern) -> Self {
        let pattern = pattern.map(fold);
        let longest = pattern.pieces.iter().max_by_key(|piece| piece.len());
        let longest = longest.map_or(&b""[..], |piece| piece.as_bytes());
        Self { longest: memmem::Finder::new(longest).into_owned(), pattern }
    }

    /// The folded pieces: a text that lacks one of them cannot match.
    #[must_use]
    pub fn pieces(&self) -> &[String] {
        &self.pattern.pieces
    }

    /// Whether a match begins, and ends, at the border of a word.
    pub(crate) fn closed(&self) -> (bool, bool) {
        (!self.pattern.open_start, !self.pattern.open_end)
    }

    /// False only if no value in `folded` can match, however its values are parted.
    #[must_use]
    pub fn may_be_in(&self, folded: &[u8]) -> bool {
        self.longest.find(folded).is_some()
    }

    /// True if one of the values in `folded`, parted by [`SEPARATOR`], matches.
    #[must_use]
    pub fn is_in(&self, folded: &str) -> bool {
        self.may_be_in(folded.as_bytes())
            && match &self.pattern.pieces[..] {
                [_] => self.is_in_value(folded),
                _ => folded.split(SEPARATOR).any(|value| self.is_in_value(value)),
            }
    }

    fn is_in_value(&self, value: &str) -> bool {
        let Pattern { open_start, pieces, open_end } = &self.pattern;
        let Some((last, before)) = pieces.split_last() else { return true };
        let mut start = 0;
        for (place, piece) in before.iter().enumerate() {
            let closed = place == 0 && !open_start;
            match find(value, piece, start, closed, false) {
                Some(found) => start = found + piece.len(),
                None => return false,
            }
        }
        find(value, last, start, before.is_empty() && !open_start, !open_end).is_some()
    }
}

/// The first place of `piece` at or behind `start`, at borders of words where an end is closed.
fn find(value: &str, piece: &str, start: usize, at_start: bool, at_end: bool) -> Option<usize> {
    let (first, last) = (piece.chars().next()?, piece.chars().next_back()?);
    let finder = memmem::Finder::new(piece);
    let mut from = start;
    loop {
        let place = from + finder.find(&value.as_bytes()[from..])?;
        let before = value[..place].chars().next_back();
        let behind = value[place + piece.len()..].chars().next();
        let starts = !at_start || !before.is_some_and(|before| joins(before, first));
        let ends = !at_end || !behind.is_some_and(|behind| joins(last, behind));
        if starts && ends {
            return Some(place);
        }
        from = place + first.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        let pieces = pattern.split('*').filter(|piece| !piece.is_empty()).map(str::to_owned);
        let (open_start, open_end) = (pattern.starts_with('*'), pattern.ends_with('*'));
        let pattern = Pattern { open_start, pieces: pieces.collect(), open_end };
        assert_eq!(Needle::new(&pattern).is_in(&fold(text)), expected, "{pattern:?} {text}");
    }

    // Protects: what a word is, in both languages, and what a star opens.
    #[test]
    fn words_and_stars() {
        check("cuda", "installed CUDA-12.4", true);
        check("cuda", "cuda12", false);
        check("cuda*", "cuda12", true);
        check("*12", "cuda12", true);
        check("*uda*", "cuda12", true);
        check("gpu", "node_gpu_04", true);
        check("mkfs /dev", "MKFS /dev/sda", true);
        check("mkfs /dev", "mkfs /device", false);
        check("结果.dat", "/home/最终结果.dat", true);
        check("结果.dat", "/home/结果.data", false);
        check("集群", "新建集群失败", true);
        check("cuda", "使用cuda编译", true);
        check("ｍｋｆｓ", "mkfs", true);
        check("straße", "STRASSE", true);
        check("a a", "ba a a", true);
        check("a*c", "a b c", true);
        check("a*c", "ab bc", true);
        check("a*c", "ab cd", false);
        check("a*c", "a\0c", false);
        check("*a*a*", "a", false);
        check("é", "e\u{301}", true);
    }

    // Protects: a text without such a place is folded by the case of ASCII alone.
    #[test]
    fn unstable_places() {
        let check = |text: &str, expected: &[usize]| {
            let mut places = Vec::new();
            each_unstable(text.as_bytes(), |place| places.push(place));
            places.retain(|place| text.is_char_boundary(*place));
            assert_eq!(places, expected, "{text}");
        };
        check("Mkfs /dev", &[]);
        check("集群、结果。dat《》", &[]);
        check("aＭb", &[1]);
        check("straße 集", &[4]);
        check("e\u{301}😀", &[1, 3]);
    }

    proptest! {
        // Protects: folding again changes nothing, and the quick ways agree with the full one.
        #[test]
        fn folding(text in "\\PC{0,12}|[一-龥A-Za-z、。《》]{0,12}|[a-zA-Zß-ÿΑ-ωÇ\u{300}-\u{310}]{0,12}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded.clone());
            let full: String = text.nfkc().default_case_fold().nfkc().collect();
            prop_assert_eq!(&full, &folded);
            prop_assert!(folds_to(&text, &folded));
        }

        // Protects: every text holds itself and each part of itself.
        #[test]
        fn holds_its_parts(text in "[a-c一 .]{1,12}", from in 0..12usize, to in 1..13usize) {
            let marks: Vec<char> = text.chars().collect();
            let (from, to) = (from.min(marks.len() - 1), to.min(marks.len()));
            prop_assert!(Needle::new(&Pattern::closed(text.clone())).is_in(&fold(&text)));
            if from < to {
                let part: String = marks[from..to].iter().collect();
                let inside = Pattern { open_start: true, pieces: vec![part], open_end: true };
                prop_assert!(Needle::new(&inside).is_in(&fold(&text)));
            }
        }
    }
}
