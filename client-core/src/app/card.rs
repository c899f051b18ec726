//! A card, opened.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use roadbook_domain::access::audience::inbox_id;
use roadbook_domain::crm::row::LinkRow;
use roadbook_domain::read::view::Unread;
use roadbook_domain::settings::field::FieldScope;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::trash::Trash;

use super::conflict::Conflict;
use super::field::{FieldView, fields};
use super::lists::ContactItem;
use super::todo::TodoView;
use crate::client::Client;
use crate::error::ApiError;
use crate::query::card::{self as query, EntryView, SyncState};

/// A card, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct CardView {
    /// The card.
    pub id: DocumentId,
    /// Its product; `None` only if the change that made it was lost.
    pub product: Option<ProductId>,
    /// Its name.
    pub name: String,
    /// The status it is in, stored or derived.
    pub status: Option<StatusId>,
    /// The user who answers for it; `None`: nobody, and everybody sees it (F67).
    pub owner: Option<UserId>,
    /// Whether it is in use.
    pub trash: Trash,
    /// Whether it is the user's inbox card, which cannot go to the trash.
    pub is_inbox: bool,
    /// The fields that hold something, in the order of a form.
    pub fields: Vec<FieldView>,
    /// The fields that hold nothing though statuses ask for them, in the order of a form (F43): a hint, and no more.
    pub missing: Vec<MissingField>,
    /// Its todos: the open ones, the next step first, then those that were closed, the latest first.
    pub todos: Vec<TodoView>,
    /// The todo that is to be done next: who, with whom, what and when (F35).
    pub next: Option<PartId>,
    /// What was written down of what happened, the latest first (F56).
    pub entries: Vec<EntryView>,
    /// The contacts and cards that it links to.
    pub links: Vec<LinkRow>,
    /// The contacts that it links to, or that a todo or an entry of it names, as far as they are here.
    pub contacts: Vec<ContactItem>,
    /// Where people wrote the same at once (N3).
    pub conflicts: Vec<Conflict>,
    /// What a later version of the app wrote: to be shown as it is.
    pub unread: Vec<Unread>,
    /// When somebody last wrote a call, meeting, visit, mail or message into it.
    pub last_contact: Option<Timestamp>,
    /// When it was made, by its author's clock.
    pub created: Option<Timestamp>,
    /// How far the user's own edits of it have come.
    pub sync: SyncState,
    /// The next instant at which a todo changes its class, or the card its status, by time alone: set one timer.
    pub next_change: Option<Timestamp>,
}

/// A field that a card does not have, and statuses of its product ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct MissingField {
    /// The field.
    pub field: FieldId,
    /// The statuses.
    pub statuses: Vec<StatusId>,
}

impl CardView {
    /// Opens a card.
    ///
    /// # Errors
    /// [`ApiError::NotFound`]; [`ApiError::Invalid`] for a document that is no card.
    pub fn open(client: &Client, id: DocumentId) -> Result<Self, ApiError> {
        let (opened, settings) = client.card_with_settings(id)?;
        let is_inbox = client.me()?.is_some_and(|me| inbox_id(me.user) == id);
        let query::CardView {
            row,
            status,
            texts,
            entries,
            conflicts,
            unread,
            open,
            closings,
            details,
            contacts,
            sync,
            ..
        } = opened;
        let scope = row.product.map(FieldScope::Product);
        let mut rows: BTreeMap<_, _> = row.todos.into_iter().map(|todo| (todo.id, todo)).collect();
        let next = open.first().map(|open| open.todo);
        let fields = fields(&settings, scope, &row.fields, &texts);
        let held = fields.iter().map(|view| view.field).collect();
        let missing = row.product.into_iter().flat_map(|product| settings.missing(product, &held));
        let missing =
            missing.map(|field| MissingField { field: field.id, statuses: field.required_for.clone() });
        let open: Vec<_> =
            open.iter().filter_map(|open| Some(TodoView::of_open(rows.remove(&open.todo)?, open))).collect();
        let mut closed: Vec<_> =
            rows.into_values().map(|todo| TodoView::of_closed(todo, &closings)).collect();
        closed.sort_by_key(|todo| Reverse(todo.closings.first().map(|closing| closing.at)));
        Ok(Self {
            id,
            product: row.product,
            name: row.name,
            status,
            owner: row.owner,
            trash: row.trash,
            is_inbox,
            missing: missing.collect(),
            fields,
            todos: open.into_iter().chain(closed).map(|todo| todo.with(&details)).collect(),
            next,
            entries,
            links: row.links,
            contacts: contacts.into_iter().map(|(id, row)| ContactItem::of_row(id, row)).collect(),
            conflicts: Conflict::of_all(conflicts, &settings),
            unread,
            last_contact: row.last_contact,
            created: row.created,
            sync,
            next_change: opened.next_change,
        })
    }
}

#[cfg(test)]
mod tests {
    use roadbook_domain::crm::command::CardCommand;
    use roadbook_domain::settings::SettingsRow;
    use roadbook_domain::settings::catalogue::{field_id, status_id};
    use roadbook_domain::settings::field::FieldDefinition;

    use super::*;
    use crate::testing::{Phone, new_card};

    #[test]
    fn a_card_says_which_fields_it_has_not_though_statuses_ask_for_them() {
        let phone = Phone::local(1);
        let sales = phone.product("Sales");
        let (value, won) = (field_id(sales, "expected_value"), status_id(sales, "won"));
        let optional = phone.client.settings().unwrap().field(value).unwrap().clone();
        let row = SettingsRow::new(&FieldDefinition { required_for: vec![won], ..optional }, 2);
        phone
            .client
            .changing(|tx| Ok((crate::store::settings::put(tx, &[row])?, Default::default())))
            .unwrap();

        let card = phone.client.create_card(&new_card(sales, "Roof", &[])).unwrap().0;
        let missing = || CardView::open(&phone.client, card).unwrap().missing;
        assert_eq!(missing(), [MissingField { field: value, statuses: vec![won] }]);
        let fill = |text: &str| phone.client.edit_card(card, &[CardCommand::SetField(value, text.into())]);
        fill("1990 HUF").unwrap();
        assert_eq!(missing(), []);
        fill("").unwrap();
        assert_eq!(missing().len(), 1);
    }
}
