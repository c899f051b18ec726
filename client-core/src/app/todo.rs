//! Todos, on cards and in lists.

use std::collections::BTreeMap;

use roadbook_domain::crm::row::TodoRow;
use roadbook_domain::read::list::OpenTodo;
use roadbook_domain::value::due::{Class, Due};
use roadbook_domain::value::id::{DocumentId, PartId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Closing;

use super::closing::ClosingView;
use crate::query::todo_details::TodoDetails;

/// A todo of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct TodoView {
    /// Its id within the card.
    pub id: PartId,
    /// What is to be done.
    pub text: String,
    /// When it is due.
    pub due: Option<Due>,
    /// How urgent it is; `None`: it is closed.
    pub class: Option<Class>,
    /// From when it is overdue; `None`: it is closed, or has no due.
    pub overdue_from: Option<Timestamp>,
    /// The user who is to do it (F49).
    pub assignee: Option<UserId>,
    /// The contact it is to be done with (F35).
    pub contact: Option<DocumentId>,
    /// What lists do not show of it: `None` in a list.
    pub details: Option<TodoDetails>,
    /// Who closed it, first the closing that counts; several if users closed it at once (C13). Empty: it is
    /// open.
    pub closings: Vec<ClosingView>,
}

impl TodoView {
    /// An open todo.
    pub(crate) fn of_open(row: TodoRow, open: &OpenTodo) -> Self {
        let overdue_from = Some(open.overdue_from).filter(|at| *at != Timestamp::NEVER);
        Self { class: Some(open.class), overdue_from, ..Self::bare(row) }
    }

    /// A closed todo.
    pub(crate) fn of_closed(row: TodoRow, closings: &BTreeMap<PartId, Vec<Closing>>) -> Self {
        let closings = closings.get(&row.id).into_iter().flatten().map(ClosingView::of).collect();
        Self { closings, ..Self::bare(row) }
    }

    /// With what an opened card tells of it.
    pub(crate) fn with(self, details: &BTreeMap<PartId, TodoDetails>) -> Self {
        Self { details: Some(details.get(&self.id).cloned().unwrap_or_default()), ..self }
    }

    fn bare(row: TodoRow) -> Self {
        let TodoRow { id, text, due, assignee, contact, .. } = row;
        let (class, overdue_from, details, closings) = (None, None, None, Vec::new());
        Self { id, text, due, class, overdue_from, assignee, contact, details, closings }
    }
}
