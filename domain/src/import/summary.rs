//! What an import does or would do, in numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::plan::RowPlan;
use super::problem::Problem;
use crate::crm::command::{CardCommand, ContactCommand};
use crate::crm::row::{ContactSort, DetailSort};
use crate::value::id::DocumentId;

/// Counts of what rows make; of a dry run, or kept while writing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows, empty ones not counted.
    pub rows: u32,
    /// Cards, one for every row that is not skipped.
    pub cards: u32,
    /// Persons.
    pub persons: u32,
    /// Companies.
    pub companies: u32,
    /// First todos.
    pub todos: u32,
    /// Entries, long notes in parts.
    pub entries: u32,
    /// Phones of persons and companies.
    pub phones: u32,
    /// Emails of persons and companies.
    pub emails: u32,
    /// Addresses of persons and companies.
    pub addresses: u32,
    /// The contacts counted: several rows may make the same.
    contacts: Counted,
    /// Rows skipped, by the code of the reason.
    pub skipped: BTreeMap<&'static str, u32>,
    /// Warnings, by column (empty: the whole row) and code of the reason.
    pub warnings: BTreeMap<(String, &'static str), u32>,
}

impl Summary {
    /// Adds a row.
    pub fn count(&mut self, row: &Result<RowPlan, Problem>) {
        self.rows += 1;
        let plan = match row {
            Ok(plan) => plan,
            Err(problem) => {
                *self.skipped.entry(problem.reason.code()).or_default() += 1;
                return;
            }
        };
        self.cards += 1;
        plan.card.commands.iter().for_each(|command| self.count_card(command));
        for contact in plan.contacts() {
            if self.contacts.0.insert(contact.document) {
                contact.commands.iter().for_each(|command| self.count_contact(command));
            }
        }
        for Problem { column, reason, .. } in &plan.warnings {
            let place = (column.clone().unwrap_or_default(), reason.code());
            *self.warnings.entry(place).or_default() += 1;
        }
    }

    fn count_card(&mut self, command: &CardCommand) {
        match command {
            CardCommand::AddTodo(_) => self.todos += 1,
            CardCommand::AddEntry(_) => self.entries += 1,
            _ => {}
        }
    }

    fn count_contact(&mut self, command: &ContactCommand) {
        match command {
            ContactCommand::Create(ContactSort::Person) => self.persons += 1,
            ContactCommand::Create(_) => self.companies += 1,
            ContactCommand::SetDetail { sort: DetailSort::Phone, .. } => self.phones += 1,
            ContactCommand::SetDetail { sort: DetailSort::Email, .. } => self.emails += 1,
            ContactCommand::SetDetail { sort: DetailSort::Address, .. } => self.addresses += 1,
            _ => {}
        }
    }
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Counted(BTreeSet<DocumentId>);

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.len().fmt(f)
    }
}
