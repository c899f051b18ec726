//! How large a document may become, and what is kept so that a full one can still be brought to an end.
//!
//! Operations never become fewer: automerge keeps them all. So a document does not simply stop at one limit:
//!
//! ```text
//! operations  0 .............. 100,000 ........... 109,000 ............ 110,000
//! changes     0 ............... 48,000 ............ 49,000 ............. 50,000
//!               texts and all else | values, decisions | decisions only |
//! ```
//!
//! A *decision* writes registers that have a form: status, owner, trash; a todo's state, due and assignee.

use crate::document::change::{Change, Op};
use crate::document::{DocumentType, Form};

/// The most operations of one document.
pub const MAX_DOCUMENT_OPS: u32 = 110_000;
/// How many of them are kept for changes without long text.
pub const KEPT_FOR_VALUES: u32 = 10_000;
/// How many of them are kept for decisions.
pub const KEPT_FOR_DECISIONS: u32 = 1_000;
/// The most changes of one document: so many can be re-uploaded.
pub const MAX_DOCUMENT_CHANGES: usize = 50_000;
/// How many of them are kept for changes without long text, and as many again for decisions.
pub const KEPT_CHANGES: usize = 1_000;
/// The largest saved document that is read, in bytes: a card of 110,000 operations fits.
pub const MAX_SAVED: usize = 2 << 20;
/// How many bytes of it are kept for decisions.
pub const BYTES_FOR_DECISIONS: usize = 64 << 10;

/// How many operations and changes a document may hold together with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::document) struct Room {
    pub ops: u32,
    pub changes: usize,
}

impl Room {
    /// Of a document that its readers still take.
    pub const ALL: Self = Self { ops: MAX_DOCUMENT_OPS, changes: MAX_DOCUMENT_CHANGES };
}

impl DocumentType {
    /// How much a document of this type may hold together with a change.
    pub(in crate::document) fn room_with(&self, change: &Change) -> Room {
        let Room { ops, changes } = Room::ALL;
        if self.is_decision(change) {
            Room::ALL
        } else if change.ops.iter().all(|op| matches!(op, Op::Put { .. })) {
            Room { ops: ops - KEPT_FOR_DECISIONS, changes: changes - KEPT_CHANGES }
        } else {
            Room { ops: ops - KEPT_FOR_VALUES, changes: changes - 2 * KEPT_CHANGES }
        }
    }

    /// The most bytes that a document of this type may have when it is saved with these changes, which it
    /// did not hold before.
    pub fn most_saved_with<'c>(&self, changes: impl IntoIterator<Item = &'c Change>) -> usize {
        let decides = changes.into_iter().all(|change| self.is_decision(change));
        if decides { MAX_SAVED } else { MAX_SAVED - BYTES_FOR_DECISIONS }
    }

    /// Whether a change writes nothing but registers whose values are short, because they have a form.
    fn is_decision(&self, change: &Change) -> bool {
        let has_form = |op: &Op| match op {
            Op::Put { register, .. } => {
                self.rule(register.container, &register.name).is_some_and(|rule| rule.form != Form::Text)
            }
            Op::MakeContainer { .. } => true,
            Op::MakeText { .. } | Op::Insert { .. } | Op::Erase { .. } => false,
        };
        change.ops.iter().all(has_form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::card;
    use crate::document::change::Actor;
    use crate::document::draft::Draft;
    use crate::document::guard::Forged;
    use crate::document::{Document, OpIndex, Writer};
    use crate::value::time::Timestamp;

    const TODO: &str = "AQEBAQEB";

    fn drafted(write: impl FnOnce(&mut Draft<'_>)) -> Change {
        let mut document = Document::new(&card::TYPE);
        let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::from_millis(1));
        write(&mut draft);
        draft.finish().unwrap()
    }

    fn todo(draft: &mut Draft<'_>, part: &str, value: &str) {
        draft.put(card::TODOS, format!("{TODO}/{part}"), value);
    }

    #[test]
    fn a_card_that_takes_no_more_text_takes_values_and_one_that_takes_no_values_is_still_decided() {
        let text = drafted(|draft| draft.edit_text(card::FIELDS, "note", "x"));
        let value = drafted(|draft| draft.put(card::CARD, "name", "x"));
        let closed =
            "closed#1;success;2026-11-22T09:00:05;Europe/Budapest;01936b00-0000-7000-8000-00000000000a";
        let id = "01936b00-0000-7000-8000-00000000000a";
        let decisions = [
            drafted(|draft| todo(draft, "state", closed)),
            drafted(|draft| todo(draft, "due", "2026-11-22")),
            drafted(|draft| todo(draft, "assignee", id)),
            drafted(|draft| draft.put(card::CARD, "owner", id)),
            drafted(|draft| draft.put(card::CARD, "status", id)),
            drafted(|draft| draft.put(card::CARD, "trash", "trashed")),
        ];
        let judged = |change: &Change, ops: u32| {
            let mut index = OpIndex::new(&card::TYPE);
            index.ops = ops;
            index.judge(change, Writer::Editor)
        };
        let of = |what: &[Change], ops| what.iter().map(|change| judged(change, ops)).collect::<Vec<_>>();
        let full = Err(Forged::TooLarge);
        for (ops, of_text, of_value, of_decision) in [
            (99_998, Ok(()), Ok(()), Ok(())),
            (99_999, full.clone(), Ok(()), Ok(())),
            (108_999, full.clone(), Ok(()), Ok(())),
            (109_000, full.clone(), full.clone(), Ok(())),
            (109_999, full.clone(), full.clone(), Ok(())),
            (110_000, full.clone(), full.clone(), full.clone()),
        ] {
            assert_eq!(judged(&text, ops), of_text, "{ops}");
            assert_eq!(judged(&value, ops), of_value, "{ops}");
            assert_eq!(of(&decisions, ops), vec![of_decision; decisions.len()], "{ops}");
        }
        assert_eq!(card::TYPE.most_saved_with(&decisions), MAX_SAVED);
        // A todo's description has a rule, too, but may be long.
        let described = drafted(|draft| todo(draft, "description", "Long"));
        for more in [value, text, described] {
            let changes = [decisions[0].clone(), more];
            assert_eq!(card::TYPE.most_saved_with(&changes), MAX_SAVED - BYTES_FOR_DECISIONS);
        }
    }

    #[test]
    fn a_reader_takes_what_the_server_took() {
        let text = drafted(|draft| draft.edit_text(card::FIELDS, "note", "x"));
        let mut index = OpIndex::new(&card::TYPE);
        index.ops = MAX_DOCUMENT_OPS - 2;
        assert_eq!(index.check(&text), Ok(()));
    }
}
