use super::*;
use crate::crm::row::{Event, Rows};
use crate::crm::{card, contact};
use crate::document::OpIndex;
use crate::document::change::{Change, Op, Register};
use crate::document::draft::Draft;
use crate::document::guard::Forged;
use crate::document::{Document, DocumentError};
use crate::read::projection::{facts, rows};
use crate::value::time::Timestamp;

/// A document type of a later version.
static ROUTE: DocumentType = DocumentType {
    id: DocumentTypeId(900),
    name: "route",
    genesis_actor: Actor(*b"roadbook:rout:01"),
    containers: &["route", "stops"],
    later: &[&["tolls", "fuel"], &["weather"]],
    audience: AudienceRule::Private,
    policy: &[
        RegisterRule { container: 0, name: "number", writer: Writer::Server, once: true, form: Form::Text },
        RegisterRule { container: 1, name: "at", writer: Writer::Editor, once: false, form: Form::Due },
    ],
    texts: &[0],
    fresh: Fresh::new(),
};

fn draft(document: &mut Document, write: impl FnOnce(&mut Draft<'_>)) -> Change {
    let mut draft = Draft::new(document, Actor([1; 16]), Timestamp::from_millis(5));
    write(&mut draft);
    draft.finish().unwrap()
}

#[test]
fn a_document_type_is_data_so_one_that_is_not_registered_works_as_the_others_do() {
    assert!(DocumentType::get(ROUTE.id).is_none());
    let mut document = Document::new(&ROUTE);
    let change = draft(&mut document, |draft| {
        draft.put(0, "name", "North");
        draft.put(1, "abc/at", "2026-11-22");
    });
    OpIndex::of(&document).judge(&change, Writer::Editor).unwrap();
    document.add(&change).unwrap();
    let loaded = Document::load(&ROUTE, &document.save()).unwrap();
    assert_eq!(loaded.registers(0)["name"].winner.value, "North");
    assert_eq!(rows(&loaded, None), Rows::None);
}

#[test]
fn the_policy_of_a_document_type_judges_every_register_that_is_written() {
    let mut document = Document::new(&ROUTE);
    let index = OpIndex::of(&document);
    let number = draft(&mut document, |draft| draft.put(0, "number", "7"));
    assert_eq!(index.judge(&number, Writer::Editor), Err(Forged::Policy), "only the server numbers");
    assert_eq!(index.judge(&number, Writer::Server), Ok(()));
    let due = draft(&mut document, |draft| draft.put(1, "abc/at", "tomorrow"));
    assert_eq!(index.judge(&due, Writer::Editor), Err(Forged::Value));
}

#[test]
fn a_long_text_is_made_only_where_the_document_type_allows_it() {
    let make = |kind: &'static DocumentType, container, name: &str| {
        let mut document = Document::new(kind);
        let change = draft(&mut document, |draft| draft.edit_text(container, name, "x"));
        OpIndex::of(&document).judge(&change, Writer::Server)
    };
    assert_eq!(make(&card::TYPE, card::FIELDS, "notes"), Ok(()));
    assert_eq!(make(&contact::TYPE, contact::FIELDS, "notes"), Ok(()));
    assert_eq!(make(&ROUTE, 0, "notes"), Ok(()), "a kind says it as data");
    for (kind, container, name) in [
        (&card::TYPE, card::LINKS, "AAAAAAAA/to"),
        (&card::TYPE, card::TODOS, "AAAAAAAA/contact"),
        (&card::TYPE, card::TODOS, "AAAAAAAA/state"),
        (&card::TYPE, card::TODOS, "AAAAAAAA/text"),
        (&card::TYPE, card::CARD, "trash"),
        (&card::TYPE, card::CARD, "owner"),
        (&card::TYPE, card::CARD, "name"),
        (&card::TYPE, card::ENTRIES, "AAAAAAAA/text"),
        (&card::TYPE, card::FIELDS, "vip/x"),
        (&contact::TYPE, contact::LINKS, "AAAAAAAA/to"),
        (&contact::TYPE, contact::CONTACT, "trash"),
        (&crate::crm::user_document::TYPE, crate::crm::user_document::USER, "theme"),
        (&ROUTE, 0, "number"),
        (&ROUTE, 1, "notes"),
    ] {
        assert_eq!(make(kind, container, name), Err(Forged::Policy), "{} {container} {name}", kind.name);
    }
}

#[test]
fn registers_that_this_version_does_not_know_are_taken_kept_and_carried_on() {
    let mut document = Document::new(&card::TYPE);
    let change = draft(&mut document, |draft| {
        draft.put(card::CARD, "name", "Acme");
        draft.put(card::CARD, "mood", "sunny");
        draft.put(card::TODOS, "AAAAAAAA/effort", "3");
    });
    OpIndex::of(&document).judge(&change, Writer::Editor).unwrap();
    document.add(&change).unwrap();
    let Rows::Card(row, _) = rows(&document, None) else { panic!("a card") };
    assert_eq!((row.name.as_str(), row.todos.len()), ("Acme", 0));
    let loaded = Document::load(&card::TYPE, &document.save()).unwrap();
    assert_eq!(loaded.registers(card::CARD)["mood"].winner.value, "sunny");
}

#[test]
fn a_document_is_not_taken_for_one_of_another_type() {
    let mut many = Document::new(&card::TYPE);
    for i in 0..20 {
        let change = draft(&mut many, |draft| draft.put(card::CARD, "name", i.to_string()));
        many.add(&change).unwrap();
    }
    let saved = many.save();
    assert_eq!(saved[0], 0x85, "many changes rest in automerge's own form");
    assert_eq!(Document::load(&card::TYPE, &saved).unwrap().heads(), many.heads());
    let wrong = Document::load(&contact::TYPE, &saved).unwrap_err();
    assert_eq!(wrong, DocumentError::WrongKind);
    let few = {
        let mut few = Document::new(&card::TYPE);
        let change = draft(&mut few, |draft| draft.put(card::CARD, "name", "Acme"));
        few.add(&change).unwrap();
        few.save()
    };
    assert!(matches!(Document::load(&contact::TYPE, &few), Err(DocumentError::Missing(_))));
}

#[test]
fn saved_bytes_that_are_no_document_are_refused_and_never_panic() {
    let cases: [&[u8]; 6] = [&[], &[1], &[1, 0x9f], &[1, 0x81, 0x41, 0], &[0x85, 0x6f, 0x4a, 0x83], b"hello"];
    for bytes in cases {
        assert!(Document::load(&card::TYPE, bytes).is_err(), "{bytes:?}");
    }
    assert_eq!(
        Document::load(&card::TYPE, &vec![0; crate::document::MAX_SAVED + 1]).unwrap_err(),
        DocumentError::TooLarge
    );
}

#[test]
fn a_put_over_an_unknown_register_still_replaces_what_was_there() {
    let mut document = Document::new(&card::TYPE);
    let first = draft(&mut document, |draft| draft.put(card::CARD, "mood", "sunny"));
    document.add(&first).unwrap();
    let second = draft(&mut document, |draft| draft.put(card::CARD, "mood", "grey"));
    let [Op::Put { register, pred, .. }] = second.ops.as_slice() else { panic!("one put") };
    assert_eq!(register, &Register { container: card::CARD, name: "mood".into() });
    assert_eq!(pred.len(), 1);
}

/// A replica of a later version's document, and the changes that made it: its constant changes for the
/// containers that `ROUTE` has from version 2 and 3 on, and one that writes into both.
fn with_later_containers() -> (Document, Vec<Change>) {
    let mut document = Document::new(&ROUTE);
    let mut changes = vec![draft(&mut document, |draft| draft.put(0, "name", "North"))];
    document.add(&changes[0]).unwrap();
    for address in [16, 32] {
        let extension = document.extension_for(address).unwrap();
        assert_eq!(OpIndex::of(&document).judge(&extension, Writer::Editor), Ok(()));
        document.add(&extension).unwrap();
        assert_eq!(document.extension_for(address), None, "once");
        assert_eq!(facts(&document, &extension, None), [], "nobody did anything");
        changes.push(extension);
    }
    let written = draft(&mut document, |draft| {
        draft.put(16, "a1/km", "12");
        draft.put(32, "today", "rain");
    });
    OpIndex::of(&document).judge(&written, Writer::Editor).unwrap();
    document.add(&written).unwrap();
    changes.push(written);
    (document, changes)
}

/// `ROUTE` as a version before knew it.
static OLD_ROUTE: DocumentType = DocumentType {
    id: DocumentTypeId(900),
    name: "route",
    genesis_actor: ROUTE.genesis_actor,
    containers: ROUTE.containers,
    later: &[],
    audience: AudienceRule::Private,
    policy: &[],
    texts: &[0],
    fresh: Fresh::new(),
};

#[test]
fn containers_of_a_later_schema_version_come_by_one_constant_change_whoever_makes_them() {
    let (document, changes) = with_later_containers();
    assert_eq!(ROUTE.addresses().collect::<Vec<_>>(), [0, 1, 16, 17, 32]);
    assert_eq!(document.registers(16)["a1/km"].winner.value, "12");
    // Another phone makes the same containers, and writes into them too.
    let mut other = Document::new(&ROUTE);
    let extension = other.extension_for(16).unwrap();
    other.add(&extension).unwrap();
    let mut draft = Draft::new(&mut other, Actor([2; 16]), Timestamp::from_millis(6));
    draft.put(16, "a2/km", "7");
    let theirs = draft.finish().unwrap();
    other.add(&theirs).unwrap();
    let mut one = document.clone();
    one.add_all([&extension, &theirs]).unwrap();
    other.add_all(&changes).unwrap();
    assert_eq!(one.heads(), other.heads());
    assert_eq!(one.registers(16).len(), 2, "neither hides what the other wrote");
    assert_eq!(one.registers(16), other.registers(16));
    one.check_against_automerge();
}

#[test]
fn a_version_that_does_not_know_a_container_carries_it_on_and_still_edits_the_rest() {
    let (newer, changes) = with_later_containers();
    let mut older = Document::new(&OLD_ROUTE);
    for change in &changes {
        older.add(change).unwrap();
    }
    assert_eq!(older.heads(), newer.heads());
    assert_eq!(older.registers(0)["name"].winner.value, "North");
    let mut loaded = Document::load(&OLD_ROUTE, &older.save()).unwrap();
    let mut draft = Draft::new(&mut loaded, Actor([3; 16]), Timestamp::from_millis(7));
    draft.put(0, "name", "South");
    let edit = draft.finish().unwrap();
    OpIndex::of(&loaded).judge(&edit, Writer::Editor).unwrap();
    loaded.add(&edit).unwrap();
    let mut back = newer.clone();
    back.add(&edit).unwrap();
    assert_eq!(back.registers(0)["name"].winner.value, "South");
    assert_eq!(back.registers(32)["today"].winner.value, "rain");
    // In automerge's own form, too.
    for n in 0..12_u8 {
        let mut draft = Draft::new(&mut loaded, Actor([3; 16]), Timestamp::from_millis(8));
        draft.put(0, "name", n.to_string());
        let change = draft.finish().unwrap();
        loaded.add(&change).unwrap();
    }
    let saved = loaded.save();
    assert_eq!(saved[0], 0x85);
    assert_eq!(Document::load(&ROUTE, &saved).unwrap().registers(16)["a1/km"].winner.value, "12");
    assert_eq!(Document::load(&OLD_ROUTE, &saved).unwrap().heads(), loaded.heads());
}

#[test]
fn only_the_constant_change_itself_makes_containers() {
    let mut document = Document::new(&ROUTE);
    let index = OpIndex::of(&document);
    let good = document.extension_for(16).unwrap();
    assert_eq!(Change::from_bytes(&good.to_bytes()).unwrap(), good);
    let forged = |edit: &dyn Fn(&mut Change)| {
        let mut change = good.clone();
        edit(&mut change);
        index.judge(&change, Writer::Server)
    };
    let other = Op::MakeContainer { name: "other".into() };
    assert_eq!(forged(&|change| change.ops.push(other.clone())), Err(Forged::ReservedActor));
    assert_eq!(forged(&|change| change.actor = ROUTE.genesis_actor), Err(Forged::ReservedActor));
    assert_eq!(forged(&|change| change.start_op = 9), Err(Forged::ReservedActor));
    assert_eq!(forged(&|change| change.seq = 2), Err(Forged::ReservedActor));
    assert_eq!(forged(&|change| change.deps.clear()), Err(Forged::ReservedActor));
    assert_eq!(forged(&|change| change.actor = Actor([1; 16])), Err(Forged::StartOp));
    let put = draft(&mut document, |draft| draft.put(16, "a1/km", "12"));
    assert_eq!(index.judge(&put, Writer::Editor), Err(Forged::Register), "nothing is there yet");
    // A server that does not know a version says so; a reader takes what the server took.
    let old = OpIndex::new(&OLD_ROUTE);
    assert_eq!(old.judge(&good, Writer::Editor), Err(Forged::LaterVersion));
    assert_eq!(old.check(&good), Ok(()));
}

#[test]
fn what_a_later_version_adds_to_a_detail_does_not_hide_what_the_detail_is() {
    let mut document = Document::new(&contact::TYPE);
    let change = draft(&mut document, |draft| {
        draft.put(contact::DETAILS, "AQEBAQEB/phone", "+36 1 234 5678");
        draft.put(contact::DETAILS, "AQEBAQEB/country", "HU");
        draft.put(contact::DETAILS, "AgICAgIC/messenger", "ann");
    });
    document.add(&change).unwrap();
    let Rows::Contact(row, _) = rows(&document, None) else { panic!("a contact") };
    let details: Vec<_> =
        row.details.iter().map(|detail| (detail.sort.name(), detail.value.as_str())).collect();
    assert_eq!(details, [("phone", "+36 1 234 5678"), ("messenger", "ann")]);
}

#[test]
fn a_value_that_this_version_cannot_read_costs_nobody_the_document() {
    let mut newer = Document::new(&card::TYPE);
    let made = draft(&mut newer, |draft| {
        draft.put(card::CARD, "name", "Bakery");
        draft.put(card::CARD, "trash", "archived");
        draft.put(card::TODOS, "AQEBAQEB/text", "Call");
        draft.put(card::TODOS, "AQEBAQEB/due", "2026-W48");
        draft.put(card::TODOS, "AQEBAQEB/state", "waiting#2");
        draft.put(card::TODOS, "AQEBAQEB/assignee", "team:sales");
    });
    let index = OpIndex::of(&newer);
    assert_eq!(index.judge(&made, Writer::Editor), Err(Forged::Value), "its author or the server refuses it");
    assert_eq!(index.check(&made), Ok(()));
    newer.add(&made).unwrap();
    let loaded = Document::load(&card::TYPE, &newer.save()).unwrap();
    assert_eq!(loaded.heads(), newer.heads());
    assert_eq!(loaded.registers(card::TODOS)["AQEBAQEB/due"].winner.value, "2026-W48");
    let Rows::Card(row, _) = rows(&loaded, None) else { panic!("a card") };
    assert_eq!((row.name.as_str(), row.todos.len(), row.todos[0].due), ("Bakery", 1, None));
    loaded.check_against_automerge();
}

#[test]
fn a_document_whose_first_change_writes_into_a_later_container_is_made_by_that_change() {
    for kind in [&ROUTE, &OLD_ROUTE] {
        let mut newer = Document::new(&ROUTE);
        let extension = newer.extension_for(16).unwrap();
        newer.add(&extension).unwrap();
        let first = draft(&mut newer, |draft| draft.put(16, "a1/km", "12"));
        newer.add(&first).unwrap();
        let second = draft(&mut newer, |draft| draft.put(0, "name", "North"));
        newer.add(&second).unwrap();
        let mut document = Document::new(kind);
        document.add_all([&extension, &first, &second]).unwrap();
        for n in 0..12_u8 {
            let told = |change| facts(&document, change, None).into_iter().map(|fact| fact.event);
            assert_eq!(told(&first).collect::<Vec<_>>(), [Event::Created], "{n} more changes");
            assert_eq!((told(&extension).count(), told(&second).count()), (0, 0));
            let more = draft(&mut document, |draft| draft.put(0, "name", n.to_string()));
            document.add(&more).unwrap();
        }
    }
}
