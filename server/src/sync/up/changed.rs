//! A document of a batch, and what its change means for the log, for audiences and for todos: pure functions.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{Context, SHA256};
use roadbook_domain::access::audience::{makes_visible, own_principals, simplified};
use roadbook_domain::access::rights::{Principal, Scope};
use roadbook_domain::crm::row::{Rows, TodoRow};
use roadbook_domain::document::{AudienceRule, DocumentType, DocumentTypeId, Signature};
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::plan::{CardVisibility, Filing, Relinked, Widening};
use super::scratch::Update;
use crate::store::audience::{Links, Paths};
use crate::store::documents::{Brief, Stored};
use crate::store::key;
use crate::store::log::{EntryKind, NewEntry};
use crate::store::retained_closings::{self, Closings};
use crate::store::todos::Todos;

/// One document of a batch.
pub(super) struct Changed<'a> {
    pub(super) id: DocumentId,
    kind: DocumentTypeId,
    pub(super) creator: Option<UserId>,
    cause: Cause<'a>,
    pub(super) filing: Filing,
    pub(super) links_before: BTreeSet<DocumentId>,
    pub(super) links_after: BTreeSet<DocumentId>,
}

/// How an update changes what others see: the card's part in it, or the contact with the number of links
/// that come and go.
pub fn widening(update: &Update) -> Widening {
    let changed = Changed::of(update);
    match changed.card_visibility() {
        Some(card) => Widening::Card(card),
        None if changed.is_linked() && changed.relinks() => Widening::Contact {
            id: changed.id,
            links: changed.links_before.symmetric_difference(&changed.links_after).count(),
        },
        None => Widening::None,
    }
}

/// By how many rows the entries of an update are filed, if so many principals saw its document.
pub fn filed(update: &Update, seen_by: usize) -> usize {
    let changed = Changed::of(update);
    let principals: BTreeSet<Principal> = changed.filing.saw().chain(changed.filing.sees()).collect();
    update.accepted.len().saturating_mul(principals.len().max(seen_by))
}

/// Why a document changes.
enum Cause<'a> {
    Update(&'a Update),
    Purge(Signature),
    Moved,
}

/// A contact that is not changed itself: others see it than before.
pub(super) struct Other {
    pub(super) brief: Brief,
    /// For those who come to see it, or see it no more.
    pub(super) filing: Filing,
}

impl<'a> Changed<'a> {
    /// With the audience that the document has by itself; a contact's is found by [`contacts`](super::contacts).
    pub(super) fn of(update: &'a Update) -> Self {
        let scope = update.after.scope;
        let filed = |term, rows: &Rows| (term, simplified(own_principals(scope, rows)));
        let before = update.rows_before.as_ref();
        Self {
            filing: Filing {
                document: update.after.id,
                scope,
                before: update.term_before.zip(before).map(|(term, rows)| filed(term, rows)),
                after: Some(filed(update.after.term, &update.rows)),
            },
            links_before: before.map(makes_visible).unwrap_or_default(),
            links_after: makes_visible(&update.rows),
            id: update.after.id,
            kind: update.after.kind,
            creator: update.after.creator,
            cause: Cause::Update(update),
        }
    }

    /// With nothing left of the document.
    pub(super) fn purged(stored: &Stored, rows: &Rows, by: Signature) -> Self {
        let principals = simplified(own_principals(stored.scope, rows));
        Self {
            id: stored.id,
            kind: stored.kind,
            creator: stored.creator,
            cause: Cause::Purge(by),
            filing: Filing {
                document: stored.id,
                scope: stored.scope,
                before: Some((stored.term, principals)),
                after: None,
            },
            links_before: makes_visible(rows),
            links_after: BTreeSet::new(),
        }
    }

    /// With nothing left of the document at its id.
    pub(super) fn moved(stored: &Stored, rows: &Rows) -> Self {
        let nobody = Signature { user: None, device: None };
        Self { cause: Cause::Moved, ..Self::purged(stored, rows, nobody) }
    }

    pub(super) fn update(&self) -> Option<&'a Update> {
        match &self.cause {
            Cause::Update(update) => Some(update),
            Cause::Purge(_) | Cause::Moved => None,
        }
    }

    /// How many entries of the log it makes.
    pub(super) fn entry_count(&self) -> i64 {
        self.update().map_or(1, |update| i64::try_from(update.accepted.len()).unwrap_or(i64::MAX))
    }

    pub(super) fn is_linked(&self) -> bool {
        is_linked(self.kind)
    }

    /// A hash over what stands at its id before.
    fn hash_of_state(&self) -> [u8; 32] {
        let mut hash = Context::new(&SHA256);
        hash.update(b"moved");
        if let Some((term, _)) = &self.filing.before {
            hash.update(term);
        }
        let hash = hash.finish();
        std::array::from_fn(|i| hash.as_ref().get(i).copied().unwrap_or_default())
    }

    pub(super) fn links(&self) -> Links {
        Links { source: self.id, kind: self.kind, targets: self.links_after.clone() }
    }

    /// What it makes visible and to whom, if that changes.
    pub(super) fn card_visibility(&self) -> Option<CardVisibility> {
        let principals = |side: &Option<([u8; 16], BTreeSet<Principal>)>| {
            side.as_ref().map(|(_, principals)| principals.clone()).unwrap_or_default()
        };
        let before = (principals(&self.filing.before), self.links_before.clone());
        let after = (principals(&self.filing.after), self.links_after.clone());
        // A card without links makes nothing visible, whoever sees it.
        let links_none = before.1.is_empty() && after.1.is_empty();
        (!self.is_linked() && !links_none && before != after).then_some(CardVisibility { before, after })
    }

    pub(super) fn relinks(&self) -> bool {
        self.links_before != self.links_after
    }

    /// What its new links change, for those whose cards link to it.
    pub(super) fn relinked(&self, known: &Paths) -> Relinked {
        let of_it = known.range((self.id, Principal::Everyone)..);
        let of_it = of_it.take_while(|((document, _), _)| *document == self.id);
        Relinked {
            direct: of_it.map(|((_, principal), count)| (*principal, count.direct)).collect(),
            unlinked: self.links_before.difference(&self.links_after).copied().collect(),
            linked: self.links_after.difference(&self.links_before).copied().collect(),
        }
    }
}

impl Changed<'_> {
    pub(super) fn entries(&self, now: Timestamp) -> Vec<NewEntry> {
        let entry = |entry, hash| NewEntry {
            entry,
            feed: key::of_scope(self.filing.scope),
            document: self.id.uuid(),
            kind: self.kind.0,
            hash,
            actor: None,
            by: Signature { user: None, device: None },
            origin: None,
            received_at: now,
            bytes: Vec::new(),
        };
        let update = match &self.cause {
            Cause::Update(update) => update,
            // An id is purged once, so this hash is no other's.
            Cause::Purge(by) => return vec![NewEntry { by: by.clone(), ..entry(EntryKind::Purge, [0; 32]) }],
            // An id may be cleared more than once, but not of the same state.
            Cause::Moved => return vec![entry(EntryKind::Moved, self.hash_of_state())],
        };
        let is_new = self.filing.before.is_none();
        let accepted = update.accepted.iter().enumerate();
        accepted
            .map(|(place, change)| {
                let kind = if is_new && place == 0 { EntryKind::Create } else { EntryKind::Change };
                NewEntry {
                    actor: Some(change.actor),
                    by: change.by.clone(),
                    origin: change.origin,
                    received_at: change.received_at,
                    bytes: change.bytes.clone(),
                    ..entry(kind, change.hash.0)
                }
            })
            .collect()
    }

    /// The closings that users retain who closed a todo of the card and do not see it any more (C6).
    pub(super) fn retained_closings(&self) -> Option<retained_closings::Change> {
        let update = self.update()?;
        let Rows::Card(row, _) = &update.rows else { return None };
        if self.filing.scope != Scope::Staff {
            // Nobody comes to see a private card, or loses visibility of it.
            return None;
        }
        let (saw, sees): (BTreeSet<_>, BTreeSet<_>) =
            (self.filing.saw().collect(), self.filing.sees().collect());
        let is_in = |principals: &BTreeSet<Principal>, user| {
            principals.contains(&Principal::Everyone) || principals.contains(&Principal::User(user))
        };
        let mut left: BTreeMap<UserId, Closings> = BTreeMap::new();
        for todo in &row.todos {
            if let Some(user) = todo.closed_by()
                && !is_in(&sees, user)
                && (is_in(&saw, user) || self.authors().any(|author| author == user))
            {
                left.entry(user).or_default().push((todo.id, todo.state));
            }
        }
        // A user who reopens by a late edit what they closed retains it no more.
        let before = update.rows_before.as_ref().map_or(&[][..], todos_of);
        for user in before.iter().filter_map(TodoRow::closed_by) {
            if !is_in(&sees, user) && self.authors().any(|author| author == user) {
                left.entry(user).or_default();
            }
        }
        let users = sees.iter().filter_map(|principal| match principal {
            Principal::User(user) => Some(*user),
            Principal::Everyone | Principal::Private(_) => None,
        });
        let all = sees.contains(&Principal::Everyone);
        let change =
            retained_closings::Change { document: self.id, sees: (!all).then(|| users.collect()), left };
        // Of a card that was not there nobody retains anything yet.
        let is_new = self.filing.before.is_none();
        (saw != sees && !is_new || !change.left.is_empty()).then_some(change)
    }

    /// The authors of the accepted changes.
    fn authors(&self) -> impl Iterator<Item = UserId> {
        self.update().into_iter().flat_map(|update| &update.accepted).filter_map(|change| change.by.user)
    }

    /// Users who saw the card neither before nor after, but changed by a late edit what they retain of it.
    pub(super) fn late_authors(&self) -> BTreeSet<Principal> {
        let Some(change) = self.retained_closings() else { return BTreeSet::new() };
        let saw: BTreeSet<_> = self.filing.saw().collect();
        let late = change.left.into_keys().map(Principal::User).filter(|user| !saw.contains(user));
        if saw.contains(&Principal::Everyone) { BTreeSet::new() } else { late.collect() }
    }

    /// What changes of its todos.
    pub(super) fn new_todos(&self) -> Option<Todos> {
        let update = self.update()?;
        let before = update.rows_before.as_ref().map_or(&[][..], todos_of);
        let todos = todos_of(&update.rows);
        // Compared first: most changes touch no todo.
        let changed = (before != todos).then(|| Todos::between(self.id, before, todos));
        changed.filter(|changed| !changed.is_empty())
    }
}

impl Other {
    pub(super) fn entry(&self, head: i64, now: Timestamp) -> NewEntry {
        let mut hash = Context::new(&SHA256);
        for principal in self.filing.sees() {
            hash.update(&key::of_principal(principal));
        }
        // A document may come to the same audience twice: these are two entries.
        hash.update(&head.to_be_bytes());
        let hash = hash.finish();
        NewEntry {
            entry: EntryKind::Audience,
            feed: key::of_scope(Scope::Staff),
            document: self.brief.id.uuid(),
            kind: self.brief.kind.0,
            hash: std::array::from_fn(|i| hash.as_ref().get(i).copied().unwrap_or_default()),
            actor: None,
            by: Signature { user: None, device: None },
            origin: None,
            received_at: now,
            bytes: Vec::new(),
        }
    }
}

/// Whether visibility of documents of this type comes from what links to them.
pub(super) fn is_linked(kind: DocumentTypeId) -> bool {
    DocumentType::get(kind).is_some_and(|kind| kind.audience == AudienceRule::Linked)
}

fn todos_of(rows: &Rows) -> &[TodoRow] {
    match rows {
        Rows::Card(row, _) => &row.todos,
        Rows::Contact(..) | Rows::None => &[],
    }
}
