//! Search over all that the user has: cards, contacts, todos and entries (T20).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use roadbook_domain::crm::row::{CardRow, ContactRow, EntryRow, TodoRow};
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::value::fold::search_words;
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use super::board::MOST_WORDS;
use super::names::name;
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::store::words::{self, Sort};
use crate::store::{entries, rows};

/// What a search found, none of it in the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Contacts, by family name.
    pub contacts: Vec<(DocumentId, ContactRow)>,
    /// Cards, those with something to do first.
    pub cards: Vec<(DocumentId, CardRow)>,
    /// Open todos with the names of their cards, the next due first; where very many are found, of those that came last.
    pub todos: Vec<(DocumentId, String, TodoRow)>,
    /// Notes, calls, meetings and visits, the newest first; where very many are found, of those that came last.
    pub entries: Vec<FoundEntry>,
}

/// A note, call, meeting or visit that a search found (F56).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct FoundEntry {
    /// The card or contact that it is written in.
    pub document: DocumentId,
    /// Whether that is a contact.
    pub is_contact: bool,
    /// What the card or contact is called, in the order of the user's language (T19).
    pub name: String,
    /// Its id within the document.
    pub entry: PartId,
    /// `note`, `call`, `meeting`, `visit`, ...
    pub kind: String,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// What happened.
    pub text: String,
}

impl Client {
    /// The cards whose names, the contacts whose name, number or address, and the open todos and entries whose texts hold
    /// all words of `text`, each as the beginning of a word: in whatever order, case and spelling of marks. At most
    /// `limit` of each. Without a word nothing is found.
    ///
    /// An index of words answers: where very many have the words, those that came last are looked at. What an exchange
    /// has just brought is read one by one until it is indexed, which after a first sync takes a while:
    /// [`Client::interrupt`] ends it.
    ///
    /// # Errors
    /// [`ApiError::Interrupted`].
    pub fn search(&self, text: &str, limit: u32) -> Result<Found, ApiError> {
        let mut words = search_words(text);
        words.truncate(MOST_WORDS);
        if words.is_empty() {
            return Ok(Found::default());
        }
        Ok(self.store().query(|connection| {
            let workspace = self.store().workspace(connection)?;
            let language = workspace.settings.language(workspace.user());
            Ok(Found {
                contacts: contacts(connection, &words, limit)?,
                cards: cards(connection, &words, limit)?,
                todos: todos(connection, &words, limit)?,
                entries: entries(connection, &words, language, limit)?,
            })
        })?)
    }
}

/// A todo or an entry, and the card or contact that it stands in.
type Place = (DocumentId, PartId);

fn cards(connection: &Connection, words: &[String], limit: u32) -> Result<Vec<(DocumentId, CardRow)>, Error> {
    let sql = "SELECT has_open = 0, next_due FROM card WHERE document = ?1 AND trash = 0";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found: Vec<((bool, i64), DocumentId)> = Vec::new();
    for (id, _) in words::found(connection, Sort::Card, words)? {
        let place = statement.query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.extend(place.map(|place| (place, id)));
    }
    found.sort_unstable();
    rows::cards(connection, first(found, limit))
}

fn contacts(
    connection: &Connection,
    words: &[String],
    limit: u32,
) -> Result<Vec<(DocumentId, ContactRow)>, Error> {
    let sql = "SELECT place FROM contact WHERE document = ?1 AND trash = 0";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found: BTreeSet<(Vec<u8>, DocumentId)> = BTreeSet::new();
    for (id, _) in words::found(connection, Sort::Contact, words)? {
        let place = statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
        found.extend(place.map(|place| (place, id)));
    }
    rows::contacts(connection, first(found, limit))
}

fn todos(
    connection: &Connection,
    words: &[String],
    limit: u32,
) -> Result<Vec<(DocumentId, String, TodoRow)>, Error> {
    let sql = "SELECT overdue_from IS NULL, overdue_from, todo FROM todo
               WHERE document = ?1 AND todo = ?2 AND open = 1 AND trash = 0";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found: Vec<((bool, Option<i64>), Place)> = Vec::new();
    for (card, todo) in words::found(connection, Sort::Todo, words)? {
        let place = |row: &Row<'_>| Ok(((row.get(0)?, row.get(1)?), (card, PartId::from_bytes(row.get(2)?))));
        found.extend(statement.query_row((card.as_bytes(), todo), place).optional()?);
    }
    found.sort_unstable();
    let mut told = Vec::new();
    for (card, id) in first(found, limit) {
        let row = rows::card(connection, card)?;
        let named = row.map(|row| (row.name, row.todos.into_iter().find(|todo| todo.id == id)));
        told.extend(named.and_then(|(name, todo)| Some((card, name, todo?))));
    }
    Ok(told)
}

fn entries(
    connection: &Connection,
    words: &[String],
    language: Language,
    limit: u32,
) -> Result<Vec<FoundEntry>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT at, entry FROM entry WHERE document = ?1 AND entry = ?2")?;
    let mut found: Vec<(Reverse<Option<i64>>, Place)> = Vec::new();
    for (document, entry) in words::found(connection, Sort::Entry, words)? {
        let place = |row: &Row<'_>| Ok((Reverse(row.get(0)?), (document, PartId::from_bytes(row.get(1)?))));
        found.extend(statement.query_row((document.as_bytes(), entry), place).optional()?);
    }
    found.sort_unstable();
    let told = found.into_iter().map(|(_, (document, id))| {
        // Asked only now: whoever puts a card into the trash does not touch what is written in it.
        let Some(named) = name(connection, document, language)?.filter(|named| !named.is_trashed) else {
            return Ok(None);
        };
        let entry = entries::one(connection, document, id)?;
        Ok(entry.map(|EntryRow { kind, at, text, .. }| FoundEntry {
            document,
            is_contact: named.is_contact,
            name: named.name,
            entry: id,
            kind,
            at,
            text,
        }))
    });
    told.filter_map(Result::transpose).take(limit as usize).collect()
}

/// The first of what was sorted, without that by which.
fn first<T>(sorted: impl IntoIterator<Item = (impl Ord, T)>, limit: u32) -> Vec<T> {
    sorted.into_iter().take(limit as usize).map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo};
    use roadbook_domain::crm::contact;
    use roadbook_domain::crm::row::ContactSort;
    use roadbook_domain::value::id::{DocumentId, PartId};
    use roadbook_domain::value::time::Timestamp;
    use roadbook_domain::value::todo::Outcome;

    use crate::testing::{Phone, part};
    use crate::{ApiError, FoundEntry, NewContact};

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
        // Those that are not indexed yet are read one by one.
        let forget = |tx: &rusqlite::Transaction<'_>| {
            Ok(tx.execute("INSERT INTO unindexed SELECT document FROM card", [])?)
        };
        phone.client.store().write(forget).unwrap();
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

    fn entry(n: u8, kind: &str, at: i64, text: &str) -> CardCommand {
        CardCommand::AddEntry(NewEntry {
            id: part(n),
            kind: kind.to_owned(),
            at: Timestamp::from_millis(at),
            text: text.to_owned(),
            by: None,
            person: None,
            place: String::new(),
        })
    }

    /// Where entries are found, and which.
    fn entries(phone: &Phone, text: &str) -> Vec<(DocumentId, PartId)> {
        let found = phone.client.search(text, 9).unwrap().entries;
        found.into_iter().map(|found| (found.document, found.entry)).collect()
    }

    #[test]
    fn entries_are_found_by_their_words_the_newest_first_and_not_in_the_trash() {
        let phone = Phone::local(1);
        let bakery = [entry(1, "note", 3, "Új kemence kell"), entry(2, "call", 1, "A kemence ára")];
        let bakery = phone.card("Kovács pékség", &bakery);
        let mill = phone.card("Malom", &[entry(1, "visit", 2, "Nincs kemence")]);
        phone.client.edit_card(mill, &[entry(2, "call", 4, "Kemence? Nem.")]).unwrap();

        let all = [(mill, part(2)), (bakery, part(1)), (mill, part(1)), (bakery, part(2))];
        assert_eq!(entries(&phone, "KEMENCE"), all);
        assert_eq!(phone.client.search("kemence", 2).unwrap().entries.len(), 2);
        let expected = FoundEntry {
            document: bakery,
            is_contact: false,
            name: "Kovács pékség".to_owned(),
            entry: part(1),
            kind: "note".to_owned(),
            at: Some(Timestamp::from_millis(3)),
            text: "Új kemence kell".to_owned(),
        };
        assert_eq!(phone.client.search("kell uj", 9).unwrap().entries, [expected]);

        phone.client.edit_card(bakery, &[CardCommand::Trash]).unwrap();
        assert_eq!(entries(&phone, "kemence"), [(mill, part(2)), (mill, part(1))]);
        phone.client.edit_card(bakery, &[CardCommand::Restore]).unwrap();
        assert_eq!(entries(&phone, "kemence"), all);
        assert_eq!(phone.client.wrong_projections().unwrap(), []);
    }

    #[test]
    fn an_entry_of_a_contact_is_found_under_the_name_in_the_order_of_the_language() {
        let phone = Phone::local(1);
        let note = |part: &str, value: &str| {
            let name = format!("{}/{part}", PartId::from_bytes([1; 6]));
            ContactCommand::Resolve(contact::ENTRIES, name, value.to_owned())
        };
        let rename = ContactCommand::Rename { given: "Éva".to_owned(), family: "Kovács".to_owned() };
        let commands = vec![rename, note("kind", "note"), note("text", "Szereti a rozskenyeret")];
        let new = NewContact { sort: ContactSort::Person, commands };
        let (eva, _) = phone.client.create_contact(&new).unwrap();
        let found = phone.client.search("rozskenyeret", 9).unwrap().entries;
        let [found] = &found[..] else { panic!("{found:?}") };
        assert_eq!((found.document, found.is_contact, found.name.as_str()), (eva, true, "Kovács Éva"));
        assert_eq!((found.kind.as_str(), found.at), ("note", None));
    }

    #[test]
    fn an_edit_that_writes_no_entry_leaves_their_rows_alone() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[entry(1, "note", 1, "Right")]);
        let spoil = |tx: &rusqlite::Transaction<'_>| Ok(tx.execute("UPDATE entry SET text = 'spoilt'", [])?);
        phone.client.store().write(spoil).unwrap();
        assert_eq!(phone.client.wrong_projections().unwrap(), [card]);
        phone.client.edit_card(card, &[CardCommand::Rename("Mill".to_owned()), CardCommand::Trash]).unwrap();
        phone.client.edit_card(card, &[CardCommand::Restore]).unwrap();
        assert_eq!(entries(&phone, "spoilt"), [(card, part(1))]);
        phone.client.edit_card(card, &[entry(2, "call", 2, "Right, too")]).unwrap();
        assert_eq!(entries(&phone, "spoilt"), []);
        assert_eq!(entries(&phone, "right"), [(card, part(2)), (card, part(1))]);
    }

    #[test]
    fn entries_that_are_still_to_be_made_come_in_the_background() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[entry(1, "note", 1, "Right")]);
        let forget = |tx: &rusqlite::Transaction<'_>| {
            Ok(tx.execute_batch("DELETE FROM entry; UPDATE document SET stale = 1")?)
        };
        phone.client.store().write(forget).unwrap();
        assert_eq!(entries(&phone, "right"), []);
        assert_eq!(phone.client.wrong_projections().unwrap(), [], "they are not expected yet");
        while phone.client.rebuild_some(9).unwrap().0 {}
        assert_eq!(entries(&phone, "right"), [(card, part(1))]);
    }
}
