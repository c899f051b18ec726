//! The history of a document: who changed what and when (F55, F58).

use data_encoding::HEXLOWER;
use roadbook_domain::crm::place::Place;
use roadbook_domain::document::{Origin, OriginKind};
use roadbook_domain::read::history::{self, Edit};
use roadbook_domain::settings::Settings;
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::place_value::PlaceValue;
use crate::client::Client;
use crate::error::ApiError;
use crate::query::card::SyncState;

/// One line of a document's history: one user action.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct HistoryItem {
    /// Its id, the same on every device.
    pub id: String,
    /// When, by its author's clock.
    pub at: Timestamp,
    /// When the server received it; `None` while it is unsent.
    pub received_at: Option<Timestamp>,
    /// How far it has come.
    pub sync: SyncState,
    /// Who; `None` for the server itself.
    pub by: Option<UserId>,
    /// On which device; `None` while it is unsent, and for the server.
    pub device: Option<DeviceId>,
    /// The act that it was part of.
    pub act: Option<ActView>,
    /// What it did.
    pub edits: Vec<EditView>,
}

/// An act over several documents, or of something else than the app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ActView {
    /// Which sort of act.
    pub kind: ActKind,
    /// Which one: lines of one act have the same.
    pub id: String,
}

/// A sort of act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum ActKind {
    /// An import.
    Import,
    /// A user edited several documents at once.
    Bulk,
    /// An edit of a local workspace, done again in the account that it became.
    Replayed,
    /// An automation.
    Automation,
    /// A calendar.
    Calendar,
    /// One that this version does not know.
    Other {
        /// Its number.
        code: u16,
    },
}

/// What a change did to one value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum EditView {
    /// It gave it another value.
    Put {
        /// What it is.
        place: Place,
        /// What it replaced, first the value that was shown; empty if there was none.
        old: Vec<PlaceValue>,
        /// The new value; `Empty` if it took it away.
        new: PlaceValue,
    },
    /// It edited a long text.
    Text {
        /// What it is.
        place: Place,
        /// What it inserted, put together.
        inserted: String,
        /// How many characters it erased.
        erased: u32,
    },
}

impl HistoryItem {
    /// `limit` lines after the first `skip`, the newest first.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub fn list(client: &Client, id: DocumentId, skip: u32, limit: u32) -> Result<Vec<Self>, ApiError> {
        let me = client.me()?.map(|me| me.user);
        let items = client.history(id, skip as usize, limit as usize)?;
        let settings = client.settings()?;
        let unsent = client.unsent_states(id)?;
        let sync = |item: &history::HistoryItem| unsent.get(&item.hash).copied().unwrap_or(SyncState::Stored);
        Ok(items.into_iter().map(|item| Self::of(sync(&item), item, me, &settings)).collect())
    }

    fn of(sync: SyncState, item: history::HistoryItem, me: Option<UserId>, settings: &Settings) -> Self {
        let (by, device) = match item.by {
            Some(by) => (by.user, by.device),
            None => (me, None),
        };
        Self {
            id: HEXLOWER.encode(&item.hash.0),
            at: item.at,
            received_at: item.received_at,
            sync,
            by,
            device,
            act: item.origin.map(ActView::of),
            edits: item.edits.into_iter().map(|edit| EditView::of(edit, settings)).collect(),
        }
    }
}

impl ActView {
    fn of(Origin { kind, id }: Origin) -> Self {
        let kind = match kind {
            OriginKind::IMPORT => ActKind::Import,
            OriginKind::BULK => ActKind::Bulk,
            OriginKind::REPLAYED => ActKind::Replayed,
            OriginKind::AUTOMATION => ActKind::Automation,
            OriginKind::CALENDAR => ActKind::Calendar,
            OriginKind(code) => ActKind::Other { code },
        };
        Self { kind, id: HEXLOWER.encode(&id) }
    }
}

impl EditView {
    fn of(edit: Edit, settings: &Settings) -> Self {
        match edit {
            Edit::Put { place, old, new } => {
                let value = |text| PlaceValue::of(&place, text, settings);
                let (old, new) = (old.into_iter().map(value).collect(), value(new));
                Self::Put { place, old, new }
            }
            Edit::Text { place, inserted, erased } => Self::Text { place, inserted, erased },
        }
    }
}
