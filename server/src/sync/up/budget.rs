//! Budgets: how much of what is stored one request may have in memory at once.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::value::id::{DocumentId, OrgId};

use crate::store::documents::{self, Size};
use crate::store::{Conn, StoreError};

/// The most operations of stored documents that are judged at once: five documents of the largest size,
/// or thousands of usual cards.
pub const MAX_OPS: u64 = 250_000;
/// The most bytes of stored documents that are judged at once.
pub const MAX_BYTES: u64 = 16 << 20;

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

fn beyond_limits(ids: &[DocumentId], sizes: &BTreeMap<DocumentId, Size>) -> BTreeSet<DocumentId> {
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
                .map(|(n, (ops, bytes))| (id(n), Size { id: id(n), ops: *ops, bytes: *bytes }))
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
