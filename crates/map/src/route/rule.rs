//! One `[[route]]` of a file, checked and compiled.

use std::time::Duration;

use annals_record::{Catalogue, Outcome};

use super::condition::{Condition, Rules, Test};
use super::document::{Keys, Span};
use super::ending::{EndRule, text};
use super::exchange::{ClosedBy, User};
use super::fields::{Defaults, Fields, operation};
use super::paths::Pattern;
use super::selector::{Allowed, Selector, Uses};
use super::text::Text;

/// Pause between polls, and how long is polled, where the file says nothing.
pub(super) const EVERY: Duration = Duration::from_secs(5);
const AT_MOST: Duration = Duration::from_secs(4 * 3600);

/// How an event is kept until it is acknowledged; the `guarantee` of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// In memory only: may be lost, never slows the act.
    BestEffort,
    /// The intent is on the gateway's disk before the act.
    #[default]
    Spooled,
    /// The server has the intent before the act; without it the act is refused.
    Strict,
}

impl Guarantee {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::BestEffort, Self::Spooled, Self::Strict];

    /// Its word in an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BestEffort => "best_effort",
            Self::Spooled => "spooled",
            Self::Strict => "strict",
        }
    }

    /// The key `guarantee` of a table.
    pub(super) fn read(keys: &mut Keys<'_>) -> Option<Self> {
        let (word, span) = keys.text("guarantee")?;
        let found = Self::ALL.into_iter().find(|guarantee| guarantee.as_str() == word);
        let message = || format!("`{word}` is none of strict, spooled, best_effort");
        keys.faults.take(span, found.ok_or_else(message))
    }
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndCause {
    User,
    Admin,
    Timeout,
    Network,
    Release,
}

impl EndCause {
    pub(super) const WORDS: [(&str, Self); 5] = [
        ("user", Self::User),
        ("admin", Self::Admin),
        ("timeout", Self::Timeout),
        ("network", Self::Network),
        ("release", Self::Release),
    ];

    pub(super) fn as_str(self) -> &'static str {
        let word = Self::WORDS.iter().find(|(_, cause)| *cause == self);
        word.map_or("network", |(word, _)| word)
    }

    /// What a close says by itself (codes: RFC 6455, section 7.4, and its registry).
    pub(super) fn of(by: ClosedBy, code: Option<u16>) -> Self {
        match (by, code) {
            (ClosedBy::Client, _) => Self::User,
            (ClosedBy::Server, Some(1000)) => Self::User,
            (ClosedBy::Server, Some(1001 | 1012)) => Self::Release,
            (ClosedBy::Server, Some(1008)) => Self::Admin,
            _ => Self::Network,
        }
    }
}

/// What happens with a request that a route takes.
#[derive(Clone, Debug)]
pub(super) enum Does {
    Ignore,
    Record(Box<Recorded>),
    Close(Box<ClosesRule>),
}

/// An operation.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) guarantee: Guarantee,
    pub(super) fields: Fields,
    pub(super) later: Option<LaterRule>,
    pub(super) session: Option<SessionRule>,
    /// Another operation that it ends, by its key.
    pub(super) closes: Option<Text>,
}

/// The end of another operation.
#[derive(Clone, Debug)]
pub(super) struct ClosesRule {
    pub(super) key: Text,
    pub(super) ends: EndRule,
}

/// An operation that goes on after its answer.
#[derive(Clone, Debug)]
pub(super) struct LaterRule {
    pub(super) when: Condition,
    pub(super) poll: Option<Text>,
    pub(super) key: Option<Text>,
    pub(super) every: Duration,
    pub(super) at_most: Duration,
    /// On the polled answer; without a rule that holds it goes on.
    pub(super) ends: EndRule,
}

/// A WebSocket session.
#[derive(Clone, Debug)]
pub(super) struct SessionRule {
    pub(super) ends: String,
    pub(super) begins: bool,
    pub(super) causes: Rules<EndCause>,
}

/// A route.
#[derive(Clone, Debug)]
pub(super) struct Route {
    /// Its first `match`, and its number in the file: how it is named.
    pub(super) label: String,
    pub(super) patterns: Vec<(Pattern, Span)>,
    pub(super) when: Condition,
    pub(super) does: Does,
}

impl Route {
    /// None: there are faults.
    pub(super) fn read(
        mut keys: Keys<'_>,
        catalogue: &Catalogue,
        defaults: &Defaults,
        guarantee: Guarantee,
    ) -> Option<Self> {
        let faults = keys.faults;
        let written = keys.texts("match");
        if written.is_empty() {
            faults.add(keys.span(), "`match` is missing here: a method and a path");
        }
        let patterns: Vec<(Pattern, Span)> = written
            .iter()
            .filter_map(|(text, span)| {
                Some((faults.take(span.clone(), Pattern::parse(text))?, span.clone()))
            })
            .collect();
        let params = common_names(&patterns);
        let head = Allowed { uses: Uses::REQUEST | Uses::ANSWER, params };
        let mut when = Condition::read(&mut keys, "when", &head);
        // `?a=1` of the first template; the others must ask for the same.
        if let Some((first, _)) = patterns.first() {
            when = with_query(when, first);
            for (other, span) in patterns.iter().filter(|(other, _)| other.query != first.query) {
                let message = format!(
                    "`?` must ask for the same in every `match` of a route: {:?}",
                    other.query
                );
                faults.add(span.clone(), message);
            }
        }
        let does = Does::read(&mut keys, &head, catalogue, defaults, guarantee);
        let label = written.first().map_or_else(String::new, |(text, _)| (*text).to_owned());
        if let Some(Does::Record(recorded)) = &does {
            recorded.check(&keys, &when);
        }
        keys.finish();
        Some(Self { label, patterns, when, does: does? })
    }

    pub(super) fn guarantee(&self) -> Option<Guarantee> {
        match &self.does {
            Does::Record(recorded) => Some(recorded.guarantee),
            Does::Ignore | Does::Close(_) => None,
        }
    }

    /// The key that makes it a route whose intent must be kept before the answer.
    pub(super) fn is_decided_before(&self) -> Option<&'static str> {
        match &self.does {
            Does::Record(recorded) if recorded.guarantee == Guarantee::Strict => Some("strict"),
            Does::Record(recorded) if recorded.later.is_some() => Some("later"),
            Does::Record(_) | Does::Ignore | Does::Close(_) => None,
        }
    }

    pub(super) fn uses(&self) -> Uses {
        let text = |text: &Option<Text>| text.as_ref().map_or(Uses::NONE, |text| text.uses);
        self.when.uses()
            | match &self.does {
                Does::Ignore => Uses::NONE,
                Does::Close(closes) => closes.key.uses | closes.ends.uses(),
                Does::Record(recorded) => {
                    let later = recorded.later.as_ref();
                    let later = later.map_or(Uses::NONE, |later| {
                        later.when.uses() | text(&later.poll) | text(&later.key)
                    });
                    recorded.fields.uses() | text(&recorded.closes) | later
                }
            }
    }
}

impl Does {
    fn read(
        keys: &mut Keys<'_>,
        allowed: &Allowed,
        catalogue: &Catalogue,
        defaults: &Defaults,
        guarantee: Guarantee,
    ) -> Option<Self> {
        let faults = keys.faults;
        let ignore = keys.flag("ignore").unwrap_or(false);
        let named = keys.text("operation");
        let closes = text(keys, "closes", allowed);
        match (named, closes) {
            (None, None) if ignore => Some(Self::Ignore),
            (None, Some(key)) if !ignore => {
                let ends = EndRule::read(keys, allowed, None);
                Some(Self::Close(Box::new(ClosesRule { key, ends })))
            }
            (None, None) => {
                let message = "`operation` is missing here: a code, or write `ignore = true`";
                faults.add(keys.span(), message);
                None
            }
            (Some((code, span)), closes) if !ignore => {
                let operation = faults.take(span, operation(catalogue, code))?;
                let guarantee = Guarantee::read(keys).unwrap_or(guarantee);
                let mut fields = Fields::read(keys, allowed, operation, defaults);
                let later =
                    keys.table("later").map(|table| LaterRule::read(table, allowed, operation));
                let mut session = None;
                if let Some(mut table) = keys.table("session") {
                    fields.set_session_id(text(&mut table, "id", allowed));
                    session = SessionRule::read(table, catalogue, operation);
                }
                let recorded = Recorded { guarantee, fields, later, session, closes };
                Some(Self::Record(Box::new(recorded)))
            }
            _ => {
                faults.add(
                    keys.span(),
                    "`ignore` says that nothing is recorded: no operation, no closes",
                );
                None
            }
        }
    }
}

impl Recorded {
    /// Does the answer decide who acted or what was done?
    pub(super) fn is_open(&self, user: User<'_>) -> bool {
        let may_wait = self.guarantee != Guarantee::Strict && self.later.is_none();
        let is_claimed = matches!(user, User::Claimed(_)) && may_wait;
        let is_attached = self.session.as_ref().is_some_and(|session| !session.begins);
        is_claimed || is_attached || self.fields.asks_answer_for_user()
    }

    /// What must be kept before the answer must be known before it.
    fn check(&self, keys: &Keys<'_>, when: &Condition) {
        let faults = keys.faults;
        let asks_answer = when.uses().any(Uses::ANSWER) || self.fields.asks_answer_for_user();
        if self.guarantee == Guarantee::Strict && asks_answer {
            let message = "`strict` keeps the event before the answer: neither `when` nor `user` \
                           may depend on it";
            faults.add(keys.span(), message);
        }
        if self.later.is_some() && asks_answer {
            let message = "what ends `later` is kept before the answer: neither `when` nor `user` \
                           may depend on it";
            faults.add(keys.span(), message);
        }
    }
}

impl LaterRule {
    fn read(mut keys: Keys<'_>, allowed: &Allowed, operation: &annals_record::Operation) -> Self {
        let polled = Allowed::only(Uses::ANSWER);
        let mut when = Condition::read(&mut keys, "when", allowed);
        if when.is_empty() {
            when = when.with(Selector::status(), Test::OneOf(vec!["202".to_owned()]));
        }
        let poll = text(&mut keys, "poll", allowed);
        let key = text(&mut keys, "key", allowed);
        let words = [
            ("failed", Outcome::Failure),
            ("denied", Outcome::Denied),
            ("partial", Outcome::Partial),
            ("done", Outcome::Success),
        ];
        let mut outcome = Rules::default();
        for (word, told) in words {
            let condition = Condition::read(&mut keys, word, &polled);
            if !condition.is_empty() {
                outcome.add(told, condition);
            } else if word == "done" && poll.is_some() {
                keys.faults
                    .add(keys.span(), "`done` is missing here: when the polled task is done");
            }
        }
        if poll.is_none() && key.is_none() {
            keys.faults.add(keys.span(), "`poll` or `key` is missing here: what ends it");
        }
        let kind = operation.object_type.split('|').next();
        let rule = Self {
            when,
            poll,
            key,
            every: keys.duration("every").unwrap_or(EVERY),
            at_most: keys.duration("at_most").unwrap_or(AT_MOST),
            ends: EndRule::with_outcome(outcome, &mut keys, &polled, kind),
        };
        keys.finish();
        rule
    }
}

impl SessionRule {
    fn read(
        mut keys: Keys<'_>,
        catalogue: &Catalogue,
        begun: &annals_record::Operation,
    ) -> Option<Self> {
        let faults = keys.faults;
        let ends = match keys.text("ends") {
            Some((code, span)) => {
                faults.take(span, operation(catalogue, code).map(|_| code.to_owned()))
            }
            None => {
                let message = || format!("`ends` is missing here: `{}` has no pair", begun.code);
                faults.take(keys.span(), begun.pairs_with.clone().ok_or_else(message))
            }
        };
        let begins = keys.flag("begins").unwrap_or(true);
        let causes =
            Rules::read(&mut keys, "causes", &Allowed::only(Uses::CLOSE), &EndCause::WORDS);
        keys.finish();
        Some(Self { ends: ends?, begins, causes })
    }
}

/// The names that all templates of a route have.
fn common_names(patterns: &[(Pattern, Span)]) -> Vec<String> {
    let Some(((first, _), others)) = patterns.split_first() else { return Vec::new() };
    let is_common = |name: &&String| others.iter().all(|(other, _)| other.names.contains(name));
    first.names.iter().filter(is_common).cloned().collect()
}

fn with_query(when: Condition, pattern: &Pattern) -> Condition {
    pattern.query.iter().fold(when, |when, (name, value)| {
        let test = match value {
            Some(value) => Test::OneOf(vec![value.clone()]),
            None => Test::Exists(true),
        };
        when.with(Selector::query(name), test)
    })
}
