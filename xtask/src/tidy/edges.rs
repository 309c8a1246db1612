//! The floors: which crate may depend on which, and that versions stand in one place.
//!
//! The list below is the only list; ARCHITECTURE.md explains it. Dependencies for tests count like
//! any other: a test that needs a higher floor belongs up there.

use super::{Finding, Text};
use anyhow::{Context, Result};

/// Crate and what it may use. `annals` and `xtask` are above all and may use anything.
const EDGES: &[(&str, &[&str])] = &[
    ("annals-record", &[]),
    ("annals-proof", &[]),
    ("annals-ledger", &["annals-record", "annals-proof"]),
    ("annals-api", &["annals-record", "annals-proof"]),
    ("annals-map", &["annals-record"]),
    ("annals-sample", &["annals-record"]),
    ("annals-views", &["annals-ledger", "annals-record"]),
    ("annals-platform", &["annals-api"]),
    ("annals-collect", &["annals-api", "annals-map", "annals-record"]),
    ("annals-gateway", &["annals-api", "annals-map", "annals-record"]),
    (
        "annals-server",
        &[
            "annals-views",
            "annals-ledger",
            "annals-api",
            "annals-map",
            "annals-record",
            "annals-proof",
        ],
    ),
];
const ABOVE_ALL: &[&str] = &["annals", "xtask"];

/// Checks the manifest of every member.
pub(super) fn check(texts: &[Text]) -> Result<Vec<Finding>> {
    let is_member = |path: &str| {
        let is_in = |folder| path.starts_with(folder) && path.ends_with("/Cargo.toml");
        path == "xtask/Cargo.toml" || is_in("crates/") || is_in("examples/")
    };
    let mut findings = Vec::new();
    for Text { path, text } in texts.iter().filter(|text| is_member(&text.path)) {
        findings.extend(check_manifest(path, text).with_context(|| format!("parsing {path}"))?);
    }
    Ok(findings)
}

fn check_manifest(path: &str, text: &str) -> Result<Vec<Finding>> {
    let manifest: toml::Table = text.parse()?;
    let name = manifest.get("package").and_then(|package| package.get("name")?.as_str());
    let name = name.context("the package has no name")?;
    let allowed = EDGES.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
    let mut findings = Vec::new();
    let mut found = |message| {
        findings.push(Finding { path: path.to_owned(), line: 0, check: "edges", message });
    };
    if allowed.is_none() && !ABOVE_ALL.contains(&name) {
        found(format!("`{name}` stands on no floor; give it one in xtask/src/tidy/edges.rs"));
    }
    for (dependency, declaration) in dependencies(&manifest) {
        let is_floor = EDGES.iter().any(|(floor, _)| floor == dependency);
        // A crate that is its own dependency only switches a feature on for its tests.
        if is_floor
            && dependency != name
            && allowed.is_some_and(|allowed| !allowed.contains(&dependency.as_str()))
        {
            found(format!("`{name}` may not use `{dependency}`: not an edge of ARCHITECTURE.md"));
        }
        let is_own = dependency == name;
        if !is_own && declaration.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
            found(format!("`{dependency}`: write the version in the top Cargo.toml, once"));
        }
    }
    Ok(findings)
}

/// All tables of dependencies, those for one platform too.
fn dependencies(manifest: &toml::Table) -> Vec<(&String, &toml::Value)> {
    let platforms = manifest.get("target").and_then(toml::Value::as_table);
    let platforms = platforms.into_iter().flat_map(toml::Table::values);
    let tables = platforms.filter_map(toml::Value::as_table).chain([manifest]);
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    tables
        .flat_map(|table| kinds.map(|kind| table.get(kind)))
        .filter_map(|table| table?.as_table())
        .flat_map(|table| table.iter())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(text: &str, expected: &[&str]) {
        let found: Vec<String> = check_manifest("crates/x/Cargo.toml", text)
            .unwrap()
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (message, part) in found.iter().zip(expected) {
            assert!(message.contains(part), "{message} does not contain {part}");
        }
    }

    /// An edge upwards or sideways is refused in every kind of dependency.
    #[test]
    fn edges() {
        let ledger = "[package]\nname = \"annals-ledger\"\n";
        check_text(&format!("{ledger}[dependencies]\nannals-proof.workspace = true\n"), &[]);
        let upwards = "annals-server.workspace = true\n";
        for kind in ["dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies"] {
            check_text(&format!("{ledger}[{kind}]\n{upwards}"), &["may not use `annals-server`"]);
        }
        check_text(&format!("[package]\nname = \"xtask\"\n[dependencies]\n{upwards}"), &[]);
        check_text("[package]\nname = \"annals-new\"\n", &["stands on no floor"]);
    }

    /// Two crates with two versions of one library is how builds grow.
    #[test]
    fn versions_stand_at_the_top() {
        let proof = "[package]\nname = \"annals-proof\"\n[dependencies]\n";
        check_text(&format!("{proof}sha2 = \"0.11\"\n"), &["`sha2`: write the version"]);
        check_text(&format!("{proof}sha2 = {{ workspace = true, features = [] }}\n"), &[]);
    }
}
