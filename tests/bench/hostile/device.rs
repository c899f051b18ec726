//! A device that sends whatever it is told to: it keeps what its user wrote, and reads nothing else.

use std::collections::BTreeMap;

use roadbook_domain::crm::command::{Acting, CardCommand, ContactCommand};
use roadbook_domain::document::canonical::Canonical;
use roadbook_domain::document::change::{Actor, Change};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::{Document, DocumentType, DocumentTypeId};
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::wire::{
    Cursor, MAX_PUSH_BYTES, MAX_PUSH_CHANGES, Pushed, PushedChange, SyncRequest, SyncResponse, Verdict,
    from_frame, to_frame,
};

use crate::dataset::{self, NOW};
use crate::office::Office;

pub struct Device {
    pub token: String,
    pub user: UserId,
    pub cursor: Option<Cursor>,
    actor: Actor,
    documents: BTreeMap<DocumentId, Document>,
    outbox: Vec<Pushed>,
    size: (usize, usize),
}

impl Device {
    pub fn sign_in(office: &Office, login: &str) -> Self {
        let (token, user) = office.sign_in_bare(login);
        let actor = Actor(*DocumentId::derived(&[token.as_bytes()]).as_bytes());
        let (documents, outbox) = (BTreeMap::new(), Vec::new());
        Self { token, user, cursor: None, actor, documents, outbox, size: (0, 0) }
    }

    pub fn card(&mut self, id: DocumentId, commands: &[CardCommand]) {
        let acting = self.acting();
        let write = |draft: &mut Draft<'_>| {
            commands.iter().for_each(|command| command.draft(draft, &acting).unwrap());
        };
        self.edit(id, DocumentTypeId::CARD, write);
    }

    pub fn contact(&mut self, id: DocumentId, commands: &[ContactCommand]) {
        let acting = self.acting();
        let write = |draft: &mut Draft<'_>| {
            commands.iter().for_each(|command| command.draft(draft, &acting).unwrap());
        };
        self.edit(id, DocumentTypeId::CONTACT, write);
    }

    /// Writes one change.
    pub fn edit(&mut self, id: DocumentId, kind: DocumentTypeId, write: impl FnOnce(&mut Draft<'_>)) {
        let actor = self.actor;
        let mut draft = Draft::new(self.document(id, kind), actor, NOW);
        write(&mut draft);
        let change = draft.finish().unwrap();
        self.add(id, kind, &change);
    }

    /// The next change of a document, of these operations.
    pub fn write(&mut self, id: DocumentId, ops: Vec<roadbook_domain::document::change::Op>) -> Change {
        let actor = self.actor;
        let document = self.document(id, DocumentTypeId::CARD);
        let (seq, start_op, deps) = (document.seq(actor) + 1, document.max_op() + 1, document.heads());
        let change = Change { actor, seq, start_op, time: NOW, deps, ops };
        self.add(id, DocumentTypeId::CARD, &change);
        change
    }

    /// Puts a change into the outbox that the device does not keep itself.
    pub fn enqueue(&mut self, id: DocumentId, kind: DocumentTypeId, change: &Change) {
        let pushed = pushed(kind, change);
        self.size = (self.size.0 + 1, self.size.1 + pushed.change.len());
        match self.outbox.iter_mut().find(|group| group.document == id) {
            Some(group) => group.changes.push(pushed),
            None => self.outbox.push(Pushed { document: id, kind, changes: vec![pushed] }),
        }
    }

    /// A document as this device has it.
    pub fn document(&mut self, id: DocumentId, kind: DocumentTypeId) -> &mut Document {
        let kind = DocumentType::get(kind).unwrap();
        self.documents.entry(id).or_insert_with(|| Document::new(kind))
    }

    /// Gives another device a document as it is here.
    pub fn hand(&self, id: DocumentId, other: &mut Self) {
        other.documents.insert(id, self.documents[&id].clone());
    }

    /// Whether so many more changes of so many bytes in all go into the same push.
    pub fn has_room(&self, changes: usize, bytes: usize) -> bool {
        self.size.0 + changes <= MAX_PUSH_CHANGES && self.size.1 + bytes <= MAX_PUSH_BYTES
    }

    /// A push of everything in the outbox.
    pub fn take_push(&mut self) -> SyncRequest {
        self.size = (0, 0);
        SyncRequest { push: std::mem::take(&mut self.outbox), ..SyncRequest::default() }
    }

    /// Pushes everything in the outbox, which must be taken.
    pub fn push(&mut self, office: &Office) {
        self.catch_up(office);
        let request = SyncRequest { cursor: self.cursor.clone(), ..self.take_push() };
        let answer = self.exchange(office, &request);
        let mut verdicts = answer.verdicts.iter().flat_map(|group| &group.verdicts);
        let not = verdicts.find(|verdict| !matches!(verdict, Verdict::Applied(_)));
        assert!(not.is_none(), "{not:?}");
    }

    /// Pulls all that there is.
    pub fn catch_up(&mut self, office: &Office) {
        loop {
            let request = SyncRequest { cursor: self.cursor.clone(), ..SyncRequest::default() };
            let answer = self.exchange(office, &request);
            self.cursor = answer.cursor.or(self.cursor.take());
            if !answer.more {
                return;
            }
        }
    }

    pub fn exchange(&self, office: &Office, request: &SyncRequest) -> SyncResponse {
        let (status, answer) = office.block_on(office.line.answer(&self.token, to_frame(request)));
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&answer));
        from_frame(&answer, 64 << 20).unwrap()
    }

    fn add(&mut self, id: DocumentId, kind: DocumentTypeId, change: &Change) {
        let document = self.document(id, kind);
        let canonical = Canonical::of(document.kind(), change).unwrap();
        document.apply_canonical(vec![canonical]).unwrap();
        self.enqueue(id, kind, change);
    }

    fn acting(&self) -> Acting {
        Acting { by: self.user, now: NOW, zone: dataset::zone() }
    }
}

/// A change as it is pushed.
fn pushed(kind: DocumentTypeId, change: &Change) -> PushedChange {
    let hash = Canonical::of(DocumentType::get(kind).unwrap(), change).unwrap().hash();
    let check: [u8; 8] = hash.0[..8].try_into().unwrap();
    PushedChange { change: change.to_bytes(), check: check.into(), origin: None }
}
