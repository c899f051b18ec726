//! A moment of the server: what its database held then, read from outside, and who may see it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use roadbook_domain::document::change::{Actor, Change, ChangeHash, Op};
use roadbook_domain::document::{Document, DocumentType, DocumentTypeId, Signature};
use roadbook_domain::settings::SettingsClass;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use rusqlite::{Connection, OpenFlags};

use super::world::World;
use crate::failure::Failure;
use crate::reference::{Card, Changes};

/// A document as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its document type.
    pub kind: DocumentTypeId,
    /// Its changes.
    pub changes: Changes,
    /// Who made it; `None`: the server.
    pub creator: Option<UserId>,
    /// The user whom it is private to, if any.
    pub private_to: Option<UserId>,
    /// What it shows by the reference model, if it is a card.
    pub card: Option<Card>,
    /// What it links to, if it is a contact.
    pub links: BTreeSet<DocumentId>,
}

/// Documents by id.
pub type Documents = BTreeMap<DocumentId, Arc<Stored>>;

/// A settings row as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// Its version.
    pub version: i64,
    /// Whom it reaches.
    pub class: SettingsClass,
    /// What it says.
    pub body: Vec<u8>,
}

/// A user's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The role.
    pub role: Role,
    /// Whether access is switched off.
    pub is_disabled: bool,
}

/// What the server held at a moment.
#[derive(Debug)]
pub struct Moment {
    /// The documents.
    pub documents: Documents,
    /// The settings rows, by kind and id.
    pub settings: BTreeMap<(u16, [u8; 16]), StoredRow>,
    /// The accounts.
    pub accounts: BTreeMap<UserId, Account>,
    /// What Restricted users see.
    pub seen: BTreeMap<UserId, BTreeSet<DocumentId>>,
    /// What the documents show.
    pub world: World,
}

impl Moment {
    /// Whether a user sees a document then.
    pub fn sees(&self, user: UserId, document: DocumentId) -> bool {
        match (self.accounts.get(&user), self.seen.get(&user)) {
            (None, _) => false,
            (Some(_), Some(seen)) => seen.contains(&document),
            (Some(account), None) => {
                self.documents.contains_key(&document) && self.world.sees(user, account.role, document)
            }
        }
    }

    /// All contacts, whoever sees them.
    pub fn contacts(&self) -> Vec<DocumentId> {
        let contacts = self.documents.iter().filter(|(_, stored)| stored.kind == DocumentTypeId::CONTACT);
        contacts.map(|(id, _)| *id).collect()
    }

    /// Whether a user is Restricted then.
    pub fn is_restricted(&self, user: UserId) -> bool {
        self.accounts.get(&user).is_none_or(|account| account.role == Role::Restricted)
    }
}

/// An accepted change, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedChange {
    /// The change.
    pub hash: ChangeHash,
    /// Who made it.
    pub by: Signature,
    /// Under which actor.
    pub actor: Actor,
}

/// A look into a server's database. What did not change since the last look is not read again.
pub struct Look {
    database: Connection,
    documents: BTreeMap<DocumentId, (Version, Arc<Stored>)>,
    last: Option<(Standing, Arc<Moment>)>,
}

/// By what a document that changed is known: version, last entry and the size of what is saved.
type Version = (i64, i64, i64);

/// By what a moment is known: the head of the log, and the accounts.
type Standing = (i64, Vec<u8>, BTreeMap<UserId, Account>);

impl Look {
    /// A look at this file.
    ///
    /// # Errors
    /// Of the database.
    pub fn at(file: &Path) -> Result<Self, Failure> {
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self { database, documents: BTreeMap::new(), last: None })
    }

    /// What the database holds now.
    ///
    /// # Errors
    /// Of the database, or a document that cannot be read.
    pub fn now(&mut self) -> Result<Arc<Moment>, Failure> {
        let standing = self.standing()?;
        if let Some((at, moment)) = &self.last
            && *at == standing
        {
            return Ok(moment.clone());
        }
        let documents = self.documents()?;
        let world = World::of(&documents);
        let accounts = standing.2.clone();
        let restricted = accounts.iter().filter(|(_, account)| account.role == Role::Restricted);
        let seen = restricted.map(|(user, account)| {
            let sees = documents.keys().filter(|id| world.sees(*user, account.role, **id));
            (*user, sees.copied().collect())
        });
        let seen = seen.collect();
        let moment = Arc::new(Moment { settings: self.settings()?, documents, accounts, seen, world });
        self.last = Some((standing, moment.clone()));
        Ok(moment)
    }

    fn standing(&self) -> Result<Standing, Failure> {
        let mut head = self.database.prepare_cached("SELECT seq, chain FROM organisation")?;
        let (seq, chain) = head.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut accounts = self.database.prepare_cached("SELECT id, role, disabled FROM app_user")?;
        let accounts = accounts.query_map([], |row| {
            let role = Role::from_code(row.get(1)?);
            Ok((UserId::from_bytes(row.get(0)?), Account { role, is_disabled: row.get(2)? }))
        })?;
        Ok((seq, chain, accounts.collect::<Result<_, _>>()?))
    }

    fn documents(&mut self) -> Result<Documents, Failure> {
        let sql = "SELECT id, version, as_of, length(saved) FROM document";
        let mut statement = self.database.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut documents = Documents::new();
        while let Some(row) = rows.next()? {
            let id = DocumentId::from_bytes(row.get(0)?);
            let version: Version = (row.get(1)?, row.get(2)?, row.get(3)?);
            let stored = match self.documents.get(&id) {
                Some((known, stored)) if *known == version => stored.clone(),
                _ => Arc::new(load(&self.database, id)?),
            };
            self.documents.insert(id, (version, stored.clone()));
            documents.insert(id, stored);
        }
        Ok(documents)
    }

    fn settings(&self) -> Result<BTreeMap<(u16, [u8; 16]), StoredRow>, Failure> {
        let sql = "SELECT kind, id, version, class, body FROM settings";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let class = SettingsClass::from_code(row.get(3)?);
            let stored = StoredRow { version: row.get(2)?, class, body: row.get(4)? };
            Ok(((row.get(0)?, row.get(1)?), stored))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The changes in the log.
    ///
    /// # Errors
    /// Of the database.
    pub fn log(&self) -> Result<Vec<LoggedChange>, Failure> {
        // Entries 0 and 1 are changes.
        let sql = "SELECT hash, author, device, actor FROM log WHERE entry IN (0, 1) ORDER BY seq";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let (user, device): ([u8; 16], [u8; 16]) = (row.get(1)?, row.get(2)?);
            let user = (user != [0; 16]).then(|| UserId::from_bytes(user));
            let device = (device != [0; 16]).then(|| DeviceId::from_bytes(device));
            let by = Signature { user, device };
            Ok(LoggedChange { hash: ChangeHash(row.get(0)?), by, actor: Actor(row.get(3)?) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn load(database: &Connection, id: DocumentId) -> Result<Stored, Failure> {
    let mut statement =
        database.prepare_cached("SELECT kind, creator, saved, feed FROM document WHERE id = ?1")?;
    let (kind, creator, saved, feed): (u16, [u8; 16], Vec<u8>, Vec<u8>) = statement
        .query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let kind = DocumentType::get(DocumentTypeId(kind))
        .ok_or_else(|| Failure::new("document types are known", id))?;
    let document = Document::load(kind, &saved)?;
    let mut changes = Changes::default();
    document.changes_since(&[]).into_iter().for_each(|(hash, change)| changes.add(hash, change));
    Ok(Stored {
        kind: kind.id,
        creator: (creator != [0; 16]).then(|| UserId::from_bytes(creator)),
        // A feed that ends with a user's id is that user's own.
        private_to: feed.last_chunk::<16>().map(|user| UserId::from_bytes(*user)),
        card: (kind.id == DocumentTypeId::CARD).then(|| changes.card()),
        links: if kind.id == DocumentTypeId::CONTACT { changes.contact_links() } else { BTreeSet::new() },
        changes,
    })
}

/// The characters that changes insert into long texts and that only one edit ever writes.
pub fn marks<'a>(changes: impl IntoIterator<Item = &'a Change>) -> BTreeSet<char> {
    let inserted = changes.into_iter().flat_map(|change| &change.ops).filter_map(|op| match op {
        Op::Insert { chars, .. } => Some(chars),
        _ => None,
    });
    inserted.flat_map(|chars| chars.chars().filter(|char| *char >= FIRST_MARK)).collect()
}

/// The first of the characters that mark edits of long texts: each is written once, so that a lost edit is
/// missed. They are of those that stand for nothing.
pub const FIRST_MARK: char = '\u{F0000}';
