//! Undo: an edit of a card is taken back, or the app says why not; what it wrote then reads as before.

use std::collections::BTreeSet;

use roadbook_client::ApiError;
use roadbook_domain::crm::place::{Place, TodoPart};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::read::history::{Edit, HistoryItem};
use roadbook_domain::value::id::PartId;
use roadbook_domain::value::todo::TodoState;

use super::phone::App;
use crate::dice::nth;
use crate::failure::{Failure, ensure};

/// Takes back one of the last edits of a card; tells whether that was possible.
///
/// # Errors
/// What the edit replaced is not there afterwards, or what changed since was taken back.
pub fn undo(app: &App, target: u8, skip: u8) -> Result<bool, Failure> {
    let cards = app.peek.ids(DocumentTypeId::CARD)?;
    let Some(card) = nth(&cards, target).copied() else { return Ok(false) };
    // What was spoiled cannot be read.
    let Ok(history) = app.client.history(card, 0, usize::MAX) else { return Ok(false) };
    let Some((later, item)) = split_at(&history, usize::from(skip)) else { return Ok(false) };
    match app.client.undo(card, item.hash) {
        Ok(changes) if changes.is_empty() => return Ok(false),
        Ok(_) => {}
        Err(ApiError::NotFound { .. } | ApiError::Invalid { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let touched =
        puts(item).any(|(place, ..)| later.iter().any(|one| puts(one).any(|(other, ..)| other == place)));
    ensure("what changed since is not taken back", !touched, || format!("{item:?} before {later:?}"))?;
    let after = app.client.history(card, 0, usize::MAX)?;
    let Some((back, rest)) = after.split_first() else { return Ok(false) };
    // Changes that were made at the same time may change places.
    let lines = |items: &[HistoryItem]| items.iter().map(|item| item.hash).collect::<BTreeSet<_>>();
    let is_one_more = lines(rest) == lines(&history);
    ensure("taking back is one more line of the history", is_one_more, || format!("{item:?}: {back:?}"))?;
    // One that was made and is closed already need not be closed again.
    let row = app.client.card_row(card)?;
    let open: Vec<_> = row.todos.iter().filter(|todo| todo.state.is_open()).map(|todo| todo.id).collect();
    ensure("what was taken back reads as before", is_as_before(item, back, &open), || {
        format!("{item:?}: {back:?}")
    })?;
    Ok(true)
}

fn split_at(history: &[HistoryItem], skip: usize) -> Option<(&[HistoryItem], &HistoryItem)> {
    Some((history.get(..skip)?, history.get(skip)?))
}

/// The values that a line wrote: where, what was shown before, and what is since.
fn puts(item: &HistoryItem) -> impl Iterator<Item = (&Place, &str, &str)> {
    item.edits.iter().filter_map(|edit| match edit {
        Edit::Put { place, old, new } => Some((place, old.first().map_or("", String::as_str), new.as_str())),
        Edit::Text { .. } => None,
    })
}

fn is_as_before(item: &HistoryItem, back: &HistoryItem, open: &[PartId]) -> bool {
    let is_new = puts(item).any(|(place, ..)| *place == Place::Product);
    if is_new {
        return puts(back).all(|(place, _, new)| *place == Place::Trash && !new.is_empty());
    }
    let written = |place: &Place| puts(back).find(|(other, ..)| *other == place).map(|(_, _, new)| new);
    let is_open = |text: &str| text.is_empty() || text.parse().is_ok_and(|state: TodoState| state.is_open());
    let state = |todo: PartId| written(&Place::Todo { todo, part: TodoPart::State });
    puts(item).all(|(place, old, new)| match *place {
        Place::Todo { todo, .. } if is_made(item, todo) => !open.contains(&todo),
        Place::Todo { todo, part: TodoPart::State } => {
            state(todo).is_some_and(|state| is_open(state) == is_open(old))
        }
        // A value that it wrote again is there already.
        _ => written(place).unwrap_or(new) == old,
    })
}

/// Whether the todo began with this line.
fn is_made(item: &HistoryItem, todo: PartId) -> bool {
    let text = Place::Todo { todo, part: TodoPart::Text };
    item.edits
        .iter()
        .any(|edit| matches!(edit, Edit::Put { place, old, .. } if *place == text && old.is_empty()))
}
