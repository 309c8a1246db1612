//! From what a sender said to a leaf: check, mask, fill defaults, cut, seal.
//!
//! Every fault of an event is reported, not only the first. One buffer takes core and values and
//! stays with the leaf, so a typical event costs one allocation or two.

mod act;
mod targets;
mod text;
mod values;

use crate::catalogue::Catalogue;
use crate::fault::{Fault, codes};
use crate::ids::IdHash;
use crate::leaf::Leaf;
use crate::limits::FAULTS_COUNT_MAX;
use crate::mask::ALWAYS;
use crate::record::{Record, Sealed, Sender};
use crate::sealed::RecordSalt;
use crate::timestamp::Timestamp;
use act::Act;
use std::borrow::Cow;
use values::Values;

impl Record<'_> {
    /// Checks, masks, fills defaults and seals. Every fault is reported, not only the first.
    ///
    /// `salt`: 16 bytes of a CSPRNG, fresh for each event. `new_id` gives an id when the sender
    /// gave none (UUIDv7). JSON values must be valid JSON text.
    pub fn seal(
        &self,
        catalogue: &Catalogue,
        sender: &Sender,
        received: Timestamp,
        salt: RecordSalt,
        new_id: impl FnOnce() -> String,
    ) -> Result<Sealed, Vec<Fault>> {
        let mut faults = Faults::default();
        let act = Act::check(self, catalogue, sender, received, &mut faults);
        let keys = act.operation.map_or(&*ALWAYS, |operation| &operation.keys);
        let id = self.id.as_deref().map_or_else(|| Cow::Owned(new_id()), Cow::Borrowed);

        let mut bytes = Vec::with_capacity(BUFFER_BYTES);
        act.write_core(&id, &mut bytes);
        let core_bytes = bytes.len();
        let mut values = Values::new(&mut bytes, keys, sender.is_server, &mut faults);
        values.write(self, &act);
        let is_masked = values.is_masked();
        let ends = values.into_ends();
        if !faults.list.is_empty() {
            return Err(faults.list);
        }

        let parts = ends.iter().map(|end| (end.tag, end.at));
        let leaf = Leaf::from_buffer(salt, bytes, core_bytes, parts);
        let at = if act.clock_skew { received.nanos() } else { act.time.nanos() };
        let id = IdHash::of(&id, &sender.emitter);
        Ok(Sealed { hash: leaf.hash(), leaf, id, at, is_masked })
    }
}

/// Room for the core and the values of most events.
const BUFFER_BYTES: usize = 1024;

/// The faults found so far.
#[derive(Default)]
struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    fn add(
        &mut self,
        code: &'static str,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) {
        match self.list.len() {
            0..FAULTS_COUNT_MAX => self.list.push(Fault::new(code, field, message)),
            FAULTS_COUNT_MAX => {
                let message = "there are more faults than are listed; mend these first";
                self.list.push(Fault::new(codes::MORE_FAULTS, "", message));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
