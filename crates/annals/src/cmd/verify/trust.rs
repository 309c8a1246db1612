//! Whom the caller trusts: keys from the command line, logs and witnesses of a policy.

use std::path::Path;

use annals_proof::{Policy, ProofError, SignedCheckpoint, Verifier};

use crate::exit::{Exit, chain};

/// What the caller brought.
pub(super) struct Trust {
    /// The keys of logs.
    pub(super) keys: Vec<Verifier>,
    pub(super) policy: Option<Policy>,
}

/// A checkpoint that enough witnesses have cosigned.
pub(super) struct Cosigned {
    pub(super) signed: SignedCheckpoint,
    /// The witnesses, as the policy calls them.
    pub(super) by: Vec<String>,
}

impl Trust {
    /// From the arguments.
    pub(super) fn new(keys: &[String], policy: Option<&Path>) -> Result<Self, Exit> {
        let mut keys = keys.iter().map(|text| key(text)).collect::<Result<Vec<_>, _>>()?;
        let policy = policy.map(read).transpose()?;
        let logs = policy.iter().flat_map(Policy::logs);
        keys.extend(logs.map(|log| log.verifier.clone()));
        Ok(Self { keys, policy })
    }

    /// Whether the policy, if there is one, is met by the lines under this note. `more` are
    /// further keys of the log.
    pub(super) fn quorum(
        &self,
        note: &str,
        more: &[Verifier],
    ) -> Result<Option<Cosigned>, ProofError> {
        let Some(policy) = &self.policy else { return Ok(None) };
        let keys = [self.keys.as_slice(), more].concat();
        let signed = policy.verify(note, &keys)?;
        let met = policy.witnesses().iter().filter(|it| signed.signed_by.contains(&it.verifier));
        let by = met.map(|witness| witness.name.clone()).collect();
        Ok(Some(Cosigned { signed, by }))
    }
}

fn key(text: &str) -> Result<Verifier, Exit> {
    Verifier::parse(text.trim())
        .map_err(|error| Exit::Usage(format!("--key {text} is not a vkey: {}", chain(&error))))
}

fn read(path: &Path) -> Result<Policy, Exit> {
    let context = || format!("cannot use the policy {}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| Exit::usage(&context(), &error))?;
    Policy::parse(&text).map_err(|error| Exit::usage(&context(), &error))
}
