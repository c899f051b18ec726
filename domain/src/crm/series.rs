//! Series of todos: what comes again (T7, T8).
//!
//! A todo of a series knows how often it comes again (`/recurrence`) and on which day of the series it stands
//! (`/occurrence`; the day of its due, as long as nobody wrote one). A postponed todo keeps its day in the series, so
//! the one after it comes when it would have come.

use crate::crm::card::{TODOS, todo_state};
use crate::document::draft::Draft;
use crate::value::due::Due;
use crate::value::id::PartId;
use crate::value::recurrence::Recurrence;
use crate::value::time::Day;
use crate::value::todo::Outcome;

/// What the next todo has from the one before it: all but what was said of that one day. So no todo is born snoozed.
const INHERITED: [&str; 7] =
    ["text", "assignee", "contact", "description", "urgent", "reminders", "channels"];

/// Makes a todo come again, or no more. The series begins anew with its due.
pub(super) fn repeat(draft: &mut Draft<'_>, todo: PartId, recurrence: Option<Recurrence>) {
    let text = recurrence.map(|rule| rule.to_string()).unwrap_or_default();
    draft.put(TODOS, format!("{todo}/recurrence"), text);
    draft.put(TODOS, format!("{todo}/occurrence"), "");
}

/// Makes the todo that follows one which is closed today, if that one comes again.
///
/// Its id follows from the one before it, so users who close the same todo at the same time make one, whatever each of
/// them knows of the rule. A todo that was reopened, and is closed once more, has its next one already.
pub(super) fn make_next(draft: &mut Draft<'_>, todo: PartId, today: Day) {
    let Some(rule) = parsed::<Recurrence>(draft, todo, "recurrence") else { return };
    let due: Option<Due> = parsed(draft, todo, "due");
    // What has no due comes again so long after it was done.
    let last = parsed(draft, todo, "occurrence").or_else(|| due.map(day_of)).unwrap_or(today);
    let Some((day, rule)) = rule.next(last, today) else { return };

    let next = PartId::derived(&[b"next of a series", todo.as_bytes()]);
    if let Some(state) = todo_state(draft, next) {
        // Whoever takes a closing back closes what it made without an outcome: that is not done, and comes again.
        if state.closing().is_none_or(|closing| closing.outcome() != Outcome::None) {
            return;
        }
        draft.put(TODOS, format!("{next}/state"), state.reopen().to_string());
    }
    for part in INHERITED {
        let text = draft.text(TODOS, &format!("{todo}/{part}")).unwrap_or_default();
        draft.put(TODOS, format!("{next}/{part}"), text);
    }
    draft.put(TODOS, format!("{next}/due"), moved_to(day, due).to_string());
    draft.put(TODOS, format!("{next}/recurrence"), rule.to_string());
    draft.put(TODOS, format!("{next}/occurrence"), day.to_string());
}

fn parsed<T: std::str::FromStr>(draft: &Draft<'_>, todo: PartId, part: &str) -> Option<T> {
    draft.text(TODOS, &format!("{todo}/{part}"))?.parse().ok()
}

/// The day of a due on the wall where it was set: series go by the calendar, not by instants.
fn day_of(due: Due) -> Day {
    match due {
        Due::Day(day) => day,
        Due::At { local, .. } => local.day(),
    }
}

/// That day, at the time of the due before it.
fn moved_to(day: Day, before: Option<Due>) -> Due {
    match before {
        Some(Due::At { local, zone }) => Due::At { local: local.on(day), zone },
        Some(Due::Day(_)) | None => Due::Day(day),
    }
}
