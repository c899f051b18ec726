//! Re-uploads: of the largest documents, which the server has, and of settings and purges that it has lost.

use roadbook_domain::crm::card;
use roadbook_domain::document::{Document, DocumentType, DocumentTypeId};
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{SettingsRow, local_user};
use roadbook_domain::value::id::{DocumentId, PartId, UserId};
use roadbook_domain::wire::{
    Bundle, Entry, MAX_REUPLOADED_ROWS, Reupload, SyncRequest, SyncResponse, Verdict,
};
use roadbook_server::testing::{receipted, tombstone};

use super::Case;
use super::honest::is_taken;
use super::site::{Asked, At, Site, What, Who, create, id, words};
use crate::dataset;

pub const ALL: &[Case] = &[
    ("re-upload: two cards of 98,000 characters", long_cards),
    ("re-upload: a card of 10,000 changes", many_changes),
    ("re-upload: a card of 40,000 changes", most_changes),
    ("re-upload: 500 cards with forged receipts", forged),
    ("re-upload: 1,000 users that the server lost, of which it takes 200", users),
    ("re-upload: 1,000 purges that the server lost", purges),
];

/// The documents as the server gives them, with its receipts.
fn bundles(site: &mut Site, ids: Vec<DocumentId>) -> Vec<Reupload> {
    site.user.catch_up(&site.office);
    let mut found = Vec::new();
    for some in ids.chunks(1) {
        let request =
            SyncRequest { cursor: site.user.cursor.clone(), fetch: some.to_vec(), ..SyncRequest::default() };
        let answer = site.user.exchange(&site.office, &request);
        let entries = answer.entries.iter().map(|envelope| Entry::from_envelope(envelope).unwrap().unwrap());
        found.extend(entries.filter_map(|entry| match entry {
            Entry::Bundle(bundle) => Some(reupload(bundle)),
            _ => None,
        }));
    }
    found
}

fn reupload(bundle: Bundle) -> Reupload {
    let kind = DocumentType::get(bundle.kind).unwrap();
    let document = Document::load(kind, &bundle.saved).unwrap();
    let changes = document.changes_since(&[kind.genesis_hash()]);
    Reupload {
        document: bundle.document,
        kind: bundle.kind,
        changes: changes.iter().map(|(_, change)| change.to_bytes().into()).collect(),
        authors: bundle.authors,
        receipt: bundle.receipt,
        heads: bundle.heads,
        part: None,
    }
}

fn asked(reuploads: Vec<Reupload>, is_so: fn(Option<&SyncResponse>) -> bool) -> Asked {
    let request = SyncRequest { reuploads, ..SyncRequest::default() };
    Asked { by: Who::User, at: At::Head, what: What::Request(Box::new(request)), is_so }
}

fn is_answered(answer: Option<&SyncResponse>) -> bool {
    answer.is_some_and(|answer| !answer.verdicts.is_empty()) && !is_taken(answer)
}

fn long_cards(site: &mut Site, _: usize) -> Asked {
    let cards: Vec<_> = (0..2).map(|number| id("long", 0, number)).collect();
    if site.user.document(cards[0], DocumentTypeId::CARD).max_op() < 1_000 {
        for card in &cards {
            site.user.card(*card, &[create("Long", site.user.user)]);
            for part in 0..10 {
                let field = dataset::field(if part < 5 { "note" } else { "more" });
                let length = 9_800 * (part % 5 + 1);
                site.user.card(
                    *card,
                    &[roadbook_domain::crm::command::CardCommand::EditText(field, words(1, length))],
                );
            }
            site.user.push(&site.office);
        }
    }
    let reuploads = bundles(site, cards);
    assert_eq!(reuploads.len(), 2);
    asked(reuploads, is_answered)
}

fn many_changes(site: &mut Site, round: usize) -> Asked {
    changes(site, round, 10_000)
}

fn most_changes(site: &mut Site, round: usize) -> Asked {
    changes(site, round, 40_000)
}

fn changes(site: &mut Site, round: usize, count: usize) -> Asked {
    let card = id("changes", 0, count);
    if round == 0 {
        site.user.card(card, &[create("Many", site.user.user)]);
        for number in 0..count {
            if !site.user.has_room(1, 1_000) {
                site.user.push(&site.office);
            }
            let part = PartId::derived(&[&[u8::try_from(number % 97).unwrap()]]);
            site.user.edit(card, DocumentTypeId::CARD, |draft| {
                draft.put(card::TODOS, format!("{part}/text"), format!("{number}"));
            });
        }
        site.user.push(&site.office);
    }
    let reuploads = bundles(site, vec![card]);
    asked(reuploads, is_answered)
}

/// As to a server that was restored to before a firm hired a thousand people.
fn users(site: &mut Site, round: usize) -> Asked {
    let user = |number: usize| {
        let email = format!("lost{round}x{number}@example.com").parse().unwrap();
        let id = UserId::derived(&[&round.to_be_bytes(), &number.to_be_bytes()]);
        SettingsRow::new(&User { id, email: Some(email), ..local_user(dataset::zone(), "en-GB") }, 1)
    };
    let settings =
        (0..MAX_REUPLOADED_ROWS).map(|number| receipted(&site.office.state, user(number))).collect();
    rows(SyncRequest { settings, ..SyncRequest::default() }, |answer| applied(answer) == Some(200))
}

fn purges(site: &mut Site, round: usize) -> Asked {
    let purge = |number| tombstone(&site.office.state, id("purged", round, number));
    let tombstones = (0..MAX_REUPLOADED_ROWS).map(purge).collect();
    rows(SyncRequest { tombstones, ..SyncRequest::default() }, |answer| {
        applied(answer) == Some(MAX_REUPLOADED_ROWS)
    })
}

fn rows(request: SyncRequest, is_so: fn(Option<&SyncResponse>) -> bool) -> Asked {
    Asked { by: Who::User, at: At::Head, what: What::Request(Box::new(request)), is_so }
}

/// How many re-uploaded rows were taken.
fn applied(answer: Option<&SyncResponse>) -> Option<usize> {
    let is_applied = |verdict: &&Verdict| matches!(verdict, Verdict::Applied(_));
    answer.map(|answer| answer.row_verdicts.iter().filter(is_applied).count())
}

fn forged(site: &mut Site, _: usize) -> Asked {
    let cards: Vec<_> = site.cards.iter().take(1).copied().collect();
    let one = bundles(site, cards).remove(0);
    let forged = |number| Reupload { document: id("forged", 0, number), ..one.clone() };
    asked((0..500).map(forged).collect(), is_answered)
}
