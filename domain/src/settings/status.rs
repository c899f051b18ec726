//! Statuses: the steps of a product's process (F22-F27).

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::value::id::{ProductId, StatusId};
use crate::value::key::Key;
use crate::value::open_code::open_code;

/// A status of a product: a milestone that answers "what is to be done?" (F24).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Status {
    /// Its id; derived from product and key where the catalogue made it.
    #[n(0)]
    pub id: StatusId,
    /// The product whose cards may have it.
    #[n(1)]
    pub product: ProductId,
    /// Its key in the catalogue; `None` for one that an administrator added.
    #[n(2)]
    pub key: Option<Key>,
    /// The name that an administrator gave it; empty: the catalogue's, see
    /// [`crate::settings::Settings::status_name`].
    #[n(3)]
    pub name: String,
    /// Where in the process it lies.
    #[n(4)]
    pub group: StatusGroup,
    /// Its place among the statuses of its group; ties go by id.
    #[n(5)]
    pub order: u32,
    /// Whether it can no longer be chosen; cards that have it keep it until they are moved (F27).
    #[cbor(n(6), default)]
    #[serde(default)]
    pub retired: bool,
    /// The todo that a card gets when it enters the status (C9).
    #[n(7)]
    pub todo: Option<StatusTodo>,
}

/// The todo that a status gives to cards (C9): see [`crate::settings::Settings::todo_on_entry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct StatusTodo {
    /// What is to be done, in the words of an administrator; empty: in those of the catalogue, see
    /// [`crate::settings::Settings::todo_text`].
    #[n(0)]
    pub text: String,
    /// How many days after the card enters the status the todo is due.
    #[n(1)]
    pub due_days: u16,
}

open_code! {
    /// The four groups of statuses, in the order of a process (F23); reports and the Wall of Progress
    /// read the group, not the status.
    view StatusGroup {
        /// Not begun: database, ideas, candidates, invoices to issue.
        Inactive = 0, "inactive";
        /// Under way.
        InProgress = 1, "in_progress";
        /// Ended well: won, paid, hired, finished.
        Positive = 2, "positive";
        /// Ended badly: lost, reversed, rejected, cancelled.
        Negative = 3, "negative";
    }
}

/// Who decides which statuses a product has, and which of them a card is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusMode {
    /// The set is fixed; a card is moved by hand.
    Fixed,
    /// An administrator edits the set; a card is moved by hand.
    Custom,
    /// The set is fixed; a card's status follows from its fields. It is never stored, so it cannot be in
    /// conflict (F19).
    Derived,
}

impl StatusMode {
    /// Whether an administrator may add, retire and regroup statuses (F12, F13, C1).
    pub const fn set_is_editable(self) -> bool {
        matches!(self, Self::Custom)
    }

    /// Whether a card's status is a register that a user writes.
    pub const fn is_stored(self) -> bool {
        !matches!(self, Self::Derived)
    }
}
