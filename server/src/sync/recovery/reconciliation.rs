//! Reconciliation: finding the documents in which a device and the server differ.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{Bucket, HeadsRow, Reconcile, ReconcileAnswer};

use crate::store::{Conn, StoreError, documents, key};
use crate::sync::down::page::{Page, Reading};
use crate::sync::down::visible::visible;
use crate::sync::error::SyncError;

/// The most buckets of one step.
pub const MAX_BUCKETS: usize = 256;
/// The most documents under a suffix that are listed at once.
// 64 rows take fewer bytes than the 4 KiB of sums that one more step would send.
pub const MAX_LISTED: usize = 64;
/// The most documents that one answer lists: half a megabyte.
pub const MAX_ROWS: usize = 16 << 10;
/// The most documents that one request may fetch.
pub const MAX_FETCH: usize = 1000;

/// The bytes of one sum.
const SUM: usize = 16;

/// Answers one step of a reconciliation.
///
/// # Errors
/// [`SyncError::Invalid`] for a step that no device takes.
pub async fn answer(
    conn: &mut Conn,
    reading: &Reading<'_>,
    step: &Reconcile,
) -> Result<ReconcileAnswer, SyncError> {
    judge(&step.buckets)?;
    // Nothing is asked, so all documents need not be looked at.
    if step.buckets.is_empty() {
        return Ok(ReconcileAnswer::default());
    }
    let terms = terms(conn, reading).await?;
    Ok(compare(&step.buckets, &terms, MAX_ROWS))
}

/// Refuses buckets of another form, and buckets that contain one another: so each document is in one
/// bucket at most, and an answer never names it twice.
fn judge(buckets: &[Bucket]) -> Result<(), SyncError> {
    let is_bucket = |bucket: &Bucket| bucket.suffix.len() < 16 && bucket.sums.len() == 256 * SUM;
    if buckets.len() > MAX_BUCKETS || !buckets.iter().all(is_bucket) {
        return Err(SyncError::Invalid("walk"));
    }
    let mut suffixes: Vec<&[u8]> = buckets.iter().map(|bucket| bucket.suffix.as_slice()).collect();
    // In this order a suffix comes right before a longer one that begins with it, if there is one.
    suffixes.sort_unstable();
    let apart = suffixes.windows(2).all(|pair| matches!(pair, [one, next] if !next.starts_with(one)));
    if apart { Ok(()) } else { Err(SyncError::Invalid("walk")) }
}

/// Id and digest term of every document that the caller sees.
///
/// # Errors
/// Of the database.
pub async fn terms(
    conn: &mut Conn,
    reading: &Reading<'_>,
) -> Result<BTreeMap<DocumentId, [u8; 16]>, StoreError> {
    let (caller, org) = (reading.caller, reading.caller.org);
    let known = reading.engine.terms();
    let mut terms = documents::terms_of_feed(conn, org, &key::private(caller.user)).await?;
    if !caller.role.reads_all() {
        for principal in key::filed_for(caller.user) {
            terms.extend(known.of_principal(conn, org, &principal, reading.head).await?.iter());
        }
    } else {
        terms.extend(known.of_staff(conn, org, reading.head).await?.iter());
    }
    Ok(terms.into_iter().collect())
}

/// Where the device's sums differ from those of `terms`, with `most` documents or fewer.
fn compare(buckets: &[Bucket], terms: &BTreeMap<DocumentId, [u8; 16]>, most: usize) -> ReconcileAnswer {
    let mut subsets = subsets(buckets, terms);
    let mut answer = ReconcileAnswer::default();
    for bucket in buckets {
        let (theirs, _) = bucket.sums.as_chunks::<SUM>();
        for (next, theirs) in (0..=u8::MAX).zip(theirs) {
            let suffix: Vec<u8> = bucket.suffix.iter().copied().chain([next]).collect();
            let subset = subsets.remove(&suffix).unwrap_or_default();
            let mut ours = Digest::default();
            subset.iter().for_each(|row| ours.add(row.term));
            if ours.to_bytes() == *theirs {
                continue;
            }
            let fits = subset.len() <= MAX_LISTED && answer.documents.len() + subset.len() <= most;
            // A whole id is a suffix that cannot be divided.
            if fits || suffix.len() == 16 {
                answer.listed.push(suffix.into());
                answer.documents.extend(subset);
            } else {
                answer.deeper.push(suffix.into());
            }
        }
    }
    answer
}

/// The documents in these buckets, by the suffix of their bucket and the byte before it.
fn subsets(buckets: &[Bucket], terms: &BTreeMap<DocumentId, [u8; 16]>) -> BTreeMap<Vec<u8>, Vec<HeadsRow>> {
    let suffixes: BTreeSet<&[u8]> = buckets.iter().map(|bucket| bucket.suffix.as_slice()).collect();
    // Suffixes have few lengths: an id is looked up once for each of these, not once for each bucket.
    let lengths: BTreeSet<usize> = suffixes.iter().map(|suffix| suffix.len()).collect();
    let mut subsets: BTreeMap<Vec<u8>, Vec<HeadsRow>> = BTreeMap::new();
    for (document, term) in terms {
        let mut id = *document.as_bytes();
        id.reverse();
        let is_in = |length: &&usize| id.get(..**length).is_some_and(|suffix| suffixes.contains(suffix));
        if let Some(length) = lengths.iter().find(is_in) {
            let suffix = id.iter().take(length + 1).copied().collect();
            subsets.entry(suffix).or_default().push(HeadsRow { document: *document, term: *term });
        }
    }
    subsets
}

/// Adds the documents that a device asks for, as many as fit: whole, or that they are not for it.
///
/// # Errors
/// [`SyncError::TooLarge`] for too many.
pub async fn fetch(
    conn: &mut Conn,
    reading: &Reading<'_>,
    ids: &[DocumentId],
    page: &mut Page,
) -> Result<(), SyncError> {
    if ids.len() > MAX_FETCH {
        return Err(SyncError::TooLarge);
    }
    let org = reading.caller.org;
    let seen = visible(conn, reading.caller, ids).await?;
    // Whoever sees only some documents must not learn that there was another one.
    let purged = match reading.caller.role.reads_all() {
        true => documents::purged(conn, org, ids).await?,
        false => Vec::new(),
    };
    let hidden: Vec<_> = ids.iter().filter(|id| !seen.contains(id)).copied().collect();
    let mut closings = reading.closings(conn, &hidden).await?;
    // Not measured against the page: they are a few bytes each, and `MAX_FETCH` bounds them.
    for id in hidden {
        if purged.contains(&id) {
            page.push(&reading.tombstone(id));
        } else {
            reading.push_forget(page, id, closings.remove(&id).unwrap_or_default());
        }
    }
    let wanted: Vec<_> = ids.iter().filter(|id| seen.contains(id)).copied().collect();
    let (mut taken, mut left) = (Vec::new(), page.left());
    for listed in documents::listed(conn, org, &wanted).await? {
        if listed.size > left && !taken.is_empty() {
            break;
        }
        left = left.saturating_sub(listed.size);
        taken.push(listed.id);
    }
    Ok(reading.push_bundles(page, documents::get(conn, org, &taken).await?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use roadbook_domain::document::change::ChangeHash;
    use roadbook_domain::document::digest::term;

    fn id(last: u8, before: u8, first: u8) -> DocumentId {
        let mut bytes = [0; 16];
        (bytes[15], bytes[14], bytes[0]) = (last, before, first);
        DocumentId::from_bytes(bytes)
    }

    /// The byte of an id before those of a suffix, which is read from the end; `None` if it ends otherwise.
    fn next_byte(document: DocumentId, suffix: &[u8]) -> Option<u8> {
        let mut bytes = document.as_bytes().iter().rev();
        let ends_so = suffix.iter().all(|byte| bytes.next() == Some(byte));
        if ends_so { bytes.next().copied() } else { None }
    }

    /// A device's side of the reconciliation, to the end: the documents in which it differs.
    fn differing(
        device: &BTreeMap<DocumentId, [u8; 16]>,
        server: &BTreeMap<DocumentId, [u8; 16]>,
        most: usize,
    ) -> (Vec<DocumentId>, usize) {
        let bucket = |suffix: Vec<u8>| {
            let mut sums = vec![Digest::default(); 256];
            for (document, term) in device {
                if let Some(next) = next_byte(*document, &suffix) {
                    sums[usize::from(next)].add(*term);
                }
            }
            Bucket { suffix, sums: sums.iter().flat_map(|sum| sum.to_bytes()).collect() }
        };
        let mut buckets = vec![bucket(Vec::new())];
        let (mut found, mut steps) = (Vec::new(), 0);
        while !buckets.is_empty() {
            steps += 1;
            judge(&buckets).unwrap();
            let answer = compare(&buckets, server, most);
            let divisible = buckets.iter().all(|bucket| bucket.suffix.len() < 15);
            assert!(!divisible || answer.documents.len() <= most);
            let listed: BTreeMap<_, _> =
                answer.documents.iter().map(|row| (row.document, row.term)).collect();
            let is_listed = |document: DocumentId| {
                answer.listed.iter().any(|suffix| {
                    document.as_bytes().iter().rev().zip(suffix.iter()).all(|(byte, wanted)| byte == wanted)
                })
            };
            let own = device.iter().filter(|(document, _)| is_listed(**document));
            let all: BTreeMap<_, _> = own.map(|(document, term)| (*document, *term)).collect();
            for document in all.keys().chain(listed.keys()) {
                if all.get(document) != listed.get(document) && !found.contains(document) {
                    found.push(*document);
                }
            }
            buckets = answer.deeper.iter().map(|suffix| bucket(suffix.to_vec())).collect();
        }
        found.sort_unstable();
        (found, steps)
    }

    #[test]
    fn no_bucket_may_be_there_twice_or_lie_in_another_or_have_another_form() {
        let bucket = |suffix: &[u8]| Bucket { suffix: suffix.to_vec(), sums: vec![0; 256 * SUM] };
        let short = Bucket { sums: vec![0; 255 * SUM], ..bucket(&[]) };
        for (name, buckets, is_good) in [
            ("none", vec![], true),
            ("all documents", vec![bucket(&[])], true),
            ("apart", vec![bucket(&[2, 1]), bucket(&[1, 2]), bucket(&[1, 1]), bucket(&[3])], true),
            ("twice the same", vec![bucket(&[1]), bucket(&[2]), bucket(&[1])], false),
            ("one in all", vec![bucket(&[1]), bucket(&[])], false),
            ("one in another", vec![bucket(&[1, 2, 3]), bucket(&[1, 1]), bucket(&[1])], false),
            ("a whole id", vec![bucket(&[1; 16])], false),
            ("too few sums", vec![short], false),
            ("too many buckets", vec![bucket(&[1]); 257], false),
        ] {
            assert_eq!(judge(&buckets).is_ok(), is_good, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_reconciliation_finds_exactly_the_documents_that_differ(
            both in prop::collection::btree_map((0_u8..3, 0_u8..4, any::<u8>()), any::<u8>(), 0..300),
            device in prop::collection::btree_map((0_u8..3, 0_u8..4, any::<u8>()), any::<u8>(), 0..8),
            server in prop::collection::btree_map((0_u8..3, 0_u8..4, any::<u8>()), any::<u8>(), 0..8),
        ) {
            let with = |own: &BTreeMap<(u8, u8, u8), u8>| -> BTreeMap<DocumentId, [u8; 16]> {
                let all = both.iter().chain(own).map(|((a, b, c), head)| (id(*a, *b, *c), ChangeHash([*head; 32])));
                all.map(|(id, head)| (id, term(id, &[head]))).collect()
            };
            let (device, server) = (with(&device), with(&server));
            let documents = device.keys().chain(server.keys());
            let mut expected: Vec<_> =
                documents.filter(|id| device.get(id) != server.get(id)).copied().collect();
            expected.sort_unstable();
            expected.dedup();
            let (found, steps) = differing(&device, &server, MAX_ROWS);
            prop_assert_eq!(&found, &expected);
            prop_assert!(steps <= 3, "{} steps", steps);
            let (found, _) = differing(&device, &server, 20);
            prop_assert_eq!(found, expected, "in small answers");
        }
    }
}
