//! Access: who sees which document, and what their role lets them do.

pub mod audience;
pub mod authorship;
pub mod mapping;
pub mod permissions;
pub mod rights;
