//! The secrets that a record brings and sealing masks, for whoever makes fingerprints of them: all
//! but passwords, PINs and one-time codes.
//!
//! Told once, in the order of the fields, and kept nowhere here. What a fingerprint is and who may
//! see it is not known here.

use crate::catalogue::Catalogue;
use crate::mask::{ALWAYS, secrets_of_json, secrets_of_text};
use crate::record::Record;
use crate::sealed::Tag;

impl Record<'_> {
    /// Tells each secret that is masked in this record, of the operation with this code, with the
    /// field it stands in.
    pub fn tell_secrets(
        &self,
        catalogue: &Catalogue,
        operation: &str,
        tell: &mut dyn FnMut(Tag, &str),
    ) {
        let keys = catalogue.operation(operation).map_or(&*ALWAYS, |operation| &operation.keys);
        let object = self.object.iter();
        let names =
            object.clone().filter_map(|object| Some((Tag::OBJECT_NAME, object.name.as_deref()?)));
        let ids = object.filter_map(|object| Some((Tag::OBJECT_ID, object.id.as_deref()?)));
        let objects = self.objects.iter().flat_map(|object| {
            [&object.id, &object.name].into_iter().flatten().map(|text| (Tag::OBJECTS, &**text))
        });
        let related = self.related.iter().flat_map(|related| {
            [&related.id, &related.name].into_iter().flatten().map(|text| (Tag::RELATED, &**text))
        });
        let texts = [(Tag::USER_AGENT, &self.user_agent), (Tag::REASON, &self.reason)];
        let texts = texts.into_iter().filter_map(|(tag, text)| Some((tag, text.as_deref()?)));
        for (tag, text) in names.chain(ids).chain(objects).chain(related).chain(texts) {
            secrets_of_text(text, keys, &mut |secret| tell(tag, secret));
        }
        for (tag, json) in [
            (Tag::REQUEST_DATA, &self.request_data),
            (Tag::CHANGES, &self.changes),
            (Tag::ORIGIN, &self.origin),
        ] {
            if let Some(json) = json {
                secrets_of_json(json, keys, &mut |secret| tell(tag, secret));
            }
        }
    }
}
