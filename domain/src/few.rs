//! The few changes of a document that was edited little: its saved form, and what it is read from.

use crate::change::{Change, ChangeHash, OpId};
use crate::guard::OpIndex;
use crate::kind::Kind;
use crate::saved;

/// Few changes in the order in which they were added, and their index.
#[derive(Debug, Clone)]
pub(crate) struct Few {
    changes: Vec<(ChangeHash, Change)>,
    index: OpIndex,
}

impl Few {
    /// None but the genesis change, which is never among them.
    pub fn new(kind: &'static Kind) -> Self {
        Self { changes: Vec::new(), index: OpIndex::new(kind) }
    }

    /// Adds a change that was judged.
    pub fn push(&mut self, hash: ChangeHash, change: Change) {
        self.index.push(hash, &change);
        self.changes.push((hash, change));
    }

    /// Whether they still are few.
    pub fn are_few(&self) -> bool {
        saved::are_few(self.changes.iter().map(|(_, change)| change))
    }

    /// The saved form.
    pub fn save(&self) -> Vec<u8> {
        saved::write_few(self.changes.iter().map(|(_, change)| change))
    }

    /// All their operations.
    pub fn index(&self) -> &OpIndex {
        &self.index
    }

    /// The changes.
    pub fn changes(&self) -> &[(ChangeHash, Change)] {
        &self.changes
    }

    /// Those that are not among `heads` and their ancestors.
    pub fn since(&self, heads: &[ChangeHash]) -> Vec<(ChangeHash, Change)> {
        let is_new = self.index.unseen_from(heads);
        self.changes.iter().filter(|(hash, _)| is_new(*hash)).cloned().collect()
    }

    /// The change that holds an operation.
    pub fn holder(&self, op: OpId) -> Option<&(ChangeHash, Change)> {
        self.changes.iter().find(|(_, change)| {
            change.actor == op.actor && (change.start_op..=change.max_op()).contains(&op.counter)
        })
    }
}
