//! The nearest of the known words, for messages about unknown ones.
//!
//! Bad input must stay cheap: a histogram of bytes bounds the edit distance from below, and only
//! the few best candidates are compared in full.

use std::cmp::Reverse;

/// Words that may be named as "did you mean".
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    words: Vec<(Histogram, String)>,
}

type Histogram = [u8; 32];

/// Candidates compared in full.
const COMPARED_COUNT_MAX: usize = 6;
/// Characters of an unknown word that are looked at.
const WORD_CHARS_MAX: usize = 48;
/// Words that share less than this are not worth naming.
const SIMILARITY_MIN: f64 = 0.4;

impl Nearest {
    /// Adds a word; upper and lower case count as equal when words are compared.
    pub fn add(&mut self, word: &str) {
        self.words.push((histogram(&word.to_lowercase()), word.to_owned()));
    }

    /// The known word most like `word`, if any is like it at all.
    pub fn find(&self, word: &str) -> Option<&str> {
        let word: String = word.chars().take(WORD_CHARS_MAX).collect::<String>().to_lowercase();
        let own = histogram(&word);
        let mut near: Vec<(u32, &str)> =
            self.words.iter().map(|(other, text)| (distance(&own, other), text.as_str())).collect();
        let compared = near.len().min(COMPARED_COUNT_MAX);
        if compared == 0 {
            return None;
        }
        near.select_nth_unstable(compared - 1);
        near.truncate(compared);
        near.into_iter()
            .map(|(_, text)| (similarity(&word, text), text))
            .filter(|(score, _)| *score >= SIMILARITY_MIN)
            .max_by(|(a, left), (b, right)| a.total_cmp(b).then(Reverse(left).cmp(&Reverse(right))))
            .map(|(_, text)| text)
    }
}

fn similarity(word: &str, known: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(word, &known.to_lowercase())
}

fn histogram(word: &str) -> Histogram {
    let mut counts = [0u8; 32];
    for byte in word.bytes() {
        let count = &mut counts[usize::from(byte & 31)];
        *count = count.saturating_add(1);
    }
    counts
}

fn distance(a: &Histogram, b: &Histogram) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Option<&str>) {
        let mut known = Nearest::default();
        for word in ["cluster.create", "cluster.delete", "user.login", "新建集群", "operation"]
        {
            known.add(word);
        }
        assert_eq!(known.find(word), expected, "{word}");
    }

    // Protects: the hint of unknown_operation and unknown_field is the one a person means.
    #[test]
    fn names_the_likely_word() {
        check("cluster.craete", Some("cluster.create"));
        check("Cluster.Delete", Some("cluster.delete"));
        check("userlogin", Some("user.login"));
        check("新建群集", Some("新建集群"));
        check("operaton", Some("operation"));
        check("zzzzzz", None);
        check("", None);
        check(&"x".repeat(1_000_000), None);
    }
}
