//! From what a sender wrote (code, English or Chinese name) to the one operation meant.

use super::{Catalogue, Operation, Service};

/// Why an operation could not be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved<'a> {
    /// No operation has this code or name; the nearest one that does.
    Operation(Option<&'a str>),
    /// No service has this code or name; the nearest one that does.
    Service(Option<&'a str>),
    /// Several services have an operation of this name: their codes.
    Ambiguous(Vec<&'a str>),
    /// The code belongs to another service: its code.
    OtherService(&'a str),
}

impl Catalogue {
    /// The operation that `operation` means, in `service` if that is given. Both may be a code,
    /// an English or a Chinese name; names without regard to case. A code implies its service.
    pub fn resolve(
        &self,
        service: Option<&str>,
        operation: &str,
    ) -> Result<&Operation, Unresolved<'_>> {
        if let Some(found) = self.operation(operation) {
            let fits = match service {
                None => true,
                Some(word) => {
                    word == found.service || self.named_service(word)?.code == found.service
                }
            };
            return if fits { Ok(found) } else { Err(Unresolved::OtherService(&found.service)) };
        }
        let service = service.map(|word| self.named_service(word)).transpose()?;
        let named = self.names.get(&operation.to_lowercase()).map_or(&[][..], Vec::as_slice);
        let mut found = named
            .iter()
            .map(|place| &self.operations[*place])
            .filter(|found| service.is_none_or(|service| service.code == found.service));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(Unresolved::Operation(self.nearest.find(operation))),
            (Some(_), Some(_)) => {
                let services = named.iter().map(|place| self.operations[*place].service.as_str());
                Err(Unresolved::Ambiguous(services.collect()))
            }
        }
    }

    /// The service of a code or name, or the nearest there is.
    pub(crate) fn named_service(&self, word: &str) -> Result<&Service, Unresolved<'_>> {
        let place = self.service_words.get(word);
        let place = place.or_else(|| self.service_words.get(&word.to_lowercase()));
        let found = place.map(|place| &self.services[*place]);
        found.ok_or_else(|| Unresolved::Service(self.nearest_service.find(word)))
    }
}
