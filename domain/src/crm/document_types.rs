//! The document types that this version knows.

use crate::crm::{card, contact, user_document};
use crate::document::{DocumentType, DocumentTypeId};

/// Every document type of this version.
pub fn document_types() -> &'static [&'static DocumentType] {
    &TYPES
}

static TYPES: [&DocumentType; 3] = [&card::TYPE, &contact::TYPE, &user_document::TYPE];

impl DocumentTypeId {
    /// A card of a product.
    pub const CARD: Self = Self(1);
    /// A person or company.
    pub const CONTACT: Self = Self(2);
    /// What follows one user between devices.
    pub const USER: Self = Self(3);
}

impl DocumentType {
    /// The type with this number; `None` for one that this version does not know.
    pub fn get(id: DocumentTypeId) -> Option<&'static Self> {
        #[cfg(feature = "generations")]
        if let Some(made_up) = super::tomorrow::document_type(id) {
            return Some(made_up);
        }
        TYPES.iter().copied().find(|kind| kind.id == id)
    }
}
