//! Digests: whether two replicas hold the same, in 16 bytes.
//!
//! A digest is the sum, modulo 2^128, of one term for each document. So a merge costs one subtraction
//! and one addition, however many documents there are.

use sha2::{Digest as _, Sha256};

use crate::document::change::ChangeHash;
use crate::value::id::DocumentId;

/// The sum of the terms of some documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(u128);

/// The term of one document: a hash of its id and its acknowledged heads, ascending.
pub fn term(document: DocumentId, heads: &[ChangeHash]) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(document.as_bytes());
    for head in heads {
        hash.update(head.0);
    }
    let digest = hash.finalize();
    std::array::from_fn(|i| digest.get(i).copied().unwrap_or_default())
}

impl Digest {
    /// The digest with these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The digest's bytes.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// Adds a document's term.
    pub fn add(&mut self, term: [u8; 16]) {
        self.0 = self.0.wrapping_add(u128::from_be_bytes(term));
    }

    /// Takes a document's term away.
    pub fn remove(&mut self, term: [u8; 16]) {
        self.0 = self.0.wrapping_sub(u128::from_be_bytes(term));
    }

    /// The digest of two disjoint sets of documents together.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_does_not_depend_on_order_and_forgets_what_is_removed() {
        let terms: Vec<_> =
            (0..9u8).map(|i| term(DocumentId::from_bytes([i; 16]), &[ChangeHash([i; 32])])).collect();
        let mut forward = Digest::default();
        let mut backward = Digest::default();
        terms.iter().for_each(|t| forward.add(*t));
        terms.iter().rev().for_each(|t| backward.add(*t));
        assert_eq!(forward, backward);
        terms.iter().for_each(|t| forward.remove(*t));
        assert_eq!(forward, Digest::default());
    }
}
