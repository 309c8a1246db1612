//! Services and operations as data, in both languages, with a site's own extensions.
//!
//! A code is unique and implies its service; a name may be shared by two services. The built-in
//! files are compiled in; a site's file has the same columns and may add, never redefine.

mod resolve;
mod row;

pub use resolve::Unresolved;

use crate::error::RecordError;
use crate::mask::Keys;
use crate::nearest::Nearest;
use std::collections::HashMap;

/// The service of the log's own events; no token may write it.
pub const RESERVED_SERVICE: &str = "audit-log";

const BUILT_IN: [&str; 3] = [
    include_str!("../data/catalogue.csv"),
    include_str!("../data/catalogue-extra.csv"),
    include_str!("../data/catalogue-audit-log.csv"),
];

/// All services and operations known to this site.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    services: Vec<Service>,
    operations: Vec<Operation>,
    /// Code -> place in `operations`.
    codes: HashMap<String, usize>,
    /// Lower-case English or Chinese name -> places in `operations`.
    names: HashMap<String, Vec<usize>>,
    /// Code or lower-case name -> place in `services`.
    service_words: HashMap<String, usize>,
    nearest: Nearest,
    nearest_service: Nearest,
}

/// A service of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its code, as kept.
    pub code: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
}

/// An operation of the catalogue.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its code, as kept.
    pub code: String,
    /// The code of its service.
    pub service: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// What it does to its object.
    pub access: Access,
    /// How much it matters when it is misused.
    pub severity: Severity,
    /// The type of its object; several are parted by `|`.
    pub object_type: String,
    /// The code of the operation that opens or undoes it.
    pub pairs_with: Option<String>,
    /// Keys of its request data that are masked beside those that always are.
    pub mask: Vec<String>,
    /// Remarks.
    pub notes: String,
    pub(crate) keys: Keys,
}

/// What an operation does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Looks at it or takes a copy.
    Read,
    /// Changes it.
    Write,
    /// Opens or closes a way in.
    Session,
}

impl Access {
    /// Its word in files and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Session => "session",
        }
    }
}

/// How much an operation matters when it is misused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Daily work.
    Low,
    /// Changes that are noticed.
    Medium,
    /// Loss, rights, secrets.
    High,
}

impl Severity {
    /// Its word in files and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl Catalogue {
    /// The operations of the platform, its extras and the log's own.
    pub fn built_in() -> Self {
        let mut catalogue = Self::default();
        for file in BUILT_IN {
            catalogue.add_rows(file).expect("a test reads the built-in files");
        }
        catalogue
    }

    /// Adds a site's file of the same columns, wholly or, on an error, not at all. Existing codes
    /// may not be redefined and the service `audit-log` may not be extended.
    pub fn add(&mut self, csv: &str) -> Result<(), RecordError> {
        let mut next = self.clone();
        for (line, row) in row::read(csv)? {
            if row.service == RESERVED_SERVICE {
                let reason = format!("service {RESERVED_SERVICE} is reserved; use another");
                return Err(RecordError::Catalogue { line, reason });
            }
        }
        next.add_rows(csv)?;
        *self = next;
        Ok(())
    }

    /// All operations, in the order of the files.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// All services, in the order of the files.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The operation of a code.
    pub fn operation(&self, code: &str) -> Option<&Operation> {
        self.codes.get(code).map(|place| &self.operations[*place])
    }

    /// The service of a code.
    pub fn service(&self, code: &str) -> Option<&Service> {
        let service = self.service_words.get(code).map(|place| &self.services[*place]);
        service.filter(|service| service.code == code)
    }

    fn add_rows(&mut self, csv: &str) -> Result<(), RecordError> {
        let rows = row::read(csv)?;
        let pairs: Vec<_> =
            rows.iter().filter_map(|(line, row)| Some((*line, row.pairs_with.clone()?))).collect();
        for (line, row) in rows {
            self.add_row(row).map_err(|reason| RecordError::Catalogue { line, reason })?;
        }
        match pairs.into_iter().find(|(_, code)| !self.codes.contains_key(code)) {
            Some((line, code)) => {
                let reason = format!("pairs_with names {code}, which is not in the catalogue");
                Err(RecordError::Catalogue { line, reason })
            }
            None => Ok(()),
        }
    }

    fn add_row(&mut self, row: row::Row) -> Result<(), String> {
        if self.codes.contains_key(&row.operation) {
            return Err(format!("operation {} is already defined; use a new code", row.operation));
        }
        self.add_service(&row)?;
        let place = self.operations.len();
        for name in [&row.operation_en, &row.operation_zh] {
            let places = self.names.entry(name.to_lowercase()).or_default();
            if places.iter().any(|other| self.operations[*other].service == row.service) {
                return Err(format!(
                    "service {} already has an operation named {name}",
                    row.service
                ));
            }
            if !places.contains(&place) {
                places.push(place);
            }
            self.nearest.add(name);
        }
        self.nearest.add(&row.operation);
        self.codes.insert(row.operation.clone(), place);
        self.operations.push(Operation {
            keys: Keys::with(&row.mask),
            code: row.operation,
            service: row.service,
            en: row.operation_en,
            zh: row.operation_zh,
            access: row.access,
            severity: row.severity,
            object_type: row.object_type,
            pairs_with: row.pairs_with,
            mask: row.mask,
            notes: row.notes,
        });
        Ok(())
    }

    fn add_service(&mut self, row: &row::Row) -> Result<(), String> {
        if let Some(known) = self.service(&row.service) {
            let same = known.en == row.service_en && known.zh == row.service_zh;
            let message = || {
                let (code, en, zh) = (&known.code, &known.en, &known.zh);
                format!("service {code} is already named \"{en}\" and \"{zh}\"; use these names")
            };
            return if same { Ok(()) } else { Err(message()) };
        }
        let place = self.services.len();
        let words = [&row.service, &row.service_en, &row.service_zh];
        for word in words {
            let other = self.service_words.insert(word.to_lowercase(), place);
            if other.is_some_and(|other| other != place) {
                return Err(format!("another service is already called {word}"));
            }
            self.nearest_service.add(word);
        }
        self.services.push(Service {
            code: row.service.clone(),
            en: row.service_en.clone(),
            zh: row.service_zh.clone(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
