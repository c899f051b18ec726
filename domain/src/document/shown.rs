//! What a register shows of values that several users wrote at the same time (N3, C13).

use crate::document::values::Values;
use crate::document::{DocumentType, Form};
use crate::value::todo::{self, TodoState};
use crate::value::trash::TRASHED;

/// What a register shows: the winner by automerge's order, except where a rule of the domain decides.
///
/// A todo's state is merged from all its values: a close beats a postponement, and a reopening beats the
/// close that it saw. A document that one side trashed stays trashed. Long texts that two phones began
/// apart are joined.
pub fn shown(kind: &DocumentType, container: u8, name: &str, values: &Values) -> String {
    // A single value is shown as it was written, also one in the form of a later version.
    let conflicting = !values.losers.is_empty();
    match kind.rule(container, name).map(|rule| rule.form) {
        Some(Form::TodoState) if conflicting => merged_state(values).to_string(),
        Some(Form::Trash) if values.all().any(|written| written.value == TRASHED) => TRASHED.to_owned(),
        _ => values.shown(),
    }
}

/// A todo's state from all its concurrent values. A value that is not a state counts for nothing.
fn merged_state(values: &Values) -> TodoState {
    let states = values.all().filter_map(|written| written.value.parse::<TodoState>().ok());
    todo::merge(states).winner
}
