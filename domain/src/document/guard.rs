//! The guard: judges a foreign change against a document before automerge sees any of it.
//!
//! automerge 0.12 trusts its input. A forged change can make it panic, make a document unreadable for
//! everybody, or use up the machine's memory. A change that passes the guard names only what exists,
//! replaces exactly what its author saw, and continues its author's own line of changes. automerge
//! handles every such change.
//!
//! Whether the author *may* write is not judged here but in [`crate::access::rights`].

use std::collections::{BTreeMap, BTreeSet};

use crate::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use crate::document::genesis::{is_extension, is_reserved};
use crate::document::index::{OpIndex, Seen, Text, Write};
use crate::document::limits::{MAX_DOCUMENT_OPS, Room};
use crate::document::values::Values;
use crate::document::{DocumentType, Writer};
use crate::value::time::Timestamp;

/// The most characters of one long text, erased ones included.
pub const MAX_TEXT: u32 = 64 << 10;
/// The most values that one register holds at once: as many devices would have to write it without seeing
/// one another. Every reader carries and orders them all.
pub const MAX_CONCURRENT: usize = 256;

/// Why a change was refused. It costs its document's group, never the batch (R06, R07).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// It depends on changes that are not here: send them too.
    #[error("the change depends on {} missing changes", .0.len())]
    Needs(Vec<ChangeHash>),
    /// Its actor has made another change with this number: the device was restored or copied (R12).
    #[error("the actor has used this number for another change")]
    ActorFork,
    /// Its actor is reserved for genesis changes.
    #[error("the actor is reserved")]
    ReservedActor,
    /// It skips a number of its actor, or does not depend on its actor's previous change.
    #[error("the change does not continue its actor's changes")]
    SeqGap,
    /// The counter of its first operation is not the next after all that it depends on.
    #[error("the operations are not numbered after the dependencies")]
    StartOp,
    /// It makes containers of a schema version that this build does not know.
    #[error("the change makes containers of an unknown schema version")]
    LaterVersion,
    /// Its stamp is outside 0..2^43 ms.
    #[error("the stamp is out of range")]
    Time,
    /// It does nothing.
    #[error("the change does nothing")]
    Empty,
    /// The change, its document or a text would exceed a limit.
    #[error("a limit is exceeded")]
    TooLarge,
    /// Its dependencies are not in ascending order.
    #[error("the dependencies are not in ascending order")]
    Deps,
    /// It names a container that the document does not have, or a register name that is not allowed.
    #[error("the change names an impossible register")]
    Register,
    /// It writes one register twice.
    #[error("the change writes a register twice")]
    WrittenTwice,
    /// It does not replace exactly the values that its author saw in the register.
    #[error("the change does not replace what the register held")]
    Pred,
    /// It puts a value over a long text, or makes a text beside one where there is no value to replace.
    #[error("a long text cannot be replaced")]
    TextReplaced,
    /// It writes into a long text, or next to a character, that is not there.
    #[error("the change edits a long text that is not there")]
    Text,
    /// It erases a character twice.
    #[error("the change erases a character twice")]
    ErasedTwice,
    /// It writes a register that only the server may write, writes a write-once register again, or makes
    /// a long text in a register for values.
    #[error("the register may not be written")]
    Policy,
    /// A value is not in its register's canonical form.
    #[error("a value is not in its register's form")]
    Value,
}

impl OpIndex {
    /// Judges a change that its author wants to add: it must fit the document, `writer` must be allowed to
    /// write these registers, and each value must be in its register's form.
    pub fn judge(&self, change: &Change, writer: Writer) -> Result<(), Forged> {
        self.judge_by(change, Some(writer))
    }

    /// Judges a change that the server has accepted: it must fit the document, nothing more. Author and
    /// server judge form and policy; a reader does not, so a value of a later version never makes a card
    /// unreadable.
    pub fn check(&self, change: &Change) -> Result<(), Forged> {
        self.judge_by(change, None)
    }

    fn judge_by(&self, change: &Change, writer: Option<Writer>) -> Result<(), Forged> {
        if is_reserved(change.actor) {
            return self.judge_extension(change, writer);
        }
        self.judge_frame(change, writer)?;
        let deps = self.dependencies(change)?;
        let seen = self.ancestors(&deps);
        self.judge_line(change, &seen)?;
        if change.start_op != self.max_op(&deps).saturating_add(1) {
            return Err(Forged::StartOp);
        }
        let mut made = Made { change, texts: Vec::new(), written: BTreeSet::new(), erased: BTreeMap::new() };
        for (id, op) in change.with_ids() {
            self.judge_op(id, op, &seen, writer, &mut made)?;
        }
        Ok(())
    }

    /// Judges the constant change of a later schema version. A reader that does not know the version
    /// accepts what the server accepted; a server must know the version.
    fn judge_extension(&self, change: &Change, writer: Option<Writer>) -> Result<(), Forged> {
        if !is_extension(self.kind, change) {
            return Err(Forged::ReservedActor);
        }
        if self.by_actor.contains_key(&change.actor) {
            return Err(Forged::ActorFork);
        }
        if self.ops.saturating_add(change.op_count()) > MAX_DOCUMENT_OPS {
            return Err(Forged::TooLarge);
        }
        let known = self.kind.version_of(change.actor).and_then(|version| self.kind.extension(version));
        match (known, writer) {
            (Some(known), _) if known == *change => Ok(()),
            // The actor is reserved, so no device could have sent another change in this one's place.
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Forged::LaterVersion),
            (Some(_), _) => Err(Forged::ReservedActor),
        }
    }

    fn judge_frame(&self, change: &Change, writer: Option<Writer>) -> Result<(), Forged> {
        if change.ops.is_empty() || change.ops.iter().any(Op::is_empty) {
            return Err(Forged::Empty);
        }
        // What the server accepted stands for a reader, so all limits below the last are for authors.
        let room = if writer.is_some() { self.kind.room_with(change) } else { Room::ALL };
        let ops = self.ops.saturating_add(change.op_count());
        if change.check_limits().is_err() || ops > room.ops || self.changes() >= room.changes {
            return Err(Forged::TooLarge);
        }
        if change.time.millis() < 0 || change.time > Timestamp::MAX_STAMP {
            return Err(Forged::Time);
        }
        if change.deps.is_empty() || !change.deps.is_sorted_by(|a, b| a < b) {
            return Err(Forged::Deps);
        }
        Ok(())
    }

    fn dependencies(&self, change: &Change) -> Result<Vec<usize>, Forged> {
        let missing: Vec<_> = change.deps.iter().filter(|dep| !self.contains(**dep)).copied().collect();
        if missing.is_empty() { Ok(self.places(&change.deps)) } else { Err(Forged::Needs(missing)) }
    }

    /// An actor's changes form one line: each depends on the one before it. Otherwise two changes of one
    /// actor could use the same counters, and two operations would have one name.
    fn judge_line(&self, change: &Change, seen: &Seen) -> Result<(), Forged> {
        let line = self.by_actor.get(&change.actor).map_or(&[][..], Vec::as_slice);
        let next = u32::try_from(line.len()).unwrap_or(u32::MAX).saturating_add(1);
        if change.seq == 0 || change.seq > next {
            return Err(Forged::SeqGap);
        }
        // The document does not hold this change, or it would not be judged: so the number is used twice.
        if change.seq < next {
            return Err(Forged::ActorFork);
        }
        if line.last().is_some_and(|last| !seen.contains(*last)) {
            return Err(Forged::SeqGap);
        }
        Ok(())
    }

    fn judge_op(
        &self,
        id: OpId,
        op: &Op,
        seen: &Seen,
        writer: Option<Writer>,
        made: &mut Made<'_>,
    ) -> Result<(), Forged> {
        match op {
            Op::Put { register, value, pred } => {
                let live = self.judge_write(register, pred, seen, writer, made)?;
                // A text that a value replaces would vanish for everybody, with all edits to it that are
                // still unsent.
                if live.iter().any(|write| write.value.is_none()) {
                    return Err(Forged::TextReplaced);
                }
                judge_pred(pred, &live)?;
                if writer.is_some() {
                    judge_form(self.kind, register, value)?;
                }
            }
            Op::MakeContainer { .. } => return Err(Forged::Register),
            Op::MakeText { register, pred } => {
                let live = self.judge_write(register, pred, seen, writer, made)?;
                if writer.is_some() && !self.kind.may_hold_text(register.container, &register.name) {
                    return Err(Forged::Policy);
                }
                let (texts, values): (Vec<_>, Vec<_>) =
                    live.into_iter().partition(|write| write.value.is_none());
                // Beside a text another one is made only to take the place of values.
                if !texts.is_empty() && values.is_empty() {
                    return Err(Forged::TextReplaced);
                }
                judge_pred(pred, &values)?;
                made.texts.push((id, Text::default()));
            }
            Op::Insert { text, after, .. } => {
                let length = self.judge_text(*text, seen, made)?;
                if after.is_some_and(|after| !self.has_characters(*text, after, 1, seen, made)) {
                    return Err(Forged::Text);
                }
                // Erased characters count, too: automerge keeps them for ever.
                if length.saturating_add(op.len()) > MAX_TEXT {
                    return Err(Forged::TooLarge);
                }
                made.insert(*text, id, op.len());
            }
            Op::Erase { text, first, count } => {
                self.judge_text(*text, seen, made)?;
                // A draft erases only what was there before it, so a change that erases its own
                // characters is forged. They may continue an older run of the same actor, so the
                // end of the range decides.
                let end = first.counter.saturating_add(*count);
                if first.actor == made.change.actor && end > made.change.start_op
                    || !self.has_characters(*text, *first, *count, seen, made)
                {
                    return Err(Forged::Text);
                }
                if !made.erase(*first, end) && writer.is_some() {
                    return Err(Forged::ErasedTwice);
                }
            }
        }
        Ok(())
    }

    /// Judges what all writes of a register have in common; returns the values that the author saw there.
    fn judge_write(
        &self,
        register: &Register,
        pred: &[OpId],
        seen: &Seen,
        writer: Option<Writer>,
        made: &mut Made<'_>,
    ) -> Result<Vec<&Write>, Forged> {
        if !self.has_container(register.container, seen) || !is_name(&register.name) {
            return Err(Forged::Register);
        }
        if !made.written.insert(register.clone()) {
            return Err(Forged::WrittenTwice);
        }
        let live = self.live(register, seen);
        if let Some(writer) = writer {
            judge_policy(self.kind, register, writer, !live.is_empty())?;
            self.judge_concurrency(register, pred, seen)?;
        }
        Ok(live)
    }

    /// Judges how many values stand beside one another once those that the author saw are replaced.
    fn judge_concurrency(&self, register: &Register, pred: &[OpId], seen: &Seen) -> Result<(), Forged> {
        // Who saw everything leaves one value.
        if matches!(seen, Seen::All) {
            return Ok(());
        }
        let live = self.live(register, &Seen::All);
        let left = live.iter().filter(|write| !pred.contains(&write.id)).count() + 1;
        // Not to make more of them is always allowed.
        if left > MAX_CONCURRENT && left > live.len() { Err(Forged::TooLarge) } else { Ok(()) }
    }

    /// The length of a text that the author saw, or that this change makes.
    fn judge_text(&self, text: OpId, seen: &Seen, made: &Made<'_>) -> Result<u32, Forged> {
        let old =
            self.texts.get(&text).filter(|known| seen.contains(known.made_in)).map(|known| known.length);
        let new = made.text(text).map(|new| new.length);
        match (old, new) {
            (None, None) => Err(Forged::Text),
            (old, new) => Ok(old.unwrap_or_default().saturating_add(new.unwrap_or_default())),
        }
    }

    /// Whether `count` characters from `first` on were inserted into a text, where the author saw it.
    fn has_characters(&self, text: OpId, first: OpId, count: u32, seen: &Seen, made: &Made<'_>) -> bool {
        let old = self.texts.get(&text);
        let new = made.text(text);
        let run_of = |counter: u32| {
            let find = |text: &Text| text.run(OpId { counter, actor: first.actor });
            old.and_then(find).filter(|(_, change)| seen.contains(*change)).or_else(|| new.and_then(find))
        };
        // Run by run, not character by character: a forged count may be as large as a counter.
        let mut counter = first.counter;
        let Some(end) = first.counter.checked_add(count) else { return false };
        while counter < end {
            match run_of(counter) {
                Some((run_end, _)) => counter = run_end,
                None => return false,
            }
        }
        true
    }
}

/// What the change that is being judged has made so far.
struct Made<'a> {
    change: &'a Change,
    texts: Vec<(OpId, Text)>,
    written: BTreeSet<Register>,
    /// The runs of characters that it has erased: after the counter of the last, by actor and the first.
    erased: BTreeMap<(Actor, u32), u32>,
}

impl Made<'_> {
    fn text(&self, id: OpId) -> Option<&Text> {
        self.texts.iter().find(|(text, _)| *text == id).map(|(_, text)| text)
    }

    /// Notes that the characters from `first` to before `end` are erased; tells whether none of them was before.
    fn erase(&mut self, first: OpId, end: u32) -> bool {
        let before = self.erased.range(..(first.actor, end)).next_back();
        let is_new =
            before.is_none_or(|((actor, _), until)| *actor != first.actor || *until <= first.counter);
        self.erased.insert((first.actor, first.counter), end);
        is_new
    }

    fn insert(&mut self, text: OpId, id: OpId, length: u32) {
        let place = match self.texts.iter().position(|(known, _)| *known == text) {
            Some(place) => place,
            None => {
                self.texts.push((text, Text::default()));
                self.texts.len() - 1
            }
        };
        if let Some((_, text)) = self.texts.get_mut(place) {
            text.runs.insert((id.actor, id.counter), (length, 0));
            text.length = text.length.saturating_add(length);
        }
    }
}

/// See [`Document::judge_puts`](crate::document::Document::judge_puts); `held` tells what a register of the
/// document holds.
pub(in crate::document) fn judge_puts(
    kind: &DocumentType,
    held: impl Fn(&Register) -> Option<Values>,
    change: &Change,
) -> Result<(), Forged> {
    change.check_limits().map_err(|_| Forged::TooLarge)?;
    for op in &change.ops {
        let Op::Put { register, value, .. } = op else { return Err(Forged::Text) };
        judge_register(kind, register)?;
        let held = held(register);
        if held.as_ref().is_some_and(Values::has_text) {
            return Err(Forged::TextReplaced);
        }
        judge_policy(kind, register, Writer::Editor, held.is_some())?;
        judge_form(kind, register, value)?;
    }
    Ok(())
}

/// A write replaces exactly what its author saw, in order. If it replaced what they had not seen, it would
/// hide that from everybody, and no conflict would be shown (L6).
fn judge_pred(pred: &[OpId], seen: &[&Write]) -> Result<(), Forged> {
    if pred.iter().eq(seen.iter().map(|write| &write.id)) { Ok(()) } else { Err(Forged::Pred) }
}

fn judge_register(kind: &DocumentType, register: &Register) -> Result<(), Forged> {
    let there = kind.addresses().any(|address| address == register.container);
    if there && is_name(&register.name) { Ok(()) } else { Err(Forged::Register) }
}

fn judge_policy(
    kind: &DocumentType,
    register: &Register,
    writer: Writer,
    replaces: bool,
) -> Result<(), Forged> {
    match kind.rule(register.container, &register.name) {
        Some(rule) if rule.writer == Writer::Server && writer != Writer::Server => Err(Forged::Policy),
        Some(rule) if rule.once && replaces => Err(Forged::Policy),
        _ => Ok(()),
    }
}

fn judge_form(kind: &DocumentType, register: &Register, value: &str) -> Result<(), Forged> {
    match kind.rule(register.container, &register.name) {
        Some(rule) if !rule.form.accepts(value) => Err(Forged::Value),
        _ => Ok(()),
    }
}

/// One to four segments of `A-Z a-z 0-9 _ - .`, separated by `/`.
fn is_name(name: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.');
    name.split('/').count() <= 4
        && name.split('/').all(|segment| !segment.is_empty() && segment.bytes().all(allowed))
}

#[cfg(test)]
mod tests;
