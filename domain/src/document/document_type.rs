//! The registry of document kinds, as data: what containers a document has, who may see it, who may
//! write which register.
//!
//! A kind's id is open: a phone keeps documents of kinds it does not know, raw, and shows them after
//! an update; a server that does not know one answers `upgrade_required`.

use std::sync::OnceLock;

use automerge::Automerge;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::document::change::{Actor, ChangeHash};
use crate::document::form::Form;

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
    /// Names of the containers that later schema versions added: of version 2, then of version 3, ...
    pub later: &'static [&'static [&'static str]],
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

impl DocumentType {
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

/// How every reserved actor begins.
pub(in crate::document) const RESERVED_PREFIX: &[u8] = b"roadbook:";

#[cfg(test)]
mod tests;
