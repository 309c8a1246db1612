//! The catalogue over the wire: `GET /v1/catalogue`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Services with their operations, searchable fields and deployments, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueAnswer {
    /// The services, in the catalogue's order.
    pub services: Vec<Service>,
    /// The fields of an event.
    pub fields: Vec<Field>,
    /// The deployments that have names.
    pub stacks: Vec<Stack>,
}

/// One deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stack {
    /// The region as it stands in events.
    pub region: String,
    /// The `stack_id` as it stands in events.
    pub id: String,
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
}

/// One service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// The stable code, such as `hpc-clusters`.
    pub code: String,
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// One operation of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Operation {
    /// The stable code, such as `cluster.create`.
    pub code: String,
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
    /// `read`, `write`, `session`, ...
    pub access: String,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// The usual type of its object; empty if it varies.
    pub object_type: String,
}

/// One field of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Field {
    /// The name in events and filters.
    pub name: String,
    /// Its name in English.
    pub en: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Other names a filter accepts.
    pub aliases: Vec<String>,
}
