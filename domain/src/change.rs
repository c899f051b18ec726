//! Changes as typed register operations: the only form in which a change travels or rests in a log.
//!
//! A change writes registers of one document, or inserts and erases characters of its long texts.
//! There is no way to say anything else, so most forgeries that break automerge cannot be expressed
//! (`docs/decisions/0001-typed-changes.md`). Phone and server both build the one canonical automerge
//! change from it and know it by that change's hash.

use std::fmt;
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, OpType};
use automerge::{ExpandedChange, ObjType, ScalarValue};
use data_encoding::HEXLOWER;

use crate::env::{Env, random};
use crate::kind::Kind;
use crate::time::Timestamp;

/// Who made operations, to automerge: 16 random bytes, fresh at every process start.
///
/// It says nothing of a person; the server binds it to the authenticated device (L4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor(pub [u8; 16]);

impl Actor {
    /// A fresh actor.
    pub fn new(env: &dyn Env) -> Self {
        Self(random(env))
    }

    pub(crate) fn automerge(self) -> automerge::ActorId {
        automerge::ActorId::from(self.0)
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Actor({})", HEXLOWER.encode(&self.0))
    }
}

/// The SHA-256 hash that automerge knows a change by: its identity within its document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeHash(pub [u8; 32]);

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeHash({self})")
    }
}

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// The name of one operation. Its order is the order of merge: the greater one wins a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// Greater than every counter its author had seen.
    pub counter: u32,
    /// Whose operation it is.
    pub actor: Actor,
}

/// One change: what one user action did to one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who made it.
    pub actor: Actor,
    /// The number of this actor's changes to this document so far, this one included.
    pub seq: u32,
    /// The counter of its first operation.
    pub start_op: u32,
    /// The author's clock, clamped (T10).
    pub time: Timestamp,
    /// The heads of the document it was made on, ascending.
    pub deps: Vec<ChangeHash>,
    /// What it does; at least one.
    pub ops: Vec<Op>,
}

/// One step of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Gives a register a new value.
    Put {
        /// Which register.
        register: Register,
        /// The new value, in the register's canonical text form.
        value: String,
        /// The values it replaces, ascending.
        pred: Vec<OpId>,
    },
    /// Makes the long text of a register that has none.
    MakeText {
        /// Which register.
        register: Register,
        /// The values it replaces, ascending.
        pred: Vec<OpId>,
    },
    /// Inserts characters into a long text; one operation each.
    Insert {
        /// The operation that made the text.
        text: OpId,
        /// The character they follow; `None` is the start of the text.
        after: Option<OpId>,
        /// The characters; not empty.
        chars: String,
    },
    /// Erases characters of a long text that one actor inserted with consecutive counters.
    Erase {
        /// The operation that made the text.
        text: OpId,
        /// The first character to erase.
        first: OpId,
        /// How many; at least one.
        count: u32,
    },
}

/// The address of a register: a container of the document's kind, and a name in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register {
    /// Which container: an index into [`Kind::containers`].
    pub container: u8,
    /// The name within it: `due`, `<part>/<name>`, `<field>`, `<field>/<option>`.
    pub name: String,
}

impl Op {
    /// How many automerge operations this is.
    pub fn len(&self) -> u32 {
        match self {
            Self::Put { .. } | Self::MakeText { .. } => 1,
            Self::Insert { chars, .. } => u32::try_from(chars.chars().count()).unwrap_or(u32::MAX),
            Self::Erase { count, .. } => *count,
        }
    }

    /// Whether it does nothing at all, which no honest change contains.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Change {
    /// How many automerge operations it holds; saturates.
    pub fn op_count(&self) -> u32 {
        self.ops.iter().fold(0, |sum, op| op.len().saturating_add(sum))
    }

    /// The counter of its last operation.
    pub fn max_op(&self) -> u32 {
        self.start_op.saturating_add(self.op_count()).saturating_sub(1)
    }

    /// The operations it writes registers with, each with its id.
    pub fn with_ids(&self) -> impl Iterator<Item = (OpId, &Op)> {
        let mut counter = self.start_op;
        self.ops.iter().map(move |op| {
            let id = OpId { counter, actor: self.actor };
            counter = counter.saturating_add(op.len());
            (id, op)
        })
    }

    /// The canonical automerge change.
    ///
    /// Only for a change that [`crate::guard`] has bounded: this allocates one operation a character.
    pub fn to_automerge(&self, kind: &Kind) -> automerge::Change {
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

    /// The typed form of a change in a document of ours; `None` if it does what ours cannot.
    pub fn from_automerge(kind: &Kind, change: &automerge::Change) -> Option<Self> {
        let expanded = change.decode();
        let mut ops = Vec::new();
        let start_op = u32::try_from(expanded.start_op.get()).ok()?;
        let actor = actor(&expanded.actor_id)?;
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
fn expand(kind: &Kind, id: OpId, op: &Op, operations: &mut Vec<automerge::legacy::Op>) {
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
        Op::MakeText { register, pred } => {
            operations.push(on_register(register, OpType::Make(ObjType::Text), pred));
        }
        Op::Insert { text, after, chars } => {
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
fn fold(kind: &Kind, id: OpId, op: &automerge::legacy::Op, ops: &mut Vec<Op>) -> Option<()> {
    let ObjectId::Id(object) = &op.obj else { return None };
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

pub(crate) fn actor(id: &automerge::ActorId) -> Option<Actor> {
    id.to_bytes().try_into().ok().map(Actor)
}
