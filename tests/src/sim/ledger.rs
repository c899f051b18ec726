//! The ledger: what the server said it has, and what every phone told its user, kept by nobody under
//! test.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::change::{Change, ChangeHash, Op};
use roadbook_domain::id::DocumentId;
use roadbook_domain::kind::{Kind, KindId};
use roadbook_domain::wire::{GroupVerdict, SyncRequest, SyncResponse, Verdict};

use super::server::Stored;

/// What the server said.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Changes that it acknowledged at any time.
    pub ever: BTreeSet<ChangeHash>,
    /// Those that it must have whenever it is asked, for nothing destroyed their last copy.
    pub owed: BTreeMap<ChangeHash, DocumentId>,
    /// Changes that it refused, with what it said.
    pub refused: BTreeMap<ChangeHash, String>,
    /// How many changes it took, of all.
    pub applied: u64,
}

impl Ledger {
    /// What the server has from the beginning is owed like everything else.
    pub fn owe(&mut self, documents: &BTreeMap<DocumentId, Stored>) {
        for (id, stored) in documents {
            self.ever.extend(stored.changes.0.keys());
            self.owed.extend(stored.changes.0.keys().map(|hash| (*hash, *id)));
        }
    }

    /// Notes an exchange that the server carried out, whether the phone hears of it or not.
    pub fn note(&mut self, request: &SyncRequest, response: &SyncResponse) {
        let pushed = request.push.iter().map(|group| {
            (group.document, group.kind, group.changes.iter().map(|c| c.change.as_slice()).collect())
        });
        let offered = request.offers.iter().map(|offer| {
            (offer.document, offer.kind, offer.changes.iter().map(|change| change.as_slice()).collect())
        });
        for ((document, kind, changes), group) in pushed.chain(offered).zip(&response.verdicts) {
            self.note_group(document, kind, changes, group);
        }
    }

    fn note_group(&mut self, document: DocumentId, kind: KindId, changes: Vec<&[u8]>, group: &GroupVerdict) {
        for (bytes, verdict) in changes.into_iter().zip(&group.verdicts) {
            let Some(hash) = hash(kind, bytes) else { continue };
            match verdict {
                Verdict::Applied(_) | Verdict::Dup(_) => {
                    self.applied += u64::from(matches!(verdict, Verdict::Applied(_)));
                    self.ever.insert(hash);
                    self.owed.insert(hash, document);
                }
                Verdict::Refused(_) => drop(self.refused.insert(hash, format!("{verdict:?}"))),
                _ => {}
            }
        }
    }
}

fn hash(kind: KindId, bytes: &[u8]) -> Option<ChangeHash> {
    let change = Change::from_bytes(bytes).ok()?;
    Some(ChangeHash(change.to_automerge(Kind::get(kind)?).hash().0))
}

/// What a change put into registers: their names and values, without texts.
pub fn puts(change: &Change) -> impl Iterator<Item = (u8, &str, &str)> {
    change.ops.iter().filter_map(|op| match op {
        Op::Put { register, value, .. } => Some((register.container, register.name.as_str(), value.as_str())),
        _ => None,
    })
}
