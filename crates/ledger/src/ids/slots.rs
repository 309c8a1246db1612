//! `Slots`: numbers in blocks of one size, so that growing neither moves nor frees any of them.
//!
//! Thousands of vectors that are each freed for a larger one leave holes behind that none of the
//! larger ones fits into: a table twice its size. Which number stands where, is not known here.

/// A kibibyte: of the last block half is empty on the average, and the allocator adds 16 bytes.
const BLOCK_SLOTS: usize = 128;

/// As many slots as are written to, each 0 at first.
#[derive(Clone, Default)]
pub(super) struct Slots {
    #[expect(
        clippy::vec_box,
        reason = "a block that is in the vector itself moves when that grows"
    )]
    blocks: Vec<Box<[u64; BLOCK_SLOTS]>>,
}

impl Slots {
    /// What the slot holds.
    pub(super) fn get(&self, at: usize) -> u64 {
        self.blocks.get(at / BLOCK_SLOTS).map_or(0, |block| block[at % BLOCK_SLOTS])
    }

    /// Puts a number into the slot and answers what it held.
    pub(super) fn replace(&mut self, at: usize, number: u64) -> u64 {
        let block = at / BLOCK_SLOTS;
        if block >= self.blocks.len() {
            self.blocks.resize_with(block + 1, || Box::new([0; BLOCK_SLOTS]));
        }
        std::mem::replace(&mut self.blocks[block][at % BLOCK_SLOTS], number)
    }

    /// Where the last block ends: behind it every slot holds 0.
    pub(super) fn end(&self) -> usize {
        self.blocks.len() * BLOCK_SLOTS
    }

    /// Bytes of memory, with what the allocator adds to each block.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        const ALLOCATOR_BYTES: usize = 16;
        let block = size_of::<[u64; BLOCK_SLOTS]>() + ALLOCATOR_BYTES;
        self.blocks.len() * block + self.blocks.capacity() * size_of::<usize>()
    }
}
