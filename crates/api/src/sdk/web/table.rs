//! Which routes are which acts, and the help for a test that holds table and service together.

use std::collections::{BTreeSet, HashMap};

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::act::Act;

/// Why a table cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// A path is no template, or two templates mean the same.
    #[error("{method} {path}: not a path that can be told from the others")]
    Path {
        /// Its method.
        method: Method,
        /// As declared.
        path: String,
        /// Why not.
        #[source]
        source: matchit::InsertError,
    },
    /// A trusted proxy is no network.
    #[error("`{text}` is not a network like 10.0.0.0/8")]
    Network {
        /// As given.
        text: String,
    },
}

/// Mutating routes that are in no table.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither recorded nor said to be unrecorded: {}", .0.join(", "))]
pub struct Undeclared(pub Vec<String>);

/// Which routes are which acts.
#[derive(Debug, Default)]
pub(super) struct Table {
    routes: HashMap<Method, matchit::Router<usize>>,
    /// None: not recorded, on purpose.
    acts: Vec<Option<Act>>,
    /// Methods and shapes of paths.
    declared: BTreeSet<String>,
}

impl Table {
    pub(super) fn add(
        &mut self,
        method: Method,
        path: &str,
        act: Option<Act>,
    ) -> Result<(), WebError> {
        let routes = self.routes.entry(method.clone()).or_default();
        routes.insert(path, self.acts.len()).map_err(|source| WebError::Path {
            method: method.clone(),
            path: path.to_owned(),
            source,
        })?;
        self.acts.push(act);
        self.declared.insert(shape(&method, path));
        Ok(())
    }

    /// The act of a request and the parts of its path.
    pub(super) fn find(
        &self,
        method: &Method,
        path: &str,
    ) -> Option<(&Act, Vec<(String, String)>)> {
        let found = self.routes.get(method)?.at(path).ok()?;
        let act = self.acts.get(*found.value)?.as_ref()?;
        let decoded = |value| percent_decode_str(value).decode_utf8_lossy().into_owned();
        let params = found.params.iter();
        Some((act, params.map(|(name, value)| (name.to_owned(), decoded(value))).collect()))
    }

    /// Every mutating route among `served` must be declared.
    pub(super) fn check<'a>(
        &self,
        served: impl IntoIterator<Item = (Method, &'a str)>,
    ) -> Result<(), Undeclared> {
        let mutating = served.into_iter().filter(|(method, _)| !method.is_safe());
        let unknown =
            mutating.filter(|(method, path)| !self.declared.contains(&shape(method, path)));
        let missing: BTreeSet<String> =
            unknown.map(|(method, path)| format!("{method} {path}")).collect();
        if missing.is_empty() { Ok(()) } else { Err(Undeclared(missing.into_iter().collect())) }
    }

    /// The same for what an OpenAPI document describes.
    pub(super) fn check_openapi(&self, document: &Value) -> Result<(), Undeclared> {
        let paths = document["paths"].as_object().into_iter().flatten();
        let served = paths.flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flat_map(|item| item.keys());
            methods.filter_map(move |method| {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
                let is_method = ["POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str());
                is_method.then_some((method, path.as_str()))
            })
        });
        self.check(served)
    }
}

/// Method and path without the names of its parts.
fn shape(method: &Method, path: &str) -> String {
    let mut shape = format!("{method} ");
    let mut parts = path.split('{');
    shape += parts.next().unwrap_or_default();
    for part in parts {
        shape += "{}";
        shape += part.split_once('}').map_or("", |(_, rest)| rest);
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdk::op;
    use serde_json::json;

    fn table() -> Table {
        let mut table = Table::default();
        let delete = Some(Act::new(op::CLUSTER_DELETE));
        table.add(Method::DELETE, "/clusters/{id}", delete).expect("a path");
        table.add(Method::POST, "/search", None).expect("a path");
        table
    }

    // Protects: a request finds its act and the parts of its path, and nobody else's.
    #[test]
    fn requests_find_their_acts() {
        let table = table();
        let (act, params) = table.find(&Method::DELETE, "/clusters/c%201").expect("declared");
        assert_eq!(act.operation, op::CLUSTER_DELETE);
        assert_eq!(params, [("id".to_owned(), "c 1".to_owned())]);
        for (method, path) in [
            (Method::GET, "/clusters/c-1"),
            (Method::DELETE, "/clusters/c-1/x"),
            (Method::POST, "/search"),
        ] {
            assert!(table.find(&method, path).is_none(), "{method} {path}");
        }
    }

    // Protects: a mutating route that nobody declared fails the platform's own test, whatever its
    // parts are called; those said to be unrecorded and those that change nothing do not.
    #[test]
    fn undeclared_routes_are_named() {
        let served =
            |path| [(Method::DELETE, path), (Method::POST, "/search"), (Method::GET, "/x")];
        assert_eq!(table().check(served("/clusters/{cluster}")), Ok(()));
        let missing = Undeclared(vec!["DELETE /nodes/{id}".to_owned()]);
        assert_eq!(table().check(served("/nodes/{id}")), Err(missing));
        let document = json!({"paths": {"/search": {"post": {}, "get": {}, "parameters": []},
            "/users": {"put": {}}}});
        let missing = Undeclared(vec!["PUT /users".to_owned()]);
        assert_eq!(table().check_openapi(&document), Err(missing));
    }
}
