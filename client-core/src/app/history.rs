//! The history of a document: who changed what and when (F55, F58).

use data_encoding::HEXLOWER;
use roadbook_domain::crm::place::Place;
use roadbook_domain::document::{Origin, OriginKind};
use roadbook_domain::read::history::{self, Edit};
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;

use crate::client::Client;
use crate::error::ApiError;
use crate::query::card::SyncState;

/// One line of a document's history: one user action.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
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
pub struct ActView {
    /// `import`, `bulk`, `replayed`, `automation`, `calendar`, or a number that a later version gave.
    pub kind: String,
    /// Which one: lines of one act have the same.
    pub id: String,
}

/// What a change did to one value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum EditView {
    /// It gave it another value.
    Put {
        /// What it is.
        place: Place,
        /// What it replaced, first the value that was shown; empty if there was none.
        old: Vec<String>,
        /// The new value; empty if it took it away.
        new: String,
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
        let unsent = client.unsent_states(id)?;
        let sync = |item: &history::HistoryItem| unsent.get(&item.hash).copied().unwrap_or(SyncState::Stored);
        Ok(items.into_iter().map(|item| Self::of(sync(&item), item, me)).collect())
    }

    fn of(sync: SyncState, item: history::HistoryItem, me: Option<UserId>) -> Self {
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
            edits: item.edits.into_iter().map(EditView::of).collect(),
        }
    }
}

impl ActView {
    fn of(Origin { kind, id }: Origin) -> Self {
        let kind = match kind {
            OriginKind::IMPORT => "import".to_owned(),
            OriginKind::BULK => "bulk".to_owned(),
            OriginKind::REPLAYED => "replayed".to_owned(),
            OriginKind::AUTOMATION => "automation".to_owned(),
            OriginKind::CALENDAR => "calendar".to_owned(),
            OriginKind(number) => number.to_string(),
        };
        Self { kind, id: HEXLOWER.encode(&id) }
    }
}

impl EditView {
    fn of(edit: Edit) -> Self {
        match edit {
            Edit::Put { place, old, new } => Self::Put { place, old, new },
            Edit::Text { place, inserted, erased } => Self::Text { place, inserted, erased },
        }
    }
}
