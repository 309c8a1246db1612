//! Requests that were seen, as lines of text: from a running gateway, a list or another server's
//! log.

use std::path::PathBuf;

use annals_map::route::propose;
use serde::Deserialize;

use crate::error::GatewayError;
use crate::routes::catalogue;

/// The page of a running gateway.
#[derive(Deserialize)]
struct Page {
    uncovered: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    method: String,
    example: String,
}

/// Proposes routes for the requests in a text: `METHOD PATH` anywhere in its lines, as access logs
/// have them, or the page `/uncovered` of a gateway. `catalogues` are the site's own.
///
/// # Errors
/// When a catalogue cannot be read.
pub fn learn(text: &str, catalogues: &[PathBuf]) -> Result<String, GatewayError> {
    let catalogue = catalogue(catalogues)?;
    let page = serde_json::from_str::<Page>(text).ok();
    let listed: Vec<(&str, &str)> = match &page {
        Some(page) => page.uncovered.iter().map(|line| (&*line.method, &*line.example)).collect(),
        None => text.lines().filter_map(request).collect(),
    };
    Ok(propose(listed, &catalogue))
}

/// The request that a line tells of.
fn request(line: &str) -> Option<(&str, &str)> {
    let words: Vec<&str> = line.split(['"', ' ', '\t']).filter(|word| !word.is_empty()).collect();
    let pairs = words.windows(2);
    let is_method = |word: &str| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_uppercase());
    let mut found = pairs.filter(|pair| is_method(pair[0]) && pair[1].starts_with('/'));
    let (method, target) = found.next().map(|pair| (pair[0], pair[1]))?;
    Some((method, target.split('?').next().unwrap_or(target)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_found() {
        let check = |line: &str, expected| assert_eq!(request(line), expected, "{line}");
        check("DELETE /api/users/7", Some(("DELETE", "/api/users/7")));
        let nginx =
            r#"10.0.0.9 - zhang3 [22/Nov/2026:08:00:00 +0800] "POST /api/x?a=b HTTP/1.1" 201 5"#;
        check(nginx, Some(("POST", "/api/x")));
        check("nothing here", None);
        check("", None);
    }
}
