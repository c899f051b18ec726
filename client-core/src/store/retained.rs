//! Retained closings: what the user closed in cards that they no longer see still counts in Today's totals.

use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::todo::{Outcome, TodoState};
use rusqlite::Transaction;

use crate::error::Error;

/// Retains a closing.
pub(crate) fn retain(
    tx: &Transaction<'_>,
    id: DocumentId,
    todo: PartId,
    state: &TodoState,
) -> Result<(), Error> {
    let Some(day) = closed_on(state) else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO retained_closing (document, todo, state, closed_on) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET state = ?3, closed_on = ?4",
    )?
    .execute((id.as_bytes(), todo.as_bytes(), state.to_string(), day))?;
    Ok(())
}

/// Deletes the retained closings of one card, before others take their place.
pub(crate) fn forget_of(tx: &Transaction<'_>, id: DocumentId) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM retained_closing WHERE document = ?1")?.execute([id.as_bytes()])?;
    Ok(())
}

/// Deletes all retained closings, before a server tells them anew.
pub(crate) fn forget_all(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM retained_closing")?.execute([])?;
    Ok(())
}

/// The day of a closing that counts in Today's total (C6).
pub(super) fn closed_on(state: &TodoState) -> Option<String> {
    let closing = state.closing()?;
    (closing.outcome() == Outcome::Success).then(|| state.closed_on().map(|day| day.to_string()))?
}
