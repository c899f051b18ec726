//! What the server may say and take: every answer is read entry by entry, and held against what its reader
//! may see in the database snapshot that it was written from (L5). Every change that was taken is held
//! against what its author may do, by the reference model.

use std::collections::BTreeSet;
use std::sync::Arc;

use minicbor::bytes::ByteArray;
use roadbook_domain::crm::{card, contact};
use roadbook_domain::document::change::{Change, Op};
use roadbook_domain::document::{AuthorTable, Document, DocumentType, DocumentTypeId};
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::todo::TodoState;
use roadbook_domain::wire::{Bundle, Entry, Forgotten, LogEntry, Pushed, SyncRequest, SyncResponse, Verdict};

use super::ledger::Ledger;
use super::moment::{Moment, Stored};
use super::refusals::Honest;
use crate::failure::{Failure, ensure, same};

/// An exchange that the server carried out, and the moments that it must be judged by.
pub struct Carried<'a> {
    /// Who asked.
    pub user: UserId,
    /// What was asked.
    pub request: &'a SyncRequest,
    /// What was answered.
    pub answer: &'a SyncResponse,
    /// The server before the request came, and before each of the transactions that wrote for it.
    pub before: &'a [Arc<Moment>],
    /// The server in the snapshot that the answer was written from.
    pub snapshot: &'a Moment,
    /// Whether nobody else wrote meanwhile.
    pub alone: bool,
    /// The device that sent it, if it is an honest one.
    pub honest: Option<DeviceId>,
}

impl Carried<'_> {
    /// Checks the answer, and what the server took.
    ///
    /// # Errors
    /// A law was broken.
    pub fn check(&self, ledger: &Ledger) -> Result<(), Failure> {
        let pushed: BTreeSet<_> = self.request.push.iter().flat_map(checks).collect();
        for envelope in &self.answer.entries {
            let entry = Entry::from_envelope(envelope)?;
            match entry.ok_or_else(|| Failure::new("entries are of known kinds", envelope.kind))? {
                Entry::Change(entry) => self.change(&entry, &pushed, ledger)?,
                Entry::Bundle(bundle) => self.bundle(&bundle, ledger)?,
                Entry::Forget(forgotten) => self.forget(&forgotten)?,
                Entry::Settings(row) => self.settings(&row.row)?,
                Entry::Purge(purge) => {
                    return Err(Failure::new("nobody purges anything here", purge.document));
                }
            }
        }
        for receipt in &self.answer.receipts {
            self.is_seen(receipt.document, "a receipt")?;
        }
        for row in self.answer.reconcile.iter().flat_map(|answer| &answer.documents) {
            self.is_seen(row.document, "a row of heads")?;
        }
        for (group, verdicts) in self.request.push.iter().zip(&self.answer.verdicts) {
            same("verdicts answer their groups", &group.document, &verdicts.document)?;
            for (pushed, verdict) in group.changes.iter().zip(&verdicts.verdicts) {
                if matches!(verdict, Verdict::Applied(_)) {
                    self.may_write(group, &Change::from_bytes(&pushed.change)?, ledger)?;
                }
            }
        }
        let Some(device) = self.honest else { return Ok(()) };
        let moments = self.before.iter().map(|moment| &**moment).chain([self.snapshot]).collect();
        Honest { by: (self.user, device), moments, ledger }.is_taken(self.request, self.answer)
    }

    fn is_seen(&self, document: DocumentId, what: &str) -> Result<(), Failure> {
        ensure("no answer tells of what its reader may not see (L5)", self.sees(document), || {
            format!("{} is sent {what} of {document}", self.user)
        })
    }

    fn sees(&self, document: DocumentId) -> bool {
        self.snapshot.sees(self.user, document)
    }

    fn stored(&self, document: DocumentId) -> Result<&Stored, Failure> {
        let stored = self.snapshot.documents.get(&document);
        stored.map(|stored| &**stored).ok_or_else(|| Failure::new("what is sent exists", document))
    }

    fn change(
        &self,
        entry: &LogEntry,
        pushed: &BTreeSet<(DocumentId, [u8; 8])>,
        ledger: &Ledger,
    ) -> Result<(), Failure> {
        self.is_seen(entry.document, "a change")?;
        let check: ByteArray<8> = entry.check;
        let mut changes = self.stored(entry.document)?.changes.0.iter();
        let (hash, change) = changes
            .find(|(hash, _)| hash.0.starts_with(&*check))
            .ok_or_else(|| Failure::new("the document has the changes that are sent", entry.document))?;
        if entry.change.is_empty() {
            let is_own = pushed.contains(&(entry.document, *check))
                || self.request.reuploads.iter().any(|reupload| reupload.document == entry.document);
            ensure("only the reader's own changes are sent without bytes", is_own, || hash.to_string())?;
        } else {
            same("changes are sent as they were taken", &change.to_bytes(), &entry.change)?;
        }
        ensure(
            "the log says who made a change (L4)",
            ledger.is_signed(*hash, change.actor, &entry.by),
            || format!("{hash} is said to be made by {:?}", entry.by),
        )
    }

    fn bundle(&self, bundle: &Bundle, ledger: &Ledger) -> Result<(), Failure> {
        self.is_seen(bundle.document, "all")?;
        let stored = self.stored(bundle.document)?;
        same("document types are sent as they are", &stored.kind, &bundle.kind)?;
        let kind = DocumentType::get(bundle.kind)
            .ok_or_else(|| Failure::new("document types are known", bundle.document))?;
        let document = Document::load(kind, &bundle.saved)?;
        let sent: BTreeSet<_> = document.changes_since(&[]).into_iter().map(|(hash, _)| hash).collect();
        same("a bundle is the document of its moment", &stored.changes.0.keys().copied().collect(), &sent)?;
        same("a bundle names its heads", &stored.changes.heads(), &bundle.heads)?;
        are_signed(stored, &bundle.authors, ledger)
    }

    fn forget(&self, forgotten: &Forgotten) -> Result<(), Failure> {
        let document = forgotten.document;
        ensure("a user keeps what they may see", !self.sees(document), || {
            format!("{} is to forget {document}", self.user)
        })?;
        for (todo, state) in &forgotten.closings {
            let is_own = state.closing().is_some_and(|closing| closing.by() == self.user);
            let stored = self.stored(document)?;
            let told =
                stored.changes.0.values().flat_map(super::ledger::puts).any(|(container, name, value)| {
                    container == card::TODOS
                        && name == format!("{todo}/state")
                        && value.parse::<TodoState>().is_ok_and(|written| written == *state)
                });
            ensure("a user takes away only their own closings", is_own && told, || {
                format!("{todo} of {document}: {state}")
            })?;
        }
        Ok(())
    }

    fn settings(&self, row: &SettingsRow) -> Result<(), Failure> {
        let key = (row.kind.code(), *row.id.as_bytes());
        let role = self.snapshot.accounts.get(&self.user).map(|account| account.role);
        let reaches = role.is_some_and(|role| row.class.reaches(role));
        ensure("a settings row is sent to those whom it reaches (L5)", reaches, || format!("{key:?}"))?;
        let stored = self.snapshot.settings.get(&key);
        let is_it = stored.is_some_and(|stored| {
            stored.version.unsigned_abs() == row.version
                && stored.body == row.body
                && stored.class == row.class
        });
        ensure("a settings row is sent as it is", is_it, || format!("{key:?}: {stored:?}"))
    }

    /// Whether the author may write what the server took from them.
    fn may_write(&self, group: &Pushed, change: &Change, ledger: &Ledger) -> Result<(), Failure> {
        let (user, id) = (self.user, group.document);
        let after = self.stored(id)?;
        let is_private = after.private_to.is_some_and(|owner| owner != user);
        ensure("nobody writes into what is another's own", !is_private, || format!("{user} into {id}"))?;
        // Somebody whose role changes meanwhile is judged by one of the two.
        let mut moments = self.before.iter().map(|moment| &**moment).chain([self.snapshot]);
        if !moments.all(|moment| moment.is_restricted(user)) {
            return Ok(());
        }
        let saw = after.private_to.is_some()
            || self.before.iter().any(|before| !before.documents.contains_key(&id))
            || ledger.has_seen(user, id);
        ensure("a Restricted user changes what they may see, or lately did", saw, || {
            format!("{user} changed {id}")
        })?;
        let was_there = self.before.iter().all(|before| before.documents.contains_key(&id));
        let saw_it = self.before.iter().any(|before| before.sees(user, id));
        if self.alone && was_there && !saw_it && after.card.is_some() {
            self.is_harmless(id, change)?;
        }
        for target in targets(group.kind, change) {
            let is_made = self.before.iter().any(|before| !before.documents.contains_key(&target))
                && self.snapshot.documents.get(&target).is_some_and(|made| made.creator == Some(user));
            let sees = self.before.iter().any(|before| before.sees(user, target));
            // Whatever a card of theirs links to they may link to, also if there is no such document.
            let is_linked = self.before.iter().any(|before| {
                let mut cards =
                    before.documents.iter().filter_map(|(id, held)| Some((*id, held.card.as_ref()?)));
                cards.any(|(id, card)| card.links.contains(&target) && before.sees(user, id))
            });
            ensure("a Restricted user links to what they may see", is_made || sees || is_linked, || {
                format!("{user} linked {id} to {target}")
            })?;
        }
        Ok(())
    }
}

impl Carried<'_> {
    /// Whether an edit of a card by somebody who lost it trashes nothing, and lets nobody see it.
    fn is_harmless(&self, id: DocumentId, change: &Change) -> Result<(), Failure> {
        let trashes = super::ledger::puts(change)
            .any(|(container, name, value)| container == card::CARD && name == "trash" && !value.is_empty());
        ensure("a late edit trashes nothing", !trashes, || id.to_string())?;
        let let_in = self.snapshot.seen.iter().filter(|(user, seen)| {
            seen.contains(&id) && !self.before.iter().any(|before| before.sees(**user, id))
        });
        let let_in: Vec<_> = let_in.map(|(user, _)| user).collect();
        ensure("a late edit makes nothing visible to anybody", let_in.is_empty(), || {
            format!("{} lets {let_in:?} see {id}", self.user)
        })
    }
}

/// Whether every change of a document is signed as the ledger remembers.
///
/// # Errors
/// It is not.
pub fn are_signed(stored: &Stored, authors: &AuthorTable, ledger: &Ledger) -> Result<(), Failure> {
    for (hash, change) in &stored.changes.0 {
        // The constant change that begins a document is nobody's.
        if change.deps.is_empty() {
            continue;
        }
        let by = authors.signature(change.actor);
        ensure(
            "an author table says who made a change (L4)",
            by.is_some_and(|by| ledger.is_signed(*hash, change.actor, by)),
            || format!("{hash} is said to be made by {by:?}: {:?}", ledger.signers(*hash)),
        )?;
    }
    Ok(())
}

/// What a change links to.
pub fn targets(kind: DocumentTypeId, change: &Change) -> Vec<DocumentId> {
    let puts = change.ops.iter().filter_map(|op| match op {
        Op::Put { register, value, .. } => Some((register.container, register.name.as_str(), value)),
        _ => None,
    });
    puts.filter_map(|(container, name, value)| {
        let links = if kind == DocumentTypeId::CARD { card::LINKS } else { contact::LINKS };
        match name.split_once('/')?.1 {
            "to" if container == links => value.split_once(' ')?.1.parse().ok(),
            "contact" if kind == DocumentTypeId::CARD && container == card::TODOS => value.parse().ok(),
            _ => None,
        }
    })
    .collect()
}

fn checks(group: &Pushed) -> impl Iterator<Item = (DocumentId, [u8; 8])> {
    group.changes.iter().map(|pushed| (group.document, *pushed.check))
}
