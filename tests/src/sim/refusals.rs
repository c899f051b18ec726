//! Why the server may refuse what an honest phone sends: a server that takes nothing would lose nothing, and be of
//! no use.

use std::collections::BTreeSet;

use roadbook_domain::access::audience::{MAX_CARD_LINKS, MAX_CONTACT_LINKS};
use roadbook_domain::crm::{card, contact};
use roadbook_domain::document::change::Change;
use roadbook_domain::document::{DocumentType, DocumentTypeId, Signature};
use roadbook_domain::value::id::{DeviceId, UserId};
use roadbook_domain::value::todo::TodoState;
use roadbook_domain::wire::{Pushed, PushedChange, RefusalCode, SyncRequest, SyncResponse, Verdict};

use super::answers::targets;
use super::ledger::{Ledger, puts};
use super::moment::Moment;
use crate::failure::{Failure, ensure};

/// A push of an honest phone, and the moments between which the server judged it.
pub struct Honest<'a> {
    /// Who sent it.
    pub by: (UserId, DeviceId),
    /// The server before, meanwhile and after.
    pub moments: Vec<&'a Moment>,
    /// Who used which actor.
    pub ledger: &'a Ledger,
}

impl Honest<'_> {
    /// Checks that whatever was not taken has a reason.
    ///
    /// # Errors
    /// It has none.
    pub fn is_taken(&self, request: &SyncRequest, answer: &SyncResponse) -> Result<(), Failure> {
        for (group, verdicts) in request.push.iter().zip(&answer.verdicts) {
            let is_good = |verdict: &Verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_));
            let mut judged =
                group.changes.iter().zip(&verdicts.verdicts).skip_while(|(_, verdict)| is_good(verdict));
            if let Some((pushed, verdict)) = judged.next() {
                let change = Change::from_bytes(&pushed.change)?;
                let has_reason = self.has_reason(group, pushed, &change, verdict);
                ensure("what an honest phone sends is taken, unless it may not be", has_reason, || {
                    format!("{verdict:?} to {:?} in {}: {change:?}", self.by, group.document)
                })?;
            }
            let is_waiting = judged.all(|(_, verdict)| *verdict == Verdict::NotReached);
            ensure("what follows a change that is not taken waits", is_waiting, || format!("{verdicts:?}"))?;
        }
        Ok(())
    }

    fn has_reason(&self, group: &Pushed, pushed: &PushedChange, change: &Change, verdict: &Verdict) -> bool {
        let id = group.document;
        match verdict {
            // Whether it is reached some day is asked at rest.
            Verdict::Applied(_) | Verdict::Dup(_) | Verdict::NotReached => true,
            Verdict::Needs(lacking) => self.at_some_time(|moment| {
                let stored = moment.documents.get(&id);
                lacking.iter().any(|hash| stored.is_none_or(|stored| !stored.changes.0.contains_key(hash)))
            }),
            // The same change once more is no fork.
            Verdict::ActorFork => {
                !self.is_own(group, pushed)
                    && self.at_some_time(|moment| {
                        let mut stored = moment
                            .documents
                            .get(&id)
                            .into_iter()
                            .flat_map(|stored| stored.changes.0.values());
                        stored.any(|stored| stored.actor == change.actor && stored.seq >= change.seq)
                    })
            }
            Verdict::Refused(code) => {
                self.is_refused(*code, group, pushed, change) && !self.is_own(group, pushed)
            }
            Verdict::UpgradeRequired | Verdict::Other(_) => false,
        }
    }

    fn is_refused(&self, code: RefusalCode, group: &Pushed, pushed: &PushedChange, change: &Change) -> bool {
        let ((user, device), id) = (self.by, group.document);
        let is_there = |moment: &Moment| moment.documents.contains_key(&id);
        let is_restricted = self.at_some_time(|moment| moment.is_restricted(user));
        match code {
            RefusalCode::ForeignActor => {
                let by = Signature { user: Some(user), device: Some(device) };
                self.at_some_time(|moment| self.ledger.is_anothers(change.actor, &by, moment))
            }
            RefusalCode::NotVisible => self.at_some_time(|moment| {
                !moment.sees(user, id) && (is_there(moment) || !begins(group, change))
            }),
            RefusalCode::TooLarge => self.at_some_time(|moment| links_beyond(group, change, moment)),
            // They lost it by another change of the same push, or had not seen it where they made the change.
            RefusalCode::RightLost => {
                let is_first = group.changes.first() == Some(pushed);
                is_restricted
                    && (!is_first
                        || self.at_some_time(|moment| {
                            !moment.sees(user, id) || !stands_at(group, change, moment)
                        }))
            }
            RefusalCode::LinkNotVisible => {
                let targets = targets(group.kind, change);
                is_restricted
                    && self.at_some_time(|moment| {
                        targets.iter().any(|target| !moment.world.is_linkable(user, *target))
                    })
            }
            RefusalCode::NotAllowed => speaks_for_another(group.kind, change, user),
            RefusalCode::Policy => self.at_some_time(|moment| names_a_stranger(change, moment)),
            RefusalCode::IdTaken => begins(group, change) && self.at_some_time(is_there),
            _ => false,
        }
    }

    /// Whether the server has the change, and from nobody but this device. Then the device is told so, whatever its
    /// user still sees.
    fn is_own(&self, group: &Pushed, pushed: &PushedChange) -> bool {
        let by = BTreeSet::from([Signature { user: Some(self.by.0), device: Some(self.by.1) }]);
        self.moments.iter().all(|moment| {
            let stored = moment.documents.get(&group.document).map(|stored| stored.changes.0.keys());
            let mut known = stored.into_iter().flatten().filter(|hash| hash.0.starts_with(&*pushed.check));
            known.any(|hash| self.ledger.signers(*hash) == Some(&by))
        })
    }

    fn at_some_time(&self, is_so: impl Fn(&Moment) -> bool) -> bool {
        self.moments.iter().any(|moment| is_so(moment))
    }
}

/// Whether a change was made at the state in which its document is.
fn stands_at(group: &Pushed, change: &Change, moment: &Moment) -> bool {
    moment.documents.get(&group.document).is_some_and(|stored| stored.changes.heads() == change.deps)
}

/// Whether a change makes its document.
fn begins(group: &Pushed, change: &Change) -> bool {
    DocumentType::get(group.kind).is_some_and(|kind| change.deps == [kind.genesis_hash()])
}

/// Whether a document would link to more than it may.
fn links_beyond(group: &Pushed, change: &Change, moment: &Moment) -> bool {
    let Some(stored) = moment.documents.get(&group.document) else { return false };
    let (most, links) = match &stored.card {
        Some(card) => (MAX_CARD_LINKS, &card.links),
        None => (MAX_CONTACT_LINKS, &stored.links),
    };
    let mut links = links.clone();
    links.extend(targets(group.kind, change));
    links.len() > most
}

/// Whether a change closes a todo, or writes an entry, in the name of another user: when it was made by another
/// user's device, and is made again here.
fn speaks_for_another(kind: DocumentTypeId, change: &Change, user: UserId) -> bool {
    let entries = if kind == DocumentTypeId::CARD { card::ENTRIES } else { contact::ENTRIES };
    puts(change).any(|(container, name, value)| match name.rsplit('/').next() {
        Some("state") => {
            let state = value.parse::<TodoState>().ok();
            state.and_then(|state| state.closing().map(|closing| closing.by() != user)).unwrap_or(false)
        }
        Some("by") => container == entries && !value.is_empty() && value.parse() != Ok(user),
        _ => false,
    })
}

/// Whether a change makes somebody an owner or assignee whom the organisation does not have.
fn names_a_stranger(change: &Change, moment: &Moment) -> bool {
    puts(change).any(|(container, name, value)| {
        let names = (container == card::CARD && name == "owner")
            || (container == card::TODOS && name.ends_with("/assignee"));
        let named = value.parse::<UserId>().ok().filter(|_| names);
        named.is_some_and(|user| !moment.accounts.contains_key(&user))
    })
}
