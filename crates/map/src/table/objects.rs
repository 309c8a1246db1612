//! Several objects in one cell: `c-1,c-2` with `farm,lab`.
//!
//! Ids decide; names and types are only split where they then fit the ids one to one. A single id
//! keeps its name whole, whatever stands in it.

use std::borrow::Cow;

use annals_record::Object;

use crate::error::MapError;

/// How cells are split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Split {
    /// By the separators in use.
    #[default]
    Auto,
    /// Never.
    None,
    /// At this text.
    At(String),
}

/// In the order they are tried: the rarer in an id, the earlier.
const SEPARATORS: [&str; 7] = ["\n", ";", "；", "、", "，", ",", "|"];

/// The objects of a row, and what of it can't be understood.
pub(super) struct Found {
    pub(super) objects: Vec<Object<'static>>,
    /// The key (`name`, `type`) and why.
    pub(super) unfit: Option<(&'static str, String)>,
}

impl Split {
    /// As written in a map.
    pub(super) fn parse(word: Option<&str>) -> Result<Self, MapError> {
        match word {
            None | Some("auto") => Ok(Self::Auto),
            Some("none") => Ok(Self::None),
            Some("") => {
                let why = "[objects] split is empty; write \"auto\", \"none\" or the separator";
                Err(MapError::ImportMap(why.to_owned()))
            }
            Some(separator) => Ok(Self::At(separator.to_owned())),
        }
    }

    /// Brings ids, names and types together.
    pub(super) fn objects(
        &self,
        ids: Option<&str>,
        names: Option<&str>,
        types: Option<&str>,
    ) -> Found {
        let (parts, of_names) = match (ids, names) {
            (None, None) => match types {
                None => return Found { objects: Vec::new(), unfit: None },
                Some(kind) => {
                    let object = Object { kind: owned(kind), ..Object::default() };
                    return Found { objects: vec![object], unfit: None };
                }
            },
            (Some(ids), _) => (self.ids(ids), false),
            // Without ids a comma may be part of a name.
            (None, Some(names)) => match self {
                Self::At(at) => (cut(names, at), true),
                _ => (vec![names], true),
            },
        };
        let mut objects: Vec<Object<'static>> = parts
            .iter()
            .map(|part| match of_names {
                true => Object { name: owned(part), ..Object::default() },
                false => Object { id: owned(part), ..Object::default() },
            })
            .collect();
        let mut unfit = None;
        if let (Some(names), false) = (names, of_names) {
            match self.as_many(names, objects.len()) {
                Some(names) => {
                    for (object, name) in objects.iter_mut().zip(names) {
                        object.name = owned(name);
                    }
                }
                None => unfit = Some(("name", mismatch(names, objects.len()))),
            }
        }
        if let Some(types) = types {
            let many = self.as_many(types, objects.len());
            let kinds = many.unwrap_or_else(|| vec![types; objects.len()]);
            for (object, kind) in objects.iter_mut().zip(kinds) {
                object.kind = owned(kind);
            }
        }
        Found { objects, unfit }
    }

    /// The ids of a cell.
    fn ids<'a>(&self, cell: &'a str) -> Vec<&'a str> {
        match self {
            Self::None => vec![cell],
            Self::At(at) => cut(cell, at),
            Self::Auto => {
                let separator = SEPARATORS.iter().find(|at| cell.contains(**at));
                let parts = separator.map_or(vec![cell], |at| cut(cell, at));
                if are_alike(&parts) { parts } else { vec![cell] }
            }
        }
    }

    /// A cell in exactly `count` parts; `None` if it has not so many.
    fn as_many<'a>(&self, cell: &'a str, count: usize) -> Option<Vec<&'a str>> {
        if count == 1 {
            return Some(vec![cell]);
        }
        let at: &[&str] = match self {
            Self::None => &[],
            Self::At(at) => &[at],
            Self::Auto => &SEPARATORS,
        };
        at.iter().map(|at| split(cell, at)).find(|parts| parts.len() == count)
    }
}

/// Parts that say something.
fn cut<'a>(cell: &'a str, at: &str) -> Vec<&'a str> {
    let mut parts = split(cell, at);
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { vec![cell] } else { parts }
}

fn split<'a>(cell: &'a str, at: &str) -> Vec<&'a str> {
    cell.split(at).map(str::trim).collect()
}

/// A comma inside one path or sentence parts no ids: all begin like a path or none does, and none
/// holds a blank.
fn are_alike(parts: &[&str]) -> bool {
    let paths = parts.iter().filter(|part| part.starts_with(['/', '\\'])).count();
    let are_paths = paths == parts.len();
    let has_blank = |part: &&str| part.contains(char::is_whitespace);
    are_paths || (paths == 0 && !parts.iter().any(has_blank))
}

fn mismatch(names: &str, count: usize) -> String {
    let shown: String = names.chars().take(60).collect();
    format!("can't be brought together with {count} ids: {shown}")
}

fn owned(text: &str) -> Option<Cow<'static, str>> {
    (!text.is_empty()).then(|| Cow::Owned(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(split: &Split, ids: &str, names: &str, types: &str) -> String {
        let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let found = split.objects(some(ids), some(names), some(types));
        let object = |object: &Object<'_>| {
            let part = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("").to_owned();
            format!("{}:{}:{}", part(&object.kind), part(&object.id), part(&object.name))
        };
        let mut all = found.objects.iter().map(object).collect::<Vec<_>>().join(" + ");
        if let Some((key, _)) = found.unfit {
            all += &format!(" unfit {key}");
        }
        all
    }

    fn check(ids: &str, names: &str, types: &str, expected: &str) {
        assert_eq!(shown(&Split::Auto, ids, names, types), expected);
    }

    /// Joined ids become objects, names go with their ids, and nothing that only looks joined is
    /// torn apart.
    #[test]
    fn joined_cells() {
        check("u-1,u-2", "li4,wang5", "user", "user:u-1:li4 + user:u-2:wang5");
        check("u-1, u-2,", "li4；wang5", "", ":u-1:li4 + :u-2:wang5");
        check("u-1；u-2", "", "user; group", "user:u-1: + group:u-2:");
        check("c-1", "a, b and c", "cluster", "cluster:c-1:a, b and c");
        check("c-1,c-2", "a, b, and c", "", ":c-1: + :c-2: unfit name");
        check("c-1,c-2", "a,", "", ":c-1:a + :c-2:");
        check("/home/a,b.dat", "", "file", "file:/home/a,b.dat:");
        check("/home/a b,/home/c", "", "", ":/home/a b: + :/home/c:");
        check("render, the farm", "", "", ":render, the farm:");
        check("", "a,b", "", "::a,b");
        check("", "", "user", "user::");
        check("", "", "", "");
        check(",", "", "", ":,:");
    }

    #[test]
    fn a_map_decides() {
        assert_eq!(shown(&Split::None, "a,b", "", ""), ":a,b:");
        assert_eq!(shown(&Split::At("+".to_owned()), "a+b", "x+y", ""), ":a:x + :b:y");
        assert_eq!(shown(&Split::At("+".to_owned()), "", "x+y", ""), "::x + ::y");
        assert!(Split::parse(Some("")).is_err());
    }
}
