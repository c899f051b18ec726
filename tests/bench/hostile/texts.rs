//! Pushes of long texts, and pushes that are refused after most was built.

use roadbook_domain::access::audience::MAX_CARD_LINKS;
use roadbook_domain::crm::card;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Op, OpId, Register};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{SyncResponse, Verdict};

use super::Case;
use super::honest::is_taken;
use super::site::{Asked, Site, create, id, words};
use super::visibility::is_answered;
use crate::dataset;

pub const ALL: &[Case] = &[
    ("text: single characters erased all over the longest texts", scattered),
    ("text: single characters written all over the longest texts", written_apart),
    ("refused: the last of 500 changes makes the largest card too large", unfit),
    ("refused: 100,000 characters with a wrong hash", wrong_hash),
    ("refused: 100,000 erased characters that are not there", not_there),
    ("refused: 500 changes of random bytes, 512 KiB", garbage),
];

/// A card with as long a text as may be.
fn longest(site: &mut Site, card: DocumentId) -> OpId {
    site.user.card(card, &[create("Long", site.user.user)]);
    let register = Register { container: card::FIELDS, name: dataset::field("note").to_string() };
    let made = site.user.write(card, vec![Op::MakeText { register, pred: Vec::new() }]);
    let text = OpId { counter: made.start_op, actor: made.actor };
    let mut after = None;
    for part in 0..7 {
        let chars = words(part, 9_300);
        let change = site.user.write(card, vec![Op::Insert { text, after, chars }]);
        after = Some(OpId { counter: change.start_op + 9_299, actor: change.actor });
    }
    site.user.push(&site.office);
    text
}

fn scattered(site: &mut Site, round: usize) -> Asked {
    let cards = (0..3).map(|number| id("scattered", round, number));
    let texts: Vec<_> = cards.map(|card| (card, longest(site, card))).collect();
    for (card, text) in texts {
        for edit in 0..3_u32 {
            let at = |n: u32| OpId { counter: text.counter + 1 + (n * 7_919) % 65_100, actor: text.actor };
            let erase = |n: u32| Op::Erase { text, first: at(edit * 3_500 + n), count: 1 };
            site.user.write(card, (0..3_500).map(erase).collect());
        }
    }
    site.push_of_user(is_taken)
}

fn written_apart(site: &mut Site, round: usize) -> Asked {
    let cards = (0..3).map(|number| id("apart", round, number));
    let texts: Vec<_> = cards.map(|card| (card, longest(site, card))).collect();
    for (card, text) in texts {
        let at = |n: u32| OpId { counter: text.counter + 1 + (n * 7_919) % 65_100, actor: text.actor };
        let insert = |n: u32| Op::Insert { text, after: Some(at(n)), chars: "x".into() };
        site.user.write(card, (0..400).map(insert).collect());
    }
    site.push_of_user(is_taken)
}

fn unfit(site: &mut Site, round: usize) -> Asked {
    let card = id("unfit", round, 0);
    longest(site, card);
    for number in 0..499 {
        let command = CardCommand::SetField(dataset::field(&format!("f{}", number % 50)), words(number, 9));
        site.user.card(card, &[command]);
    }
    let target = |n: usize| DocumentId::derived(&[&n.to_be_bytes()]);
    let link = |n| CardCommand::Link { role: "customer".into(), target: target(n) };
    site.user.card(card, &(0..=MAX_CARD_LINKS).map(link).collect::<Vec<_>>());
    site.push_of_user(is_answered)
}

fn wrong_hash(site: &mut Site, round: usize) -> Asked {
    for number in 0..10 {
        let note = CardCommand::EditText(dataset::field("note"), words(number, 9_900));
        site.user.card(id("wrong", round, number), &[create("Wrong", site.user.user), note]);
    }
    let mut asked = site.push_of_user(is_refused);
    let super::site::What::Request(request) = &mut asked.what else { unreachable!() };
    for pushed in request.push.iter_mut().flat_map(|group| &mut group.changes) {
        pushed.check = [0; 8].into();
    }
    asked
}

fn not_there(site: &mut Site, round: usize) -> Asked {
    for number in 0..10 {
        let card = id("not there", round, number);
        site.user.card(card, &[create("Erased", site.user.user)]);
        let document = site.user.document(card, DocumentTypeId::CARD).clone();
        let text = OpId { counter: 1, actor: roadbook_domain::document::change::Actor([9; 16]) };
        let change = roadbook_domain::document::change::Change {
            actor: roadbook_domain::document::change::Actor(*card.as_bytes()),
            seq: 1,
            start_op: document.max_op() + 1,
            time: dataset::NOW,
            deps: document.heads(),
            ops: vec![Op::Erase { text, first: text, count: 9_900 }],
        };
        site.user.enqueue(card, DocumentTypeId::CARD, &change);
    }
    site.push_of_user(is_answered)
}

fn garbage(site: &mut Site, round: usize) -> Asked {
    for number in 0..500 {
        site.user.card(id("garbage", round, number), &[create("Garbage", site.user.user)]);
    }
    let mut asked = site.push_of_user(is_refused);
    let super::site::What::Request(request) = &mut asked.what else { unreachable!() };
    for (number, pushed) in request.push.iter_mut().flat_map(|group| &mut group.changes).enumerate() {
        pushed.change = words(number, 1_040).into_bytes();
    }
    asked
}

/// Whether nothing was taken.
fn is_refused(answer: Option<&SyncResponse>) -> bool {
    let verdicts = answer.into_iter().flat_map(|answer| &answer.verdicts).flat_map(|group| &group.verdicts);
    let mut verdicts = verdicts.peekable();
    verdicts.peek().is_some() && verdicts.all(|verdict| matches!(verdict, Verdict::Refused(_)))
}
