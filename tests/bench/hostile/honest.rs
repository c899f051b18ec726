//! Honest pushes that fill the limits of a request: what a phone sends after weeks without a network.

use roadbook_domain::crm::command::{CardCommand, NewTodo};
use roadbook_domain::value::id::PartId;
use roadbook_domain::wire::{SyncResponse, Verdict};

use super::Case;
use super::site::{Asked, Site, create, id, words};
use crate::dataset;

pub const ALL: &[Case] = &[
    ("500 new cards, 512 KiB", new_cards),
    ("500 edits, each of another card", edits),
    ("10 notes of 9,900 characters", notes),
    ("500 edits of 5 notes of 40,000 characters", edited_notes),
];

/// Whether everything was taken.
pub fn is_taken(answer: Option<&SyncResponse>) -> bool {
    let verdicts = answer.into_iter().flat_map(|answer| &answer.verdicts).flat_map(|group| &group.verdicts);
    let mut verdicts = verdicts.peekable();
    verdicts.peek().is_some() && verdicts.all(|verdict| matches!(verdict, Verdict::Applied(_)))
}

fn new_cards(site: &mut Site, round: usize) -> Asked {
    for number in 0.. {
        if !site.user.has_room(1, 1_300) {
            break;
        }
        let card = id("new", round, number);
        let mut commands = vec![create(&words(number, 30), site.user.user)];
        for field in 0..5 {
            let field = dataset::field(&format!("f{field:02}"));
            commands.push(CardCommand::SetField(field, words(number, 40)));
        }
        for todo in 0..2_u8 {
            commands.push(CardCommand::AddTodo(NewTodo {
                id: PartId::derived(&[card.as_bytes(), &[todo]]),
                text: words(number, 60),
                due: Some("2026-07-02".parse().unwrap()),
                assignee: Some(site.user.user),
                contact: None,
            }));
        }
        site.user.card(card, &commands);
        site.cards.push(card);
    }
    site.push_of_user(is_taken)
}

fn edits(site: &mut Site, round: usize) -> Asked {
    let cards: Vec<_> = site.cards.iter().take(500).copied().collect();
    for (number, card) in cards.into_iter().enumerate() {
        let command = CardCommand::SetField(dataset::field("f06"), words(number + round, 200));
        site.user.card(card, &[command]);
    }
    site.push_of_user(is_taken)
}

fn notes(site: &mut Site, round: usize) -> Asked {
    for number in 0..10 {
        let note = CardCommand::EditText(dataset::field("note"), words(number, 9_900));
        site.user.card(id("note", round, number), &[create("Minutes", site.user.user), note]);
    }
    site.push_of_user(is_taken)
}

fn edited_notes(site: &mut Site, round: usize) -> Asked {
    let field = dataset::field("note");
    let cards: Vec<_> = (0..5).map(|number| id("edited", round, number)).collect();
    for card in &cards {
        site.user.card(*card, &[create("Minutes", site.user.user)]);
        for length in [9_900, 19_800, 29_700, 39_600] {
            site.user.card(*card, &[CardCommand::EditText(field, words(1, length))]);
        }
        site.user.push(&site.office);
    }
    for card in &cards {
        let mut text: Vec<String> = words(1, 39_600).split(' ').map(ToOwned::to_owned).collect();
        for edit in 0..100 {
            // Ten words, all over the text.
            for place in 0..10 {
                let at = (edit * 67 + place * 401) % text.len();
                text[at] = words(edit * 10 + place, 8).replace(' ', "x");
            }
            site.user.card(*card, &[CardCommand::EditText(field, text.join(" "))]);
        }
    }
    site.push_of_user(is_taken)
}
