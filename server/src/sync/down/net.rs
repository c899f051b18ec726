//! Net effects: what of a document's entries a device needs, given what it had and what its user sees.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::value::id::DocumentId;

use crate::store::log::{EntryKind, Touched};

/// More changes than this of one document are sent as a bundle.
pub const MAX_CHANGES: usize = 16;

/// What to send of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Net {
    /// These changes.
    Changes {
        /// Their numbers, in order.
        seqs: Vec<i64>,
        /// How many bytes those have that the device has not: if a bundle has fewer, that is sent instead.
        bytes: u64,
    },
    /// The whole document.
    Bundle,
    /// That the user does not see it any more.
    Forget,
    /// That it was purged.
    Purge,
}

/// The entries of each document, in order, each once: a viewer may read one by two principals.
pub fn by_document(rows: Vec<Touched>) -> BTreeMap<DocumentId, Vec<Touched>> {
    let mut rows = rows;
    rows.sort_by_key(|row| row.seq);
    let mut documents: BTreeMap<DocumentId, Vec<Touched>> = BTreeMap::new();
    for row in rows {
        let of_document = documents.entry(row.document).or_default();
        match of_document.last_mut() {
            Some(last) if last.seq == row.seq => {
                last.saw |= row.saw;
                last.sees |= row.sees;
            }
            _ => of_document.push(row),
        }
    }
    documents
}

/// What to send of a document whose entries since the cursor are `rows`; `None`: nothing.
///
/// `sees` is whether the user sees the document now, `applied` are the entries that the device made by
/// the same request, `lacks` is whether a fill has not come to the document yet.
pub fn effect(rows: &[Touched], sees: bool, applied: &BTreeSet<i64>, lacks: bool) -> Option<Net> {
    let first = rows.first()?;
    if rows.iter().any(|row| row.entry == EntryKind::Purge) {
        return Some(Net::Purge);
    }
    // The device that made the document has it, although it did not see it before that entry.
    let made_it = first.entry == EntryKind::Create && applied.contains(&first.seq);
    let had = first.saw || made_it;
    match (had, sees) {
        // Even if the device has not got it: the retained closings may have changed.
        (_, false) => Some(Net::Forget),
        (false, true) => Some(Net::Bundle),
        (true, true) => {
            // The user had lost it in between, and the entries of that time were not filed for them.
            let entered = rows.iter().skip(1).any(|row| !row.saw);
            if lacks && !made_it || entered || rows.iter().any(|row| !row.sees) {
                return Some(Net::Bundle);
            }
            let changes = rows.iter().filter(|row| row.entry.is_change());
            let seqs: Vec<i64> = changes.clone().map(|row| row.seq).collect();
            let foreign = changes.filter(|row| !applied.contains(&row.seq));
            match (seqs.len(), foreign.clone().count()) {
                // Only its audience changed, and not for this user.
                (0, _) => None,
                (_, 0..=MAX_CHANGES) => Some(Net::Changes { seqs, bytes: foreign.map(|row| row.size).sum() }),
                _ => Some(Net::Bundle),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: DocumentId = DocumentId::from_bytes([1; 16]);

    fn row(seq: i64, entry: EntryKind, saw: bool, sees: bool) -> Touched {
        Touched { seq, entry, document: DOCUMENT, size: 10, saw, sees }
    }

    fn changes(seqs: &[i64]) -> Option<Net> {
        Some(Net::Changes { seqs: seqs.to_vec(), bytes: 10 * seqs.len() as u64 })
    }

    #[test]
    fn visible_before_and_after_is_sent_as_changes_and_many_as_a_bundle() {
        let rows = |count: i64| (1..=count).map(|seq| row(seq, EntryKind::Change, true, true));
        let of = |count| effect(&rows(count).collect::<Vec<_>>(), true, &BTreeSet::new(), false);
        assert_eq!(of(2), changes(&[1, 2]));
        assert_eq!(of(17), Some(Net::Bundle));
    }

    #[test]
    fn entering_brings_a_bundle_and_not_to_see_it_in_the_end_a_forget() {
        let none = BTreeSet::new();
        let entry = |saw, sees| effect(&[row(5, EntryKind::Change, saw, sees)], sees, &none, false);
        assert_eq!(entry(false, true), Some(Net::Bundle));
        assert_eq!(entry(true, false), Some(Net::Forget));
        assert_eq!(entry(false, false), Some(Net::Forget));
    }

    #[test]
    fn leaving_and_entering_again_is_a_bundle_for_the_changes_between_were_not_filed() {
        let rows = [row(5, EntryKind::Change, true, false), row(9, EntryKind::Change, false, true)];
        assert_eq!(effect(&rows, true, &BTreeSet::new(), false), Some(Net::Bundle));
        assert_eq!(effect(&rows, false, &BTreeSet::new(), false), Some(Net::Forget));
    }

    #[test]
    fn what_a_device_made_by_the_same_request_it_has() {
        let rows = [
            row(5, EntryKind::Create, false, true),
            row(6, EntryKind::Change, true, true),
            row(7, EntryKind::Change, true, true),
        ];
        let applied = |seqs: &[i64]| effect(&rows, true, &seqs.iter().copied().collect(), false);
        let all = |foreign: u64| Some(Net::Changes { seqs: vec![5, 6, 7], bytes: 10 * foreign });
        assert_eq!(applied(&[5, 6, 7]), all(0));
        assert_eq!(applied(&[5, 6]), all(1));
        assert_eq!(applied(&[]), Some(Net::Bundle));
        let given_away = [row(5, EntryKind::Create, false, false)];
        assert_eq!(effect(&given_away, false, &BTreeSet::from([5]), false), Some(Net::Forget));
    }

    #[test]
    fn a_document_that_the_fill_has_not_reached_is_sent_whole() {
        let rows = [row(5, EntryKind::Change, true, true)];
        assert_eq!(effect(&rows, true, &BTreeSet::new(), true), Some(Net::Bundle));
        let hidden = [row(5, EntryKind::Change, false, false)];
        assert_eq!(effect(&hidden, false, &BTreeSet::new(), true), Some(Net::Forget));
    }

    #[test]
    fn a_purge_outweighs_everything() {
        let rows = [row(5, EntryKind::Change, true, true), row(6, EntryKind::Purge, true, false)];
        assert_eq!(effect(&rows, false, &BTreeSet::new(), false), Some(Net::Purge));
    }

    #[test]
    fn an_entry_read_by_two_principals_counts_once_and_by_either() {
        let rows = vec![
            row(6, EntryKind::Change, true, true),
            row(5, EntryKind::Change, true, false),
            row(5, EntryKind::Change, false, true),
        ];
        let rows = by_document(rows).remove(&DOCUMENT).unwrap();
        assert_eq!(rows, [row(5, EntryKind::Change, true, true), row(6, EntryKind::Change, true, true)]);
    }
}
