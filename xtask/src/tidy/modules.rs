//! Circles between the modules of a crate, and files that no module declares.
//!
//! A file and its folder are one room. Neighbouring rooms must not need each other in a circle,
//! at every level of the tree; what a room and the house around it say to each other is their own
//! affair. A name taken from a re-export counts as taken from the module that defines it.

use super::Finding;
use super::source::Source;
use std::collections::{BTreeMap, BTreeSet};

/// Re-exports of re-exports are followed this far.
const REEXPORTS_MAX: usize = 8;

type Path = Vec<String>;

/// Checks each crate root (`main.rs` or `lib.rs`) with what lies beside and below it.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let is_root = |source: &&Source| {
        let file = source.path.rsplit('/').next();
        matches!(file, Some("main.rs" | "lib.rs")) && !source.is_test
    };
    let mut findings = Vec::new();
    for root in sources.iter().filter(is_root) {
        let folder = root.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let tree = ModuleTree::new(folder, sources);
        findings.extend(tree.circles());
        findings.extend(tree.dead_files());
    }
    findings
}

struct ModuleTree<'a> {
    modules: BTreeMap<Path, &'a Source>,
}

impl<'a> ModuleTree<'a> {
    fn new(folder: &str, sources: &'a [Source]) -> Self {
        let modules = sources.iter().filter_map(|source| {
            let rest = source.path.strip_prefix(folder)?.strip_prefix('/')?;
            let stem = rest.strip_suffix(".rs")?;
            let mut path: Path = stem.split('/').map(str::to_owned).collect();
            if path.first().is_some_and(|first| first == "bin") {
                return None;
            }
            if path.last().is_some_and(|last| last == "mod")
                || (path.len() == 1 && matches!(stem, "lib" | "main"))
            {
                path.pop();
            }
            Some((path, source))
        });
        Self { modules: modules.collect() }
    }

    fn circles(&self) -> Vec<Finding> {
        let mut levels: BTreeMap<Path, BTreeMap<&String, BTreeSet<&String>>> = BTreeMap::new();
        for (from, to) in self.edges() {
            let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            // One of the two is around the other: not neighbours.
            let (Some(a), Some(b)) = (from.get(shared), to.get(shared)) else { continue };
            levels.entry(from[..shared].to_vec()).or_default().entry(a).or_default().insert(b);
        }
        let mut findings = Vec::new();
        for (around, graph) in &levels {
            for circle in circles_of(graph) {
                let mut first = around.clone();
                first.extend(circle.first().map(|name| (*name).clone()));
                let source = self.modules.get(&first);
                findings.push(Finding {
                    path: source.map_or_else(|| first.join("/"), |source| source.path.clone()),
                    line: 0,
                    check: "circles",
                    message: format!("modules need each other: {}", arrows(&circle)),
                });
            }
        }
        findings
    }

    /// Which module names something of which other module.
    fn edges(&self) -> impl Iterator<Item = (&Path, &Path)> {
        let product = self.modules.iter().filter(|(_, source)| !source.is_test);
        product.flat_map(move |(from, source)| {
            let mentions = source.mentions.iter();
            mentions.filter_map(move |mention| {
                let to = self.resolve(from, &mention.path, REEXPORTS_MAX)?;
                let (to, _) = self.modules.get_key_value(&to)?;
                (to != from).then_some((from, to))
            })
        })
    }

    /// The module of this crate that defines what `path` means inside module `from`.
    fn resolve(&self, from: &Path, path: &[String], depth: usize) -> Option<Path> {
        let mut at = from.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                at.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    at.pop()?;
                    rest = &rest[1..];
                }
            }
            first => {
                at.push(first.to_owned());
                if !self.modules.contains_key(&at) {
                    return None;
                }
                rest = &path[1..];
            }
        }
        for (position, name) in rest.iter().enumerate() {
            at.push(name.clone());
            if self.modules.contains_key(&at) {
                continue;
            }
            at.pop();
            let beyond = &rest[position + 1..];
            return Some(self.reexport(&at, name, beyond, depth).unwrap_or(at));
        }
        Some(at)
    }

    /// Where `name` comes from, if module `at` only passes it on.
    fn reexport(&self, at: &Path, name: &str, beyond: &[String], depth: usize) -> Option<Path> {
        let depth = depth.checked_sub(1)?;
        let (_, target) = self.modules[at].imports.iter().find(|(local, _)| local == name)?;
        let target: Path = target.iter().chain(beyond).cloned().collect();
        self.resolve(at, &target, depth)
    }

    /// Files beside the root that no `mod` line brings in: nobody compiles them.
    fn dead_files(&self) -> impl Iterator<Item = Finding> {
        self.modules.iter().filter_map(|(path, source)| {
            let (name, around) = path.split_last()?;
            let parent = self.modules.get(around);
            let declared = parent.is_some_and(|parent| parent.declared.contains(name));
            (!declared).then(|| Finding {
                path: source.path.clone(),
                line: 0,
                check: "dead-file",
                message: format!("no `mod {name};` brings this file in; delete it or declare it"),
            })
        })
    }
}

fn arrows(circle: &[&String]) -> String {
    let names = circle.iter().chain(circle.first()).map(|name| name.as_str());
    names.collect::<Vec<_>>().join(" -> ")
}

/// One circle for each module that is in one and not yet reported, the shortest through it.
fn circles_of<'a>(graph: &BTreeMap<&'a String, BTreeSet<&'a String>>) -> Vec<Vec<&'a String>> {
    let mut reported: BTreeSet<&String> = BTreeSet::new();
    let mut circles = Vec::new();
    for start in graph.keys() {
        if reported.contains(start) {
            continue;
        }
        if let Some(circle) = shortest_circle(graph, start) {
            reported.extend(&circle);
            circles.push(circle);
        }
    }
    circles
}

/// Breadth first from `start` until an edge leads back to it.
fn shortest_circle<'a>(
    graph: &BTreeMap<&'a String, BTreeSet<&'a String>>,
    start: &'a String,
) -> Option<Vec<&'a String>> {
    let mut seen = BTreeSet::from([start]);
    let mut ways = vec![vec![start]];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in way.last().and_then(|last| graph.get(last)).into_iter().flatten() {
                if *next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    longer.push(way.iter().copied().chain([*next]).collect());
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_files(files: &[(&str, &str)], expected: &[(&str, &str)]) {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source::parse(&format!("crates/x/src/{path}"), text).unwrap())
            .collect();
        let found = check(&sources);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (finding, (check, part)) in found.iter().zip(expected) {
            assert_eq!(finding.check, *check);
            assert!(finding.message.contains(part), "{} does not contain {part}", finding.message);
        }
    }

    /// A circle is found however its edges are written.
    #[test]
    fn circles() {
        let lib = ("lib.rs", "mod a; mod b; mod c; pub use a::A; pub use c::C;");
        let a = ("a.rs", "use crate::b::B; struct A;");
        let straight = ("b.rs", "use super::c::C; struct B;");
        let c = ("c.rs", "struct C;");
        check_files(&[lib, a, straight, c], &[]);
        for back in
            ["use crate::a::A;", "use crate::A;", "fn b() { super::a::go() }", "use super::A;"]
        {
            check_files(&[lib, a, ("b.rs", back), c], &[("circles", "a -> b -> a")]);
        }
        let around = ("c.rs", "fn c() { vec![crate::a::new()] }");
        check_files(&[lib, a, straight, around], &[("circles", "a -> b -> c -> a")]);
        let in_tests = ("b.rs", "#[cfg(test)] mod tests { use crate::a::A; }");
        check_files(&[lib, a, in_tests, c], &[]);
    }

    /// A folder belongs to its file: they may name each other, its inner rooms may not circle.
    #[test]
    fn a_folder_is_one_room() {
        let lib = ("lib.rs", "mod disk; mod log;");
        let disk = ("disk.rs", "mod real; mod faulty; pub use real::Real; trait Disk {}");
        let real = ("disk/real.rs", "use super::Disk; struct Real;");
        let faulty = ("disk/faulty.rs", "use super::Disk;");
        let log = ("log.rs", "use crate::disk::Real;");
        check_files(&[lib, disk, real, faulty, log], &[]);
        let circle = ("disk/faulty.rs", "use super::Real;");
        let back = ("disk/real.rs", "use crate::disk::faulty::F; struct Real;");
        check_files(&[lib, disk, back, circle, log], &[("circles", "faulty -> real -> faulty")]);
        let out = ("disk/real.rs", "use crate::log::Log; struct Real;");
        check_files(&[lib, disk, out, faulty, log], &[("circles", "disk -> log -> disk")]);
    }

    /// A file nobody declares looks alive to a reader and is not.
    #[test]
    fn dead_files() {
        check_files(&[("lib.rs", "mod a;"), ("a.rs", "")], &[]);
        check_files(&[("lib.rs", ""), ("a.rs", "")], &[("dead-file", "mod a;")]);
        check_files(&[("lib.rs", "#[cfg(test)] mod tests;"), ("tests.rs", "")], &[]);
    }
}
