//! Where the company works: regions with their clocks and subnets, and the stacks in them.
//!
//! A stack is one deployment of the platform inside a region. Offsets from UTC are fixed (no
//! daylight saving): believable, and the same bytes whatever time-zone data a machine has.

/// Hours and days in nanoseconds, the unit of all times in this crate.
pub(crate) const SECOND: i64 = 1_000_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A place with its own working day.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) code: &'static str,
    pub(crate) utc_hours: i64,
    /// Share of the company's people, in percent.
    pub(crate) share: u64,
    /// Second octet of its subnet: 10.x.0.0/16.
    pub(crate) octet: u32,
    pub(crate) language: Language,
}

/// In which language names and comments are mostly written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

pub(crate) const REGIONS: [Region; 5] = [
    region("cn-shanghai", 8, 38, 16, Language::Chinese),
    region("cn-beijing", 8, 24, 32, Language::Chinese),
    region("ap-singapore", 8, 10, 48, Language::English),
    region("eu-frankfurt", 1, 16, 64, Language::English),
    region("us-oregon", -8, 12, 80, Language::English),
];

/// A deployment: its region (index into `REGIONS`) and stack ID.
pub(crate) const STACKS: [(usize, &str); 8] = [
    (0, "sh-hpc-01"),
    (0, "sh-vdi-02"),
    (1, "bj-hpc-01"),
    (1, "bj-eda-02"),
    (2, "sin-hpc-01"),
    (3, "fra-hpc-01"),
    (3, "fra-vdi-02"),
    (4, "pdx-hpc-01"),
];

/// How busy each local hour of a working day is.
const HOURS: [u64; 24] =
    [3, 2, 1, 1, 1, 2, 5, 14, 40, 60, 64, 56, 30, 46, 60, 62, 58, 52, 36, 24, 20, 16, 10, 5];

impl Region {
    /// Local hour, 0..24.
    pub(crate) fn hour(&self, at: i64) -> usize {
        ((at + self.utc_hours * HOUR).rem_euclid(DAY) / HOUR) as usize
    }

    pub(crate) fn is_weekend(&self, at: i64) -> bool {
        // 1970-01-01 was a Thursday.
        matches!((at + self.utc_hours * HOUR).div_euclid(DAY).rem_euclid(7), 2 | 3)
    }

    /// How much of the company's work happens here at that moment; never zero.
    pub(crate) fn activity(&self, at: i64) -> u64 {
        let busy = HOURS[self.hour(at)] * self.share;
        if self.is_weekend(at) { busy / 6 + 1 } else { busy }
    }

    /// An address in its subnet: `floor` is the third octet.
    pub(crate) fn address(&self, floor: u32, host: u32) -> u32 {
        10 << 24 | self.octet << 16 | (floor & 255) << 8 | (host % 254 + 1)
    }
}

const fn region(
    code: &'static str,
    utc_hours: i64,
    share: u64,
    octet: u32,
    language: Language,
) -> Region {
    Region { code, utc_hours, share, octet, language }
}
