//! A whole route file: parsed with all of its faults, and searched for every request.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use annals_record::Catalogue;
use serde_json::Value;
use toml::Spanned;
use toml::de::DeTable;

use super::act::{Begun, Candidate, Undecided};
use super::condition::{Rules, Truth};
use super::document::{Faults, Keys, Span};
use super::ending::text;
use super::exchange::Request;
use super::feed::Feed;
use super::fields::Defaults;
use super::later::{Later, SavedLater};
use super::paths::{ANY, decoded, is_mutating, normal, trimmed};
use super::rule::{Does, Guarantee, Route};
use super::selector::{Allowed, Uses};
use super::targets::OUTCOMES;
use crate::error::MapError;

/// Bytes of a route file.
pub const ROUTE_FILE_BYTES_MAX: usize = 4 << 20;

/// A route file, checked and compiled.
#[derive(Debug, Default)]
pub struct Routes {
    name: Option<String>,
    /// By method.
    methods: HashMap<String, Templates>,
    /// Method and template -> place in `groups`.
    shapes: HashMap<(String, String), usize>,
    groups: Vec<Group>,
    feeds: Vec<Arc<Feed>>,
    by_label: HashMap<String, Arc<Route>>,
    session_ends: HashSet<String>,
}

/// Templates of one method -> place in `groups`. Those with `{*rest}` stand apart: they are asked
/// last, and in one tree they may not overlap with others.
#[derive(Debug, Default)]
struct Templates {
    exact: matchit::Router<usize>,
    rest: matchit::Router<usize>,
}

/// Routes of one method and template, in the order of the file.
#[derive(Debug, Default)]
struct Group {
    /// With their own names for the parts of the path.
    routes: Vec<(Arc<Route>, Vec<String>)>,
    uses: Uses,
    has_session: bool,
}

/// What a request is, as far as its method and path tell.
#[derive(Debug)]
pub enum Found<'r, 'p> {
    /// No route matches: if [`is_mutating`], it is not covered.
    Nothing,
    /// Knowingly not recorded.
    Ignored,
    /// Routes match; [`Matched::begin`] takes one.
    Matched(Matched<'r, 'p>),
}

/// The routes of a request's method and path.
#[derive(Debug)]
pub struct Matched<'r, 'p> {
    group: &'r Group,
    router: &'r matchit::Router<usize>,
    path: Cow<'p, str>,
}

/// What of an exchange must be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The body of the request.
    pub request: bool,
    /// The body of the answer. That of a status of 400 and more may say why, whatever stands here.
    pub response: bool,
    /// An upgrade opens a session: give the request a `session_id`.
    pub session: bool,
}

impl Routes {
    /// Reads a route file: `docs/formats/route-file.md`.
    ///
    /// # Errors
    /// [`MapError::RouteFile`] with all that is wrong with it.
    pub fn parse(text: &str, catalogue: &Catalogue) -> Result<Self, MapError> {
        let faults = Faults::new(text);
        if text.len() > ROUTE_FILE_BYTES_MAX {
            faults.add(0..0, format!("a route file has at most {ROUTE_FILE_BYTES_MAX} bytes"));
            return Err(faults.finish().expect_err("there is a fault"));
        }
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            faults.add(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()));
        }
        let mut routes = Self::default();
        if errors.is_empty() {
            routes.read(&document, &faults, catalogue);
        }
        faults.finish()?;
        Ok(routes)
    }

    fn read<'d>(
        &mut self,
        document: &'d Spanned<DeTable<'d>>,
        faults: &'d Faults<'d>,
        catalogue: &Catalogue,
    ) {
        let mut keys = Keys::new(document.get_ref(), 0..0, faults);
        self.name = keys.text("name").map(|(name, _)| name.to_owned());
        let (mut defaults, mut guarantee) = (Defaults::default(), Guarantee::default());
        if let Some(mut table) = keys.table("defaults") {
            let exchange = Allowed::only(Uses::REQUEST | Uses::ANSWER);
            guarantee = Guarantee::read(&mut table).unwrap_or_default();
            let mask = table.texts("mask").into_iter();
            defaults.mask = mask.map(|(key, _)| key.to_owned()).collect();
            defaults.outcome = Rules::read(&mut table, "outcome", &exchange, &OUTCOMES);
            defaults.reason = text(&mut table, "reason", &exchange);
            defaults.username = text(&mut table, "username", &exchange);
            defaults.request_id = text(&mut table, "request_id", &exchange);
            table.finish();
        }
        for table in keys.tables("route") {
            if let Some(route) = Route::read(table, catalogue, &defaults, guarantee) {
                self.add(route, faults);
            }
        }
        for table in keys.tables("feed") {
            let span = table.span();
            if let Some(feed) = Feed::read_keys(table, catalogue, &defaults) {
                if self.feeds.iter().any(|known| known.name() == feed.name()) {
                    faults.add(span, format!("there are two feeds named `{}`", feed.name()));
                }
                self.feeds.push(Arc::new(feed));
            }
        }
        keys.finish();
    }

    fn add(&mut self, mut route: Route, faults: &Faults<'_>) {
        let (first, mut number) = (route.label.clone(), 1);
        while self.by_label.contains_key(&route.label) {
            number += 1;
            route.label = format!("{first} ({number})");
        }
        let route = Arc::new(route);
        if let Does::Record(recorded) = &route.does {
            self.session_ends.extend(recorded.session.iter().map(|session| session.ends.clone()));
        }
        self.by_label.insert(route.label.clone(), route.clone());
        for (pattern, span) in &route.patterns {
            let shape = (pattern.method.clone(), pattern.shape.clone());
            let group = match self.shapes.get(&shape) {
                Some(group) => *group,
                None => {
                    let templates = self.methods.entry(pattern.method.clone()).or_default();
                    let router = match pattern.shape.contains("{*") {
                        true => &mut templates.rest,
                        false => &mut templates.exact,
                    };
                    if let Err(error) = router.insert(&*pattern.shape, self.groups.len()) {
                        faults.add(span.clone(), error.to_string());
                        continue;
                    }
                    self.groups.push(Group::default());
                    self.shapes.insert(shape, self.groups.len() - 1);
                    self.groups.len() - 1
                }
            };
            self.groups[group].add(&route, pattern.names.clone(), span, faults);
        }
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What a request is; `path` as on the request line, without the query. Allocates nothing for
    /// a path in its usual spelling.
    pub fn find<'p>(&self, method: &str, path: &'p str) -> Found<'_, 'p> {
        let path = normal(path);
        if let Some(found) = self.at(method, &path) {
            return found.with(path);
        }
        // Some servers take an encoded slash for a slash.
        if path.contains('%') {
            let plain = normal(&decoded(&path)).into_owned();
            if let Some(found) = self.at(method, &plain) {
                return found.with(Cow::Owned(plain));
            }
        }
        Found::Nothing
    }

    fn at(&self, method: &str, path: &str) -> Option<At<'_>> {
        [method, ANY].into_iter().find_map(|method| {
            let Templates { exact, rest } = self.methods.get(method)?;
            [exact, rest].into_iter().find_map(|router| {
                let group = self.groups.get(*router.at(trimmed(path)).ok()?.value)?;
                Some(At { group, router })
            })
        })
    }

    /// Lists of the platform's own acts.
    pub fn feeds(&self) -> &[Arc<Feed>] {
        &self.feeds
    }

    /// Takes up an operation that goes on, after a restart; none if its route is gone.
    pub fn take_up(&self, saved: &SavedLater) -> Option<Later> {
        Later::take_up(self.by_label.get(&saved.route)?, saved)
    }

    /// Does this operation end a session that a route of this file opens? Once it is recorded for
    /// a `session_id`, the close of that WebSocket adds nothing.
    pub fn ends_session(&self, operation: &str) -> bool {
        self.session_ends.contains(operation)
    }

    /// For a test that holds platform and route file together: the mutating routes among `served`,
    /// methods and paths or templates, that match nothing.
    pub fn uncovered<'a>(
        &self,
        served: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Vec<String> {
        let mutating = served.into_iter().filter(|(method, _)| is_mutating(method));
        let missing: BTreeSet<String> = mutating
            .filter(|(method, path)| matches!(self.find(method, path), Found::Nothing))
            .map(|(method, path)| format!("{method} {path}"))
            .collect();
        missing.into_iter().collect()
    }

    /// The same for all that an OpenAPI document describes.
    pub fn uncovered_openapi(&self, document: &Value) -> Vec<String> {
        let paths = document["paths"].as_object().into_iter().flatten();
        let served: Vec<(String, &str)> = paths
            .flat_map(|(path, item)| {
                let methods = item.as_object().into_iter().flat_map(|item| item.keys());
                methods.map(|method| (method.to_uppercase(), path.as_str()))
            })
            .filter(|(method, _)| ["POST", "PUT", "PATCH", "DELETE"].contains(&&**method))
            .collect();
        self.uncovered(served.iter().map(|(method, path)| (&**method, *path)))
    }
}

impl Group {
    fn add(&mut self, route: &Arc<Route>, names: Vec<String>, span: &Span, faults: &Faults<'_>) {
        if let Some((last, _)) = self.routes.last()
            && last.when.is_empty()
        {
            let message = "never taken: a route above has the same `match` and no `when`";
            faults.add(span.clone(), message);
        }
        let waits = |(route, _): &(Arc<Route>, Vec<String>)| route.when.uses().any(Uses::ANSWER);
        if let Some(why) = route.is_decided_before()
            && self.routes.iter().any(waits)
        {
            let message = format!(
                "`{why}` is decided before the answer, but a route above with the same `match` \
                 waits for it: put this one first"
            );
            faults.add(span.clone(), message);
        }
        self.uses |= route.uses();
        self.has_session |=
            matches!(&route.does, Does::Record(recorded) if recorded.session.is_some());
        self.routes.push((route.clone(), names));
    }
}

/// Routes that were found, before the path is known to stay.
struct At<'r> {
    group: &'r Group,
    router: &'r matchit::Router<usize>,
}

impl<'r> At<'r> {
    fn with<'p>(self, path: Cow<'p, str>) -> Found<'r, 'p> {
        let Self { group, router } = self;
        match group.routes.first() {
            Some((route, _)) if route.when.is_empty() && matches!(route.does, Does::Ignore) => {
                Found::Ignored
            }
            _ => Found::Matched(Matched { group, router, path }),
        }
    }
}

impl Matched<'_, '_> {
    /// What must be looked at.
    pub fn needs(&self) -> Needs {
        let uses = self.group.uses;
        Needs {
            request: uses.any(Uses::REQUEST_BODY),
            response: uses.any(Uses::ANSWER_BODY),
            session: self.group.has_session,
        }
    }

    /// The strictest guarantee of the routes that may apply.
    pub fn guarantee(&self) -> Guarantee {
        let guarantees = self.group.routes.iter().filter_map(|(route, _)| route.guarantee());
        guarantees.max().unwrap_or(Guarantee::BestEffort)
    }

    /// Which operation it is, with the request as it was looked at.
    pub fn begin(&self, request: &Request<'_>) -> Begun {
        let Ok(at) = self.router.at(trimmed(&self.path)) else { return Begun::Nothing };
        let values: Vec<Cow<'_, str>> = at.params.iter().map(|(_, value)| decoded(value)).collect();
        let mut open = Vec::new();
        for (route, names) in &self.group.routes {
            let params = names.iter().zip(&values);
            let candidate = Candidate {
                route: route.clone(),
                path: decoded(&self.path).into_owned(),
                params: params.map(|(name, value)| (name.clone(), value.to_string())).collect(),
            };
            match route.when.before(&candidate.scope(request, None)) {
                Truth::No => {}
                Truth::Yes if open.is_empty() => return candidate.begin(request),
                Truth::Yes => {
                    open.push(candidate);
                    break;
                }
                Truth::Open => open.push(candidate),
            }
        }
        if open.is_empty() { Begun::Nothing } else { Undecided::begin(open, request) }
    }
}
