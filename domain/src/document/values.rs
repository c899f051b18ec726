//! What a register holds: its winner, and the values that lost to it (N3).

use crate::document::change::OpId;

/// One value of a register, and the operation that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The operation.
    pub op: OpId,
    /// The value, or what the long text reads that the operation made.
    pub value: String,
    /// Whether the operation made a long text.
    pub is_text: bool,
}

/// What a register holds: its winner and the values that lost to it (N3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The value of the greatest operation id.
    pub winner: Written,
    /// The concurrent others, greatest first.
    pub losers: Vec<Written>,
}

impl Values {
    /// The winner, then the losers.
    pub fn all(&self) -> impl Iterator<Item = &Written> {
        std::iter::once(&self.winner).chain(&self.losers)
    }

    /// What to show: the winner, or all long texts joined, in the order in which they were made.
    ///
    /// If two phones each begin the long text of one register, there are two texts. Neither may hide the
    /// other.
    pub fn shown(&self) -> String {
        if !self.winner.is_text {
            return self.winner.value.clone();
        }
        let mut texts: Vec<_> = self.all().filter(|written| written.is_text).collect();
        texts.sort_unstable_by_key(|written| written.op);
        texts.iter().map(|written| written.value.as_str()).collect()
    }

    /// The ids of all values, ascending: what a new value replaces.
    pub fn ids(&self) -> Vec<OpId> {
        let mut ids: Vec<_> = self.all().map(|written| written.op).collect();
        ids.sort_unstable();
        ids
    }
}
