//! The quarantine: edits that could not be kept, each readable and one call away from being made again (L6).

use roadbook_domain::crm::place::Place;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::RefusalCode;

use crate::client::Client;
use crate::error::ApiError;
use crate::store::quarantine::{self as stored, Quarantined};

/// An edit that could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct QuarantinedEdit {
    /// Its number, for `reapply` and `dismiss`.
    pub id: i64,
    /// The document it was made in.
    pub document: DocumentId,
    /// Whether that is a contact; else it is a card.
    pub is_contact: bool,
    /// What the document was called then.
    pub title: String,
    /// What it was to write.
    pub writes: Vec<WrittenView>,
    /// Why it is here.
    pub reason: QuarantineReason,
    /// Whether it can be made again; else it can only be read, copied and dismissed.
    pub can_reapply: bool,
    /// When it was made, by this device's clock.
    pub made_at: Timestamp,
    /// When it came here.
    pub at: Timestamp,
}

/// A value, or a whole text, that an edit was to give.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WrittenView {
    /// What it is.
    pub place: Place,
    /// The value, or the text; empty if it was taken away.
    pub text: String,
}

/// Why an edit is in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum QuarantineReason {
    /// The server refused it.
    Refused {
        /// The stable code of why.
        code: String,
    },
    /// It was built on an edit that the server refused.
    DependsOnRefused {
        /// The stable code of why that was refused.
        code: String,
    },
    /// Its document was no longer visible to the user before it was sent.
    Forgotten,
    /// Its document was purged (C5).
    Purged,
    /// What it was built on was lost with a damaged file (R10).
    Damaged,
}

impl QuarantinedEdit {
    /// All of them, the latest first.
    ///
    /// # Errors
    /// Of the storage.
    pub fn list(client: &Client) -> Result<Vec<Self>, ApiError> {
        Ok(client.quarantine()?.into_iter().map(Self::of).collect())
    }

    fn of(item: Quarantined) -> Self {
        let writes = item.writes().into_iter();
        let writes = writes.map(|(place, text)| WrittenView { place, text: text.to_owned() }).collect();
        Self {
            id: item.n,
            document: item.document,
            is_contact: item.kind == DocumentTypeId::CONTACT,
            can_reapply: item.can_reapply(),
            writes,
            reason: QuarantineReason::of(item.reason),
            title: item.title,
            made_at: item.made_at,
            at: item.at,
        }
    }
}

impl QuarantineReason {
    fn of(reason: stored::QuarantineReason) -> Self {
        let code = |code: RefusalCode| code.to_string();
        match reason {
            stored::QuarantineReason::Refused(why) => Self::Refused { code: code(why) },
            stored::QuarantineReason::DependsOnRefused(why) => Self::DependsOnRefused { code: code(why) },
            stored::QuarantineReason::Forgotten => Self::Forgotten,
            stored::QuarantineReason::Purged => Self::Purged,
            stored::QuarantineReason::Damaged => Self::Damaged,
        }
    }
}
