//! No file of the tree knows the machine it was written on.
//!
//! The folders of this machine are taken from where the task runs, so they stand in no list; the
//! hosts of package registries are few and do. Copies of real logs under `testdata/` are left
//! alone, and so are lock files, whose format demands the name of the index.

use super::{Finding, Text};
use crate::repository::Repository;

/// Spelt in two parts, or this file would find itself.
const REGISTRIES: &[&str] = &[
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("proxy.", "golang.org"),
    concat!("deb.", "debian.org"),
    concat!("files.", "pythonhosted.org"),
];

/// The folders of this machine that no file may name.
pub(super) fn places(repository: &Repository) -> Vec<String> {
    let root = repository.root();
    let beside = root.parent().map(|parent| parent.join("shared"));
    let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
    let cargo_home = home.map(|home| home.join(".cargo"));
    let folders = [Some(root.to_owned()), beside, cargo_home];
    folders.into_iter().flatten().map(|folder| folder.display().to_string()).collect()
}

/// Looks for `places` and registry hosts.
pub(super) fn check(texts: &[Text], places: &[String]) -> Vec<Finding> {
    let places = places.iter().map(|place| (place.as_str(), "a folder of this machine"));
    let hosts = REGISTRIES.iter().map(|host| (*host, "a registry host"));
    let wanted: Vec<(&str, &str)> = places.chain(hosts).collect();
    let mut findings = Vec::new();
    for Text { path, text } in texts.iter().filter(|text| !is_left_alone(&text.path)) {
        for (number, line) in text.lines().enumerate() {
            for (word, what) in wanted.iter().filter(|(word, _)| contains_word(line, word)) {
                findings.push(Finding {
                    path: path.clone(),
                    line: number + 1,
                    check: "machine",
                    message: format!("`{word}` is {what}; it means nothing elsewhere"),
                });
            }
        }
    }
    findings
}

fn is_left_alone(path: &str) -> bool {
    path.starts_with("testdata/")
        || path.ends_with("Cargo.lock")
        || path.ends_with("package-lock.json")
}

/// `word` in `line`, not as the beginning of a longer name.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let next = line[at + word.len()..].chars().next();
        !next.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let text = Text { path: path.to_owned(), text: text.to_owned() };
        check(&[text], &["/home/me/annals".to_owned()]).len()
    }

    /// What names this machine is found wherever it hides.
    #[test]
    fn folders_and_hosts_are_found() {
        assert_eq!(found("docs/a.md", "run /home/me/annals/target/x"), 1);
        assert_eq!(found(".npmrc", concat!("registry=https://registry.", "npmjs.org/")), 1);
        assert_eq!(found("docs/a.md", "run target/x in /home/me/annals-data"), 0);
        assert_eq!(found("testdata/sshd/a.log", "open /home/me/annals/x"), 0);
    }
}
