//! Search over all that the user has: cards, contacts and todos (T20).

use roadbook_domain::crm::row::{CardRow, ContactRow, TodoRow};
use roadbook_domain::value::fold::{fold, search_words};
use roadbook_domain::value::id::{DocumentId, PartId};
use rusqlite::Connection;

use super::board::{holding, ids};
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::store::rows;

/// What a search found, none of it in the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Contacts, by family name.
    pub contacts: Vec<(DocumentId, ContactRow)>,
    /// Cards, those with something to do first.
    pub cards: Vec<(DocumentId, CardRow)>,
    /// Open todos with the names of their cards, the next due first.
    pub todos: Vec<(DocumentId, String, TodoRow)>,
}

impl Client {
    /// The contacts and cards whose names, and the open todos whose texts, hold all words of `text`: in whatever
    /// order, case and spelling of marks. At most `limit` of each. Without a word nothing is found.
    ///
    /// Todos are read one by one, so a search over very many takes a while: [`Client::interrupt`] ends it.
    ///
    /// # Errors
    /// [`ApiError::Interrupted`].
    pub fn search(&self, text: &str, limit: u32) -> Result<Found, ApiError> {
        let words = search_words(text);
        if words.is_empty() {
            return Ok(Found::default());
        }
        Ok(self.store().query(|connection| {
            Ok(Found {
                contacts: Self::contacts_with(connection, Some(text), 0, limit)?,
                cards: cards(connection, &words, limit)?,
                todos: todos(connection, &words, limit)?,
            })
        })?)
    }
}

fn cards(connection: &Connection, words: &[String], limit: u32) -> Result<Vec<(DocumentId, CardRow)>, Error> {
    let (holding, params) = holding("search", words, &[&limit]);
    let sql = format!(
        "SELECT document FROM card WHERE trash = 0{holding} ORDER BY has_open DESC, next_due, document LIMIT ?1"
    );
    rows::cards(connection, ids(connection, &sql, &params)?)
}

fn todos(
    connection: &Connection,
    words: &[String],
    limit: u32,
) -> Result<Vec<(DocumentId, String, TodoRow)>, Error> {
    let sql = "SELECT document, todo, text, card_name FROM todo WHERE open = 1 AND trash = 0
               ORDER BY overdue_from IS NULL, overdue_from, document, todo";
    let mut statement = connection.prepare_cached(sql)?;
    let mut all = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = all.next()?.filter(|_| found.len() < limit as usize) {
        let text = fold(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?);
        if !words.iter().all(|word| text.contains(word.as_str())) {
            continue;
        }
        let (card, todo) = (DocumentId::from_bytes(row.get(0)?), PartId::from_bytes(row.get(1)?));
        let todos = rows::card(connection, card)?.map(|row| row.todos).unwrap_or_default();
        if let Some(todo) = todos.into_iter().find(|known| known.id == todo) {
            found.push((card, row.get(3)?, todo));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewTodo};
    use roadbook_domain::crm::row::ContactSort;
    use roadbook_domain::value::id::PartId;
    use roadbook_domain::value::todo::Outcome;

    use crate::testing::Phone;
    use crate::{ApiError, NewContact};

    #[test]
    fn a_search_that_nobody_waits_for_any_more_ends_and_the_next_one_does_not() {
        let phone = Phone::local(1);
        let todos = (0..2_000_u16).map(|n| {
            let [high, low] = n.to_be_bytes();
            CardCommand::AddTodo(NewTodo {
                id: PartId::from_bytes([high, low, 1, 1, 1, 1]),
                text: format!("Call number {n}"),
                due: None,
                assignee: None,
                contact: None,
            })
        });
        phone.card("Bakery", &todos.collect::<Vec<_>>());
        let (asking, client) = (AtomicBool::new(true), &phone.client);
        let is_interrupted = thread::scope(|scope| {
            scope.spawn(|| {
                while asking.load(Ordering::Relaxed) {
                    client.interrupt();
                }
            });
            let searched = (0..1_000).map(|_| client.search("nowhere", 10));
            let is_interrupted = searched.into_iter().any(|found| found == Err(ApiError::Interrupted));
            asking.store(false, Ordering::Relaxed);
            is_interrupted
        });
        assert!(is_interrupted);
        assert_eq!(phone.client.search("number 1999", 10).unwrap().todos.len(), 1);
    }

    #[test]
    fn cards_contacts_and_open_todos_are_found_by_words_in_any_order_case_and_spelling() {
        let phone = Phone::local(1);
        let todo = |n: u8, text: &str| NewTodo {
            id: PartId::from_bytes([n; 6]),
            text: text.to_owned(),
            due: None,
            assignee: None,
            contact: None,
        };
        let card = phone.card("Kovács pékség", &[CardCommand::AddTodo(todo(1, "Hívni: új kemence"))]);
        let closed = [
            CardCommand::AddTodo(todo(2, "Kemence ára")),
            CardCommand::Close(PartId::from_bytes([2; 6]), Outcome::Success),
        ];
        phone.card("Other", &closed);
        let name = ContactCommand::Rename { given: "Éva".to_owned(), family: "Kovács".to_owned() };
        let contact = NewContact { sort: ContactSort::Person, commands: vec![name] };
        let (contact, _) = phone.client.create_contact(&contact).unwrap();

        let found = phone.client.search("KOVACS", 10).unwrap();
        assert_eq!(found.cards.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [card]);
        assert_eq!(found.contacts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [contact]);
        assert!(found.todos.is_empty());

        let found = phone.client.search("kemence hivni", 10).unwrap();
        let texts: Vec<_> =
            found.todos.iter().map(|(of, name, todo)| (*of, name.as_str(), &*todo.text)).collect();
        assert_eq!(texts, [(card, "Kovács pékség", "Hívni: új kemence")], "a closed one is not found");
        assert_eq!(phone.client.search(" ", 10).unwrap(), Default::default());
        phone.client.edit_card(card, &[CardCommand::Trash]).unwrap();
        assert_eq!(phone.client.search("kemence", 10).unwrap(), Default::default());
    }
}
