use super::*;
use crate::crm::row::Rows;
use crate::crm::{card, contact};
use crate::document::OpIndex;
use crate::document::change::{Change, Op, Register};
use crate::document::draft::Draft;
use crate::document::guard::Forged;
use crate::document::{Document, DocumentError};
use crate::read::projection::rows;
use crate::value::time::Timestamp;

/// A kind of some later version.
static ROUTE: DocumentType = DocumentType {
    id: DocumentTypeId(900),
    name: "route",
    genesis_actor: Actor(*b"roadbook:rout:01"),
    containers: &["route", "stops"],
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
fn a_kind_is_data_so_one_that_is_not_registered_works_as_the_others_do() {
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
fn the_policy_of_a_kind_judges_every_register_that_is_written() {
    let mut document = Document::new(&ROUTE);
    let index = OpIndex::of(&document);
    let number = draft(&mut document, |draft| draft.put(0, "number", "7"));
    assert_eq!(index.judge(&number, Writer::Editor), Err(Forged::Policy), "only the server numbers");
    assert_eq!(index.judge(&number, Writer::Server), Ok(()));
    let due = draft(&mut document, |draft| draft.put(1, "abc/at", "tomorrow"));
    assert_eq!(index.judge(&due, Writer::Editor), Err(Forged::Value));
}

#[test]
fn a_long_text_is_made_only_where_the_kind_says_that_nobody_reads_a_value_with_a_meaning() {
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
fn registers_that_this_version_does_not_know_are_taken_kept_and_given_back() {
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
fn a_document_is_not_taken_for_one_of_another_kind() {
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
