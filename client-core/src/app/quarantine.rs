//! The quarantine: edits that could not be kept, each readable and one call away from being made again (L6).

use roadbook_domain::crm::place::Place;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::settings::Settings;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::RefusalCode;

use super::place_value::PlaceValue;
use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::ApiError;
use crate::store::quarantine::{self as stored, Quarantined};

/// An edit that could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
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

/// A value that an edit was to give; of a long text the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct WrittenView {
    /// What it is.
    pub place: Place,
    /// The value; `Empty` if it was to be taken away.
    pub value: PlaceValue,
}

/// What making an edit of the quarantine again came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Reapplied {
    /// The document: another one, if it had to be made anew.
    pub document: DocumentId,
    /// What screens must show anew.
    pub changes: ChangeSet,
}

/// Why an edit is in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
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

/// Makes an edit of the quarantine again, and takes it out.
///
/// # Errors
/// [`ApiError::NotFound`] for the edit, or its document.
pub fn reapply(client: &Client, edit: i64) -> Result<Reapplied, ApiError> {
    client.reapply(edit).map(|(document, changes)| Reapplied { document, changes })
}

impl QuarantinedEdit {
    /// All of them, the latest first.
    ///
    /// # Errors
    /// Of the storage.
    pub fn list(client: &Client) -> Result<Vec<Self>, ApiError> {
        let settings = client.settings()?;
        Ok(client.quarantine()?.into_iter().map(|item| Self::of(item, &settings)).collect())
    }

    fn of(item: Quarantined, settings: &Settings) -> Self {
        let written = |(place, text): (Place, &str)| {
            let value = PlaceValue::of(&place, text.to_owned(), settings);
            WrittenView { place, value }
        };
        let writes = item.writes().into_iter().map(written).collect();
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
