//! A list behind an HTTP API: JSON, NDJSON or CSV, from a cursor on, page by page.
//!
//! A page is named by a token in the answer or by its `Link` header (RFC 8288). An address that an
//! answer names is followed only to the server that was configured: it would be shown our secret.

use std::path::PathBuf;

use annals_map::FileForm;
use hyper::{Response, Uri, body::Bytes};
use serde_json::Value;

use super::connect::Connector;
use super::{Fetch, Page};
use crate::config::PullConfig;
use crate::error::CollectError;
use crate::table::read_text;

/// Asks one API.
pub(super) struct Http {
    connector: Connector,
    url: String,
    base: Uri,
    parameter: String,
    next: Option<String>,
    page_parameter: String,
    header_file: Option<PathBuf>,
    header_env: Option<String>,
    form: FileForm,
}

impl Http {
    pub(super) fn new(config: &PullConfig, form: FileForm) -> Result<Self, CollectError> {
        let unfit = |why: &str| CollectError::Unfit(format!("source `{}`: {why}", config.name));
        let base: Uri = config.url.parse().map_err(|_| unfit("`url` is no address"))?;
        let is_http = matches!(base.scheme_str(), Some("http" | "https"));
        let has_secret = base.authority().is_some_and(|all| all.as_str().contains('@'));
        if !is_http || base.host().is_none() || has_secret {
            return Err(unfit("write `url` like https://host/path; secrets go into `header_file`"));
        }
        let parameter = config.parameter.clone().ok_or_else(|| {
            unfit("name the `parameter` of the address that takes the cursor, such as since")
        })?;
        Ok(Self {
            connector: Connector::new(config.ca_file.as_deref())?,
            url: config.url.clone(),
            base,
            parameter,
            next: config.next.clone(),
            page_parameter: config.page_parameter.clone().unwrap_or_else(|| "page".to_owned()),
            header_file: config.header_file.clone(),
            header_env: config.header_env.clone(),
            form,
        })
    }

    /// Read at each request: secrets are changed while we run.
    fn headers(&self) -> Result<Vec<(String, String)>, String> {
        let mut text = String::new();
        if let Some(path) = &self.header_file {
            text = std::fs::read_to_string(path)
                .map_err(|error| format!("can't read {}: {error}", path.display()))?;
        }
        if let Some(name) = &self.header_env {
            text += "\n";
            text += &std::env::var(name).map_err(|_| format!("the variable {name} is not set"))?;
        }
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        };
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| header(line).ok_or_else(|| "a header is written Name: value".to_owned()))
            .collect()
    }

    /// Where to ask.
    fn address(&self, cursor: Option<&Value>, page: Option<&str>) -> Result<Uri, String> {
        let other = |text: &str| format!("the next page {text:?} is not on the same server");
        let text = match page {
            Some(page) if page.contains("://") => page.to_owned(),
            Some(page) if page.starts_with('/') => {
                let authority = self.base.authority().map_or("", |all| all.as_str());
                format!("{}://{authority}{page}", self.base.scheme_str().unwrap_or_default())
            }
            page => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                match cursor {
                    Some(Value::String(text)) => drop(query.append_pair(&self.parameter, text)),
                    Some(value) => {
                        query.append_pair(&self.parameter, &value.to_string());
                    }
                    None => {}
                }
                if let Some(page) = page {
                    query.append_pair(&self.page_parameter, page);
                }
                let query = query.finish();
                let glue = match (query.is_empty(), self.url.contains('?')) {
                    (true, _) => "",
                    (_, true) => "&",
                    (_, false) => "?",
                };
                format!("{}{glue}{query}", self.url)
            }
        };
        let uri: Uri = text.parse().map_err(|_| other(&text))?;
        let is_same =
            uri.scheme() == self.base.scheme() && uri.authority() == self.base.authority();
        if is_same { Ok(uri) } else { Err(other(&text)) }
    }

    fn next(&self, answer: &Response<Bytes>) -> Option<String> {
        match self.next.as_deref()? {
            "link" => {
                let links = answer.headers().get_all("link").iter();
                links.filter_map(|value| next_link(value.to_str().ok()?)).next()
            }
            path => {
                let body: Value = serde_json::from_slice(answer.body()).ok()?;
                match path.split('.').try_fold(&body, |value, key| value.get(key))? {
                    Value::String(text) if !text.is_empty() => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                }
            }
        }
    }
}

impl Fetch for Http {
    fn page(&mut self, cursor: Option<&Value>, page: Option<&str>, _: u64) -> Result<Page, String> {
        let uri = self.address(cursor, page)?;
        let answer = self.connector.get(&uri, &self.headers()?)?;
        let status = answer.status();
        if status.as_u16() == 204 {
            return Ok(Page { parts: Vec::new(), next: None, is_full: false });
        }
        if !status.is_success() {
            let text = String::from_utf8_lossy(answer.body());
            let line: String = text.lines().next().unwrap_or_default().chars().take(200).collect();
            let line = annals_record::mask_text(&line).escape_debug().to_string();
            return Err(format!("{} answers {status}: {line}", uri.host().unwrap_or_default()));
        }
        let mut parts = Vec::new();
        if !answer.body().trim_ascii().is_empty() {
            read_text(answer.body(), &self.form, &mut |part| {
                parts.push(part);
                true
            })?;
        }
        Ok(Page { parts, next: self.next(&answer), is_full: false })
    }
}

/// The target of `rel="next"` in a `Link` header.
fn next_link(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| {
            let (name, value) = parameter.trim().split_once('=').unwrap_or_default();
            name.eq_ignore_ascii_case("rel")
                && value.trim_matches('"').split(' ').any(|word| word == "next")
        });
        is_next.then(|| target.to_owned())
    })
}
