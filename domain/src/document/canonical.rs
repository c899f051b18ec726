//! The canonical form of a change: what automerge applies, and what the change's hash is taken over.
//!
//! Only this file and `document` handle automerge's own types. [`Canonical`] is opaque, so no other
//! crate depends on automerge.

use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{ElementId, Key, ObjectId, OpType};
use automerge::{ExpandedChange, ObjType, ScalarValue};

use crate::document::DocumentType;
use crate::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use crate::value::time::Timestamp;

/// The first 8 bytes of a change's hash: enough to see that two builders agree, not to identify it.
pub type Check = minicbor::bytes::ByteArray<8>;

/// A change built for automerge.
#[derive(Debug, Clone)]
pub struct Canonical(pub(in crate::document) automerge::Change);

impl Canonical {
    /// Builds a change that is within all limits ([`crate::document::codec`]); `None` if automerge has no
    /// form for it.
    pub fn of(kind: &DocumentType, change: &Change) -> Option<Self> {
        catch_unwind(AssertUnwindSafe(|| change.to_automerge(kind))).ok().map(Self)
    }

    /// The change's hash.
    pub fn hash(&self) -> ChangeHash {
        ChangeHash(self.0.hash().0)
    }

    /// Whether these are the first bytes of its hash.
    pub fn has_check(&self, check: &Check) -> bool {
        self.0.hash().0.starts_with(check.as_slice())
    }
}

impl Change {
    /// The canonical automerge change.
    ///
    /// Call it only with a change that the guard has judged: it allocates one operation for each
    /// character, so an unbounded change could exhaust the memory.
    pub fn to_automerge(&self, kind: &DocumentType) -> automerge::Change {
        let mut operations = Vec::with_capacity(self.op_count() as usize);
        for (id, op) in self.with_ids() {
            expand(kind, id, op, &mut operations);
        }
        ExpandedChange {
            operations,
            actor_id: self.actor.automerge(),
            hash: None,
            seq: u64::from(self.seq),
            start_op: NonZeroU64::new(u64::from(self.start_op)).unwrap_or(NonZeroU64::MIN),
            time: self.time.millis(),
            message: None,
            deps: self.deps.iter().map(|hash| automerge::ChangeHash(hash.0)).collect(),
            extra_bytes: Vec::new(),
            author: None,
        }
        .into()
    }

    /// The typed form of an automerge change; `None` if the typed form cannot express it.
    pub fn from_automerge(kind: &DocumentType, change: &automerge::Change) -> Option<Self> {
        let expanded = change.decode();
        let mut ops = Vec::new();
        let start_op = u32::try_from(expanded.start_op.get()).ok()?;
        let actor = actor(&expanded.actor_id)?;
        // Of the constant changes only those of later schema versions travel.
        if actor == kind.genesis_actor {
            return None;
        }
        for (counter, op) in (start_op..).zip(&expanded.operations) {
            fold(kind, OpId { counter, actor }, op, &mut ops)?;
        }
        Some(Self {
            actor,
            seq: u32::try_from(expanded.seq).ok()?,
            start_op,
            time: Timestamp::from_millis(expanded.time),
            deps: expanded.deps.iter().map(|hash| ChangeHash(hash.0)).collect(),
            ops,
        })
    }
}

/// Appends the automerge operations of `op`, whose first one is `id`.
fn expand(kind: &DocumentType, id: OpId, op: &Op, operations: &mut Vec<automerge::legacy::Op>) {
    let on_register = |register: &Register, action: OpType, pred: &[OpId]| automerge::legacy::Op {
        action,
        obj: ObjectId::Id(legacy_id(kind.container_op(register.container))),
        key: Key::Map(register.name.as_str().into()),
        pred: pred.iter().copied().map(legacy_id).collect(),
        insert: false,
    };
    match op {
        Op::Put { register, value, pred } => {
            let value = OpType::Put(ScalarValue::Str(value.as_str().into()));
            operations.push(on_register(register, value, pred));
        }
        Op::MakeContainer { name } => operations.push(automerge::legacy::Op {
            action: OpType::Make(ObjType::Map),
            obj: ObjectId::Root,
            key: Key::Map(name.as_str().into()),
            pred: Vec::new().into(),
            insert: false,
        }),
        Op::MakeText { register, pred } => {
            operations.push(on_register(register, OpType::Make(ObjType::Text), pred));
        }
        Op::Insert { text, after, chars } => {
            // Each character after the first names the one before it, which this same change inserts.
            let mut previous = after.map_or(ElementId::Head, |id| ElementId::Id(legacy_id(id)));
            for (counter, char) in (id.counter..).zip(chars.chars()) {
                operations.push(automerge::legacy::Op {
                    action: OpType::Put(ScalarValue::Str(char.to_string().into())),
                    obj: ObjectId::Id(legacy_id(*text)),
                    key: Key::Seq(previous),
                    pred: Vec::new().into(),
                    insert: true,
                });
                previous = ElementId::Id(legacy_id(OpId { counter, actor: id.actor }));
            }
        }
        Op::Erase { text, first, count } => {
            for offset in 0..*count {
                let element = OpId { counter: first.counter.saturating_add(offset), actor: first.actor };
                operations.push(automerge::legacy::Op {
                    action: OpType::Delete,
                    obj: ObjectId::Id(legacy_id(*text)),
                    key: Key::Seq(ElementId::Id(legacy_id(element))),
                    pred: vec![legacy_id(element)].into(),
                    insert: false,
                });
            }
        }
    }
}

/// Adds one automerge operation to `ops`, joining it to the last one where they form a run.
fn fold(kind: &DocumentType, id: OpId, op: &automerge::legacy::Op, ops: &mut Vec<Op>) -> Option<()> {
    // Only containers are made in the root: every register lies in one.
    let ObjectId::Id(object) = &op.obj else {
        let (OpType::Make(ObjType::Map), Key::Map(name)) = (&op.action, &op.key) else { return None };
        ops.push(Op::MakeContainer { name: name.to_string() });
        return Some(());
    };
    let object = op_id(object)?;
    let pred = op.pred.iter().map(op_id).collect::<Option<Vec<_>>>()?;
    let register = |name: &str| {
        let container = kind.container_of(object)?;
        Some(Register { container, name: name.to_owned() })
    };
    match (&op.action, &op.key, op.insert) {
        (OpType::Put(ScalarValue::Str(value)), Key::Map(name), false) => {
            ops.push(Op::Put { register: register(name)?, value: value.to_string(), pred });
        }
        (OpType::Make(ObjType::Text), Key::Map(name), false) => {
            ops.push(Op::MakeText { register: register(name)?, pred });
        }
        (OpType::Put(ScalarValue::Str(char)), Key::Seq(after), true) if pred.is_empty() => {
            let after = match after {
                ElementId::Head => None,
                ElementId::Id(id) => Some(op_id(id)?),
            };
            fold_insert(id, object, after, char, ops);
        }
        (OpType::Delete, Key::Seq(ElementId::Id(element)), false) => {
            let element = op_id(element)?;
            // A deletion that replaces anything but its own element has no typed form. Without this check
            // two automerge changes would fold into one typed change, and the hash would not come back.
            if pred != [element] {
                return None;
            }
            fold_erase(object, element, ops);
        }
        _ => return None,
    }
    Some(())
}

fn fold_insert(id: OpId, text: OpId, after: Option<OpId>, char: &str, ops: &mut Vec<Op>) {
    let previous = OpId { counter: id.counter.saturating_sub(1), actor: id.actor };
    match ops.last_mut() {
        // A character elsewhere begins another run, or the run would not come back as the same change.
        Some(Op::Insert { text: same, chars, .. }) if *same == text && after == Some(previous) => {
            chars.push_str(char);
        }
        _ => ops.push(Op::Insert { text, after, chars: char.to_owned() }),
    }
}

fn fold_erase(text: OpId, element: OpId, ops: &mut Vec<Op>) {
    match ops.last_mut() {
        Some(Op::Erase { text: same, first, count })
            if *same == text
                && first.actor == element.actor
                && first.counter.saturating_add(*count) == element.counter =>
        {
            *count += 1;
        }
        _ => ops.push(Op::Erase { text, first: element, count: 1 }),
    }
}

fn legacy_id(id: OpId) -> automerge::legacy::OpId {
    automerge::legacy::OpId::new(u64::from(id.counter), &id.actor.automerge())
}

fn op_id(id: &automerge::legacy::OpId) -> Option<OpId> {
    Some(OpId { counter: u32::try_from(id.counter()).ok()?, actor: actor(id.actor())? })
}

pub(in crate::document) fn actor(id: &automerge::ActorId) -> Option<Actor> {
    id.to_bytes().try_into().ok().map(Actor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::card;
    use crate::document::Document;
    use crate::document::change::Actor;
    use crate::document::draft::Draft;
    use crate::value::time::Timestamp;

    #[test]
    fn a_canonical_change_applies_and_knows_its_hash() {
        let mut document = Document::new(&card::TYPE);
        let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::from_millis(0));
        draft.put(card::CARD, "name", "Roof");
        let change = draft.finish().unwrap();
        let canonical = Canonical::of(&card::TYPE, &change).unwrap();
        let hash = canonical.hash();
        let check = |first: u8| Check::from(std::array::from_fn(|i| hash.0[i] ^ first));
        assert!(canonical.has_check(&check(0)) && !canonical.has_check(&check(1)));
        document.apply_canonical(vec![canonical]).unwrap();
        assert_eq!(document.heads(), [hash]);
    }
}
