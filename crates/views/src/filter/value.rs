//! What a value means for its field: codes for names, numbers, addresses, moments, patterns.
//!
//! Names of services and operations become codes here; a name that several share becomes an `Or`.

use std::net::IpAddr;

use annals_record::{Catalogue, Unresolved};
use ipnet::{IpNet, Ipv4Net};

use super::ast::{Comparison, Filter, Term, Test, Value};
use super::error::{FilterError, FilterFault};
use super::lex::{Piece, Raw};
use super::moment::Moment;
use super::number::Number;
use super::pattern::Pattern;
use crate::fields::{Field, Kind};

/// A field, and the path inside it, that a value is for.
pub(super) struct Subject {
    pub(super) field: Field,
    pub(super) path: String,
}

/// What stands between field and value.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    Is,
    IsNot,
    Compare(Comparison),
}

const A_NUMBER: &str = "a number, or a range of two such as 10..20";
const AN_ADDRESS: &str = "an address, or a prefix such as 10.2.0.0/16";
const A_MOMENT: &str = "a day (2026-11-07), a time (2026-11-07T08:30:00Z), a distance (now-7d), \
                        or a range of two of them";

impl Subject {
    /// Free text.
    pub(super) fn anything() -> Self {
        Self { field: Field::Anything, path: String::new() }
    }

    /// The filter that `raw` means for this field.
    pub(super) fn filter(
        &self,
        sign: Sign,
        raw: &Raw,
        catalogue: &Catalogue,
    ) -> Result<Filter, FilterError> {
        let filter = match sign {
            Sign::Is => self.is(raw, catalogue),
            Sign::IsNot => self.is(raw, catalogue).map(Filter::negated),
            Sign::Compare(comparison) => self.compare(comparison, raw),
        };
        filter.map_err(|fault| FilterError { place: raw.place, fault })
    }

    fn term(&self, test: Test) -> Filter {
        Filter::Term(Term { field: self.field, path: self.path.clone(), test })
    }

    fn bad(&self, word: &str, expected: &'static str) -> FilterFault {
        FilterFault::BadValue { field: self.field.name(), word: word.to_owned(), expected }
    }

    fn is(&self, raw: &Raw, catalogue: &Catalogue) -> Result<Filter, FilterFault> {
        let kind = self.field.kind();
        let text = match &raw.pieces[..] {
            [Piece::Star] if self.field == Field::Anything => return Ok(Filter::All),
            [Piece::Star] => return Ok(self.term(Test::Exists)),
            [Piece::Text(text)] => text,
            _ if kind == Kind::Ip => return self.stars_of_address(raw),
            _ if kind == Kind::Number => return Err(self.bad(&raw.shown(), A_NUMBER)),
            _ if kind == Kind::Time => return Err(self.bad(&raw.shown(), A_MOMENT)),
            _ if self.holds_text() => return Ok(self.term(Test::Holds(pattern(raw)))),
            _ => return Ok(self.term(Test::Like(pattern(raw)))),
        };
        if self.holds_text() {
            return Ok(self.term(Test::Holds(Pattern::closed(text))));
        }
        if let Some((from, to)) = text.split_once("..").filter(|_| !raw.quoted)
            && let Some(range) = self.range(from, to)
        {
            return range;
        }
        match kind {
            Kind::Code => self.code(text, catalogue),
            Kind::Ip => match text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
                Ok(net) => Ok(self.term(Test::Is(Value::Ip(canonical(net))))),
                Err(_) => Err(self.bad(text, AN_ADDRESS)),
            },
            Kind::Number | Kind::Time => Ok(self.term(Test::Is(self.ordered(text)?))),
            Kind::Name | Kind::Id | Kind::Text | Kind::Json => {
                Ok(self.term(Test::Is(Value::Text(text.clone()))))
            }
        }
    }

    /// True if a value is looked for inside a text, not compared with all of it.
    fn holds_text(&self) -> bool {
        matches!(self.field.kind(), Kind::Text | Kind::Json) && self.path.is_empty()
    }

    /// `10.2.*`, as people write it, is a prefix.
    fn stars_of_address(&self, raw: &Raw) -> Result<Filter, FilterFault> {
        let net = || {
            let [Piece::Text(text), Piece::Star] = &raw.pieces[..] else { return None };
            let octets: Vec<u8> = text
                .strip_suffix('.')?
                .split('.')
                .map(str::parse)
                .collect::<Result<_, _>>()
                .ok()?;
            let bits = 8 * u8::try_from(octets.len()).ok().filter(|count| *count < 4)?;
            let mut whole = [0; 4];
            whole[..octets.len()].copy_from_slice(&octets);
            Ipv4Net::new(whole.into(), bits).ok()
        };
        let net = net().ok_or_else(|| self.bad(&raw.shown(), AN_ADDRESS))?;
        Ok(self.term(Test::Is(Value::Ip(net.into()))))
    }

    fn code(&self, text: &str, catalogue: &Catalogue) -> Result<Filter, FilterFault> {
        let is = |code: &str| self.term(Test::Is(Value::Text(code.to_owned())));
        let field = self.field.name();
        if let Some(found) = self.field.listed_value(text) {
            let word = text.to_owned();
            return found.map(is).map_err(|values| FilterFault::NotListed { field, word, values });
        }
        let codes = match self.field {
            Field::Service => services(text, catalogue),
            _ => operations(text, catalogue),
        };
        if codes.is_empty() {
            let nearest = match self.field {
                Field::Service => catalogue.resolve(Some(text), "").err(),
                _ => catalogue.resolve(None, text).err(),
            };
            let nearest = match nearest {
                Some(Unresolved::Service(nearest) | Unresolved::Operation(nearest)) => nearest,
                _ => None,
            };
            let (word, nearest) = (text.to_owned(), nearest.map(str::to_owned));
            return Err(FilterFault::UnknownValue { field, word, nearest });
        }
        Ok(Filter::or(codes.into_iter().map(is)))
    }

    fn compare(&self, comparison: Comparison, raw: &Raw) -> Result<Filter, FilterFault> {
        let text = match &raw.pieces[..] {
            [Piece::Text(text)] => text.clone(),
            _ => raw.shown(),
        };
        if self.field == Field::Severity {
            return self.severities(comparison, &text);
        }
        let value = self.ordered(&text)?;
        Ok(self.term(Test::Compare(comparison, value)))
    }

    /// A value of a field that has an order.
    fn ordered(&self, text: &str) -> Result<Value, FilterFault> {
        match self.field.kind() {
            Kind::Time => {
                let moment = Moment::parse(text).ok_or_else(|| self.bad(text, A_MOMENT))?;
                Ok(Value::Moment(moment))
            }
            Kind::Number => {
                let integer = text.parse::<u64>().ok().map(Number::integer);
                Ok(Value::Number(integer.ok_or_else(|| self.bad(text, A_NUMBER))?))
            }
            Kind::Json if !self.path.is_empty() => {
                let number = Number::parse(text).ok_or_else(|| self.bad(text, A_NUMBER))?;
                Ok(Value::Number(number))
            }
            _ => Err(FilterFault::NoOrder { field: self.field.name() }),
        }
    }

    /// `a..b`, `a..` or `..b`; none if the field has no order, for there two dots are plain text.
    fn range(&self, from: &str, to: &str) -> Option<Result<Filter, FilterFault>> {
        let is_plain = match self.field.kind() {
            Kind::Time | Kind::Number => false,
            Kind::Json => Number::parse(from).is_none() || Number::parse(to).is_none(),
            _ => true,
        };
        if is_plain {
            return None;
        }
        let test = || match (from, to) {
            ("", _) => Ok(Test::Compare(Comparison::AtMost, self.ordered(to)?)),
            (_, "") => Ok(Test::Compare(Comparison::AtLeast, self.ordered(from)?)),
            _ => Ok(Test::Between(self.ordered(from)?, self.ordered(to)?)),
        };
        Some(test().map(|test| self.term(test)))
    }

    /// Severities have an order; a comparison is the list of those that pass.
    fn severities(&self, comparison: Comparison, text: &str) -> Result<Filter, FilterFault> {
        const ASCENDING: [&str; 3] = ["low", "medium", "high"];
        let found = self.field.listed_value(text).unwrap_or(Err(ASCENDING.to_vec()));
        let (field, word) = (self.field.name(), text.to_owned());
        let found = found.map_err(|values| FilterFault::NotListed { field, word, values })?;
        let rank = |word: &str| ASCENDING.iter().position(|known| *known == word);
        let passing =
            ASCENDING.into_iter().filter(|word| comparison.holds(rank(word).cmp(&rank(found))));
        Ok(Filter::or(passing.map(|word| self.term(Test::Is(Value::Text(word.to_owned()))))))
    }
}

fn pattern(raw: &Raw) -> Pattern {
    let texts = raw.pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.clone()),
        Piece::Star => None,
    });
    Pattern {
        open_start: raw.pieces.first() == Some(&Piece::Star),
        pieces: texts.collect(),
        open_end: raw.pieces.last() == Some(&Piece::Star),
    }
}

/// The prefix with its other bits zero, an IPv4 address mapped into IPv6 as IPv4.
fn canonical(net: IpNet) -> IpNet {
    let net = net.trunc();
    match (net.addr().to_canonical(), net.prefix_len().checked_sub(96)) {
        (IpAddr::V4(address), Some(bits)) if net.max_prefix_len() == 128 => {
            Ipv4Net::new(address, bits).map_or(net, IpNet::from)
        }
        _ => net,
    }
}

fn same(name: &str, word: &str) -> bool {
    name.to_lowercase() == word.to_lowercase()
}

fn services<'c>(word: &str, catalogue: &'c Catalogue) -> Vec<&'c str> {
    let all = catalogue.services().iter();
    let named = all.filter(|s| [&s.code, &s.en, &s.zh].into_iter().any(|name| same(name, word)));
    named.map(|service| service.code.as_str()).collect()
}

/// The operation of a code, or all operations of a name.
fn operations<'c>(word: &str, catalogue: &'c Catalogue) -> Vec<&'c str> {
    let all = catalogue.operations();
    if let Some(found) = all.iter().find(|operation| same(&operation.code, word)) {
        return vec![&found.code];
    }
    let named =
        all.iter().filter(|operation| same(&operation.en, word) || same(&operation.zh, word));
    named.map(|operation| operation.code.as_str()).collect()
}
