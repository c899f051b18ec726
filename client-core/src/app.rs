//! What an app shows and does, in the words of the product (`docs/api.md`): typed fields, no registers, and ids
//! that are made here. Kotlin, Swift and TypeScript have these types as they are.
//!
//! A view is made from one reading of the file and holds all that its screen needs, so no screen asks twice.

pub(crate) mod ahead;
pub(crate) mod attach;
pub(crate) mod card;
pub(crate) mod closing;
pub(crate) mod conflict;
pub(crate) mod contact;
pub(crate) mod doubles;
pub(crate) mod edits;
pub(crate) mod exchange;
#[cfg(feature = "web")]
pub(crate) mod failure;
pub(crate) mod field;
pub(crate) mod history;
pub(crate) mod lists;
pub(crate) mod place_value;
pub(crate) mod quarantine;
pub(crate) mod settings;
pub(crate) mod todo;
pub(crate) mod undo;

pub use ahead::{inbox, loses_sight, postpone_choices, quick_todo};
pub use attach::{
    AttachQuestion, Attached, ProductAnswer, ProductChoice, StatusAnswer, StatusChoice, attach,
};
pub use card::{CardView, MissingField};
pub use closing::ClosingView;
pub use conflict::{Conflict, resolve};
pub use contact::ContactView;
pub use doubles::likely_doubles;
pub use edits::{
    CardEdit, ContactEdit, Edited, FieldChange, Made, NewCard, NewContact, Way, create_card, create_contact,
    edit_card, edit_cards, edit_contact, moves_to,
};
pub use exchange::{Budget, Cancel, Exchange, SyncEnd, Synced};
#[cfg(feature = "web")]
pub use failure::Failure;
pub use field::{FieldValue, FieldView};
pub use history::{ActKind, ActView, EditView, HistoryItem};
pub use lists::{Board, CardItem, ContactItem, Found, FoundTodo};
pub use place_value::PlaceValue;
pub use quarantine::{QuarantineReason, QuarantinedEdit, Reapplied, WrittenView, reapply};
pub use settings::{
    FieldInfo, FieldType, OptionView, OrganisationView, ProductView, SettingsView, StatusView, UserView, may,
};
pub use todo::TodoView;
pub use undo::undo;

#[cfg(all(test, feature = "web"))]
mod tests;
