//! `Form`: a multipart form with fields and one file.

use std::collections::BTreeMap;

use axum::extract::Multipart;

use crate::refusal::Refusal;

/// Fields and one file.
#[derive(Debug, Default)]
pub(super) struct Form {
    fields: BTreeMap<String, String>,
    pub(super) file: String,
    pub(super) data: Vec<u8>,
}

impl Form {
    pub(super) async fn read(mut parts: Multipart) -> Result<Self, Refusal> {
        let bad = |error: axum::extract::multipart::MultipartError| {
            Refusal::Request(format!("the form cannot be read: {error}"))
        };
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(bad)? {
            let name = part.name().unwrap_or_default().to_owned();
            if let Some(file) = part.file_name() {
                form.file = file.to_owned();
                form.data = part.bytes().await.map_err(bad)?.into();
            } else {
                form.fields.insert(name, part.text().await.map_err(bad)?);
            }
        }
        if form.file.is_empty() {
            return Err(Refusal::Request("the form has no file".to_owned()));
        }
        Ok(form)
    }

    pub(super) fn field(&self, name: &str) -> Result<&str, Refusal> {
        let found = self.fields.get(name).map(String::as_str);
        found.ok_or_else(|| Refusal::Request(format!("the form has no field `{name}`")))
    }
}
