//! `Licences`: licence files and service packages that were imported. Their contents are checked
//! against the checksum that came with them and not shown again.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ids::Ids;
use crate::refusal::Refusal;

/// A file that was imported.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Imported {
    pub(crate) id: String,
    pub(crate) name: String,
    sha256: String,
    bytes: usize,
}

/// All of them, service packages beside licences.
#[derive(Debug, Default)]
pub(crate) struct Licences {
    all: BTreeMap<String, Imported>,
}

impl Licences {
    /// Takes a file if it is the one that its sender means.
    pub(crate) fn import(
        &mut self,
        ids: &mut Ids,
        prefix: &'static str,
        name: &str,
        sha256: &str,
        data: &[u8],
    ) -> Result<Imported, Refusal> {
        let found: String = Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != sha256 {
            return Err(Refusal::Request(format!("the file's SHA-256 is {found}, not `{sha256}`")));
        }
        let imported = Imported {
            id: ids.next(prefix),
            name: name.to_owned(),
            sha256: found,
            bytes: data.len(),
        };
        self.all.insert(imported.id.clone(), imported.clone());
        Ok(imported)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Imported> {
        self.all.values()
    }
}
