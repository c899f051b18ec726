//! Drafts: authoring one change on a document, at its heads or at earlier ones.

use std::collections::BTreeMap;

use crate::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use crate::document::shown;
use crate::document::text_diff;
use crate::document::values::BREAK;
use crate::document::{Document, Values};
use crate::value::time::Timestamp;

/// A change in the making. It writes each register at most once, and none that stays as it was, unless it is
/// [asked to](Draft::put_again).
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
        let is_this = |register: &Register| register.container == container && register.name == name;
        if let Some((_, text)) = self.texts.iter().find(|(register, _)| is_this(register)) {
            return Some(text.clone());
        }
        let drafted = self.change.ops.iter().find_map(|op| match op {
            Op::Put { register, value, .. } if is_this(register) => Some(value.clone()),
            _ => None,
        });
        drafted.or_else(|| {
            let values = self.get(container, name)?;
            Some(shown(self.document.kind(), container, name, &values))
        })
    }

    /// Gives a register a value; this also resolves a conflict. The last of several values stays.
    pub fn put(&mut self, container: u8, name: impl Into<String>, value: impl Into<String>) {
        self.write(Register { container, name: name.into() }, value.into(), |value, old| match old {
            None => !value.is_empty(),
            // A value that is shown already is still written if it lost others: that resolves the conflict.
            Some(old) => !old.losers.is_empty() || old.winner.value != value,
        });
    }

    /// As [`Self::put`], also if the register shows the value already: for an author who saw another value there,
    /// which may still come. What may be written once only is not written again.
    pub fn put_again(&mut self, container: u8, name: impl Into<String>, value: impl Into<String>) {
        let register = Register { container, name: name.into() };
        let rule = self.document.kind().rule(container, &register.name);
        let is_once = rule.is_some_and(|rule| rule.once);
        self.write(register, value.into(), |value, old| {
            old.is_none_or(|old| !is_once || old.winner.value != value)
        });
    }

    fn write(
        &mut self,
        register: Register,
        value: String,
        says_something: impl FnOnce(&str, Option<&Values>) -> bool,
    ) {
        self.texts.remove(&register);
        let drafted = self.change.ops.iter_mut().find_map(|op| match op {
            Op::Put { register: written, value, .. } if *written == register => Some(value),
            _ => None,
        });
        if let Some(drafted) = drafted {
            *drafted = value;
            return;
        }
        let old = self.values(&register);
        if says_something(&value, old.as_ref()) {
            self.push(Op::Put { register, value, pred: old.map(|old| old.ids()).unwrap_or_default() });
        }
    }

    /// Makes a register's long text read `new`. Only words that differ are touched, so edits that others make
    /// elsewhere in the text survive. A value that the register holds becomes a text. The last of several
    /// texts stays.
    pub fn edit_text(&mut self, container: u8, name: impl Into<String>, new: &str) {
        let register = Register { container, name: name.into() };
        // A change writes a register once, so an earlier command's value gives way.
        let before = self.change.ops.len();
        self.change.ops.retain(|op| !matches!(op, Op::Put { register: put, .. } if *put == register));
        if self.change.ops.len() < before {
            self.next = self.change.start_op.saturating_add(self.change.op_count());
        }
        self.texts.insert(register, new.to_owned());
    }

    /// Whether a register holds a long text where the draft begins.
    pub fn holds_text(&self, container: u8, name: &str) -> bool {
        self.get(container, name).is_some_and(|values| values.has_text())
    }

    /// The finished change; `None` if it would do nothing. Long texts may make it larger than one change may
    /// be; then it is for [`Change::split`].
    pub fn finish(mut self) -> Option<Change> {
        for (register, new) in std::mem::take(&mut self.texts) {
            self.write_text(register, &new);
        }
        (!self.change.ops.is_empty()).then_some(self.change)
    }

    fn write_text(&mut self, register: Register, new: &str) {
        let old = self.values(&register);
        if old.as_ref().map_or(new.is_empty(), |old| old.losers.is_empty() && old.shown() == new) {
            return;
        }
        // In the order in which `Values::shown` joins them, or the edit would go to the wrong place.
        let written = |is_text: bool| {
            let of = old.iter().flat_map(Values::all).filter(|written| written.is_text == is_text);
            let mut ids: Vec<_> = of.map(|written| written.op).collect();
            ids.sort_unstable();
            ids
        };
        let (texts, values) = (written(true), written(false));
        let known = |id| Text { id, characters: self.document.characters_at(id, &self.heads) };
        let mut texts: Vec<_> = texts.into_iter().map(known).collect();
        // A text takes the place of values, and so resolves a conflict with them.
        if texts.is_empty() || !values.is_empty() {
            let id = OpId { counter: self.next, actor: self.change.actor };
            texts.push(Text { id, characters: Vec::new() });
            self.push(Op::MakeText { register, pred: values });
        }
        self.edit(&texts, &new.chars().collect::<Vec<_>>());
    }

    /// Makes texts that are shown joined read `new`.
    fn edit(&mut self, texts: &[Text], new: &[char]) {
        let shown: Vec<_> = texts.iter().filter(|text| !text.characters.is_empty()).collect();
        let [first, others @ ..] = shown.as_slice() else {
            return texts.first().into_iter().for_each(|text| self.edit_one(text, new));
        };
        // Each text keeps its part if the breaks between them stay and no part becomes empty: then its
        // break would not be shown.
        let lines = others.is_empty().then(|| vec![new]).or_else(|| parts(&shown, new));
        match lines {
            Some(lines) => shown.iter().zip(lines).for_each(|(text, new)| self.edit_one(text, new)),
            None => {
                self.edit_one(first, new);
                others.iter().for_each(|text| self.edit_one(text, &[]));
            }
        }
    }

    /// Makes one text read `new`.
    fn edit_one(&mut self, text: &Text, new: &[char]) {
        for place in text_diff::places(&text.chars(), new) {
            for (id, _) in text.characters.get(place.old.clone()).unwrap_or_default() {
                self.erase(text.id, *id);
            }
            let chars: String = new.get(place.new).unwrap_or_default().iter().collect();
            if !chars.is_empty() {
                let before = place.old.start.checked_sub(1).and_then(|last| text.characters.get(last));
                self.push(Op::Insert { text: text.id, after: before.map(|(id, _)| *id), chars });
            }
        }
    }

    fn values(&self, register: &Register) -> Option<Values> {
        // In a new document nothing is written yet, so there is nothing to look up.
        if self.begins_document { None } else { self.document.get_at(register, &self.heads) }
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

/// A long text where the draft begins.
struct Text {
    id: OpId,
    characters: Vec<(OpId, char)>,
}

impl Text {
    fn chars(&self) -> Vec<char> {
        self.characters.iter().map(|(_, char)| *char).collect()
    }
}

/// What each of several texts reads, if `new` still shows each of them and the breaks between them.
fn parts<'n>(texts: &[&Text], new: &'n [char]) -> Option<Vec<&'n [char]>> {
    let mut old: Vec<char> = Vec::new();
    let mut breaks = Vec::new();
    for text in texts {
        if !old.is_empty() {
            breaks.push(old.len());
            old.extend(BREAK.chars());
        }
        old.extend(text.chars());
    }
    let places = text_diff::places(&old, new);
    let mut parts = Vec::new();
    let mut start = 0;
    for at in breaks {
        let before = places.iter().take_while(|place| place.old.start <= at);
        let last = before.last();
        if last.is_some_and(|place| place.old.contains(&at)) {
            return None;
        }
        // Between places both texts are equal, so a break is as far behind the last place in either.
        let end = last.map_or(at, |place| place.new.end + (at - place.old.end));
        parts.push(new.get(start..end)?);
        start = end + BREAK.len();
    }
    parts.push(new.get(start..)?);
    parts.iter().all(|part| !part.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests;
