use super::*;
use crate::crm::command::{Acting, NewEntry, NewTodo};
use crate::crm::row::{CardRow, ContactSort, DetailSort, Rows};
use crate::crm::{card, contact};
use crate::document::DocumentType;
use crate::document::change::Actor;
use crate::document::draft::Draft;
use crate::read::projection::rows;
use crate::value::id::{FieldId, ProductId, StatusId, UserId};
use crate::value::time::{Timestamp, Zone};
use crate::value::trash::Trash;

const ANNA: UserId = UserId::from_bytes([1; 16]);
const BELA: UserId = UserId::from_bytes([2; 16]);
const PRODUCT: ProductId = ProductId::from_bytes([3; 16]);
const FIELD: FieldId = FieldId::from_bytes([4; 16]);
const CALL: PartId = PartId::from_bytes([7; 6]);
const OFFER: PartId = PartId::from_bytes([8; 6]);

/// One user's replica.
struct Hand {
    document: Document,
    actor: Actor,
    by: UserId,
}

impl Hand {
    fn new(kind: &'static DocumentType) -> Self {
        Self { document: Document::new(kind), actor: Actor([1; 16]), by: ANNA }
    }

    /// A card with one todo.
    fn card() -> Self {
        let mut anna = Self::new(&card::TYPE);
        let create = CardCommand::Create {
            product: PRODUCT,
            name: "Bakery".into(),
            status: Some(StatusId::from_bytes([5; 16])),
            owner: Some(ANNA),
        };
        anna.does(&[create, CardCommand::AddTodo(todo(CALL, "Call"))]);
        anna
    }

    fn other(&self) -> Self {
        Self { document: self.document.clone(), actor: Actor([2; 16]), by: BELA }
    }

    fn does(&mut self, commands: &[CardCommand]) -> (ChangeHash, Change) {
        let mut all = commands.iter();
        self.drafts(|draft, acting| all.try_for_each(|command| command.draft(draft, acting)).unwrap())
    }

    fn drafts(&mut self, write: impl FnOnce(&mut Draft<'_>, &Acting)) -> (ChangeHash, Change) {
        let acting = Acting { by: self.by, now: Timestamp::from_millis(1_000), zone: Zone::UTC };
        let mut draft = Draft::new(&mut self.document, self.actor, acting.now);
        write(&mut draft, &acting);
        let change = draft.finish().unwrap();
        (self.document.add(&change).unwrap(), change)
    }

    fn takes(&mut self, change: &Change) {
        self.document.add(change).unwrap();
    }

    fn undoes(&mut self, hash: ChangeHash) -> Result<(), UndoError> {
        match undo(&self.document, hash, self.by)? {
            Undo::Card(commands) => drop(self.does(&commands)),
            Undo::Contact(commands) => drop(self.drafts(|draft, acting| {
                commands.iter().for_each(|command| command.draft(draft, acting).unwrap());
            })),
        }
        Ok(())
    }

    fn row(&self) -> CardRow {
        match rows(&self.document, None) {
            Rows::Card(row, _) => *row,
            _ => panic!("no card"),
        }
    }

    fn is_open(&self, todo: PartId) -> bool {
        self.row().todos.iter().find(|known| known.id == todo).unwrap().state.is_open()
    }
}

fn todo(id: PartId, text: &str) -> NewTodo {
    NewTodo { id, text: text.into(), due: None, assignee: Some(ANNA), contact: None }
}

#[test]
fn what_an_edit_replaced_is_there_again() {
    let edits: [(&str, CardCommand); 7] = [
        ("name", CardCommand::Rename("Other".into())),
        ("status", CardCommand::Move(StatusId::from_bytes([9; 16]))),
        ("owner", CardCommand::SetOwner(Some(BELA))),
        ("a field that held nothing", CardCommand::SetField(FIELD, "5".into())),
        ("due", CardCommand::Postpone(CALL, Some("2026-12-01".parse().unwrap()))),
        ("assignee", CardCommand::Assign(CALL, Some(BELA))),
        ("words", CardCommand::RewordTodo(CALL, "Write".into())),
    ];
    for (what, edit) in edits {
        let mut anna = Hand::card();
        let before = anna.row();
        let (hash, _) = anna.does(&[edit]);
        assert_ne!(anna.row(), before, "{what}");
        anna.undoes(hash).unwrap();
        let after = anna.row();
        let fields = |row: &CardRow| {
            row.fields.iter().filter(|(_, text)| !text.is_empty()).cloned().collect::<Vec<_>>()
        };
        assert_eq!(fields(&after), fields(&before), "{what}");
        assert_eq!(CardRow { fields: before.fields.clone(), ..after }, before, "{what}");
    }
}

#[test]
fn a_todo_that_was_closed_with_what_comes_next_is_open_again_and_the_next_one_is_closed() {
    let mut anna = Hand::card();
    let next = CardCommand::AddTodo(todo(OFFER, "Send the offer"));
    let (hash, _) = anna.does(&[CardCommand::Close(CALL, Outcome::Success), next]);
    anna.undoes(hash).unwrap();
    assert!(anna.is_open(CALL));
    assert!(!anna.is_open(OFFER));
    let (hash, _) = anna.does(&[CardCommand::Close(CALL, Outcome::Failed)]);
    let (reopened, _) = anna.does(&[CardCommand::Reopen(CALL)]);
    assert_eq!(undo(&anna.document, hash, ANNA), Err(UndoError::ChangedSince), "it is open already");
    anna.undoes(reopened).unwrap();
    let outcome = anna.row().todos[0].state.closing().unwrap().outcome();
    assert_eq!(outcome, Outcome::Failed);
}

#[test]
fn what_somebody_touched_since_or_at_the_same_time_is_not_taken_back() {
    let mut anna = Hand::card();
    let mut bela = anna.other();
    let (hash, change) = anna.does(&[CardCommand::Rename("Anna's".into()), CardCommand::SetOwner(None)]);
    let (_, at_once) = bela.does(&[CardCommand::Rename("Béla's".into())]);
    let mut later = Hand { actor: Actor([3; 16]), ..anna.other() };
    anna.takes(&at_once);
    assert_eq!(anna.undoes(hash), Err(UndoError::ChangedSince));
    bela.takes(&change);
    assert_eq!(bela.undoes(hash), Err(UndoError::ChangedSince));
    later.does(&[CardCommand::SetOwner(Some(BELA))]);
    assert_eq!(later.undoes(hash), Err(UndoError::ChangedSince), "not even the part that nobody touched");
}

#[test]
fn what_others_touched_elsewhere_does_not_matter() {
    let mut anna = Hand::card();
    let mut bela = anna.other();
    let (hash, _) = anna.does(&[CardCommand::Rename("Wrong".into())]);
    let (_, elsewhere) = bela.does(&[CardCommand::SetOwner(Some(BELA))]);
    anna.takes(&elsewhere);
    anna.undoes(hash).unwrap();
    assert_eq!((anna.row().name.as_str(), anna.row().owner), ("Bakery", Some(BELA)));
}

#[test]
fn what_was_made_goes_to_the_trash_and_what_stays_for_good_is_said() {
    let mut anna = Hand::new(&card::TYPE);
    let create = CardCommand::Create { product: PRODUCT, name: "New".into(), status: None, owner: None };
    let (hash, _) = anna.does(&[create]);
    anna.undoes(hash).unwrap();
    assert_eq!(anna.row().trash, Trash::Trashed);

    let mut anna = Hand::card();
    let note = CardCommand::AddEntry(NewEntry {
        id: OFFER,
        kind: "note".into(),
        at: Timestamp::from_millis(5),
        text: "They bake at night".into(),
        by: None,
        person: None,
        place: String::new(),
    });
    for lasting in [note, CardCommand::EditText(FIELD, "long".into())] {
        let (hash, change) = anna.does(&[lasting]);
        assert!(!may_undo(DocumentTypeId::CARD, &change));
        assert_eq!(anna.undoes(hash), Err(UndoError::Lasting));
    }
    assert_eq!(anna.undoes(ChangeHash([9; 32])), Err(UndoError::ChangedSince));
}

#[test]
fn what_was_made_stays_once_somebody_else_has_worked_on_it() {
    let mut anna = Hand::new(&card::TYPE);
    let create = CardCommand::Create { product: PRODUCT, name: "New".into(), status: None, owner: None };
    let text = CardCommand::EditText(FIELD, "long".into());
    let (hash, change) = anna.does(&[create, text]);
    assert!(may_undo(DocumentTypeId::CARD, &change), "also with a long text");
    let mut bela = anna.other();
    let (_, theirs) = bela.does(&[CardCommand::AddTodo(todo(CALL, "Call"))]);
    let mut alone = Hand { document: anna.document.clone(), ..Hand::new(&card::TYPE) };
    alone.undoes(hash).unwrap();
    anna.takes(&theirs);
    assert_eq!(anna.undoes(hash), Err(UndoError::ChangedSince));
}

#[test]
fn of_several_closings_the_one_that_was_shown_comes_back_and_only_in_the_name_of_who_closed() {
    let mut anna = Hand::card();
    let mut bela = anna.other();
    let (_, success) = anna.does(&[CardCommand::Close(CALL, Outcome::Success)]);
    let (_, none) = bela.does(&[CardCommand::Close(CALL, Outcome::None)]);
    anna.takes(&none);
    bela.takes(&success);
    let (reopened, _) = bela.does(&[CardCommand::Reopen(CALL)]);
    assert_eq!(bela.undoes(reopened), Err(UndoError::Lasting), "Anna's closing counts");
    let (reopened, _) = anna.does(&[CardCommand::Reopen(CALL)]);
    anna.undoes(reopened).unwrap();
    let closing = *anna.row().todos[0].state.closing().unwrap();
    assert_eq!((closing.outcome(), closing.by()), (Outcome::Success, ANNA));
}

#[test]
fn links_and_details_come_and_go() {
    let mut anna = Hand::new(&contact::TYPE);
    let mut does = |commands: &[ContactCommand]| {
        let mut all = commands.iter();
        anna.drafts(|draft, acting| all.try_for_each(|command| command.draft(draft, acting)).unwrap()).0
    };
    let created = does(&[ContactCommand::Create(ContactSort::Person)]);
    let detail = |value: &str| ContactCommand::SetDetail {
        id: CALL,
        sort: DetailSort::Phone,
        label: "work".into(),
        value: value.into(),
    };
    let first = does(&[detail("+36 30 123 4567")]);
    let second = does(&[detail("+36 30 765 4321")]);
    let value = |anna: &Hand| match rows(&anna.document, None) {
        Rows::Contact(row, _) => row.details.first().map(|detail| detail.value.clone()),
        _ => panic!("no contact"),
    };
    assert_eq!(anna.undoes(first), Err(UndoError::ChangedSince));
    anna.undoes(second).unwrap();
    assert_eq!(value(&anna).as_deref(), Some("+36 30 123 4567"));
    assert_eq!(anna.undoes(created), Err(UndoError::ChangedSince));
}
