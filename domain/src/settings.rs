//! Settings: what an administrator sets, as versioned rows that replicate to every device (F8, F73).
//!
//! Only the server writes rows; phones hold them read-only. A row of a kind that this version does not
//! know is kept as it came, and read after an update.

mod builtin;
pub mod catalogue;
pub mod field;
mod import_key;
mod judge;
mod kinds;
mod moves;
mod on_entry;
mod organisation;
pub mod product;
pub mod role;
mod rows;
pub mod status;
pub mod user;
mod view;

pub use builtin::{INBOX_PRODUCT, LOCAL_USER, builtin_rows, local_user};
pub use import_key::ImportKey;
pub use judge::{MAX_FIELDS, MAX_NAME_LEN, MAX_OPTIONS, SettingsError};
pub use organisation::Organisation;
pub use rows::{MAX_BODY_LEN, Setting, SettingsClass, SettingsId, SettingsKind, SettingsRow, UnreadableRow};
pub use view::{CardStatus, Settings, StatusInputs};

#[cfg(test)]
mod tests;
