//! Everything that can be wrong with a proof or with one of the texts around it.
//!
//! A variant for each; the message says what was found and what is needed. Text of foreign origin
//! is quoted and escaped, so that it cannot forge lines in a log.

/// Why a text was not understood or a proof not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Not the text of a hash.
    #[error("a hash must be 44 characters of standard base64 with padding")]
    HashText,
    /// Not the path of a tile or an entry bundle.
    #[error("no such tile {path:?}: write <level>/<number>[.p/<width>], such as 0/x001/234.p/5")]
    TilePath {
        /// What was asked for.
        path: String,
    },
    /// An entry that no entry bundle can hold.
    #[error("entry of {bytes} bytes is over the {max} an entry bundle allows")]
    EntryTooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// An entry bundle that ends within an entry.
    #[error("entry bundle is cut short within the entry at byte {offset}: fetch it again")]
    EntryBundle {
        /// Where that entry starts.
        offset: usize,
    },

    /// More hashes than any tree asks for.
    #[error("proof of {found} hashes is over the limit of {max}")]
    ProofTooLong {
        /// How many were found before giving up.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// Another number of hashes than index and sizes ask for.
    #[error("proof of {found} hashes does not fit its index and sizes: it is cut or altered")]
    ProofLength {
        /// How many it has.
        found: usize,
    },
    /// An index that the tree does not have.
    #[error("index {index} is beyond the tree of {size} entries: use a later checkpoint")]
    IndexBeyondTree {
        /// The index.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A consistency proof from the larger to the smaller tree.
    #[error("old size {old} is over new size {new}: the log went back, or the two are swapped")]
    SizesReversed {
        /// The size called old.
        old: u64,
        /// The size called new.
        new: u64,
    },
    /// A consistency proof from the empty tree.
    #[error("an empty old tree is consistent with any other and proves nothing: start from size 1")]
    OldTreeEmpty,
    /// The proof leads to another root.
    #[error(
        "proof does not lead to the root of size {size}: entry, index, proof or root is altered"
    )]
    RootMismatch {
        /// Size of the tree whose root differs.
        size: u64,
    },
    /// A run of leaves that has no hash of its own in the tree.
    #[error("leaves {start} to {end} are no subtree: align the start to their number, stay within")]
    NotASubtree {
        /// The first leaf.
        start: u64,
        /// The first leaf after the run.
        end: u64,
    },

    /// A note over the limit.
    #[error("note of {bytes} bytes is over the limit of {max}")]
    NoteTooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A control character.
    #[error("control character at byte {offset} of a note: only newlines are allowed")]
    NoteText {
        /// Where it stands.
        offset: usize,
    },
    /// Not a text, an empty line, and signature lines.
    #[error("not a signed note: a text, an empty line and signature lines must follow each other")]
    NoteForm,
    /// More signature lines than the limit.
    #[error("note of {count} signatures is over the limit of {max}")]
    TooManySignatures {
        /// How many there are.
        count: usize,
        /// The limit.
        max: usize,
    },
    /// Not a signature line.
    #[error("bad signature line {line:?}: write an em dash, the key name and base64")]
    SignatureLine {
        /// The line.
        line: String,
    },
    /// A signature of a known key that does not verify.
    #[error("signature of {name}+{key_id:08x} is wrong: the note was altered, trust none of it")]
    BadSignature {
        /// Name of the key.
        name: String,
        /// Id of the key.
        key_id: u32,
    },
    /// A signature by an algorithm that is not implemented.
    #[error("signature of {name} is ML-DSA-44, which is not verified here")]
    Unverifiable {
        /// Name of the key.
        name: String,
    },
    /// No known key signed.
    #[error("no signature by a known key, only by {names:?}: give the vkey of one you trust")]
    NoKnownSignature {
        /// Names on the signature lines.
        names: Vec<String>,
    },
    /// Signed by known keys, but not by the log's.
    #[error("checkpoint of {origin:?} is not signed by a known key of that name: give its vkey")]
    NotTheLogsKey {
        /// The log's name.
        origin: String,
    },
    /// A checkpoint must have been signed at a time that fits 63 bits.
    #[error("cosignature time {time} is over 2^63-1 seconds")]
    CosignatureTime {
        /// The time, in POSIX seconds.
        time: u64,
    },
    /// Not the text of a checkpoint.
    #[error("not a checkpoint: origin, size and root must stand on a line each, none empty")]
    CheckpointForm,
    /// A log line that should hold a checkpoint.
    #[error("line {line} names a checkpoint and holds none: it was cut or altered on its way")]
    CheckpointLine {
        /// Number of the line, from 1.
        line: usize,
    },
    /// Not a proof file.
    #[error("not a .tlog-proof file: expected {expected}")]
    BundleForm {
        /// What should have stood there.
        expected: &'static str,
    },
    /// Not the body of a request to a witness.
    #[error("not a request to cosign: expected {expected}")]
    WitnessRequest {
        /// What should have stood there.
        expected: &'static str,
    },

    /// A name that no key may have.
    #[error("bad key name {name:?}: not empty, no white space, no '+', no control characters")]
    KeyName {
        /// The name.
        name: String,
    },
    /// Not a vkey.
    #[error("not a vkey: write <name>+<8 lower-case hex digits>+<base64>")]
    Vkey,
    /// A vkey of a type that is not known here.
    #[error("vkey of {name:?} has type 0x{key_type:02x}: only 0x01, 0x04 and 0x06 are known")]
    KeyType {
        /// Name of the key.
        name: String,
        /// The type byte.
        key_type: u8,
    },
    /// A key id that is not that of the key.
    #[error("key id {found:08x} is not that of key {name:?}: copy the key again, whole")]
    KeyId {
        /// Name of the key.
        name: String,
        /// The id it came with.
        found: u32,
    },
    /// Bytes that are no usable public key.
    #[error("public key of {name:?} has the wrong length or is no safe Ed25519 key")]
    PublicKey {
        /// Name of the key.
        name: String,
    },
    /// Not a private key. Shows nothing of what was given.
    #[error("not a private key: write PRIVATE+KEY+<name>+<8 hex digits>+<base64>")]
    PrivateKey,

    /// A line of a policy file that is not understood.
    #[error("policy line {line}: {reason}")]
    Policy {
        /// Number of the line, from 1; 0 stands for the file as a whole.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A line of a policy file whose key cannot be used.
    #[error("policy line {line}: bad key")]
    PolicyKey {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with the key.
        #[source]
        source: Box<ProofError>,
    },
    /// Too few of the witnesses that a policy demands.
    #[error("cosignatures do not meet the quorum {quorum:?}: verified are {cosigned:?}")]
    QuorumNotMet {
        /// What the policy demands.
        quorum: String,
        /// The policy's names of the witnesses that did cosign.
        cosigned: Vec<String>,
    },
}
