//! The catalogue as it goes over the wire: services, operations, fields and deployments with their
//! names in both languages.

use annals_api::wire::catalogue::{CatalogueAnswer, Field, Operation, Service, Stack};
use annals_record::{Catalogue, FieldNames};

use crate::config;

/// All names there are, site extensions included.
pub(crate) fn catalogue(catalogue: &Catalogue, stacks: &[config::Stack]) -> CatalogueAnswer {
    let services = catalogue.services().iter().map(|service| Service {
        code: service.code.clone(),
        en: service.en.clone(),
        zh: service.zh.clone(),
        operations: operations(catalogue, &service.code),
    });
    let fields = FieldNames::built_in().all().iter().map(|field| Field {
        name: field.name.clone(),
        en: field.en.clone(),
        zh: field.zh.clone(),
        aliases: field.aliases.clone(),
    });
    let stacks = stacks.iter().cloned();
    let stacks = stacks.map(|config::Stack { region, id, en, zh }| Stack { region, id, en, zh });
    CatalogueAnswer {
        services: services.collect(),
        fields: fields.collect(),
        stacks: stacks.collect(),
    }
}

fn operations(catalogue: &Catalogue, service: &str) -> Vec<Operation> {
    let own = catalogue.operations().iter().filter(|operation| operation.service == service);
    own.map(|operation| Operation {
        code: operation.code.clone(),
        en: operation.en.clone(),
        zh: operation.zh.clone(),
        access: operation.access.as_str().to_owned(),
        severity: operation.severity.as_str().to_owned(),
        object_type: operation.object_type.clone(),
    })
    .collect()
}
