//! The registry of document kinds, as data: what containers a document has, who may see it, who may
//! write which register.
//!
//! A kind's id is open: a phone keeps documents of kinds it does not know, raw, and shows them after
//! an update; a server that does not know one answers `upgrade_required`.

use std::sync::OnceLock;

use automerge::Automerge;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::document::change::{Actor, ChangeHash, OpId};
use crate::value::due::Due;
use crate::value::id::DocumentId;
use crate::value::todo::TodoState;
use crate::value::trash::TRASHED;

/// The number of a kind on the wire and in the log; never reused.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct DocumentTypeId(#[n(0)] pub u16);

/// What all documents of one kind have in common.
#[derive(Debug)]
pub struct DocumentType {
    /// Its number.
    pub id: DocumentTypeId,
    /// Its name in logs and messages.
    pub name: &'static str,
    /// The reserved actor of its genesis change: no device may use it.
    pub genesis_actor: Actor,
    /// Names of its containers, in the order in which the genesis change makes them.
    pub containers: &'static [&'static str],
    /// Who sees a document of this kind.
    pub audience: AudienceRule,
    /// Who may write which register; the first rule that matches decides, and where none does,
    /// everyone who may edit the document may write.
    pub policy: &'static [RegisterRule],
    /// The containers in which long texts may be made ([`DocumentType::may_hold_text`]).
    pub texts: &'static [u8],
    /// The document that holds the genesis change only, once it has been made.
    pub fresh: Fresh,
}

/// A place for the document every other of its kind is copied from.
#[derive(Debug, Default)]
pub struct Fresh(pub(in crate::document) OnceLock<(Automerge, ChangeHash)>);

impl Fresh {
    /// An empty place.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

/// How the audience of a kind's documents is found (`docs/sync-protocol.md`, principals).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceRule {
    /// From the document itself: its owner and the assignees of its open todos (C2).
    Own,
    /// Everyone who sees a document that links to it; its creator while nobody does.
    Linked,
    /// The one user it belongs to.
    Private,
}

/// Who may write registers of one name in one container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterRule {
    /// The container, by index.
    pub container: u8,
    /// The last segment of the register's name: `state` matches `state` and `<part>/state`.
    pub name: &'static str,
    /// Who may write it.
    pub writer: Writer,
    /// Whether its first value is its last.
    pub once: bool,
    /// The form its value must have.
    pub form: Form,
}

/// Who may write a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Whoever may edit the document.
    Editor,
    /// Only the server itself, for automations, calendars, forms and numbering.
    Server,
}

/// The canonical text form of a register's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Text,
    /// An entity id, or empty for none.
    Id,
    /// A due (`crate::value::due`), or empty for none.
    Due,
    /// A todo's state (`crate::value::todo`).
    TodoState,
    /// Empty, or a mark of the trashing.
    Trash,
}

impl Form {
    /// Whether a value is in this form.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Id => value.is_empty() || value.parse::<DocumentId>().is_ok(),
            Self::Due => value.is_empty() || value.parse::<Due>().is_ok(),
            Self::TodoState => value.parse::<TodoState>().is_ok(),
            Self::Trash => value.is_empty() || value == TRASHED,
        }
    }
}

impl DocumentType {
    /// The operation of the genesis change that made a container.
    pub fn container_op(&self, container: u8) -> OpId {
        OpId { counter: u32::from(container) + 1, actor: self.genesis_actor }
    }

    /// The container that an operation of the genesis change made.
    pub fn container_of(&self, op: OpId) -> Option<u8> {
        let container = u8::try_from(op.counter.checked_sub(1)?).ok()?;
        (op.actor == self.genesis_actor && usize::from(container) < self.containers.len())
            .then_some(container)
    }

    /// The counter of the genesis change's last operation.
    pub fn genesis_max_op(&self) -> u32 {
        u32::try_from(self.containers.len()).unwrap_or(u32::MAX)
    }

    /// The rule for a register, if the policy has one.
    pub fn rule(&self, container: u8, name: &str) -> Option<&RegisterRule> {
        let last = name.rsplit('/').next().unwrap_or(name);
        self.policy.iter().find(|rule| rule.container == container && rule.name == last)
    }

    /// Whether a register may hold a long text: one of a single segment, without a rule, in one of
    /// [`DocumentType::texts`].
    ///
    /// All others hold values only. A text is written character by character, so whoever judges what
    /// a change writes (whom it gives sight, what it links to, whether it trashes) could not read it
    /// from the change; and a value never replaces a text, so it would freeze the register.
    pub fn may_hold_text(&self, container: u8, name: &str) -> bool {
        self.texts.contains(&container) && !name.contains('/') && self.rule(container, name).is_none()
    }
}

/// Whether no device may author changes as this actor.
pub fn is_reserved(actor: Actor) -> bool {
    actor.0.starts_with(RESERVED_PREFIX)
}

const RESERVED_PREFIX: &[u8] = b"roadbook:";

#[cfg(test)]
mod tests;
