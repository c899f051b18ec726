//! Limits: what no document may become, and how much one request may make the server do.

use roadbook_domain::access::audience::{MAX_ASSIGNEES, MAX_CARD_LINKS};
use roadbook_domain::access::rights::Viewer;
use roadbook_domain::crm::card;
use roadbook_domain::crm::command::Acting;
use roadbook_domain::document::Document;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::Actor;
use roadbook_domain::document::digest;
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::limits::{BYTES_FOR_DECISIONS, MAX_SAVED};
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, FieldId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::wire::{Pushed, RefusalCode, Verdict};

use super::phone::pushed;
use super::*;
use crate::sync::up::judge::{Case, Context, Fate, Judged, Visibility, judge};

const ME: UserId = UserId::from_bytes([1; 16]);
const CARD: DocumentId = DocumentId::from_bytes([2; 16]);
const NOW: Timestamp = Timestamp::from_millis(1_000);

#[tokio::test]
async fn a_push_to_more_large_documents_than_fit_is_taken_in_over_several_requests() {
    let mut world = World::new(Engine::Sqlite).await;
    let server = &world.server;
    let cards: Vec<_> = (0..6).map(|_| world.id()).collect();
    let large = "x".repeat(49_500);
    for card in &cards {
        world.user.card(server, *card, create("Large", None));
        for length in (9_900..=large.len()).step_by(9_900) {
            let edit = CardCommand::EditText(FieldId::from_bytes([1; 16]), large[..length].into());
            world.user.card(server, *card, edit);
        }
        world.user.sync(server).await;
    }
    let new = world.id();
    for card in &cards {
        world.user.card(server, *card, CardCommand::Rename("Renamed".into()));
    }
    world.user.card(server, new, create("New", None));
    for expected in ["applied applied applied applied applied later applied", "dup dup dup dup dup later dup"]
    {
        let answer = world.user.send(server, &world.user.request()).await;
        let verdicts = answer.verdicts.iter().map(|group| match group.verdicts[..] {
            [Verdict::Applied(_)] => "applied",
            [Verdict::Dup(_)] => "dup",
            [Verdict::NotReached] => "later",
            _ => "other",
        });
        assert_eq!(verdicts.collect::<Vec<_>>().join(" "), expected);
    }
    world.user.outbox = world.user.outbox.split_off(5);
    assert!(matches!(world.user.sync(server).await[..], [Verdict::Applied(_), Verdict::Dup(_)]));
}

/// A card in the making, and the group that pushes it.
struct Group {
    document: Document,
    pushed: Pushed,
}

impl Group {
    fn new() -> Self {
        let pushed = Pushed { document: CARD, kind: DocumentTypeId::CARD, changes: Vec::new() };
        Self { document: Document::new(&card::TYPE), pushed }
    }

    fn edit(&mut self, act: impl FnOnce(&mut Draft<'_>)) {
        let mut draft = Draft::new(&mut self.document, Actor([3; 16]), NOW);
        act(&mut draft);
        let change = draft.finish().unwrap();
        self.document.add(&change).unwrap();
        self.pushed.changes.push(pushed(DocumentTypeId::CARD, &change));
    }

    fn command(&mut self, commands: &[CardCommand]) {
        let acting = Acting { by: ME, now: NOW, zone: Zone::UTC };
        self.edit(|draft| commands.iter().for_each(|command| command.draft(draft, &acting).unwrap()));
    }

    /// Pushes the last change once more.
    fn repeat(&mut self) {
        self.pushed.changes.extend(self.pushed.changes.last().cloned());
    }

    fn judged(self) -> Judged {
        let context = Context {
            viewer: Viewer { user: ME, role: Role::User },
            device: DeviceId::from_bytes([4; 16]),
            now: NOW,
            actors: Default::default(),
            linkable: Default::default(),
            server: Actor([5; 16]),
        };
        judge(Case { group: self.pushed, stored: None, purged: false, visibility: Visibility::Now }, &context)
    }
}

fn too_large() -> Fate {
    Fate::Not(Verdict::Refused(RefusalCode::TooLarge))
}

#[test]
fn the_change_by_which_a_document_grows_too_large_is_refused_and_those_before_it_stand() {
    let mut group = Group::new();
    group.command(&[create("Large", None)]);
    group.repeat();
    for number in 0..40 {
        group.edit(|draft| draft.put(card::FIELDS, format!("f{number}"), "x".repeat(60_000)));
    }
    group.repeat();
    let judged = group.judged();
    let crossed = judged.fates.iter().position(|fate| *fate == too_large()).unwrap();
    assert!((30..41).contains(&crossed), "the change with the place {crossed}");
    assert_eq!(judged.fates[0], Fate::Accepted(0));
    assert!(matches!(judged.fates[1], Fate::Dup(_)));
    let accepted = (1..crossed - 1).map(Fate::Accepted);
    assert_eq!(judged.fates[2..crossed], accepted.collect::<Vec<_>>());
    // The last change of the group, which is there twice, is neither accepted nor known.
    let rest = &judged.fates[crossed + 1..];
    assert!(!rest.is_empty() && rest.iter().all(|fate| *fate == Fate::Not(Verdict::NotReached)));
    let update = judged.update.unwrap();
    assert_eq!(update.accepted.len(), crossed - 1);
    let most = MAX_SAVED - BYTES_FOR_DECISIONS;
    assert!((most - 60_000..=most).contains(&update.after.saved.len()));
    assert_eq!(update.after.term, digest::term(CARD, &update.after.heads));
}

#[test]
fn a_first_change_that_is_too_large_leaves_nothing() {
    let mut group = Group::new();
    let link =
        |n: usize| CardCommand::Link { role: "x".into(), target: DocumentId::derived(&[&n.to_be_bytes()]) };
    group.command(&(0..=MAX_CARD_LINKS).map(link).collect::<Vec<_>>());
    let judged = group.judged();
    assert_eq!((judged.fates, judged.update), (vec![too_large()], None));
    assert!(judged.bound.is_empty());
}

#[test]
fn a_card_has_no_more_assignees_and_makes_no_more_documents_visible_than_the_limits() {
    let id = |n: usize| DocumentId::derived(&[&n.to_be_bytes()]);
    let link = |n| CardCommand::Link { role: "customer".into(), target: id(n) };
    let assigned = |n: usize| {
        let part = PartId::derived(&[&n.to_be_bytes()]);
        todo(part, "Call", UserId::from_bytes(*id(n).as_bytes()))
    };
    let rename = |name: &str| CardCommand::Rename(name.into());
    for (many, more) in [
        ((0..MAX_CARD_LINKS).map(link).collect::<Vec<_>>(), link(MAX_CARD_LINKS)),
        ((0..MAX_ASSIGNEES).map(assigned).collect(), assigned(MAX_ASSIGNEES)),
    ] {
        let mut group = Group::new();
        group.command(&[create("Roof", Some(ME))]);
        group.command(&many);
        group.command(&[rename("Full")]);
        group.command(&[more]);
        group.command(&[rename("More than full")]);
        let fates = [
            Fate::Accepted(0),
            Fate::Accepted(1),
            Fate::Accepted(2),
            too_large(),
            Fate::Not(Verdict::NotReached),
        ];
        assert_eq!(group.judged().fates, fates);
    }
}
