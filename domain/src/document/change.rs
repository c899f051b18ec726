//! Changes as typed register operations: the only form in which a change travels or rests in a log.
//!
//! A change writes registers of one document, or inserts and erases characters of its long texts.
//! There is no way to say anything else, so most forgeries that break automerge cannot be expressed
//! (`docs/decisions/0001-typed-changes.md`). Phone and server both build the one canonical automerge
//! change from it and know it by that change's hash.

use std::fmt;

use data_encoding::HEXLOWER;

use crate::value::env::{Env, random};
use crate::value::time::Timestamp;

/// The name under which one start of the app numbers its changes: 16 random bytes.
///
/// It names no person: the server binds it to the authenticated device (L4). It is fresh at every
/// start, because a restored file that went on under its old actor would use its numbers twice.
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

/// The SHA-256 hash of a change's canonical form: the change's name.
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

/// The name of one operation. Of concurrent values of a register, the one with the greatest name wins.
///
/// The counter is compared first, so the order of the fields matters. Clocks take no part: a phone
/// whose clock is ahead would win every merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// Greater than every counter that its author had seen.
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
    /// The heads of the document that it was made on, ascending.
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
    /// Makes a container. Only the constant changes of schema versions do so.
    MakeContainer {
        /// Its name.
        name: String,
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
    /// Erases characters of a long text. One actor inserted them, with consecutive counters.
    Erase {
        /// The operation that made the text.
        text: OpId,
        /// The first character to erase.
        first: OpId,
        /// How many; at least one.
        count: u32,
    },
}

/// The address of a register: a container of the document's type, and a name in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register {
    /// Which container: an index into `DocumentType::containers`.
    pub container: u8,
    /// The name within it: `due`, `<part>/<name>`, `<field>`, `<field>/<option>`.
    pub name: String,
}

impl Op {
    /// How many automerge operations this is.
    pub fn len(&self) -> u32 {
        match self {
            Self::Put { .. } | Self::MakeText { .. } | Self::MakeContainer { .. } => 1,
            // Characters and not bytes: automerge keeps one operation for each character.
            Self::Insert { chars, .. } => u32::try_from(chars.chars().count()).unwrap_or(u32::MAX),
            Self::Erase { count, .. } => *count,
        }
    }

    /// Whether it does nothing at all. No honest change contains such an operation.
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
}
