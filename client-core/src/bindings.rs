//! How a change set crosses into Kotlin and Swift, which know no ordered sets: with lists.

use roadbook_domain::value::id::DocumentId;

use crate::change_set::{ChangeSet, List};

/// What changed, so that an app refreshes the right screens and no others.
#[derive(uniffi::Record)]
pub struct Changes {
    /// The documents whose content or sync state changed, each once, by id.
    pub documents: Vec<DocumentId>,
    /// The lists that may look different, each once.
    pub lists: Vec<List>,
    /// So much changed that everything is to be read anew; `documents` and `lists` are then not
    /// complete.
    pub everything: bool,
}

uniffi::custom_type!(ChangeSet, Changes, {
    lower: |set| Changes {
        documents: set.documents.into_iter().collect(),
        lists: set.lists.into_iter().collect(),
        everything: set.everything,
    },
    try_lift: |changes| Ok(ChangeSet {
        documents: changes.documents.into_iter().collect(),
        lists: changes.lists.into_iter().collect(),
        everything: changes.everything,
    }),
});
