//! Forged pushes: a change that no honest phone makes, in the name of one that is signed in. The server
//! takes none of them.

use std::sync::Arc;

use roadbook_domain::access::audience::inbox_id;
use roadbook_domain::crm::card;
use roadbook_domain::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use roadbook_domain::document::{DocumentType, DocumentTypeId, Origin, OriginKind};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{Pushed, PushedChange, SyncRequest, SyncResponse, Verdict, from_frame, to_frame};

use super::Simulation;
use super::answers::Carried;
use super::moment::{Moment, Stored};
use super::network::MOST_BYTES;
use crate::dice::nth;
use crate::failure::{Failure, ensure};

/// The ways to forge a change that need nothing but it.
const WAYS: [fn(&mut Change); 15] = [
    replace_other_values,
    lose_form,
    |change| change.start_op += 1,
    |change| change.seq += 1,
    |change| change.seq = 0,
    |change| change.time = Timestamp::from_millis(-1),
    |change| change.time = Timestamp::from_millis(Timestamp::MAX_STAMP.millis() + 1),
    |change| change.ops.clear(),
    |change| change.deps.clear(),
    |change| change.deps.extend(change.deps.clone()),
    |change| change.deps.insert(0, ChangeHash([0; 32])),
    repeat_first,
    |change| registers(change).for_each(|register| register.container = 200),
    |change| registers(change).for_each(|register| register.name.push('/')),
    write_into_no_text,
];

/// What else a pushed change is forged by: its actor, who is said to have made it, its origin, its hash, or the type
/// of its document.
const PUSHES: usize = 5;

/// Registers whose values have a form.
const WITH_FORM: [&str; 6] = ["owner", "status", "trash", "due", "assignee", "state"];

/// Does again what the change did first. To insert the same words twice is honest, and leaves the change as it was.
fn repeat_first(change: &mut Change) {
    let first = change.ops.first().filter(|op| !matches!(op, Op::Insert { .. })).cloned();
    change.ops.extend(first);
}

impl Simulation<'_> {
    /// A phone's next push comes forged; its own is lost on the way.
    pub(super) fn forge(&mut self, phone: u8, how: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        self.poke(place);
        let Some(frame) = self.next_request(place)? else { return Ok(()) };
        let mut request: SyncRequest = from_frame(&frame, MOST_BYTES)?;
        let before = self.look()?;
        // Who may not write at all is tried most: that is the worst that a server can miss.
        let is_forged = match how {
            0..56 => self.push_to_anothers_own(place, &mut request, &before, how)?,
            56..96 => self.push_to_what_is_hidden(place, &mut request, &before)?,
            _ => self.forge_pushed(place, &mut request, &before, usize::from(how) % (WAYS.len() + PUSHES))?,
        };
        if is_forged {
            let frame = to_frame(&request);
            // Who is disabled, or was signed out, forges nothing.
            if let Ok(answer) = self.server.exchange(&self.phones[place].token, &frame)? {
                self.ledger.tally.count("forged");
                let answer: SyncResponse = from_frame(&answer, MOST_BYTES)?;
                let taken = answer.verdicts.iter().filter_map(|group| group.verdicts.last());
                let is_taken = taken.into_iter().any(|verdict| matches!(verdict, Verdict::Applied(_)));
                ensure("the server takes no forged change", !is_taken, || {
                    format!("forged in way {how}: {:?}", request.push)
                })?;
                let from = self.phones[place].sender();
                self.ledger.note(from, &request, &answer)?;
                let snapshot = self.look()?;
                let (user, request, before) = (from.0, &request, &[before][..]);
                let answer = &answer;
                Carried { user, request, answer, before, snapshot: &snapshot, alone: true, honest: None }
                    .check(&self.ledger)?;
            }
        }
        self.phones[place].phone.app().session.on_failure(None);
        self.look_at(place)
    }

    /// Forges the last change of the first group of a push; tells whether it has one that can be forged so.
    fn forge_pushed(
        &mut self,
        place: usize,
        request: &mut SyncRequest,
        before: &Moment,
        way: usize,
    ) -> Result<bool, Failure> {
        request.push.truncate(1);
        let Some(group) = request.push.first_mut() else { return Ok(false) };
        let Some(last) = group.changes.last_mut() else { return Ok(false) };
        // What the server has already it takes by its hash alone.
        let known = before.documents.get(&group.document).map(|stored| &**stored);
        let mut hashes = known.into_iter().flat_map(|known| known.changes.0.keys());
        if hashes.any(|hash| hash.0.starts_with(&*last.check)) {
            return Ok(false);
        }
        let honest = Change::from_bytes(&last.change)?;
        let mut change = honest.clone();
        match way.checked_sub(WAYS.len()) {
            None => WAYS[way](&mut change),
            Some(0) => self.under_anothers_actor(place, known, &mut change)?,
            Some(1) => self.in_anothers_name(place, &mut change),
            Some(_) => {}
        }
        let mut forged = pushed(group.kind, &change)?;
        match way.checked_sub(WAYS.len()) {
            Some(2) => forged.origin = Some(Origin { kind: OriginKind::AUTOMATION, id: [1; 16] }),
            Some(3) => forged.check = [0; 8].into(),
            Some(4) => {
                let is_card = group.kind == DocumentTypeId::CARD;
                group.kind = if is_card { DocumentTypeId::CONTACT } else { DocumentTypeId::CARD };
            }
            _ if change == honest => return Ok(false),
            _ => {}
        }
        *last = forged;
        Ok(true)
    }

    /// The change comes under the actor of another device, one that its document does not know yet.
    fn under_anothers_actor(
        &self,
        place: usize,
        stored: Option<&Stored>,
        change: &mut Change,
    ) -> Result<(), Failure> {
        let own = self.phones[place].phone.identity.device;
        let is_there =
            |actor| stored.is_some_and(|stored| stored.changes.0.values().any(|one| one.actor == actor));
        let log = self.server.log()?;
        let others = log.iter().filter(|one| one.by.device.is_some() && one.by.device != own);
        let other = others.map(|one| one.actor).find(|actor| !is_there(*actor));
        let is_plain = change.ops.iter().all(|op| matches!(op, Op::Put { .. }));
        // What it wrote before under its own actor would not be there.
        if let Some(other) = other.filter(|_| is_plain && change.seq == 1) {
            change.actor = other;
        }
        Ok(())
    }

    /// Another user is said to have closed the todo, or written the entry.
    fn in_anothers_name(&self, place: usize, change: &mut Change) {
        let own = self.users[self.phones[place].owner].id;
        let Some(other) = self.user_ids().into_iter().find(|user| *user != own) else { return };
        for op in &mut change.ops {
            if let Op::Put { register, value, .. } = op
                && (register.name.ends_with("/state") || register.name.ends_with("/by"))
            {
                *value = value.replace(&own.to_string(), &other.to_string());
            }
        }
    }

    /// A push into another user's inbox.
    fn push_to_anothers_own(
        &mut self,
        place: usize,
        request: &mut SyncRequest,
        before: &Arc<Moment>,
        how: u8,
    ) -> Result<bool, Failure> {
        let own = self.users[self.phones[place].owner].id;
        let others: Vec<UserId> = self.user_ids().into_iter().filter(|user| *user != own).collect();
        let Some(other) = nth(&others, how) else { return Ok(false) };
        self.push_into(place, request, before, inbox_id(*other))
    }

    /// A Restricted user's push into a card that they never saw, by a phone that tells of no cursor.
    fn push_to_what_is_hidden(
        &mut self,
        place: usize,
        request: &mut SyncRequest,
        before: &Arc<Moment>,
    ) -> Result<bool, Failure> {
        let own = self.users[self.phones[place].owner].id;
        let hidden = before.world.cards.keys().find(|id| {
            !before.world.is_private(**id) && !before.sees(own, **id) && !self.ledger.has_seen(own, **id)
        });
        let Some(hidden) = hidden.copied().filter(|_| before.is_restricted(own)) else { return Ok(false) };
        request.cursor = None;
        self.push_into(place, request, before, hidden)
    }

    /// Puts into a request a change of a card's name that is sound but for who made it.
    fn push_into(
        &mut self,
        place: usize,
        request: &mut SyncRequest,
        before: &Moment,
        document: DocumentId,
    ) -> Result<bool, Failure> {
        let Some(stored) = before.documents.get(&document) else { return Ok(false) };
        let env = &self.phones[place].phone.app().env;
        let register = Register { container: card::CARD, name: "name".into() };
        let values = stored.changes.registers().remove(&register).unwrap_or_default();
        let mut pred: Vec<OpId> = values.into_iter().map(|(id, _)| id).collect();
        pred.sort_unstable();
        let last = stored.changes.0.values().map(Change::max_op).max().unwrap_or_default();
        let change = Change {
            actor: Actor(random(&**env)),
            seq: 1,
            start_op: last + 1,
            time: env.now(),
            deps: stored.changes.heads(),
            ops: vec![Op::Put { register, value: "mine".into(), pred }],
        };
        let changes = vec![pushed(DocumentTypeId::CARD, &change)?];
        request.push = vec![Pushed { document, kind: DocumentTypeId::CARD, changes }];
        (request.reuploads, request.reconcile) = (Vec::new(), None);
        Ok(true)
    }
}

/// The first value that it writes replaces others than its author saw.
fn replace_other_values(change: &mut Change) {
    let actor = change.actor;
    let puts = change.ops.iter_mut().find_map(|op| match op {
        Op::Put { pred, .. } => Some(pred),
        _ => None,
    });
    if let Some(pred) = puts {
        if pred.is_empty() { pred.push(OpId { counter: 1, actor }) } else { pred.clear() }
    }
}

/// A value that it writes is in no form.
fn lose_form(change: &mut Change) {
    let formed = change.ops.iter_mut().find_map(|op| match op {
        Op::Put { register, value, .. } if WITH_FORM.iter().any(|name| register.name.ends_with(name)) => {
            Some(value)
        }
        _ => None,
    });
    if let Some(value) = formed {
        "anything".clone_into(value);
    }
}

/// The registers that a change writes.
fn registers(change: &mut Change) -> impl Iterator<Item = &mut Register> {
    change.ops.iter_mut().filter_map(|op| match op {
        Op::Put { register, .. } | Op::MakeText { register, .. } => Some(register),
        _ => None,
    })
}

/// It goes on with a text that nobody made.
fn write_into_no_text(change: &mut Change) {
    let text = OpId { counter: 1, actor: change.actor };
    change.ops.push(Op::Insert { text, after: None, chars: "x".into() });
}

fn pushed(kind: DocumentTypeId, change: &Change) -> Result<PushedChange, Failure> {
    let kind = DocumentType::get(kind).ok_or_else(|| Failure::new("document types are known", kind.0))?;
    let hash = ChangeHash(change.to_automerge(kind).hash().0);
    Ok(PushedChange::new(change.to_bytes(), hash, None))
}
