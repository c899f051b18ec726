//! One document: an automerge document of a known type, read and written as flat registers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use automerge::{Automerge, ObjType, ReadDoc};

use crate::document::canonical::Canonical;
use crate::document::change::{Actor, Change, ChangeHash};
use crate::document::change_list::{self, ChangeList};
use crate::document::guard::{self, Forged};
use crate::document::index::OpIndex;
use crate::document::limits::MAX_SAVED;
use crate::document::{DocumentType, Writer};

/// Why bytes or changes are not a document of this type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The saved form is larger than [`MAX_SAVED`].
    #[error("the saved document is too large")]
    TooLarge,
    /// Automerge cannot read it.
    #[error("the saved document cannot be read")]
    Unreadable,
    /// It does not begin with the genesis change of the type.
    #[error("the document is of another type")]
    WrongKind,
    /// A change depends on changes that are not there.
    #[error("a change depends on {} missing changes", .0.len())]
    Missing(Vec<ChangeHash>),
    /// Automerge refused a change.
    #[error("a change cannot be applied")]
    NotApplicable,
    /// A change, built from its typed form, does not have the hash that its author states.
    #[error("a change does not have the stated hash")]
    WrongHash,
}

/// A document in memory.
///
/// A document with few changes is saved as the list of them, and all but its long texts is read from
/// their index. So most documents are opened, shown, edited and closed again without automerge:
///
/// ```text
/// few changes      few: list + index      inner: built when a long text or a merge needs it
/// more changes     inner: automerge       many: index, built when a change must be judged
/// ```
#[derive(Debug, Clone)]
pub struct Document {
    kind: &'static DocumentType,
    /// All changes but the genesis, as long as they are few.
    few: Option<ChangeList>,
    /// Automerge's document: built from the few changes when it is first needed, then kept up to date.
    inner: OnceLock<Automerge>,
    /// The index of many changes: built for the first change that it must judge, then kept up to date.
    many: Option<Box<OpIndex>>,
}

mod read;

impl Document {
    /// A document that holds its genesis change and nothing else.
    pub fn new(kind: &'static DocumentType) -> Self {
        Self { kind, few: Some(ChangeList::new(kind)), inner: OnceLock::new(), many: None }
    }

    /// Reads a saved document that is not trusted. Size, form and document type are checked, and the
    /// changes of a list are judged one by one.
    pub fn load(kind: &'static DocumentType, bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > MAX_SAVED {
            return Err(DocumentError::TooLarge);
        }
        if let Some(changes) = change_list::read_few(bytes) {
            let mut document = Self::new(kind);
            for change in changes.map_err(|_| DocumentError::Unreadable)? {
                document.add(&change)?;
            }
            return Ok(document);
        }
        // automerge 0.12 panics on some byte strings that it never wrote itself.
        let inner = catch_unwind(|| Automerge::load(bytes))
            .map_err(|_| DocumentError::Unreadable)?
            .map_err(|_| DocumentError::Unreadable)?;
        let document = Self { kind, few: None, inner: OnceLock::from(inner), many: None };
        document.check_kind()?;
        Ok(document)
    }

    /// Reads a document that this device saved itself, or judged before it was stored. Only damage of the
    /// storage is looked for, and the caller must compare the heads.
    pub fn load_stored(kind: &'static DocumentType, bytes: &[u8]) -> Result<Self, DocumentError> {
        let Some(changes) = change_list::read_stored(bytes) else { return Self::load(kind, bytes) };
        let mut document = Self::new(kind);
        for change in changes.map_err(|_| DocumentError::Unreadable)? {
            document.add_judged(change)?;
        }
        Ok(document)
    }

    /// Whether its saved form is a list of few changes.
    pub fn is_list(&self) -> bool {
        self.few.is_some()
    }

    /// The saved form: the list of its changes while they are few, automerge's own form after that. The
    /// list is smaller on the wire and is read without automerge.
    ///
    /// Two documents with equal heads may save to different bytes, so compare heads and never bytes (L3).
    pub fn save(&self) -> Vec<u8> {
        match &self.few {
            Some(few) => few.save(),
            None => self.inner().save_nocompress(),
        }
    }

    /// Its document type.
    pub fn kind(&self) -> &'static DocumentType {
        self.kind
    }

    /// The hashes that name this state: the changes that no other change depends on, ascending.
    pub fn heads(&self) -> Vec<ChangeHash> {
        match &self.few {
            Some(few) => few.index().heads().to_vec(),
            None => self.inner().get_heads().iter().map(|hash| ChangeHash(hash.0)).collect(),
        }
    }

    /// Whether a change is part of this state.
    pub fn contains(&self, hash: ChangeHash) -> bool {
        match &self.few {
            Some(few) => few.index().contains(hash),
            None => self.inner().get_change_meta_by_hash(&automerge::ChangeHash(hash.0)).is_some(),
        }
    }

    /// The counter of its last operation.
    pub fn max_op(&self) -> u32 {
        self.max_op_of(&self.heads())
    }

    /// The counter of the last operation that `heads` and their ancestors hold.
    pub fn max_op_of(&self, heads: &[ChangeHash]) -> u32 {
        if let Some(few) = &self.few {
            return few.index().max_op_of(heads);
        }
        heads
            .iter()
            .filter_map(|head| self.inner().get_change_meta_by_hash(&automerge::ChangeHash(head.0)))
            .map(|meta| u32::try_from(meta.max_op).unwrap_or(u32::MAX))
            .max()
            .unwrap_or_default()
    }

    /// How many changes an actor made to it.
    pub fn seq(&mut self, actor: Actor) -> u32 {
        if let Some(few) = &self.few {
            return few.index().seq(actor);
        }
        let Some(inner) = self.inner.get_mut() else { return 0 };
        // automerge tells the number of changes only for its own actor, so it takes this one for a moment.
        // Nothing is ever written through it, so its actor means nothing else.
        inner.set_actor(actor.automerge());
        inner.get_last_local_change().and_then(|change| u32::try_from(change.seq()).ok()).unwrap_or_default()
    }

    /// Applies changes that were built from their typed form. All or none.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn apply(&mut self, changes: Vec<automerge::Change>) -> Result<(), DocumentError> {
        if self.few.is_some() {
            // On a copy, so that a change in the middle that does not fit leaves nothing behind. A list is
            // short, so the copy is cheap.
            let mut with = self.clone();
            for change in &changes {
                with.add(&Change::from_automerge(self.kind, change).ok_or(DocumentError::NotApplicable)?)?;
            }
            *self = with;
            return Ok(());
        }
        self.check_dependencies(&changes)?;
        // The index would lack these changes: it is built again when a change must be judged.
        self.many = None;
        self.apply_all(changes)
    }

    /// Applies changes that the guard has judged. All or none.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn apply_canonical(&mut self, changes: Vec<Canonical>) -> Result<(), DocumentError> {
        self.apply(changes.into_iter().map(|change| change.0).collect())
    }

    /// Builds a change from its typed form, judges it, applies it and returns its hash.
    ///
    /// # Errors
    /// [`DocumentError::Missing`] if the document lacks a dependency: automerge would say nothing,
    /// queue the change and save it with the document. [`DocumentError::NotApplicable`] if the change
    /// does not fit.
    pub fn add(&mut self, change: &Change) -> Result<ChangeHash, DocumentError> {
        let built = self.built(change)?;
        let hash = ChangeHash(built.hash().0);
        if self.contains(hash) {
            return Ok(hash);
        }
        if self.few.is_none() && self.many.is_none() {
            self.many = Some(Box::new(OpIndex::of(self)));
        }
        self.check(change)?;
        self.push(built, hash, change.clone())?;
        Ok(hash)
    }

    /// Adds a change that was judged when it was made, and returns its hash.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn add_judged(&mut self, change: Change) -> Result<ChangeHash, DocumentError> {
        let built = self.built(&change)?;
        let hash = ChangeHash(built.hash().0);
        if !self.contains(hash) {
            self.check_dependencies(std::slice::from_ref(&built))?;
            self.push(built, hash, change)?;
        }
        Ok(hash)
    }

    /// Adds changes, in causal order, that this device judged before it stored each under its hash. If one
    /// does not fit, those before it may already be added.
    ///
    /// # Errors
    /// [`DocumentError::WrongHash`] if one is not the change that was stored; else as [`Self::add`].
    pub fn add_stored(
        &mut self,
        changes: impl IntoIterator<Item = (ChangeHash, Change)>,
    ) -> Result<(), DocumentError> {
        let is = |hash, stored| if hash == stored { Ok(()) } else { Err(DocumentError::WrongHash) };
        let mut changes = changes.into_iter();
        while self.few.is_some() {
            let Some((stored, change)) = changes.next() else { return Ok(()) };
            is(self.add_judged(change)?, stored)?;
        }
        // From here on automerge holds the document. One call for all the rest costs it less than many.
        let mut rest = Vec::new();
        for (stored, change) in changes {
            let built = self.built(&change)?;
            is(ChangeHash(built.hash().0), stored)?;
            rest.push(built);
        }
        self.apply(rest)
    }

    fn built(&self, change: &Change) -> Result<automerge::Change, DocumentError> {
        // The change is not judged yet when its hash is needed, and automerge panics on some forged ones.
        catch_unwind(AssertUnwindSafe(|| change.to_automerge(self.kind)))
            .map_err(|_| DocumentError::NotApplicable)
    }

    /// Adds a change that fits.
    fn push(
        &mut self,
        built: automerge::Change,
        hash: ChangeHash,
        change: Change,
    ) -> Result<(), DocumentError> {
        self.apply_all(vec![built])?;
        if let Some(many) = &mut self.many {
            many.push(hash, &change);
        }
        let Some(few) = &mut self.few else { return Ok(()) };
        few.push(hash, change);
        // Once many, always many: a document never shrinks, and a saved form that changed back and forth
        // would cost a conversion each time.
        if !few.are_few() {
            if self.inner.get().is_none() {
                self.inner = OnceLock::from(self.build()?);
            }
            self.few = None;
        }
        Ok(())
    }

    /// Adds changes in causal order. If one does not fit, those before it may already be added.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn add_all<'c>(
        &mut self,
        changes: impl IntoIterator<Item = &'c Change>,
    ) -> Result<(), DocumentError> {
        let mut changes = changes.into_iter();
        while self.few.is_some() {
            let Some(change) = changes.next() else { return Ok(()) };
            self.add(change)?;
        }
        self.apply(changes.map(|change| change.to_automerge(self.kind)).collect())
    }

    /// Judges a change that its author wants to add ([`OpIndex::judge`]).
    pub fn judge(&self, change: &Change, writer: Writer) -> Result<(), Forged> {
        self.with_index(|index| index.judge(change, writer))
    }

    /// Judges a change that the server has accepted ([`OpIndex::check`]).
    fn check(&self, change: &Change) -> Result<(), Forged> {
        self.with_index(|index| index.check(change))
    }

    fn with_index<T>(&self, judge: impl FnOnce(&OpIndex) -> T) -> T {
        match (&self.few, &self.many) {
            (Some(few), _) => judge(few.index()),
            (None, Some(many)) => judge(many),
            (None, None) => judge(&OpIndex::of(self)),
        }
    }

    /// The constant change that must be added before anybody writes into the container with this address;
    /// `None` if the container is there, or if no schema version that this build knows has it.
    pub fn extension_for(&mut self, address: u8) -> Option<Change> {
        let extension = self.kind.extension(DocumentType::version_with(address))?;
        (self.seq(extension.actor) == 0).then_some(extension)
    }

    /// Judges a change that only puts values, for its own author: the registers and the values. A draft on
    /// this document is right in all that concerns the change graph, so that is not judged again.
    ///
    /// It looks at each register that the change writes, where [`Self::judge`] passes over the document.
    pub fn judge_puts(&self, change: &Change) -> Result<(), Forged> {
        guard::judge_puts(self.kind, |register| self.get(register), change)
    }

    /// Proves that automerge accepts the few changes of a document: automerge applies them, saves, reads
    /// what it saved, and comes to the same heads. A document that is in automerge's own form needs no
    /// proof: it was saved and loaded already.
    ///
    /// # Errors
    /// [`DocumentError::NotApplicable`] if automerge does not: then none of these changes may be kept.
    pub fn prove(&self) -> Result<(), DocumentError> {
        if self.few.is_none() {
            return Ok(());
        }
        let inner = match self.inner.get() {
            Some(inner) => inner,
            None => {
                let built = self.build()?;
                self.inner.get_or_init(|| built)
            }
        };
        // automerge applies and saves some forged changes that it cannot read again.
        let saved = catch_unwind(AssertUnwindSafe(|| inner.save_nocompress()));
        let saved = saved.map_err(|_| DocumentError::NotApplicable)?;
        let again = catch_unwind(|| Automerge::load(&saved)).ok().and_then(Result::ok);
        let again = again.ok_or(DocumentError::NotApplicable)?;
        let is_same =
            |read: &Automerge| read.get_heads().iter().map(|hash| ChangeHash(hash.0)).eq(self.heads());
        if is_same(inner) && is_same(&again) { Ok(()) } else { Err(DocumentError::NotApplicable) }
    }

    /// The index, if it tells all that the document holds: only automerge can read long texts.
    fn readable(&self) -> Option<&OpIndex> {
        self.index().filter(|index| !index.has_texts())
    }

    /// Automerge's document. If automerge refuses what the guard let pass, it holds the genesis change
    /// alone; [`Self::prove`] finds that out.
    fn inner(&self) -> &Automerge {
        self.inner.get_or_init(|| {
            let built = self.build();
            debug_assert!(built.is_ok(), "automerge takes what the guard has judged");
            built.unwrap_or_else(|_| self.kind.fresh())
        })
    }

    fn build(&self) -> Result<Automerge, DocumentError> {
        let mut inner = self.kind.fresh();
        let few = self.few.as_ref().map(ChangeList::changes).unwrap_or_default();
        apply_to(&mut inner, few.iter().map(|(_, change)| change.to_automerge(self.kind)).collect())?;
        Ok(inner)
    }

    fn check_dependencies(&self, changes: &[automerge::Change]) -> Result<(), DocumentError> {
        let mut known: Vec<_> = Vec::with_capacity(changes.len());
        for change in changes {
            let missing: Vec<_> = change
                .deps()
                .iter()
                .filter(|dep| !known.contains(*dep) && !self.contains(ChangeHash(dep.0)))
                .map(|dep| ChangeHash(dep.0))
                .collect();
            if !missing.is_empty() {
                return Err(DocumentError::Missing(missing));
            }
            known.push(change.hash());
        }
        Ok(())
    }

    /// Applies changes to automerge's document if it is built. If not, it will be built with them.
    fn apply_all(&mut self, changes: Vec<automerge::Change>) -> Result<(), DocumentError> {
        self.inner.get_mut().map_or(Ok(()), |inner| apply_to(inner, changes))
    }

    fn check_kind(&self) -> Result<(), DocumentError> {
        let all_there = (0..self.kind.containers.len()).all(|index| {
            u8::try_from(index).is_ok_and(|index| {
                matches!(self.inner().object_type(self.container(index)), Ok(ObjType::Map))
            })
        });
        let begins_right = self.contains(self.kind.genesis_hash());
        if all_there && begins_right { Ok(()) } else { Err(DocumentError::WrongKind) }
    }
}

impl OpIndex {
    /// Indexes all operations of a document that is trusted already.
    pub fn of(document: &Document) -> Self {
        if let Some(index) = document.index() {
            return index.clone();
        }
        let mut index = Self::new(document.kind());
        for (hash, change) in document.changes_since(&[index.genesis()]) {
            index.push(hash, &change);
        }
        index
    }

    /// Indexes a document that is saved as a list of few changes ([`Document::save`]), without automerge,
    /// and judges every change. Returns the changes too; `None` if the saved form is automerge's own.
    pub fn of_saved(
        kind: &'static DocumentType,
        saved: &[u8],
    ) -> Option<Result<(Self, Vec<Change>), DocumentError>> {
        // The hashes are computed from what was read, so nothing depends on how it was encoded.
        let changes = change_list::read_stored(saved)?;
        let read = || {
            let changes = changes.ok()?;
            let mut index = Self::new(kind);
            for change in &changes {
                index.check(change).ok()?;
                index.push(ChangeHash(change.to_automerge(kind).hash().0), change);
            }
            Some((index, changes))
        };
        Some(read().ok_or(DocumentError::Unreadable))
    }
}

impl From<Forged> for DocumentError {
    fn from(forged: Forged) -> Self {
        match forged {
            Forged::Needs(hashes) => Self::Missing(hashes),
            _ => Self::NotApplicable,
        }
    }
}

fn apply_to(inner: &mut Automerge, changes: Vec<automerge::Change>) -> Result<(), DocumentError> {
    catch_unwind(AssertUnwindSafe(|| inner.apply_changes(changes)))
        .map_err(|_| DocumentError::NotApplicable)?
        .map_err(|_| DocumentError::NotApplicable)
}

#[cfg(test)]
mod tests;
