//! When something was lost: finding out where device and server differ, and re-uploads. And the trim, after
//! which a device that was away for long has lost its place.

mod parts;
pub mod reconciliation;
mod reupload_accounts;
pub mod reupload_documents;
pub mod reupload_settings;
pub mod soundness;
pub mod state_hash;
pub mod trim;
