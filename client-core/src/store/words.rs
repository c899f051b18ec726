//! The index of words that a search looks up (T20).
//!
//! It follows from the rows of cards and contacts, and triggers of the tables name the documents whose texts changed.
//! An edit brings the index up to date at once; what an exchange brought is indexed in the background. Until then a
//! search reads the texts of such documents one by one, so it always finds everything.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::value::fold::{fold, holds};
use roadbook_domain::value::id::DocumentId;
use rusqlite::{Connection, Row, Transaction};

use super::meta;
use crate::error::Error;

/// Where very many texts of one sort hold the words, so many are looked at: of those that came last.
pub(crate) const MOST_HITS: u32 = 200;

/// A document whose number is among so many of the last keeps it for new texts; another gets a new one.
const NEWEST: i64 = 8;

/// With more texts than this indexed, or removed, the rest waits: a transaction is to be short.
const MOST_TEXTS: usize = 1_000;

/// What a text is in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// The name of a card.
    Card,
    /// The name of a contact, or one of its numbers and addresses.
    Contact,
    /// What is to be done, or was.
    Todo,
    /// A note, call, meeting or visit.
    Entry,
}

/// A text that holds words: its document, and the id of its todo, entry or detail; empty: it is the document's name.
pub(crate) type Hit = (DocumentId, Vec<u8>);

/// Where texts stand.
struct Source {
    table: &'static str,
    sort: Sort,
    /// The part that a text is of, how it is told, and which rows have one, in SQL.
    part: &'static str,
    text: &'static str,
    is_sought: &'static str,
}

const fn source(table: &'static str, sort: Sort, part: &'static str, text: &'static str) -> Source {
    Source { table, sort, part, text, is_sought: "true" }
}

const SOURCES: [Source; 5] = [
    source("card", Sort::Card, "x''", "name"),
    source("contact", Sort::Contact, "x''", "family_name || ' ' || given_name"),
    source("detail", Sort::Contact, "detail", "value"),
    // Closed ones, of which there are ever more, would stand in the way of these.
    Source { is_sought: "open = 1", ..source("todo", Sort::Todo, "todo", "text") },
    source("entry", Sort::Entry, "entry", "text"),
];

/// The texts of this sort that hold all `words`, each as the beginning of one of its own. Of those in the index at most
/// [`MOST_HITS`], none in the trash; the others may be there.
pub(crate) fn found(connection: &Connection, sort: Sort, words: &[String]) -> Result<BTreeSet<Hit>, Error> {
    let mut found = looked_up(connection, sort, words)?;
    for Source { table, part, text, is_sought, .. } in SOURCES.iter().filter(|source| source.sort == sort) {
        let sql = format!(
            "SELECT document, {part}, {text} FROM unindexed CROSS JOIN {table} USING (document) WHERE {is_sought}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut texts = statement.query([])?;
        while let Some(row) = texts.next()? {
            if holds(&text_of(row, 2)?, words) {
                found.insert((DocumentId::from_bytes(row.get(0)?), row.get(1)?));
            }
        }
    }
    Ok(found)
}

/// Brings the index up to date for these documents, and for some others of which that is still to be done.
pub(crate) fn follow(tx: &Transaction<'_>, changed: &[DocumentId]) -> Result<(), Error> {
    /// Many edits after each other leave nothing to be done, and none is slow.
    const BESIDE: u32 = 16;
    let mut lacking = Vec::new();
    for id in changed {
        if is_unindexed(tx, *id)? {
            lacking.push(*id);
        }
    }
    index_all(tx, &lacking, usize::MAX)?;
    index_some(tx, BESIDE).map(drop)
}

/// Brings the index up to date for documents of which that is still to be done: at most `limit`, and so many as have
/// [`MOST_TEXTS`]. Tells whether any is left.
pub(crate) fn index_some(tx: &Transaction<'_>, limit: u32) -> Result<bool, Error> {
    index_all(tx, &unindexed(tx, limit)?, MOST_TEXTS)?;
    Ok(!unindexed(tx, 1)?.is_empty())
}

/// Some of the documents whose texts are not in the index as they are.
pub(crate) fn unindexed(connection: &Connection, limit: u32) -> Result<Vec<DocumentId>, Error> {
    let mut statement = connection.prepare_cached("SELECT document FROM unindexed LIMIT ?1")?;
    let ids = statement.query_map([limit], |row| row.get(0).map(DocumentId::from_bytes))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Begins the index anew.
pub(crate) fn begin_anew(tx: &Transaction<'_>) -> Result<(), Error> {
    // Not by deleting from the index, which may be damaged: it is made from its texts, of which none is left. And first
    // of all: a statement that may be undone alone has FTS5 write what it still holds back.
    tx.execute_batch(
        "DELETE FROM word_content; INSERT INTO word (word) VALUES ('rebuild');
         DELETE FROM indexed; DELETE FROM unindexed;
         INSERT INTO unindexed SELECT document FROM card UNION SELECT document FROM contact",
    )?;
    Ok(())
}

/// Whether the index has the texts of this document, or knows that it has not.
pub(crate) fn is_right(connection: &Connection, id: DocumentId) -> Result<bool, Error> {
    if is_unindexed(connection, id)? {
        return Ok(true);
    }
    let stored = stored(connection, id)?;
    let (count, stored) = (stored.len(), stored.into_values().collect::<BTreeSet<_>>());
    Ok(stored.len() == count && stored == texts(connection, id)?)
}

/// Whether every row of the index belongs to a document, and the index is what its rows give.
#[cfg(test)]
pub(crate) fn is_sound(tx: &Transaction<'_>) -> Result<bool, Error> {
    let orphans = "SELECT 1 FROM word_content WHERE id >> 6 NOT IN (SELECT n FROM indexed)
                   UNION SELECT 1 FROM indexed WHERE document NOT IN (SELECT id FROM document)
                     AND document NOT IN (SELECT document FROM unindexed)";
    let is_whole = tx.execute("INSERT INTO word (word, rank) VALUES ('integrity-check', 1)", []).is_ok();
    Ok(is_whole && !tx.prepare(orphans)?.exists([])?)
}

/// Brings the index up to date for these documents, until they had more than `most` texts. No edit fails because the
/// index is damaged: then it is made anew, in the background.
fn index_all(tx: &Transaction<'_>, ids: &[DocumentId], most: usize) -> Result<(), Error> {
    // Most edits change no text.
    if ids.is_empty() {
        return Ok(());
    }
    match index_until(tx, ids, most) {
        Err(error) if error.is_of_index() => {
            tracing::warn!(%error, "the index of words is made anew");
            begin_anew(tx)
        }
        done => done,
    }
}

fn index_until(tx: &Transaction<'_>, ids: &[DocumentId], most: usize) -> Result<(), Error> {
    let mut texts = 0;
    for id in ids {
        texts += index(tx, *id)?;
        if texts > most {
            break;
        }
    }
    // Otherwise it would be written, and found to be damaged, by the commit.
    tx.execute("INSERT INTO word (word) VALUES ('flush')", [])?;
    Ok(())
}

fn is_unindexed(connection: &Connection, id: DocumentId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM unindexed WHERE document = ?1";
    Ok(connection.prepare_cached(sql)?.exists([id.as_bytes()])?)
}

/// The rows of a number: near each other, because the index keeps what lies between the rows of a word.
const fn rows(n: i64) -> std::ops::Range<i64> {
    n << 6..(n + 1) << 6
}

fn looked_up(connection: &Connection, sort: Sort, words: &[String]) -> Result<BTreeSet<Hit>, Error> {
    // Judged here, so that others do not count.
    let shown = |table: &str| {
        format!("EXISTS (SELECT 1 FROM {table} s WHERE s.document = i.document AND s.trash = 0)")
    };
    let is_shown = match sort {
        Sort::Card | Sort::Todo => shown("card"),
        Sort::Contact => shown("contact"),
        Sort::Entry => format!("({} OR {})", shown("card"), shown("contact")),
    };
    let sql = format!(
        "SELECT i.document, w.part FROM word w CROSS JOIN indexed i ON i.n = w.rowid >> 6
         WHERE word MATCH ?1 AND {is_shown}
           AND NOT EXISTS (SELECT 1 FROM unindexed u WHERE u.document = i.document)
         ORDER BY w.rowid DESC LIMIT ?2"
    );
    let sought: Vec<String> = words.iter().map(|word| format!("\"{}{word}\" *", sort.letter())).collect();
    let mut statement = connection.prepare_cached(&sql)?;
    let hits = statement.query_map((sought.join(" "), MOST_HITS), |row| {
        Ok((DocumentId::from_bytes(row.get(0)?), row.get(1)?))
    })?;
    Ok(hits.collect::<Result<_, _>>()?)
}

/// Brings the index up to date for one document, which may be gone; tells how many texts it had or has.
fn index(tx: &Transaction<'_>, id: DocumentId) -> Result<usize, Error> {
    let (mut stored, mut lacking) = (stored(tx, id)?, texts(tx, id)?);
    let count = stored.len().max(lacking.len());
    if lacking.is_empty() {
        meta::set(tx, &super::ERASED, &true)?;
    }
    for (rowid, _) in stored.extract_if(.., |_, text| !lacking.remove(text)) {
        delete(tx, rowid)?;
    }
    let sql = "SELECT coalesce(max(n), 0) FROM indexed";
    let newest: i64 = tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    let mut free = Vec::new();
    for n in numbers(tx, id)? {
        if stored.range(rows(n)).next().is_none() {
            tx.prepare_cached("DELETE FROM indexed WHERE n = ?1")?.execute([n])?;
        } else if n + NEWEST > newest {
            // Not one of long ago: what is new in an old document is among the texts that came last.
            free.extend(rows(n).rev().filter(|row| !stored.contains_key(row)));
        }
    }
    let mut insert = tx.prepare_cached("INSERT INTO word (rowid, text, part) VALUES (?1, ?2, ?3)")?;
    for (part, text) in lacking {
        if free.is_empty() {
            tx.prepare_cached("INSERT INTO indexed (document) VALUES (?1)")?.execute([id.as_bytes()])?;
            free = rows(tx.last_insert_rowid()).rev().collect();
        }
        insert.execute((free.pop(), text, part))?;
    }
    tx.prepare_cached("DELETE FROM unindexed WHERE document = ?1")?.execute([id.as_bytes()])?;
    Ok(count)
}

/// The texts of a document as the index has them: the part, and the words.
fn texts(connection: &Connection, id: DocumentId) -> Result<BTreeSet<(Vec<u8>, String)>, Error> {
    let mut texts = BTreeSet::new();
    for Source { table, sort, part, text, is_sought } in SOURCES {
        let sql = format!("SELECT {part}, {text} FROM {table} WHERE document = ?1 AND {is_sought}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([id.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let words = marked(&fold(&text_of(row, 1)?), sort);
            if !words.is_empty() {
                texts.insert((row.get(0)?, words));
            }
        }
    }
    Ok(texts)
}

/// Folded words, each after the letter of its sort.
fn marked(folded: &str, sort: Sort) -> String {
    let mut marked = String::with_capacity(folded.len() * 2);
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        if !marked.is_empty() {
            marked.push(' ');
        }
        marked.push(sort.letter());
        marked.push_str(word);
    }
    marked
}

/// A text as far as it can be read: whoever shows it finds out that it is damaged, and it is made anew.
fn text_of<'a>(row: &'a Row<'_>, column: usize) -> Result<Cow<'a, str>, Error> {
    let bytes = row.get_ref(column)?.as_bytes().map_err(rusqlite::Error::from)?;
    Ok(String::from_utf8_lossy(bytes))
}

/// The numbers of a document in the index.
fn numbers(connection: &Connection, id: DocumentId) -> Result<Vec<i64>, Error> {
    let mut statement = connection.prepare_cached("SELECT n FROM indexed WHERE document = ?1 ORDER BY n")?;
    let numbers = statement.query_map([id.as_bytes()], |row| row.get(0))?;
    Ok(numbers.collect::<Result<_, _>>()?)
}

/// What the index has of a document, by row.
fn stored(connection: &Connection, id: DocumentId) -> Result<BTreeMap<i64, (Vec<u8>, String)>, Error> {
    let sql = "SELECT rowid, part, text FROM word WHERE rowid >= ?1 AND rowid < ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut stored = BTreeMap::new();
    for n in numbers(connection, id)? {
        let mut texts = statement.query((rows(n).start, rows(n).end))?;
        while let Some(row) = texts.next()? {
            stored.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
    }
    Ok(stored)
}

fn delete(tx: &Transaction<'_>, rowid: i64) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM word WHERE rowid = ?1")?.execute([rowid])?;
    Ok(())
}

impl Sort {
    /// What each of its words begins with in the index, so that one index is four.
    const fn letter(self) -> char {
        match self {
            Self::Card => 'a',
            Self::Contact => 'b',
            Self::Todo => 'c',
            Self::Entry => 'd',
        }
    }
}

#[cfg(test)]
mod tests;
