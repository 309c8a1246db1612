//! Time-based one-time codes (RFC 6238) and the recovery codes that stand in for them.
//!
//! A code counts once: whoever asks says which step was used last, and only later ones are good.
//! Recovery codes are drawn at random and long enough that a plain hash keeps them.

use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp, TotpError};

/// Bytes of a secret, as RFC 4226 advises.
pub(crate) const SECRET_BYTES: usize = 20;
/// Recovery codes of one account.
const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: 80 bits.
const RECOVERY_BYTES: usize = 10;
/// Characters between two dashes of a recovery code.
const GROUP_CHARS: usize = 4;
const ISSUER: &str = "Annals";

/// One account's second factor.
pub(crate) struct SecondFactor(Totp);

impl SecondFactor {
    /// With a kept secret.
    pub(crate) fn new(secret: &[u8], account: &str) -> Result<Self, TotpError> {
        // The address of the secret has a colon between issuer and account.
        let account = account.replace(':', "_");
        Builder::new()
            .with_secret(secret)
            .with_issuer(Some(ISSUER))
            .with_account_name(account)
            .build()
            .map(Self)
    }

    /// The secret in base32, for typing it.
    pub(crate) fn secret(&self) -> String {
        self.0.secret().to_base32()
    }

    /// The `otpauth` address, for a QR code.
    pub(crate) fn uri(&self) -> Result<String, TotpError> {
        self.0.to_url()
    }

    /// The step that `code` belongs to, if it is good at `now` and was not used up to `last`.
    pub(crate) fn step(&self, code: &str, now_seconds: u64, last: u64) -> Option<u64> {
        self.0.check(code, now_seconds).filter(|step| *step > last)
    }
}

/// A new secret.
pub(crate) fn secret() -> Result<[u8; SECRET_BYTES], getrandom::Error> {
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}

/// New recovery codes, as they are shown once.
pub(crate) fn recovery_codes() -> Result<Vec<String>, getrandom::Error> {
    let code = |_| {
        let mut bytes = [0; RECOVERY_BYTES];
        getrandom::fill(&mut bytes)?;
        let text = Secret::new(bytes.into()).to_base32().to_lowercase();
        let groups: Vec<&str> = (0..text.len().div_ceil(GROUP_CHARS))
            .map(|group| &text[group * GROUP_CHARS..text.len().min((group + 1) * GROUP_CHARS)])
            .collect();
        Ok(groups.join("-"))
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// What is kept of a recovery code. Case, blanks and dashes do not matter to people.
pub(crate) fn recovery_hash(code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
        .collect();
    Sha256::digest(plain).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The vectors of RFC 6238, appendix B, in six digits, and each code counts once.
    #[test]
    fn codes_are_the_standards_and_count_once() {
        let factor = SecondFactor::new(b"12345678901234567890", "zhang3").expect("a secret");
        let check = |code: &str, now: u64, last: u64, expected: Option<u64>| {
            assert_eq!(factor.step(code, now, last), expected, "{code} at {now} after {last}");
        };
        check("287082", 59, 0, Some(1));
        check("081804", 1_111_111_109, 0, Some(37_037_036));
        check("005924", 1_234_567_890, 0, Some(41_152_263));
        check("287082", 59, 1, None);
        check("287082", 89, 0, Some(1));
        check("287082", 120, 0, None);
        check("+87082", 59, 0, None);
        check("", 59, 0, None);
        let uri = factor.uri().expect("an address");
        assert!(uri.starts_with("otpauth://totp/Annals:zhang3?"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
    }

    #[test]
    fn recovery_codes_are_typed_by_people() {
        let codes = recovery_codes().expect("random");
        assert_eq!(codes.len(), RECOVERY_CODES);
        let code = &codes[0];
        assert_eq!(code.len(), 19, "{code}");
        let typed = code.to_uppercase().replace('-', " ");
        assert_eq!(recovery_hash(&typed), recovery_hash(code));
        assert_ne!(recovery_hash(&codes[1]), recovery_hash(code));
    }
}
