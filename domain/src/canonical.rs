//! The canonical form of a change: what automerge applies, and what the change's hash is taken over.
//!
//! Opaque, so that nobody outside this crate handles automerge's own types or bytes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::change::{Change, ChangeHash};
use crate::document::{Document, DocumentError};
use crate::kind::Kind;
use crate::wire::Check;

/// A change built for automerge.
#[derive(Debug, Clone)]
pub struct Canonical(automerge::Change);

impl Canonical {
    /// Builds a change that is within all limits ([`crate::codec`]); `None` if automerge cannot say it.
    pub fn of(kind: &Kind, change: &Change) -> Option<Self> {
        catch_unwind(AssertUnwindSafe(|| change.to_automerge(kind))).ok().map(Self)
    }

    /// The change's hash.
    pub fn hash(&self) -> ChangeHash {
        ChangeHash(self.0.hash().0)
    }

    /// Whether these are the first bytes of its hash.
    pub fn has_check(&self, check: &Check) -> bool {
        self.0.hash().0.starts_with(check.as_slice())
    }
}

impl Kind {
    /// The hash of the genesis change: what the first change of a document depends on.
    pub fn genesis_hash(&self) -> ChangeHash {
        ChangeHash(self.genesis().hash().0)
    }
}

impl Document {
    /// Applies changes that the guard let through. All or none.
    ///
    /// # Errors
    /// As for [`Document::apply`].
    pub fn apply_canonical(&mut self, changes: Vec<Canonical>) -> Result<(), DocumentError> {
        self.apply(changes.into_iter().map(|change| change.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card;
    use crate::change::Actor;
    use crate::draft::Draft;
    use crate::time::Timestamp;

    #[test]
    fn a_canonical_change_applies_and_knows_its_hash() {
        let mut document = Document::new(&card::KIND);
        let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::from_millis(0));
        draft.put(card::CARD, "name", "Roof");
        let change = draft.finish().unwrap();
        let canonical = Canonical::of(&card::KIND, &change).unwrap();
        let hash = canonical.hash();
        let check = |first: u8| Check::from(std::array::from_fn(|i| hash.0[i] ^ first));
        assert!(canonical.has_check(&check(0)) && !canonical.has_check(&check(1)));
        document.apply_canonical(vec![canonical]).unwrap();
        assert_eq!(document.heads(), [hash]);
    }
}
