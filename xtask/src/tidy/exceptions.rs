//! The list of findings that may stand: one `check path reason` a line.
//!
//! An exception covers one check in one file. A line that covers nothing is itself a finding, so
//! that the list never outlives its reasons. It cannot excuse its own staleness.

use super::{EXCEPTIONS, Finding};
use anyhow::{Result, ensure};

/// Takes away what `list` excuses and adds what is wrong with `list`.
pub(super) fn apply(list: &str, mut findings: Vec<Finding>) -> Result<Vec<Finding>> {
    let mut stale = Vec::new();
    for (number, line) in list.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut words = line.splitn(3, ' ');
        let (check, path, reason) = (words.next(), words.next(), words.next());
        ensure!(
            reason.is_some_and(|reason| !reason.trim().is_empty()),
            "{EXCEPTIONS}:{}: write `check path reason`",
            number + 1
        );
        let before = findings.len();
        findings
            .retain(|finding| Some(finding.check) != check || Some(finding.path.as_str()) != path);
        if findings.len() == before {
            stale.push(Finding {
                path: EXCEPTIONS.to_owned(),
                line: number + 1,
                check: "exceptions",
                message: format!("`{line}` excuses nothing any more; delete the line"),
            });
        }
    }
    findings.extend(stale);
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: &'static str, path: &str) -> Finding {
        Finding { path: path.to_owned(), line: 3, check, message: "m".to_owned() }
    }

    /// An exception excuses its own check in its own file and nothing else.
    #[test]
    fn excuses_one_check_in_one_file() {
        let list = "# a comment\nfile-length a.rs a table of data\n";
        let found = vec![
            finding("file-length", "a.rs"),
            finding("clock", "a.rs"),
            finding("clock", "b.rs"),
        ];
        let left = apply(list, found.clone()).unwrap();
        assert_eq!(left, found[1..]);
    }

    /// The ratchet turns both ways.
    #[test]
    fn a_stale_or_unreasoned_line_fails() {
        let left = apply("clock a.rs the clock itself\n", Vec::new()).unwrap();
        assert_eq!((left[0].check, left[0].line), ("exceptions", 1));
        assert!(apply("clock a.rs\n", Vec::new()).is_err());
    }
}
