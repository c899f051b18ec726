//! What the people of the model do on their phones.

use roadbook_client::{ApiError, Client, NewCard, NewContact, Owner};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo, UserCommand};
use roadbook_domain::crm::row::{CardRow, ContactSort};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId, StatusId};
use roadbook_domain::value::todo::Outcome;

use super::{World, Written};
use crate::model::server::REFUSED;

impl World {
    /// A random edit on a phone, durable when this returns.
    pub(super) fn edit(&mut self, phone: usize) -> Result<(), String> {
        let now = self.env.now();
        let phone = self.phone(phone)?;
        phone.set_now(now);
        let (client, cards) = (phone.client()?, phone.documents(DocumentTypeId::CARD)?);
        let contacts = phone.documents(DocumentTypeId::CONTACT)?;
        // One character, so that no edit of a text can take it apart.
        let number = u32::try_from(self.written.len()).unwrap_or_default();
        let value = char::from_u32(0x4E00 + number).unwrap_or_default().to_string();
        let place = usize::try_from(self.draw(cards.len() as u64)).unwrap_or_default();
        let made = match (self.draw(12), cards.get(place)) {
            (0, _) | (_, None) => self.make_card(&client, &value).map(Some),
            (1, _) => make_contact(&client, &value).map(Some),
            (2, Some(card)) if !contacts.is_empty() => {
                let place = usize::try_from(self.draw(contacts.len() as u64)).unwrap_or_default();
                let contact = contacts.get(place).copied().unwrap_or(*card);
                let link = CardCommand::Link { role: "customer".to_owned(), target: contact };
                client.edit_card(*card, &[link]).map(|_| None)
            }
            (3, Some(card)) => client.edit_user(&[UserCommand::Opened(*card)]).map(|_| None).or(Ok(None)),
            (_, Some(card)) => self.edit_card(&client, *card, &value).map(|written| written.then_some(*card)),
        };
        match made {
            Ok(document) => {
                let written = document.map(|document| (value, Written { document, excused: false }));
                self.written.extend(written);
                Ok(())
            }
            Err(error) => Err(format!("an edit: {error}")),
        }
    }

    fn make_card(&self, client: &Client, value: &str) -> Result<DocumentId, ApiError> {
        let settings = client.settings()?;
        let Some(product) = settings.products().next() else {
            // It has not synced yet: there is no product to make a card in.
            return make_contact(client, value);
        };
        let owner = if self.draw(2) == 0 { Owner::Me } else { Owner::Nobody };
        let todo = NewTodo {
            id: PartId::new(&self.env),
            text: format!("call {value}"),
            due: "2026-11-22".parse().ok(),
            assignee: client.me()?.map(|me| me.user),
            contact: None,
        };
        let commands = vec![CardCommand::AddTodo(todo)];
        let new = NewCard { product: product.id, name: value.to_owned(), status: None, owner, commands };
        client.create_card(&new).map(|(id, _)| id)
    }

    /// Edits a card; tells whether the value was written.
    fn edit_card(&self, client: &Client, card: DocumentId, value: &str) -> Result<bool, ApiError> {
        let view = client.card(card)?;
        let notes = FieldId::derived(&[b"notes"]);
        let field = FieldId::derived(&[&[u8::try_from(self.draw(3)).unwrap_or_default()]]);
        let text =
            view.texts.iter().find(|(name, _)| *name == notes.to_string()).map(|(_, text)| text.as_str());
        let command = match self.draw(12) {
            0 => CardCommand::Rename(value.to_owned()),
            1 => CardCommand::Rename(format!("{REFUSED} {value}")),
            2 => CardCommand::SetField(field, format!("{REFUSED} {value}")),
            3 | 4 => CardCommand::SetField(field, value.to_owned()),
            5 | 6 => CardCommand::EditText(notes, format!("{} {value}", text.unwrap_or_default())),
            7 => CardCommand::EditText(notes, format!("{value} {}", text.unwrap_or_default())),
            8 => CardCommand::AddTodo(NewTodo {
                id: PartId::new(&self.env),
                text: value.to_owned(),
                due: None,
                assignee: None,
                contact: None,
            }),
            9 => CardCommand::AddEntry(NewEntry {
                id: PartId::new(&self.env),
                kind: "call".to_owned(),
                at: self.env.now(),
                text: value.to_owned(),
                person: None,
                by: None,
                place: String::new(),
            }),
            10 => return self.move_card(client, card, &view.row).map(|()| false),
            _ => return self.edit_todo(client, card, &view.row, value),
        };
        client.edit_card(card, &[command]).map(|_| true)
    }

    fn edit_todo(
        &self,
        client: &Client,
        card: DocumentId,
        row: &CardRow,
        value: &str,
    ) -> Result<bool, ApiError> {
        let place = usize::try_from(self.draw(row.todos.len() as u64)).unwrap_or_default();
        let Some(todo) = row.todos.get(place) else { return Ok(false) };
        let (command, written) = match self.draw(4) {
            0 => (CardCommand::Close(todo.id, Outcome::Success), false),
            1 => (CardCommand::Reopen(todo.id), false),
            2 => (CardCommand::Postpone(todo.id, "2027-03-01".parse().ok()), false),
            _ => (CardCommand::RewordTodo(todo.id, value.to_owned()), true),
        };
        client.edit_card(card, &[command]).map(|_| written)
    }

    fn move_card(&self, client: &Client, card: DocumentId, row: &CardRow) -> Result<(), ApiError> {
        let settings = client.settings()?;
        let statuses: Vec<StatusId> = row
            .product
            .into_iter()
            .flat_map(|product| settings.statuses(product))
            .map(|status| status.id)
            .collect();
        let place = usize::try_from(self.draw(statuses.len() as u64)).unwrap_or_default();
        let command = match statuses.get(place) {
            Some(status) => CardCommand::Move(*status),
            None => CardCommand::Trash,
        };
        client.edit_card(card, &[command]).map(drop)
    }
}

fn make_contact(client: &Client, value: &str) -> Result<DocumentId, ApiError> {
    let name = ContactCommand::Rename { given: value.to_owned(), family: "Kovács".to_owned() };
    client.create_contact(&NewContact { sort: ContactSort::Person, commands: vec![name] }).map(|(id, _)| id)
}
