//! Cosignatures: a witness's word that, at a time, a checkpoint was the largest consistent tree
//! it had seen of that log (c2sp.org/tlog-cosignature).
//!
//! Ed25519 cosignatures (`cosignature/v1`) are verified. ML-DSA-44 ones are read, so that they
//! can be shown, and reported unverified; they never count for a quorum. Making cosignatures is
//! `Cosigner`'s part; deciding whether to make one, a witness's.

/// Length of an ML-DSA-44 signature, in bytes.
pub(crate) const ML_DSA_44_BYTES: usize = 2420;

/// The latest time a cosignature may carry, in POSIX seconds.
pub const COSIGNATURE_SECONDS_MAX: u64 = i64::MAX as u64;

/// What one cosignature line of a known key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// Name of the cosigner's key.
    pub name: String,
    /// Id of the cosigner's key.
    pub key_id: u32,
    /// When it was made, by the cosigner's clock, in POSIX seconds.
    pub time: u64,
    /// Whether the signature was checked.
    pub state: CosignatureState,
}

/// Whether a cosignature was checked. One that fails is an error of the whole note instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CosignatureState {
    /// The signature is the key's.
    Verified,
    /// Well-formed, by an ML-DSA-44 key: this program cannot tell whether it is genuine.
    UnverifiedMlDsa44,
}

/// The parts of a cosignature's bytes: the time in front of the signature proper.
#[derive(Clone, Copy)]
pub(crate) struct TimedSignature<'a> {
    pub(crate) time: u64,
    pub(crate) signature: &'a [u8],
}

impl<'a> TimedSignature<'a> {
    /// Takes the bytes apart; `None` if they are too short or the time is too late.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (time, signature) = bytes.split_first_chunk()?;
        let time = u64::from_be_bytes(*time);
        (time <= COSIGNATURE_SECONDS_MAX).then_some(Self { time, signature })
    }
}

/// What an Ed25519 cosigner signs: two lines of its own, then the whole text of the checkpoint.
pub(crate) fn cosigned_message(time: u64, checkpoint_text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{checkpoint_text}")
}
