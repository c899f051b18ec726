//! Fills: documents by their ids beside the tail of the log. A first sync, a long absence, another role.
//!
//! One answer after another, each resumable: the cursor says where the fill is. Bundles are built
//! from the documents' rows in the database; no document is loaded.

use std::collections::BTreeSet;

use roadbook_domain::value::id::DocumentId;

use super::page::{Page, Reading};
use super::visible::visible;
use crate::store::documents::{self, Listed};
use crate::store::{Conn, StoreError, feed, key, todos};
use crate::sync::seals::cursor::{BEGINNING, FIRST, Fill, Past, Step};

/// How many rows one look at the database brings.
const CHUNK: i64 = 500;

/// How many of the user's todos the first page takes.
const TODAY: i64 = 200;

/// Adds as much of a fill as fits into the page; answers where it is then, `None` at its end.
///
/// # Errors
/// Of the database.
pub async fn fill(
    conn: &mut Conn,
    reading: &Reading<'_>,
    mut fill: Fill,
    page: &mut Page,
) -> Result<Option<Fill>, StoreError> {
    loop {
        let next = match fill.step {
            Step::Settings(kind, id) => settings(conn, reading, (kind, id), page).await?,
            Step::Closings => {
                closings(conn, reading, page).await?;
                Next::Over
            }
            Step::Today => {
                today(conn, reading, page).await?;
                Next::Step(Step::Documents(FIRST))
            }
            Step::Documents(after) => chunk(conn, reading, after, &mut fill.done, page).await?,
            Step::Drop(after, past) => drop_hidden(conn, reading, after, past, page).await?,
        };
        fill.step = match (next, &fill.step) {
            (Next::Full(step), _) => return Ok(Some(Fill { step, ..fill })),
            (Next::Step(step), _) => step,
            (Next::Over, Step::Settings(..)) => Step::Closings,
            (Next::Over, Step::Closings) if fill.whole => Step::Today,
            // Another role cut a fill short, wherever it was.
            (Next::Over, Step::Drop(..)) if fill.whole => BEGINNING,
            (Next::Over, _) => return Ok(None),
        };
    }
}

/// Where a step leads.
enum Next {
    /// The page is full: this is where to go on.
    Full(Step),
    /// On to this one.
    Step(Step),
    /// The step is done.
    Over,
}

async fn settings(
    conn: &mut Conn,
    reading: &Reading<'_>,
    mut after: (u16, [u8; 16]),
    page: &mut Page,
) -> Result<Next, StoreError> {
    loop {
        let rows = feed::settings_after(conn, reading.caller.org, after, CHUNK).await?;
        if rows.is_empty() {
            return Ok(Next::Over);
        }
        for row in rows {
            let at = (row.kind.code(), *row.id.as_bytes());
            if row.class.reaches(reading.caller.role) {
                // 60: about what envelope, ids and receipt take.
                if !page.fits(row.body.len() as u64 + 60) {
                    return Ok(Next::Full(Step::Settings(after.0, after.1)));
                }
                page.push(&reading.settings(row));
            }
            after = at;
        }
    }
}

/// The documents of the user's first open todos, as many as fit: so that they can work at once.
async fn today(conn: &mut Conn, reading: &Reading<'_>, page: &mut Page) -> Result<(), StoreError> {
    let (org, user) = (reading.caller.org, reading.caller.user);
    let first = todos::first_open(conn, org, user, TODAY).await?;
    let seen = visible(conn, reading.caller, &first).await?;
    // Sizes first: documents that do not fit are not read at all.
    let sizes = documents::listed(conn, org, &first).await?;
    let mut left = page.left();
    let mut taken = Vec::new();
    for id in first.into_iter().filter(|id| seen.contains(id)) {
        let size = sizes.iter().find(|listed| listed.id == id).map_or(0, |listed| listed.size);
        if size > left {
            break;
        }
        left -= size;
        taken.push(id);
    }
    let mut stored = documents::get(conn, org, &taken).await?;
    // `get` answers by id, but the first todos are to come first.
    stored.sort_by_key(|stored| taken.iter().position(|id| *id == stored.id));
    reading.push_bundles(page, stored)
}

/// What the user closed of late in documents that they no longer see, so that Today's totals are exact.
async fn closings(conn: &mut Conn, reading: &Reading<'_>, page: &mut Page) -> Result<(), StoreError> {
    if reading.caller.role.reads_all() {
        return Ok(());
    }
    for (document, closings) in reading.all_closings(conn).await? {
        reading.push_forget(page, document, closings);
    }
    Ok(())
}

/// The documents after one, by id, as many as fit.
async fn chunk(
    conn: &mut Conn,
    reading: &Reading<'_>,
    mut after: DocumentId,
    done: &mut u64,
    page: &mut Page,
) -> Result<Next, StoreError> {
    loop {
        let (listed, is_last) = list(conn, reading, after).await?;
        let mut left = page.left();
        let mut taken = Vec::new();
        let mut is_full = false;
        for document in listed {
            // One always goes, or a document larger than a page would stop the fill for ever.
            if document.size > left && !(page.entries.is_empty() && taken.is_empty()) {
                is_full = true;
                break;
            }
            left = left.saturating_sub(document.size);
            taken.push(document.id);
        }
        *done += taken.len() as u64;
        after = taken.last().copied().unwrap_or(after);
        reading.push_bundles(page, documents::get(conn, reading.caller.org, &taken).await?)?;
        match (is_full, is_last) {
            (true, _) => return Ok(Next::Full(Step::Documents(after))),
            (false, true) => return Ok(Next::Over),
            (false, false) => {}
        }
    }
}

/// The first documents after one that the caller sees, by id; and whether these are all.
async fn list(
    conn: &mut Conn,
    reading: &Reading<'_>,
    after: DocumentId,
) -> Result<(Vec<Listed>, bool), StoreError> {
    let (caller, org) = (reading.caller, reading.caller.org);
    let after = Some(after);
    let mut parts = vec![documents::of_feed(conn, org, &key::private(caller.user), after, CHUNK).await?];
    if !caller.role.reads_all() {
        for principal in key::filed_for(caller.user) {
            parts.push(documents::of_principal(conn, org, &principal, after, CHUNK).await?);
        }
    } else {
        parts.push(documents::of_feed(conn, org, &key::STAFF, after, CHUNK).await?);
    }
    // A full part says nothing about what follows its last id, so the list ends where the first of them does.
    let full = parts.iter().filter(|part| part.len() as i64 >= CHUNK);
    let horizon = full.filter_map(|part| part.last()).map(|last| last.id).min();
    let mut listed: Vec<_> = parts.into_iter().flatten().collect();
    listed.retain(|document| horizon.is_none_or(|horizon| document.id <= horizon));
    listed.sort_by_key(|document| document.id);
    // A user may see a document by two principals.
    listed.dedup_by_key(|document| document.id);
    Ok((listed, horizon.is_none()))
}

/// Tells a user who became Restricted which documents they do not see any more (L5).
async fn drop_hidden(
    conn: &mut Conn,
    reading: &Reading<'_>,
    mut after: DocumentId,
    past: Past,
    page: &mut Page,
) -> Result<Next, StoreError> {
    let (org, user) = (reading.caller.org, reading.caller.user);
    // Only where the step begins: when it is resumed, the device has the tombstones.
    if after == FIRST {
        for id in documents::purged_since(conn, org, user, past.seq, past.reach).await? {
            page.push(&reading.tombstone(id));
        }
    }
    loop {
        let listed = documents::of_feed(conn, org, &key::STAFF, Some(after), CHUNK).await?;
        let ids: Vec<_> = listed.iter().map(|listed| listed.id).collect();
        let Some(last) = ids.last().copied() else { return Ok(Next::Over) };
        let seen: BTreeSet<_> = visible(conn, reading.caller, &ids).await?;
        // What was made later the device never had, and may not hear of.
        let later = documents::made_after(conn, org, user, &ids, past.reach).await?;
        let hidden: Vec<_> = ids.into_iter().filter(|id| !seen.contains(id) && !later.contains(id)).collect();
        let mut closings = reading.closings(conn, &hidden).await?;
        for id in hidden {
            if !page.fits(40) {
                return Ok(Next::Full(Step::Drop(after, past)));
            }
            reading.push_forget(page, id, closings.remove(&id).unwrap_or_default());
            after = id;
        }
        // Also past those that the user still sees, or the next look would find them again.
        after = last;
    }
}
