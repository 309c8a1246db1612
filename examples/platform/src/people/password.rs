//! `Password`: a salted hash, for the life of the process. What is kept on a disk would need a
//! slow one.

use sha2::{Digest as _, Sha256};

/// A password that can be compared and not read.
#[derive(Clone)]
pub(super) struct Password {
    salt: String,
    hash: [u8; 32],
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Password {
    pub(super) fn new(text: &str) -> Self {
        let salt = random();
        Self { hash: hash(&salt, text), salt }
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.hash == hash(&self.salt, text)
    }
}

/// 128 bits that nobody can guess, in hex.
pub(crate) fn random() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("an operating system without random numbers is broken");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(salt: &str, text: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(text).finalize().into()
}
