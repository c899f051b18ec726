use proptest::prelude::*;
use roadbook_domain::crm::card;
use roadbook_domain::document::OpIndex;
use roadbook_domain::document::Writer;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::time::Timestamp;

use super::*;

const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A card and the phone that edits it.
#[derive(Clone)]
struct Phone {
    document: Document,
    actor: Actor,
    made: Vec<Pending>,
}

impl Phone {
    fn new(base: &Document, actor: u8) -> Self {
        Self { document: base.clone(), actor: Actor([actor; 16]), made: Vec::new() }
    }

    fn edit(&mut self, write: impl FnOnce(&mut Draft<'_>)) -> &mut Self {
        let mut draft = Draft::new(&mut self.document, self.actor, NOON);
        write(&mut draft);
        let change = draft.finish().expect("it does something");
        let hash = self.document.add(&change).unwrap();
        self.made.push(Pending { hash, change, decision: Decision::Keep });
        self
    }

    fn put(&mut self, container: u8, name: &str, value: &str) -> &mut Self {
        self.edit(|draft| draft.put(container, name, value))
    }

    fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.edit(|draft| draft.edit_text(card::FIELDS, name, text))
    }

    fn rebase(&self, base: &mut Document) -> Vec<Fate> {
        rebase(&self.document, base, &self.made, Actor([99; 16]))
    }
}

fn base() -> Document {
    let mut phone = Phone::new(&Document::new(&card::TYPE), 1);
    phone
        .put(card::CARD, "name", "Kovács kitchen")
        .put(card::TODOS, "todo1/text", "Call")
        .text("notes", "one two three");
    phone.document
}

fn shows(document: &Document, container: u8, name: &str) -> String {
    let register = Register { container, name: name.to_owned() };
    document.get(&register).map(|values| values.shown()).unwrap_or_default()
}

#[test]
fn an_edit_that_undid_what_is_not_here_stands_also_where_nothing_is_to_be_undone() {
    let lost = Phone::new(&base(), 2).put(card::CARD, "trash", "1").put(card::CARD, "name", "Kovács").clone();
    let mut author = Phone::new(&lost.document, 3);
    author.put(card::CARD, "trash", "").put(card::CARD, "name", "Kovács kitchen");
    let mut here = base();
    let pending = &author.made;
    let fates = rebase(&Document::new(&card::TYPE), &mut here, pending, Actor([99; 16]));
    assert!(
        fates.iter().all(|fate| matches!(fate, Fate::Reauthored { left, .. } if left.is_empty())),
        "{fates:?}"
    );
    // Another phone still had what the server lost: neither of the two has seen the other.
    for lost in &lost.made {
        here.add(&lost.change).unwrap();
    }
    for (name, value) in [("trash", ""), ("name", "Kovács kitchen")] {
        let register = Register { container: card::CARD, name: name.to_owned() };
        let values = here.get(&register).unwrap();
        assert!(values.all().any(|written| written.value == value), "{values:?}");
    }
}

#[test]
fn pending_changes_stay_as_they_are_when_only_others_wrote() {
    let mut phone = Phone::new(&base(), 2);
    phone.put(card::CARD, "name", "A");
    let mut others = Phone::new(&base(), 3);
    others.put(card::CARD, "name", "B");
    assert_eq!(phone.rebase(&mut others.document), [Fate::Kept]);
}

#[test]
fn a_change_that_the_base_holds_by_now_is_dropped_by_its_hash() {
    let mut phone = Phone::new(&base(), 2);
    phone.put(card::CARD, "name", "A").put(card::CARD, "name", "B");
    let mut server = phone.document.clone();
    assert_eq!(phone.rebase(&mut server), [Fate::Present, Fate::Present]);
}

#[test]
fn after_a_refusal_later_edits_are_re_authored_and_edits_that_depend_on_it_are_left() {
    let mut phone = Phone::new(&base(), 2);
    phone
        .put(card::CARD, "owner", "00000000-0000-0000-0000-000000000001")
        .put(card::CARD, "name", "Renamed")
        .edit(|draft| {
            draft.put(card::CARD, "owner", "00000000-0000-0000-0000-000000000002");
            draft.put(card::FIELDS, "city", "Pécs");
        });
    phone.made[0].decision = Decision::Refused;
    let mut server = base();
    let fates = phone.rebase(&mut server);

    assert!(matches!(&fates[0], Fate::Left(edits) if edits.len() == 1));
    assert!(matches!(&fates[1], Fate::Reauthored { left, .. } if left.is_empty()));
    let Fate::Reauthored { left, .. } = &fates[2] else { panic!("{:?}", fates[2]) };
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].register().name, "owner");
    assert_eq!(shows(&server, card::CARD, "name"), "Renamed");
    assert_eq!(shows(&server, card::FIELDS, "city"), "Pécs");
    assert_eq!(shows(&server, card::CARD, "owner"), "");
}

#[test]
fn edits_of_a_todo_whose_creation_was_refused_are_left_with_it() {
    let mut phone = Phone::new(&base(), 2);
    phone.put(card::TODOS, "todo2/text", "Measure").put(card::TODOS, "todo2/due", "2027-01-01").put(
        card::TODOS,
        "todo1/due",
        "2027-01-02",
    );
    phone.made[0].decision = Decision::Refused;
    let mut server = base();
    let fates = phone.rebase(&mut server);
    assert!(matches!(&fates[1], Fate::Left(edits) if edits[0].register().name == "todo2/due"));
    assert_eq!(shows(&server, card::TODOS, "todo1/due"), "2027-01-02");
    assert_eq!(shows(&server, card::TODOS, "todo2/due"), "");
}

#[test]
fn nothing_of_a_document_whose_first_change_was_refused_is_re_authored() {
    let mut phone = Phone::new(&Document::new(&card::TYPE), 2);
    phone.put(card::CARD, "name", "A").put(card::TODOS, "todo1/text", "B").text("notes", "C");
    phone.made[0].decision = Decision::Refused;
    let fates = phone.rebase(&mut Document::new(&card::TYPE));
    assert!(fates.iter().all(|fate| matches!(fate, Fate::Left(edits) if edits.len() == 1)), "{fates:?}");
}

#[test]
fn a_refused_insertion_into_a_text_does_not_take_later_ones_with_it() {
    let mut phone = Phone::new(&base(), 2);
    phone.text("notes", "one REFUSED two three").text("notes", "one REFUSED two three four");
    phone.made[0].decision = Decision::Refused;
    let mut others = Phone::new(&base(), 3);
    others.text("notes", "zero one two three");
    phone.rebase(&mut others.document);
    assert_eq!(shows(&others.document, card::FIELDS, "notes"), "zero one two three four");
}

#[test]
fn the_changes_of_a_forked_actor_are_re_authored_under_a_fresh_one() {
    let mut phone = Phone::new(&base(), 2);
    phone.put(card::CARD, "name", "Here").put(card::FIELDS, "city", "Pécs");
    let mut clone = Phone::new(&base(), 2);
    clone.put(card::CARD, "name", "There");
    let fates = phone.rebase(&mut clone.document);
    assert!(fates.iter().all(|fate| matches!(fate, Fate::Reauthored { .. })), "{fates:?}");
    assert_eq!(shows(&clone.document, card::FIELDS, "city"), "Pécs");
    let name = Register { container: card::CARD, name: "name".to_owned() };
    let names: BTreeSet<_> =
        clone.document.get(&name).unwrap().all().map(|name| name.value.clone()).collect();
    assert_eq!(names, BTreeSet::from(["Here".to_owned(), "There".to_owned()]), "still a conflict (L6)");
}

proptest! {
    /// Every change that a rebase makes or keeps passes the guard, on the server's state.
    #[test]
    fn what_a_rebase_makes_passes_the_guard(
        seed in any::<u64>(),
        decisions in prop::collection::vec(0..3_u8, 1..12),
    ) {
        let env = SeededEnv::new(seed, NOON);
        let mut phone = Phone::new(&base(), 2);
        let mut server = Phone::new(&base(), 3);
        for (n, decision) in decisions.iter().enumerate() {
            let [which, value]: [u8; 2] = roadbook_domain::value::env::random(&env);
            let side = if which & 64 == 0 { &mut phone } else { &mut server };
            let value = format!("{value} {n}");
            match which % 4 {
                0 => side.put(card::CARD, "name", &value),
                1 => side.put(card::FIELDS, "city", &value),
                2 => side.text("notes", &format!("{} {value}", shows(&side.document, card::FIELDS, "notes"))),
                _ => side.put(card::TODOS, &format!("todo{}/text", which % 8), &value),
            };
            if let Some(last) = phone.made.last_mut() {
                last.decision =
                    [Decision::Keep, Decision::Reauthor, Decision::Refused][usize::from(*decision)];
            }
        }
        let mut index = OpIndex::of(&server.document);
        let fates = phone.rebase(&mut server.document);
        for (pending, fate) in phone.made.iter().zip(&fates) {
            let (hash, change) = match fate {
                Fate::Kept => (pending.hash, &pending.change),
                Fate::Reauthored { by, .. } => (by.0, &by.1),
                Fate::Present | Fate::Left(_) => continue,
            };
            prop_assert_eq!(index.judge(change, Writer::Editor), Ok(()));
            index.push(hash, change);
        }
    }
}
