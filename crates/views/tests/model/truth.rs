//! What a filter means, written down a second time: slow, plain, and without the code it judges.
//!
//! Only the parser is shared. Events are those that the test remembers, not what the ledger has.

use std::collections::BTreeSet;

use annals_record::Catalogue;
use annals_views::{Field, Filter, Kind, Moment, Pattern, Term, Test, Value};

use crate::event::{Event, Thing};

/// One event as it is shown: of a two-phase operation both parts.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'e> {
    pub(crate) event: &'e Event,
    pub(crate) outcome: Option<&'e Event>,
    pub(crate) is_given_up: bool,
    /// Where it is shown, and what it updates there.
    pub(crate) index: u64,
    pub(crate) updates: Option<u64>,
    pub(crate) catalogue: &'e Catalogue,
}

impl Shown<'_> {
    fn text(&self, field: &'static str) -> Option<String> {
        let own = self.event.texts.get(field);
        let other = self.outcome.and_then(|outcome| outcome.texts.get(field));
        // What is erased where it is looked for first is not looked for elsewhere.
        let has_erased = |event: &Event| event.erased.contains(field);
        let text = match field {
            "outcome" if self.outcome.is_none() && self.is_given_up => Some(&"unknown"),
            "outcome" | "reason" if self.outcome.is_some_and(has_erased) => None,
            "outcome" | "reason" => other.or(own),
            _ if has_erased(self.event) => None,
            _ => own.or(other),
        };
        text.map(|text| (*text).to_owned())
    }

    /// True if a value of the field is gone, so that nobody can say whether it passes.
    fn is_erased(&self, field: &str) -> bool {
        self.event.erased.contains(field)
    }

    fn number(&self, field: &'static str) -> Option<u64> {
        let own = self.event.numbers.get(field).copied();
        let other = self.outcome.and_then(|outcome| outcome.numbers.get(field).copied());
        if field == "duration_ms" { other.or(own) } else { own.or(other) }
    }

    fn targets(&self) -> &[Thing] {
        let own = &self.event.targets;
        let is_named = |it: &Thing| it.id.is_some() || it.name.is_some();
        match self.outcome {
            Some(outcome) if own.is_empty() || outcome.targets.iter().any(is_named) => {
                &outcome.targets
            }
            _ => own,
        }
    }

    fn related(&self) -> &[Thing] {
        match self.outcome {
            Some(outcome) if !outcome.related.is_empty() => &outcome.related,
            _ => &self.event.related,
        }
    }

    fn changes(&self) -> Option<&str> {
        match self.outcome {
            Some(outcome) if outcome.erased.contains("changes") => None,
            outcome => outcome.and_then(|outcome| outcome.changes).or(self.event.changes),
        }
    }

    pub(crate) fn at(&self) -> i64 {
        self.event.time
    }

    /// The values of a field that holds texts, and of the groups of such fields.
    pub(crate) fn values(&self, field: Field) -> BTreeSet<String> {
        let targets = || self.targets().iter();
        let related = || self.related().iter();
        let owned = |text: &str| text.to_owned();
        let mut values = BTreeSet::new();
        let operation = self.text("operation").unwrap_or_default();
        let operation = self.catalogue.operation(&operation).expect("known");
        match field {
            Field::Service => values.extend([operation.service.clone()]),
            Field::Severity => values.extend([owned(operation.severity.as_str())]),
            Field::Access => values.extend([owned(operation.access.as_str())]),
            Field::User => {
                values.extend(self.text("operator"));
                values.extend(self.text("username"));
            }
            Field::ObjectType => values.extend(targets().filter_map(|it| it.kind).map(owned)),
            Field::ObjectId => values.extend(targets().filter_map(|it| it.id).map(owned)),
            Field::ObjectName => values.extend(targets().filter_map(|it| it.name).map(owned)),
            Field::Object => {
                let both = || targets().chain(related());
                values.extend(both().filter_map(|it| it.id).map(owned));
                values.extend(both().filter_map(|it| it.name).map(owned));
            }
            Field::Related => {
                values.extend(related().filter_map(|it| it.id).map(owned));
                values.extend(related().filter_map(|it| it.name).map(owned));
            }
            Field::Id => values.extend([self.event.id()]),
            Field::Emitter => values.extend([owned(crate::event::EMITTER)]),
            Field::SourcePort => values.extend(self.number("source_port").map(|n| n.to_string())),
            Field::DurationMs => values.extend(self.number("duration_ms").map(|n| n.to_string())),
            field => values.extend(self.text(field.name())),
        }
        values
    }

    /// Everything that free text covers, value by value.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        // Both parts of an operation may say who and why; a word of either finds it.
        for event in std::iter::once(self.event).chain(self.outcome) {
            let texts = ["operator", "username", "operator_name", "reason"];
            let texts = texts.into_iter().filter_map(|field| event.texts.get(field));
            words.extend(texts.map(|text| (*text).to_owned()));
        }
        words.extend(self.values(Field::Object));
        words.extend(self.event.request.into_iter().flat_map(json_words));
        words
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("the test's own JSON")
}

fn json_words(text: &str) -> Vec<String> {
    fn walk(value: &serde_json::Value, out: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(pairs) => {
                for (key, value) in pairs {
                    out.push(key.clone());
                    walk(value, out);
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, out)),
            serde_json::Value::String(text) => out.push(text.clone()),
            serde_json::Value::Null => {}
            scalar => out.push(scalar.to_string()),
        }
    }
    let mut out = Vec::new();
    walk(&json(text), &mut out);
    out
}

/// The scalars at a path; arrays stand for their elements.
fn at_path(value: &serde_json::Value, path: &[&str]) -> Vec<serde_json::Value> {
    match (value, path) {
        (serde_json::Value::Array(items), _) => {
            items.iter().flat_map(|item| at_path(item, path)).collect()
        }
        (value, []) => vec![value.clone()],
        (serde_json::Value::Object(pairs), [key, rest @ ..]) => {
            pairs.get(*key).map(|value| at_path(value, rest)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn scalar_text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Object(_) | serde_json::Value::Null => None,
        scalar => Some(scalar.to_string()),
    }
}

/// The whole of `text` is like the pattern.
fn like(pattern: &Pattern, text: &str, fold: bool) -> bool {
    let fold = |text: &str| if fold { text.to_lowercase() } else { text.to_owned() };
    let mut glob = Vec::new();
    if pattern.open_start {
        glob.push(None);
    }
    for (place, piece) in pattern.pieces.iter().enumerate() {
        if place > 0 {
            glob.push(None);
        }
        glob.extend(fold(piece).chars().map(Some));
    }
    if pattern.open_end {
        glob.push(None);
    }
    let text: Vec<char> = fold(text).chars().collect();
    fn go(glob: &[Option<char>], text: &[char]) -> bool {
        match glob.split_first() {
            None => text.is_empty(),
            Some((None, rest)) => (0..=text.len()).any(|skip| go(rest, &text[skip..])),
            Some((Some(mark), rest)) => text.first() == Some(mark) && go(rest, &text[1..]),
        }
    }
    go(&glob, &text)
}

/// `text` holds the pieces in order, at borders of words where the pattern is closed.
fn holds(pattern: &Pattern, text: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pieces: Vec<Vec<char>> =
        pattern.pieces.iter().map(|piece| piece.to_lowercase().chars().collect()).collect();
    let is_chinese = |mark: char| ('\u{4e00}'..='\u{9fff}').contains(&mark);
    let is_inside = |at: usize| {
        let joins = |mark: char| mark.is_alphanumeric() && !is_chinese(mark);
        at > 0 && at < text.len() && joins(text[at - 1]) && joins(text[at])
    };
    fn go(
        text: &[char],
        pieces: &[Vec<char>],
        from: usize,
        starts: &dyn Fn(usize) -> bool,
        ends: &dyn Fn(usize) -> bool,
    ) -> bool {
        let Some((piece, rest)) = pieces.split_first() else { return true };
        (from..=text.len()).any(|at| {
            let end = at + piece.len();
            end <= text.len()
                && text[at..end] == piece[..]
                && starts(at)
                && (!rest.is_empty() || ends(end))
                && go(text, rest, end, &|_| true, ends)
        })
    }
    let starts = |at: usize| pattern.open_start || !is_inside(at);
    let ends = |at: usize| pattern.open_end || !is_inside(at);
    go(&text, &pieces, 0, &starts, &ends)
}

fn compares<T: PartialOrd>(test: &Test, value: T, read: impl Fn(&Value) -> T) -> bool {
    match test {
        Test::Is(edge) => value == read(edge),
        Test::Between(from, to) => value >= read(from) && value <= read(to),
        Test::Compare(comparison, edge) => match comparison.sign() {
            "<" => value < read(edge),
            "<=" => value <= read(edge),
            ">" => value > read(edge),
            _ => value >= read(edge),
        },
        _ => true,
    }
}

fn nanos(value: &Value) -> i64 {
    match value {
        Value::Moment(Moment::At(instant)) => instant.nanos(),
        other => panic!("a bound filter has instants, not {other:?}"),
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.get(),
        other => panic!("{other:?} is no number"),
    }
}

/// One text against one test, by the kind of its field.
fn passes(field: Field, test: &Test, text: &str, catalogue: &Catalogue) -> bool {
    let exact = field.kind() == Kind::Id;
    match test {
        Test::Exists => true,
        Test::Is(Value::Text(expected)) if exact => text == expected,
        Test::Is(Value::Text(expected)) => text.to_lowercase() == expected.to_lowercase(),
        Test::Is(Value::Ip(net)) => text.parse().is_ok_and(|address| in_net(net, address)),
        Test::Like(pattern) if field == Field::Operation => {
            let names = catalogue.operation(text).expect("known");
            [text, &names.en, &names.zh].iter().any(|name| like(pattern, name, true))
        }
        Test::Like(pattern) => like(pattern, text, !exact),
        Test::Holds(pattern) => holds(pattern, text),
        other => panic!("{other:?} of a text"),
    }
}

fn in_net(net: &ipnet::IpNet, address: std::net::IpAddr) -> bool {
    let bits = |address: std::net::IpAddr| match address {
        std::net::IpAddr::V4(address) => (32, u128::from(u32::from(address))),
        std::net::IpAddr::V6(address) => (128, u128::from(address)),
    };
    let ((len, own), (other_len, other)) = (bits(net.network()), bits(address));
    let shift = len - u32::from(net.prefix_len());
    len == other_len && own.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
}

fn object_passes(field: Field, test: &Test, thing: &Thing, catalogue: &Catalogue) -> bool {
    let text = match field {
        Field::ObjectType => thing.kind,
        Field::ObjectId => thing.id,
        _ => thing.name,
    };
    text.is_some_and(|text| passes(field, test, text, catalogue))
}

/// The parts hold in this one target.
fn holds_in(parts: &[&Filter], thing: &Thing, catalogue: &Catalogue) -> bool {
    parts.iter().all(|part| match part {
        Filter::And(parts) => holds_in(&parts.iter().collect::<Vec<_>>(), thing, catalogue),
        Filter::Or(parts) => parts.iter().any(|part| holds_in(&[part], thing, catalogue)),
        Filter::Term(term) => object_passes(term.field, &term.test, thing, catalogue),
        Filter::All | Filter::Not(_) => panic!("not of one object"),
    })
}

fn is_of_target(filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().all(is_of_target),
        Filter::Term(term) => {
            [Field::ObjectType, Field::ObjectId, Field::ObjectName].contains(&term.field)
        }
        Filter::All | Filter::Not(_) => false,
    }
}

/// True if a search finds the event.
pub(crate) fn finds(filter: &Filter, shown: &Shown<'_>) -> bool {
    let in_one_target = |parts: &[&Filter]| {
        parts.is_empty()
            || shown.targets().iter().any(|thing| holds_in(parts, thing, shown.catalogue))
    };
    match filter {
        Filter::All => true,
        Filter::Not(part) => !finds(part, shown),
        filter if is_of_target(filter) => in_one_target(&[filter]),
        Filter::Or(parts) => parts.iter().any(|part| finds(part, shown)),
        Filter::And(parts) => {
            let (of_target, others): (Vec<&Filter>, Vec<&Filter>) =
                parts.iter().partition(|part| is_of_target(part));
            in_one_target(&of_target) && others.into_iter().all(|part| finds(part, shown))
        }
        Filter::Term(term) => term_finds(term, shown),
    }
}

fn term_finds(Term { field, path, test }: &Term, shown: &Shown<'_>) -> bool {
    let sealed_json = match field {
        Field::RequestData => shown.event.request,
        Field::Changes => shown.changes(),
        _ => None,
    };
    match field {
        Field::RequestData | Field::Changes if !path.is_empty() => {
            sealed_json.is_some_and(|text| {
                let path: Vec<&str> = path.split('.').collect();
                at_path(&json(text), &path).iter().any(|value| json_passes(test, value))
            })
        }
        Field::RequestData | Field::Changes => sealed_json.is_some_and(|text| match test {
            Test::Holds(pattern) => json_words(text).iter().any(|word| holds(pattern, word)),
            _ => true,
        }),
        Field::Anything => match test {
            Test::Holds(pattern) => shown.words().iter().any(|word| holds(pattern, word)),
            other => panic!("{other:?} of free text"),
        },
        Field::Time => compares(test, shown.at(), nanos),
        Field::Index => compares(test, shown.index as f64, number),
        Field::SourcePort => {
            shown.number("source_port").is_some_and(|n| compares(test, n as f64, number))
        }
        Field::DurationMs => {
            shown.number("duration_ms").is_some_and(|n| compares(test, n as f64, number))
        }
        // Of an object its id is compared as ids are and its name as names are.
        Field::Object | Field::Related => {
            let related = shown.related().iter();
            let targets = shown.targets().iter().filter(|_| *field == Field::Object);
            let one = |thing: &Thing| {
                object_passes(Field::ObjectId, test, thing, shown.catalogue)
                    || object_passes(Field::ObjectName, test, thing, shown.catalogue)
            };
            related.chain(targets).any(one)
        }
        field => {
            let values = shown.values(*field);
            values.iter().any(|value| passes(*field, test, value, shown.catalogue))
        }
    }
}

fn json_passes(test: &Test, value: &serde_json::Value) -> bool {
    let as_number = |value: &serde_json::Value| match value {
        serde_json::Value::Number(number) => number.as_f64(),
        serde_json::Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match test {
        Test::Exists => !value.is_null(),
        Test::Is(Value::Text(expected)) => {
            let same_text = scalar_text(value)
                .is_some_and(|text| text.to_lowercase() == expected.to_lowercase());
            let same_number = as_number(value).is_some_and(|number| expected.parse() == Ok(number));
            same_text || same_number
        }
        Test::Like(pattern) | Test::Holds(pattern) => {
            scalar_text(value).is_some_and(|text| like(pattern, &text, true))
        }
        test => as_number(value).is_some_and(|value| compares(test, value, number)),
    }
}

/// What a scope says of the event: none where it cannot be known.
pub(crate) fn scope_says(filter: &Filter, shown: &Shown<'_>) -> Option<bool> {
    let all = |parts: Vec<Option<bool>>| match () {
        () if parts.contains(&Some(false)) => Some(false),
        () if parts.contains(&None) => None,
        () => Some(true),
    };
    let any = |parts: Vec<Option<bool>>| match () {
        () if parts.contains(&Some(true)) => Some(true),
        () if parts.contains(&None) => None,
        () => Some(false),
    };
    let of_targets = |parts: &[&Filter]| {
        let none = [Thing::default()];
        let things = if shown.targets().is_empty() { &none[..] } else { shown.targets() };
        any(things.iter().map(|thing| scope_says_of(parts, thing, shown.catalogue)).collect())
    };
    match filter {
        Filter::All => Some(true),
        Filter::Not(part) => scope_says(part, shown).map(|says| !says),
        filter if is_of_target(filter) => of_targets(&[filter]),
        Filter::Or(parts) => any(parts.iter().map(|part| scope_says(part, shown)).collect()),
        Filter::And(parts) => {
            let (of_target, others): (Vec<&Filter>, Vec<&Filter>) =
                parts.iter().partition(|part| is_of_target(part));
            let mut says: Vec<_> = others.into_iter().map(|part| scope_says(part, shown)).collect();
            if !of_target.is_empty() {
                says.push(of_targets(&of_target));
            }
            all(says)
        }
        Filter::Term(term) => {
            let values = shown.values(term.field);
            if shown.is_erased(term.field.name()) && term.test == Test::Exists {
                return None;
            }
            if values.is_empty() && term.test != Test::Exists {
                return None;
            }
            let passes = |value: &String| passes(term.field, &term.test, value, shown.catalogue);
            Some(values.iter().any(passes))
        }
    }
}

fn scope_says_of(parts: &[&Filter], thing: &Thing, catalogue: &Catalogue) -> Option<bool> {
    let one = |part: &&Filter| -> Option<bool> {
        match part {
            Filter::Or(parts) => {
                let says: Vec<_> =
                    parts.iter().map(|part| scope_says_of(&[part], thing, catalogue)).collect();
                match says.contains(&Some(true)) {
                    true => Some(true),
                    false if says.contains(&None) => None,
                    false => Some(false),
                }
            }
            Filter::And(parts) => {
                scope_says_of(&parts.iter().collect::<Vec<_>>(), thing, catalogue)
            }
            Filter::Term(term) => {
                let text = match term.field {
                    Field::ObjectType => thing.kind,
                    _ => thing.id,
                };
                match (text, &term.test) {
                    (_, Test::Exists) if thing.id_erased && term.field == Field::ObjectId => None,
                    (text, Test::Exists) => Some(text.is_some()),
                    (text, test) => Some(passes(term.field, test, text?, catalogue)),
                }
            }
            Filter::All | Filter::Not(_) => panic!("not of one object"),
        }
    };
    let says: Vec<_> = parts.iter().map(one).collect();
    match says.contains(&Some(false)) {
        true => Some(false),
        false if says.contains(&None) => None,
        false => Some(true),
    }
}
