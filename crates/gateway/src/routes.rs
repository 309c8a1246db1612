//! Route files together: the first that knows a request is taken.

use std::sync::Arc;

use annals_map::route::{Feed, Found, Later, Routes, SavedLater};
use annals_record::Catalogue;

use crate::config::Config;
use crate::error::GatewayError;

/// All routes of a gateway.
#[derive(Debug)]
pub(crate) struct RouteSet(Vec<Routes>);

impl RouteSet {
    /// Reads the route files and the site's catalogues. Blocks.
    pub(crate) fn load(config: &Config) -> Result<Self, GatewayError> {
        let catalogue = catalogue(&config.catalogue)?;
        let files = config.routes.iter().map(|path| {
            let text = std::fs::read_to_string(path).map_err(GatewayError::read(path))?;
            Routes::parse(&text, &catalogue)
                .map_err(|source| GatewayError::Routes { path: path.clone(), source })
        });
        files.collect::<Result<_, _>>().map(Self)
    }

    /// What a request is.
    pub(crate) fn find<'p>(&self, method: &str, path: &'p str) -> Found<'_, 'p> {
        for routes in &self.0 {
            match routes.find(method, path) {
                Found::Nothing => {}
                found => return found,
            }
        }
        Found::Nothing
    }

    pub(crate) fn feeds(&self) -> impl Iterator<Item = &Arc<Feed>> {
        self.0.iter().flat_map(Routes::feeds)
    }

    pub(crate) fn take_up(&self, saved: &SavedLater) -> Option<Later> {
        self.0.iter().find_map(|routes| routes.take_up(saved))
    }

    pub(crate) fn ends_session(&self, operation: &str) -> bool {
        self.0.iter().any(|routes| routes.ends_session(operation))
    }
}

/// The built-in catalogue with those of the site. Blocks.
pub(crate) fn catalogue(paths: &[std::path::PathBuf]) -> Result<Catalogue, GatewayError> {
    let mut catalogue = Catalogue::built_in();
    for path in paths {
        let text = std::fs::read_to_string(path).map_err(GatewayError::read(path))?;
        catalogue
            .add(&text)
            .map_err(|source| GatewayError::Catalogue { path: path.clone(), source })?;
    }
    Ok(catalogue)
}
