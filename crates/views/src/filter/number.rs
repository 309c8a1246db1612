//! A number of a filter: finite, so that it can be compared and printed.
//!
//! Integers up to 2^53 are exact; larger JSON numbers are compared as text where they are equal.

use std::cmp::Ordering;

/// A finite number.
#[derive(Clone, Copy, Debug)]
pub struct Number(f64);

impl Number {
    /// Reads a decimal number; none for anything else, infinities included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let looks_decimal = text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        // Adding zero turns -0 into 0, which prints and compares as what people mean.
        let number = text.parse::<f64>().ok().filter(|number| looks_decimal && number.is_finite());
        number.map(|number| Self(number + 0.0))
    }

    /// An integer; exact up to 2^53.
    #[must_use]
    pub fn integer(number: u64) -> Self {
        Self(number as f64)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}
