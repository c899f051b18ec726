//! History: who changed what and when, read from the changes themselves and never written twice (F55, F58).

use std::collections::BTreeMap;

use crate::crm::place::Place;
use crate::document::Document;
use crate::document::change::{Change, ChangeHash, Op, OpId, Register};
use crate::document::{AuthorTable, DocumentTypeId, Origin, Signature, is_reserved};
use crate::value::time::Timestamp;

/// One change of a document, as its readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
    /// The change.
    pub hash: ChangeHash,
    /// When, by its author's clock.
    pub at: Timestamp,
    /// When the server received it; `None` while it is unsent.
    pub received_at: Option<Timestamp>,
    /// Its author; `None` while it is unsent, when the author is this device's own user.
    pub by: Option<Signature>,
    /// The act that it was part of.
    pub origin: Option<Origin>,
    /// What it did, register by register.
    pub edits: Vec<Edit>,
}

/// What a change did to one register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It gave the register another value.
    Put {
        /// What it is.
        place: Place,
        /// The values it replaced, first the one that was shown; empty if there was none.
        old: Vec<String>,
        /// The new value.
        new: String,
    },
    /// It edited a long text.
    Text {
        /// What it is.
        place: Place,
        /// What it inserted, put together.
        inserted: String,
        /// How many characters it erased.
        erased: u32,
    },
}

/// The history of a document, newest first: `limit` items after the first `skip`.
///
/// The order is that in which this replica holds the changes. It differs between replicas only for
/// changes that were made at the same time.
pub fn history(document: &Document, authors: &AuthorTable, skip: usize, limit: usize) -> Vec<HistoryItem> {
    let mut past = Past { kind: document.kind().id, values: BTreeMap::new(), texts: BTreeMap::new() };
    // The oldest first: what a change replaced is known from those before it.
    let mut items: Vec<_> = document
        .changes_since(&[])
        .into_iter()
        // The constant change of a schema version is nobody's act.
        .filter(|(_, change)| !is_reserved(change.actor))
        .map(|(hash, change)| past.tell(hash, &change, authors))
        .collect();
    items.reverse();
    items.into_iter().skip(skip).take(limit).collect()
}

/// What the changes told so far have written.
struct Past {
    kind: DocumentTypeId,
    values: BTreeMap<OpId, String>,
    texts: BTreeMap<OpId, Register>,
}

impl Past {
    fn tell(&mut self, hash: ChangeHash, change: &Change, authors: &AuthorTable) -> HistoryItem {
        let mut edits = Vec::new();
        for (id, op) in change.with_ids() {
            self.tell_op(id, op, &mut edits);
        }
        HistoryItem {
            hash,
            at: change.time,
            received_at: authors.received_at(change.actor, change.seq),
            by: authors.signature(change.actor).cloned(),
            origin: authors.origin(change.actor, change.seq),
            edits,
        }
    }

    fn tell_op(&mut self, id: OpId, op: &Op, edits: &mut Vec<Edit>) {
        match op {
            Op::Put { register, value, pred } => {
                // Greatest first, because the greatest is the one that was shown.
                let old = pred.iter().rev().filter_map(|id| self.values.get(id).cloned()).collect();
                let place = Place::of(self.kind, register);
                edits.push(Edit::Put { place, old, new: value.clone() });
                self.values.insert(id, value.clone());
            }
            // No user makes containers.
            Op::MakeContainer { .. } => {}
            Op::MakeText { register, .. } => {
                self.texts.insert(id, register.clone());
            }
            Op::Insert { text, chars, .. } => self.tell_text(*text, chars, 0, edits),
            Op::Erase { text, count, .. } => self.tell_text(*text, "", *count, edits),
        }
    }

    fn tell_text(&self, text: OpId, chars: &str, count: u32, edits: &mut Vec<Edit>) {
        // The guard lets no change edit a text that nobody made, so nothing is left out here.
        let Some(register) = self.texts.get(&text) else { return };
        let place = Place::of(self.kind, register);
        // One edit of a text is many operations, and a reader wants one line for it.
        let same = edits.iter_mut().find_map(|edit| match edit {
            Edit::Text { place: told, inserted, erased } if *told == place => Some((inserted, erased)),
            _ => None,
        });
        match same {
            Some((inserted, erased)) => {
                inserted.push_str(chars);
                *erased = erased.saturating_add(count);
            }
            None => edits.push(Edit::Text { place, inserted: chars.to_owned(), erased: count }),
        }
    }
}
