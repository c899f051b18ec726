//! What users do, drawn from small numbers: mostly to the same few cards and todos, so that edits meet.

use std::collections::BTreeSet;

use roadbook_client::{ApiError, NewCard, NewContact, Owner};
use roadbook_domain::access::audience::inbox_id;
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo, UserCommand};
use roadbook_domain::crm::row::{CardRow, ContactSort, DetailSort};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::channels::{Channel, Channels};
use roadbook_domain::value::due::{Due, LocalMinute};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::{DocumentId, FieldId, PartId, UserId};
use roadbook_domain::value::leads::Leads;
use roadbook_domain::value::recurrence::{Recurrence, RepeatUnit};
use roadbook_domain::value::time::{Day, Timestamp, Zone};
use roadbook_domain::value::todo::Outcome;

use super::moment::FIRST_MARK;
use super::phone::App;
use crate::dice::nth;
use crate::failure::Failure;

/// Of whom and what users know.
pub struct People {
    /// All users.
    pub users: Vec<UserId>,
    /// All contacts of the server: somebody may know the id of one that they may not see.
    pub contacts: Vec<DocumentId>,
}

/// What marks edits of long texts: each writes characters that no other edit ever writes.
pub struct Marks<'a> {
    /// The number of the next mark.
    pub next: &'a mut u32,
    /// Marks that users erased again.
    pub erased: &'a mut BTreeSet<char>,
}

impl Marks<'_> {
    fn fresh(&mut self) -> char {
        let mark = char::from_u32(u32::from(FIRST_MARK) + *self.next).unwrap_or(FIRST_MARK);
        *self.next += 1;
        mark
    }
}

/// A contact that nobody sees: a server refuses a Restricted user's link to it.
const UNSEEN: DocumentId = DocumentId::from_bytes([0xee; 16]);

/// Edits something on a phone. An edit that is impossible by now is skipped.
///
/// # Errors
/// An edit that must be possible is not.
pub fn edit(
    app: &App,
    act: u8,
    target: u8,
    value: u8,
    people: &People,
    marks: &mut Marks<'_>,
) -> Result<(), Failure> {
    match try_edit(app, act, target, value, people, marks)? {
        // Somebody else was faster, or the edit makes no sense any more: an app shows that.
        Ok(()) | Err(ApiError::NotFound { .. } | ApiError::Invalid { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The same; answers what the app says.
///
/// # Errors
/// The phone's file cannot be looked into.
pub fn try_edit(
    app: &App,
    act: u8,
    target: u8,
    value: u8,
    people: &People,
    marks: &mut Marks<'_>,
) -> Result<Done, Failure> {
    let users = &people.users;
    Ok(match act % 16 {
        0 => create_card(app, target, value, users),
        1 => create_contact(app, value),
        2 | 3 => edit_contact(app, target, act / 16, value)?,
        4 => edit_user(app, target, value)?,
        _ => edit_card(app, target, act, value, people, marks)?,
    })
}

/// Adds a todo with a contact that the user may not see, and then rewords it and renames the card in one step:
/// of that step one half stands on what may be refused, and the other does not.
///
/// # Errors
/// An edit that must be possible is not.
pub fn build_on(app: &App, target: u8, value: u8, people: &People) -> Result<(), Failure> {
    let cards = app.peek.ids(DocumentTypeId::CARD)?;
    let Some(card) = nth(&cards, target).copied() else { return Ok(()) };
    let id = PartId::new(&*app.env);
    let contact = Some(nth(&people.contacts, value).copied().unwrap_or(UNSEEN));
    let todo = NewTodo { id, text: format!("visit {value}"), due: due(app, value), assignee: None, contact };
    let steps = [
        vec![CardCommand::AddTodo(todo)],
        vec![
            CardCommand::RewordTodo(id, format!("visit {value} soon")),
            CardCommand::Rename(format!("Card of {value}")),
        ],
    ];
    for commands in steps {
        match app.client.edit_card(card, &commands).map(drop) {
            Ok(()) | Err(ApiError::NotFound { .. } | ApiError::Invalid { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Links a contact to nearly as many others as one may, one by one: two phones that do it go beyond it.
///
/// # Errors
/// An edit that must be possible is not.
pub fn link_many(app: &App, contact: DocumentId, of: u8) -> Result<(), Failure> {
    for number in 0..8 {
        let mut target = [0; 16];
        target[..2].copy_from_slice(&[0xd0 + of, number]);
        let link = ContactCommand::Link { role: "partner".into(), target: DocumentId::from_bytes(target) };
        match app.client.edit_contact(contact, &[link]).map(drop) {
            Ok(()) | Err(ApiError::NotFound { .. } | ApiError::Invalid { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What an app says to an edit.
pub type Done = Result<(), ApiError>;

fn create_card(app: &App, target: u8, value: u8, users: &[UserId]) -> Done {
    let settings = app.client.settings()?;
    let products: Vec<_> = settings.products().map(|product| product.id).collect();
    let Some(product) = nth(&products, target) else { return Ok(()) };
    let owner = match value % 4 {
        0 => Owner::Nobody,
        1 => nth(users, value / 4).map_or(Owner::Me, |user| Owner::User { id: *user }),
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

fn edit_card(
    app: &App,
    target: u8,
    act: u8,
    value: u8,
    people: &People,
    marks: &mut Marks<'_>,
) -> Result<Done, Failure> {
    let mut cards = app.peek.ids(DocumentTypeId::CARD)?;
    let inbox = app.client.me()?.map(|me| inbox_id(me.user));
    cards.retain(|id| Some(*id) != inbox);
    let card = if act % 16 == 15 { inbox } else { nth(&cards, target).copied() };
    let Some(card) = card else { return Ok(Ok(())) };
    let view = match app.client.card(card) {
        Ok(view) => view,
        Err(error) => return Ok(Err(error)),
    };
    let mut commands = vec![command(app, card, &view.row, act, value, people, marks)?];
    if act.is_multiple_of(7) {
        let (act, value) = (act.wrapping_mul(31), value.wrapping_add(1));
        commands.push(command(app, card, &view.row, act, value, people, marks)?);
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
    people: &People,
    marks: &mut Marks<'_>,
) -> Result<CardCommand, Failure> {
    let users = &people.users;
    let todos: Vec<_> = row.todos.iter().map(|todo| todo.id).collect();
    let Some(todo) = nth(&todos, value / 16).copied() else { return Ok(new_todo(app, value, users)) };
    Ok(match (act / 16) % 16 {
        0 | 1 => CardCommand::Close(todo, outcome(value)),
        2 | 3 => CardCommand::Postpone(todo, due(app, value)),
        4 => CardCommand::Reopen(todo),
        5 => CardCommand::Assign(todo, user(users, value)),
        6 => CardCommand::SetOwner(user(users, value)),
        7 => more_of_todo(todo, value),
        8 => new_todo(app, value, users),
        _ => other_command(app, card, row, act, value, people, marks)?,
    })
}

fn more_of_todo(todo: PartId, value: u8) -> CardCommand {
    let (what, value) = (value % 8, value / 8);
    let is_even = value.is_multiple_of(2);
    match what {
        0 => CardCommand::DescribeTodo(todo, format!("more {value}")),
        1 => CardCommand::MarkUrgent(todo, is_even),
        2 => {
            let day = Day::MIN.plus(46_000 + i32::from(value));
            CardCommand::PlanTodo(todo, (!value.is_multiple_of(4)).then_some(day))
        }
        // What has a rule makes another todo at each closing.
        3 => CardCommand::RepeatTodo(todo, Recurrence::new(u16::from(value % 3), RepeatUnit::Week)),
        4 => {
            let minute = LocalMinute::new(Day::MIN.plus(46_000), u32::from(value % 24), 10);
            CardCommand::Snooze(todo, minute.filter(|_| is_even).map(|minute| (minute, Zone::UTC)))
        }
        5 => CardCommand::RemindTodo(todo, is_even.then(|| Leads::one(u32::from(value % 6)))),
        6 => {
            let channels = Channels::all().with(Channel::Browser, value.is_multiple_of(4));
            CardCommand::ChannelTodo(todo, is_even.then_some(channels))
        }
        _ => CardCommand::RewordTodo(todo, format!("call {}", value % 5)),
    }
}

fn other_command(
    app: &App,
    card: DocumentId,
    row: &CardRow,
    act: u8,
    value: u8,
    people: &People,
    marks: &mut Marks<'_>,
) -> Result<CardCommand, Failure> {
    let settings = app.client.settings()?;
    let statuses: Vec<_> = row.product.into_iter().flat_map(|product| settings.statuses(product)).collect();
    let field = FieldId::from_bytes([value % 2 + 1; 16]);
    Ok(match act % 11 {
        0 if value.is_multiple_of(2) => {
            let known = nth(&people.contacts, value / 4).filter(|_| !value.is_multiple_of(8));
            CardCommand::Link { role: "customer".into(), target: known.copied().unwrap_or(UNSEEN) }
        }
        0 => CardCommand::Rename(format!("Card {}", value % 5)),
        1 => match nth(&statuses, value) {
            Some(status) => CardCommand::Move(status.id),
            None => CardCommand::Restore,
        },
        2 => CardCommand::SetField(field, (value % 4).to_string()),
        3 => CardCommand::SetOption(FieldId::from_bytes([3; 16]), format!("o{}", value % 2), value < 128),
        4 | 5 => CardCommand::EditText(text_field(), longer(app, card, value, marks)),
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

/// The long text of a card with a piece of it replaced, and another written elsewhere, each with its mark.
fn longer(app: &App, card: DocumentId, value: u8, marks: &mut Marks<'_>) -> String {
    let texts = app.client.card(card).map(|view| view.texts).unwrap_or_default();
    let name = text_field().to_string();
    let old = texts.into_iter().find(|(field, _)| *field == name).map(|(_, text)| text).unwrap_or_default();
    let mut chars: Vec<char> = old.chars().collect();
    let at = usize::from(value) % (chars.len() + 1);
    let end = (at + usize::from(value % 3)).min(chars.len());
    let words = ["", "a", "bc", "ő", "🙂", "spoke to her "];
    let word = words[usize::from(value) % words.len()];
    let erased: Vec<char> = chars.splice(at..end, word.chars().chain([marks.fresh()])).collect();
    marks.erased.extend(erased.into_iter().filter(|char| *char >= FIRST_MARK));
    let elsewhere = usize::from(value).wrapping_mul(31) % (chars.len() + 1);
    chars.splice(elsewhere..elsewhere, [marks.fresh(), ' ']);
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
