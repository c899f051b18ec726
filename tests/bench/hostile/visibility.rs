//! Pushes that change for whom most documents are visible, and pushes that must be judged by what their
//! author saw long ago.

use roadbook_domain::access::audience::{MAX_CARD_LINKS, MAX_CONTACT_LINKS};
use roadbook_domain::crm::card;
use roadbook_domain::crm::command::{CardCommand, ContactCommand};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::Actor;
use roadbook_domain::document::draft::Draft;
use roadbook_domain::value::id::{DocumentId, PartId, UserId};
use roadbook_domain::wire::SyncResponse;

use super::Case;
use super::honest::is_taken;
use super::site::{Asked, At, Site, What, Who, create, id};
use crate::dataset::NOW;

pub const ALL: &[Case] = &[
    ("sight: a card of 550 documents is given away", widest_card),
    ("sight: the same, and 60 more see each of them", widest_card_of_many),
    ("sight: a Restricted user edits 500 old states of a card", old_states),
    ("sight: a Restricted user edits a lost card 500 times", late_edits),
];

fn link(target: DocumentId) -> CardCommand {
    CardCommand::Link { role: "customer".into(), target }
}

/// As many contacts as a card may link to, each linked to as many as it may.
fn contacts(site: &mut Site, round: usize) -> Vec<DocumentId> {
    let person = || ContactCommand::Create(ContactSort::Person);
    let contacts: Vec<_> = (0..MAX_CARD_LINKS).map(|number| id("contact", round, number)).collect();
    for contact in &contacts {
        let behind: Vec<_> = (0..MAX_CONTACT_LINKS)
            .map(|n| DocumentId::derived(&[contact.as_bytes(), &n.to_be_bytes()]))
            .collect();
        let mut commands = vec![person()];
        commands.extend(
            behind.iter().map(|target| ContactCommand::Link { role: "employer".into(), target: *target }),
        );
        for target in behind {
            site.user.contact(target, &[person()]);
        }
        site.user.contact(*contact, &commands);
        if !site.user.has_room(MAX_CONTACT_LINKS + 1, 100 << 10) {
            site.user.push(&site.office);
        }
    }
    site.user.push(&site.office);
    contacts
}

fn card_of(site: &mut Site, card: DocumentId, contacts: &[DocumentId], owner: UserId) {
    let mut commands = vec![create("Large", owner)];
    commands.extend(contacts.iter().map(|contact| link(*contact)));
    site.user.card(card, &commands);
    site.user.push(&site.office);
}

fn given_away(site: &mut Site, card: DocumentId, owner: UserId) -> Asked {
    site.user.card(card, &[CardCommand::SetOwner(Some(owner))]);
    site.push_of_user(is_taken)
}

fn widest_card(site: &mut Site, round: usize) -> Asked {
    let (contacts, card) = (contacts(site, round), id("large", round, 0));
    card_of(site, card, &contacts, site.colleagues[0]);
    given_away(site, card, site.colleagues[1])
}

fn widest_card_of_many(site: &mut Site, round: usize) -> Asked {
    let contacts: Vec<_> = (0..MAX_CARD_LINKS).map(|number| id("contact", 0, number)).collect();
    if round == 0 {
        for number in 2..62 {
            card_of(site, id("many", 0, number), &contacts, site.colleagues[number]);
        }
    }
    let (from, to) = (site.colleagues[62 + 2 * round], site.colleagues[63 + 2 * round]);
    let card = id("of many", round, 0);
    card_of(site, card, &contacts, from);
    given_away(site, card, to)
}

/// A card of many todos, owned by the Restricted user.
fn card_of_todos(site: &mut Site, card: DocumentId, count: usize) {
    site.user.card(card, &[create("Many todos", site.restricted.user)]);
    let numbers: Vec<_> = (0..count).collect();
    for some in numbers.chunks(200) {
        site.user.edit(card, DocumentTypeId::CARD, |draft| {
            for number in some {
                let part = PartId::derived(&[card.as_bytes(), &number.to_be_bytes()]);
                draft.put(card::TODOS, format!("{part}/text"), "x");
            }
        });
    }
    site.user.push(&site.office);
}

const OLD_EDITS: usize = 500;

/// Edits that know nothing of each other, each of an older state and by an actor of its own.
fn edit_apart(site: &mut Site, card: DocumentId, round: usize) {
    let document = site.restricted.document(card, DocumentTypeId::CARD);
    let states = document.changes_since(&[document.kind().genesis_hash()]);
    for number in 0..OLD_EDITS {
        let part = PartId::derived(&[b"apart", &number.to_be_bytes()]);
        let actor = Actor(*id("actor", round, number).as_bytes());
        let document = site.restricted.document(card, DocumentTypeId::CARD);
        let mut draft = Draft::at(document, vec![states[number % states.len()].0], actor, NOW);
        draft.put(card::TODOS, format!("{part}/text"), "x");
        let change = draft.finish().unwrap();
        site.restricted.enqueue(card, DocumentTypeId::CARD, &change);
    }
}

fn old_states(site: &mut Site, round: usize) -> Asked {
    let card = id("old", round, 0);
    card_of_todos(site, card, 10_000);
    site.user.hand(card, &mut site.restricted);
    // What the user wrote meanwhile: now all that the others write is older.
    site.user.card(card, &[CardCommand::Rename("Renamed".into())]);
    site.user.push(&site.office);
    edit_apart(site, card, round);
    let request = Box::new(site.restricted.take_push());
    Asked { by: Who::Restricted, at: At::Head, what: What::Request(request), is_so: is_answered }
}

fn late_edits(site: &mut Site, round: usize) -> Asked {
    let card = id("late", round, 0);
    card_of_todos(site, card, 10_000);
    site.user.hand(card, &mut site.restricted);
    site.restricted.catch_up(&site.office);
    let cursor = site.restricted.cursor.clone().unwrap();
    site.user.card(card, &[CardCommand::SetOwner(Some(site.user.user))]);
    site.user.push(&site.office);
    edit_apart(site, card, round + 100);
    let request = Box::new(site.restricted.take_push());
    Asked { by: Who::Restricted, at: At::Cursor(cursor), what: What::Request(request), is_so: is_answered }
}

/// Whether the server took the request, whatever it says of the changes.
pub fn is_answered(answer: Option<&SyncResponse>) -> bool {
    answer.is_some_and(|answer| !answer.verdicts.is_empty())
}
