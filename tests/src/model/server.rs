//! The server of the model.

mod pull;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::bytes::ByteVec;
use roadbook_domain::document::Document;
use roadbook_domain::document::OpIndex;
use roadbook_domain::document::change::{Actor, Change, ChangeHash, Op};
use roadbook_domain::document::digest::{self, Digest};
use roadbook_domain::document::guard::Forged;
use roadbook_domain::document::{AuthorTable, Signature};
use roadbook_domain::document::{DocumentType, DocumentTypeId, Writer};
use roadbook_domain::read::projection;
use roadbook_domain::settings::{SettingsId, SettingsKind, SettingsRow};
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{
    Entry, GroupVerdict, Pushed, PushedChange, ReceiptedRow, RefusalCode, Reupload, ReuploadPart,
    SyncRequest, SyncResponse, SyncStatus, Tombstone, Verdict,
};

use super::log::{Accepted, Event, Log, Position, hash};
use super::reconciliation::{self, Terms};

/// A change that gives a register a value with this word in it is refused.
pub const REFUSED: &str = "forbidden";

/// The user and device that a session stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Principal {
    /// The user.
    pub user: UserId,
    /// Their device.
    pub device: DeviceId,
}

/// A server in memory. A clone of it is a backup.
#[derive(Debug, Clone)]
pub struct ModelServer {
    now: Timestamp,
    log: Log,
    documents: BTreeMap<DocumentId, Held>,
    purged: BTreeSet<DocumentId>,
    hidden: BTreeSet<(DocumentId, UserId)>,
    actors: BTreeMap<Actor, DeviceId>,
    settings: Vec<SettingsRow>,
    /// Cursors before this number have expired.
    compacted: u64,
    /// The beginning of a document that a device re-uploads in parts.
    parts: BTreeMap<DeviceId, (DocumentId, Vec<ByteVec>)>,
}

/// A document as the server holds it.
#[derive(Debug, Clone)]
struct Held {
    kind: DocumentTypeId,
    document: Document,
    index: OpIndex,
    authors: AuthorTable,
    places: BTreeMap<ChangeHash, u64>,
}

impl ModelServer {
    /// A server whose log begins with these settings.
    pub fn new(now: Timestamp, settings: Vec<SettingsRow>) -> Self {
        let mut server = Self {
            now,
            log: Log::default(),
            documents: BTreeMap::new(),
            purged: BTreeSet::new(),
            hidden: BTreeSet::new(),
            actors: BTreeMap::new(),
            settings: Vec::new(),
            compacted: 0,
            parts: BTreeMap::new(),
        };
        for row in settings {
            server.put_settings(row);
        }
        server
    }

    /// Sets the clock.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Every document, by id.
    pub fn documents(&self) -> Vec<DocumentId> {
        self.documents.keys().copied().collect()
    }

    /// Whether a document holds a change.
    pub fn holds(&self, document: DocumentId, hash: ChangeHash) -> bool {
        self.documents.get(&document).is_some_and(|held| held.places.contains_key(&hash))
    }

    /// Every value that any change of a document ever gave a register, or inserted into a text.
    pub fn values_ever(&self, document: DocumentId) -> BTreeSet<String> {
        let changes = self.documents.get(&document).map(|held| held.document.changes_since(&[]));
        let values =
            changes.into_iter().flatten().flat_map(|(_, change)| change.ops).filter_map(|op| match op {
                Op::Put { value, .. } => Some(value),
                Op::Insert { chars, .. } => Some(chars),
                _ => None,
            });
        values.collect()
    }

    /// Writes a setting, as its next version.
    pub fn put_settings(&mut self, row: SettingsRow) {
        let same = |old: &&SettingsRow| (old.kind, old.id) == (row.kind, row.id);
        let version = self.settings.iter().find(same).map_or(1, |old| old.version + 1);
        self.write_settings(SettingsRow { version, ..row });
    }

    fn write_settings(&mut self, row: SettingsRow) {
        self.settings.retain(|old| (old.kind, old.id) != (row.kind, row.id));
        self.settings.push(row.clone());
        self.log.push(Event::Settings(row));
    }

    /// Makes a document invisible to a user, or visible.
    pub fn set_visible(&mut self, document: DocumentId, user: UserId, sees: bool) {
        let changed = if sees {
            self.hidden.remove(&(document, user))
        } else {
            self.documents.contains_key(&document) && self.hidden.insert((document, user))
        };
        if changed {
            self.log.push(Event::Audience(document, user, sees));
        }
    }

    /// The settings row of this kind and id, as it is.
    pub fn settings_row(&self, kind: SettingsKind, id: SettingsId) -> Option<&SettingsRow> {
        self.settings.iter().find(|row| (row.kind, row.id) == (kind, id))
    }

    /// Purges a document for good.
    pub fn purge(&mut self, document: DocumentId) {
        self.documents.remove(&document);
        if self.purged.insert(document) {
            self.log.push(Event::Purge(document));
        }
    }

    /// Becomes what it was at a backup.
    pub fn restore(&mut self, backup: &Self) {
        let now = self.now;
        *self = backup.clone();
        self.now = now;
    }

    /// Makes the cursors of all who are not up to date expire.
    pub fn compact(&mut self) {
        self.compacted = self.log.head();
    }

    /// One exchange.
    pub fn exchange(&mut self, who: Principal, request: &SyncRequest) -> SyncResponse {
        let start = match request.cursor.as_ref().map(Position::read) {
            None => Some(Position {
                seq: self.log.head(),
                chain: self.chain(),
                filled_to: Some(DocumentId::from_bytes([0; 16])),
                filled: 0,
            }),
            Some(position) => position,
        };
        let status = start.as_ref().map_or(SyncStatus::Expired, |start| self.status(start));
        let (Some(start), SyncStatus::Ok) = (start, status) else {
            return self.cannot_follow(request, status);
        };
        let row_verdicts = self.take_reuploads(request);
        let mut verdicts: Vec<_> = request.push.iter().map(|group| self.push(who, group)).collect();
        verdicts.extend(request.reuploads.iter().map(|reupload| self.reupload(who, reupload)));

        let sent: BTreeSet<_> = request
            .push
            .iter()
            .flat_map(|group| group.changes.iter().map(|change| (group.document, *change.check)))
            .collect();
        let mut page = self.pull(who.user, &start, &sent);
        page.entries.extend(request.fetch.iter().map(|document| self.fetched(who.user, *document)));
        let terms = self.terms(who.user);
        SyncResponse {
            verdicts,
            entries: page.entries.iter().map(Entry::to_envelope).collect(),
            more: page.more,
            digest: (!page.more).then(|| total(&terms)),
            progress: page.progress,
            reconcile: request.reconcile.as_ref().map(|asked| reconciliation::answer(asked, &terms)),
            receipts: self.receipts(&page),
            row_verdicts,
            ..self.answer(status, &page.end)
        }
    }

    fn chain(&self) -> [u8; 16] {
        self.log.chain_at(self.log.head()).unwrap_or_default()
    }

    fn status(&self, position: &Position) -> SyncStatus {
        match self.log.chain_at(position.seq) {
            Some(chain) if chain != position.chain => SyncStatus::RolledBack,
            None => SyncStatus::RolledBack,
            Some(_) if position.seq < self.compacted => SyncStatus::Expired,
            Some(_) => SyncStatus::Ok,
        }
    }

    /// Takes re-uploads of purges and settings rows.
    fn take_reuploads(&mut self, request: &SyncRequest) -> Vec<Verdict> {
        let tombstones = request.tombstones.iter().map(|tombstone| {
            if *tombstone.receipt != purge_receipt(tombstone.document) {
                return Verdict::Refused(RefusalCode::ForeignReceipt);
            }
            self.purge(tombstone.document);
            Verdict::Applied(self.log.head())
        });
        let mut verdicts: Vec<_> = tombstones.collect();
        for ReceiptedRow { row, receipt } in &request.settings {
            let known = self.settings_row(row.kind, row.id).map_or(0, |known| known.version);
            verdicts.push(match row.version {
                _ if **receipt != row_receipt(row) => Verdict::Refused(RefusalCode::ForeignReceipt),
                version if version <= known => Verdict::Dup(0),
                _ => {
                    self.write_settings(row.clone());
                    Verdict::Applied(self.log.head())
                }
            });
        }
        verdicts
    }

    /// Takes nothing and sends only settings; the device reconciles from the present head.
    fn cannot_follow(&self, request: &SyncRequest, status: SyncStatus) -> SyncResponse {
        let untouched =
            |document, count| GroupVerdict { document, verdicts: vec![Verdict::NotReached; count] };
        let pushed = request.push.iter().map(|group| untouched(group.document, group.changes.len()));
        let reuploaded =
            request.reuploads.iter().map(|reupload| untouched(reupload.document, reupload.changes.len()));
        let end = Position { seq: self.log.head(), chain: self.chain(), filled_to: None, filled: 0 };
        SyncResponse {
            verdicts: pushed.chain(reuploaded).collect(),
            entries: self.settings.iter().map(|row| settings_entry(row).to_envelope()).collect(),
            ..self.answer(status, &end)
        }
    }

    fn answer(&self, status: SyncStatus, end: &Position) -> SyncResponse {
        SyncResponse {
            status,
            verdicts: Vec::new(),
            entries: Vec::new(),
            cursor: Some(end.cursor()),
            more: false,
            now: self.now,
            digest: None,
            progress: None,
            reconcile: None,
            receipts: Vec::new(),
            row_verdicts: Vec::new(),
        }
    }

    fn sees(&self, user: UserId, document: DocumentId) -> bool {
        self.documents.contains_key(&document) && !self.hidden.contains(&(document, user))
    }

    pub(super) fn terms(&self, user: UserId) -> Terms {
        let seen = self.documents.iter().filter(|(id, _)| self.sees(user, **id));
        seen.map(|(id, held)| (*id, digest::term(*id, &held.document.heads()))).collect()
    }
}

/// Pushing and re-uploading.
impl ModelServer {
    fn push(&mut self, who: Principal, group: &Pushed) -> GroupVerdict {
        let mut verdicts = Vec::new();
        let mut stopped = false;
        for pushed in &group.changes {
            let verdict = if stopped { Verdict::NotReached } else { self.push_one(who, group, pushed) };
            stopped = !matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_));
            verdicts.push(verdict);
        }
        GroupVerdict { document: group.document, verdicts }
    }

    fn push_one(&mut self, who: Principal, group: &Pushed, pushed: &PushedChange) -> Verdict {
        let Some(kind) = DocumentType::get(group.kind) else { return Verdict::UpgradeRequired };
        let Some((change, hash)) = read(kind, &pushed.change) else {
            return Verdict::Refused(RefusalCode::Malformed);
        };
        if self.purged.contains(&group.document) {
            return Verdict::Refused(RefusalCode::Purged);
        }
        if let Some(seq) = self.documents.get(&group.document).and_then(|held| held.places.get(&hash)) {
            return Verdict::Dup(*seq);
        }
        if self.documents.contains_key(&group.document) && !self.sees(who.user, group.document) {
            return Verdict::Refused(RefusalCode::NotVisible);
        }
        if self.actors.get(&change.actor).is_some_and(|device| *device != who.device) {
            return Verdict::Refused(RefusalCode::ForeignActor);
        }
        let refused = |op: &Op| matches!(op, Op::Put { value, .. } if value.contains(REFUSED));
        if change.ops.iter().any(refused) {
            return Verdict::Refused(RefusalCode::NotAllowed);
        }
        let accepted = Accepted {
            document: group.document,
            hash,
            bytes: pushed.change.clone(),
            by: Signature { user: Some(who.user), device: Some(who.device) },
            received_at: self.now,
            origin: pushed.origin,
        };
        self.accept(kind, &change, accepted)
    }

    /// Keeps a part of a document; with the last one, the document is judged.
    fn reupload_part(&mut self, who: Principal, offer: &Reupload, part: ReuploadPart) -> GroupVerdict {
        let document = offer.document;
        let first = part.first as usize;
        let kept = self.parts.entry(who.device).or_insert((document, Vec::new()));
        if first == 0 {
            *kept = (document, Vec::new());
        }
        let (kept_document, changes) = kept;
        let new = changes.len().checked_sub(first).and_then(|skip| offer.changes.get(skip..));
        let Some(new) = new.filter(|_| *kept_document == document) else {
            return GroupVerdict { document, verdicts: vec![Verdict::NotReached] };
        };
        changes.extend_from_slice(new);
        if changes.len() < part.total as usize {
            return GroupVerdict { document, verdicts: Vec::new() };
        }
        let changes = std::mem::take(changes);
        self.parts.remove(&who.device);
        self.reupload(who, &Reupload { changes, part: None, ..offer.clone() })
    }

    fn reupload(&mut self, who: Principal, reupload: &Reupload) -> GroupVerdict {
        if let Some(part) = reupload.part {
            return self.reupload_part(who, reupload, part);
        }
        let refuse = |code| {
            let mut verdicts = vec![Verdict::NotReached; reupload.changes.len()];
            if let Some(first) = verdicts.first_mut() {
                *first = Verdict::Refused(code);
            }
            GroupVerdict { document: reupload.document, verdicts }
        };
        if self.purged.contains(&reupload.document) {
            return refuse(RefusalCode::Purged);
        }
        let genuine = DocumentType::get(reupload.kind).and_then(|kind| {
            let changes = reupload.changes.iter().map(|bytes| read(kind, bytes));
            let changes = changes.collect::<Option<Vec<_>>>()?;
            let mut document = Document::new(kind);
            changes.iter().try_for_each(|(change, _)| document.add(change).map(drop)).ok()?;
            let is_genuine =
                receipt(reupload.document, &document.heads(), &reupload.authors) == *reupload.receipt;
            is_genuine.then_some((kind, changes))
        });
        let Some((kind, changes)) = genuine else { return refuse(RefusalCode::ForeignReceipt) };
        if self.documents.contains_key(&reupload.document) && !self.sees(who.user, reupload.document) {
            return refuse(RefusalCode::NotVisible);
        }
        let mut verdicts = Vec::new();
        for ((change, hash), bytes) in changes.iter().zip(&reupload.changes) {
            let known = self.documents.get(&reupload.document).and_then(|held| held.places.get(hash));
            verdicts.push(match known {
                Some(seq) => Verdict::Dup(*seq),
                None => {
                    let at = (change.actor, change.seq);
                    let accepted = Accepted {
                        document: reupload.document,
                        hash: *hash,
                        bytes: bytes.to_vec(),
                        by: reupload
                            .authors
                            .signature(at.0)
                            .cloned()
                            .unwrap_or(Signature { user: None, device: None }),
                        received_at: reupload.authors.received_at(at.0, at.1).unwrap_or(self.now),
                        origin: reupload.authors.origin(at.0, at.1),
                    };
                    self.accept(kind, change, accepted)
                }
            });
        }
        GroupVerdict { document: reupload.document, verdicts }
    }

    fn accept(&mut self, kind: &'static DocumentType, change: &Change, accepted: Accepted) -> Verdict {
        let held = self.documents.entry(accepted.document).or_insert_with(|| Held::new(kind));
        let judged = held.index.judge(change, Writer::Editor);
        let nothing_yet = held.places.is_empty();
        let verdict = match judged {
            Ok(()) => None,
            Err(Forged::Needs(hashes)) => Some(Verdict::Needs(hashes)),
            Err(Forged::ActorFork) => Some(Verdict::ActorFork),
            Err(Forged::TooLarge) => Some(Verdict::Refused(RefusalCode::TooLarge)),
            Err(Forged::Policy | Forged::Value) => Some(Verdict::Refused(RefusalCode::Policy)),
            Err(_) => Some(Verdict::Refused(RefusalCode::Malformed)),
        };
        if let Some(verdict) = verdict {
            if nothing_yet {
                self.documents.remove(&accepted.document);
            }
            return verdict;
        }
        if held.document.add(change).is_err() {
            return Verdict::Refused(RefusalCode::Malformed);
        }
        held.index.push(accepted.hash, change);
        held.authors.push((change.actor, change.seq), &accepted.by, accepted.origin, accepted.received_at);
        let seq = self.log.head() + 1;
        held.places.insert(accepted.hash, seq);
        if let Some(device) = accepted.by.device {
            self.actors.entry(change.actor).or_insert(device);
        }
        self.log.push(Event::Change(accepted));
        Verdict::Applied(seq)
    }
}

impl Held {
    fn new(kind: &'static DocumentType) -> Self {
        let document = Document::new(kind);
        let index = OpIndex::of(&document);
        Self { kind: kind.id, document, index, authors: AuthorTable::default(), places: BTreeMap::new() }
    }

    fn rows(&self) -> roadbook_domain::crm::row::Rows {
        let by = |actor| self.authors.signature(actor).and_then(|by| by.user);
        let changes = self.document.changes_since(&[]);
        let creator = changes.first().and_then(|(_, change)| by(change.actor));
        let facts = changes
            .iter()
            .flat_map(|(_, change)| projection::facts(&self.document, change, by(change.actor)));
        projection::rows(&self.document, creator).with_facts(facts.collect())
    }
}

/// A change of a document of that type, with its hash.
fn read(kind: &'static DocumentType, bytes: &[u8]) -> Option<(Change, ChangeHash)> {
    let change = Change::from_bytes(bytes).ok()?;
    let hash = ChangeHash(change.to_automerge(kind).hash().0);
    Some((change, hash))
}

fn total(terms: &Terms) -> [u8; 16] {
    let mut digest = Digest::default();
    terms.values().for_each(|term| digest.add(*term));
    digest.to_bytes()
}

/// The model's receipt: its key is no secret.
fn receipt(document: DocumentId, heads: &[ChangeHash], authors: &AuthorTable) -> [u8; 16] {
    let heads: Vec<u8> = heads.iter().flat_map(|head| head.0).collect();
    let authors = minicbor::to_vec(authors).unwrap_or_default();
    hash(&[b"the model's key", document.as_bytes(), &heads, &authors])
}

/// A settings row as it travels.
fn settings_entry(row: &SettingsRow) -> Entry {
    Entry::Settings(ReceiptedRow { row: row.clone(), receipt: row_receipt(row).into() })
}

/// A purge as it travels.
fn tombstone(document: DocumentId) -> Entry {
    Entry::Purge(Tombstone { document, receipt: purge_receipt(document).into() })
}

fn row_receipt(row: &SettingsRow) -> [u8; 16] {
    hash(&[b"the model's key", b"settings", &minicbor::to_vec(row).unwrap_or_default()])
}

fn purge_receipt(document: DocumentId) -> [u8; 16] {
    hash(&[b"the model's key", b"purge", document.as_bytes()])
}
