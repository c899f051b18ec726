//! What lies ahead of an act: said, or proposed, before the user does it.

use roadbook_domain::access::audience::{inbox_id, own_principals, scope_of_new};
use roadbook_domain::access::rights::{Scope, Viewer};
use roadbook_domain::crm::card;
use roadbook_domain::read::postpone::{PostponeChoice, postpone_choices as choices};
use roadbook_domain::read::quick::{QuickTodo, quick};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::LocalNow;

use super::edits::{CardEdit, card_commands};
use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::store::documents;

/// Whether the user would not see the card any more after these edits (C2, C25).
///
/// # Errors
/// As for [`edit_card`](super::edit_card).
pub fn loses_sight(client: &Client, id: DocumentId, edits: &[CardEdit]) -> Result<bool, ApiError> {
    // A transaction in which nothing is stored.
    let (loses, _) = client.edits(None, |batch| {
        let (commands, _) = card_commands(batch, id, edits)?;
        let rows = batch.card_with(id, &commands)?;
        let user = batch.acting().by;
        // The card is here, so nobody else's private one is meant.
        let scope = scope_of_new(&card::TYPE, id, user).unwrap_or(Scope::Staff);
        let viewer = batch.settings().user(user).map(|known| Viewer { user, role: known.role });
        Ok(viewer.is_some_and(|viewer| !viewer.can_see(scope, &own_principals(scope, &rows))))
    })?;
    Ok(loses)
}

/// When a todo may be postponed to by one tap, the soonest first: by the user's clock in their zone.
///
/// # Errors
/// Of the storage.
pub fn postpone_choices(client: &Client) -> Result<Vec<PostponeChoice>, ApiError> {
    let zone = client.workspace()?.zones().viewer;
    Ok(choices(&LocalNow::new(client.env().now(), zone)))
}

/// What a line that the user writes says: a todo, and when it is due, by their clock and in their language. What may be
/// read in two ways stays text.
///
/// # Errors
/// [`ApiError::NoUser`]; of the storage.
pub fn quick_todo(client: &Client, text: &str) -> Result<QuickTodo, ApiError> {
    let workspace = client.workspace()?;
    let language = workspace.settings.language(Some(workspace.user().ok_or(Error::NoUser)?));
    Ok(quick(text, language, &LocalNow::new(client.env().now(), workspace.zones().viewer)))
}

/// The user's inbox card, for todos that belong to no other; `None` while it has not arrived.
///
/// # Errors
/// [`ApiError::NoUser`]; of the storage.
pub fn inbox(client: &Client) -> Result<Option<DocumentId>, ApiError> {
    let user = client.workspace()?.user().ok_or(Error::NoUser)?;
    let inbox = inbox_id(user);
    let is_here = client.store().read(|connection| documents::exists(connection, inbox))?;
    Ok(is_here.then_some(inbox))
}

#[cfg(test)]
mod tests;
