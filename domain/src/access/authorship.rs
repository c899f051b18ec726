//! Authorship: in whose name a change may speak.
//!
//! Who made a change is the session's user, and no change says it (L4). But a closing names who closed the
//! todo, and an entry who wrote it: totals, reports and the history go by that.

use crate::crm::{card, contact};
use crate::document::DocumentType;
use crate::document::change::{Change, Op, Register};
use crate::value::id::UserId;
use crate::value::todo::TodoState;

/// The author of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The user of the session, on whichever of their devices the change was made.
    pub user: UserId,
    /// Whether the change is part of an import, by a user who may import: it names others, who wrote what is
    /// imported.
    pub imports: bool,
}

impl Author {
    /// Whether a change closes a todo, or writes an entry, in the name of another user.
    ///
    /// A value that the register held where the change was made is said again, not newly: `saw` tells
    /// that. So a conflict of two closings is resolved for either.
    pub fn speaks_for_another(
        &self,
        kind: &DocumentType,
        change: &Change,
        saw: impl Fn(&Register, &str) -> bool,
    ) -> bool {
        change.ops.iter().any(|op| match op {
            Op::Put { register, value, .. } => {
                self.is_for_another(kind, register, value) && !saw(register, value)
            }
            Op::MakeContainer { .. } | Op::MakeText { .. } | Op::Insert { .. } | Op::Erase { .. } => false,
        })
    }

    fn is_for_another(&self, kind: &DocumentType, register: &Register, value: &str) -> bool {
        let is_card = kind.id == card::TYPE.id;
        let is_contact = kind.id == contact::TYPE.id;
        let is_entry = is_card && register.container == card::ENTRIES
            || is_contact && register.container == contact::ENTRIES;
        match register.name.rsplit('/').next() {
            Some("state") if is_card && register.container == card::TODOS => {
                let closing = value.parse::<TodoState>().ok().and_then(|state| state.closing().copied());
                closing.is_some_and(|closing| closing.by() != self.user)
            }
            // Empty: the author of the change.
            Some("by") if is_entry && !value.is_empty() => {
                !self.imports && value.parse::<UserId>().ok() != Some(self.user)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::change::Actor;
    use crate::value::time::Timestamp;

    #[test]
    fn closings_and_entries_are_by_their_author_or_were_there() {
        let (me, other) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let closed = |by| format!("closed#1;success;2026-11-22T09:00:05;Europe/Budapest;{by}");
        let put = |container, name: &str, value: &str| Change {
            actor: Actor([7; 16]),
            seq: 1,
            start_op: 6,
            time: Timestamp::from_millis(0),
            deps: Vec::new(),
            ops: vec![Op::Put {
                register: Register { container, name: name.into() },
                value: value.into(),
                pred: Vec::new(),
            }],
        };
        for (name, kind, change, refused, refused_of_import) in [
            ("own closing", &card::TYPE, put(card::TODOS, "AAAAAAAA/state", &closed(me)), false, false),
            ("another's", &card::TYPE, put(card::TODOS, "AAAAAAAA/state", &closed(other)), true, true),
            ("reopened", &card::TYPE, put(card::TODOS, "AAAAAAAA/state", "open#2"), false, false),
            ("a field", &card::TYPE, put(card::FIELDS, "state", &closed(other)), false, false),
            ("own entry", &card::TYPE, put(card::ENTRIES, "AAAAAAAA/by", &me.to_string()), false, false),
            (
                "another's entry",
                &card::TYPE,
                put(card::ENTRIES, "AAAAAAAA/by", &other.to_string()),
                true,
                false,
            ),
            ("somebody's", &contact::TYPE, put(contact::ENTRIES, "AAAAAAAA/by", "Anna"), true, false),
            ("nobody's", &contact::TYPE, put(contact::ENTRIES, "AAAAAAAA/by", ""), false, false),
        ] {
            for (imports, expected) in [(false, refused), (true, refused_of_import)] {
                let author = Author { user: me, imports };
                assert_eq!(author.speaks_for_another(kind, &change, |_, _| false), expected, "{name}");
                assert!(!author.speaks_for_another(kind, &change, |_, _| true), "{name}");
            }
        }
    }
}
