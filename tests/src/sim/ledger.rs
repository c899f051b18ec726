//! The ledger: what the server said it has. It is kept apart from everything that is tested.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::change::{Change, ChangeHash, Op};
use roadbook_domain::document::{DocumentType, DocumentTypeId};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{Entry, GroupVerdict, SyncRequest, SyncResponse, SyncStatus, Verdict};

use super::server::Stored;

/// What the server said.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Changes that it acknowledged at any time.
    pub ever: BTreeSet<ChangeHash>,
    /// Those that it must have whenever it is asked, since nothing destroyed their last copy.
    pub required: BTreeMap<ChangeHash, DocumentId>,
    /// Settings rows that it must have, in this version or a later one.
    pub settings: Versions,
    /// How often it did what the runs must try.
    pub tally: Tally,
}

/// The versions of settings rows, by kind and id.
pub type Versions = BTreeMap<(u16, [u8; 16]), i64>;

/// How often the server did what the laws are about: a law that nothing tried proves nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Changes that it took.
    pub applied: u64,
    /// Changes that it had already.
    pub known: u64,
    /// Changes that it refused.
    pub refused: u64,
    /// Documents that were re-uploaded to it.
    pub reuploaded: u64,
    /// Settings rows and purges that it took as re-uploads.
    pub reuploaded_rows: u64,
    /// Answers that told a phone that its log is gone.
    pub rolled_back: u64,
    /// Answers that were cut, with more to follow.
    pub cut: u64,
    /// Documents that left a phone.
    pub forgotten: u64,
}

impl Tally {
    /// The numbers with their names.
    pub fn counts(&self) -> [(&'static str, u64); 8] {
        [
            ("applied", self.applied),
            ("known", self.known),
            ("refused", self.refused),
            ("re-uploaded", self.reuploaded),
            ("settings re-uploaded", self.reuploaded_rows),
            ("rolled back", self.rolled_back),
            ("cut", self.cut),
            ("forgotten", self.forgotten),
        ]
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.applied += other.applied;
        self.known += other.known;
        self.refused += other.refused;
        self.reuploaded += other.reuploaded;
        self.reuploaded_rows += other.reuploaded_rows;
        self.rolled_back += other.rolled_back;
        self.cut += other.cut;
        self.forgotten += other.forgotten;
    }
}

impl Ledger {
    /// The server must keep what it has from the beginning, like everything else.
    pub fn note_start(&mut self, documents: &BTreeMap<DocumentId, Stored>) {
        for (id, stored) in documents {
            self.ever.extend(stored.changes.0.keys());
            self.required.extend(stored.changes.0.keys().map(|hash| (*hash, *id)));
        }
    }

    /// Notes an exchange that the server carried out, whether the phone hears of it or not.
    pub fn note(&mut self, request: &SyncRequest, response: &SyncResponse) {
        let pushed = request.push.iter().map(|group| {
            (group.document, group.kind, group.changes.iter().map(|c| c.change.as_slice()).collect())
        });
        let reuploaded = request.reuploads.iter().map(|reupload| {
            // Of a part there are no verdicts, or those over all parts.
            let changes = reupload.changes.get(..).filter(|_| reupload.part.is_none()).unwrap_or_default();
            (reupload.document, reupload.kind, changes.iter().map(|change| change.as_slice()).collect())
        });
        self.tally.reuploaded += request.reuploads.len() as u64;
        let taken = response.row_verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Applied(_)));
        self.tally.reuploaded_rows += taken.count() as u64;
        self.tally.rolled_back += u64::from(response.status == SyncStatus::RolledBack);
        self.tally.cut += u64::from(response.more);
        let forgets = response
            .entries
            .iter()
            .filter(|entry| matches!(Entry::from_envelope(entry), Ok(Some(Entry::Forget(_)))));
        self.tally.forgotten += forgets.count() as u64;
        for ((document, kind, changes), group) in pushed.chain(reuploaded).zip(&response.verdicts) {
            self.note_group(document, kind, changes, group);
        }
    }

    fn note_group(
        &mut self,
        document: DocumentId,
        kind: DocumentTypeId,
        changes: Vec<&[u8]>,
        group: &GroupVerdict,
    ) {
        for (bytes, verdict) in changes.into_iter().zip(&group.verdicts) {
            let Some(hash) = hash(kind, bytes) else { continue };
            match verdict {
                Verdict::Applied(_) | Verdict::Dup(_) => {
                    let is_new = matches!(verdict, Verdict::Applied(_));
                    *(if is_new { &mut self.tally.applied } else { &mut self.tally.known }) += 1;
                    self.ever.insert(hash);
                    self.required.insert(hash, document);
                }
                Verdict::Refused(_) => self.tally.refused += 1,
                _ => {}
            }
        }
    }
}

fn hash(kind: DocumentTypeId, bytes: &[u8]) -> Option<ChangeHash> {
    let change = Change::from_bytes(bytes).ok()?;
    Some(ChangeHash(change.to_automerge(DocumentType::get(kind)?).hash().0))
}

/// What a change put into registers: their names and values, without texts.
pub fn puts(change: &Change) -> impl Iterator<Item = (u8, &str, &str)> {
    change.ops.iter().filter_map(|op| match op {
        Op::Put { register, value, .. } => Some((register.container, register.name.as_str(), value.as_str())),
        _ => None,
    })
}
