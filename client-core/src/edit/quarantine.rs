//! The quarantine, for the user: what could not be kept, readable and one call from being applied
//! again (L6).

use roadbook_domain::crm::card;
use roadbook_domain::crm::contact;
use roadbook_domain::document::DocumentType;
use roadbook_domain::document::{Origin, OriginKind};
use roadbook_domain::value::id::DocumentId;

use crate::change_set::{ChangeSet, List};
use crate::client::Client;
use crate::edit::batch::Batch;
use crate::error::{ApiError, Error};
use crate::store::documents;
use crate::store::quarantine::{self, Quarantined};
use crate::value_edit::ValueEdit;

impl Client {
    /// Everything in the quarantine, the latest first.
    pub fn quarantine(&self) -> Result<Vec<Quarantined>, ApiError> {
        Ok(self.store().query(quarantine::list)?)
    }

    /// Applies an edit of the quarantine again, to what the document is now, and takes it out.
    ///
    /// An edit that made a document makes another one; what else of the old one is in the quarantine
    /// then belongs to the new one. Returns the document.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] if there is no such item, or its document is gone; [`ApiError::Internal`] for one
    /// that cannot be read, which has no edits; the item stays.
    pub fn reapply(&self, n: i64) -> Result<(DocumentId, ChangeSet), ApiError> {
        let origin =
            Origin { kind: OriginKind::REPLAYED, id: roadbook_domain::value::env::random(self.env()) };
        self.edits(Some(origin), |batch| Ok(batch.reapply(n)?))
    }

    /// Takes an edit out of the quarantine for good.
    pub fn dismiss(&self, n: i64) -> Result<ChangeSet, ApiError> {
        let ((), changes) = self.changing(|tx| {
            if !quarantine::remove(tx, n)? {
                return Err(Error::NoQuarantined);
            }
            let mut changes = ChangeSet::default();
            changes.list(List::Quarantine);
            Ok(((), changes))
        })?;
        Ok(changes)
    }
}

impl Batch<'_> {
    fn reapply(&mut self, n: i64) -> Result<DocumentId, Error> {
        let tx = self.transaction();
        let item = quarantine::get(tx, n)?.ok_or(Error::NoQuarantined)?;
        if !item.can_reapply() {
            // Its bytes make no sense, or do not say where they belong: nothing of it is to vanish.
            return Err(Error::Stored("edit in the quarantine"));
        }
        let kind = DocumentType::get(item.kind).ok_or(Error::OtherType(item.kind))?;
        let draft = |draft: &mut roadbook_domain::document::draft::Draft<'_>, _: &_| {
            item.edits.iter().for_each(|edit| edit.draft(draft));
            Ok(())
        };
        let document = if documents::exists(tx, item.document)? {
            self.edit(item.document, item.kind, draft)?;
            item.document
        } else if makes_document(&item) {
            let made = self.create(kind, draft)?;
            quarantine::retarget(tx, item.document, made)?;
            made
        } else {
            return Err(Error::NoDocument(item.document));
        };
        quarantine::remove(tx, n)?;
        self.list(List::Quarantine);
        Ok(document)
    }
}

/// Whether an edit made its document: it wrote what is written once.
fn makes_document(item: &Quarantined) -> bool {
    let writes = |container: u8, name: &str| {
        item.edits.iter().any(|edit| matches!(edit, ValueEdit::Put { container: c, name: n, .. } if *c == container && n == name))
    };
    match item.kind {
        kind if kind == card::TYPE.id => writes(card::CARD, "product"),
        kind if kind == contact::TYPE.id => writes(contact::CONTACT, "sort"),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
