//! Whether a database is whole. What it says twice is compared: the log with its chain, with the hashes of its changes
//! and with the settings that it wrote, accounts with the settings of their users, every document with its log, its
//! rows and its digests.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::canonical::Canonical;
use roadbook_domain::document::change::Change;
use roadbook_domain::document::digest;
use roadbook_domain::document::{AuthorTable, Document, DocumentType, DocumentTypeId, is_reserved};
use roadbook_domain::read::projection;
use roadbook_domain::settings::SettingsKind;
use roadbook_domain::settings::user::User;
use roadbook_domain::value::id::{DocumentId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::trim;
use crate::store::digests::Sums;
use crate::store::documents::Stored;
use crate::store::log::EntryKind;
use crate::store::organisation::{FIRST_CHAIN, Head};
use crate::store::users::{self, Account};
use crate::store::whole_log::{self, Linked, Made};
use crate::store::{Conn, StoreError, audience, digests, documents, key, organisation, settings};

/// How many entries of the log are read at once.
const ENTRIES: i64 = 200;

/// How many documents are read at once: each may have some megabytes.
const DOCUMENTS: i64 = 10;

/// What does not fit, in words: an end of the sentence "the database is not whole:".
pub type Finding = String;

/// Looks at every entry and every document of an organisation, in one snapshot, and answers the first thing that
/// does not fit, if there is one. `now` tells what may have been trimmed from the log.
///
/// # Errors
/// [`StoreError::Missing`] if there is no such organisation; of the database.
pub async fn look(conn: &mut Conn, org: OrgId, now: Timestamp) -> Result<Option<Finding>, StoreError> {
    let head = organisation::head(conn, org).await?.ok_or(StoreError::Missing)?;
    if let Some(found) = look_at_log(conn, org, &head, now).await? {
        return Ok(Some(found));
    }
    match look_at_accounts(conn, org).await? {
        None => look_at_documents(conn, org).await,
        found => Ok(found),
    }
}

/// What an account lets a user do is what their settings row says.
async fn look_at_accounts(conn: &mut Conn, org: OrgId) -> Result<Option<Finding>, StoreError> {
    let rows = settings::of_kind(conn, org, SettingsKind::User).await?;
    // What a later version wrote only that one can tell.
    let users = rows.iter().filter_map(|row| row.read::<User>().ok());
    let said = users.filter_map(|user| {
        let User { id, email, role, active, .. } = user;
        Some((id, Account { user: id, email: email?.as_str().to_owned(), role, active }))
    });
    let said: BTreeMap<UserId, Account> = said.collect();
    let accounts = users::accounts(conn, org).await?;
    if let Some(other) = accounts.iter().find(|account| said.get(&account.user) != Some(account)) {
        return Ok(Some(format!("the account of user {} lets them do other than it is said", other.user)));
    }
    let with_one: BTreeSet<_> = accounts.iter().map(|account| account.user).collect();
    let without = said.keys().find(|user| !with_one.contains(user));
    Ok(without.map(|user| format!("user {user} has no account")))
}

async fn look_at_log(
    conn: &mut Conn,
    org: OrgId,
    head: &Head,
    now: Timestamp,
) -> Result<Option<Finding>, StoreError> {
    let rows = settings::hashes(conn, org).await?;
    let mut written: BTreeMap<_, (i64, Vec<u8>)> = BTreeMap::new();
    let mut first = 1;
    let mut before: Option<Linked> = None;
    loop {
        let after = before.as_ref().map_or(0, |last| last.seq);
        let page = whole_log::linked(conn, org, after, ENTRIES).await?;
        if page.is_empty() {
            break;
        }
        let ids: BTreeSet<_> = page.iter().map(|entry| DocumentId::from(entry.document)).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let purged = documents::purged(conn, org, &ids).await?;
        let there = documents::versions(conn, org, &ids).await?;
        for entry in page {
            let says = |what: &str| Ok(Some(format!("entry {} of its log {what}", entry.seq)));
            match &before {
                Some(last) if last.seq + 1 != entry.seq => {
                    return says("does not follow the one before it: entries are missing");
                }
                Some(last) if !entry.follows(&last.chain) => return says("is not the one that was written"),
                // A trimmed log begins later, with a chain that nothing says any more.
                None if entry.seq == 1 && !entry.follows(&FIRST_CHAIN) => {
                    return says("is not the one that was written");
                }
                None if entry.seq > 1 && now.millis() - entry.received_at.millis() < trim::LOG => {
                    return says("is the first, and too young for those before it to have been trimmed");
                }
                None => first = entry.seq,
                Some(_) => {}
            }
            let document = DocumentId::from(entry.document);
            let is_purged = purged.contains(&document);
            if entry.entry.is_change() && !is_purged {
                if !is_as_hashed(&entry) {
                    return says("holds another change than the one that was written");
                }
                let is_there = there.iter().any(|(id, _)| *id == document);
                if !is_there && !whole_log::has_moved(conn, org, document, entry.seq).await? {
                    return says("is about a document that is not there");
                }
            }
            if entry.entry == EntryKind::Settings {
                written.insert((entry.kind, entry.document), (entry.seq, entry.hash.clone()));
            }
            before = Some(entry);
        }
    }
    // A trimmed log has its last entry still.
    let end = before.map_or((0, FIRST_CHAIN.to_vec()), |last| (last.seq, last.chain));
    if end != (head.seq, head.chain.clone()) {
        return Ok(Some("its log ends elsewhere than it should".into()));
    }
    let is_there = |(of, (seq, hash)): (&_, &(i64, Vec<u8>))| {
        rows.get(of).is_some_and(|(at, of_row)| at == seq && *of_row == **hash)
    };
    if let Some((_, (seq, _))) = written.iter().find(|(of, wrote)| !is_there((*of, *wrote))) {
        return Ok(Some(format!("entry {seq} of its log wrote a settings row that is not there")));
    }
    // Of those from before a trimmed log begins nothing is said any more.
    let other = rows.iter().find(|(of, (at, _))| *at >= first && !written.contains_key(*of));
    Ok(other.map(|((_, id), _)| format!("no entry of its log wrote the settings row {id}")))
}

/// Whether a change is the one whose hash the entry has. What a later version wrote it can judge itself.
fn is_as_hashed(entry: &Linked) -> bool {
    let kind = u16::try_from(entry.kind).ok().map(DocumentTypeId);
    let Some(kind) = kind.and_then(DocumentType::get) else { return true };
    let change = Change::from_bytes(&entry.bytes).ok();
    let built = change.and_then(|change| Canonical::of(kind, &change));
    built.is_some_and(|built| built.hash().0 == *entry.hash)
}

async fn look_at_documents(conn: &mut Conn, org: OrgId) -> Result<Option<Finding>, StoreError> {
    let (mut after, mut sums) = (None, Sums::new());
    loop {
        let page = documents::after(conn, org, after, DOCUMENTS).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let ids: Vec<_> = page.iter().map(|stored| stored.id).collect();
        let audiences = audience::of(conn, org, &ids).await?;
        if let Some(purged) = documents::purged(conn, org, &ids).await?.first() {
            return Ok(Some(format!("document {purged} is there, and purged")));
        }
        for stored in &page {
            let made = whole_log::made_from(conn, org, stored.id, stored.since).await?;
            if let Some(what) = wrong(stored, &made) {
                return Ok(Some(format!("document {} {what}", stored.id)));
            }
            let principals = audiences.get(&stored.id).into_iter().flatten();
            let keys = principals.map(|principal| key::of_principal(*principal));
            let staff = (key::of_scope(stored.scope) == key::STAFF).then(|| key::STAFF.to_vec());
            for key in keys.chain(staff) {
                let sum = sums.entry(key).or_default();
                sum.documents += 1;
                sum.digest.add(stored.term);
            }
        }
    }
    let is_summed = digests::all(conn, org).await? == sums;
    Ok((!is_summed).then(|| "its digests are not those of its documents".into()))
}

/// What does not fit in a document, if anything does not.
fn wrong(stored: &Stored, made: &[Made]) -> Option<&'static str> {
    if stored.term != digest::term(stored.id, &stored.heads) {
        return Some("has another digest than its heads");
    }
    // Of a type that this version does not know, nothing can be said to be wrong.
    let kind = DocumentType::get(stored.kind)?;
    let (Ok(document), Ok(authors)) =
        (Document::load(kind, &stored.saved), minicbor::decode::<AuthorTable>(&stored.authors))
    else {
        return Some("cannot be read");
    };
    if document.heads() != stored.heads {
        return Some("is not in the state that its heads name");
    }
    if !made.iter().all(|made| document.contains(made.hash)) {
        return Some("lacks a change of its log");
    }
    let index = authors.index();
    let is_signed = |actor| is_reserved(actor) || index.signature(actor).is_some();
    if !document.changes_since(&[]).iter().all(|(_, change)| is_signed(change.actor)) {
        return Some("holds a change of which it does not say who made it");
    }
    let is_as_logged = |made: &Made| {
        let of = (made.actor, made.number);
        index.signature(of.0) == Some(&made.by)
            && index.received_at(of.0, of.1) == Some(made.received_at)
            && index.origin(of.0, of.1) == made.origin
    };
    if !made.iter().filter(|made| !is_reserved(made.actor)).all(is_as_logged) {
        return Some("says otherwise than its log who made its changes, or when");
    }
    // Rows of another version of the projection are that version's.
    let is_shown = stored.projection_version != projection::VERSION
        || minicbor::decode(&stored.rows).ok()
            == Some(projection::rows_with_facts(&document, &authors, stored.creator));
    (!is_shown).then_some("is shown otherwise than it is")
}
