//! JavaScript lock files name no host: whoever installs chooses the registry.
//!
//! npm writes the address each package came from unless it is told not to
//! (`omit-lockfile-registry-resolved`); such an address works on one network only. The hashes stay.

use super::{Finding, Text};

/// Checks every `package-lock.json`.
pub(super) fn check(texts: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Text { path, text } in texts.iter().filter(|text| is_lockfile(&text.path)) {
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("\"resolved\": \"http") {
                findings.push(Finding {
                    path: path.clone(),
                    line: number + 1,
                    check: "lockfile",
                    message: "names a host; lock again with `omit-lockfile-registry-resolved`"
                        .to_owned(),
                });
            }
        }
    }
    findings
}

fn is_lockfile(path: &str) -> bool {
    path.rsplit('/').next() == Some("package-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lock file with addresses installs nowhere else.
    #[test]
    fn a_resolved_host_is_found() {
        let lock = |line: &str| {
            let path = "console/package-lock.json".to_owned();
            check(&[Text { path, text: format!("{{\n      {line}\n}}") }]).len()
        };
        assert_eq!(lock("\"resolved\": \"https://host.example/react.tgz\","), 1);
        assert_eq!(lock("\"resolved\": \"packages/own\","), 0);
        assert_eq!(lock("\"integrity\": \"sha512-AAAA\""), 0);
    }
}
