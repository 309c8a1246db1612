//! Passwords: what a new one must be, and how one is kept and compared.
//!
//! argon2id with the parameters of OWASP's cheat sheet. Hashing takes memory and time on purpose,
//! so few run at once, on threads for what blocks, and few wait; beyond that the caller is told
//! to come again. An unknown user costs the same work as a known one: without a kept hash the
//! password is held against one that no password has. Nothing here logs or stores.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

/// Fewest characters of a password that somebody chooses.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Most characters of a password, chosen or tried.
pub const PASSWORD_CHARS_MAX: usize = 256;
/// Memory of one hash, KiB.
const MEMORY_KIB: u32 = 19 * 1024;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
/// Hashes in work at once.
const HASHES_MAX: usize = 2;
/// Hashes in work or waiting.
const WAITING_MAX: usize = 64;
/// Bytes of a password that the server makes up.
const ONE_TIME_BYTES: usize = 15;

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already.
    #[error("too many are signing in at this moment; try again")]
    Busy,
    /// The kept hash is none, or the system gave no random bytes.
    #[error("a password cannot be hashed")]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a new password is not good enough; the text is for whoever chose it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer characters than needed.
    #[error("the password has fewer than {PASSWORD_CHARS_MIN} characters")]
    Short,
    /// More characters than can be.
    #[error("the password has more than {PASSWORD_CHARS_MAX} characters")]
    Long,
    /// It is the one that is to be replaced.
    #[error("the password is the same as before")]
    Same,
    /// It would be guessed.
    #[error("the password would be guessed soon: {0}")]
    Guessable(String),
}

/// Holds a new password against the policy: long enough, no demand on kinds of characters, and
/// not what lists of known passwords, names, dates and keyboard rows lead to (OWASP ASVS 2.1).
///
/// # Errors
/// With what is missing.
pub fn check(password: &str, account: &str) -> Result<(), WeakPassword> {
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(WeakPassword::Short);
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(WeakPassword::Long);
    }
    let estimate = zxcvbn(password, &[account, "annals", "audit"]);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    let why = warning.map_or_else(
        || "add words that do not belong together".to_owned(),
        |warning| warning.to_string().trim_end_matches('.').to_lowercase(),
    );
    Err(WeakPassword::Guessable(why))
}

/// A password that nobody can guess, to be changed by whoever gets it.
///
/// # Errors
/// When the system gives no random bytes.
pub fn one_time() -> Result<String, getrandom::Error> {
    let mut bytes = [0; ONE_TIME_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The hash of `password` as it is kept. Blocks for some hundredths of a second.
///
/// # Errors
/// When the system gives no random bytes.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let hashed: Result<PasswordHash, _> = hasher()?.hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(failed)
}

/// Hashes and compares, not too many at once.
pub(crate) struct Passwords {
    places: Semaphore,
    workers: Semaphore,
    /// The hash of a password that was thrown away.
    nobody: String,
    /// Comparisons so far: what a try costs.
    #[cfg(test)]
    pub(crate) compared: std::sync::atomic::AtomicUsize,
}

impl Passwords {
    /// Makes the hash that unknown users are held against. Blocks as `hash` does.
    pub(crate) fn new() -> Result<Self, PasswordError> {
        let thrown_away = one_time().map_err(|error| PasswordError::Hash(Box::new(error)))?;
        Ok(Self {
            places: Semaphore::new(WAITING_MAX),
            workers: Semaphore::new(HASHES_MAX),
            nobody: hash(&thrown_away)?,
            #[cfg(test)]
            compared: Default::default(),
        })
    }

    /// The hash of `password` as it is kept.
    pub(crate) async fn hash(&self, password: String) -> Result<String, PasswordError> {
        self.work(move || hash(&password)).await
    }

    /// True if `password` is the one that `kept` is the hash of. Without a hash the work is the
    /// same and the answer is no.
    pub(crate) async fn is(
        &self,
        password: String,
        kept: Option<String>,
    ) -> Result<bool, PasswordError> {
        let known = kept.is_some();
        #[cfg(test)]
        self.compared.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let kept = kept.unwrap_or_else(|| self.nobody.clone());
        Ok(self.work(move || verify(&password, &kept)).await? && known)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = self.places.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _worker = self.workers.acquire().await.map_err(failed)?;
        tokio::task::spawn_blocking(work).await.map_err(failed)?
    }
}

fn verify(password: &str, kept: &str) -> Result<bool, PasswordError> {
    let kept = PasswordHash::new(kept).map_err(failed)?;
    match hasher()?.verify_password(password.as_bytes(), &kept) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> PasswordError {
    PasswordError::Hash(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The parameters stand in each kept hash: a weaker default of a later library would show.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_password_is_known_again() {
        let passwords = Passwords::new().expect("made");
        let kept = passwords.hash("correct horse".to_owned()).await.expect("hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let is = |text: &str, kept: Option<&str>| {
            passwords.is(text.to_owned(), kept.map(ToOwned::to_owned))
        };
        assert!(is("correct horse", Some(&kept)).await.expect("compared"));
        assert!(!is("correct horsf", Some(&kept)).await.expect("compared"));
        assert!(!is("correct horse", None).await.expect("compared"));
        assert!(is("correct horse", Some("no hash")).await.is_err(), "damage is no wrong password");
    }

    // More than the machine can hash must not pile up.
    #[tokio::test]
    async fn few_wait() {
        let passwords = Passwords::new().expect("made");
        let taken = passwords.places.acquire_many(WAITING_MAX as u32).await.expect("open");
        let refused = passwords.hash("x".to_owned()).await;
        assert!(matches!(refused, Err(PasswordError::Busy)));
        drop(taken);
    }

    // Protects against what is tried first, and lets long plain sentences through.
    #[test]
    fn the_policy() {
        let check = |password: &str, ok: bool| {
            assert_eq!(check(password, "zhang3").is_ok(), ok, "{password}");
        };
        check("short", false);
        check("passwordpassword", false);
        check("qwertyuiop1234", false);
        check("zhang3zhang3zhang3", false);
        check("aaaaaaaaaaaaaaaa", false);
        check("four pandas eat quietly", true);
        check("玉门关外春风不度羌笛何须", true);
        check(&"x7!".repeat(PASSWORD_CHARS_MAX), false);
        check(&one_time().expect("random"), true);
    }
}
