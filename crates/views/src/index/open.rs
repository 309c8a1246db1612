//! Opens the files of an index, or begins anew.

use std::sync::Arc;

use annals_ledger::{LeafIndex, LedgerReader};

use super::manifest::{Folder, Manifest};
use super::writer::{SealedEntry, Writer};
use crate::damage::unless_damaged;
use crate::docset::DocSet;
use crate::error::IndexError;
use crate::part::Part;
use crate::sealed::SealedPart;
use crate::text::Chunk;

/// The index in `folder`. What cannot be used is deleted, and the index is empty.
pub(super) fn open(folder: &Folder, reader: &LedgerReader) -> Result<Writer, IndexError> {
    match read(folder, reader) {
        Ok(Some(writer)) => Ok(writer),
        Ok(None) => {
            folder.clear()?;
            Ok(Writer::default())
        }
        Err(error @ IndexError::Ledger(_)) => Err(error),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(%error, cause, "the index cannot be used; it is made anew");
            folder.clear()?;
            Ok(Writer::default())
        }
    }
}

fn read(folder: &Folder, reader: &LedgerReader) -> Result<Option<Writer>, IndexError> {
    let Some(manifest) = Manifest::load(folder, reader)? else { return Ok(None) };
    for lost in &manifest.lost {
        if unless_damaged(reader.kept(LeafIndex(lost.start)))?.is_some() {
            tracing::info!(from = lost.start, end = lost.end, "mended; the index is made anew");
            return Ok(None);
        }
    }
    folder.sweep(&manifest)?;
    let mut sealed = Vec::new();
    for file in &manifest.parts {
        let path = folder.part(file.number);
        let rows = SealedPart::open(&path)?;
        let wrong = |what: &str| IndexError::Manifest { path: path.clone(), what: what.into() };
        let deleted = match file.deleted {
            Some(number) => {
                let bytes = folder.read_deleted(number)?;
                let set = DocSet::from_bytes(rows.len(), &bytes);
                Some(set.ok_or_else(|| wrong("its deleted rows are of another part"))?)
            }
            None => None,
        };
        let part = Part::sealed(rows, deleted).ok_or_else(|| wrong("it has no rows"))?;
        let deleted = file.deleted.map(|number| (number, Arc::clone(part.deleted())));
        sealed.push(SealedEntry { number: file.number, part, deleted });
    }
    let mut texts = Vec::new();
    for file in &manifest.texts {
        let chunk = Chunk::open(&folder.texts(), &file.number.to_string(), file.groups)?;
        texts.push(chunk.ok_or_else(|| IndexError::Manifest {
            path: folder.texts().join(file.number.to_string()),
            what: "the file is not as long as it was".into(),
        })?);
    }
    let mut writer = Writer::new(&manifest, sealed, texts);
    writer.refold(reader, &manifest.refold)?;
    Ok(Some(writer))
}
