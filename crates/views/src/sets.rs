//! `Sets`: the rows of a part that match for sure, and those that may.

use crate::docset::DocSet;

/// The rows that match for sure, and those that may; the first within the second.
#[derive(Clone, Debug)]
pub(crate) struct Sets {
    pub(crate) sure: DocSet,
    /// None: the same rows, nothing is left to check.
    pub(crate) may: Option<DocSet>,
}

impl Sets {
    pub(crate) fn exact(sure: DocSet) -> Self {
        Self { sure, may: None }
    }

    /// The rows that may match.
    pub(crate) fn may(&self) -> &DocSet {
        self.may.as_ref().unwrap_or(&self.sure)
    }

    /// The rows that have to be looked at.
    pub(crate) fn open(&self) -> Option<DocSet> {
        let mut open = self.may.clone()?;
        open.and_not(&self.sure);
        (!open.is_empty()).then_some(open)
    }

    /// Keeps the rows of `within`.
    pub(crate) fn keep(&mut self, within: &DocSet) {
        self.sure.and(within);
        if let Some(may) = &mut self.may {
            may.and(within);
        }
    }
}
