//! `Matcher`: the test of one value, for dictionaries of columns.
//!
//! The index asks each distinct value once with the same code by which a row is checked.

use std::net::IpAddr;

use annals_record::Catalogue;

use super::compile::{code, id, name, needle};
use super::test::TextTest;
use crate::fields::{Field, Kind};
use crate::filter::{Test, Value};
use crate::fold::{Needle, fold};

/// The test of one value of a field that holds texts.
#[derive(Clone, Debug)]
pub(crate) struct Matcher(Kinds);

#[derive(Clone, Debug)]
enum Kinds {
    Text(TextTest),
    Address(ipnet::IpNet),
    Words(Box<Needle>),
    /// There is a value.
    Any,
}

impl Matcher {
    /// The test of a value of `field`, which is no group of fields, number or moment.
    pub(crate) fn new(field: Field, test: &Test, catalogue: &Catalogue) -> Self {
        Self(match (field, field.kind(), test) {
            (_, _, Test::Exists) => Kinds::Any,
            (Field::Service | Field::Operation, ..) => Kinds::Text(code(field, test, catalogue)),
            (_, Kind::Id, _) => Kinds::Text(id(test)),
            (_, Kind::Ip, Test::Is(Value::Ip(net))) => Kinds::Address(*net),
            (_, Kind::Ip, _) => Kinds::Any,
            (_, Kind::Text, _) => Kinds::Words(Box::new(needle(test))),
            _ => Kinds::Text(name(test)),
        })
    }

    /// True if the value passes.
    pub(crate) fn matches(&self, value: &str) -> bool {
        match &self.0 {
            Kinds::Text(test) => test.holds(value),
            Kinds::Address(net) => {
                value.parse().is_ok_and(|address: IpAddr| net.contains(&address))
            }
            Kinds::Words(needle) => needle.is_in(&fold(value)),
            Kinds::Any => true,
        }
    }
}
