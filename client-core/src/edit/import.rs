//! Importing on the phone: writes what [`roadbook_domain::import`] planned, row by row (F94).

use roadbook_domain::crm::{card, contact};
use roadbook_domain::import::{Import, ImportId, Known, RowPlan, Saying, Subject, Written};
use roadbook_domain::value::id::DocumentId;
use rusqlite::Connection;

use crate::client::Client;
use crate::edit::batch::draft_all;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::store::documents;

/// What became of one row, or would become of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Whether its card was there already: then nothing was written.
    pub known: bool,
    /// What the row says that is nowhere in what was there: in its card and contacts if it is known, else in
    /// its contacts. Of a row that is not known it is kept in a note on the new card.
    pub differs: Vec<Saying>,
    /// Documents that were made: cards, persons, companies.
    pub made: u32,
}

impl Client {
    /// Finds out what of a file is here already. Without it a file is taken for the first of its kind.
    ///
    /// # Errors
    /// Of the storage.
    pub fn recognise(&self, import: &mut Import<'_>) -> Result<(), ApiError> {
        Ok(self.store().read(|connection| import.recognise(&Here(connection)))?)
    }

    /// What [`Client::import_row`] would do, as of now.
    ///
    /// # Errors
    /// Of the storage.
    pub fn compare_row(&self, row: &RowPlan) -> Result<Imported, ApiError> {
        Ok(self.store().read(|connection| compare(connection, row))?)
    }

    /// Writes one planned row: its company, person and card, one change each, all in one transaction.
    ///
    /// What exists already is left as it is, because people may have edited it since; so an import that was
    /// interrupted is completed by running it again.
    ///
    /// # Errors
    /// Nothing of the row was written.
    pub fn import_row(&self, import: ImportId, row: &RowPlan) -> Result<Imported, ApiError> {
        let (imported, _) = self.edits(Some(import.origin()), |batch| {
            let imported = compare(batch.connection(), row)?;
            if imported.known {
                return Ok(imported);
            }
            for contact in row.contacts() {
                batch.create_as(contact.document, &contact::TYPE, |draft, acting| {
                    draft_all(&contact.commands, draft, acting)
                })?;
            }
            batch.create_as(row.card.document, &card::TYPE, |draft, acting| {
                draft_all(&row.card.commands, draft, acting)?;
                draft_all(&row.note(&imported.differs, acting.now), draft, acting)
            })?;
            Ok(imported)
        })?;
        Ok(imported)
    }
}

/// What is on this device.
struct Here<'a>(&'a Connection);

impl Known for Here<'_> {
    type Error = Error;

    fn is_there(&self, document: DocumentId) -> Result<bool, Error> {
        documents::exists(self.0, document)
    }

    fn written(&self, card: DocumentId) -> Result<Written, Error> {
        let mut written = written(self.0, card)?;
        for contact in written.links().to_vec() {
            if let Some(replica) = Replica::open(self.0, contact)? {
                written.add(&replica.document);
            }
        }
        Ok(written)
    }
}

fn written(connection: &Connection, document: DocumentId) -> Result<Written, Error> {
    let mut written = Written::default();
    if let Some(replica) = Replica::open(connection, document)? {
        written.add(&replica.document);
    }
    Ok(written)
}

fn compare(connection: &Connection, row: &RowPlan) -> Result<Imported, Error> {
    let here = Here(connection);
    if here.is_there(row.card.document)? {
        let written = here.written(row.card.document)?;
        let differs = row.says.iter().filter(|saying| !written.says(saying)).cloned().collect();
        return Ok(Imported { known: true, differs, made: 0 });
    }
    let mut imported = Imported { made: 1, ..Imported::default() };
    for (contact, of) in [(&row.company, Subject::Company), (&row.person, Subject::Person)] {
        let Some(contact) = contact else { continue };
        if !here.is_there(contact.document)? {
            imported.made += 1;
            continue;
        }
        let mut says = row.says.iter().filter(|saying| saying.of == of && !saying.is_name()).peekable();
        // Most rows of a known company say nothing but its name, by which it is known: it is not opened for that.
        if says.peek().is_some() {
            let written = written(connection, contact.document)?;
            imported.differs.extend(says.filter(|saying| !written.says(saying)).cloned());
        }
    }
    Ok(imported)
}
