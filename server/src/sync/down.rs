//! What a device is told: the tail of the log after its cursor (`pull`, `net`), and documents by their
//! ids beside it (`fill`), as entries on a page.

pub mod fill;
pub mod net;
pub mod page;
pub mod pull;
pub mod visible;
