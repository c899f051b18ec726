//! A phone as small as it can be: what a device must do with every answer, and nothing else.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use roadbook_domain::access::audience::{inbox_id, user_document_id};
use roadbook_domain::crm::command::{Acting, CardCommand, ContactCommand, UserCommand};
use roadbook_domain::crm::row::Fact;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::AuthorTable;
use roadbook_domain::document::Document;
use roadbook_domain::document::canonical::Canonical;
use roadbook_domain::document::canonical::Check;
use roadbook_domain::document::change::{Actor, Change};
use roadbook_domain::document::digest::{self, Digest};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::{DocumentType, DocumentTypeId};
use roadbook_domain::read::projection;
use roadbook_domain::read::state_hash::State as Hashed;
use roadbook_domain::read::today::{DueMove, Period, TodayQuery, TodayRow, today};
use roadbook_domain::settings::{Settings, SettingsId, SettingsKind, SettingsRow};
use roadbook_domain::value::env::random;
use roadbook_domain::value::id::{DocumentId, PartId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::value::todo::TodoState;
use roadbook_domain::wire::{
    Cursor, Entry, GroupVerdict, Progress, Pushed, PushedChange, ReceiptedRow, Reupload, SyncRequest,
    SyncResponse, Tombstone, Verdict, from_frame, to_frame,
};
use tower::ServiceExt;

use crate::app;
use crate::testing::{PASSWORD, Server};

#[derive(Clone)]
pub struct Phone {
    /// Whose it is, and which installation.
    login: (String, u8),
    pub token: String,
    pub user: UserId,
    pub actor: Actor,
    pub cursor: Option<Cursor>,
    pub held: BTreeMap<DocumentId, Held>,
    pub settings: Settings,
    /// The settings as they came, with their receipts.
    pub receipted: BTreeMap<(SettingsKind, SettingsId), ReceiptedRow>,
    pub tombstones: Vec<Tombstone>,
    pub closings: BTreeMap<DocumentId, Vec<(PartId, TodoState)>>,
    pub outbox: Vec<Pushed>,
    pub purged: Vec<DocumentId>,
    /// Digest of the last answer that had one.
    pub digest: Option<[u8; 16]>,
    pub progress: Vec<Progress>,
    pub budget: Option<u32>,
    /// How many entries of each kind it was sent.
    pub received: BTreeMap<&'static str, usize>,
}

#[derive(Clone)]
pub struct Held {
    pub document: Document,
    pub as_of: u64,
    pub creator: Option<UserId>,
    pub authors: AuthorTable,
    pub facts: Vec<Fact>,
    pub receipt: Option<[u8; 16]>,
}

impl Phone {
    pub async fn new(server: &Server, email: &str, installation: u8) -> Self {
        let answer = server.sign_in(email, PASSWORD, installation).await.unwrap();
        Self {
            login: (email.to_owned(), installation),
            token: answer.text("access_token"),
            user: answer.text("user").parse().unwrap(),
            actor: Actor(random(&*server.env)),
            cursor: None,
            held: BTreeMap::new(),
            settings: Settings::default(),
            receipted: BTreeMap::new(),
            tombstones: Vec::new(),
            closings: BTreeMap::new(),
            outbox: Vec::new(),
            purged: Vec::new(),
            digest: None,
            progress: Vec::new(),
            budget: None,
            received: BTreeMap::new(),
        }
    }

    /// Another session on the same device.
    pub async fn sign_in_again(&mut self, server: &Server) {
        let (email, installation) = &self.login;
        self.token = server.sign_in(email, PASSWORD, *installation).await.unwrap().text("access_token");
    }

    pub fn acting(&self, server: &Server) -> Acting {
        Acting { by: self.user, now: server.env.now_stamp(), zone: Zone::UTC }
    }

    pub fn card(&mut self, server: &Server, id: DocumentId, command: CardCommand) {
        let acting = self.acting(server);
        self.edit(id, DocumentTypeId::CARD, acting.now, |draft| command.draft(draft, &acting).unwrap());
    }

    pub fn contact(&mut self, server: &Server, id: DocumentId, command: ContactCommand) {
        let acting = self.acting(server);
        self.edit(id, DocumentTypeId::CONTACT, acting.now, |draft| command.draft(draft, &acting).unwrap());
    }

    pub fn own(&mut self, server: &Server, id: DocumentId, command: UserCommand) {
        let acting = self.acting(server);
        self.edit(id, DocumentTypeId::USER, acting.now, |draft| command.draft(draft, &acting).unwrap());
    }

    pub fn edit(
        &mut self,
        id: DocumentId,
        kind: DocumentTypeId,
        now: Timestamp,
        act: impl FnOnce(&mut Draft<'_>),
    ) {
        let (user, actor) = (self.user, self.actor);
        let held = self.held.entry(id).or_insert_with(|| Held {
            document: Document::new(DocumentType::get(kind).unwrap()),
            as_of: 0,
            creator: Some(user),
            authors: AuthorTable::default(),
            facts: Vec::new(),
            receipt: None,
        });
        let mut draft = Draft::new(&mut held.document, actor, now);
        act(&mut draft);
        let Some(change) = draft.finish() else { return };
        held.take(&change, Some(user));
        self.enqueue(id, kind, &change);
    }

    /// Puts a change into the outbox, whatever it is.
    pub fn enqueue(&mut self, id: DocumentId, kind: DocumentTypeId, change: &Change) {
        let pushed = pushed(kind, change);
        match self.outbox.iter_mut().find(|group| group.document == id) {
            Some(group) => group.changes.push(pushed),
            None => self.outbox.push(Pushed { document: id, kind, changes: vec![pushed] }),
        }
    }

    pub fn request(&self) -> SyncRequest {
        SyncRequest {
            cursor: self.cursor.clone(),
            push: self.outbox.clone(),
            budget: self.budget,
            ..SyncRequest::default()
        }
    }

    /// Sends a request, and answers what came back.
    pub async fn send(&self, server: &Server, request: &SyncRequest) -> SyncResponse {
        let (status, bytes) = self.send_raw(server, to_frame(request)).await;
        assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&bytes));
        from_frame(&bytes, 64 << 20).unwrap()
    }

    pub async fn send_raw(&self, server: &Server, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/v1/sync")
            .header("authorization", format!("Bearer {}", self.token))
            .body(Body::from(body))
            .unwrap();
        let response = app(server.state.clone()).oneshot(request).await.unwrap();
        let status = response.status();
        (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    /// One exchange, taken in; answers whether there is more.
    pub async fn step(&mut self, server: &Server) -> (bool, Vec<GroupVerdict>) {
        let request = self.request();
        let response = self.send(server, &request).await;
        self.outbox.clear();
        let verdicts = response.verdicts.clone();
        (self.take(server, response), verdicts)
    }

    /// Exchanges until there is no more; answers the verdicts of all.
    pub async fn sync(&mut self, server: &Server) -> Vec<Verdict> {
        let mut all = Vec::new();
        for _ in 0..10_000 {
            let (more, verdicts) = self.step(server).await;
            all.extend(verdicts.into_iter().flat_map(|group| group.verdicts));
            if !more {
                return all;
            }
        }
        panic!("a pull without an end");
    }

    /// Does with an answer what a device must.
    pub fn take(&mut self, server: &Server, response: SyncResponse) -> bool {
        let _ = server;
        for envelope in &response.entries {
            let entry = Entry::from_envelope(envelope).unwrap().unwrap();
            self.entry(entry);
        }
        for receipt in &response.receipts {
            if let Some(held) = self.held.get_mut(&receipt.document) {
                held.receipt = Some(*receipt.receipt);
            }
        }
        if response.cursor.is_some() {
            self.cursor = response.cursor;
        }
        self.digest = response.digest.or(self.digest);
        self.progress.extend(response.progress);
        response.more
    }

    fn entry(&mut self, entry: Entry) {
        let count = |received: &mut BTreeMap<_, usize>, kind| *received.entry(kind).or_default() += 1;
        match entry {
            Entry::Change(entry) => {
                count(&mut self.received, "change");
                let held = self.held.get_mut(&entry.document).expect("a change of a document it has");
                if entry.seq <= held.as_of {
                    return;
                }
                let own = |check: &Check| {
                    let changes = held.document.changes_since(&[held.document.kind().genesis_hash()]);
                    changes.into_iter().find(|(hash, _)| hash.0.starts_with(check.as_slice()))
                };
                let change = match entry.change.is_empty() {
                    true => own(&entry.check).expect("a change of its own").1,
                    false => Change::from_bytes(&entry.change).unwrap(),
                };
                let canonical = Canonical::of(held.document.kind(), &change).unwrap();
                assert!(canonical.has_check(&entry.check));
                if !held.document.contains(canonical.hash()) {
                    held.take(&change, entry.by.user);
                }
                held.authors.push((change.actor, change.seq), &entry.by, entry.origin, entry.received_at);
                held.as_of = entry.seq;
                held.receipt = None;
            }
            Entry::Bundle(bundle) => {
                count(&mut self.received, "bundle");
                if self.held.get(&bundle.document).is_some_and(|held| held.as_of > bundle.as_of) {
                    return;
                }
                let document =
                    Document::load(DocumentType::get(bundle.kind).unwrap(), &bundle.saved).unwrap();
                assert_eq!(document.heads(), bundle.heads);
                let kind = document.kind();
                let rows: Rows = match projection::rows_of_saved(kind, &bundle.saved, &bundle.authors) {
                    Some(rows) => rows.unwrap(),
                    None => minicbor::decode(&bundle.rows).unwrap(),
                };
                let creator = match &rows {
                    Rows::Contact(row, _) => row.creator,
                    _ => None,
                };
                assert_eq!(projection::rows(&document, creator).with_facts(rows.facts().to_vec()), rows);
                self.closings.remove(&bundle.document);
                self.held.insert(
                    bundle.document,
                    Held {
                        document,
                        as_of: bundle.as_of,
                        creator,
                        authors: bundle.authors,
                        facts: rows.facts().to_vec(),
                        receipt: Some(*bundle.receipt),
                    },
                );
            }
            Entry::Forget(forgotten) => {
                count(&mut self.received, "forget");
                if self.held.get(&forgotten.document).is_some_and(|held| held.as_of > forgotten.seq) {
                    return;
                }
                self.held.remove(&forgotten.document);
                self.closings.insert(forgotten.document, forgotten.closings);
            }
            Entry::Settings(receipted) => {
                count(&mut self.received, "settings");
                let row = &receipted.row;
                self.settings.apply([row.clone()]);
                if let Some(role) = self.settings.user(self.user).map(|user| user.role) {
                    self.settings.withdraw(role);
                }
                self.receipted.insert((row.kind, row.id), receipted);
            }
            Entry::Purge(tombstone) => {
                count(&mut self.received, "purge");
                let document = tombstone.document;
                self.tombstones.push(tombstone);
                self.held.remove(&document);
                self.closings.remove(&document);
                self.purged.push(document);
            }
        }
    }

    /// What it holds beside the user's own documents.
    pub fn shared(&self) -> Vec<DocumentId> {
        let own = [user_document_id(self.user), inbox_id(self.user)];
        self.held.keys().filter(|id| !own.contains(id)).copied().collect()
    }

    /// What it holds as the server would name it.
    pub fn own_digest(&self) -> [u8; 16] {
        let mut sum = Digest::default();
        self.held.iter().for_each(|(id, held)| sum.add(digest::term(*id, &held.document.heads())));
        sum.to_bytes()
    }

    pub fn state_hash(&self, now: Timestamp) -> [u8; 32] {
        let mut hashed = Hashed::default();
        for row in self.settings.rows() {
            hashed.settings(row.kind.code(), *row.id.as_bytes(), row.version);
        }
        let (mut rows, mut moves) = (Vec::new(), Vec::new());
        for (id, held) in &self.held {
            let of_document = held.rows();
            hashed.document(*id, &held.document.heads(), &of_document);
            if let Rows::Card(card, facts) = &of_document {
                rows.extend(card.todos.iter().map(|todo| TodayRow::new(*id, card, todo)));
                moves.extend(facts.iter().filter_map(|fact| DueMove::of(*id, fact)));
            }
        }
        for (id, closings) in &self.closings {
            rows.extend(closings.iter().map(|(todo, state)| TodayRow::closing(*id, *todo, *state)));
        }
        let zone = self.settings.zone(Some(self.user));
        let query = TodayQuery { me: self.user, zone, now, period: Period::Today, limit: usize::MAX };
        hashed.today(minicbor::to_vec(today(&query, rows, moves)).unwrap());
        hashed.hash()
    }

    /// Everything it holds, whole, as it would re-upload it.
    pub fn reuploads(&self) -> Vec<Reupload> {
        self.held.iter().filter_map(|(id, held)| held.reupload(*id)).collect()
    }

    pub fn settings_rows(&self) -> Vec<SettingsRow> {
        self.settings.rows().cloned().collect()
    }
}

impl Held {
    fn take(&mut self, change: &Change, by: Option<UserId>) {
        let canonical = Canonical::of(self.document.kind(), change).unwrap();
        self.document.apply_canonical(vec![canonical]).unwrap();
        self.facts.extend(projection::facts(&self.document, change, by));
    }

    pub fn rows(&self) -> Rows {
        projection::rows(&self.document, self.creator).with_facts(self.facts.clone())
    }

    pub fn reupload(&self, id: DocumentId) -> Option<Reupload> {
        let kind = self.document.kind();
        Some(Reupload {
            document: id,
            kind: kind.id,
            changes: self
                .document
                .changes_since(&[kind.genesis_hash()])
                .iter()
                .map(|(_, change)| change.to_bytes().into())
                .collect(),
            authors: self.authors.clone(),
            receipt: self.receipt?.into(),
            heads: self.document.heads(),
            part: None,
        })
    }
}

/// A change as it is pushed.
pub fn pushed(kind: DocumentTypeId, change: &Change) -> PushedChange {
    let hash = Canonical::of(DocumentType::get(kind).unwrap(), change).unwrap().hash();
    let check: [u8; 8] = hash.0[..8].try_into().unwrap();
    PushedChange { change: change.to_bytes(), check: check.into(), origin: None }
}

/// The clock of a seeded world.
pub trait Clock {
    fn now_stamp(&self) -> Timestamp;
}

impl Clock for roadbook_domain::value::env::SeededEnv {
    fn now_stamp(&self) -> Timestamp {
        roadbook_domain::value::env::Env::now(self)
    }
}
