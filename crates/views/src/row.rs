//! `Row`: one event as a filter reads it.
//!
//! Over one leaf, or the two of a two-phase operation, borrowed and decoded only where a term
//! asks: the core in one walk, objects and texts once. Says of each value whether it is there,
//! absent or erased. Decides nothing.

mod target;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::IpAddr;

use annals_record::{Leaf, Tag, Timestamp};

pub(crate) use target::Target;

use crate::fields::Field;
use crate::fold::{SEPARATOR, fold_bytes_into, fold_into};
use crate::json;

/// One event as a filter reads it.
pub struct Row<'a> {
    leaf: &'a Leaf,
    ending: Ending<'a>,
    index: u64,
    core: OnceCell<Columns<'a>>,
    ending_core: OnceCell<Columns<'a>>,
    targets: OnceCell<Vec<Target<'a>>>,
    quick: OnceCell<Option<Vec<u8>>>,
    texts: OnceCell<String>,
}

/// How the operation of a leaf ended.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// As the leaf says: it is whole, or an intent whose outcome has not come yet.
    Own,
    /// As this other leaf says: the outcome of an intent.
    Leaf(&'a Leaf),
    /// The outcome of an intent did not come within the limit.
    Unknown,
}

/// What can be seen of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen<T> {
    /// It is there.
    Value(T),
    /// The event has none.
    Absent,
    /// It had one.
    Erased,
}

impl<T> Seen<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Seen<U> {
        match self {
            Self::Value(value) => Seen::Value(change(value)),
            Self::Absent => Seen::Absent,
            Self::Erased => Seen::Erased,
        }
    }

    /// This, or `other` where the event has none here.
    pub(crate) fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Absent => other(),
            seen => seen,
        }
    }
}

impl<T> From<Option<T>> for Seen<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

/// Sealed texts whose words free text covers; objects and related ones come beside them.
const TEXTS: [Tag; 6] = [
    Tag::OPERATOR,
    Tag::USERNAME,
    Tag::OPERATOR_NAME,
    Tag::REASON,
    Tag::OBJECT_ID,
    Tag::OBJECT_NAME,
];
/// Sealed JSON whose words, or some of them, free text covers.
const JSON_TEXTS: [Tag; 3] = [Tag::REQUEST_DATA, Tag::OBJECTS, Tag::RELATED];
/// All of both: where the text stands that free text finds.
pub(crate) const FREE_TEXT: [Tag; 9] = {
    let ([a, b, c, d, e, f], [g, h, i]) = (TEXTS, JSON_TEXTS);
    [a, b, c, d, e, f, g, h, i]
};
/// What most events need of a buffer for their text.
const QUICK_BYTES_USUAL: usize = 1024;

impl<'a> Row<'a> {
    /// The event of `leaf` at `index`.
    #[must_use]
    pub fn new(leaf: &'a Leaf, index: u64) -> Self {
        Self {
            leaf,
            ending: Ending::Own,
            index,
            core: OnceCell::new(),
            ending_core: OnceCell::new(),
            targets: OnceCell::new(),
            quick: OnceCell::new(),
            texts: OnceCell::new(),
        }
    }

    /// The event of an intent, of which it is known how it ended.
    #[must_use]
    pub fn with_ending(leaf: &'a Leaf, index: u64, ending: Ending<'a>) -> Self {
        Self { ending, ..Self::new(leaf, index) }
    }

    /// Where the event stands in time, ns since 1970.
    pub(crate) fn at(&self) -> i64 {
        let core = self.core();
        let time = if core.clock_skew { core.received_time } else { core.time };
        moment(time).unwrap_or(0)
    }

    /// When the server took it, ns since 1970.
    pub(crate) fn received(&self) -> Seen<i64> {
        moment(self.core().received_time).into()
    }

    /// The whole number of a field of kind `Number`.
    pub(crate) fn number(&self, field: Field) -> Seen<u64> {
        match field {
            Field::Index => Seen::Value(self.index),
            Field::SourcePort => match self.source() {
                Seen::Value((_, port)) => port.into(),
                seen => seen.map(|_| 0),
            },
            _ => {
                let raw = |core: &Columns<'a>| core.duration_ms?.parse().ok();
                raw(self.ending_core()).or_else(|| raw(self.core())).into()
            }
        }
    }

    /// Address of the request.
    pub(crate) fn address(&self) -> Seen<IpAddr> {
        match self.source() {
            Seen::Value((Some(address), _)) => Seen::Value(address),
            Seen::Value((None, _)) => Seen::Absent,
            seen => seen.map(|_| IpAddr::from([0; 4])),
        }
    }

    /// The one text of a field that is neither of an object nor of several fields.
    pub(crate) fn text(&self, field: Field) -> Seen<Cow<'a, str>> {
        if let Some(tag) = Tag::named(field.name()) {
            return self.sealed(tag).map(Cow::Borrowed);
        }
        let (core, ending) = (self.core(), self.ending_core());
        let raw = match field {
            Field::Region => core.region.or(ending.region),
            Field::StackId => core.stack_id.or(ending.stack_id),
            Field::Service => core.service.or(ending.service),
            Field::Operation | Field::Severity | Field::Access => {
                core.operation.or(ending.operation)
            }
            Field::UserType => core.user_type.or(ending.user_type),
            Field::AuthMethod => core.auth_method.or(ending.auth_method),
            Field::Guarantee => core.guarantee.or(ending.guarantee),
            Field::Id => core.id,
            Field::Emitter => core.emitter,
            Field::Outcome if matches!(self.ending, Ending::Unknown) => {
                return Seen::Value(Cow::Borrowed("unknown"));
            }
            Field::Outcome => ending.outcome.or(core.outcome),
            _ => None,
        };
        raw.and_then(unquoted).filter(|text| !text.is_empty()).into()
    }

    /// A sealed value. What an outcome says of how it ended comes before what its intent said.
    pub(crate) fn sealed(&self, tag: Tag) -> Seen<&'a str> {
        let own = || sealed(self.leaf, tag);
        match self.ending {
            Ending::Leaf(ending) if matches!(tag, Tag::REASON | Tag::CHANGES) => {
                sealed(ending, tag).or(own)
            }
            // As in `related`.
            Ending::Leaf(ending) if tag == Tag::RELATED && ending.value(tag).is_some() => {
                sealed(ending, tag)
            }
            Ending::Leaf(ending) => own().or(|| sealed(ending, tag)),
            Ending::Own | Ending::Unknown => own(),
        }
    }

    /// Every target of the operation. Those of an outcome stand for those of its intent, if it
    /// names any.
    pub(crate) fn targets(&self) -> &[Target<'a>] {
        self.targets.get_or_init(|| {
            let own = Target::of(self.leaf, self.core().object_type);
            let Ending::Leaf(ending) = self.ending else { return own };
            let others = Target::of(ending, self.ending_core().object_type);
            match own.is_empty() || others.iter().any(Target::is_named) {
                true => others,
                false => own,
            }
        })
    }

    /// Every related object. Those of an outcome stand for those of its intent.
    pub(crate) fn related(&self) -> Vec<Target<'a>> {
        let ending = match self.ending {
            Ending::Leaf(ending) if ending.value(Tag::RELATED).is_some() => ending,
            _ => self.leaf,
        };
        Target::related(ending)
    }

    /// Everything that free text covers, folded, values parted by [`SEPARATOR`]: operator,
    /// username, display name, ids and names of targets and related objects, reason, and keys and
    /// values of the request.
    pub fn folded_text(&self) -> &str {
        self.texts.get_or_init(|| {
            let mut texts = String::with_capacity(512);
            for leaf in self.leaves() {
                // Ids and names of targets come with the targets.
                for value in TEXTS[..4].iter().filter_map(|tag| leaf.value(*tag)) {
                    texts.push(SEPARATOR);
                    texts.push_str(value);
                }
                if let Some(request) = leaf.value(Tag::REQUEST_DATA) {
                    json::write_texts(request, &mut texts);
                }
            }
            for target in self.targets().iter().chain(&self.related()) {
                target.write_texts(&mut texts);
            }
            let mut folded = String::with_capacity(texts.len());
            fold_into(&texts, &mut folded);
            folded
        })
    }

    /// The same text and a little more, quicker: JSON as it stands. None if that hides words
    /// behind escapes.
    pub(crate) fn quick_text(&self) -> Option<&[u8]> {
        let quick = self.quick.get_or_init(|| {
            let mut folded = Vec::with_capacity(QUICK_BYTES_USUAL);
            for (tag, field) in self.leaves().flat_map(Leaf::fields) {
                let Some(value) = field.value() else { continue };
                let is_json = JSON_TEXTS.contains(&tag);
                if is_json && memchr::memchr(b'\\', value).is_some() {
                    return None;
                }
                if is_json || TEXTS.contains(&tag) {
                    folded.push(SEPARATOR as u8);
                    fold_bytes_into(value, &mut folded);
                }
            }
            Some(folded)
        });
        quick.as_deref()
    }

    fn leaves(&self) -> impl Iterator<Item = &'a Leaf> + use<'a> {
        let ending = match self.ending {
            Ending::Leaf(leaf) => Some(leaf),
            Ending::Own | Ending::Unknown => None,
        };
        std::iter::once(self.leaf).chain(ending)
    }

    fn core(&self) -> &Columns<'a> {
        self.core.get_or_init(|| Columns::read(self.leaf))
    }

    fn ending_core(&self) -> &Columns<'a> {
        self.ending_core.get_or_init(|| match self.ending {
            Ending::Leaf(leaf) => Columns::read(leaf),
            Ending::Own | Ending::Unknown => Columns::default(),
        })
    }

    /// Address and port: `10.0.0.8`, `10.0.0.8:5022` or `[2001:db8::1]:5022`.
    fn source(&self) -> Seen<(Option<IpAddr>, Option<u64>)> {
        self.sealed(Tag::SOURCE_IP).map(|text| {
            if let Ok(address) = text.parse() {
                return (Some(address), None);
            }
            let (address, port) = text.rsplit_once(':').unwrap_or((text, ""));
            let address = address.trim_start_matches('[').trim_end_matches(']');
            (address.parse().ok(), port.parse().ok())
        })
    }
}

fn sealed(leaf: &Leaf, tag: Tag) -> Seen<&str> {
    match leaf.field(tag) {
        None => Seen::Absent,
        Some(field) => match field.value().and_then(|value| std::str::from_utf8(value).ok()) {
            Some("") => Seen::Absent,
            Some(text) => Seen::Value(text),
            None => Seen::Erased,
        },
    }
}

fn moment(raw: Option<&str>) -> Option<i64> {
    let text = raw?.strip_prefix('"')?.strip_suffix('"')?;
    Timestamp::parse(text).map(Timestamp::nanos)
}

/// The text of a JSON string.
fn unquoted(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    match inner.contains('\\') {
        true => serde_json::from_str::<String>(raw).ok().map(Cow::Owned),
        false => Some(Cow::Borrowed(inner)),
    }
}

/// The values of a core as raw JSON, found in one walk.
#[derive(Default)]
struct Columns<'a> {
    auth_method: Option<&'a str>,
    clock_skew: bool,
    duration_ms: Option<&'a str>,
    emitter: Option<&'a str>,
    guarantee: Option<&'a str>,
    id: Option<&'a str>,
    object_type: Option<&'a str>,
    operation: Option<&'a str>,
    outcome: Option<&'a str>,
    received_time: Option<&'a str>,
    region: Option<&'a str>,
    service: Option<&'a str>,
    stack_id: Option<&'a str>,
    time: Option<&'a str>,
    user_type: Option<&'a str>,
}

impl<'a> Columns<'a> {
    fn read(leaf: &'a Leaf) -> Self {
        let mut columns = Self::default();
        for (key, raw) in leaf.core().pairs() {
            let column = match key {
                "auth_method" => &mut columns.auth_method,
                "clock_skew" => {
                    columns.clock_skew = raw == "true";
                    continue;
                }
                "duration_ms" => &mut columns.duration_ms,
                "emitter" => &mut columns.emitter,
                "guarantee" => &mut columns.guarantee,
                "id" => &mut columns.id,
                "object_type" => &mut columns.object_type,
                "operation" => &mut columns.operation,
                "outcome" => &mut columns.outcome,
                "received_time" => &mut columns.received_time,
                "region" => &mut columns.region,
                "service" => &mut columns.service,
                "stack_id" => &mut columns.stack_id,
                "time" => &mut columns.time,
                "user_type" => &mut columns.user_type,
                _ => continue,
            };
            *column = Some(raw);
        }
        columns
    }
}
