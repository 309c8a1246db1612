//! The guides, held to what they say: the integration guide is tried as a new user would, and the
//! tests that the security guide names must be there.
#![allow(clippy::unwrap_used)]

mod house;
mod proxied;

use std::path::Path;
use std::process::Command;

use house::{ANNALS, House};
use proxied::platform::Platform;
use proxied::{event_where, free_address};
use serde_json::Value;

const GUIDE: &str = include_str!("../../../docs/guide/integrate.md");

/// The snippets under a mark, in order.
fn snippets(mark: &str) -> Vec<&str> {
    let mark = format!("<!-- tried: {mark} -->\n```sh\n");
    GUIDE.split(&mark).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// Protects: five minutes from nothing to a recorded operation; a guide that does not work is
/// worse than none.
#[test]
fn shell_snippets_record_what_they_say() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    std::fs::create_dir(house.path("farm")).unwrap();
    let path = path_with_annals();
    let shown: Vec<&str> = ["shell", "curl"].into_iter().flat_map(snippets).collect();
    assert_eq!(shown.len(), 3, "the marks of the guide have changed");
    for snippet in shown {
        let output = Command::new("sh")
            .args(["-eu", "-c", snippet])
            .current_dir(house.path(""))
            .env("PATH", &path)
            .env("USER", "zhang3")
            .env("ANNALS_SERVER", format!("http://{}", house.address))
            .env("ANNALS_TOKEN", &emitter)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{snippet}\n{said}");
    }
    assert!(!house.path("farm").exists());
    let page = house.get(&reader, "/v1/events?order=time&q=service:hpc-clusters").1;
    let mut told: Vec<String> = page["events"].as_array().unwrap().iter().map(summary).collect();
    told.sort();
    assert_eq!(
        told,
        [
            "zhang3 cluster.create c-42 success",
            "zhang3 cluster.delete c-42 failure",
            "zhang3 cluster.delete c-42 success",
        ]
    );
}

fn path_with_annals() -> std::ffi::OsString {
    let programs = Path::new(ANNALS).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([programs].into_iter().chain(std::env::split_paths(&path))).unwrap()
}

/// Protects: the same for a platform that cannot be changed: what the guide shows stands in front
/// of it, records, and proposes a route for what has none.
#[test]
fn the_gateway_snippet_records() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let platform = Platform::start();
    let snippet = snippets("gateway").concat();
    let snippet = snippet.replace("127.0.0.1:7400", &free_address());
    let snippet = snippet.replace("127.0.0.1:7401", &free_address());
    let output = Command::new("sh")
        .args(["-eu", "-c", &format!("trap 'kill $!' EXIT\n{snippet}\n")])
        .current_dir(house.path(""))
        .env("PATH", path_with_annals())
        .env("PLATFORM", format!("http://{}", platform.address))
        .env("ANNALS_SERVER", format!("http://{}", house.address))
        .env("ANNALS_TOKEN", &emitter)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let proposed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(proposed.contains("POST /clusters/{"), "{proposed}");
    let event = event_where(&house, &reader, "cluster.delete", |_| true);
    assert_eq!(summary(&event), "unknown cluster.delete c-42 success");
    assert_eq!(event["guarantee"], "strict");
}

/// Every Rust file below a folder.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// True if one of the sources holds a test of this name.
fn is_test(sources: &[String], name: &str) -> bool {
    let call = format!("fn {name}(");
    sources.iter().any(|text| {
        text.match_indices(&call).any(|(at, _)| {
            let before = text[..at].trim_end_matches("async ").trim_end();
            let above = before.rsplit('\n').next().unwrap_or_default().trim();
            above.starts_with("#[") && above.contains("test")
        })
    })
}

/// Protects auditors: each point of the security guide names the tests that show it, and a test
/// that was renamed or removed cannot be named on.
#[test]
fn every_point_is_shown() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut texts = Vec::new();
    sources(crates, &mut texts);
    let rows = include_str!("../../../docs/guide/security.md").lines();
    let rows: Vec<&str> = rows.filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 25, "{} rows", rows.len());
    for row in rows {
        let cell = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap();
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test is named: {row}");
        for name in names {
            assert!(is_test(&texts, name), "there is no test `{name}`: {row}");
        }
    }
    assert!(!is_test(&texts, "is_test") && !is_test(&texts, "no_such_name"));
}

fn summary(event: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parts =
        [&event["operator"], &event["operation"], &event["object"]["id"], &event["outcome"]];
    parts.map(text).join(" ")
}
