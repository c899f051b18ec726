//! Closings of todos: how, by whom and when.

use roadbook_domain::value::id::UserId;
use roadbook_domain::value::time::{Day, Timestamp, Zone};
use roadbook_domain::value::todo::{Closing, Outcome};

/// A closing of a todo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ClosingView {
    /// How it was closed.
    pub outcome: Outcome,
    /// Who closed it.
    pub by: UserId,
    /// The day it counts on: that of the user who closed it, where they were (T11).
    pub on: Option<Day>,
    /// When it was closed, to the second.
    pub at: Timestamp,
    /// The zone of the user who closed it, an IANA name.
    #[cfg_attr(feature = "web", serde(deserialize_with = "roadbook_domain::bindings::zone"))]
    pub zone: Zone,
}

impl ClosingView {
    pub(crate) fn of(closing: &Closing) -> Self {
        let on = Day::try_from(closing.local().date()).ok();
        Self { outcome: closing.outcome(), by: closing.by(), on, at: closing.at(), zone: closing.zone() }
    }
}
