//! Limits: what no document may become, and how much one request may make the server do.

use roadbook_domain::access::audience::{MAX_ASSIGNEES, MAX_CARD_LINKS, MAX_CONTACT_LINKS};
use roadbook_domain::access::rights::Viewer;
use roadbook_domain::crm::command::{Acting, ContactCommand};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::crm::{card, contact};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Actor, Change, Op, OpId};
use roadbook_domain::document::digest;
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::limits::{BYTES_FOR_DECISIONS, MAX_SAVED};
use roadbook_domain::document::{Document, DocumentType};
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, FieldId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::wire::{Pushed, RefusalCode, Verdict};

use super::phone::pushed;
use super::*;
use crate::on_both;
use crate::store::audience;
use crate::sync::up::budget::{Allowance, MAX_PUSHED_OPS};
use crate::sync::up::judge::{Case, Context, Visibility, judge, judge_all};
use crate::sync::up::judged::{Fate, Judged};
use crate::sync::up::plan::{FILED_PER_PATH, MAX_CHANGED_PATHS, Reach};
use crate::sync::up::scratch::BUILT;

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
        judge(&case(self.pushed), &context())
    }
}

fn case(group: Pushed) -> Case {
    Case { group, stored: None, purged: false, visibility: Visibility::Now, seen_by: 0 }
}

/// Of a user of an organisation of a hundred more.
fn context() -> Context {
    Context {
        viewer: Viewer { user: ME, role: Role::User },
        device: DeviceId::from_bytes([4; 16]),
        now: NOW,
        actors: Default::default(),
        linkable: Default::default(),
        made: Default::default(),
        users: (0..=MAX_ASSIGNEES).map(colleague).collect(),
        reach: None,
        allowance: Allowance::default(),
        server: Actor([5; 16]),
    }
}

fn colleague(n: usize) -> UserId {
    UserId::from_bytes(*DocumentId::derived(&[&n.to_be_bytes()]).as_bytes())
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
        todo(part, "Call", colleague(n))
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

#[test]
fn a_request_files_no_more_entries_for_all_who_see_a_document_than_one_may_and_the_next_goes_on() {
    let assigned = |n: usize| todo(PartId::derived(&[&n.to_be_bytes()]), "Call", colleague(n));
    let mut group = Group::new();
    group.command(&[create("Roof", Some(ME))]);
    group.command(&(0..MAX_ASSIGNEES).map(assigned).collect::<Vec<_>>());
    (0..200).for_each(|n| group.command(&[CardCommand::Rename(format!("Roof {n}"))]));
    let all = group.pushed.changes.len();
    let (mut rest, mut stored, mut taken, mut requests) = (group.pushed, None, 0, 0);
    while taken < all {
        let judged = judge(&Case { stored: stored.take(), ..case(rest.clone()) }, &context());
        let accepted = judged.fates.iter().filter(|fate| matches!(fate, Fate::Accepted(_))).count();
        let update = judged.update.unwrap();
        assert_eq!(accepted, update.accepted.len());
        // Everybody sees it from the second change on: 101 rows for each.
        assert!(accepted > 0 && accepted * (MAX_ASSIGNEES + 1) <= MAX_CHANGED_PATHS * FILED_PER_PATH);
        let later = &judged.fates[accepted..];
        assert!(later.iter().all(|fate| *fate == Fate::Not(Verdict::NotReached)));
        stored = Some(update.after);
        rest.changes.drain(..accepted);
        (taken, requests) = (taken + accepted, requests + 1);
    }
    assert_eq!(requests, 202_usize.div_ceil(MAX_CHANGED_PATHS * FILED_PER_PATH / (MAX_ASSIGNEES + 1)));
    // One that so many see that a single change is too much is taken all the same.
    let mut group = Group::new();
    group.command(&[create("Roof", None)]);
    group.command(&[CardCommand::Rename("Seen by many".into())]);
    let judged = judge(&Case { seen_by: 10_000, ..case(group.pushed) }, &context());
    assert_eq!(judged.fates, [Fate::Accepted(0), Fate::Not(Verdict::NotReached)]);
}

/// A change of a few bytes that erases 10,000 characters of a text that is not there.
fn erasing(number: u8, changes: u32) -> Pushed {
    let document = DocumentId::from_bytes([number; 16]);
    let kind = DocumentType::get(DocumentTypeId::CARD).unwrap();
    let actor = Actor([number; 16]);
    let text = OpId { counter: 1, actor };
    let change = |seq: u32| Change {
        actor,
        seq,
        start_op: kind.genesis_max_op() + 1 + 10_000 * (seq - 1),
        time: NOW,
        deps: vec![kind.genesis_hash()],
        ops: vec![Op::Erase { text, first: text, count: 10_000 }],
    };
    let changes = (1..=changes).map(|seq| pushed(DocumentTypeId::CARD, &change(seq))).collect();
    Pushed { document, kind: DocumentTypeId::CARD, changes }
}

#[test]
fn nothing_is_built_of_what_is_refused_and_the_operations_of_a_push_are_bounded_together() {
    let cases: Vec<Case> = (10..200).map(|number| case(erasing(number, 2))).collect();
    let before = BUILT.get();
    let judged = judge_all(&cases, &mut context());
    assert_eq!(BUILT.get(), before);
    let reached = judged.iter().filter(|judged| judged.fates[0] != Fate::Not(Verdict::NotReached)).count();
    assert_eq!(reached, MAX_PUSHED_OPS as usize / 10_000);
}

#[test]
fn what_links_to_a_contact_that_waits_for_the_next_request_waits_with_it() {
    let made = DocumentId::from_bytes([250; 16]);
    let mut group = Group::new();
    group.command(&[create("Mine", Some(ME))]);
    group.command(&[CardCommand::Link { role: "customer".into(), target: made }]);
    let mut document = Document::new(&contact::TYPE);
    let mut draft = Draft::new(&mut document, Actor([4; 16]), NOW);
    ContactCommand::Create(ContactSort::Person)
        .draft(&mut draft, &Acting { by: ME, now: NOW, zone: Zone::UTC })
        .unwrap();
    let change = pushed(DocumentTypeId::CONTACT, &draft.finish().unwrap());
    let contact = Pushed { document: made, kind: DocumentTypeId::CONTACT, changes: vec![change] };
    for (between, expected) in [(0, Fate::Accepted(1)), (20, Fate::Not(Verdict::NotReached))] {
        let between = (10..10 + between).map(|number| case(erasing(number, 1)));
        let cases: Vec<Case> =
            [case(group.pushed.clone())].into_iter().chain(between).chain([case(contact.clone())]).collect();
        let viewer = Viewer { user: ME, role: Role::Restricted };
        let judged = judge_all(&cases, &mut Context { viewer, ..context() });
        assert_eq!(judged[0].fates, [Fate::Accepted(0), expected]);
    }
}

#[test]
fn a_card_that_makes_too_much_visible_to_too_many_is_refused_with_the_change_that_makes_it_so() {
    let target = |n: usize| DocumentId::derived(&[b"contact", &n.to_be_bytes()]);
    let link = |n| CardCommand::Link { role: "customer".into(), target: target(n) };
    let contacts = 0..MAX_CARD_LINKS;
    let links = |of: usize| {
        (0..MAX_CONTACT_LINKS)
            .map(|n| DocumentId::derived(&[target(of).as_bytes(), &[u8::try_from(n).unwrap()]]))
            .collect()
    };
    let reach =
        Reach { links: contacts.clone().map(|n| (target(n), links(n))).collect(), ..Reach::default() };
    let context = Context { reach: Some(reach), ..context() };
    let of_one = MAX_CARD_LINKS * (1 + MAX_CONTACT_LINKS);
    let most = MAX_CHANGED_PATHS / of_one;
    let mut group = Group::new();
    group.command(&[create("Roof", Some(ME))]);
    group.command(&contacts.map(link).collect::<Vec<_>>());
    for n in 1..=most {
        group.command(&[todo(PartId::derived(&[&n.to_be_bytes()]), "Call", colleague(n))]);
    }
    let judged = judge(&case(group.pushed), &context);
    let accepted = judged.fates.iter().filter(|fate| matches!(fate, Fate::Accepted(_))).count();
    assert_eq!((accepted, judged.fates.last()), (2 + most - 1, Some(&too_large())));
}

/// Nearly as many characters as one push may write into a card of mine.
fn large() -> Group {
    let mut group = Group::new();
    group.command(&[create("Large", Some(ME))]);
    for field in 1..=2 {
        for length in (9_900..=39_600).step_by(9_900) {
            group.command(&[CardCommand::EditText(FieldId::from_bytes([field; 16]), "x".repeat(length))]);
        }
    }
    group
}

#[test]
fn a_restricted_authors_large_card_is_read_for_some_changes_of_who_sees_it_and_for_none_of_the_others() {
    let restricted = || Context { viewer: Viewer { user: ME, role: Role::Restricted }, ..context() };
    let accepted = |group: Group, context: &Context| {
        let fates = judge(&case(group.pushed), context).fates;
        let rest = fates.iter().skip_while(|fate| matches!(fate, Fate::Accepted(_)));
        assert!(rest.clone().all(|fate| *fate == Fate::Not(Verdict::NotReached)), "{fates:?}");
        (fates.len() - rest.count(), fates.len())
    };
    let todos = || {
        let mut group = large();
        (0..30).for_each(|n: usize| group.command(&[todo(PartId::derived(&[&n.to_be_bytes()]), "Call", ME)]));
        group
    };
    let (some, all) = accepted(todos(), &restricted());
    assert!((9 + 3..9 + 8).contains(&some), "{some} of {all}");
    assert_eq!(accepted(todos(), &context()), (39, 39), "nothing is read for those who see everything");
    let mut names = large();
    (0..100).for_each(|n| names.command(&[CardCommand::Rename(format!("Large {n}"))]));
    assert_eq!(accepted(names, &restricted()), (109, 109));
}

#[test]
fn a_large_card_is_tried_a_few_times_for_each_request_and_every_request_finds_out_more() {
    let first = large();
    let document = first.document.clone();
    let before = first.judged().update.unwrap().after;
    let mut stored = before.clone();
    let mut group = Group { document: document.clone(), ..Group::new() };
    (0..63).for_each(|n| group.command(&[CardCommand::Rename(format!("Large {n}"))]));
    let link =
        |n: usize| CardCommand::Link { role: "x".into(), target: DocumentId::derived(&[&n.to_be_bytes()]) };
    let links: Vec<_> = (0..=MAX_CARD_LINKS).map(link).collect();
    group.command(&links);
    let mut rest = group.pushed;
    for expected in [48, 12, 3] {
        let judged = judge(&Case { stored: Some(stored), ..case(rest.clone()) }, &context());
        let accepted = judged.fates.iter().filter(|fate| matches!(fate, Fate::Accepted(_))).count();
        assert_eq!(accepted, expected, "{:?}", judged.fates);
        let next = if rest.changes.len() == 4 { too_large() } else { Fate::Not(Verdict::NotReached) };
        assert_eq!(judged.fates[accepted], next);
        stored = judged.update.unwrap().after;
        rest.changes.drain(..accepted);
    }
    // If the very first one is too much, it is refused at once.
    let mut group = Group { document, ..Group::new() };
    group.command(&links);
    (0..63).for_each(|n| group.command(&[CardCommand::Rename(format!("Large {n}"))]));
    let judged = judge(&Case { stored: Some(before), ..case(group.pushed) }, &context());
    assert_eq!((judged.update, &judged.fates[0]), (None, &too_large()));
}

on_both! {
    async fn what_is_seen_by_too_many_paths_for_one_request_is_left_for_the_next(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let contacts: Vec<_> = (0..MAX_CARD_LINKS).map(|_| world.id()).collect();
        let person = ContactCommand::Create(ContactSort::Person);
        for contact in &contacts {
            world.user.contact(server, *contact, person.clone());
            for n in 0..MAX_CONTACT_LINKS {
                let target = DocumentId::derived(&[contact.as_bytes(), &[u8::try_from(n).unwrap()]]);
                world.user.contact(server, *contact, ContactCommand::Link { role: "x".into(), target });
            }
            if world.user.outbox.len() == 20 {
                world.user.sync(server).await;
            }
        }
        world.user.sync(server).await;
        let of_one = MAX_CARD_LINKS * (1 + MAX_CONTACT_LINKS);
        let cards: Vec<_> = (0..4).map(|_| world.id()).collect();
        for card in &cards {
            world.user.card(server, *card, create("Large", Some(world.restricted.user)));
            for contact in &contacts {
                world.user.card(server, *card, CardCommand::Link { role: "x".into(), target: *contact });
            }
        }
        let at_once = MAX_CHANGED_PATHS / of_one;
        for first in [0, at_once] {
            let verdicts = world.user.send(server, &world.user.request()).await.verdicts;
            for (place, group) in verdicts.iter().enumerate() {
                let is_dup = matches!(group.verdicts[..], [Verdict::Dup(_), ..]);
                let is_new = matches!(group.verdicts[..], [Verdict::Applied(_), ..]);
                assert_eq!((is_dup, is_new), (place < first, (first..first + at_once).contains(&place)), "{place}");
            }
        }
        // Rows stand for all of it, whoever changed what and when.
        let mut conn = server.state.db().read().await.unwrap();
        let paths = audience::paths(&mut conn, server.created.org, &contacts).await.unwrap();
        assert_eq!(paths.len(), MAX_CARD_LINKS);
        assert!(paths.values().all(|count| count.direct == 4 && count.all == 4));
        // A closing, an owner and the trash are taken of the largest card.
        let part = world.part();
        world.user.outbox.clear();
        world.user.sync(server).await;
        for command in [
            todo(part, "Call", world.manager.user),
            CardCommand::Close(part, roadbook_domain::value::todo::Outcome::Success),
            CardCommand::SetOwner(Some(world.user.user)),
            CardCommand::Trash,
        ] {
            world.user.card(server, cards[0], command);
            let verdicts = world.user.sync(server).await;
            assert!(matches!(verdicts[..], [Verdict::Applied(_)]), "{verdicts:?}");
        }
    }
}
