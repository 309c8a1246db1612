//! Lists of ordinals: places in the dictionary of a column.

use smallvec::SmallVec;

/// In a list of ordinals: the value is not there.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The values that are there, each once.
pub(crate) fn distinct(ords: &mut SmallVec<[u32; 4]>) -> &[u32] {
    if ords.len() > 1 {
        ords.sort_unstable();
        ords.dedup();
    }
    while ords.last() == Some(&ABSENT) {
        ords.pop();
    }
    ords
}
