//! What goes into the log: changes of devices, the server's own documents, purges.
//!
//! A group of changes is tried on a copy (`scratch`), judged there (`judge`), planned as data (`plan`,
//! `changed`, `contacts`, `reach`) and written in one transaction (`commit`); `push` leads all groups of a request through these.

pub mod budget;
pub mod changed;
pub mod commit;
mod contacts;
mod grounds;
pub mod judge;
pub mod judged;
pub mod names;
pub mod own_documents;
pub mod plan;
pub mod purge;
pub mod push;
pub mod reach;
pub mod scratch;
mod sight;
mod unfit;
