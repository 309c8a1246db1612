//! The integration guide, tried as a new user would: what it shows for shells is run as it stands.
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

fn summary(event: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parts =
        [&event["operator"], &event["operation"], &event["object"]["id"], &event["outcome"]];
    parts.map(text).join(" ")
}
