//! The ledger: what the server said it has. It is kept apart from everything that is tested.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::change::Actor;
use roadbook_domain::document::change::{Change, ChangeHash, Op};
use roadbook_domain::document::{DocumentType, DocumentTypeId, Signature};
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::wire::{
    Entry, GroupVerdict, RefusalCode, SyncRequest, SyncResponse, SyncStatus, Verdict,
};

use super::moment::{Documents, LoggedChange, Moment};
use crate::failure::{Failure, ensure};

/// What the server said.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Changes that it acknowledged at any time.
    pub ever: BTreeSet<ChangeHash>,
    /// Those that it must have whenever it is asked, since nothing destroyed their last copy.
    pub required: BTreeMap<ChangeHash, DocumentId>,
    /// Settings rows that it must have, in this version or a later one.
    pub settings: Versions,
    /// Characters that mark edits of long texts and that a user erased again.
    pub erased: BTreeSet<char>,
    /// Who made each change: by the sessions in which the server took it, which after a rollback may be
    /// several.
    signers: BTreeMap<ChangeHash, BTreeSet<Signature>>,
    /// The device of each actor, since the server last became what it was.
    actors: BTreeMap<Actor, Signature>,
    /// The devices of each actor that the server forgot when it became what it was: copies of one file.
    shared: BTreeMap<Actor, BTreeSet<Signature>>,
    /// What each user saw at any time.
    seen: BTreeSet<(UserId, DocumentId)>,
    /// How often it did what the runs must try.
    pub tally: Tally,
}

/// The versions of settings rows, by kind and id.
pub type Versions = BTreeMap<(u16, [u8; 16]), i64>;

/// How often everything happened that the laws are about: a law that nothing tried proves nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<&'static str, u64>);

/// What must happen among many seeds.
const NAMES: [&str; 63] = [
    // What the server did.
    "applied",
    "known",
    "refused",
    "too large",
    "re-uploaded",
    "settings re-uploaded",
    "rolled back",
    "cut",
    "forgotten",
    // What the network did.
    "carried",
    "requests lost",
    "answers lost",
    "repeated",
    "held up",
    "requests cut",
    "answers cut",
    "killed before storing",
    "narrow",
    "answered by a proxy",
    "dropped",
    "too slow",
    "failed in the middle",
    "with a full server",
    "no room at the server",
    "restored onto a full disk",
    "with a full phone",
    "no room on a phone",
    "phones killed",
    "phones copied",
    "phones that went back to a copy",
    "restarted in order",
    "restarted by a kill",
    "restored",
    // What met.
    "met",
    "refreshed at once",
    "dropped at the server",
    "forged",
    "two processes on a file",
    "kept from exchanging by the other process",
    // What administrators did.
    "made Restricted",
    "made a User",
    "made a Manager",
    "disabled",
    "enabled",
    "given a password",
    "devices revoked",
    "users made",
    "phones lost",
    // What users did.
    "taken back",
    "not taken back",
    "signed out",
    "kept from signing out",
    "signed out by force",
    "another user signed in",
    "applied again by hand",
    "salvaged",
    "documents spoiled",
    "handed in",
    "hand-ins applied",
    "hand-ins discarded",
    "attached",
    "attaching cut off",
    "attaching without room",
];

impl Tally {
    /// It happened once more.
    pub fn count(&mut self, what: &'static str) {
        self.add_of(what, 1);
    }

    fn add_of(&mut self, what: &'static str, times: u64) {
        *self.0.entry(what).or_default() += times;
    }

    /// How often each happened, also what never did.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        NAMES.iter().map(|name| (*name, self.0.get(name).copied().unwrap_or_default()))
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        other.0.iter().for_each(|(what, times)| self.add_of(what, *times));
    }
}

impl Ledger {
    /// The server must keep what it has from the beginning, like everything else.
    pub fn note_start(&mut self, documents: &Documents, log: &[LoggedChange]) {
        for change in log.iter().filter(|change| change.by.user.is_some()) {
            self.signers.entry(change.hash).or_default().insert(change.by.clone());
            self.actors.insert(change.actor, change.by.clone());
        }
        for (id, stored) in documents {
            self.ever.extend(stored.changes.0.keys());
            self.required.extend(stored.changes.0.keys().map(|hash| (*hash, *id)));
        }
    }

    /// Notes what everybody sees at a moment.
    pub fn note_seen(&mut self, moment: &Moment) {
        for user in moment.accounts.keys() {
            let seen = moment.documents.keys().filter(|id| moment.sees(*user, **id));
            self.seen.extend(seen.map(|id| (*user, *id)));
        }
    }

    /// Whether a user saw a document at any time.
    pub fn has_seen(&self, user: UserId, document: DocumentId) -> bool {
        self.seen.contains(&(user, document))
    }

    /// Whether a change may be said to be made by these: by whom the server took it from, or by the server
    /// itself if it took it from nobody. After a rollback a copy of the file may have been first to use the
    /// actor again, and is the author of all that is under it.
    pub fn is_signed(&self, hash: ChangeHash, actor: Actor, by: &Signature) -> bool {
        let Some(signers) = self.signers.get(&hash) else { return by.user.is_none() };
        let shares = self.shared.get(&actor).is_some_and(|devices| {
            devices.contains(by) || self.actors.get(&actor).is_some_and(|device| device == by)
        });
        signers.contains(by) || shares
    }

    /// Whether an actor belongs to others, or once did. By the stored changes too: nobody may have heard that the server
    /// took the first one.
    pub fn is_anothers(&self, actor: Actor, by: &Signature, moment: &Moment) -> bool {
        let stored = moment.documents.values().flat_map(|stored| &stored.changes.0);
        let made = stored.filter(|(_, change)| change.actor == actor);
        let signed = made.filter_map(|(hash, _)| self.signers.get(hash)).flatten();
        let shared = self.shared.get(&actor).into_iter().flatten();
        signed.chain(shared).chain(self.actors.get(&actor)).any(|device| device != by)
    }

    /// Who made a change.
    pub fn signers(&self, hash: ChangeHash) -> Option<&BTreeSet<Signature>> {
        self.signers.get(&hash)
    }

    /// Notes that a push may have been taken though nobody heard the answer.
    pub fn note_unheard(&mut self, by: (UserId, DeviceId), request: &SyncRequest) {
        for group in &request.push {
            let hashes = group.changes.iter().filter_map(|pushed| hash(group.kind, &pushed.change));
            self.note_made(by, hashes);
        }
    }

    /// Notes that the server may have taken changes that were made here.
    pub fn note_made(
        &mut self,
        (user, device): (UserId, DeviceId),
        hashes: impl Iterator<Item = ChangeHash>,
    ) {
        let by = Signature { user: Some(user), device: Some(device) };
        for hash in hashes {
            self.signers.entry(hash).or_default().insert(by.clone());
        }
    }

    /// Checks that the log says of each change who made it, and that each actor belongs to one device (L4).
    ///
    /// # Errors
    /// It does not.
    pub fn check_log(&self, log: &[LoggedChange]) -> Result<(), Failure> {
        for change in log {
            ensure(
                "the log says who made a change (L4)",
                self.is_signed(change.hash, change.actor, &change.by),
                || format!("{} is said to be made by {:?}", change.hash, change.by),
            )?;
        }
        Ok(())
    }

    /// The server became what it was: the devices of actors are those of its log.
    pub fn note_restored(&mut self, log: &[LoggedChange]) {
        for (actor, device) in std::mem::take(&mut self.actors) {
            self.shared.entry(actor).or_default().insert(device);
        }
        self.actors = log.iter().map(|change| (change.actor, change.by.clone())).collect();
    }

    /// Notes an exchange that the server carried out, whether the phone hears of it or not.
    ///
    /// # Errors
    /// The server took a change under an actor that belongs to another device.
    pub fn note(
        &mut self,
        (user, device): (UserId, DeviceId),
        request: &SyncRequest,
        response: &SyncResponse,
    ) -> Result<(), Failure> {
        let by = Signature { user: Some(user), device: Some(device) };
        for (group, verdicts) in request.push.iter().zip(&response.verdicts) {
            for (pushed, verdict) in group.changes.iter().zip(&verdicts.verdicts) {
                if matches!(verdict, Verdict::Applied(_))
                    && let Some(hash) = hash(group.kind, &pushed.change)
                {
                    let actor = Change::from_bytes(&pushed.change)?.actor;
                    let owner = self.actors.entry(actor).or_insert_with(|| by.clone());
                    // The constant change of a later version is everybody's.
                    ensure("an actor belongs to the device that first used it (L4)", *owner == by, || {
                        format!("{hash} by {by:?} under the actor of {owner:?}")
                    })?;
                    self.signers.entry(hash).or_default().insert(by.clone());
                }
            }
        }
        let pushed = request.push.iter().map(|group| {
            (group.document, group.kind, group.changes.iter().map(|c| c.change.as_slice()).collect())
        });
        let reuploaded = request.reuploads.iter().map(|reupload| {
            // Of a part there are no verdicts, or those over all parts.
            let changes = reupload.changes.get(..).filter(|_| reupload.part.is_none()).unwrap_or_default();
            (reupload.document, reupload.kind, changes.iter().map(|change| change.as_slice()).collect())
        });
        self.tally.add_of("re-uploaded", request.reuploads.len() as u64);
        let taken = response.row_verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Applied(_)));
        self.tally.add_of("settings re-uploaded", taken.count() as u64);
        self.tally.add_of("rolled back", u64::from(response.status == SyncStatus::RolledBack));
        self.tally.add_of("cut", u64::from(response.more));
        let forgets = response
            .entries
            .iter()
            .filter(|entry| matches!(Entry::from_envelope(entry), Ok(Some(Entry::Forget(_)))));
        self.tally.add_of("forgotten", forgets.count() as u64);
        for ((document, kind, changes), group) in pushed.chain(reuploaded).zip(&response.verdicts) {
            self.note_group(document, kind, changes, group);
        }
        Ok(())
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
                    self.tally.count(if is_new { "applied" } else { "known" });
                    self.ever.insert(hash);
                    self.required.insert(hash, document);
                }
                Verdict::Refused(code) => {
                    self.tally.count(if *code == RefusalCode::TooLarge { "too large" } else { "refused" });
                }
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
