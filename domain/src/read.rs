//! Reading: what registers show, the rows and facts made from them, and the lists that users work from.

pub mod duplicate;
pub mod history;
pub mod list;
pub mod postpone;
pub mod projection;
pub mod quick;
pub mod reminder;
pub mod snooze;
pub mod state_hash;
pub mod today;
pub mod view;
