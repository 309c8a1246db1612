//! A running `annals witness` for black-box tests. Dropping it kills it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use annals_proof::{Verifier, origin_hash};

use super::{ANNALS, Answer, send};

/// A running witness.
pub(crate) struct Witness {
    process: Child,
    pub(crate) address: String,
    pub(crate) key: Verifier,
}

impl Witness {
    /// Starts one that knows `log` and keeps its state in `state`.
    pub(crate) fn start(state: &Path, log: &Verifier) -> Self {
        let mut process = Command::new(ANNALS)
            .args(["witness", "--listen", "127.0.0.1:0", "--log", &log.to_string(), "--state"])
            .arg(state)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut out, mut err) = (String::new(), String::new());
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut out).unwrap();
        BufReader::new(process.stderr.as_mut().unwrap()).read_line(&mut err).unwrap();
        let address = out.trim().strip_prefix("listening on http://").unwrap().to_owned();
        let key = Verifier::parse(err.trim().strip_prefix("witness key: ").unwrap()).unwrap();
        Self { process, address, key }
    }

    /// It as a value of `witness` in the configuration.
    pub(crate) fn configured(&self) -> String {
        format!("{{url = 'http://{}', vkey = '{}'}}", self.address, self.key)
    }

    /// Asks it to cosign.
    pub(crate) fn add(&self, body: &str) -> Answer {
        send(&self.address, "", "POST", "/add-checkpoint", &[], body.as_bytes()).unwrap()
    }

    /// The last checkpoint it cosigned of a log.
    pub(crate) fn last(&self, origin: &str) -> Answer {
        let path = format!("/{}/checkpoint", origin_hash(origin));
        send(&self.address, "", "GET", &path, &[], b"").unwrap()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
