//! Reconciliation: finding out in which documents device and server differ, in few round trips (N7).
//!
//! Pure: a set of terms and a plan.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{Bucket, Reconcile, ReconcileAnswer};

/// The digest terms of all documents that are counted, by id.
pub type Terms = BTreeMap<DocumentId, [u8; 16]>;

/// The most buckets of one request: 64 times 4 KiB.
const MOST_BUCKETS: usize = 64;
/// The bytes of one bucket.
const BUCKET: usize = 256 * 16;
/// The longest suffix that is compared; 256^3 buckets hold any number of documents.
const MOST_SUFFIX: usize = 3;

/// Where a reconciliation stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Suffixes still to be compared.
    compare: BTreeSet<Vec<u8>>,
    found: Differences,
}

/// What a reconciliation found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Documents that the server has not, or not in this state: to be re-uploaded.
    pub reupload: BTreeSet<DocumentId>,
    /// Documents that the device has not, or not in this state: to be fetched.
    pub fetch: BTreeSet<DocumentId>,
}

impl Reconciliation {
    /// A reconciliation at its beginning: the one bucket of all documents.
    pub fn begin() -> Self {
        Self { compare: BTreeSet::from([Vec::new()]), found: Differences::default() }
    }

    /// The next step; `None` once everything has been compared.
    pub fn step(&self, terms: &Terms) -> Option<Reconcile> {
        self.step_within(terms, MOST_BUCKETS * BUCKET)
    }

    /// The next step, in a request of about so many bytes at most; one bucket always goes.
    pub fn step_within(&self, terms: &Terms, bytes: usize) -> Option<Reconcile> {
        let most = (bytes / BUCKET).clamp(1, MOST_BUCKETS);
        let buckets: Vec<_> = self.compare.iter().take(most).map(|suffix| bucket(terms, suffix)).collect();
        (!buckets.is_empty()).then_some(Reconcile { buckets })
    }

    /// Takes the answer to a step.
    ///
    /// An answer about what was not asked is ignored; suffixes that the answer does not name are in
    /// agreement.
    pub fn answer(&mut self, asked: &Reconcile, answer: &ReconcileAnswer, terms: &Terms) {
        for bucket in &asked.buckets {
            self.compare.remove(&bucket.suffix);
        }
        // A server that names suffixes of its own choice could keep a device comparing for ever.
        let below_asked = |suffix: &[u8]| {
            suffix.len() <= MOST_SUFFIX
                && asked.buckets.iter().any(|bucket| {
                    suffix.len() == bucket.suffix.len() + 1 && suffix.starts_with(&bucket.suffix)
                })
        };
        self.compare
            .extend(answer.deeper.iter().map(|suffix| suffix.to_vec()).filter(|suffix| below_asked(suffix)));
        for suffix in answer.listed.iter().filter(|suffix| below_asked(suffix)) {
            self.compare_listed(suffix, answer, terms);
        }
    }

    /// What was found, once [`Self::step`] has nothing more to ask.
    pub fn differences(self) -> Differences {
        self.found
    }

    fn compare_listed(&mut self, suffix: &[u8], answer: &ReconcileAnswer, terms: &Terms) {
        let here: Terms = terms.iter().filter(|(id, _)| ends(id, suffix)).map(|(id, t)| (*id, *t)).collect();
        let there: Terms = answer
            .documents
            .iter()
            .filter(|row| ends(&row.document, suffix))
            .map(|row| (row.document, row.term))
            .collect();
        self.found
            .reupload
            .extend(here.iter().filter(|(id, term)| there.get(id) != Some(term)).map(|(id, _)| id));
        self.found
            .fetch
            .extend(there.iter().filter(|(id, term)| here.get(id) != Some(term)).map(|(id, _)| id));
    }
}

/// The sums of the documents whose ids end in `suffix`, by the byte before it.
fn bucket(terms: &Terms, suffix: &[u8]) -> Bucket {
    let mut sums = [Digest::default(); 256];
    for (id, term) in terms.iter().filter(|(id, _)| ends(id, suffix)) {
        let next = id.as_bytes().iter().rev().nth(suffix.len()).copied().unwrap_or_default();
        if let Some(sum) = sums.get_mut(usize::from(next)) {
            sum.add(*term);
        }
    }
    Bucket { suffix: suffix.to_vec(), sums: sums.iter().flat_map(|sum| sum.to_bytes()).collect() }
}

/// Whether an id ends in a suffix, whose first byte is the id's last.
fn ends(id: &DocumentId, suffix: &[u8]) -> bool {
    id.as_bytes().iter().rev().zip(suffix).take_while(|(a, b)| a == b).count() == suffix.len()
}
