//! The guard: judges a foreign change against a document before automerge sees any of it.
//!
//! automerge 0.12 trusts its input: forged changes panic it, poison a document for everyone, or
//! exhaust the machine. A change that this module passes names only what exists, replaces exactly
//! what its author saw, and continues its author's own line; then automerge has nothing to trip on.
//! Whether its author *may* write is not judged here but in [`crate::access::rights`].

use std::collections::BTreeSet;

use crate::document::change::{Change, ChangeHash, Op, OpId, Register};
use crate::document::genesis::{is_extension, is_reserved};
use crate::document::index::{OpIndex, Seen, Text, Write};
use crate::document::values::Values;
use crate::document::{DocumentType, Writer};
use crate::value::time::Timestamp;

/// The most operations of one document.
pub const MAX_DOCUMENT_OPS: u32 = 50_000;
/// The most characters of one long text, erased ones included.
pub const MAX_TEXT: u32 = 64 << 10;

/// Why a change was refused. It costs its document's group, never the batch (R06, R07).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// It depends on changes that are not here: send them too.
    #[error("it depends on {} changes that are not here", .0.len())]
    Needs(Vec<ChangeHash>),
    /// Its actor has made another change with this number: a restored or cloned device (R12).
    #[error("its actor has made another change with this number")]
    ActorFork,
    /// Its actor is reserved for genesis changes.
    #[error("its actor is reserved")]
    ReservedActor,
    /// It skips a number of its actor's changes, or leaves its own previous change out of sight.
    #[error("it does not continue its actor's line of changes")]
    SeqGap,
    /// Its first operation is not the one after the last it depends on.
    #[error("its operations are not numbered after those it depends on")]
    StartOp,
    /// It makes containers of a schema version that this build does not know.
    #[error("it makes containers of a later version")]
    LaterVersion,
    /// Its clock stamp is outside 0..2^43 ms.
    #[error("its time is out of range")]
    Time,
    /// It does nothing.
    #[error("it does nothing")]
    Empty,
    /// It, its document or a text would exceed a limit.
    #[error("a limit is exceeded")]
    TooLarge,
    /// Its dependencies are not in ascending order.
    #[error("its dependencies are not in order")]
    Deps,
    /// It names a container that the kind has not, or a register name outside the allowed alphabet.
    #[error("it names a register that cannot be")]
    Register,
    /// It writes one register twice.
    #[error("it writes a register twice")]
    WrittenTwice,
    /// What it replaces is not exactly what its author saw in the register.
    #[error("what it replaces is not what was there")]
    Pred,
    /// It makes a text where there is something, or puts a value over a text.
    #[error("a text cannot replace or be replaced")]
    TextReplaced,
    /// It writes into a text, or beside a character, that is not there.
    #[error("it edits a text that is not there")]
    Text,
    /// It writes a register that only the server writes, or a write-once register again, or makes a
    /// long text where the kind has values only.
    #[error("the register may not be written")]
    Policy,
    /// A value is not in its register's canonical form.
    #[error("a value is not in its register's form")]
    Value,
}

impl OpIndex {
    /// Judges a change that its author wants to add to the document: that it fits the document, that
    /// `writer` may write what it writes, and that each value is in its register's form.
    pub fn judge(&self, change: &Change, writer: Writer) -> Result<(), Forged> {
        self.judge_by(change, Some(writer))
    }

    /// Judges a change that the server has accepted: only that it fits the document. A reader leaves
    /// form and policy to author and server, so that a value of a later version costs nobody the card.
    pub fn check(&self, change: &Change) -> Result<(), Forged> {
        self.judge_by(change, None)
    }

    fn judge_by(&self, change: &Change, writer: Option<Writer>) -> Result<(), Forged> {
        if is_reserved(change.actor) {
            return self.judge_extension(change, writer);
        }
        self.judge_frame(change)?;
        let deps = self.dependencies(change)?;
        let seen = self.ancestors(&deps);
        self.judge_line(change, &seen)?;
        if change.start_op != self.max_op(&deps).saturating_add(1) {
            return Err(Forged::StartOp);
        }
        let mut made = Made { change, texts: Vec::new(), written: BTreeSet::new() };
        for (id, op) in change.with_ids() {
            self.judge_op(id, op, &seen, writer, &mut made)?;
        }
        Ok(())
    }

    /// The constant change of a later schema version. Of one that this build does not know, a reader
    /// takes what the server took; a server must know it.
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
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Forged::LaterVersion),
            (Some(_), _) => Err(Forged::ReservedActor),
        }
    }

    fn judge_frame(&self, change: &Change) -> Result<(), Forged> {
        if change.ops.is_empty() || change.ops.iter().any(Op::is_empty) {
            return Err(Forged::Empty);
        }
        let total = change.op_count();
        if change.check_limits().is_err() || self.ops.saturating_add(total) > MAX_DOCUMENT_OPS {
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

    /// An actor's changes form one line: each sees the one before it.
    fn judge_line(&self, change: &Change, seen: &Seen) -> Result<(), Forged> {
        let line = self.by_actor.get(&change.actor).map_or(&[][..], Vec::as_slice);
        let next = u32::try_from(line.len()).unwrap_or(u32::MAX).saturating_add(1);
        if change.seq == 0 || change.seq > next {
            return Err(Forged::SeqGap);
        }
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
                if live.iter().any(|write| write.value.is_none()) {
                    return Err(Forged::TextReplaced);
                }
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
                if !live.is_empty() {
                    return Err(Forged::TextReplaced);
                }
                made.texts.push((id, Text::default()));
            }
            Op::Insert { text, after, .. } => {
                let length = self.judge_text(*text, seen, made)?;
                if after.is_some_and(|after| !self.has_characters(*text, after, 1, seen, made)) {
                    return Err(Forged::Text);
                }
                if length.saturating_add(op.len()) > MAX_TEXT {
                    return Err(Forged::TooLarge);
                }
                made.insert(*text, id, op.len());
            }
            Op::Erase { text, first, count } => {
                self.judge_text(*text, seen, made)?;
                let end = first.counter.saturating_add(*count);
                if first.actor == made.change.actor && end > made.change.start_op
                    || !self.has_characters(*text, *first, *count, seen, made)
                {
                    return Err(Forged::Text);
                }
            }
        }
        Ok(())
    }

    /// What is common to all writes of a register; returns what the author saw there.
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
        if !pred.iter().eq(live.iter().map(|write| &write.id)) {
            return Err(Forged::Pred);
        }
        if let Some(writer) = writer {
            judge_policy(self.kind, register, writer, !live.is_empty())?;
        }
        Ok(live)
    }

    /// The length of a text that the author could see or has just made.
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

/// What the change under judgement has made so far.
struct Made<'a> {
    change: &'a Change,
    texts: Vec<(OpId, Text)>,
    written: BTreeSet<Register>,
}

impl Made<'_> {
    fn text(&self, id: OpId) -> Option<&Text> {
        self.texts.iter().find(|(text, _)| *text == id).map(|(_, text)| text)
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

/// See [`Document::judge_puts`](crate::document::Document::judge_puts); `held` says what a register of the
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
        if held.as_ref().is_some_and(|values| values.all().any(|written| written.is_text)) {
            return Err(Forged::TextReplaced);
        }
        judge_policy(kind, register, Writer::Editor, held.is_some())?;
        judge_form(kind, register, value)?;
    }
    Ok(())
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
