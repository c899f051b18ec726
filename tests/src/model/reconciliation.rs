//! The server's side of a reconciliation: one function over its own set of terms, apart from the phone's.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{HeadsRow, Reconcile, ReconcileAnswer};

/// The digest terms of all documents that a user sees, by id.
pub type Terms = BTreeMap<DocumentId, [u8; 16]>;

/// The longest suffix that is compared.
const MOST_SUFFIX: usize = 3;
/// With at most this many documents under a suffix, they are listed and not compared further.
const LIST_UP_TO: usize = 64;

/// Answers one step: compares each bucket with the documents here.
pub fn answer(asked: &Reconcile, terms: &Terms) -> ReconcileAnswer {
    let mut answer = ReconcileAnswer::default();
    for bucket in &asked.buckets {
        let own = sums(terms, &bucket.suffix);
        let pairs = own.iter().zip(bucket.sums.chunks(16));
        for (byte, _) in (0..=u8::MAX).zip(pairs).filter(|(_, (own, theirs))| own.as_slice() != *theirs) {
            let suffix = [&bucket.suffix[..], &[byte]].concat();
            let under: Vec<_> = terms.iter().filter(|(id, _)| ends(id, &suffix)).collect();
            if under.len() > LIST_UP_TO && suffix.len() < MOST_SUFFIX {
                answer.deeper.push(ByteVec::from(suffix));
            } else {
                answer.listed.push(ByteVec::from(suffix));
                let rows = under.into_iter().map(|(id, term)| HeadsRow { document: *id, term: *term });
                answer.documents.extend(rows);
            }
        }
    }
    answer
}

/// The sums of the documents whose ids end in `suffix`, by the byte before it.
fn sums(terms: &Terms, suffix: &[u8]) -> Vec<[u8; 16]> {
    let mut sums = vec![Digest::default(); 256];
    for (id, term) in terms.iter().filter(|(id, _)| ends(id, suffix)) {
        let before = id.as_bytes().iter().rev().nth(suffix.len()).copied().unwrap_or_default();
        sums[usize::from(before)].add(*term);
    }
    sums.iter().map(|sum| sum.to_bytes()).collect()
}

/// Whether an id ends in a suffix, whose first byte is the id's last.
fn ends(id: &DocumentId, suffix: &[u8]) -> bool {
    id.as_bytes().iter().rev().zip(suffix).take_while(|(a, b)| a == b).count() == suffix.len()
}
