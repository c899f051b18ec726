//! What users do, drawn from small numbers: mostly to the same few cards and todos, so that edits meet.

use roadbook_client::{ApiError, NewCard, NewContact, Owner};
use roadbook_domain::access::audience::inbox_id;
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo, UserCommand};
use roadbook_domain::crm::row::{CardRow, ContactSort, DetailSort};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::due::{Due, LocalMinute};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::{DocumentId, FieldId, PartId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::value::todo::Outcome;

use super::phone::App;
use crate::dice::nth;
use crate::failure::Failure;

/// A contact that nobody sees: a server refuses a Restricted user's link to it.
const UNSEEN: DocumentId = DocumentId::from_bytes([0xee; 16]);

/// Edits something on a phone. An edit that is impossible by now is skipped.
///
/// # Errors
/// An edit that must be possible is not.
pub fn edit(app: &App, act: u8, target: u8, value: u8, users: &[UserId]) -> Result<(), Failure> {
    let done = match act % 16 {
        0 => create_card(app, target, value, users),
        1 => create_contact(app, value),
        2 | 3 => edit_contact(app, target, act / 16, value)?,
        4 => edit_user(app, target, value)?,
        _ => edit_card(app, target, act, value, users)?,
    };
    match done {
        // Somebody else was faster, or the edit makes no sense any more: an app shows that.
        Ok(()) | Err(ApiError::NotFound { .. } | ApiError::Invalid { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

type Done = Result<(), ApiError>;

fn create_card(app: &App, target: u8, value: u8, users: &[UserId]) -> Done {
    let settings = app.client.settings()?;
    let products: Vec<_> = settings.products().map(|product| product.id).collect();
    let Some(product) = nth(&products, target) else { return Ok(()) };
    let owner = match value % 4 {
        0 => Owner::Nobody,
        1 => nth(users, value / 4).map_or(Owner::Me, |user| Owner::User(*user)),
        _ => Owner::Me,
    };
    let commands = if value.is_multiple_of(3) { vec![new_todo(app, value, users)] } else { Vec::new() };
    let new = NewCard { product: *product, name: format!("Card {value}"), status: None, owner, commands };
    app.client.create_card(&new).map(drop)
}

fn create_contact(app: &App, value: u8) -> Done {
    let sort = if value.is_multiple_of(2) { ContactSort::Company } else { ContactSort::Person };
    let rename = ContactCommand::Rename { given: String::new(), family: format!("Contact {value}") };
    app.client.create_contact(&NewContact { sort, commands: vec![rename] }).map(drop)
}

fn edit_contact(app: &App, target: u8, act: u8, value: u8) -> Result<Done, Failure> {
    let contacts = app.peek.ids(DocumentTypeId::CONTACT)?;
    let Some(contact) = nth(&contacts, target) else { return Ok(Ok(())) };
    let detail = PartId::from_bytes([value % 3; 6]);
    let command = match act % 8 {
        0 | 1 => ContactCommand::Rename { given: "A".into(), family: format!("Contact {}", value % 3) },
        2 => ContactCommand::SetField(FieldId::from_bytes([9; 16]), (value % 3).to_string()),
        3 | 4 => ContactCommand::SetDetail {
            id: detail,
            sort: DetailSort::Phone,
            label: "work".into(),
            value: if value.is_multiple_of(4) { String::new() } else { format!("+36 1 {value}") },
        },
        5 => match nth(&contacts, value) {
            Some(employer) if employer != contact => {
                ContactCommand::Link { role: "employer".into(), target: *employer }
            }
            _ => ContactCommand::Restore,
        },
        6 => ContactCommand::Trash,
        _ => ContactCommand::Restore,
    };
    Ok(app.client.edit_contact(*contact, &[command]).map(drop))
}

fn edit_user(app: &App, target: u8, value: u8) -> Result<Done, Failure> {
    let cards = app.peek.ids(DocumentTypeId::CARD)?;
    let command = match nth(&cards, target) {
        Some(card) if value.is_multiple_of(2) => {
            UserCommand::Opened(*card, Timestamp::from_millis(value.into()))
        }
        _ => UserCommand::Prefer("theme".into(), (value % 4).to_string()),
    };
    Ok(app.client.edit_user(&[command]).map(drop))
}

fn edit_card(app: &App, target: u8, act: u8, value: u8, users: &[UserId]) -> Result<Done, Failure> {
    let mut cards = app.peek.ids(DocumentTypeId::CARD)?;
    let inbox = app.client.me()?.map(|me| inbox_id(me.user));
    cards.retain(|id| Some(*id) != inbox);
    let card = if act % 16 == 15 { inbox } else { nth(&cards, target).copied() };
    let Some(card) = card else { return Ok(Ok(())) };
    let view = match app.client.card(card) {
        Ok(view) => view,
        Err(error) => return Ok(Err(error)),
    };
    let mut commands = vec![command(app, card, &view.row, act, value, users)?];
    if act.is_multiple_of(7) {
        commands.push(command(app, card, &view.row, act.wrapping_mul(31), value.wrapping_add(1), users)?);
    }
    if let Some(conflict) = view.conflicts.first().filter(|_| act.is_multiple_of(5)) {
        let shown = conflict.shown.clone();
        return Ok(app.client.resolve(card, conflict, &shown).map(drop));
    }
    Ok(app.client.edit_card(card, &commands).map(drop))
}

fn command(
    app: &App,
    card: DocumentId,
    row: &CardRow,
    act: u8,
    value: u8,
    users: &[UserId],
) -> Result<CardCommand, Failure> {
    let todos: Vec<_> = row.todos.iter().map(|todo| todo.id).collect();
    let Some(todo) = nth(&todos, value / 16).copied() else { return Ok(new_todo(app, value, users)) };
    Ok(match (act / 16) % 16 {
        0 | 1 => CardCommand::Close(todo, outcome(value)),
        2 | 3 => CardCommand::Postpone(todo, due(app, value)),
        4 => CardCommand::Reopen(todo),
        5 => CardCommand::Assign(todo, user(users, value)),
        6 => CardCommand::SetOwner(user(users, value)),
        7 => CardCommand::RewordTodo(todo, format!("call {}", value % 5)),
        8 => new_todo(app, value, users),
        _ => other_command(app, card, row, act, value)?,
    })
}

fn other_command(
    app: &App,
    card: DocumentId,
    row: &CardRow,
    act: u8,
    value: u8,
) -> Result<CardCommand, Failure> {
    let settings = app.client.settings()?;
    let statuses: Vec<_> = row.product.into_iter().flat_map(|product| settings.statuses(product)).collect();
    let field = FieldId::from_bytes([value % 2 + 1; 16]);
    Ok(match act % 11 {
        0 if value.is_multiple_of(4) => CardCommand::Link { role: "customer".into(), target: UNSEEN },
        0 => CardCommand::Rename(format!("Card {}", value % 5)),
        1 => match nth(&statuses, value) {
            Some(status) => CardCommand::Move(status.id),
            None => CardCommand::Restore,
        },
        2 => CardCommand::SetField(field, (value % 4).to_string()),
        3 => CardCommand::SetOption(FieldId::from_bytes([3; 16]), format!("o{}", value % 2), value < 128),
        4 | 5 => CardCommand::EditText(text_field(), longer(app, card, value)),
        6 => CardCommand::AddEntry(entry(app, value)),
        7 => match nth(&app.peek.ids(DocumentTypeId::CONTACT)?, value) {
            Some(contact) => CardCommand::Link { role: "customer".into(), target: *contact },
            None => CardCommand::Restore,
        },
        8 => match row.links.first() {
            Some(link) => CardCommand::Unlink(link.id),
            None => CardCommand::Restore,
        },
        9 if value.is_multiple_of(3) => CardCommand::Trash,
        _ => CardCommand::Restore,
    })
}

fn new_todo(app: &App, value: u8, users: &[UserId]) -> CardCommand {
    CardCommand::AddTodo(NewTodo {
        id: PartId::new(&*app.env),
        text: format!("todo {value}"),
        due: due(app, value),
        assignee: user(users, value.rotate_left(3)),
        contact: None,
    })
}

/// The long text of a card with a piece of it replaced.
fn longer(app: &App, card: DocumentId, value: u8) -> String {
    let texts = app.client.card(card).map(|view| view.texts).unwrap_or_default();
    let name = text_field().to_string();
    let old = texts.into_iter().find(|(field, _)| *field == name).map(|(_, text)| text).unwrap_or_default();
    let mut chars: Vec<char> = old.chars().collect();
    let at = usize::from(value) % (chars.len() + 1);
    let end = (at + usize::from(value % 3)).min(chars.len());
    let words = ["", "a", "bc", "ő", "🙂", "spoke to her "];
    chars.splice(at..end, words[usize::from(value) % words.len()].chars());
    chars.into_iter().collect()
}

fn entry(app: &App, value: u8) -> NewEntry {
    NewEntry {
        id: PartId::from_bytes(random(&*app.env)),
        kind: if value.is_multiple_of(2) { "call" } else { "note" }.into(),
        at: app.env.now(),
        // Some are long, so that an answer with the least budget cannot hold them all.
        text: format!("spoke {}", "at length ".repeat(if value.is_multiple_of(4) { 150 } else { 1 })),
        by: None,
        person: None,
        place: String::new(),
    }
}

fn outcome(value: u8) -> Outcome {
    [Outcome::Success, Outcome::Failed, Outcome::None, Outcome::Success][usize::from(value) % 4]
}

/// A user, or nobody.
fn user(users: &[UserId], value: u8) -> Option<UserId> {
    nth(users, value).copied().filter(|_| !value.is_multiple_of(7))
}

/// A due around the phone's today: a day, a minute, or none.
fn due(app: &App, value: u8) -> Option<Due> {
    let zone: Zone = ["Europe/Budapest", "America/New_York"][usize::from(value) % 2].parse().ok()?;
    let day = zone.day_of(app.env.now()).plus(i32::from(value % 6) - 2);
    match value % 5 {
        0 => None,
        1 | 2 => Some(Due::Day(day)),
        _ => Some(Due::At { local: LocalMinute::new(day, u32::from(value % 24), 30)?, zone }),
    }
}

fn text_field() -> FieldId {
    FieldId::from_bytes([4; 16])
}
