//! The walk: finding out in which documents device and server differ, in few round trips (N7).
//!
//! Pure: the device's side is a set of terms and a plan; the server's side, which the reference model
//! uses, is one function over its own set of terms.

use std::collections::{BTreeMap, BTreeSet};

#[cfg(any(test, feature = "model"))]
use minicbor::bytes::ByteVec;
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::DocumentId;
#[cfg(any(test, feature = "model"))]
use roadbook_domain::wire::HeadsRow;
use roadbook_domain::wire::{Bucket, Walk, WalkAnswer};

/// The digest terms of all documents that are counted, by id.
pub type Terms = BTreeMap<DocumentId, [u8; 16]>;

/// The most buckets of one request: 64 times 4 KiB.
const MOST_BUCKETS: usize = 64;
/// The longest suffix that is compared; 256^3 buckets hold any number of documents.
const MOST_SUFFIX: usize = 3;
#[cfg(any(test, feature = "model"))]
/// With at most this many documents under a suffix, they are listed and not compared further.
const LIST_UP_TO: usize = 64;

/// Where a walk stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalkPlan {
    /// Suffixes still to be compared.
    compare: BTreeSet<Vec<u8>>,
    found: Differences,
}

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Documents that the server has not, or not in this state: to be offered.
    pub offer: BTreeSet<DocumentId>,
    /// Documents that the device has not, or not in this state: to be fetched.
    pub fetch: BTreeSet<DocumentId>,
}

impl WalkPlan {
    /// A walk at its beginning: the one bucket of all documents.
    pub fn begin() -> Self {
        Self { compare: BTreeSet::from([Vec::new()]), found: Differences::default() }
    }

    /// The next step; `None` once everything has been compared.
    pub fn step(&self, terms: &Terms) -> Option<Walk> {
        let buckets: Vec<_> =
            self.compare.iter().take(MOST_BUCKETS).map(|suffix| bucket(terms, suffix)).collect();
        (!buckets.is_empty()).then_some(Walk { buckets })
    }

    /// Takes the answer to a step.
    ///
    /// An answer about what was not asked is ignored; suffixes that the answer does not name are in
    /// agreement.
    pub fn answer(&mut self, asked: &Walk, answer: &WalkAnswer, terms: &Terms) {
        for bucket in &asked.buckets {
            self.compare.remove(&bucket.suffix);
        }
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

    fn compare_listed(&mut self, suffix: &[u8], answer: &WalkAnswer, terms: &Terms) {
        let here: Terms = terms.iter().filter(|(id, _)| ends(id, suffix)).map(|(id, t)| (*id, *t)).collect();
        let there: Terms = answer
            .documents
            .iter()
            .filter(|row| ends(&row.document, suffix))
            .map(|row| (row.document, row.term))
            .collect();
        self.found
            .offer
            .extend(here.iter().filter(|(id, term)| there.get(id) != Some(term)).map(|(id, _)| id));
        self.found
            .fetch
            .extend(there.iter().filter(|(id, term)| here.get(id) != Some(term)).map(|(id, _)| id));
    }
}

/// The server's side of a step, for the model: compares each bucket with its own documents.
#[cfg(any(test, feature = "model"))]
pub fn answer(walk: &Walk, terms: &Terms) -> WalkAnswer {
    let mut answer = WalkAnswer::default();
    for asked in &walk.buckets {
        let own = bucket(terms, &asked.suffix);
        let sums = own.sums.chunks(16).zip(asked.sums.chunks(16));
        for (byte, _) in (0..=u8::MAX).zip(sums).filter(|(_, (own, theirs))| own != theirs) {
            let mut suffix = asked.suffix.clone();
            suffix.push(byte);
            let under: Vec<_> = terms.iter().filter(|(id, _)| ends(id, &suffix)).collect();
            if under.len() > LIST_UP_TO && suffix.len() < MOST_SUFFIX {
                answer.deeper.push(ByteVec::from(suffix));
            } else {
                answer.listed.push(ByteVec::from(suffix));
                let row = |(document, term): (&DocumentId, &[u8; 16])| HeadsRow {
                    document: *document,
                    term: *term,
                };
                answer.documents.extend(under.into_iter().map(row));
            }
        }
    }
    answer
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(device: &Terms, server: &Terms) -> (Differences, usize) {
        let mut plan = WalkPlan::begin();
        let mut steps = 0;
        while let Some(step) = plan.step(device) {
            plan.answer(&step, &answer(&step, server), device);
            steps += 1;
        }
        (plan.differences(), steps)
    }

    fn expected(device: &Terms, server: &Terms) -> Differences {
        let offer = device.iter().filter(|(id, term)| server.get(id) != Some(term));
        let fetch = server.iter().filter(|(id, term)| device.get(id) != Some(term));
        Differences { offer: offer.map(|(id, _)| *id).collect(), fetch: fetch.map(|(id, _)| *id).collect() }
    }

    fn terms(count: u32) -> Terms {
        (0..count)
            .map(|n| {
                let id = DocumentId::derived(&[&n.to_be_bytes()]);
                (id, roadbook_domain::document::digest::term(id, &[]))
            })
            .collect()
    }

    #[test]
    fn equal_sides_agree_in_one_step() {
        let both = terms(5_000);
        assert_eq!(run(&both, &both), (Differences::default(), 1));
    }

    #[test]
    fn ten_differences_among_fifty_thousand_are_found_in_two_steps_and_64_kilobytes() {
        let server = terms(50_000);
        let mut device = server.clone();
        for id in server.keys().step_by(5_000) {
            device.remove(id);
        }
        let mut plan = WalkPlan::begin();
        let mut bytes = 0;
        let mut steps = 0;
        while let Some(step) = plan.step(&device) {
            let answer = answer(&step, &server);
            bytes += minicbor::to_vec(&step).unwrap().len() + minicbor::to_vec(&answer).unwrap().len();
            plan.answer(&step, &answer, &device);
            steps += 1;
        }
        assert_eq!(plan.differences(), expected(&device, &server));
        assert!(steps <= 2 && bytes < 64 << 10, "{steps} steps, {bytes} bytes");
    }

    #[test]
    fn an_answer_about_what_was_not_asked_changes_nothing() {
        let device = terms(3);
        let mut plan = WalkPlan::begin();
        let step = plan.step(&device).unwrap();
        let forged = WalkAnswer {
            deeper: vec![ByteVec::from(vec![1, 2]), ByteVec::from(vec![1; 40])],
            listed: vec![ByteVec::from(Vec::new())],
            documents: Vec::new(),
        };
        plan.answer(&step, &forged, &device);
        assert_eq!(plan.step(&device), None);
        assert_eq!(plan.differences(), Differences::default());
    }

    proptest! {
        #[test]
        fn a_walk_finds_every_difference_and_no_other(
            count in 0_u32..2_000,
            here in prop::collection::btree_set(0_u32..2_000, 0..40),
            there in prop::collection::btree_set(0_u32..2_000, 0..40),
            other in prop::collection::btree_set(0_u32..2_000, 0..40),
        ) {
            let (mut device, mut server) = (terms(count), terms(count));
            let nth = |n: &u32| DocumentId::derived(&[&n.to_be_bytes()]);
            for n in &here {
                server.remove(&nth(n));
            }
            for n in &there {
                device.remove(&nth(n));
            }
            for n in &other {
                device.insert(nth(n), [7; 16]);
            }
            prop_assert_eq!(run(&device, &server).0, expected(&device, &server));
        }
    }
}
