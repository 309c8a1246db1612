//! Chance, reproducible for ever: one published generator and our own way from words to choices.
//!
//! Same seed, same choices, on every machine and with every later version of `rand`: xoshiro256++
//! is a named algorithm with a reference implementation (unlike `StdRng` and `SmallRng`, which may
//! change), and nothing here goes through `rand`'s distributions, whose results may change too.
//! No floating point: `ln` and `exp` differ between platforms. Not for secrets.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// A source of reproducible choices.
#[derive(Debug)]
pub(crate) struct Dice {
    words: Xoshiro256PlusPlus,
    /// What `fresh` has given out, counted from a place of the seed.
    given: u32,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = [0; 32];
        for (i, word) in state.chunks_exact_mut(8).enumerate() {
            word.copy_from_slice(&mix(seed.wrapping_add(i as u64)).to_le_bytes());
        }
        Self { words: Xoshiro256PlusPlus::from_seed(state), given: mix(!seed) as u32 }
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.words.next_u64()
    }

    /// A random-looking number that was not given out before (the first 2^32 times): the finaliser
    /// of MurmurHash3 maps every count to another number.
    pub(crate) fn fresh(&mut self) -> u32 {
        self.given = self.given.wrapping_add(1);
        let mut h = self.given;
        h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
        h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
        h ^ (h >> 16)
    }

    /// Uniform in `0..n`; `n` = 0 gives 0. The bias of multiply-and-shift is below n / 2^64.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.word()) * u128::from(n)) >> 64) as u64
    }

    /// Uniform in `low..=high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// An index into something of that length (0 for an empty one).
    pub(crate) fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// An index where low ones come far more often: some people do most of the work.
    pub(crate) fn skewed(&mut self, len: usize) -> usize {
        let (a, b) = (self.below(len as u64), self.below(len as u64));
        (a * b / (len as u64).max(1)) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.index(of.len())]
    }

    /// True in `per_mille` of 1,000 cases.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// A waiting time with the given mean: mostly short, seldom long (pieces of an exponential
    /// curve made of halvings, cut at nine times the mean).
    pub(crate) fn wait(&mut self, mean: i64) -> i64 {
        let halvings = self.word().trailing_zeros().min(12) as i64;
        let within = self.below(1024) as i64;
        (halvings * 1024 + within) * (mean / 1024).max(1) * 2 / 3
    }
}

/// The finaliser of SplitMix64 over a step of its sequence: small differences reach all bits.
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects "same arguments, same bytes" against a changed generator: the first word is that
    /// of xoshiro256++ over SplitMix64 states, worked out by hand from the two definitions.
    #[test]
    fn the_algorithm_is_pinned() {
        let state: [u64; 4] = std::array::from_fn(|i| mix(i as u64));
        let first = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
        assert_eq!(Dice::new(0).word(), first);
        // SplitMix64 with seed 0 starts with this word in its authors' reference.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }

    /// Protects the identity of objects: two of them never share an id by chance.
    #[test]
    fn fresh_numbers_do_not_repeat() {
        let mut dice = Dice::new(3);
        let given: std::collections::HashSet<u32> = (0..300_000).map(|_| dice.fresh()).collect();
        assert_eq!(given.len(), 300_000);
    }

    #[test]
    fn choices_stay_in_range_and_waits_have_their_mean() {
        let mut dice = Dice::new(7);
        let mut sum = 0;
        for _ in 0..10_000 {
            assert!(dice.below(3) < 3);
            assert!((5..=9).contains(&dice.between(5, 9)));
            assert!(dice.skewed(10) < 10);
            sum += dice.wait(1_000_000);
        }
        assert!((900_000..1_100_000).contains(&(sum / 10_000)), "mean {}", sum / 10_000);
    }
}
