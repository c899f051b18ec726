//! Commands: what a user can do to a document, as data, for phone and server alike.
//!
//! A command drafts register writes on the state that it is given. So a caller who acts on an earlier
//! state (a calendar, a form, a phone that re-authors) uses the same commands as one who acts now.

use crate::crm::row::{ContactSort, DetailSort};
use crate::crm::{card, contact, series, user_document};
use crate::document::draft::Draft;
use crate::document::guard::MAX_TEXT;
use crate::value::channels::Channels;
use crate::value::due::{Due, LocalMinute};
use crate::value::id::{DocumentId, FieldId, PartId, ProductId, StatusId, UserId};
use crate::value::leads::Leads;
use crate::value::recurrence::Recurrence;
use crate::value::time::{Day, Timestamp, Zone};
use crate::value::todo::{Outcome, TodoState};
use crate::value::trash::TRASHED;

/// The most bytes of a value that a command writes; longer text belongs into a long text.
pub const MAX_VALUE_LEN: usize = 2_000;

/// Who acts, when and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting {
    /// The author.
    pub by: UserId,
    /// The instant, by the clock of the device.
    pub now: Timestamp,
    /// The user's profile zone: a closing counts on the day that it is there (T11).
    pub zone: Zone,
}

/// One thing a user does to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardCommand {
    /// Makes the card: its first command.
    Create {
        /// Its product, which never changes (F11).
        product: ProductId,
        /// Its name.
        name: String,
        /// Its first status; `None` where the product derives it.
        status: Option<StatusId>,
        /// The user who answers for it (F50: its maker, unless the app says otherwise).
        owner: Option<UserId>,
    },
    /// Gives it another name.
    Rename(String),
    /// Moves it to another status (F25).
    Move(StatusId),
    /// Gives it to another owner, or to nobody. Assignees stay (F49).
    SetOwner(Option<UserId>),
    /// Gives a field a value in its canonical text form; empty clears it (F41).
    SetField(FieldId, String),
    /// Chooses or clears one option of a multiple choice.
    SetOption(FieldId, String, bool),
    /// Makes a long text read so. Edits that others make elsewhere in it survive. A plain value becomes a long
    /// text.
    EditText(FieldId, String),
    /// Adds a todo (F44).
    AddTodo(NewTodo),
    /// Changes a todo's text.
    RewordTodo(PartId, String),
    /// Moves a todo to another due (F51), or to none. It is not snoozed any more: another due is another question.
    Postpone(PartId, Option<Due>),
    /// Gives a todo to another assignee. The owner stays (F49).
    Assign(PartId, Option<UserId>),
    /// Says more of a todo than its text; empty: no more.
    DescribeTodo(PartId, String),
    /// Marks a todo as urgent, or no more.
    MarkUrgent(PartId, bool),
    /// Says on which day its assignee wants to do a todo, beside the due by which it must be done.
    PlanTodo(PartId, Option<Day>),
    /// Makes a todo come again, counted from its due, or no more (T7).
    RepeatTodo(PartId, Option<Recurrence>),
    /// Lets a todo remind again at that minute on the clocks of that zone, and not before; `None`: as if nobody had
    /// snoozed it. Its due stays.
    Snooze(PartId, Option<(LocalMinute, Zone)>),
    /// Says how long before its due a todo reminds; `None`: as its assignee set for all todos.
    RemindTodo(PartId, Option<Leads>),
    /// Says where a todo reminds; `None`: as its assignee set for all todos.
    ChannelTodo(PartId, Option<Channels>),
    /// Closes a todo (F47, F52). The first closing counts: a closed todo stays as it is. If it comes again and was
    /// tried, the next one of its series is made (T8); a closing without an outcome ends the series.
    Close(PartId, Outcome),
    /// Opens a closed todo again (C11).
    Reopen(PartId),
    /// Writes down what happened (F56).
    AddEntry(NewEntry),
    /// Links a contact or another card.
    Link {
        /// What the target is to this card: `customer`, `site`, ...
        role: String,
        /// The document it points to.
        target: DocumentId,
    },
    /// Removes a link.
    Unlink(PartId),
    /// Moves the card to the trash (F72).
    Trash,
    /// Takes it out of the trash (F72).
    Restore,
    /// Resolves a conflict: gives a register one of its values (N3).
    Resolve(u8, String, String),
}

/// A todo to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTodo {
    /// Its id, made by the device.
    pub id: PartId,
    /// What is to be done.
    pub text: String,
    /// When it is to be done; `None`: no due.
    pub due: Option<Due>,
    /// The user who is to do it; its maker, unless the app says otherwise (F50).
    pub assignee: Option<UserId>,
    /// The contact it is to be done with (F35).
    pub contact: Option<DocumentId>,
}

/// A past event to be written into the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Its id, made by the device.
    pub id: PartId,
    /// `note`, `call`, `meeting`, `visit`; later versions may add more.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub text: String,
    /// Who wrote or did it, if not the author of the change: an import names others.
    pub by: Option<UserId>,
    /// The contact it happened with.
    pub person: Option<DocumentId>,
    /// Where it happened.
    pub place: String,
}

/// One thing a user does to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactCommand {
    /// Makes the contact: its first command.
    Create(ContactSort),
    /// Sets the name. A company has no given name.
    Rename {
        /// The given name.
        given: String,
        /// The family name, or the company's name.
        family: String,
    },
    /// Gives a field a value in its canonical text form; empty clears it.
    SetField(FieldId, String),
    /// Chooses or clears one option of a multiple choice.
    SetOption(FieldId, String, bool),
    /// Makes a long text read so. Edits that others make elsewhere in it survive. A plain value becomes a long
    /// text.
    EditText(FieldId, String),
    /// Adds or changes a phone, email or address; an empty value removes it.
    SetDetail {
        /// Its id, made by the device.
        id: PartId,
        /// Phone, email or address.
        sort: DetailSort,
        /// `work`, `home`, ...
        label: String,
        /// The number or address as written.
        value: String,
    },
    /// Links a person to their company, and the like.
    Link {
        /// What the target is to this contact: `employer`, ...
        role: String,
        /// The document it points to.
        target: DocumentId,
    },
    /// Removes a link.
    Unlink(PartId),
    /// Moves the contact to the trash (F72).
    Trash,
    /// Takes it out of the trash (F72).
    Restore,
    /// Resolves a conflict: gives a register one of its values (N3).
    Resolve(u8, String, String),
}

/// Why a command cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// A text is longer than a register holds.
    #[error("the text is longer than {MAX_VALUE_LEN} bytes")]
    TooLong,
    /// There is no todo with this id.
    #[error("there is no such todo")]
    NoTodo,
    /// Something else has this id already.
    #[error("the id is taken")]
    IdTaken,
    /// A link's role is not 1 to 32 lower-case letters, digits or `-`.
    #[error("a link's role is 1 to 32 lower-case letters, digits or hyphens")]
    Role,
    /// A user's inbox card is never trashed.
    #[error("an inbox card cannot be trashed")]
    Inbox,
    /// A long text has more characters than one may have.
    #[error("the text is longer than {MAX_TEXT} characters")]
    LongTextTooLong,
    /// A todo without words, or an entry without a kind: no list could show it.
    #[error("a todo has words, and an entry has a kind")]
    Empty,
}

impl CardCommand {
    /// Drafts what the command writes.
    pub fn draft(&self, draft: &mut Draft<'_>, acting: &Acting) -> Result<(), CommandError> {
        match self {
            Self::Create { product, name, status, owner } => {
                draft.put(card::CARD, "product", product.to_string());
                draft.put(card::CARD, "name", bounded(name)?);
                draft.put(card::CARD, "status", text(status));
                draft.put(card::CARD, "owner", text(owner));
            }
            Self::Rename(name) => draft.put(card::CARD, "name", bounded(name)?),
            Self::Move(status) => draft.put(card::CARD, "status", status.to_string()),
            Self::SetOwner(owner) => draft.put(card::CARD, "owner", text(owner)),
            Self::SetField(field, value) => draft.put(card::FIELDS, field.to_string(), bounded(value)?),
            Self::SetOption(field, option, chosen) => {
                draft.put(card::FIELDS, format!("{field}/{option}"), if *chosen { "1" } else { "" });
            }
            Self::EditText(field, new) => edit_text(draft, card::FIELDS, &field.to_string(), new)?,
            Self::AddTodo(todo) => todo.draft(draft)?,
            Self::RewordTodo(todo, words) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/text"), filled(words)?);
            }
            Self::Postpone(todo, due) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/due"), text(due));
                draft.put(card::TODOS, format!("{todo}/snoozed_until"), "");
            }
            Self::Assign(todo, assignee) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/assignee"), text(assignee));
            }
            Self::DescribeTodo(todo, description) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/description"), bounded(description)?);
            }
            Self::MarkUrgent(todo, is_urgent) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/urgent"), if *is_urgent { "1" } else { "" });
            }
            Self::PlanTodo(todo, day) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/planned_for"), text(day));
            }
            Self::RepeatTodo(todo, recurrence) => {
                existing(draft, *todo)?;
                series::repeat(draft, *todo, *recurrence);
            }
            Self::Snooze(todo, until) => {
                existing(draft, *todo)?;
                let until = until.map(|(local, zone)| Due::At { local, zone });
                draft.put(card::TODOS, format!("{todo}/snoozed_until"), text(&until));
            }
            Self::RemindTodo(todo, leads) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/reminders"), text(leads));
            }
            Self::ChannelTodo(todo, channels) => {
                existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/channels"), text(channels));
            }
            Self::Close(todo, outcome) => {
                let state = existing(draft, *todo)?;
                if state.is_open() && *outcome != Outcome::None {
                    series::make_next(draft, *todo, acting.zone.day_of(acting.now));
                }
                let closed = state.close(*outcome, acting.now, acting.zone, acting.by);
                draft.put(card::TODOS, format!("{todo}/state"), closed.to_string());
            }
            Self::Reopen(todo) => {
                let state = existing(draft, *todo)?;
                draft.put(card::TODOS, format!("{todo}/state"), state.reopen().to_string());
            }
            Self::AddEntry(entry) => entry.draft(draft)?,
            Self::Link { role, target } => link(draft, card::LINKS, role, *target)?,
            Self::Unlink(link) => draft.put(card::LINKS, format!("{link}/to"), ""),
            Self::Trash => draft.put(card::CARD, "trash", TRASHED),
            Self::Restore => draft.put(card::CARD, "trash", ""),
            Self::Resolve(container, name, value) => resolve(draft, *container, name, value)?,
        }
        Ok(())
    }
}

impl ContactCommand {
    /// Drafts what the command writes.
    pub fn draft(&self, draft: &mut Draft<'_>, _: &Acting) -> Result<(), CommandError> {
        match self {
            Self::Create(sort) => {
                draft.put(contact::CONTACT, "sort", sort.name());
            }
            Self::Rename { given, family } => {
                draft.put(contact::CONTACT, "given", bounded(given)?);
                draft.put(contact::CONTACT, "family", bounded(family)?);
            }
            Self::SetField(field, value) => {
                draft.put(contact::FIELDS, field.to_string(), bounded(value)?);
            }
            Self::SetOption(field, option, chosen) => {
                draft.put(contact::FIELDS, format!("{field}/{option}"), if *chosen { "1" } else { "" });
            }
            Self::EditText(field, new) => edit_text(draft, contact::FIELDS, &field.to_string(), new)?,
            Self::SetDetail { id, sort, label, value } => {
                // Named after the sort, so that a merge cannot bring one sort and the value of another
                // together.
                draft.put(contact::DETAILS, format!("{id}/{sort}"), bounded(value)?);
                // Only one is shown, so what the detail was before is cleared.
                for other in DetailSort::ALL.iter().filter(|other| *other != sort) {
                    draft.put(contact::DETAILS, format!("{id}/{other}"), "");
                }
                draft.put(contact::DETAILS, format!("{id}/label"), bounded(label)?);
            }
            Self::Link { role, target } => link(draft, contact::LINKS, role, *target)?,
            Self::Unlink(link) => draft.put(contact::LINKS, format!("{link}/to"), ""),
            Self::Trash => draft.put(contact::CONTACT, "trash", TRASHED),
            Self::Restore => draft.put(contact::CONTACT, "trash", ""),
            Self::Resolve(container, name, value) => resolve(draft, *container, name, value)?,
        }
        Ok(())
    }
}

/// One thing a user does to their user document, which follows them between devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserCommand {
    /// Sets a preference.
    Prefer(String, String),
    /// Remembers when they last opened a document.
    Opened(DocumentId, Timestamp),
    /// Marks a document as a favourite, or no more.
    Favourite(DocumentId, bool),
}

impl UserCommand {
    /// Drafts what the command writes.
    pub fn draft(&self, draft: &mut Draft<'_>, _: &Acting) -> Result<(), CommandError> {
        match self {
            Self::Prefer(name, value) => draft.put(user_document::USER, name, bounded(value)?),
            Self::Opened(document, at) => user_document::opened(draft, *document, *at),
            Self::Favourite(document, is_favourite) => {
                let value = if *is_favourite { user_document::MARKED } else { "" };
                draft.put(user_document::FAVORITES, document.to_string(), value);
            }
        }
        Ok(())
    }
}

impl NewTodo {
    fn draft(&self, draft: &mut Draft<'_>) -> Result<(), CommandError> {
        // Every todo has a text register, so it tells whether the id is in use.
        if draft.get(card::TODOS, &format!("{}/text", self.id)).is_some() {
            return Err(CommandError::IdTaken);
        }
        draft.put(card::TODOS, format!("{}/text", self.id), filled(&self.text)?);
        draft.put(card::TODOS, format!("{}/due", self.id), text(&self.due));
        draft.put(card::TODOS, format!("{}/assignee", self.id), text(&self.assignee));
        draft.put(card::TODOS, format!("{}/contact", self.id), text(&self.contact));
        Ok(())
    }
}

impl NewEntry {
    fn draft(&self, draft: &mut Draft<'_>) -> Result<(), CommandError> {
        let id = self.id;
        if draft.get(card::ENTRIES, &format!("{id}/kind")).is_some() {
            return Err(CommandError::IdTaken);
        }
        draft.put(card::ENTRIES, format!("{id}/kind"), filled(&self.kind)?);
        draft.put(card::ENTRIES, format!("{id}/at"), self.at.millis().to_string());
        draft.put(card::ENTRIES, format!("{id}/text"), bounded(&self.text)?);
        draft.put(card::ENTRIES, format!("{id}/by"), text(&self.by));
        draft.put(card::ENTRIES, format!("{id}/person"), text(&self.person));
        draft.put(card::ENTRIES, format!("{id}/place"), bounded(&self.place)?);
        Ok(())
    }
}

/// Links are named after role and target, so two phones that make the same link make one.
fn link(draft: &mut Draft<'_>, container: u8, role: &str, target: DocumentId) -> Result<(), CommandError> {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if role.is_empty() || role.len() > 32 || !role.bytes().all(allowed) {
        return Err(CommandError::Role);
    }
    let id = PartId::derived(&[role.as_bytes(), target.as_bytes()]);
    draft.put(container, format!("{id}/to"), format!("{role} {target}"));
    Ok(())
}

/// The state of a todo that exists.
fn existing(draft: &Draft<'_>, todo: PartId) -> Result<TodoState, CommandError> {
    card::todo_state(draft, todo).ok_or(CommandError::NoTodo)
}

/// Makes a register's long text read so.
fn edit_text(draft: &mut Draft<'_>, container: u8, name: &str, new: &str) -> Result<(), CommandError> {
    let most = MAX_TEXT as usize;
    // No character has more than four bytes, so most texts need not be counted.
    if new.len() > most && new.chars().count() > most {
        return Err(CommandError::LongTextTooLong);
    }
    draft.edit_text(container, name, new);
    Ok(())
}

/// Gives a register a value, or the value to its long text: no value takes the place of a text.
fn resolve(draft: &mut Draft<'_>, container: u8, name: &str, value: &str) -> Result<(), CommandError> {
    if draft.holds_text(container, name) {
        return edit_text(draft, container, name, value);
    }
    draft.put(container, name, bounded(value)?);
    Ok(())
}

fn filled(text: &str) -> Result<&str, CommandError> {
    if text.trim().is_empty() { Err(CommandError::Empty) } else { bounded(text) }
}

fn bounded(text: &str) -> Result<&str, CommandError> {
    if text.len() > MAX_VALUE_LEN { Err(CommandError::TooLong) } else { Ok(text) }
}

fn text<T: ToString>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests;
