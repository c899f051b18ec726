//! What a user does, as an app says it: typed values, and ids that are made here.

use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo};
use roadbook_domain::crm::row::{ContactSort, DetailSort};
use roadbook_domain::document::OriginKind;
use roadbook_domain::read::snooze::snooze_until;
use roadbook_domain::settings::Settings;
use roadbook_domain::settings::field::{FieldDefinition, FieldKind, FieldScope, FieldTexts, SET};
use roadbook_domain::value::channels::{Channel, Channels};
use roadbook_domain::value::due::Due;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId, ProductId, StatusId, UserId};
use roadbook_domain::value::leads::{Leads, LeadsError};
use roadbook_domain::value::time::{Day, Timestamp};
use roadbook_domain::value::todo::Outcome;

use super::contact::scope_of;
use super::field::FieldValue;
use super::undo::change_of;
use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::edit::batch::{self, Batch, Owner};
use crate::error::{ApiError, Error, Missing, Reason};
use crate::query::todo_details::Repeat;
use crate::store::rows;

/// One thing a user does to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
#[cfg_attr(feature = "web", tsify(missing_as_null))]
pub enum CardEdit {
    /// Gives it another name.
    Rename {
        /// The name.
        name: String,
    },
    /// Moves it to another status (F25), where cards are moved by hand.
    Move {
        /// The status.
        status: StatusId,
    },
    /// Gives it to another owner, or to nobody. Assignees stay (F49).
    SetOwner {
        /// The owner; `None`: nobody, and everybody sees it.
        owner: Option<UserId>,
    },
    /// Gives a field a value, or takes it away.
    SetField {
        /// The field; one of the card's product.
        field: FieldId,
        /// The value, of the field's kind.
        value: Option<FieldValue>,
    },
    /// Chooses or clears one option of a multiple choice.
    SetOption {
        /// The field.
        field: FieldId,
        /// The option's key.
        option: String,
        /// Whether it is chosen.
        chosen: bool,
    },
    /// Makes a long text read so. What others write elsewhere in it at the same time survives.
    EditText {
        /// The field.
        field: FieldId,
        /// The whole text as it is to read.
        text: String,
    },
    /// Adds a todo (F44).
    AddTodo {
        /// What is to be done.
        text: String,
        /// When; `None`: no due.
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "web", serde(default))]
        due: Option<Due>,
        /// Who is to do it; `None`: the user who adds it.
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "web", serde(default))]
        assignee: Option<Owner>,
        /// The contact it is to be done with.
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "web", serde(default))]
        contact: Option<DocumentId>,
    },
    /// Changes a todo's text.
    RewordTodo {
        /// The todo.
        todo: PartId,
        /// What is to be done.
        text: String,
    },
    /// Moves a todo to another due (F51), or to none.
    Postpone {
        /// The todo.
        todo: PartId,
        /// When.
        due: Option<Due>,
    },
    /// Gives a todo to another assignee, or to nobody. The owner stays (F49).
    Assign {
        /// The todo.
        todo: PartId,
        /// Who is to do it.
        assignee: Option<UserId>,
    },
    /// Says more of a todo than its text.
    DescribeTodo {
        /// The todo.
        todo: PartId,
        /// What there is to say; empty: nothing more.
        description: String,
    },
    /// Marks a todo as urgent, or no more.
    MarkUrgent {
        /// The todo.
        todo: PartId,
        /// Whether it is.
        urgent: bool,
    },
    /// Says on which day a todo is to be done, beside the due by which it must be.
    PlanTodo {
        /// The todo.
        todo: PartId,
        /// The day; `None`: no more.
        day: Option<Day>,
    },
    /// Makes a todo come again, counted from its due, or no more (T7). Whoever closes it with or without success makes
    /// the next one by that; a closing without an outcome ends the series.
    RepeatTodo {
        /// The todo.
        todo: PartId,
        /// How often; `None`: no more.
        repeat: Option<Repeat>,
    },
    /// Lets a todo remind again then, and not before, on all devices of its assignee; its due stays. Another due ends
    /// it; a todo that is closed and opened again is still snoozed.
    Snooze {
        /// The todo.
        todo: PartId,
        /// Until when: of a day, until nine in the morning in the user's zone. `None`: no more.
        until: Option<Due>,
    },
    /// Says when and where a todo reminds, instead of what its assignee chose for all todos.
    SetReminders {
        /// The todo.
        todo: PartId,
        /// How many minutes before its due, up to five times of at most a year; empty: never. `None`: as for all todos.
        reminders: Option<Vec<u32>>,
        /// Where; empty: nowhere. `None`: as for all todos.
        channels: Option<Vec<Channel>>,
    },
    /// Closes a todo (F47, F52). The first closing counts.
    Close {
        /// The todo.
        todo: PartId,
        /// How it went.
        outcome: Outcome,
    },
    /// Opens a closed todo again (C11).
    Reopen {
        /// The todo.
        todo: PartId,
    },
    /// Writes down what happened (F56).
    AddEntry {
        /// `note`, `call`, `meeting`, `visit`, `mail`, `message`.
        #[cfg_attr(feature = "web", serde(rename = "sort"))]
        kind: String,
        /// When it happened; `None`: now.
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "web", serde(default))]
        at: Option<Timestamp>,
        /// What happened.
        text: String,
        /// The contact it happened with.
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "web", serde(default))]
        person: Option<DocumentId>,
        /// Where it happened.
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "web", serde(default))]
        place: String,
    },
    /// Links a contact or another card.
    Link {
        /// What the target is to this card: `customer`, `site`, ...
        role: String,
        /// The document it points to.
        target: DocumentId,
    },
    /// Removes a link.
    Unlink {
        /// The link.
        link: PartId,
    },
    /// Moves the card to the trash (F72).
    Trash,
    /// Takes it out of the trash (F72).
    Restore,
}

/// One thing a user does to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify), tsify(missing_as_null))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum ContactEdit {
    /// Sets the name. A company has no given name.
    Rename {
        /// The given name.
        given: String,
        /// The family name, or the company's name.
        family: String,
    },
    /// Gives a field a value, or takes it away.
    SetField {
        /// The field; one of persons or companies.
        field: FieldId,
        /// The value, of the field's kind.
        value: Option<FieldValue>,
    },
    /// Chooses or clears one option of a multiple choice.
    SetOption {
        /// The field.
        field: FieldId,
        /// The option's key.
        option: String,
        /// Whether it is chosen.
        chosen: bool,
    },
    /// Makes a long text read so. What others write elsewhere in it at the same time survives.
    EditText {
        /// The field.
        field: FieldId,
        /// The whole text as it is to read.
        text: String,
    },
    /// Adds a phone, email or address.
    AddDetail {
        /// Which of them.
        sort: DetailSort,
        /// `work`, `home`, ...; free text.
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "web", serde(default))]
        label: String,
        /// The number or address as written.
        value: String,
    },
    /// Changes a phone, email or address; an empty value removes it.
    SetDetail {
        /// The detail.
        detail: PartId,
        /// Which of them it is.
        sort: DetailSort,
        /// `work`, `home`, ...; free text.
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
    Unlink {
        /// The link.
        link: PartId,
    },
    /// Moves the contact to the trash (F72).
    Trash,
    /// Takes it out of the trash (F72).
    Restore,
}

/// A card to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct NewCard {
    /// Its product, for ever (F11).
    pub product: ProductId,
    /// Its name.
    pub name: String,
    /// Its first status; `None`: the first of its product, or derived.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub status: Option<StatusId>,
    /// The user who answers for it; `None`: the one who makes it.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub owner: Option<Owner>,
    /// What else it begins with; part of the same change.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub edits: Vec<CardEdit>,
}

/// A contact to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct NewContact {
    /// A person or a company.
    pub sort: ContactSort,
    /// A person's given name; empty for a company.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub given_name: String,
    /// A person's family name, or the company's name.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub family_name: String,
    /// What else it begins with; part of the same change.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub edits: Vec<ContactEdit>,
}

/// What an edit did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Edited {
    /// The ids of the todos, entries and details that it made, in the order of its edits.
    pub made: Vec<PartId>,
    /// The line of the history that it is, for `undo`; `None` if nothing changed, if it is several lines, and if it stays
    /// for good, as a note or a long text does.
    pub change: Option<String>,
    /// What screens must show anew.
    pub changes: ChangeSet,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Made {
    /// The card or contact.
    pub id: DocumentId,
    /// The ids of the todos, entries and details that it begins with, in the order of its edits.
    pub made: Vec<PartId>,
    /// The line of the history that it is, for `undo`; `None` if it is several lines.
    pub change: Option<String>,
    /// What screens must show anew.
    pub changes: ChangeSet,
}

/// One way to move a card into a status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Way {
    /// The fields that it sets, for the user to choose between ways; empty where cards are moved by hand.
    pub fields: Vec<FieldChange>,
    /// What to give to `edit_card`; empty: the card is there already.
    pub edits: Vec<CardEdit>,
}

/// A field that a way of moving a card sets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct FieldChange {
    /// The field.
    pub field: FieldId,
    /// What it will hold.
    pub value: Option<FieldValue>,
}

/// Makes a card: one change.
///
/// # Errors
/// Those of [`Client::create_card`] and of its edits.
pub fn create_card(client: &Client, new: &NewCard) -> Result<Made, ApiError> {
    let ((id, made, change), changes) = client.edits(None, |batch| {
        let product = batch.settings().product(new.product);
        product.ok_or(ApiError::NotFound { what: Missing::Product })?;
        let scope = FieldScope::Product(new.product);
        let mut drafting = Drafting::new(batch, Some(scope), Vec::new());
        if let Some(status) = new.status {
            drafting.status(status)?;
        }
        let owner = new.owner.unwrap_or_default();
        drafting.owner(owner)?;
        let commands = drafting.card(&new.edits)?;
        let made = drafting.made;
        let (product, name, status) = (new.product, new.name.clone(), new.status);
        let id = batch.create_card(&batch::NewCard { product, name, status, owner, commands })?;
        Ok((id, made, change_of(batch)))
    })?;
    Ok(Made { id, made, change, changes })
}

/// Edits a card: all edits are one change. What changes nothing stores nothing.
///
/// # Errors
/// [`ApiError::NotFound`]; those of its edits.
pub fn edit_card(client: &Client, id: DocumentId, edits: &[CardEdit]) -> Result<Edited, ApiError> {
    let ((made, change), changes) =
        client.edits(None, |batch| Ok((card(batch, id, edits)?, change_of(batch))))?;
    Ok(Edited { made, change, changes })
}

/// Edits several cards alike, as one act that history shows as one: all of them, or none.
///
/// # Errors
/// As for [`edit_card`].
pub fn edit_cards(client: &Client, cards: &[DocumentId], edits: &[CardEdit]) -> Result<Edited, ApiError> {
    let (made, changes) = client.batch(OriginKind::BULK, |batch| {
        let mut made = Vec::new();
        for id in cards {
            made.extend(card(batch, *id, edits)?);
        }
        Ok(made)
    })?;
    Ok(Edited { made, change: None, changes })
}

/// Makes a contact: one change.
///
/// # Errors
/// Those of [`Client::create_contact`] and of its edits.
pub fn create_contact(client: &Client, new: &NewContact) -> Result<Made, ApiError> {
    let ((id, made, change), changes) = client.edits(None, |batch| {
        let mut drafting = Drafting::new(batch, Some(scope_of(new.sort)), Vec::new());
        let (given, family) = (new.given_name.clone(), new.family_name.clone());
        let mut commands = vec![ContactCommand::Rename { given, family }];
        commands.extend(drafting.contact(&new.edits)?);
        let made = drafting.made;
        let id = batch.create_contact(&batch::NewContact { sort: new.sort, commands })?;
        Ok((id, made, change_of(batch)))
    })?;
    Ok(Made { id, made, change, changes })
}

/// Edits a contact: all edits are one change. What changes nothing stores nothing.
///
/// # Errors
/// [`ApiError::NotFound`]; those of its edits.
pub fn edit_contact(client: &Client, id: DocumentId, edits: &[ContactEdit]) -> Result<Edited, ApiError> {
    let ((made, change), changes) = client.edits(None, |batch| {
        let row =
            rows::contact(batch.connection(), id).map_err(ApiError::from)?.ok_or(Error::NoDocument(id))?;
        let mut drafting = Drafting::new(batch, Some(scope_of(row.sort)), row.fields);
        let commands = drafting.contact(edits)?;
        let made = drafting.made;
        batch.edit_contact(id, &commands)?;
        Ok((made, change_of(batch)))
    })?;
    Ok(Edited { made, change, changes })
}

/// The ways to move a card by hand into a status: one is taken at once, of several the user chooses (C24).
///
/// # Errors
/// [`ApiError::NotFound`].
pub fn moves_to(client: &Client, id: DocumentId, status: StatusId) -> Result<Vec<Way>, ApiError> {
    let settings = client.settings()?;
    let ways = client.moves_to(id, status)?;
    Ok(ways.into_iter().map(|commands| Way::of(&settings, commands)).collect())
}

fn card(batch: &mut Batch<'_>, id: DocumentId, edits: &[CardEdit]) -> Result<Vec<PartId>, ApiError> {
    let (commands, made) = card_commands(batch, id, edits)?;
    batch.edit_card(id, &commands)?;
    Ok(made)
}

/// The commands that edits of a card are, and the ids of what they make.
pub(crate) fn card_commands(
    batch: &Batch<'_>,
    id: DocumentId,
    edits: &[CardEdit],
) -> Result<(Vec<CardCommand>, Vec<PartId>), ApiError> {
    let row = rows::card(batch.connection(), id).map_err(ApiError::from)?.ok_or(Error::NoDocument(id))?;
    let mut drafting = Drafting::new(batch, row.product.map(FieldScope::Product), row.fields);
    let commands = drafting.card(edits)?;
    Ok((commands, drafting.made))
}

/// Turns edits into commands.
struct Drafting<'a, 'b> {
    batch: &'a Batch<'b>,
    scope: Option<FieldScope>,
    /// The field registers as they are, and as the edits so far make them.
    texts: Vec<(String, String)>,
    made: Vec<PartId>,
}

impl<'a, 'b> Drafting<'a, 'b> {
    fn new(batch: &'a Batch<'b>, scope: Option<FieldScope>, texts: Vec<(String, String)>) -> Self {
        Self { batch, scope, texts, made: Vec::new() }
    }

    fn part(&mut self) -> PartId {
        let id = PartId::new(self.batch.env());
        self.made.push(id);
        id
    }

    fn card(&mut self, edits: &[CardEdit]) -> Result<Vec<CardCommand>, ApiError> {
        let mut commands = Vec::with_capacity(edits.len());
        for edit in edits {
            match edit.clone() {
                CardEdit::Rename { name } => commands.push(CardCommand::Rename(name)),
                CardEdit::Move { status } => commands.push(CardCommand::Move(self.status(status)?)),
                CardEdit::SetOwner { owner } => {
                    let owner = owner.map(|owner| self.user(owner)).transpose()?;
                    commands.push(CardCommand::SetOwner(owner));
                }
                CardEdit::SetField { field, value } => {
                    commands.extend(self.field(field, value.as_ref())?.into_iter().map(
                        |write| match write {
                            Write::Field(field, text) => CardCommand::SetField(field, text),
                            Write::Option(field, option, chosen) => {
                                CardCommand::SetOption(field, option, chosen)
                            }
                        },
                    ));
                }
                CardEdit::SetOption { field, option, chosen } => {
                    self.option(field, &option)?;
                    commands.push(CardCommand::SetOption(field, option, chosen));
                }
                CardEdit::EditText { field, text } => {
                    self.long_text(field)?;
                    commands.push(CardCommand::EditText(field, text));
                }
                CardEdit::AddTodo { text, due, assignee, contact } => {
                    let assignee = self.owner(assignee.unwrap_or_default())?;
                    let id = self.part();
                    commands.push(CardCommand::AddTodo(NewTodo { id, text, due, assignee, contact }));
                }
                CardEdit::RewordTodo { todo, text } => commands.push(CardCommand::RewordTodo(todo, text)),
                CardEdit::Postpone { todo, due } => commands.push(CardCommand::Postpone(todo, due)),
                CardEdit::Assign { todo, assignee } => {
                    let assignee = assignee.map(|assignee| self.user(assignee)).transpose()?;
                    commands.push(CardCommand::Assign(todo, assignee));
                }
                CardEdit::DescribeTodo { todo, description } => {
                    commands.push(CardCommand::DescribeTodo(todo, description));
                }
                CardEdit::MarkUrgent { todo, urgent } => commands.push(CardCommand::MarkUrgent(todo, urgent)),
                CardEdit::PlanTodo { todo, day } => commands.push(CardCommand::PlanTodo(todo, day)),
                CardEdit::RepeatTodo { todo, repeat } => {
                    let rule = |repeat: Repeat| repeat.recurrence().ok_or(Reason::WrongForm);
                    let rule = repeat.map(rule).transpose().map_err(|reason| ApiError::Invalid { reason })?;
                    commands.push(CardCommand::RepeatTodo(todo, rule));
                }
                CardEdit::Snooze { todo, until } => {
                    let zone = self.batch.acting().zone;
                    let until = until.map(|until| snooze_until(until, zone));
                    commands.push(CardCommand::Snooze(todo, until));
                }
                CardEdit::SetReminders { todo, reminders, channels } => {
                    let wrong = ApiError::Invalid { reason: Reason::WrongForm };
                    let leads = reminders.map(leads_of).transpose().map_err(|_| wrong.clone())?;
                    let channels = channels.map(Channels::of).transpose().map_err(|_| wrong)?;
                    commands.push(CardCommand::RemindTodo(todo, leads));
                    commands.push(CardCommand::ChannelTodo(todo, channels));
                }
                CardEdit::Close { todo, outcome } => commands.push(CardCommand::Close(todo, outcome)),
                CardEdit::Reopen { todo } => commands.push(CardCommand::Reopen(todo)),
                CardEdit::AddEntry { kind, at, text, person, place } => {
                    let at = at.unwrap_or(self.batch.acting().now);
                    let id = self.part();
                    commands.push(CardCommand::AddEntry(NewEntry {
                        id,
                        kind,
                        at,
                        text,
                        by: None,
                        person,
                        place,
                    }));
                }
                CardEdit::Link { role, target } => commands.push(CardCommand::Link { role, target }),
                CardEdit::Unlink { link } => commands.push(CardCommand::Unlink(link)),
                CardEdit::Trash => commands.push(CardCommand::Trash),
                CardEdit::Restore => commands.push(CardCommand::Restore),
            }
        }
        Ok(commands)
    }

    fn contact(&mut self, edits: &[ContactEdit]) -> Result<Vec<ContactCommand>, ApiError> {
        let mut commands = Vec::with_capacity(edits.len());
        for edit in edits {
            match edit.clone() {
                ContactEdit::Rename { given, family } => {
                    commands.push(ContactCommand::Rename { given, family })
                }
                ContactEdit::SetField { field, value } => {
                    for write in self.field(field, value.as_ref())? {
                        match write {
                            Write::Field(field, text) => commands.push(ContactCommand::SetField(field, text)),
                            Write::Option(field, option, chosen) => {
                                commands.push(ContactCommand::SetOption(field, option, chosen));
                            }
                        }
                    }
                }
                ContactEdit::SetOption { field, option, chosen } => {
                    self.option(field, &option)?;
                    commands.push(ContactCommand::SetOption(field, option, chosen));
                }
                ContactEdit::EditText { field, text } => {
                    self.long_text(field)?;
                    commands.push(ContactCommand::EditText(field, text));
                }
                ContactEdit::AddDetail { sort, label, value } => {
                    let id = self.part();
                    commands.push(ContactCommand::SetDetail { id, sort, label, value });
                }
                ContactEdit::SetDetail { detail: id, sort, label, value } => {
                    commands.push(ContactCommand::SetDetail { id, sort, label, value });
                }
                ContactEdit::Link { role, target } => commands.push(ContactCommand::Link { role, target }),
                ContactEdit::Unlink { link } => commands.push(ContactCommand::Unlink(link)),
                ContactEdit::Trash => commands.push(ContactCommand::Trash),
                ContactEdit::Restore => commands.push(ContactCommand::Restore),
            }
        }
        Ok(commands)
    }

    /// What is to be written so that a field has a value and no other.
    fn field(&mut self, id: FieldId, value: Option<&FieldValue>) -> Result<Vec<Write>, ApiError> {
        let field = self.definition(id)?;
        let wanted = value.map(|value| value.of_kind(&field.kind)).transpose()?;
        if let Some(FieldValue::User { user }) = value {
            self.user(*user)?;
        }
        let writes = field.writes(FieldTexts::new(&self.texts), wanted.as_ref());
        let mut commands = Vec::with_capacity(writes.len());
        for (register, text) in writes {
            commands.push(match register.split_once('/') {
                Some((_, option)) => Write::Option(id, option.to_owned(), text == SET),
                None => Write::Field(id, text.clone()),
            });
            // A second edit of the same field builds on this one.
            match self.texts.iter_mut().find(|(name, _)| *name == register) {
                Some((_, known)) => *known = text,
                None => self.texts.push((register, text)),
            }
        }
        Ok(commands)
    }

    /// A status of the product of what is edited.
    fn status(&self, id: StatusId) -> Result<StatusId, ApiError> {
        let status = self.batch.settings().status(id);
        let status = status.filter(|status| Some(FieldScope::Product(status.product)) == self.scope);
        status.map(|status| status.id).ok_or(ApiError::NotFound { what: Missing::Status })
    }

    fn owner(&self, owner: Owner) -> Result<Option<UserId>, ApiError> {
        match owner {
            Owner::User { id } => self.user(id).map(Some),
            Owner::Me | Owner::Nobody => Ok(self.batch.user_of(owner)),
        }
    }

    /// A user of the organisation: everybody's phone has all of them.
    fn user(&self, id: UserId) -> Result<UserId, ApiError> {
        let user = self.batch.settings().user(id);
        user.map(|user| user.id).ok_or(ApiError::NotFound { what: Missing::User })
    }

    /// The field of what is edited that has this id.
    fn definition(&self, id: FieldId) -> Result<&'a FieldDefinition, ApiError> {
        let settings = self.batch.settings();
        let field = settings.field(id).filter(|field| Some(field.scope) == self.scope);
        field.ok_or(ApiError::NotFound { what: Missing::Field })
    }

    /// A value is never put over a long text again, so none is made in a field of another kind.
    fn long_text(&self, id: FieldId) -> Result<(), ApiError> {
        match self.definition(id)?.kind {
            FieldKind::LongText => Ok(()),
            _ => Err(ApiError::Invalid { reason: Reason::WrongForm }),
        }
    }

    fn option(&self, id: FieldId, option: &str) -> Result<(), ApiError> {
        match &self.definition(id)?.kind {
            FieldKind::Choice { options, multiple: true }
                if options.iter().any(|known| known.key.as_str() == option) =>
            {
                Ok(())
            }
            _ => Err(ApiError::Invalid { reason: Reason::WrongForm }),
        }
    }
}

/// Leads of minutes in whatever order, however often each is named.
fn leads_of(mut minutes: Vec<u32>) -> Result<Leads, LeadsError> {
    minutes.sort_unstable();
    minutes.dedup();
    Leads::new(&minutes)
}

/// One register of a field and what it is to hold.
enum Write {
    Field(FieldId, String),
    Option(FieldId, String, bool),
}

impl Way {
    fn of(settings: &Settings, commands: Vec<CardCommand>) -> Self {
        let (mut fields, mut edits) = (Vec::new(), Vec::new());
        for command in commands {
            match command {
                CardCommand::Move(status) => edits.push(CardEdit::Move { status }),
                CardCommand::SetField(field, text) => {
                    let kind = settings.field(field).map(|field| &field.kind);
                    let value = kind.and_then(|kind| kind.read(&text)).map(FieldValue::from);
                    fields.push(FieldChange { field, value: value.clone() });
                    edits.push(CardEdit::SetField { field, value });
                }
                // A move sets choices and flags, and nothing else.
                _ => {}
            }
        }
        Self { fields, edits }
    }
}
