use super::*;
use crate::crm::place::{Place, TodoPart};
use crate::document::Document;
use crate::document::change::{Actor, Change};
use crate::read::view::View;
use crate::settings::catalogue::{field_id, status_id};
use crate::settings::status::Status;
use crate::settings::user::User;
use crate::settings::{SettingsRow, builtin_rows, local_user};
use crate::value::time::Zone;
use crate::value::todo::Outcome;

const CARD: DocumentId = DocumentId::from_bytes([5; 16]);
const ANNA: UserId = UserId::from_bytes([1; 16]);
const BELA: UserId = UserId::from_bytes([2; 16]);
const SALES: ProductId = ProductId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
const PROJECTS: ProductId = ProductId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
/// 2026-11-23 in Budapest.
const NOW: Timestamp = Timestamp::from_millis(1_795_424_400_000);

/// One user's replica of the card.
struct Hand {
    document: Document,
    actor: Actor,
    by: UserId,
}

impl Hand {
    /// Edits as a phone does.
    fn does(&mut self, settings: &Settings, commands: &[CardCommand]) -> Change {
        let acting = Acting { by: self.by, now: NOW, zone: settings.zone(Some(self.by)) };
        let mut draft = Draft::new(&mut self.document, self.actor, NOW);
        for command in commands {
            command.draft(&mut draft, &acting).unwrap();
        }
        if commands.iter().any(|command| settings.may_enter(command))
            && let Some(todo) = settings.todo_on_entry(CARD, &draft, &acting)
        {
            CardCommand::AddTodo(todo).draft(&mut draft, &acting).unwrap();
        }
        let change = draft.finish().unwrap();
        self.takes(&change);
        change
    }

    fn takes(&mut self, change: &Change) {
        let built = change.to_automerge(self.document.kind());
        self.document.apply(vec![built]).unwrap();
    }

    fn twin(&self, actor: u8, by: UserId) -> Self {
        Self { document: self.document.clone(), actor: Actor([actor; 16]), by }
    }

    /// The card's todos: text, due and assignee.
    fn todos(&self) -> Vec<(String, String, String)> {
        let view = View::of(&self.document);
        let parts = view.parts(card::TODOS).into_values();
        let mut todos: Vec<_> = parts
            .map(|todo| ["text", "due", "assignee"].map(|name| todo.get(name).cloned().unwrap_or_default()))
            .map(|[text, due, assignee]| (text, due, assignee))
            .collect();
        todos.sort();
        todos
    }
}

#[test]
fn entering_a_status_gives_the_owner_its_todo_in_the_owners_language() {
    let settings = settings();
    let mut anna = card(&settings, PROJECTS, Some(BELA));
    assert_eq!(anna.todos(), [], "the first status of a preset hands out none");
    anna.does(&settings, &[CardCommand::Move(status_id(PROJECTS, "to_plan"))]);
    assert_eq!(anna.todos(), [("Készítsd el a tervet".into(), "2026-11-25".into(), BELA.to_string())]);
    anna.does(&settings, &[CardCommand::Move(status_id(PROJECTS, "finished"))]);
    assert_eq!(anna.todos().len(), 1, "a status without a todo gives none");
}

#[test]
fn of_a_card_that_nobody_owns_the_todo_is_for_who_moves_it() {
    let settings = settings();
    let mut anna = card(&settings, PROJECTS, None);
    anna.does(&settings, &[CardCommand::Move(status_id(PROJECTS, "to_plan"))]);
    assert_eq!(anna.todos(), [("Make the plan".into(), "2026-11-25".into(), ANNA.to_string())]);
}

#[test]
fn users_of_several_languages_who_move_a_card_of_nobody_at_once_differ_in_the_assignee_alone() {
    let settings = settings();
    let mut anna = card(&settings, PROJECTS, None);
    let mut bela = anna.twin(2, BELA);
    let by_move = [CardCommand::Move(status_id(PROJECTS, "to_plan"))];
    anna.does(&settings, &by_move);
    anna.takes(&bela.does(&settings, &by_move));
    let conflicts = View::of(&anna.document).conflicts();
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert!(matches!(conflicts[0].place, Place::Todo { part: TodoPart::Assignee, .. }));
}

#[test]
fn users_who_move_a_card_at_once_make_one_todo() {
    let settings = settings();
    let mut anna = card(&settings, PROJECTS, Some(ANNA));
    let mut bela = anna.twin(2, BELA);
    let by_move = [CardCommand::Move(status_id(PROJECTS, "to_plan"))];
    let (one, other) = (anna.does(&settings, &by_move), bela.does(&settings, &by_move));
    anna.takes(&other);
    bela.takes(&one);
    assert_eq!(anna.todos().len(), 1);
    assert_eq!(anna.todos(), bela.todos());
}

#[test]
fn every_entry_makes_a_todo_of_its_own() {
    let settings = settings();
    let mut anna = card(&settings, PROJECTS, Some(ANNA));
    for (entries, key) in [(1, "to_plan"), (1, "idea"), (2, "to_plan"), (2, "finished"), (3, "to_plan")] {
        anna.does(&settings, &[CardCommand::Move(status_id(PROJECTS, key))]);
        assert_eq!(anna.todos().len(), entries, "{key}");
    }
}

#[test]
fn an_edit_that_leaves_the_card_where_it_is_gives_no_todo() {
    let settings = settings();
    let mut anna = card(&settings, PROJECTS, Some(ANNA));
    anna.does(&settings, &[CardCommand::Move(status_id(PROJECTS, "to_plan"))]);
    let again = CardCommand::Move(status_id(PROJECTS, "to_plan"));
    anna.does(&settings, &[again, CardCommand::Rename("Roofs".into())]);
    assert_eq!(anna.todos().len(), 1);
}

#[test]
fn a_derived_status_is_entered_by_the_fields_that_decide_it() {
    let settings = settings();
    let mut anna = card(&settings, SALES, Some(ANNA));
    let set = |key, value: &str| CardCommand::SetField(field_id(SALES, key), value.into());
    anna.does(&settings, &[set("qualification", "vip")]);
    assert_eq!(anna.todos().len(), 1);
    anna.does(&settings, &[set("step", "enquiry")]);
    assert_eq!(anna.todos().len(), 1, "the status is the same");
    anna.does(&settings, &[set("step", "offer_sent")]);
    assert_eq!(anna.todos().len(), 2);
    anna.does(&settings, &[CardCommand::Move(status_id(SALES, "target"))]);
    assert_eq!(anna.todos().len(), 2, "nobody reads the stored status of a lead");
}

#[test]
fn a_firm_changes_or_drops_the_todo_of_a_status() {
    let mut settings = settings();
    let status = settings.status(status_id(PROJECTS, "to_plan")).unwrap().clone();
    let todo = crate::settings::status::StatusTodo { text: "Sketch it".into(), due_days: 0 };
    for (version, todo, expected) in [(2, Some(todo), 1), (3, None, 0)] {
        settings.apply([SettingsRow::new(&Status { todo, ..status.clone() }, version)]);
        let mut anna = card(&settings, PROJECTS, Some(ANNA));
        anna.does(&settings, &[CardCommand::Move(status.id)]);
        let todos = anna.todos();
        assert_eq!(todos.len(), expected);
        assert!(
            todos.iter().all(|(text, due, _)| (text.as_str(), due.as_str()) == ("Sketch it", "2026-11-23"))
        );
    }
}

#[test]
fn a_todo_that_was_closed_stays_closed_when_the_other_move_arrives() {
    let settings = settings();
    let mut anna = card(&settings, PROJECTS, Some(ANNA));
    let mut bela = anna.twin(2, BELA);
    let by_move = [CardCommand::Move(status_id(PROJECTS, "to_plan"))];
    anna.does(&settings, &by_move);
    let view = View::of(&anna.document);
    let part = *view.parts(card::TODOS).keys().next().unwrap();
    anna.does(&settings, &[CardCommand::Close(part, Outcome::Success)]);
    let other = bela.does(&settings, &by_move);
    anna.takes(&other);
    let state = View::of(&anna.document).text(card::TODOS, &format!("{part}/state"));
    assert!(state.starts_with("closed#1;success"), "{state}");
    assert_eq!(anna.todos().len(), 1);
}

fn settings() -> Settings {
    let user = |id, locale| User { id, ..local_user("Europe/Budapest".parse::<Zone>().unwrap(), locale) };
    let users = [user(ANNA, "en-GB"), user(BELA, "hu-HU")];
    let users = users.iter().map(|user| SettingsRow::new(user, 1));
    Settings::from_rows(builtin_rows().into_iter().chain(users))
}

fn card(settings: &Settings, product: ProductId, owner: Option<UserId>) -> Hand {
    let document = Document::new(&card::TYPE);
    let mut hand = Hand { document, actor: Actor([1; 16]), by: ANNA };
    hand.does(settings, &[CardCommand::Create { product, name: "Roof".into(), status: None, owner }]);
    hand
}
