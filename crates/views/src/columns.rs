//! The one table of what a row of the index holds.
//!
//! A column is a field whose values are few enough, or asked for often enough, to be kept beside
//! the ledger. Everything else of an event is found through the text filters and the event itself.
//! A value that is absent, erased or empty is the same here: it is not there.

/// A column of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ColumnId {
    Region,
    StackId,
    Service,
    Operation,
    Operator,
    Username,
    OperatorId,
    OperatorName,
    UserType,
    /// The address without its port.
    SourceIp,
    Outcome,
    AuthMethod,
    UserAgent,
    Guarantee,
    Emitter,
    ObjectType,
    ObjectId,
    ObjectName,
    RelatedType,
    RelatedId,
    RelatedName,
    RelatedRole,
}

impl ColumnId {
    /// Every column; a column's place here is its number.
    pub(crate) const ALL: [Self; 22] = [
        Self::Region,
        Self::StackId,
        Self::Service,
        Self::Operation,
        Self::Operator,
        Self::Username,
        Self::OperatorId,
        Self::OperatorName,
        Self::UserType,
        Self::SourceIp,
        Self::Outcome,
        Self::AuthMethod,
        Self::UserAgent,
        Self::Guarantee,
        Self::Emitter,
        Self::ObjectType,
        Self::ObjectId,
        Self::ObjectName,
        Self::RelatedType,
        Self::RelatedId,
        Self::RelatedName,
        Self::RelatedRole,
    ];

    /// How many columns have one value a row; they come first.
    pub(crate) const SINGLE: usize = 15;

    /// Its place in `ALL`.
    pub(crate) fn number(self) -> usize {
        self as usize
    }

    /// Its name in the files of a sealed part.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::StackId => "stack_id",
            Self::Service => "service",
            Self::Operation => "operation",
            Self::Operator => "operator",
            Self::Username => "username",
            Self::OperatorId => "operator_id",
            Self::OperatorName => "operator_name",
            Self::UserType => "user_type",
            Self::SourceIp => "source_ip",
            Self::Outcome => "outcome",
            Self::AuthMethod => "auth_method",
            Self::UserAgent => "user_agent",
            Self::Guarantee => "guarantee",
            Self::Emitter => "emitter",
            Self::ObjectType => "object_type",
            Self::ObjectId => "object_id",
            Self::ObjectName => "object_name",
            Self::RelatedType => "related_type",
            Self::RelatedId => "related_id",
            Self::RelatedName => "related_name",
            Self::RelatedRole => "related_role",
        }
    }

    /// True if a row has one value for each of its objects; the values of all columns of the
    /// same objects stand in the same order.
    pub(crate) fn is_many(self) -> bool {
        self.number() >= Self::SINGLE
    }

    /// True if a sealed part has posting lists of its values.
    pub(crate) fn has_postings(self) -> bool {
        matches!(self, Self::Service | Self::Operation | Self::SourceIp)
            || matches!(self, Self::ObjectId | Self::RelatedId)
    }
}

/// Bytes of the longest text that a sealed part keeps a posting list for; longer ones are found by
/// scanning their column.
pub(crate) const POSTING_BYTES_MAX: usize = 8 << 10;

/// Posting lists by something else than a column's value as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PostingId {
    /// By the folded operator.
    Operator,
    /// By the folded username.
    Username,
    /// By the folded name of a target or related object.
    ObjectName,
}

/// Marks of a row: bit `n - 1` says that the sealed field of tag `n` has a value, in either leaf
/// of a two-phase operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u64);

impl Flags {
    /// Ordered by `received_time`, because its sender's clock ran ahead.
    pub(crate) const CLOCK_SKEW: Self = Self(1 << 48);
    /// The row of an outcome leaf: seen only by walks in the order of position.
    pub(crate) const HIDDEN: Self = Self(1 << 49);
    /// An intent without its outcome.
    pub(crate) const OPEN: Self = Self(1 << 50);
    /// The source address has a port.
    pub(crate) const SOURCE_PORT: Self = Self(1 << 51);

    /// The mark of a sealed field; none for tags this version does not know.
    pub(crate) fn of_tag(tag: annals_record::Tag) -> Self {
        match tag.0 {
            1..=48 => Self(1 << (tag.0 - 1)),
            _ => Self(0),
        }
    }

    /// An intent whose outcome did not come within the limit.
    pub(crate) const GIVEN_UP: Self = Self(1 << 52);

    /// Sets the marks of `other`.
    pub(crate) fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Takes the marks of `other` away.
    pub(crate) fn remove(&mut self, other: Self) {
        self.0 &= !other.0;
    }

    /// True if any of the marks of `other` is set.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// An optional number of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberId {
    /// How long it took, in milliseconds.
    DurationMs,
    /// The other leaf of a two-phase operation: of a row its outcome's index, of a hidden row its
    /// intent's.
    Partner,
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: numbers of columns are places in the table, single ones first.
    #[test]
    fn numbers_are_places() {
        for (place, column) in ColumnId::ALL.into_iter().enumerate() {
            assert_eq!(column.number(), place);
        }
        assert!(!ColumnId::Emitter.is_many() && ColumnId::ObjectType.is_many());
    }
}
