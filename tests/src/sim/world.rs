//! What the documents of a server show, by the reference model, and who may see them.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DocumentId, UserId};

use super::moment::Documents;
use crate::reference::Card;

/// Documents by what they show.
#[derive(Debug)]
pub struct World {
    /// The cards.
    pub cards: BTreeMap<DocumentId, Card>,
    private: BTreeMap<DocumentId, UserId>,
    /// Who made a contact, and what it links to.
    contacts: BTreeMap<DocumentId, (Option<UserId>, BTreeSet<DocumentId>)>,
}

impl World {
    /// The world of these documents.
    pub fn of(documents: &Documents) -> Self {
        let mut world = Self { cards: BTreeMap::new(), private: BTreeMap::new(), contacts: BTreeMap::new() };
        for (id, stored) in documents {
            world.private.extend(stored.private_to.map(|user| (*id, user)));
            world.cards.extend(stored.card.clone().map(|card| (*id, card)));
            if stored.kind == DocumentTypeId::CONTACT {
                world.contacts.insert(*id, (stored.creator, stored.links.clone()));
            }
        }
        world
    }

    /// Whether a document is one user's own.
    pub fn is_private(&self, id: DocumentId) -> bool {
        self.private.contains_key(&id)
    }

    /// Whether a user of this role may see a document (C2, F60, F67).
    pub fn sees(&self, user: UserId, role: Role, id: DocumentId) -> bool {
        match (self.private.get(&id), self.cards.get(&id), self.contacts.get(&id)) {
            (Some(owner), ..) => *owner == user,
            _ if role != Role::Restricted => true,
            (_, Some(card), _) => card.is_for(user),
            (.., Some((creator, _))) => {
                let mut linking = self.linking(id).peekable();
                match linking.peek() {
                    None => *creator == Some(user),
                    Some(_) => linking.any(|card| self.sees(user, role, card)),
                }
            }
            _ => false,
        }
    }

    /// Whether a Restricted user may link to a document: to what a card of theirs links to, not to what is behind
    /// that, and to a contact of theirs that nobody has linked to yet.
    pub fn is_linkable(&self, user: UserId, id: DocumentId) -> bool {
        let Some((creator, _)) = self.contacts.get(&id) else { return self.sees(user, Role::Restricted, id) };
        let is_new = *creator == Some(user) && self.linking(id).next().is_none();
        let mut linking = self.cards.iter().filter(|(_, card)| card.links.contains(&id));
        is_new || linking.any(|(card, _)| self.sees(user, Role::Restricted, *card))
    }

    /// The cards that link to a contact, directly or through another contact.
    fn linking(&self, contact: DocumentId) -> impl Iterator<Item = DocumentId> {
        let through = self.contacts.iter().filter(move |(_, (_, links))| links.contains(&contact));
        let mut targets: BTreeSet<_> = through.map(|(id, _)| *id).collect();
        targets.insert(contact);
        let cards = self.cards.iter();
        cards.filter(move |(_, card)| !card.links.is_disjoint(&targets)).map(|(id, _)| *id)
    }
}
