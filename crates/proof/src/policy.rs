//! Policies: which logs an auditor accepts, and whose cosignatures a checkpoint must carry
//! (c2sp.org/tlog-policy).
//!
//! A policy that was parsed holds together: every member is defined before it is used and used
//! at most once, so no witness counts twice and no group contains itself. Witnesses' names mean
//! something only within the file. ML-DSA-44 witnesses may be listed and never count.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::checkpoint::SignedCheckpoint;
use crate::decimal::parse_decimal;
use crate::error::ProofError;
use crate::verifier::{KeyType, Verifier};

/// The quorum that asks for no cosignature; no witness or group may have this name.
const NO_QUORUM: &str = "none";

/// Whom an auditor trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    quorum: Option<Member>,
}

/// A log that a policy accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key; the key's name is the log's origin.
    pub verifier: Verifier,
    /// Where it can be reached, if the policy says so.
    pub url: Option<String>,
}

/// A witness that a policy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name within the policy.
    pub name: String,
    /// Its key.
    pub verifier: Verifier,
    /// Where checkpoints are submitted to it, if the policy says so.
    pub url: Option<String>,
}

/// Some witnesses and groups, of which `threshold` must have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    name: String,
    threshold: usize,
    members: Vec<Member>,
}

/// A place in `witnesses` or `groups`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Member {
    Witness(usize),
    Group(usize),
}

impl Policy {
    /// Parses a policy file.
    ///
    /// # Errors
    /// [`ProofError::Policy`] or [`ProofError::PolicyKey`] with the number of the line.
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        let mut parser = Parser::default();
        for (number, line) in text.split('\n').enumerate() {
            let fault = |reason| ProofError::Policy { line: number + 1, reason };
            if line.contains(|c: char| c.is_ascii_control() && c != '\t') {
                return Err(fault("control character other than tab and newline"));
            }
            let items: Vec<&str> =
                line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
            parser.line(&items).map_err(|fault_of_line| match fault_of_line {
                LineFault::Form(reason) => fault(reason),
                LineFault::Key(source) => {
                    ProofError::PolicyKey { line: number + 1, source: Box::new(source) }
                }
            })?;
        }
        match parser.quorum {
            Some(quorum) => Ok(Self { quorum, ..parser.policy }),
            None => Err(ProofError::Policy { line: 0, reason: "no line quorum <name>|none" }),
        }
    }

    /// The logs, in the order of the file.
    #[must_use]
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    #[must_use]
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Checks that a log of the policy, or one of `keys` known from elsewhere, signed the
    /// checkpoint, and that enough witnesses cosigned it.
    ///
    /// # Errors
    /// Those of [`SignedCheckpoint::verify`], where the policy's keys count as known;
    /// [`ProofError::QuorumNotMet`].
    pub fn verify(&self, note: &str, keys: &[Verifier]) -> Result<SignedCheckpoint, ProofError> {
        let logs = self.logs.iter().map(|log| &log.verifier);
        let witnesses = self.witnesses.iter().map(|witness| &witness.verifier);
        let known: Vec<Verifier> = logs.chain(witnesses).chain(keys).cloned().collect();
        let signed = SignedCheckpoint::verify(note, &known)?;
        match self.is_quorum(&signed.signed_by) {
            true => Ok(signed),
            false => Err(self.not_met(&signed.signed_by)),
        }
    }

    /// Whether cosignatures by these keys, verified before, are enough.
    #[must_use]
    pub fn is_quorum(&self, signed_by: &[Verifier]) -> bool {
        let cosigned = |witness: usize| signed_by.contains(&self.witnesses[witness].verifier);
        // Groups stand after their members, so one walk decides them all.
        let mut met = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let count = group.members.iter().filter(|member| match **member {
                Member::Witness(witness) => cosigned(witness),
                Member::Group(group) => met[group],
            });
            met.push(count.count() >= group.threshold);
        }
        match self.quorum {
            None => true,
            Some(Member::Witness(witness)) => cosigned(witness),
            Some(Member::Group(group)) => met[group],
        }
    }

    fn not_met(&self, signed_by: &[Verifier]) -> ProofError {
        let cosigned = self.witnesses.iter().filter(|it| signed_by.contains(&it.verifier));
        ProofError::QuorumNotMet {
            quorum: self.quorum_name().into(),
            cosigned: cosigned.map(|witness| witness.name.clone()).collect(),
        }
    }

    fn quorum_name(&self) -> &str {
        self.quorum.map_or(NO_QUORUM, |member| self.member_name(member))
    }

    fn member_name(&self, member: Member) -> &str {
        match member {
            Member::Witness(witness) => &self.witnesses[witness].name,
            Member::Group(group) => &self.groups[group].name,
        }
    }
}

/// The policy file, without comments: logs, witnesses, groups, quorum.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with_url = |url: &Option<String>| match url {
            Some(url) => format!(" {url}"),
            None => String::new(),
        };
        for log in &self.logs {
            writeln!(f, "log {}{}", log.verifier, with_url(&log.url))?;
        }
        for witness in &self.witnesses {
            let url = with_url(&witness.url);
            writeln!(f, "witness {} {}{url}", witness.name, witness.verifier)?;
        }
        for group in &self.groups {
            write!(f, "group {} ", group.name)?;
            match group.threshold {
                all if all == group.members.len() => f.write_str("all")?,
                1 => f.write_str("any")?,
                k => write!(f, "{k}")?,
            }
            for member in &group.members {
                write!(f, " {}", self.member_name(*member))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "quorum {}", self.quorum_name())
    }
}

/// What is wrong with a line.
enum LineFault {
    Form(&'static str),
    Key(ProofError),
}

impl From<&'static str> for LineFault {
    fn from(reason: &'static str) -> Self {
        Self::Form(reason)
    }
}

impl Default for Policy {
    /// Accepts no log and asks for no cosignature.
    fn default() -> Self {
        Self { logs: Vec::new(), witnesses: Vec::new(), groups: Vec::new(), quorum: None }
    }
}

/// The policy so far, and what keeps it unambiguous.
#[derive(Default)]
struct Parser {
    policy: Policy,
    /// `None` until the quorum line; then what stands in it.
    quorum: Option<Option<Member>>,
    names: HashMap<String, Member>,
    grouped: HashSet<Member>,
    log_keys: HashSet<Vec<u8>>,
    witness_keys: HashSet<Vec<u8>>,
}

impl Parser {
    fn line(&mut self, items: &[&str]) -> Result<(), LineFault> {
        match *items {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", vkey] => self.log(vkey, None),
            ["log", vkey, url] => self.log(vkey, Some(url)),
            ["witness", name, vkey] => self.witness(name, vkey, None),
            ["witness", name, vkey, url] => self.witness(name, vkey, Some(url)),
            ["group", name, threshold, ref members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            ["log", ..] => Err("write log <vkey> [<url>]".into()),
            ["witness", ..] => Err("write witness <name> <vkey> [<url>]".into()),
            ["group", ..] => Err("write group <name> all|any|<k> <member>...".into()),
            ["quorum", ..] => Err("write quorum <name>|none".into()),
            _ => Err("a line starts with log, witness, group, quorum or #".into()),
        }
    }

    fn log(&mut self, vkey: &str, url: Option<&str>) -> Result<(), LineFault> {
        let verifier = Verifier::parse(vkey).map_err(LineFault::Key)?;
        if verifier.key_type() != KeyType::Ed25519 {
            return Err("a log's key has type 0x01; this is a witness's".into());
        }
        if !self.log_keys.insert(verifier.public_key().into()) {
            return Err("another log has this public key".into());
        }
        self.policy.logs.push(PolicyLog { verifier, url: url.map(Into::into) });
        Ok(())
    }

    fn witness(&mut self, name: &str, vkey: &str, url: Option<&str>) -> Result<(), LineFault> {
        let verifier = Verifier::parse(vkey).map_err(LineFault::Key)?;
        if verifier.key_type() == KeyType::Ed25519 {
            return Err("a witness's key has type 0x04 or 0x06; this is a log's".into());
        }
        if !self.witness_keys.insert(verifier.public_key().into()) {
            return Err("another witness has this public key".into());
        }
        self.define(name, Member::Witness(self.policy.witnesses.len()))?;
        let (name, url) = (name.into(), url.map(Into::into));
        self.policy.witnesses.push(PolicyWitness { name, verifier, url });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, names: &[&str]) -> Result<(), LineFault> {
        let mut members = Vec::with_capacity(names.len());
        for name in names {
            let member = *self.names.get(*name).ok_or("a member is not defined above")?;
            if !self.grouped.insert(member) {
                return Err("a member is in a group already".into());
            }
            members.push(member);
        }
        let threshold = match threshold {
            "all" => members.len(),
            "any" => 1,
            digits => parse_decimal(digits)
                .and_then(|k| k.try_into().ok())
                .ok_or("the threshold is all, any or a decimal number")?,
        };
        if !(1..=members.len()).contains(&threshold) {
            return Err("the threshold is from 1 to the number of members".into());
        }
        self.define(name, Member::Group(self.policy.groups.len()))?;
        self.policy.groups.push(Group { name: name.into(), threshold, members });
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), LineFault> {
        if self.quorum.is_some() {
            return Err("there is a quorum line already".into());
        }
        self.quorum = Some(match name {
            NO_QUORUM => None,
            name => Some(*self.names.get(name).ok_or("the quorum is not defined above")?),
        });
        Ok(())
    }

    fn define(&mut self, name: &str, member: Member) -> Result<(), LineFault> {
        if name == NO_QUORUM {
            return Err("the name none means no quorum".into());
        }
        match self.names.insert(name.into(), member) {
            Some(_) => Err("the name is defined already".into()),
            None => Ok(()),
        }
    }
}
