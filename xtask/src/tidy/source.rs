//! One Rust file, read once: what the checks ask about it.
//!
//! Items come from a real parser; paths, calls and macros come from the tokens, so that the insides
//! of macros count too, and words in strings and comments do not. Lines of test code are known and
//! left out. What the code means is not known here.

use anyhow::Result;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use std::ops::RangeInclusive;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A parsed file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    /// Starts with `//!`.
    pub(super) has_module_doc: bool,
    /// All of it is test code: a file or folder `tests`.
    pub(super) is_test: bool,
    pub(super) functions: Vec<Function>,
    /// Every path in product code: `use` trees are flattened, a method call `.x()` is `.x`, a
    /// macro call is `x!`.
    pub(super) mentions: Vec<Mention>,
    /// What `use` brings into this module, under the name it has there; `*` for a glob.
    pub(super) imports: Vec<(String, Vec<String>)>,
    /// Modules declared here that have a file of their own, with the line.
    pub(super) declared: Vec<String>,
    lines: Vec<String>,
    test_lines: Vec<RangeInclusive<usize>>,
}

/// A function with a body.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    /// From signature to closing brace.
    pub(super) lines: usize,
}

/// A path somewhere in the code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

impl Source {
    /// Parses a file; `path` is from the top of the repository.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        let file = syn::parse_file(text)?;
        let mut items = Items::default();
        items.visit_file(&file);
        let mut mentions = Vec::new();
        mention_tokens(text.parse().map_err(syn::Error::from)?, &mut mentions);
        let in_tests = |line: usize| {
            items.test_lines.iter().any(|lines: &RangeInclusive<usize>| lines.contains(&line))
        };
        mentions.retain(|mention| !in_tests(mention.line));
        Ok(Self {
            path: path.to_owned(),
            has_module_doc: file.attrs.iter().any(|attribute| attribute.path().is_ident("doc")),
            is_test: path.split('/').any(|part| part == "tests" || part == "tests.rs"),
            functions: items.functions,
            mentions,
            imports: items.imports,
            declared: items.declared,
            lines: text.lines().map(str::to_owned).collect(),
            test_lines: items.test_lines,
        })
    }

    /// The lines that are not test code, numbered from 1.
    pub(super) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.lines.iter().enumerate().map(|(number, line)| (number + 1, line.as_str()));
        lines.filter(|(number, _)| {
            !self.is_test && !self.test_lines.iter().any(|range| range.contains(number))
        })
    }
}

/// Collects what syn knows: functions, imports, declared modules, where tests stand.
#[derive(Default)]
struct Items {
    functions: Vec<Function>,
    imports: Vec<(String, Vec<String>)>,
    declared: Vec<String>,
    test_lines: Vec<RangeInclusive<usize>>,
    /// Inline modules around the present item: their imports are not the file's.
    inline_depth: usize,
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_test(item_attributes(item)) {
            self.test_lines.push(lines_of(item.span()));
            if let syn::Item::Mod(module) = item {
                self.declare(module);
            }
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.declare(module);
        self.inline_depth += 1;
        visit::visit_item_mod(self, module);
        self.inline_depth -= 1;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if self.inline_depth == 0 {
            flatten(&item.tree, &mut Vec::new(), &mut self.imports);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if is_test(&function.attrs) {
            self.test_lines.push(lines_of(function.span()));
            return;
        }
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

impl Items {
    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let line = signature.span().start().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            lines: body.span().end().line - line + 1,
        });
    }

    fn declare(&mut self, module: &syn::ItemMod) {
        if module.content.is_none() && self.inline_depth == 0 {
            self.declared.push(module.ident.to_string());
        }
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`; not `cfg(any(test, …))`, which also ships.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let named_test = |path: &syn::Path| path.segments.last().is_some_and(|s| s.ident == "test");
        if attribute.path().is_ident("cfg") {
            return attribute.parse_args::<syn::Path>().is_ok_and(|path| named_test(&path));
        }
        named_test(attribute.path())
    })
}

fn item_attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn lines_of(span: Span) -> RangeInclusive<usize> {
    span.start().line..=span.end().line
}

fn flatten(tree: &syn::UseTree, prefix: &mut Vec<String>, out: &mut Vec<(String, Vec<String>)>) {
    let mut leaf = |name: String, last: String| {
        let mut path = prefix.clone();
        if last != "self" {
            path.push(last);
        }
        let name = if name == "self" { path.last().cloned().unwrap_or(name) } else { name };
        out.push((name, path));
    };
    match tree {
        syn::UseTree::Name(name) => leaf(name.ident.to_string(), name.ident.to_string()),
        syn::UseTree::Rename(name) => leaf(name.rename.to_string(), name.ident.to_string()),
        syn::UseTree::Glob(_) => out.push(("*".to_owned(), prefix.clone())),
        syn::UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, out);
            prefix.pop();
        }
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix, out);
            }
        }
    }
}

fn mention_tokens(stream: TokenStream, out: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => {
                mention_tokens(group.stream(), out);
                at += 1;
            }
            TokenTree::Ident(_) => at = mention_path(&tokens, at, Vec::new(), out),
            TokenTree::Punct(dot) if dot.as_char() == '.' => {
                at += 1;
                if let (Some(TokenTree::Ident(method)), Some(TokenTree::Group(arguments))) =
                    (tokens.get(at), tokens.get(at + 1))
                    && arguments.delimiter() == Delimiter::Parenthesis
                {
                    let line = method.span().start().line;
                    out.push(Mention { path: vec![format!(".{method}")], line });
                    at += 1;
                }
            }
            _ => at += 1,
        }
    }
}

/// Reads one path, or a whole `use` tree, from the identifier at `at`. Answers where it ends.
fn mention_path(
    tokens: &[TokenTree],
    mut at: usize,
    mut path: Vec<String>,
    out: &mut Vec<Mention>,
) -> usize {
    let line = tokens[at].span().start().line;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        path.push(ident.to_string());
        at += 1;
        if is_punct(tokens.get(at), '!') && matches!(tokens.get(at + 1), Some(TokenTree::Group(_)))
        {
            if let Some(last) = path.last_mut() {
                last.push('!');
            }
            break;
        }
        if !(is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')) {
            break;
        }
        at += 2;
        if let Some(TokenTree::Group(group)) = tokens.get(at) {
            let branches: Vec<TokenTree> = group.stream().into_iter().collect();
            for branch in branches.split(|token| is_punct(Some(token), ',')) {
                if let Some(TokenTree::Ident(_)) = branch.first() {
                    mention_path(branch, 0, path.clone(), out);
                }
            }
            return at + 1;
        }
    }
    out.push(Mention { path, line });
    at
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(text: &str) -> Vec<String> {
        let source = Source::parse("crates/x/src/a.rs", text).unwrap();
        source.mentions.iter().map(|mention| mention.path.join("::")).collect()
    }

    /// All later checks see the code through these paths.
    #[test]
    fn paths_are_read_from_use_trees_macros_and_calls() {
        let text =
            "use std::{fs::{self, File}, io};\nfn a() { log!(b::c(), \"std::env\"); x.go() }";
        let all = mentions(text);
        for wanted in ["std::fs::self", "std::fs::File", "std::io", "b::c", "log!", ".go"] {
            assert!(all.contains(&wanted.to_owned()), "{wanted} is not in {all:?}");
        }
        assert!(!all.iter().any(|path| path.contains("env")), "a string is not code");
    }

    /// Rules for product code must not reach into tests, nor miss what stands behind them.
    #[test]
    fn test_code_is_left_out() {
        let text =
            "//! A.\nfn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { c.d() }\n}\nfn e() {}\n";
        let source = Source::parse("crates/x/src/a.rs", text).unwrap();
        assert!(source.has_module_doc);
        assert!(!source.mentions.iter().any(|mention| mention.path == [".d"]));
        let names: Vec<&str> = source.functions.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["a", "e"]);
        assert_eq!(source.product_lines().map(|(number, _)| number).collect::<Vec<_>>(), [1, 2, 7]);
        assert!(Source::parse("crates/x/tests/a.rs", text).unwrap().is_test);
    }
}
