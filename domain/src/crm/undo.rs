//! Undo: what takes a change back, as commands at the present state. It is a change of its own, and history shows
//! both.

use std::collections::{BTreeMap, BTreeSet};

use crate::crm::command::{CardCommand, ContactCommand};
use crate::crm::place::{Place, TodoPart};
use crate::document::change::{Change, ChangeHash, Op, OpId, Register};
use crate::document::{Document, DocumentTypeId, Values, Written, is_reserved, shown};
use crate::value::id::{PartId, UserId};
use crate::value::todo::{Outcome, TodoState};

/// What takes a change back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// Commands to a card.
    Card(Vec<CardCommand>),
    /// Commands to a contact.
    Contact(Vec<ContactCommand>),
}

/// Why a change cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UndoError {
    /// Somebody has written the same since, or at the same time; or the change is not there any more in this form.
    #[error("what the change wrote has changed since")]
    ChangedSince,
    /// It wrote what stays for good, such as a long text or a note.
    #[error("what the change did cannot be taken back")]
    Lasting,
}

/// What takes back the change with this hash, for `by`: each register gets the value that its author saw there.
///
/// A closed todo is reopened (C11), one that was made is closed without an outcome, and a card or contact that was made
/// goes to the trash, unless anybody has worked on it since: nothing is deleted. A closing of another user is not made
/// again in the name of this one.
///
/// # Errors
/// [`UndoError`].
pub fn undo(document: &Document, hash: ChangeHash, by: UserId) -> Result<Undo, UndoError> {
    let changes = document.changes_since(&[]);
    let found = changes.iter().find(|(known, _)| *known == hash);
    let (_, change) = found.ok_or(UndoError::ChangedSince)?;
    let undone = Undone { document, change, before: &values(&changes), by };
    let is_new = makes_document(document.kind().id, change);
    if is_new && changes.iter().any(|(known, other)| *known != hash && !is_reserved(other.actor)) {
        return Err(UndoError::ChangedSince);
    }
    match document.kind().id {
        DocumentTypeId::CARD if is_new => Ok(Undo::Card(vec![CardCommand::Trash])),
        DocumentTypeId::CONTACT if is_new => Ok(Undo::Contact(vec![ContactCommand::Trash])),
        DocumentTypeId::CARD => undone.of_card().map(Undo::Card),
        DocumentTypeId::CONTACT => undone.of_contact().map(Undo::Contact),
        _ => Err(UndoError::Lasting),
    }
}

/// Whether a change of a document of this type can be taken back at all: one that writes a long text or an entry stays
/// for good, unless it makes the document.
pub fn may_undo(kind: DocumentTypeId, change: &Change) -> bool {
    let lasts = |op: &Op| match op {
        Op::Put { register, pred, .. } => pred.is_empty() && is_entry(&Place::of(kind, register)),
        _ => true,
    };
    makes_document(kind, change) || !change.ops.iter().any(lasts)
}

fn makes_document(kind: DocumentTypeId, change: &Change) -> bool {
    change.ops.iter().any(|op| match op {
        Op::Put { register, pred, .. } => {
            pred.is_empty() && matches!(Place::of(kind, register), Place::Product | Place::Sort)
        }
        _ => false,
    })
}

fn is_entry(place: &Place) -> bool {
    matches!(place, Place::Entry { .. })
}

struct Undone<'a> {
    document: &'a Document,
    change: &'a Change,
    /// Every value that was ever written, by its operation.
    before: &'a BTreeMap<OpId, &'a str>,
    by: UserId,
}

impl<'a> Undone<'a> {
    fn of_card(&self) -> Result<Vec<CardCommand>, UndoError> {
        let writes = self.writes()?;
        let made: BTreeSet<PartId> = writes.iter().filter_map(Write::makes_todo).collect();
        let mut commands: Vec<_> = made.iter().map(|todo| CardCommand::Close(*todo, Outcome::None)).collect();
        for write in &writes {
            match write.place {
                Place::Todo { todo, .. } if made.contains(&todo) => {}
                Place::Todo { todo, part: TodoPart::State } => commands.push(write.state(todo, self.by)?),
                _ => {
                    let Register { container, name } = write.register;
                    commands.push(CardCommand::Resolve(*container, name.clone(), write.old.clone()));
                }
            }
        }
        Ok(commands)
    }

    fn of_contact(&self) -> Result<Vec<ContactCommand>, UndoError> {
        let resolve = |write: Write<'_>| {
            let Register { container, name } = write.register;
            ContactCommand::Resolve(*container, name.clone(), write.old)
        };
        Ok(self.writes()?.into_iter().map(resolve).collect())
    }

    /// What the change wrote, all of which must still stand as it wrote it.
    fn writes(&self) -> Result<Vec<Write<'a>>, UndoError> {
        self.change.with_ids().map(|(id, op)| self.write(id, op)).collect()
    }

    fn write(&self, id: OpId, op: &'a Op) -> Result<Write<'a>, UndoError> {
        let Op::Put { register, value, pred } = op else { return Err(UndoError::Lasting) };
        let held = self.document.get(register);
        if held.is_none_or(|held| held.winner.op != id || !held.losers.is_empty()) {
            return Err(UndoError::ChangedSince);
        }
        let place = Place::of(self.document.kind().id, register);
        if pred.is_empty() && is_entry(&place) {
            return Err(UndoError::Lasting);
        }
        Ok(Write { register, place, new: value, old: self.shown(register, pred), replaced: pred.len() })
    }

    /// What the author saw in a register that held these values; empty if it held none.
    fn shown(&self, register: &Register, pred: &[OpId]) -> String {
        let written = |id: &OpId| {
            let value = (*self.before.get(id)?).to_owned();
            Some(Written { op: *id, value, is_text: false })
        };
        // Greatest first.
        let mut written = pred.iter().rev().filter_map(written);
        let Some(winner) = written.next() else { return String::new() };
        let values = Values { winner, losers: written.collect() };
        shown(self.document.kind(), register.container, &register.name, &values)
    }
}

/// What a change did to one register.
struct Write<'a> {
    register: &'a Register,
    place: Place,
    new: &'a str,
    /// What was shown before; empty if nothing was.
    old: String,
    /// How many values it replaced.
    replaced: usize,
}

impl Write<'_> {
    fn is_first(&self) -> bool {
        self.replaced == 0
    }

    /// The todo that begins with this write.
    fn makes_todo(&self) -> Option<PartId> {
        match self.place {
            Place::Todo { todo, part: TodoPart::Text } if self.is_first() => Some(todo),
            _ => None,
        }
    }

    /// Periods only go up, so the state before is never written again (C11).
    fn state(&self, todo: PartId, by: UserId) -> Result<CardCommand, UndoError> {
        let state = |text: &str| text.parse::<TodoState>().map_err(|_| UndoError::Lasting);
        let old = if self.old.is_empty() { TodoState::OPEN } else { state(&self.old)? };
        match (state(self.new)?.is_open(), old.closing()) {
            (false, None) => Ok(CardCommand::Reopen(todo)),
            (true, Some(closing)) if closing.by() == by => Ok(CardCommand::Close(todo, closing.outcome())),
            _ => Err(UndoError::Lasting),
        }
    }
}

/// Every value that the changes wrote, by its operation.
fn values(changes: &[(ChangeHash, Change)]) -> BTreeMap<OpId, &str> {
    let puts = changes.iter().flat_map(|(_, change)| change.with_ids()).filter_map(|(id, op)| match op {
        Op::Put { value, .. } => Some((id, value.as_str())),
        _ => None,
    });
    puts.collect()
}

#[cfg(test)]
mod tests;
