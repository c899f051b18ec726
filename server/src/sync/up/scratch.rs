//! The scratch copy: where a change is tried before anything is logged.
//!
//! Pure, and the only place where the server runs automerge. What leaves it as an [`Update`] has been
//! judged, applied, saved, loaded again and compared.

use std::collections::BTreeSet;

use roadbook_domain::access::rights::Scope;
use roadbook_domain::crm::command::CommandError;
use roadbook_domain::crm::row::Fact;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::OpIndex;
use roadbook_domain::document::canonical::Canonical;
use roadbook_domain::document::canonical::Check;
use roadbook_domain::document::change::{Actor, Change, ChangeHash, Register};
use roadbook_domain::document::codec::Malformed;
use roadbook_domain::document::digest;
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::guard::Forged;
use roadbook_domain::document::limits::{BYTES_FOR_DECISIONS, MAX_SAVED};
use roadbook_domain::document::{AuthorTable, Origin, Signature};
use roadbook_domain::document::{Document, DocumentError};
use roadbook_domain::document::{DocumentType, Writer};
use roadbook_domain::read::projection;
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{RefusalCode, Verdict};

use crate::store::documents::Stored;

/// A document rests with this many heads at most: the server merges them long before a change could
/// not name them all ([`roadbook_domain::document::codec::MAX_DEPS`]).
pub const MAX_HEADS: usize = 32;
/// A trial merges heads as soon as there are more than this, so that one change can name them all.
const MAX_TRIAL_HEADS: usize = 60;

/// A change that is on its way into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its hash.
    pub hash: ChangeHash,
    /// Its actor, and its number among the changes of that actor.
    pub actor: (Actor, u32),
    /// Its author and device.
    pub by: Signature,
    /// The act it is part of.
    pub origin: Option<Origin>,
    /// When the server took it.
    pub received_at: Timestamp,
    /// Its one byte string.
    pub bytes: Vec<u8>,
}

/// What becomes of a document by the changes that were accepted for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The document as it will rest; `version` and `as_of` are those it had, 0 for a new one.
    pub after: Stored,
    /// What its rows were; `None` for a new one.
    pub rows_before: Option<Rows>,
    /// What its rows are.
    pub rows: Rows,
    /// Its digest term before; `None` for a new one.
    pub term_before: Option<[u8; 16]>,
    /// The changes, in order.
    pub accepted: Vec<Accepted>,
}

impl Update {
    /// Whether users made the document larger than they may, which is less than it may be.
    pub fn is_overfull(&self) -> bool {
        let saved = self.after.saved.len();
        if saved <= MAX_SAVED - BYTES_FOR_DECISIONS {
            return false;
        }
        // Read again here only, because few documents are so large.
        let by_users = self.accepted.iter().filter(|accepted| accepted.by.user.is_some());
        let changes: Vec<_> =
            by_users.filter_map(|accepted| Change::from_stored(&accepted.bytes).ok()).collect();
        DocumentType::get(self.after.kind).is_some_and(|kind| saved > kind.most_saved_with(&changes))
    }
}

/// A change that was read and built.
#[derive(Debug, Clone)]
pub struct Built {
    /// Its hash.
    pub hash: ChangeHash,
    /// Its typed form.
    pub change: Change,
    /// Its canonical form.
    pub canonical: Canonical,
}

/// A copy of a document on which changes are tried.
pub struct Scratch {
    /// The document with every change accepted so far that was flushed.
    document: Document,
    index: OpIndex,
    heads: BTreeSet<ChangeHash>,
    pending: Vec<Canonical>,
    /// Who merges heads.
    server: Actor,
    before: Option<(Stored, Rows, AuthorTable)>,
    id: DocumentId,
    scope: Scope,
    creator: Option<UserId>,
    changes: Vec<Change>,
    accepted: Vec<Accepted>,
}

/// A stored document that cannot be read: damage, not a fault of the one who pushes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the stored document {id} cannot be used: {cause}")]
pub struct Unusable {
    /// The document.
    pub id: DocumentId,
    /// Why.
    pub cause: String,
}

/// Reads one change, within all limits.
///
/// # Errors
/// Why it is refused.
pub fn read(bytes: &[u8]) -> Result<Change, RefusalCode> {
    Change::from_bytes(bytes).map_err(|malformed| match malformed {
        Malformed::Limit => RefusalCode::TooLarge,
        Malformed::Form => RefusalCode::Malformed,
    })
}

/// Builds the canonical form of a change, and compares it with the author's hash if there is one.
///
/// # Errors
/// Why it is refused.
pub fn build(kind: &DocumentType, change: Change, check: Option<&Check>) -> Result<Built, RefusalCode> {
    #[cfg(test)]
    BUILT.set(BUILT.get() + 1);
    let canonical = Canonical::of(kind, &change).ok_or(RefusalCode::Malformed)?;
    if check.is_some_and(|check| !canonical.has_check(check)) {
        return Err(RefusalCode::Malformed);
    }
    Ok(Built { hash: canonical.hash(), change, canonical })
}

#[cfg(test)]
thread_local! {
    /// How many changes this thread has built.
    pub static BUILT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The verdict on a change that the guard found forged.
pub fn verdict(forged: Forged) -> Verdict {
    let code = match forged {
        Forged::Needs(hashes) => return Verdict::Needs(hashes),
        Forged::ActorFork => return Verdict::ActorFork,
        Forged::LaterVersion => return Verdict::UpgradeRequired,
        Forged::TooLarge => RefusalCode::TooLarge,
        Forged::Policy | Forged::Value => RefusalCode::Policy,
        Forged::ReservedActor => RefusalCode::ForeignActor,
        Forged::SeqGap
        | Forged::StartOp
        | Forged::Time
        | Forged::Empty
        | Forged::Deps
        | Forged::Register
        | Forged::WrittenTwice
        | Forged::Pred
        | Forged::TextReplaced
        | Forged::Text
        | Forged::ErasedTwice => RefusalCode::Malformed,
    };
    Verdict::Refused(code)
}

impl Scratch {
    /// A scratch copy of a stored document.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn of(kind: &'static DocumentType, stored: Stored, server: Actor) -> Result<Self, Unusable> {
        let unusable = |cause: String| Unusable { id: stored.id, cause };
        let document = Document::load(kind, &stored.saved).map_err(|error| unusable(error.to_string()))?;
        // The heads are stored beside the document. If the two do not agree, one of them is damaged.
        if document.heads() != stored.heads {
            return Err(unusable("its heads are not those it was stored with".into()));
        }
        let rows = minicbor::decode(&stored.rows).map_err(|error| unusable(error.to_string()))?;
        let authors = minicbor::decode(&stored.authors).map_err(|error| unusable(error.to_string()))?;
        Ok(Self {
            index: OpIndex::of(&document),
            heads: document.heads().into_iter().collect(),
            document,
            pending: Vec::new(),
            server,
            id: stored.id,
            scope: stored.scope,
            creator: stored.creator,
            before: Some((stored, rows, authors)),
            changes: Vec::new(),
            accepted: Vec::new(),
        })
    }

    /// A scratch copy of a document that does not exist yet.
    pub fn new(
        kind: &'static DocumentType,
        id: DocumentId,
        scope: Scope,
        creator: Option<UserId>,
        server: Actor,
    ) -> Self {
        let document = Document::new(kind);
        Self {
            index: OpIndex::of(&document),
            heads: document.heads().into_iter().collect(),
            document,
            pending: Vec::new(),
            server,
            before: None,
            id,
            scope,
            creator,
            changes: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// Its document type.
    pub fn kind(&self) -> &'static DocumentType {
        self.document.kind()
    }

    /// Its scope.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether the document exists, or a change was accepted that makes it.
    pub fn exists(&self) -> bool {
        self.before.is_some() || !self.accepted.is_empty()
    }

    /// Whether a change was accepted.
    pub fn has_accepted(&self) -> bool {
        !self.accepted.is_empty()
    }

    /// How many changes were accepted, merges of heads included.
    pub fn accepted(&self) -> usize {
        self.accepted.len()
    }

    /// Whether these are its heads, with everything accepted so far.
    pub fn stands_at(&self, heads: &[ChangeHash]) -> bool {
        self.heads.iter().eq(heads)
    }

    /// How many operations it has, with everything accepted so far.
    pub fn ops(&self) -> u64 {
        let before = self.before.as_ref().map_or(0, |(stored, ..)| u64::from(stored.ops));
        self.changes.iter().fold(before, |sum, change| sum.saturating_add(u64::from(change.op_count())))
    }

    /// Whether it holds a change of this one's actor with this one's number.
    pub fn has_number(&self, change: &Change) -> bool {
        self.index.has_number(change.actor, change.seq)
    }

    /// Whether a register held this value when the document had these heads.
    pub fn held(&self, register: &Register, heads: &[ChangeHash], value: &str) -> bool {
        let values = self.index.get_at(register, heads);
        values.is_some_and(|values| values.all().any(|written| written.value == value))
    }

    /// Whether it holds a change.
    pub fn contains(&self, hash: ChangeHash) -> bool {
        self.index.contains(hash)
    }

    /// Whether a change makes the document: it stands on nothing but constant changes.
    pub fn begins(&self, change: &Change) -> bool {
        change.deps.iter().all(|dep| self.index.is_constant(*dep))
    }

    /// Judges a change that the server accepted once, by the receipt of its document: only whether it
    /// fits. What this build does not know of it, a later one took.
    ///
    /// # Errors
    /// The verdict if it does not fit.
    pub fn check(&self, change: &Change) -> Result<(), Verdict> {
        self.index.check(change).map_err(verdict)
    }

    /// Judges a change by the guard, and by the values that write-once registers hold now.
    ///
    /// # Errors
    /// The verdict if it is not accepted.
    pub fn judge(&mut self, change: &Change, writer: Writer) -> Result<(), Verdict> {
        self.index.judge(change, writer).map_err(verdict)?;
        let once = |register: &Register| {
            self.document.kind().rule(register.container, &register.name).is_some_and(|rule| rule.once)
        };
        let once: Vec<_> = writes(change)
            .filter(|(register, _)| once(register))
            .map(|(r, v)| (r.clone(), v.to_owned()))
            .collect();
        if !once.is_empty() {
            // The guard sees what the author saw; another may have written it since.
            let document = self.document().map_err(|_| Verdict::Refused(RefusalCode::Malformed))?;
            let taken = |(register, value): &(Register, String)| {
                document
                    .get(register)
                    .is_some_and(|values| values.all().any(|written| written.value != *value))
            };
            if once.iter().any(taken) {
                return Err(Verdict::Refused(RefusalCode::Policy));
            }
        }
        Ok(())
    }

    /// The document as it is with everything accepted so far.
    ///
    /// # Errors
    /// [`DocumentError::NotApplicable`], which the guard should have prevented.
    pub fn document(&mut self) -> Result<&mut Document, DocumentError> {
        // Applied only when somebody reads: most changes are judged by the index alone.
        if !self.pending.is_empty() {
            self.document.apply_canonical(std::mem::take(&mut self.pending))?;
        }
        Ok(&mut self.document)
    }

    /// The rows of the document as it is with everything accepted so far, without facts.
    ///
    /// # Errors
    /// As for [`Scratch::document`].
    pub fn rows(&mut self) -> Result<Rows, DocumentError> {
        let creator = self.creator;
        Ok(projection::rows(self.document()?, creator))
    }

    /// The rows as they would be with one more change.
    ///
    /// # Errors
    /// As for [`Scratch::document`].
    pub fn rows_with(&mut self, built: &Built) -> Result<Rows, DocumentError> {
        // A copy, because automerge cannot take a change back.
        let mut trial = self.document()?.clone();
        trial.apply_canonical(vec![built.canonical.clone()])?;
        Ok(projection::rows(&trial, self.creator))
    }

    /// Adds a change that was judged. If its actor wrote here before, its author is the author of that, so
    /// that log and author table say the same: after a rollback two devices may use the actor of one file.
    ///
    /// # Errors
    /// As for [`Scratch::document`].
    pub fn accept(
        &mut self,
        built: Built,
        bytes: Vec<u8>,
        by: Signature,
        origin: Option<Origin>,
        received_at: Timestamp,
    ) -> Result<(), DocumentError> {
        let Built { hash, change, canonical } = built;
        self.index.push(hash, &change);
        self.heads.retain(|head| !change.deps.contains(head));
        self.heads.insert(hash);
        self.pending.push(canonical);
        let actor = (change.actor, change.seq);
        let known = self.before.as_ref().and_then(|(.., authors)| authors.signature(change.actor));
        let by = known.cloned().unwrap_or(by);
        self.accepted.push(Accepted { hash, actor, by, origin, received_at, bytes });
        self.changes.push(change);
        if self.heads.len() > MAX_TRIAL_HEADS { self.merge_heads(received_at) } else { Ok(()) }
    }

    /// Adds a judged change to what the guard knows, and to nothing else.
    pub fn index_only(&mut self, built: &Built) {
        self.index.push(built.hash, &built.change);
    }

    /// Ends the trial: `None` if nothing was accepted.
    ///
    /// # Errors
    /// Automerge refused what the guard let through, or does not read back what it saved: none of the
    /// changes may be logged.
    pub fn finish(mut self, now: Timestamp) -> Result<Option<Update>, DocumentError> {
        if self.accepted.is_empty() {
            return Ok(None);
        }
        if self.heads.len() > MAX_HEADS {
            self.merge_heads(now)?;
        }
        // What cannot be saved and read back must not reach the log: no phone could open it any more.
        self.document()?.prove()?;
        let saved = self.document.save();
        let document = Document::load(self.document.kind(), &saved)?;
        let heads = document.heads();
        if heads != self.document.heads() || !heads.iter().eq(&self.heads) {
            return Err(DocumentError::Unreadable);
        }
        let mut facts: Vec<Fact> =
            self.before.as_ref().map(|(_, rows, _)| rows.facts().to_vec()).unwrap_or_default();
        let mut authors = self.before.as_ref().map(|(.., authors)| authors.clone()).unwrap_or_default();
        let mut appender = authors.appender();
        for (change, accepted) in self.changes.iter().zip(&self.accepted) {
            facts.extend(projection::facts(&document, change, accepted.by.user));
            appender.push(accepted.actor, &accepted.by, accepted.origin, accepted.received_at);
        }
        // Facts that another version of the projection told are told anew.
        let is_current = |(stored, ..): &(Stored, _, _)| stored.projection_version == projection::VERSION;
        let rows = if self.before.as_ref().is_none_or(is_current) {
            projection::rows(&document, self.creator).with_facts(facts)
        } else {
            projection::rows_with_facts(&document, &authors, self.creator)
        };
        let ops = self.changes.iter().fold(0_u32, |sum, change| sum.saturating_add(change.op_count()));
        let (before, rows_before) = self.before.map(|(stored, rows, _)| (stored, rows)).unzip();
        let known_ops = before.as_ref().map_or(document.kind().genesis_max_op(), |stored| stored.ops);
        let after = Stored {
            id: self.id,
            kind: document.kind().id,
            scope: self.scope,
            creator: self.creator,
            version: before.as_ref().map_or(0, |stored| stored.version),
            term: digest::term(self.id, &heads),
            as_of: before.as_ref().map_or(0, |stored| stored.as_of),
            since: before.as_ref().map_or(0, |stored| stored.since),
            ops: known_ops.saturating_add(ops),
            heads,
            saved,
            // Encoding into memory cannot fail.
            authors: minicbor::to_vec(&authors).unwrap_or_default(),
            rows: minicbor::to_vec(&rows).unwrap_or_default(),
            projection_version: projection::VERSION,
        };
        let term_before = before.map(|stored| stored.term);
        Ok(Some(Update { after, rows_before, rows, term_before, accepted: self.accepted }))
    }

    /// Joins all heads by a change of the server, so that the next author need not name them all.
    fn merge_heads(&mut self, now: Timestamp) -> Result<(), DocumentError> {
        self.author(now, |draft| {
            // A change must do something: this register says nothing to anybody.
            let turn = if draft.text(0, MERGE_REGISTER).as_deref() == Some("1") { "2" } else { "1" };
            draft.put(0, MERGE_REGISTER, turn);
            Ok(())
        })
    }

    /// Adds a change that the server itself makes, if it does something.
    ///
    /// # Errors
    /// As for [`Scratch::document`], and for a draft that cannot be written.
    pub fn author(
        &mut self,
        now: Timestamp,
        write: impl FnOnce(&mut Draft<'_>) -> Result<(), CommandError>,
    ) -> Result<(), DocumentError> {
        let server = self.server;
        let mut draft = Draft::new(self.document()?, server, now);
        write(&mut draft).map_err(|_| DocumentError::NotApplicable)?;
        let Some(change) = draft.finish() else { return Ok(()) };
        let canonical = Canonical::of(self.document.kind(), &change).ok_or(DocumentError::NotApplicable)?;
        let built = Built { hash: canonical.hash(), canonical, change };
        let bytes = built.change.to_bytes();
        self.accept(built, bytes, Signature { user: None, device: None }, None, now)
    }
}

/// The register that the server writes to merge heads.
const MERGE_REGISTER: &str = "merged";

/// The registers that a change gives a value, and the values.
///
/// Long texts are not among them: the guard lets them be made only where no register has a meaning
/// for rights ([`DocumentType::may_hold_text`]).
pub fn writes(change: &Change) -> impl Iterator<Item = (&Register, &str)> {
    use roadbook_domain::document::change::Op;
    change.ops.iter().filter_map(|op| match op {
        Op::Put { register, value, .. } => Some((register, value.as_str())),
        Op::MakeContainer { .. } | Op::MakeText { .. } | Op::Insert { .. } | Op::Erase { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadbook_domain::crm::card;
    use roadbook_domain::value::id::DeviceId;

    #[test]
    fn who_an_actor_is_in_the_author_table_is_who_it_is_in_the_log() {
        let (user, now) = (UserId::from_bytes([1; 16]), Timestamp::from_millis(0));
        let by =
            |device: u8| Signature { user: Some(user), device: Some(DeviceId::from_bytes([device; 16])) };
        let mut document = Document::new(&card::TYPE);
        let mut rename = |name: &str| {
            let mut draft = Draft::new(&mut document, Actor([3; 16]), now);
            draft.put(card::CARD, "name", name);
            let change = draft.finish().unwrap();
            document.add(&change).unwrap();
            let canonical = Canonical::of(&card::TYPE, &change).unwrap();
            (change.to_bytes(), Built { hash: canonical.hash(), canonical, change })
        };
        let server = Actor([5; 16]);
        let id = DocumentId::from_bytes([2; 16]);
        let mut first = Scratch::new(&card::TYPE, id, Scope::Staff, Some(user), server);
        let (bytes, built) = rename("Roof");
        first.accept(built, bytes, by(1), None, now).unwrap();
        let stored = first.finish(now).unwrap().unwrap().after;
        // Another copy of the file, enrolled as a device of its own, goes on with the same actor.
        let mut second = Scratch::of(&card::TYPE, stored, server).unwrap();
        let (bytes, built) = rename("New roof");
        second.accept(built, bytes, by(2), None, now).unwrap();
        let update = second.finish(now).unwrap().unwrap();
        let authors: AuthorTable = minicbor::decode(&update.after.authors).unwrap();
        assert_eq!(update.accepted[0].by, by(1));
        assert_eq!(authors.signature(Actor([3; 16])), Some(&by(1)));
    }
}
