//! Lengths of files, functions and lines, and the module doc at the top of each file.
//!
//! Test code counts for none of the lengths: a table of cases may be as long as it must. A file
//! that is too long usually holds two nouns; a function that needs headings is several functions.

use super::Finding;
use super::source::Source;

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARS_MAX: usize = 100;

/// Checks every file.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().flat_map(check_file).collect()
}

fn check_file(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |check, line, message| {
        findings.push(Finding { path: source.path.clone(), line, check, message });
    };
    if !source.has_module_doc {
        let message = "say at the top (`//!`) what this file is for, what always holds, what not";
        found("module-doc", 1, message.to_owned());
    }
    let lines = source.product_lines().count();
    if lines > FILE_LINES_MAX {
        let message =
            format!("{lines} lines without tests; {FILE_LINES_MAX} at most, split by noun");
        found("file-length", 0, message);
    }
    for (number, line) in source.product_lines() {
        let chars = line.chars().count();
        if chars > LINE_CHARS_MAX {
            found("line-length", number, format!("{chars} characters; {LINE_CHARS_MAX} at most"));
        }
    }
    for function in source.functions.iter().filter(|_| !source.is_test) {
        if function.lines > FUNCTION_LINES_MAX {
            let message = format!(
                "`{}` has {} lines; {FUNCTION_LINES_MAX} at most, make each heading a function",
                function.name, function.lines
            );
            found("function-length", function.line, message);
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(path: &str, text: &str, expected: &[(&str, usize)]) {
        let source = Source::parse(path, text).unwrap();
        let found: Vec<(&str, usize)> =
            check_file(&source).iter().map(|finding| (finding.check, finding.line)).collect();
        assert_eq!(found, expected);
    }

    /// Each limit at its edge: the last legal length passes, one more fails.
    #[test]
    fn limits_hold_at_their_edges() {
        let file = "crates/x/src/a.rs";
        let with_doc = |body: &str| format!("//! A.\n{body}");
        check_text(file, "//! A.\nfn a() {}\n", &[]);
        check_text(file, "fn a() {}\n", &[("module-doc", 1)]);
        check_text(file, &with_doc(&"\n".repeat(399)), &[]);
        check_text(file, &with_doc(&"\n".repeat(400)), &[("file-length", 0)]);
        let function = |lines: usize| with_doc(&format!("fn a() {{{}}}\n", "\n".repeat(lines - 1)));
        check_text(file, &function(70), &[]);
        check_text(file, &function(71), &[("function-length", 2)]);
        check_text(file, &with_doc(&format!("// {}\n", "é".repeat(97))), &[]);
        check_text(file, &with_doc(&format!("// {}\n", "é".repeat(98))), &[("line-length", 2)]);
    }

    /// Tests may be long, but say what they are for.
    #[test]
    fn test_code_may_be_long() {
        let body = "\n".repeat(500);
        let file = "crates/x/src/a.rs";
        check_text(file, &format!("//! A.\n#[cfg(test)]\nmod tests {{{body}}}\n"), &[]);
        check_text("crates/x/tests/a.rs", &format!("//! A.\nfn a() {{{body}}}\n"), &[]);
        check_text("crates/x/tests/b.rs", &format!("fn a() {{{body}}}\n"), &[("module-doc", 1)]);
    }
}
