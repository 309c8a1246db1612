//! The one thread that writes a spool: many items, one block, one sync.
//!
//! A write that fails is taken back, and its callers are told; a sync that fails ends the thread,
//! because nobody knows what the disk holds then.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, mpsc};
use std::thread;

use super::format::{BODY_BYTES_ENOUGH, Chain, Item, write_block};
use super::{Shared, segments};
use crate::sdk::SdkError;

/// An item to be made durable, and who waits for it.
pub(super) struct Order {
    pub(super) item: Item,
    /// What was reserved for it.
    pub(super) bytes: u64,
    pub(super) done: oneshot::Sender<Result<u64, SdkError>>,
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    file: File,
    chain: Chain,
    block: Vec<u8>,
}

/// Why a block was not kept.
enum Failure {
    /// Nothing of it is there.
    Undone(SdkError),
    /// What is there is not known.
    Fatal(SdkError),
}

impl Writer {
    /// Starts the thread; it ends when the sender of orders is gone.
    pub(super) fn start(
        shared: Arc<Shared>,
        chain: Chain,
    ) -> Result<mpsc::Sender<Order>, SdkError> {
        let file = open(&shared)?;
        let (orders, taken) = mpsc::channel();
        let folder = shared.folder.clone();
        let mut writer = Self { shared, file, chain, block: Vec::new() };
        thread::Builder::new()
            .name("annals-spool".to_owned())
            .spawn(move || writer.run(&taken))
            .map_err(|error| SdkError::disk(folder, "start a thread for", error))?;
        Ok(orders)
    }

    fn run(&mut self, taken: &mpsc::Receiver<Order>) {
        while let Ok(first) = taken.recv() {
            let mut body_bytes = first.item.payload.len();
            let mut orders = vec![first];
            while body_bytes < BODY_BYTES_ENOUGH
                && let Ok(order) = taken.try_recv()
            {
                body_bytes += order.item.payload.len();
                orders.push(order);
            }
            if !self.take(orders) {
                return;
            }
        }
    }

    /// Makes them durable and tells their callers; false if the spool must stop.
    fn take(&mut self, orders: Vec<Order>) -> bool {
        let (mut items, mut waiting) = (Vec::new(), Vec::new());
        let mut reserved = 0;
        for Order { item, bytes, done } in orders {
            items.push(item);
            waiting.push(done);
            reserved += bytes;
        }
        let written = self.write(&items);
        let first = {
            let mut state = self.shared.lock();
            state.on_the_way -= reserved;
            let first = state.end;
            if let Ok(bytes) = &written {
                state.end += items.len() as u64;
                if let Some(last) = state.segments.back_mut() {
                    last.bytes += bytes;
                }
            }
            first
        };
        self.shared.ring();
        let (error, goes_on) = match written {
            Ok(_) => (None, true),
            Err(Failure::Undone(error)) => (Some(error), true),
            Err(Failure::Fatal(error)) => (Some(error), false),
        };
        for (number, done) in (first..).zip(waiting) {
            // Who does not wait any more finds the item in the spool all the same.
            let _ = done.send(error.clone().map_or(Ok(number), Err));
        }
        goes_on
    }

    /// The size of the block, once it is durable.
    fn write(&mut self, items: &[Item]) -> Result<u64, Failure> {
        let offset = self.place().map_err(Failure::Undone)?;
        self.block.clear();
        let chain = write_block(&self.chain, items, &mut self.block);
        let failed = |what, error| SdkError::disk(&self.shared.folder, what, error);
        if let Err(error) = self.file.write_all_at(&self.block, offset) {
            let error = failed("write into", error);
            return Err(match self.file.set_len(offset) {
                Ok(()) => Failure::Undone(error),
                Err(_) => Failure::Fatal(error),
            });
        }
        self.file.sync_data().map_err(|error| Failure::Fatal(failed("sync", error)))?;
        self.chain = chain;
        Ok(self.block.len() as u64)
    }

    /// Where the next block goes: behind the last one, or into a new segment.
    fn place(&mut self) -> Result<u64, SdkError> {
        let (bytes, end) = {
            let state = self.shared.lock();
            (state.segments.back().map_or(0, |last| last.bytes), state.end)
        };
        if bytes < self.shared.segment_bytes {
            return Ok(bytes);
        }
        let segment = segments::create(&self.shared.folder, end, self.chain)?;
        let offset = segment.bytes;
        self.shared.lock().segments.push_back(segment);
        self.file = open(&self.shared)?;
        Ok(offset)
    }
}

/// The segment that grows.
fn open(shared: &Shared) -> Result<File, SdkError> {
    let path = shared.lock().segments.back().map(|last| last.path.clone());
    let path = path.ok_or(SdkError::Stopped)?;
    let file = OpenOptions::new().write(true).open(&path);
    file.map_err(|error| SdkError::disk(path, "open", error))
}
