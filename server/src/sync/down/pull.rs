//! Pulls: what happened after a cursor that this user may see, as its net effect by document.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::canonical::Check;
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{DocumentReceipt, Entry, GroupVerdict, LogEntry, Verdict};

use super::net::{self, Net};
use super::page::{Page, Reading};
use super::visible::visible;
use crate::store::documents;
use crate::store::log::{self, Logged, Present, Reader, Touched};
use crate::store::{Conn, StoreError, feed, key};
use crate::sync::seals::cursor::{Class, Position};
use crate::sync::seals::receipt::Subject;

/// The most entries of the log that one answer looks at.
const MOST_ROWS: i64 = 4096;

/// From this many bytes of changes on a bundle may be smaller.
// Below that hardly any bundle is smaller, and its size need not be looked up.
const MAYBE_BUNDLE: u64 = 512;

/// Adds the tail of the log after `position` to a page; answers the entry up to which it reaches, and
/// whether that is the head.
///
/// # Errors
/// Of the database.
pub async fn tail(
    conn: &mut Conn,
    reading: &Reading<'_>,
    position: &Position,
    page: &mut Page,
) -> Result<(i64, bool), StoreError> {
    let tail = log::tail(conn, reading.caller.org, &readers(reading), position.seq, MOST_ROWS).await?;
    let horizon = tail.horizon.unwrap_or(reading.head.seq);
    let rows = match tail.has_settings {
        true => settings_since(conn, reading, position.seq, horizon).await?,
        false => Vec::new(),
    };
    let plan = Plan::of(conn, reading, position, tail.touched, rows).await?;
    let cut = plan.send(conn, reading, page).await?;
    let reached = cut.unwrap_or(horizon);
    Ok((reached, reached == reading.head.seq))
}

/// Adds the forgets of what a Restricted caller has just pushed and does not see: what they made for others,
/// or changed late. No entry of it is filed for them, and without a word their device would keep it.
///
/// # Errors
/// Of the database.
pub async fn forget_pushed(
    conn: &mut Conn,
    reading: &Reading<'_>,
    verdicts: &[GroupVerdict],
    page: &mut Page,
) -> Result<(), StoreError> {
    let is_taken = |verdict: &Verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_));
    let taken = verdicts.iter().filter(|group| group.verdicts.iter().any(is_taken));
    let taken: Vec<DocumentId> = taken.map(|group| group.document).collect();
    if taken.is_empty() {
        return Ok(());
    }
    let Some(seen) = sees_now(conn, reading, taken.clone()).await? else { return Ok(()) };
    let gone: Vec<_> = taken.into_iter().filter(|document| !seen.contains(document)).collect();
    let mut closings = reading.closings(conn, &gone).await?;
    for document in gone {
        reading.push_forget(page, document, closings.remove(&document).unwrap_or_default());
    }
    Ok(())
}

/// As whom the caller reads the log.
fn readers(reading: &Reading<'_>) -> Vec<Reader> {
    let caller = reading.caller;
    let mut readers = vec![Reader::Feed(key::private(caller.user))];
    match caller.role.reads_all() {
        true => readers.push(Reader::Feed(key::STAFF.to_vec())),
        false => readers.extend(key::filed_for(caller.user).map(Reader::Principal)),
    }
    readers
}

/// The settings rows written after one entry and up to another that reach the caller, as they are now.
async fn settings_since(
    conn: &mut Conn,
    reading: &Reading<'_>,
    after: i64,
    upto: i64,
) -> Result<Vec<(i64, SettingsRow)>, StoreError> {
    let rows = feed::settings_since(conn, reading.caller.org, after, upto).await?;
    Ok(rows.into_iter().filter(|(_, row)| row.class.reaches(reading.caller.role)).collect())
}

/// What is to be sent, each with the entry before which nothing of it happened.
struct Plan {
    items: Vec<(i64, Item)>,
    sizes: BTreeMap<DocumentId, u64>,
}

enum Item {
    Document(DocumentId, Net),
    Settings(SettingsRow),
}

impl Plan {
    async fn of(
        conn: &mut Conn,
        reading: &Reading<'_>,
        position: &Position,
        touched: Vec<Touched>,
        rows: Vec<(i64, SettingsRow)>,
    ) -> Result<Self, StoreError> {
        let documents = net::by_document(touched);
        let sees = sees_now(conn, reading, documents.keys().copied().collect()).await?;
        let mut items: Vec<(i64, Item)> =
            rows.into_iter().map(|(seq, row)| (seq, Item::Settings(row))).collect();
        for (document, rows) in documents {
            let lacks = position.fill.as_ref().is_some_and(|fill| fill.will_reach(document));
            // Who reads by scope sees what their last entry of it says.
            let last = rows.last().is_some_and(|row| row.sees);
            let sees = sees.as_ref().map_or(last, |sees| sees.contains(&document));
            if let Some(net) = net::effect(&rows, sees, reading.applied, lacks) {
                // The first entry: a page that is cut before it leaves the whole document to the next one.
                let first = rows.first().map_or(0, |row| row.seq);
                items.push((first, Item::Document(document, net)));
            }
        }
        items.sort_by_key(|(seq, _)| *seq);
        let mut plan = Self { items, sizes: BTreeMap::new() };
        plan.prefer_bundles(conn, reading).await?;
        Ok(plan)
    }

    /// Takes the bundle where the changes have more bytes.
    async fn prefer_bundles(&mut self, conn: &mut Conn, reading: &Reading<'_>) -> Result<(), StoreError> {
        let big: Vec<DocumentId> = self
            .items
            .iter()
            .filter_map(|(_, item)| match item {
                Item::Document(id, Net::Bundle) => Some(*id),
                Item::Document(id, Net::Changes { bytes, .. }) if *bytes > MAYBE_BUNDLE => Some(*id),
                _ => None,
            })
            .collect();
        let listed = documents::listed(conn, reading.caller.org, &big).await?;
        self.sizes = listed.into_iter().map(|listed| (listed.id, listed.size)).collect();
        for (_, item) in &mut self.items {
            if let Item::Document(id, net) = item
                && let Net::Changes { bytes, .. } = net
                && self.sizes.get(id).is_some_and(|size| size < bytes)
            {
                *net = Net::Bundle;
            }
        }
        Ok(())
    }

    /// Sends what fits; answers the last entry before what did not.
    async fn send(
        self,
        conn: &mut Conn,
        reading: &Reading<'_>,
        page: &mut Page,
    ) -> Result<Option<i64>, StoreError> {
        let mut left = page.left();
        let mut taken = Vec::new();
        let mut cut = None;
        for (first, item) in self.items {
            let size = match &item {
                Item::Document(id, Net::Bundle) => self.sizes.get(id).copied().unwrap_or_default(),
                Item::Document(_, Net::Changes { seqs, bytes }) => bytes + 120 * seqs.len() as u64,
                Item::Document(_, Net::Forget | Net::Purge) => 60,
                Item::Settings(row) => row.body.len() as u64 + 60,
            };
            if size > left && !taken.is_empty() {
                cut = Some(first - 1);
                break;
            }
            left = left.saturating_sub(size);
            taken.push(item);
        }
        write(conn, reading, taken, page).await?;
        Ok(cut)
    }
}

/// Those of the documents that a Restricted caller sees now; `None`: they see all they read.
async fn sees_now(
    conn: &mut Conn,
    reading: &Reading<'_>,
    documents: Vec<DocumentId>,
) -> Result<Option<BTreeSet<DocumentId>>, StoreError> {
    if Class::of(reading.caller.role) != Class::Restricted {
        return Ok(None);
    }
    Ok(Some(visible(conn, reading.caller, &documents).await?))
}

/// Reads what the items need, all of a sort at once, and adds them to the page in their order.
async fn write(
    conn: &mut Conn,
    reading: &Reading<'_>,
    items: Vec<Item>,
    page: &mut Page,
) -> Result<(), StoreError> {
    let (mut bundles, mut seqs, mut gone) = (vec![], vec![], vec![]);
    for item in &items {
        match item {
            Item::Document(id, Net::Bundle) => bundles.push(*id),
            Item::Document(id, Net::Forget) => gone.push(*id),
            Item::Document(_, Net::Changes { seqs: of, .. }) => seqs.extend_from_slice(of),
            _ => {}
        }
    }
    let org = reading.caller.org;
    let mut bundles: BTreeMap<_, _> =
        documents::get(conn, org, &bundles).await?.into_iter().map(|stored| (stored.id, stored)).collect();
    let mut changes: BTreeMap<i64, Logged> =
        log::changes(conn, org, &seqs).await?.into_iter().map(|logged| (logged.seq, logged)).collect();
    let mut closings = reading.closings(conn, &gone).await?;
    for item in items {
        match item {
            Item::Settings(row) => page.push(&reading.settings(row)),
            Item::Document(id, Net::Bundle) => reading.push_bundles(page, bundles.remove(&id))?,
            Item::Document(id, Net::Forget) => {
                reading.push_forget(page, id, closings.remove(&id).unwrap_or_default());
            }
            Item::Document(id, Net::Purge) => page.push(&reading.tombstone(id)),
            Item::Document(id, Net::Changes { seqs, .. }) => {
                for mut logged in seqs.iter().filter_map(|seq| changes.remove(seq)) {
                    // Not if the document changed after this page: a receipt for later heads does not fit.
                    let present = logged.present.take();
                    page.push(&Entry::Change(change(reading, logged)));
                    page.receipts.extend(present.map(|present| receipt(reading, id, &present)));
                }
            }
        }
    }
    Ok(())
}

/// A change as it travels; without its bytes if the device has just pushed it.
fn change(reading: &Reading<'_>, logged: Logged) -> LogEntry {
    let check: [u8; 8] = std::array::from_fn(|i| logged.hash.0.get(i).copied().unwrap_or_default());
    let is_own = reading.applied.contains(&logged.seq);
    LogEntry {
        seq: logged.seq.unsigned_abs(),
        document: logged.document,
        change: if is_own { Vec::new() } else { logged.bytes },
        check: Check::from(check),
        by: logged.by,
        received_at: logged.received_at,
        origin: logged.origin,
    }
}

/// The receipt for a document's present state.
fn receipt(reading: &Reading<'_>, document: DocumentId, present: &Present) -> DocumentReceipt {
    let subject = Subject {
        org: reading.caller.org,
        document,
        kind: present.kind,
        heads: &present.heads,
        authors: &present.authors,
    };
    let receipt = subject.receipt(reading.engine.secrets().receipt_key.as_bytes());
    DocumentReceipt { document, receipt: receipt.into() }
}
