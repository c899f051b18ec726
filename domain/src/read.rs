//! Reading: what registers show, the rows and facts made from them, and the lists that users work from.

pub mod history;
pub mod list;
pub mod projection;
pub mod state_hash;
pub mod today;
pub mod view;
