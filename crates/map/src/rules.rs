//! A table of rules: program, start of the message, pattern -> what to do. Compiled once.
//!
//! The program name is looked up first and the start of the message compared before any regular
//! expression runs, so that lines of other programs cost one hash look-up. The first rule that
//! fits wins. The table knows nothing of what is done with a match.

use std::collections::HashMap;

use regex::{Captures, Regex};

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Rule<H> {
    /// The programs whose messages it looks at.
    pub programs: &'static [&'static str],
    /// How the message must begin.
    pub starts: &'static str,
    /// What the whole message must match (a regular expression); empty: anything.
    pub pattern: &'static str,
    /// What to do with it.
    pub action: H,
}

/// Rules made ready for matching.
pub struct Rules<H> {
    programs: HashMap<&'static str, Vec<usize>>,
    rules: Vec<(Rule<H>, Regex)>,
}

/// What a look-up gave.
pub enum Found<'r, 'm, H> {
    /// No rule is about this program.
    OtherProgram,
    /// The program is ours, the message is not known.
    NoRule,
    /// The first rule that fits.
    Rule(&'r H, Captures<'m>),
}

impl<H: Copy> Rules<H> {
    /// Compiles a table.
    ///
    /// # Errors
    /// A pattern that is no regular expression.
    pub fn compile(table: &[Rule<H>]) -> Result<Self, regex::Error> {
        let mut programs: HashMap<_, Vec<usize>> = HashMap::new();
        let mut rules = Vec::with_capacity(table.len());
        for rule in table {
            for program in rule.programs {
                programs.entry(*program).or_default().push(rules.len());
            }
            rules.push((*rule, Regex::new(rule.pattern)?));
        }
        Ok(Self { programs, rules })
    }

    /// Looks a message up.
    pub fn find<'m>(&self, program: &str, message: &'m str) -> Found<'_, 'm, H> {
        let Some(of_program) = self.programs.get(program) else {
            return Found::OtherProgram;
        };
        for &index in of_program {
            let (rule, pattern) = &self.rules[index];
            if !message.starts_with(rule.starts) {
                continue;
            }
            if let Some(captures) = pattern.captures(message) {
                return Found::Rule(&rule.action, captures);
            }
        }
        Found::NoRule
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(program: &str, message: &str, expected: Option<Option<(u8, &str)>>) {
        const TABLE: &[Rule<u8>] = &[
            Rule { programs: &["a", "b"], starts: "go ", pattern: "^go (\\d+)$", action: 1 },
            Rule { programs: &["a"], starts: "go ", pattern: "^go (.*)$", action: 2 },
        ];
        let rules = Rules::compile(TABLE).unwrap();
        let found = match rules.find(program, message) {
            Found::OtherProgram => None,
            Found::NoRule => Some(None),
            Found::Rule(action, captures) => {
                Some(Some((*action, captures.get(1).map_or("", |m| m.as_str()))))
            }
        };
        assert_eq!(found, expected, "{program}: {message}");
    }

    /// The order of the table decides, and only within the program.
    #[test]
    fn first_fitting_rule_wins() {
        check("a", "go 12", Some(Some((1, "12"))));
        check("a", "go far", Some(Some((2, "far"))));
        check("b", "go far", Some(None));
        check("a", "stay", Some(None));
        check("c", "go 12", None);
    }
}
