//! Document types, as data: which containers a document has, who may see it, and who may write which
//! register.
//!
//! The list of types is open. A phone keeps a document whose type it does not know, as it came, and
//! shows it after an update. A server that does not know a type answers `upgrade_required`.

use std::sync::OnceLock;

use automerge::Automerge;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::document::change::{Actor, ChangeHash};
use crate::document::form::Form;

/// The number of a document type, on the wire and in the log; never used again for another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct DocumentTypeId(#[n(0)] pub u16);

/// What all documents of one type have in common.
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
    /// Names of the containers that later schema versions added: those of version 2, of version 3, ...
    pub later: &'static [&'static [&'static str]],
    /// Who sees a document of this type.
    pub audience: AudienceRule,
    /// Who may write which register. The first rule that matches decides; without one, everybody who may
    /// edit the document may write.
    pub policy: &'static [RegisterRule],
    /// The containers in which long texts may be made ([`DocumentType::may_hold_text`]).
    pub texts: &'static [u8],
    /// The document that holds the genesis change only, once it has been made.
    pub fresh: Fresh,
}

/// A place for the document that every new one of its type is copied from.
#[derive(Debug, Default)]
pub struct Fresh(pub(in crate::document) OnceLock<(Automerge, ChangeHash)>);

impl Fresh {
    /// An empty place.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

/// How the audience of the documents of one type is found (`docs/sync-protocol.md`, principals).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceRule {
    /// From the document itself: its owner and the assignees of its open todos (C2).
    Own,
    /// Everybody who sees a document that links to it; while none does, its creator.
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
    /// Everybody who may edit the document.
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

    /// Whether a register may hold a long text: its name is a single segment, no rule names it, and it is
    /// in one of [`DocumentType::texts`].
    ///
    /// All other registers hold values only, for two reasons. A text is written character by character, so
    /// a change does not show what the register will read, and the server judges by that: to whom the
    /// change makes something visible, what it links to, whether it trashes. And a value never replaces a
    /// text, so one text would block the register for good.
    pub fn may_hold_text(&self, container: u8, name: &str) -> bool {
        self.texts.contains(&container) && !name.contains('/') && self.rule(container, name).is_none()
    }
}

/// How every reserved actor begins.
pub(in crate::document) const RESERVED_PREFIX: &[u8] = b"roadbook:";

#[cfg(test)]
mod tests;
