//! The table against doubles: hash of (id, emitter) -> index, for every event kept, in memory.
//!
//! An entry is one `u64`: 28 bits of the id's hash and 36 bits of index. 4,096 shards by the 12
//! highest bits; inside a shard entries stand in the order of their hash, near the place it names
//! (linear probing kept sorted), so a miss ends after a few entries even at 94 % load. Shards
//! grow by an eighth, where they stand, so 100 M identifiers stay below 1 GiB.
//!
//! A hit is a candidate: emitter and id are compared by the caller, who can read the leaf. Only
//! the 40 bits that come from the id are used, so `find` works whoever sent the event.

mod slots;

use crate::limits::LEDGER_LEAVES_MAX;
use slots::Slots;
use std::collections::VecDeque;

const SHARD_BITS: u32 = 12;
const KEY_BITS: u32 = 28;
const INDEX_BITS: u32 = 36;
const SHARD_SLOTS_MIN: usize = 16;

const _: () = assert!(KEY_BITS + INDEX_BITS == u64::BITS);
const _: () = assert!(LEDGER_LEAVES_MAX < 1 << INDEX_BITS);

/// The table.
pub(crate) struct IdTable {
    shards: Vec<Shard>,
}

#[derive(Clone, Default)]
struct Shard {
    /// 0 is empty, else `key << INDEX_BITS | index + 1`.
    slots: Slots,
    /// Slots a key may name; those behind only take what overflows the end.
    homes: usize,
    used: usize,
}

impl IdTable {
    /// A table with room for `expected` entries.
    pub(crate) fn with_capacity(expected: u64) -> Self {
        // A little above the mean, since shards differ; at 85 % load.
        let mean = (expected >> SHARD_BITS) as usize;
        let shard = Shard { homes: SHARD_SLOTS_MIN.max(mean * 20 / 17), ..Shard::default() };
        Self { shards: vec![shard; 1 << SHARD_BITS] }
    }

    /// Adds an entry. One hash may have many indexes.
    pub(crate) fn insert(&mut self, hash: u64, index: u64) {
        debug_assert!(index < LEDGER_LEAVES_MAX);
        let (shard, key) = split(hash);
        self.shards[shard].insert(key << INDEX_BITS | (index + 1));
    }

    /// Takes an entry back.
    pub(crate) fn remove(&mut self, hash: u64, index: u64) {
        let (shard, key) = split(hash);
        self.shards[shard].remove(key << INDEX_BITS | (index + 1));
    }

    /// Indexes whose id may be the one of `hash`, ascending.
    pub(crate) fn find(&self, hash: u64) -> impl Iterator<Item = u64> {
        let (shard, key) = split(hash);
        self.shards[shard].find(key)
    }

    /// Fetches the slots that many hashes name from memory side by side. Looked up one by one, each
    /// would be waited for alone: in a table larger than the caches that is most of a lookup.
    pub(crate) fn prefetch(&self, hashes: impl Iterator<Item = u64>) {
        let fetched = hashes.fold(0, |fetched, hash| {
            let (shard, key) = split(hash);
            let shard = &self.shards[shard];
            fetched ^ shard.slots.get(shard.home(key))
        });
        std::hint::black_box(fetched);
    }

    /// Entries in it.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.used).sum()
    }

    /// Bytes it holds.
    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| shard.slots.bytes()).sum()
    }
}

fn split(hash: u64) -> (usize, u64) {
    let shard = (hash >> (u64::BITS - SHARD_BITS)) as usize;
    (shard, hash << SHARD_BITS >> (u64::BITS - KEY_BITS))
}

impl Shard {
    fn home(&self, key: u64) -> usize {
        ((key * self.homes as u64) >> KEY_BITS) as usize
    }

    /// First slot of the run that holds entries `>= entry`, or is empty.
    fn seek(&self, entry: u64) -> usize {
        let mut at = self.home(entry >> INDEX_BITS);
        while (1..entry).contains(&self.slots.get(at)) {
            at += 1;
        }
        at
    }

    fn insert(&mut self, entry: u64) {
        if self.used * 100 >= self.homes * 94 {
            self.grow(self.homes * 9 / 8 + 1);
        }
        // What stands behind it moves up, as far as the next empty slot.
        let (mut at, mut moved) = (self.seek(entry), entry);
        while moved != 0 {
            moved = self.slots.replace(at, moved);
            at += 1;
        }
        self.used += 1;
    }

    fn remove(&mut self, entry: u64) {
        let mut at = self.seek(entry);
        if self.slots.get(at) != entry {
            return;
        }
        // What follows moves one place back, up to an entry that stands where its key names.
        loop {
            let next = self.slots.get(at + 1);
            if next == 0 || self.home(next >> INDEX_BITS) > at {
                break;
            }
            self.slots.replace(at, next);
            at += 1;
        }
        self.slots.replace(at, 0);
        self.used -= 1;
    }

    fn find(&self, key: u64) -> impl Iterator<Item = u64> {
        let start = self.seek(key << INDEX_BITS);
        (start..)
            .map(|at| self.slots.get(at))
            .take_while(move |slot| *slot != 0 && *slot >> INDEX_BITS == key)
            .map(|slot| (slot & ((1 << INDEX_BITS) - 1)) - 1)
    }

    /// Spreads the entries over `homes` places, which are more than before. They are in order and
    /// none moves to the left, so one walk does it; those that are on their way wait in line.
    fn grow(&mut self, homes: usize) {
        self.homes = homes;
        let end = self.slots.end();
        let mut waiting = VecDeque::new();
        for at in 0.. {
            if at < end {
                let entry = self.slots.replace(at, 0);
                waiting.extend((entry != 0).then_some(entry));
            }
            match waiting.front() {
                Some(entry) if self.home(entry >> INDEX_BITS) <= at => {
                    self.slots.replace(at, *entry);
                    waiting.pop_front();
                }
                None if at >= end => break,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Few distinct hashes in one shard, so that runs, overflow and equal keys all happen.
    fn any_hash() -> impl Strategy<Value = u64> {
        (0u64..2, 0u64..40, any::<bool>()).prop_map(|(shard, key, high)| {
            let key = if high { (1 << KEY_BITS) - 1 - key } else { key << 22 };
            shard << (64 - SHARD_BITS) | key << (64 - SHARD_BITS - KEY_BITS)
        })
    }

    proptest! {
        /// The table answers like a set of (hash, index), through growth and removal.
        #[test]
        fn table_is_exact(steps in prop::collection::vec((any_hash(), 0u64..50, 0u8..4), 1..600)) {
            let mut table = IdTable::with_capacity(0);
            let mut set = BTreeSet::new();
            for (hash, index, step) in steps {
                if step > 0 && set.insert((hash, index)) {
                    table.insert(hash, index);
                } else {
                    set.remove(&(hash, index));
                    table.remove(hash, index);
                }
            }
            prop_assert_eq!(table.len(), set.len());
            for (hash, _) in &set {
                let expected: Vec<u64> =
                    set.range((*hash, 0)..=(*hash, u64::MAX)).map(|(_, index)| *index).collect();
                prop_assert_eq!(table.find(*hash).collect::<Vec<_>>(), expected);
            }
        }
    }

    /// No entry is lost while a table grows, and the memory stays below ten bytes an entry and
    /// most of a block a shard, which is less than 1 GiB at 100 M.
    #[test]
    fn memory_stays_small() {
        let mut table = IdTable::with_capacity(0);
        let hash = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut checked = 0;
        for n in 0..2_000_000u64 {
            table.insert(hash(n), n);
            if n >= 1_000_000 && n % 100_000 == 0 {
                let most = 10 * n as usize + (1 << SHARD_BITS) * 800;
                assert!(table.bytes() < most, "{} at {n}", table.bytes());
                checked += 1;
            }
        }
        assert_eq!(checked, 10);
        for n in (0..2_000_000).step_by(997) {
            assert!(table.find(hash(n)).any(|index| index == n), "{n}");
        }
    }

    /// The promise at its full size. Ignored because it takes a gibibyte: run it with
    /// `cargo test --release -p annals-ledger a_hundred_million -- --ignored --nocapture`.
    #[test]
    #[ignore = "takes a gibibyte of memory"]
    #[allow(clippy::print_stderr, reason = "the figure is what it is run for")]
    fn a_hundred_million_ids_fit_in_a_gibibyte() {
        const IDS: u64 = 100_000_000;
        let hash = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // Begun empty, and as a start finds it that a tenth is added to.
        let before = resident();
        for expected in [0, IDS / 11 * 10] {
            let mut table = IdTable::with_capacity(expected);
            for n in 0..IDS {
                table.insert(hash(n), n);
            }
            let grown = resident() - before;
            eprintln!("{} bytes, {grown} resident, begun for {expected}", table.bytes());
            assert!(grown.max(table.bytes()) <= 1 << 30, "{} {grown}", table.bytes());
            for n in (0..IDS).step_by(9_973) {
                assert!(table.find(hash(n)).any(|index| index == n), "{n}");
            }
        }
    }

    /// Bytes of memory that this process has.
    fn resident() -> usize {
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
        pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    }
}
