//! Tiles: the form in which a log serves its hashes and entries as immutable files
//! (c2sp.org/tlog-tiles).
//!
//! A tile is a run of at most 256 hashes of one hash array; an entry bundle holds the entries
//! below a level-0 tile. This module knows coordinates, paths and the bytes of a bundle, one
//! text for one place; it holds no hashes and opens no files.

use std::fmt;

use crate::decimal::parse_decimal;
use crate::error::ProofError;
use crate::tree::TreeSize;

/// Hashes of a full tile, and entries of a full bundle.
pub const TILE_WIDTH_MAX: u16 = 256;

/// The highest tile level a path may name (c2sp.org/tlog-tiles); no tree reaches it.
pub const TILE_LEVEL_MAX: u8 = 63;

/// The highest tile number: beyond it a tile's hashes would have no 64-bit position.
pub const TILE_NUMBER_MAX: u64 = u64::MAX / TILE_WIDTH_MAX as u64;

/// The longest entry that an entry bundle can hold, in bytes.
pub const BUNDLE_ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// Coordinates of a tile. `Display` gives the path form, `<L>/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The hash array it is cut from.
    pub level: u8,
    /// Its place in that array, counted in full tiles.
    pub number: u64,
    /// How many hashes it holds, 1 to 256; below 256 it is a partial tile.
    pub width: u16,
}

impl Tile {
    /// Parses what follows `tile/` in a request: `<L>/<N>[.p/<W>]`, such as `0/x001/234.p/5`.
    ///
    /// # Errors
    /// [`ProofError::TilePath`] for anything but the one text of a tile.
    pub fn parse(path: &str) -> Result<Self, ProofError> {
        let parse = || {
            let (level, rest) = path.split_once('/')?;
            let level = parse_decimal(level)?.try_into().ok()?;
            let (number, width) = parse_place(rest)?;
            (level <= TILE_LEVEL_MAX).then_some(Self { level, number, width })
        };
        parse().ok_or_else(|| ProofError::TilePath { path: path.into() })
    }

    /// The path below `tile/`; what [`parse`](Self::parse) reads.
    #[must_use]
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Position of its first hash in the hash array of its level.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.number.saturating_mul(TILE_WIDTH_MAX.into())
    }

    /// Whether a tree of `size` leaves has all hashes of this tile. A partial tile stays true
    /// when the tree grows: it is the beginning of the full one.
    #[must_use]
    pub fn is_within(&self, size: TreeSize) -> bool {
        is_within(self.start(), self.width, size.stored(self.level))
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.level)?;
        print_place(f, self.number, self.width)
    }
}

/// Coordinates of an entry bundle: the entries whose hashes are the level-0 tile of the same
/// number and width. `Display` gives the path form, `entries/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryBundle {
    /// Its place, counted in full bundles.
    pub number: u64,
    /// How many entries it holds, 1 to 256.
    pub width: u16,
}

impl EntryBundle {
    /// Parses what follows `tile/` in a request: `entries/<N>[.p/<W>]`.
    ///
    /// # Errors
    /// [`ProofError::TilePath`] for anything but the one text of a bundle.
    pub fn parse(path: &str) -> Result<Self, ProofError> {
        let place = path.strip_prefix("entries/").and_then(parse_place);
        let (number, width) = place.ok_or_else(|| ProofError::TilePath { path: path.into() })?;
        Ok(Self { number, width })
    }

    /// Index of its first entry.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.number.saturating_mul(TILE_WIDTH_MAX.into())
    }

    /// Whether a tree of `size` leaves has all entries of this bundle.
    #[must_use]
    pub fn is_within(&self, size: TreeSize) -> bool {
        is_within(self.start(), self.width, size.0)
    }

    /// Appends one entry to the bytes of a bundle: its length as two bytes, then itself.
    ///
    /// # Errors
    /// [`ProofError::EntryTooLong`] beyond [`BUNDLE_ENTRY_BYTES_MAX`]; nothing is appended then.
    pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), ProofError> {
        let bytes = entry.len();
        let length = u16::try_from(bytes)
            .map_err(|_| ProofError::EntryTooLong { bytes, max: BUNDLE_ENTRY_BYTES_MAX })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
        Ok(())
    }

    /// Takes the bytes of a bundle apart into its entries.
    ///
    /// # Errors
    /// [`ProofError::EntryBundle`] with the offset at which an entry is cut short.
    pub fn entries(bundle: &[u8]) -> Result<Vec<&[u8]>, ProofError> {
        let mut entries = Vec::new();
        let mut rest = bundle;
        while !rest.is_empty() {
            let (entry, after) = rest
                .split_first_chunk()
                .and_then(|(length, body)| {
                    body.split_at_checked(u16::from_be_bytes(*length).into())
                })
                .ok_or(ProofError::EntryBundle { offset: bundle.len() - rest.len() })?;
            entries.push(entry);
            rest = after;
        }
        Ok(entries)
    }
}

impl fmt::Display for EntryBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("entries/")?;
        print_place(f, self.number, self.width)
    }
}

fn is_within(start: u64, width: u16, stored: u64) -> bool {
    width != 0 && start.checked_add(width.into()).is_some_and(|end| end <= stored)
}

/// Reads `<N>[.p/<W>]`: the number in groups of three digits, each but the last after an `x`.
fn parse_place(text: &str) -> Option<(u64, u16)> {
    let (groups, width) = match text.split_once(".p/") {
        Some((groups, width)) => {
            let width = parse_decimal(width)?.try_into().ok()?;
            (groups, Some(width).filter(|width| (1..TILE_WIDTH_MAX).contains(width))?)
        }
        None => (text, TILE_WIDTH_MAX),
    };
    let (upper, last) = match groups.rsplit_once('/') {
        Some((upper, last)) => (Some(upper), last),
        None => (None, groups),
    };
    let mut number = 0_u64;
    for group in upper.iter().flat_map(|upper| upper.split('/')) {
        number = append_group(number, group.strip_prefix('x')?)?;
        if number == 0 {
            return None; // a leading x000 would be a second text of the same number
        }
    }
    number = append_group(number, last)?;
    (number <= TILE_NUMBER_MAX).then_some((number, width))
}

fn append_group(number: u64, group: &str) -> Option<u64> {
    let digits = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    let group: u64 = digits.then(|| group.parse().ok()).flatten()?;
    number.checked_mul(1000)?.checked_add(group)
}

fn print_place(f: &mut fmt::Formatter<'_>, number: u64, width: u16) -> fmt::Result {
    print_upper_groups(f, number / 1000)?;
    write!(f, "{:03}", number % 1000)?;
    match width {
        TILE_WIDTH_MAX => Ok(()),
        _ => write!(f, ".p/{width}"),
    }
}

fn print_upper_groups(f: &mut fmt::Formatter<'_>, number: u64) -> fmt::Result {
    if number == 0 {
        return Ok(());
    }
    print_upper_groups(f, number / 1000)?;
    write!(f, "x{:03}/", number % 1000)
}
