//! What a register holds: its winner, and the values that lost to it (N3).

use crate::document::change::OpId;

/// What stands between two long texts of one register.
pub(in crate::document) const BREAK: &str = "\n";

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

    /// What to show: all long texts, in the order in which they were made and each on lines of its own;
    /// without a text the winner.
    ///
    /// If two phones each begin the long text of one register, there are two texts, and neither may hide the
    /// other. Nor may a value that was written at the same time hide a text: a text holds more, and is
    /// never replaced.
    pub fn shown(&self) -> String {
        if !self.has_text() {
            return self.winner.value.clone();
        }
        let mut texts: Vec<_> = self.all().filter(|written| written.is_text).collect();
        texts.sort_unstable_by_key(|written| written.op);
        let texts = texts.iter().map(|written| written.value.as_str()).filter(|text| !text.is_empty());
        texts.collect::<Vec<_>>().join(BREAK)
    }

    /// Whether it holds a long text.
    pub fn has_text(&self) -> bool {
        self.all().any(|written| written.is_text)
    }

    /// The ids of all values, ascending: what a new value replaces.
    pub fn ids(&self) -> Vec<OpId> {
        let mut ids: Vec<_> = self.all().map(|written| written.op).collect();
        ids.sort_unstable();
        ids
    }
}
