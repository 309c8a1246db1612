//! Methods and path templates: how they are written, and one spelling for every path.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The method that stands for every method.
pub(super) const ANY: &str = "ANY";

/// Methods that change nothing (RFC 9110, WebDAV).
const SAFE: [&str; 7] = ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH"];

/// May a request of this method change something?
pub fn is_mutating(method: &str) -> bool {
    !SAFE.contains(&method)
}

/// What a route matches, as written: `DELETE /api/clusters/{id}?force=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) method: String,
    /// With the places of its parts for their names: `/api/clusters/{0}`.
    pub(super) shape: String,
    /// The names, in order.
    pub(super) names: Vec<String>,
    /// Query parameters that must be there, and as what.
    pub(super) query: Vec<(String, Option<String>)>,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((method, target)) = text.split_once(' ') else {
            return Err(format!(
                "`{text}`: write a method and a path, such as `DELETE /api/x/{{id}}`"
            ));
        };
        if method.is_empty() || !method.chars().all(|c| c.is_ascii_uppercase() || c == '-') {
            return Err(format!("`{method}` is no method; write it in capitals, or ANY"));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if !path.starts_with('/') {
            return Err(format!("`{path}`: a path begins with `/`"));
        }
        if normal(path) != path {
            let message = "is spelt in a way that no request matches; write";
            return Err(format!("`{path}` {message} `{}`", normal(path)));
        }
        let (mut shape, mut names) = (String::new(), Vec::new());
        for part in trimmed(path).split('/').skip(1) {
            shape.push('/');
            shape.push_str(&part_of(part, &mut names)?);
        }
        let query = form_urlencoded::parse(query.as_bytes());
        let query = query.map(|(name, value)| {
            (name.into_owned(), Some(value.into_owned()).filter(|value| !value.is_empty()))
        });
        Ok(Self { method: method.to_owned(), shape, names, query: query.collect() })
    }
}

/// One part of a template, with the number of its name for the name.
fn part_of(part: &str, names: &mut Vec<String>) -> Result<String, String> {
    let Some(inner) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        return match part.contains(['{', '}', '*']) {
            true => Err(format!("`{part}`: braces and stars stand for a whole part of the path")),
            false => Ok(part.to_owned()),
        };
    };
    let (star, name) = inner.strip_prefix('*').map_or(("", inner), |name| ("*", name));
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(format!("`{part}`: a name has letters, digits, `_` and `-`"));
    }
    if names.iter().any(|known| known == name) {
        return Err(format!("`{part}` stands twice in one template"));
    }
    names.push(name.to_owned());
    Ok(format!("{{{star}{}}}", names.len() - 1))
}

/// A path in its one spelling: percent-encoded plain characters are decoded, doubled slashes and
/// dot segments are gone (RFC 3986, section 6.2.2). Borrowed where nothing has to be done.
pub(super) fn normal(path: &str) -> Cow<'_, str> {
    let is_odd = path.contains('%') || path.contains("//") || path.contains("/.");
    if !is_odd {
        return Cow::Borrowed(path);
    }
    let path = decode_plain(path);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            ".." => drop(parts.pop()),
            "" | "." => {}
            part => parts.push(part),
        }
    }
    let ends_in_folder = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    let mut normal = String::with_capacity(path.len());
    for part in &parts {
        normal.push('/');
        normal.push_str(part);
    }
    if normal.is_empty() || ends_in_folder {
        normal.push('/');
    }
    Cow::Owned(normal)
}

/// Without a slash at the end: many servers do not tell the two apart.
pub(super) fn trimmed(path: &str) -> &str {
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

/// Decodes what need not be encoded: letters, digits, `- . _ ~`.
fn decode_plain(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find('%') {
        let (before, encoded) = rest.split_at(start);
        out.push_str(before);
        let byte = encoded.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte.map(char::from) {
            Some(c) if c.is_ascii_alphanumeric() || "-._~".contains(c) => out.push(c),
            Some(_) => out.push_str(&encoded[..3]),
            // A `%` that encodes nothing is one itself.
            None => out.push_str("%25"),
        }
        rest = &encoded[if byte.is_some() { 3 } else { 1 }..];
    }
    out.push_str(rest);
    out
}

/// With everything decoded: some servers look at paths so.
pub(super) fn decoded(path: &str) -> Cow<'_, str> {
    percent_decode_str(path).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Another spelling must not hide an act.
    #[test]
    fn spellings() {
        let check = |path, expected| assert_eq!(normal(path), expected, "{path}");
        check("/api/clusters/c-1", "/api/clusters/c-1");
        check("//api///clusters/c-1", "/api/clusters/c-1");
        check("/api/./x/../clusters/%63-1", "/api/clusters/c-1");
        check("/api/%2e%2E/clusters/", "/clusters/");
        check("/api/clusters/a%2Fb%zz%", "/api/clusters/a%2Fb%25zz%25");
        check("/../..", "/");
        check("/a/..", "/");
        check("*", "*");
        assert!(matches!(normal("/api/clusters"), Cow::Borrowed(_)));
    }

    /// What is no template is refused with the reason, not matched to something else.
    #[test]
    fn patterns() {
        let check = |text: &str, expected: &str| {
            let found = match Pattern::parse(text) {
                Ok(Pattern { method, shape, names, query }) => {
                    format!("{method} {shape} {names:?} {query:?}")
                }
                Err(message) => message,
            };
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("DELETE /a/{id}/b", "DELETE /a/{0}/b [\"id\"] []");
        check("COPY /dav/{*path}", "COPY /dav/{*0} [\"path\"] []");
        check("POST /a?x=1&y", "POST /a [] [(\"x\", Some(\"1\")), (\"y\", None)]");
        check("/a", "write a method");
        check("delete /a", "in capitals");
        check("POST a", "begins with `/`");
        check("POST /a//b", "write `/a/b`");
        check("POST /a-{id}", "a whole part");
        check("POST /{a b}", "a name has letters");
        check("POST /{a}/{a}", "stands twice");
    }

    proptest! {
        /// One spelling is enough, and no path breaks it.
        #[test]
        fn normal_is_normal(path in "/[a%2e./F~]{0,12}") {
            let once = normal(&path).into_owned();
            prop_assert!(once.starts_with('/'));
            prop_assert_eq!(&*normal(&once), &*once);
        }
    }
}
