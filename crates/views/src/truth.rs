//! Kleene's three-valued truth: what is erased or absent need be neither true nor false.
//!
//! A search takes the absent for false; a scope keeps it unknown, also under a negation, so that
//! nobody sees an event because the field that would hide it was erased.

/// True, false, or not to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    /// It does not hold.
    False,
    /// It cannot be known.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// The smallest: stops at the first that is false.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut least = Self::True;
        for part in parts {
            least = least.min(part);
            if least == Self::False {
                break;
            }
        }
        least
    }

    /// The greatest: stops at the first that is true.
    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut most = Self::False;
        for part in parts {
            most = most.max(part);
            if most == Self::True {
                break;
            }
        }
        most
    }

    /// The other way round; unknown stays unknown.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    // Protects: Kleene's tables; a wrong cell shows somebody what is out of scope.
    #[test]
    fn tables() {
        let all = [False, Unknown, True];
        let and = [[False; 3], [False, Unknown, Unknown], all];
        let or = [all, [Unknown, Unknown, True], [True; 3]];
        for (row, a) in all.into_iter().enumerate() {
            for (column, b) in all.into_iter().enumerate() {
                assert_eq!(Truth::all([a, b]), and[row][column], "{a:?} and {b:?}");
                assert_eq!(Truth::any([a, b]), or[row][column], "{a:?} or {b:?}");
            }
        }
        assert_eq!(all.map(Truth::negated), [True, Unknown, False]);
        assert_eq!((Truth::all([]), Truth::any([])), (True, False));
    }
}
