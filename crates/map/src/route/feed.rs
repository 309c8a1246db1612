//! Feeds: lists of the platform's own acts, read from a cursor on.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Duration;

use annals_record::limits::TIME_NANOS_MIN;
use annals_record::{Catalogue, Record, Timestamp, is_event_id};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::condition::Condition;
use super::document::Keys;
use super::ending::{EndRule, text};
use super::exchange::Answer;
use super::fields::{Defaults, Fields, operation};
use super::later::Closing;
use super::rule::{ClosesRule, EVERY};
use super::scope::{Found, Scope};
use super::selector::{Allowed, Selector, Uses};
use super::text::Text;

/// Items of one answer that are looked at.
const ITEMS_COUNT_MAX: usize = 10_000;
/// The place of the cursor in a path.
const CURSOR: &str = "{cursor}";
/// What a cursor may not hold as it is in a query.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'<')
    .add(b'>')
    .add(b'?');

/// A list of the platform's own acts that is asked for again and again.
#[derive(Clone, Debug)]
pub struct Feed {
    name: String,
    path: String,
    start: String,
    every: Duration,
    items: Selector,
    cursor: Text,
    id: Text,
    time: Option<Text>,
    events: Vec<ItemRule>,
}

/// What an item is.
#[derive(Clone, Debug)]
struct ItemRule {
    when: Condition,
    does: Does,
}

#[derive(Clone, Debug)]
enum Does {
    Ignore,
    Record(Box<Fields>, Option<Text>),
    Close(ClosesRule),
}

/// What one answer of a feed holds.
#[derive(Clone, Debug, Default)]
pub struct FeedPage {
    /// In the order of the answer.
    pub items: Vec<FeedItem>,
    /// Where to go on, once all items are kept; none: as before.
    pub cursor: Option<String>,
    /// Items that no rule takes.
    pub unmapped: usize,
}

/// One item.
#[derive(Clone, Debug, Default)]
pub struct FeedItem {
    /// The event: whole, with an id, and with a time if the item tells one.
    pub record: Option<Record<'static>>,
    /// Another operation that it ends.
    pub closes: Option<Closing>,
}

impl Feed {
    /// None: there are faults.
    pub(super) fn read_keys(
        mut keys: Keys<'_>,
        catalogue: &Catalogue,
        defaults: &Defaults,
    ) -> Option<Self> {
        let faults = keys.faults;
        let page = Allowed::only(Uses::ANSWER);
        let item = page.and(Uses::ITEM);
        let name = keys.required("name");
        let path = keys.required("path");
        if let Some((text, span)) = &path
            && !(text.starts_with('/') && text.matches(CURSOR).count() == 1)
        {
            faults.add(span.clone(), "a feed's path begins with `/` and holds `{cursor}` once");
        }
        let items = keys.required("items");
        let items = items.and_then(|(text, span)| faults.take(span, Selector::parse(text, &page)));
        let mut needed = |key| {
            let (text, span) = keys.required(key)?;
            faults.take(span, Text::parse(text, &item))
        };
        let (cursor, id) = (needed("cursor"), needed("id"));
        let time = text(&mut keys, "time", &item);
        let start = keys.text("start").map(|(text, _)| text.to_owned());
        let every = keys.duration("every").unwrap_or(EVERY);
        let tables = keys.tables("event").into_iter();
        let events =
            tables.filter_map(|table| ItemRule::read(table, &item, catalogue, defaults)).collect();
        keys.finish();
        Some(Self {
            name: name?.0.to_owned(),
            path: path?.0.to_owned(),
            start: start.unwrap_or_default(),
            every,
            items: items?,
            cursor: cursor?,
            id: id?,
            time,
            events,
        })
    }

    /// Under which its cursor is kept.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Pause between two questions.
    pub fn every(&self) -> Duration {
        self.every
    }

    /// Path and query to ask, from a cursor or from the start.
    pub fn path(&self, cursor: Option<&str>) -> String {
        let cursor = utf8_percent_encode(cursor.unwrap_or(&self.start), ENCODED).to_string();
        self.path.replace(CURSOR, &cursor)
    }

    /// What an answer holds. One of a status other than 2xx holds nothing.
    pub fn read(&self, answer: &Answer<'_>) -> FeedPage {
        let mut page = FeedPage::default();
        if !(200..300).contains(&answer.status) {
            return page;
        }
        let scope = Scope { answer: Some(answer), ..Scope::default() };
        let mut left = ITEMS_COUNT_MAX;
        let _stopped = self.items.each(&scope, &mut |found| {
            let scope = scope.with_item(&found);
            match self.events.iter().find(|rule| rule.when.holds(&scope)) {
                Some(rule) => page.items.extend(self.item(rule, &scope, &found)),
                None => page.unmapped += 1,
            }
            if let Some(cursor) = self.cursor.render(&scope) {
                page.cursor = Some(cursor.into_owned());
            }
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if page.cursor.is_none() {
            page.cursor = self.cursor.render(&scope).map(Cow::into_owned);
        }
        page
    }

    /// None where the item tells none that an event can have.
    fn time(&self, scope: &Scope<'_>) -> Option<String> {
        let time = self.time.as_ref()?.render(scope)?;
        let is_fit = Timestamp::parse(&time).is_some_and(|time| time.nanos() >= TIME_NANOS_MIN);
        is_fit.then(|| time.into_owned())
    }

    fn item(&self, rule: &ItemRule, scope: &Scope<'_>, found: &Found<'_>) -> Option<FeedItem> {
        let (fields, key) = match &rule.does {
            Does::Ignore => return None,
            Does::Close(closes) => {
                return Some(FeedItem { record: None, closes: Some(closes.closing(scope)?) });
            }
            Does::Record(fields, key) => (fields, key),
        };
        let mut record = fields.whole(scope, &format!("feed {}", self.name));
        let id = self.id.render(scope).map(Cow::into_owned);
        record.id = Some(Cow::Owned(event_id(id, &self.name, found)));
        record.time = self.time(scope).map(Cow::Owned);
        let closes = key.as_ref().and_then(|key| super::later::closing(key, &fields.ends, scope));
        Some(FeedItem { record: Some(record), closes })
    }
}

impl ItemRule {
    fn read(
        mut keys: Keys<'_>,
        allowed: &Allowed,
        catalogue: &Catalogue,
        defaults: &Defaults,
    ) -> Option<Self> {
        let faults = keys.faults;
        let when = Condition::read(&mut keys, "when", allowed);
        let is_ignored = keys.flag("ignore").unwrap_or(false);
        let named = keys.text("operation");
        let closes = text(&mut keys, "closes", allowed);
        let does = match (named, closes) {
            (None, None) if is_ignored => Does::Ignore,
            (None, Some(key)) if !is_ignored => {
                Does::Close(ClosesRule { key, ends: EndRule::read(&mut keys, allowed, None) })
            }
            (Some((code, span)), closes) if !is_ignored => {
                let operation = faults.take(span, operation(catalogue, code))?;
                let fields = Fields::read(&mut keys, allowed, operation, defaults);
                Does::Record(Box::new(fields), closes)
            }
            _ => {
                faults.add(keys.span(), "write one of `operation`, `closes`, `ignore = true`");
                return None;
            }
        };
        keys.finish();
        Some(Self { when, does })
    }
}

/// The id as the file tells it; one that no event can have becomes a hash, the same every time.
fn event_id(told: Option<String>, feed: &str, item: &Found<'_>) -> String {
    match told {
        Some(id) if is_event_id(&id) => id,
        told => {
            let text = told.unwrap_or_else(|| item.json().to_string());
            let hash = Sha256::new().chain_update(feed).chain_update("\n").chain_update(text);
            hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
        }
    }
}
