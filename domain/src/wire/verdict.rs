//! Verdicts: what became of each pushed change.

use minicbor::{Decode, Encode};

use crate::document::change::ChangeHash;
use crate::value::id::DocumentId;

/// The verdicts over one pushed group, in the order of its changes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GroupVerdict {
    /// The group's document.
    #[n(0)]
    pub document: DocumentId,
    /// One verdict for each of its changes.
    #[n(1)]
    pub verdicts: Vec<Verdict>,
}

/// What became of one pushed change. An unsent change leaves the outbox on this word only (L2).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// It is committed, as this entry of the log.
    #[n(0)]
    Applied(#[n(0)] u64),
    /// It was committed before, as this entry of the log.
    #[n(1)]
    Dup(#[n(0)] u64),
    /// It depends on changes that the server has not: nothing was stored; send them too.
    #[n(2)]
    Needs(#[n(0)] Vec<ChangeHash>),
    /// It will never be accepted; the user's quarantine takes it, with this reason (L6).
    #[n(3)]
    Refused(#[n(0)] RefusalCode),
    /// Its actor has made another change with this number (R12): pull, drop what the server has by
    /// hash, author the rest again under a fresh actor.
    #[n(4)]
    ActorFork,
    /// This server does not know the document's kind: keep the change and try a newer server.
    #[n(5)]
    UpgradeRequired,
    /// A change before it in its group was not accepted, so it was not looked at.
    #[n(6)]
    NotReached,
}

/// Why a change was refused, in the few words an app can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum RefusalCode {
    /// Its bytes are not a change, or break a rule that honest clients cannot break.
    #[n(0)]
    Malformed,
    /// It, or its document with it, would exceed a limit.
    #[n(1)]
    TooLarge,
    /// Its actor belongs to another device (L4).
    #[n(2)]
    ForeignActor,
    /// The author may not see the document.
    #[n(3)]
    NotVisible,
    /// The author sees the document but may not write what it writes (C12).
    #[n(4)]
    NotAllowed,
    /// The author lost the right before the change arrived, and it is too late or too much to take
    /// (`docs/sync-protocol.md`, late edits).
    #[n(5)]
    RightLost,
    /// The document was purged (C5).
    #[n(6)]
    Purged,
    /// Another document has this id.
    #[n(7)]
    IdTaken,
    /// A value is not in its register's form, or the register is write-once or the server's.
    #[n(8)]
    Policy,
    /// A link points to a contact that its author may not see.
    #[n(9)]
    LinkNotVisible,
    /// The receipt of what was offered is not this server's for just that.
    #[n(10)]
    ForeignReceipt,
    /// A user cannot be given back: his email has become another's (F64).
    #[n(11)]
    EmailTaken,
    /// A user cannot be given back as he was: the organisation would be without an administrator.
    #[n(12)]
    LastAdmin,
}
