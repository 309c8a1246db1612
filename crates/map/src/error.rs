//! What can go wrong while a source or a route file is set up. A line that can't be mapped is no
//! error: it is a [`crate::Verdict`], because it is kept and counted.

/// Why a source or a route file could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// No source of that kind is built in.
    #[error("there is no source of kind `{kind}`; known kinds: {known}")]
    UnknownKind {
        /// What was asked for.
        kind: String,
        /// What there is, separated by commas.
        known: String,
    },
    /// The zone is neither an offset nor a name of the time zone database.
    #[error("`{zone}` is no time zone; write UTC, an offset such as +08:00, or Asia/Shanghai")]
    UnknownZone {
        /// What was asked for.
        zone: String,
        /// What the time zone library said.
        #[source]
        source: jiff::Error,
    },
    /// A saved state does not fit this version of the source.
    #[error("the saved state of source `{name}` can't be read; restore it or remove it")]
    BadState {
        /// Name of the source.
        name: String,
        /// Where the state stops making sense.
        #[source]
        source: serde_json::Error,
    },
    /// A state could not be written down.
    #[error("the state of source `{name}` can't be written down")]
    UnwritableState {
        /// Name of the source.
        name: String,
        /// What the JSON writer said.
        #[source]
        source: serde_json::Error,
    },
    /// A map file is no TOML, or has keys there are not.
    #[error("the map file is not understood; see docs/formats/import-map.md")]
    ImportMapSyntax(#[source] Box<toml::de::Error>),
    /// A map file says what makes no sense.
    #[error("the map file: {0}")]
    ImportMap(String),
    /// A route file that can't be used as it is written.
    #[error("the route file can't be used as it is written{}", listed(faults))]
    RouteFile {
        /// All that is wrong with it, in the order of its lines.
        faults: Vec<RouteFault>,
    },
}

/// One thing that is wrong with a route file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteFault {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

fn listed(faults: &[RouteFault]) -> String {
    let line = |fault: &RouteFault| {
        format!("\n  line {}, column {}: {}", fault.line, fault.column, fault.message)
    };
    faults.iter().map(line).collect()
}
