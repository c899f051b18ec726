//! Drafts: authoring one change on a document, at its heads or at earlier ones.

use std::collections::BTreeMap;

use crate::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use crate::document::shown;
use crate::document::{Document, Values};
use crate::value::time::Timestamp;

/// A change in the making. It writes each register at most once, and no register that stays as it was.
#[derive(Debug)]
pub struct Draft<'a> {
    document: &'a Document,
    heads: Vec<ChangeHash>,
    /// Whether the draft begins on a new document, in which nothing is written yet.
    begins_document: bool,
    change: Change,
    next: u32,
    /// What long texts shall read. They are written last, so that the last call for each counts.
    texts: BTreeMap<Register, String>,
}

impl<'a> Draft<'a> {
    /// A draft on the present state of a document.
    pub fn new(document: &'a mut Document, actor: Actor, now: Timestamp) -> Self {
        let heads = document.heads();
        let max_op = document.max_op();
        Self::on(document, heads, max_op, actor, now)
    }

    /// A draft on an earlier state of a document, the one with these `heads`, which it must hold. It is
    /// for an author who acts on what they saw then: a calendar, a form, a phone that re-authors.
    pub fn at(document: &'a mut Document, heads: Vec<ChangeHash>, actor: Actor, now: Timestamp) -> Self {
        let max_op = document.max_op_of(&heads);
        Self::on(document, heads, max_op, actor, now)
    }

    fn on(
        document: &'a mut Document,
        heads: Vec<ChangeHash>,
        max_op: u32,
        actor: Actor,
        now: Timestamp,
    ) -> Self {
        let seq = document.seq(actor).saturating_add(1);
        let start_op = max_op.saturating_add(1);
        let change =
            Change { actor, seq, start_op, time: now.clamped(), deps: heads.clone(), ops: Vec::new() };
        let begins_document = heads == [document.kind().genesis_hash()];
        Self { document, heads, begins_document, change, next: start_op, texts: BTreeMap::new() }
    }

    /// What a register holds where the draft begins.
    pub fn get(&self, container: u8, name: &str) -> Option<Values> {
        self.values(&Register { container, name: name.to_owned() })
    }

    /// What a register shows, after what the draft itself writes; `None` if nobody has written it.
    pub fn text(&self, container: u8, name: &str) -> Option<String> {
        let drafted = self.change.ops.iter().find_map(|op| match op {
            Op::Put { register, value, .. } if register.container == container && register.name == name => {
                Some(value.clone())
            }
            _ => None,
        });
        drafted.or_else(|| {
            let values = self.get(container, name)?;
            Some(shown(self.document.kind(), container, name, &values))
        })
    }

    /// Gives a register a value; this also resolves a conflict. The last of several values stays.
    pub fn put(&mut self, container: u8, name: impl Into<String>, value: impl Into<String>) {
        let register = Register { container, name: name.into() };
        let value = value.into();
        let drafted = self.change.ops.iter_mut().find_map(|op| match op {
            Op::Put { register: written, value, .. } if *written == register => Some(value),
            _ => None,
        });
        if let Some(drafted) = drafted {
            *drafted = value;
            return;
        }
        let old = self.values(&register);
        // A value that is shown already is still written if it lost others: that resolves the conflict.
        let unchanged = match &old {
            None => value.is_empty(),
            Some(old) => old.losers.is_empty() && old.winner.value == value,
        };
        if !unchanged {
            self.push(Op::Put { register, value, pred: old.map(|old| old.ids()).unwrap_or_default() });
        }
    }

    /// Makes a register's long text read `new`. Only characters that differ are touched, so edits that
    /// others make elsewhere in the text survive. The last of several texts stays.
    pub fn edit_text(&mut self, container: u8, name: impl Into<String>, new: &str) {
        self.texts.insert(Register { container, name: name.into() }, new.to_owned());
    }

    /// The finished change; `None` if it would do nothing.
    pub fn finish(mut self) -> Option<Change> {
        for (register, new) in std::mem::take(&mut self.texts) {
            self.write_text(register, &new);
        }
        (!self.change.ops.is_empty()).then_some(self.change)
    }

    fn write_text(&mut self, register: Register, new: &str) {
        let Some(old) = self.values(&register) else {
            return self.begin_text(register, new);
        };
        let mut texts: Vec<_> = old.all().filter(|written| written.is_text).map(|text| text.op).collect();
        // In the order in which `Values::shown` joins them, or the edit would go to the wrong place.
        texts.sort_unstable();
        // A register that holds values never holds a text: see `DocumentType::may_hold_text`.
        let Some(first_text) = texts.first().copied() else { return };
        let characters: Vec<(OpId, OpId, char)> = texts
            .iter()
            .flat_map(|text| {
                let characters = self.document.characters_at(*text, &self.heads);
                characters.into_iter().map(|(id, char)| (*text, id, char))
            })
            .collect();
        // Common beginning and end stay. Users edit in one place at a time, so a better comparison would
        // cost more and find the same.
        let new: Vec<char> = new.chars().collect();
        let old_chars = || characters.iter().map(|(_, _, char)| char);
        let prefix = old_chars().zip(&new).take_while(|(a, b)| a == b).count();
        // Beginning and end must not overlap, as they would where a letter is repeated.
        let most = characters.len().min(new.len()) - prefix;
        let suffix = old_chars().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();

        let erased = characters.get(prefix..characters.len() - suffix).unwrap_or_default();
        for (text, id, _) in erased {
            self.erase(*text, *id);
        }
        let inserted: String = new.get(prefix..new.len() - suffix).unwrap_or_default().iter().collect();
        if !inserted.is_empty() {
            let before = prefix.checked_sub(1).and_then(|last| characters.get(last));
            let (text, after) = before.map_or((first_text, None), |(text, id, _)| (*text, Some(*id)));
            self.push(Op::Insert { text, after, chars: inserted });
        }
    }

    fn values(&self, register: &Register) -> Option<Values> {
        // In a new document nothing is written yet, so there is nothing to look up.
        if self.begins_document { None } else { self.document.get_at(register, &self.heads) }
    }

    fn begin_text(&mut self, register: Register, new: &str) {
        if new.is_empty() {
            return;
        }
        let text = OpId { counter: self.next, actor: self.change.actor };
        self.push(Op::MakeText { register, pred: Vec::new() });
        self.push(Op::Insert { text, after: None, chars: new.to_owned() });
    }

    fn erase(&mut self, text: OpId, id: OpId) {
        if let Some(Op::Erase { text: same, first, count }) = self.change.ops.last_mut()
            && *same == text
            && first.actor == id.actor
            && first.counter.saturating_add(*count) == id.counter
        {
            *count += 1;
            self.next = self.next.saturating_add(1);
        } else {
            self.push(Op::Erase { text, first: id, count: 1 });
        }
    }

    fn push(&mut self, op: Op) {
        self.next = self.next.saturating_add(op.len());
        self.change.ops.push(op);
    }
}

#[cfg(test)]
mod tests;
