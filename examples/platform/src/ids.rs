//! `Ids`: names for new things.

use std::collections::BTreeMap;

/// Names for new things: a letter for their kind, and a number.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    last: BTreeMap<&'static str, u32>,
}

impl Ids {
    pub(crate) fn next(&mut self, kind: &'static str) -> String {
        let last = self.last.entry(kind).or_default();
        *last += 1;
        format!("{kind}-{last}")
    }

    /// An address in the platform's own network, for a node.
    pub(crate) fn address(&mut self) -> String {
        let last = self.last.entry("address").or_default();
        *last += 1;
        let [_, high, middle, low] = last.to_be_bytes();
        std::net::Ipv4Addr::new(10, 64 | high, middle, low).to_string()
    }
}
