//! Query strings: known parameters only, each at most once.

use axum::extract::Query;
use axum::http::Uri;

use crate::http::error::HttpError;

/// The parameters of one request.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// Reads the query of `uri`, which may hold the parameters `known`.
    pub(crate) fn parse(uri: &Uri, known: &'static [&'static str]) -> Result<Self, HttpError> {
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| HttpError::BadQuery)?;
        let mut parameters: Vec<(&'static str, String)> = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            let Some(&name) = known.iter().find(|known| **known == name) else {
                return Err(unknown(name, known));
            };
            if parameters.iter().any(|(given, _)| *given == name) {
                return Err(bad(name, "is given twice"));
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// A parameter as a whole number.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u64>, HttpError> {
        let parse = |text: &str| text.parse().map_err(|_| bad(name, "is not a whole number"));
        self.text(name).map(parse).transpose()
    }

    /// The parameter `limit`: `default` if absent, else 1 to `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, HttpError> {
        self.number_within("limit", default, max)
    }

    /// A parameter of 1 to `max`; `default` if absent.
    pub(crate) fn number_within(
        &self,
        name: &'static str,
        default: usize,
        max: usize,
    ) -> Result<usize, HttpError> {
        match self.number(name)? {
            None => Ok(default),
            Some(number) => match usize::try_from(number) {
                Ok(number) if (1..=max).contains(&number) => Ok(number),
                _ => Err(bad(name, &format!("is not between 1 and {max}"))),
            },
        }
    }

    /// A parameter that is `true` or `false`; absent is false.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, HttpError> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(bad(name, "is neither `true` nor `false`")),
        }
    }
}

/// Parameters that say how an answer is cut up and shown, not which events it is about.
const NOT_ABOUT: &[&str] = &[
    "limit",
    "cursor",
    "after_index",
    "order",
    "top",
    "tz",
    "interval",
    "prefix",
    "fields",
    "by",
    "field",
];

/// The parameters that say what is asked about, for the record of it.
pub(crate) fn asked(uri: &Uri) -> Vec<(String, String)> {
    let Ok(Query(mut pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return Vec::new();
    };
    pairs.retain(|(name, _)| !NOT_ABOUT.contains(&name.as_str()));
    pairs.sort();
    pairs
}

/// A parameter whose value does not fit.
pub(crate) fn bad(name: &'static str, problem: &str) -> HttpError {
    HttpError::BadParameter { name, problem: problem.to_owned() }
}

fn unknown(name: String, known: &'static [&'static str]) -> HttpError {
    let distance = |known: &&&str| strsim::damerau_levenshtein(known, &name);
    match known.iter().min_by_key(distance) {
        Some(nearest) => HttpError::UnknownParameter { name, nearest },
        None => HttpError::BadParameter {
            name: "query",
            problem: "must be empty: this call takes none".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<Option<&str>, &str>) {
        let uri: Uri = format!("/x?{query}").parse().expect("a URI");
        let found = Parameters::parse(&uri, &["from", "limit"]);
        let found = found.map(|found| found.text("from").map(str::to_owned));
        let found = found.map_err(|error| error.to_string());
        let expected = expected.map(|text| text.map(str::to_owned)).map_err(str::to_owned);
        assert_eq!(found, expected, "{query}");
    }

    // A misspelt bound would otherwise silently answer another question.
    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        check("", Ok(None));
        check("from=2026&limit=1", Ok(Some("2026")));
        check("form=1", Err("`form` is not a parameter of this call; did you mean `from`?"));
        check("from=1&from=2", Err("the parameter `from` is given twice"));
        check("from=%e6%97%a5", Ok(Some("日")));
    }
}
