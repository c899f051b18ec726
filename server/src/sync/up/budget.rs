//! Budgets: how much of what is stored one request may have in memory at once.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::value::id::{DocumentId, OrgId};

use crate::store::documents::{self, Size};
use crate::store::{Conn, StoreError};

/// The most operations of stored documents that are judged at once: five documents of the largest size,
/// or thousands of usual cards.
pub const MAX_OPS: u64 = 250_000;
/// The most bytes of stored documents that are judged at once.
pub const MAX_BYTES: u64 = 16 << 20;

/// The most operations that the changes of one push make: ten documents of long texts. A change of 34 bytes
/// can erase 10,000 characters.
pub const MAX_PUSHED_OPS: u32 = 100_000;

/// The most operations of documents that are read as they were, to find out what a Restricted author saw: three
/// of the largest documents once, or a usual card a thousand times. Each costs 3 us.
pub const MAX_READ_OPS: u64 = 300_000;

/// What judging may still do for one request.
#[derive(Debug, Clone)]
pub struct Allowance {
    ops: Cell<u32>,
    /// For documents that are tried again and again.
    trials: Cell<u64>,
    /// For documents that are read as they were; `None`: not used yet.
    reads: Cell<Option<u64>>,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { ops: Cell::new(MAX_PUSHED_OPS), trials: Cell::new(MAX_OPS), reads: Cell::new(None) }
    }
}

impl Allowance {
    /// Whether a change with so many operations is still judged. The first one always is, since no change
    /// has as many.
    pub fn takes(&self, ops: u32) -> bool {
        let left = self.ops.get().checked_sub(ops);
        // Nothing after it either: a group in the middle of the push would wait while later ones go on.
        self.ops.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Whether it may still be found out which change makes a document unfit. The first one always may.
    pub fn may_try(&self) -> bool {
        self.trials.get() > 0
    }

    /// Whether a document of so many operations is tried once more. What uses the allowance up is the last
    /// trial but one: without it a group would not get on.
    pub fn tries(&self, ops: u64) -> bool {
        let left = self.trials.get().checked_sub(ops);
        self.trials.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Whether a document of so many operations is read as it was. The first one always is.
    pub fn reads(&self, ops: u64) -> bool {
        let left =
            self.reads.get().map_or(Some(MAX_READ_OPS.saturating_sub(ops)), |left| left.checked_sub(ops));
        self.reads.set(Some(left.unwrap_or_default()));
        left.is_some()
    }
}

/// The documents that must wait for a later request, because the ones before them use up the budget. The
/// first stored document never has to wait, and a new one costs nothing.
///
/// # Errors
/// Of the database.
pub async fn beyond(
    conn: &mut Conn,
    org: OrgId,
    ids: &[DocumentId],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let sizes = documents::sizes(conn, org, ids).await?.into_iter().map(|size| (size.id, size)).collect();
    Ok(beyond_limits(ids, &sizes))
}

/// The same, of documents whose sizes are known.
pub fn beyond_limits(ids: &[DocumentId], sizes: &BTreeMap<DocumentId, Size>) -> BTreeSet<DocumentId> {
    let (mut ops, mut bytes) = (0_u64, 0_u64);
    let is_beyond = |size: &&Size| {
        let is_first = ops == 0 && bytes == 0;
        let with = (ops.saturating_add(u64::from(size.ops)), bytes.saturating_add(size.bytes));
        let fits = is_first || with.0 <= MAX_OPS && with.1 <= MAX_BYTES;
        if fits {
            (ops, bytes) = with;
        }
        !fits
    };
    // In the order of the request: its first document always gets on, so no retry stands still.
    ids.iter().filter_map(|id| sizes.get(id)).filter(is_beyond).map(|size| size.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadbook_domain::access::rights::Scope;

    #[test]
    fn a_request_is_judged_until_its_operations_are_used_up_and_its_first_change_always() {
        let allowance = Allowance::default();
        let taken = [10_000; 12].map(|ops| allowance.takes(ops));
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 10);
        assert!(taken.is_sorted_by(|one, next| one >= next));
        let allowance = Allowance::default();
        assert!(allowance.takes(60_000) && !allowance.takes(60_000) && !allowance.takes(1));
    }

    #[test]
    fn documents_are_tried_and_read_until_the_allowance_is_used_up() {
        let allowance = Allowance::default();
        assert!(allowance.tries(MAX_OPS - 1) && allowance.may_try());
        assert!(!allowance.tries(2) && !allowance.may_try() && !allowance.tries(1));
        assert!(allowance.reads(MAX_READ_OPS + 1), "the first one, whatever it costs");
        assert!(!allowance.reads(1));
        let allowance = Allowance::default();
        assert_eq!((0..2_000).take_while(|_| allowance.reads(1_000)).count() as u64, MAX_READ_OPS / 1_000);
    }

    fn size(id: DocumentId, ops: u32, bytes: u64) -> Size {
        Size { id, scope: Scope::Staff, version: 1, since: 1, ops, bytes, principals: 1 }
    }

    #[test]
    fn documents_are_judged_at_once_as_far_as_operations_and_bytes_allow_and_the_first_always() {
        let (ops, bytes) = (u32::try_from(MAX_OPS).unwrap(), MAX_BYTES);
        for (name, stored, judged) in [
            ("small ones", vec![(10, 1_000), (10, 1_000)], "11"),
            ("too many operations", vec![(ops - 1, 1), (2, 1), (1, 1)], "101"),
            ("too many bytes", vec![(1, bytes - 1), (1, 2), (1, 1)], "101"),
            ("one too large for any", vec![(ops + 1, bytes + 1), (1, 1)], "10"),
            ("none", vec![], ""),
        ] {
            let id = |n: usize| DocumentId::from_bytes([u8::try_from(n).unwrap(); 16]);
            let sizes: BTreeMap<_, _> = stored
                .iter()
                .enumerate()
                .map(|(n, (ops, bytes))| (id(n), size(id(n), *ops, *bytes)))
                .collect();
            // A new document stands before them all.
            let ids: Vec<_> = std::iter::once(id(99)).chain((0..stored.len()).map(id)).collect();
            let beyond = beyond_limits(&ids, &sizes);
            assert!(!beyond.contains(&id(99)), "{name}");
            let found: String =
                (0..stored.len()).map(|n| if beyond.contains(&id(n)) { '0' } else { '1' }).collect();
            assert_eq!(found, judged, "{name}");
        }
    }
}
