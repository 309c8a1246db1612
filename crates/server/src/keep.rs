//! Small files that are replaced as a whole and durably, such as a witness's memory. A crash
//! leaves the old or the new contents.

use std::io::{self, ErrorKind};
use std::path::Path;

pub(crate) use annals_ledger::disk::replace_file as replace;
use annals_ledger::disk::{Disk, Mode};

/// Longest such file, bytes; a checkpoint with all its cosignatures stays far below.
const FILE_BYTES_MAX: u64 = 2 << 20;

/// The text of the file; none if there is none.
pub(crate) fn read(disk: &dyn Disk, path: &Path) -> io::Result<Option<String>> {
    let file = match disk.open(path, Mode::Read) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let len = file.len()?;
    if len > FILE_BYTES_MAX {
        return Err(io::Error::new(ErrorKind::InvalidData, "the file is too long"));
    }
    let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
    file.read_at(&mut bytes, 0)?;
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}
