//! Numbers in as few whole bytes as the greatest of them needs.

use std::ops::Range;

/// A list of numbers of one, two or four bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packed {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Packed {
    /// Packs numbers none of which is above `max`.
    pub(crate) fn new(numbers: impl Iterator<Item = u32>, max: u32) -> Self {
        match max {
            0..=0xff => Self::U8(numbers.map(|number| number as u8).collect()),
            0x100..=0xffff => Self::U16(numbers.map(|number| number as u16).collect()),
            _ => Self::U32(numbers.collect()),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::U8(numbers) => numbers.len(),
            Self::U16(numbers) => numbers.len(),
            Self::U32(numbers) => numbers.len(),
        }
    }

    pub(crate) fn get(&self, place: usize) -> u32 {
        match self {
            Self::U8(numbers) => numbers[place].into(),
            Self::U16(numbers) => numbers[place].into(),
            Self::U32(numbers) => numbers[place],
        }
    }

    /// Calls with each place of the range and its number.
    pub(crate) fn for_each(&self, places: Range<usize>, mut f: impl FnMut(usize, u32)) {
        // One loop for each width, so that the width is not asked for every number.
        match self {
            Self::U8(numbers) => {
                places.clone().zip(&numbers[places]).for_each(|(at, n)| f(at, (*n).into()));
            }
            Self::U16(numbers) => {
                places.clone().zip(&numbers[places]).for_each(|(at, n)| f(at, (*n).into()));
            }
            Self::U32(numbers) => {
                places.clone().zip(&numbers[places]).for_each(|(at, n)| f(at, *n));
            }
        }
    }
}

impl Default for Packed {
    fn default() -> Self {
        Self::U8(Vec::new())
    }
}
