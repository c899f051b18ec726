//! Importing on the phone: writes what [`roadbook_domain::import`] planned, row by row (F94).

use roadbook_domain::crm::{card, contact};
use roadbook_domain::import::{ImportId, RowPlan};

use crate::client::Client;
use crate::edit::batch::draft_all;
use crate::error::ApiError;

/// How many documents one row made, and how many were there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Documents that were made: cards, persons, companies.
    pub made: u32,
    /// Documents that an earlier run of the same import had made.
    pub there: u32,
}

impl Client {
    /// Writes one planned row: its company, person and card, one change each, all in one transaction.
    ///
    /// A document that exists already is left as it is, because people may have edited it since; so
    /// an import that was interrupted is completed by running it again.
    ///
    /// # Errors
    /// Nothing of the row was written.
    pub fn import_row(&self, import: ImportId, row: &RowPlan) -> Result<Imported, ApiError> {
        let (imported, _) = self.edits(Some(import.origin()), |batch| {
            let mut imported = Imported::default();
            let mut count = |made: bool| if made { imported.made += 1 } else { imported.there += 1 };
            for contact in row.contacts() {
                count(batch.create_as(contact.document, &contact::TYPE, |draft, acting| {
                    draft_all(&contact.commands, draft, acting)
                })?);
            }
            count(batch.create_as(row.card.document, &card::TYPE, |draft, acting| {
                draft_all(&row.card.commands, draft, acting)
            })?);
            Ok(imported)
        })?;
        Ok(imported)
    }
}
