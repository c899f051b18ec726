//! The usable rows of a file in their order, and what each is known by.

use std::collections::BTreeMap;

use super::problem::{Problem, Reason};
use super::records::{Record, Records};
use super::row::ImportRow;
use super::scope::{Scope, digest};
use crate::value::id::DocumentId;

/// What a row is known by when it is imported again: its id, or without one its names and its first email or
/// phone; and its place among the rows alike in these, which differ in the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowKey {
    pub base: [u8; 16],
    pub slot: u32,
}

impl RowKey {
    /// The card of the row.
    pub(super) fn card(self, scope: &Scope<'_>) -> DocumentId {
        scope.card(&self.bytes())
    }

    pub(super) fn bytes(self) -> [u8; 16] {
        digest(&[&self.base, &self.slot.to_be_bytes()])
    }
}

/// The usable rows, and why the others are not.
pub(super) struct ImportRows<'a> {
    scope: &'a Scope<'a>,
    records: Records<'a>,
    /// The first row with each external id, and whom it names.
    ids: BTreeMap<String, (u32, [u8; 16])>,
    /// The first row with each wording.
    wordings: BTreeMap<[u8; 16], u32>,
    /// How many rows were alike in what they are known by.
    alike: BTreeMap<[u8; 16], u32>,
}

impl<'a> ImportRows<'a> {
    pub(super) fn new(scope: &'a Scope<'a>) -> Self {
        let records = scope.source.records();
        Self { scope, records, ids: BTreeMap::new(), wordings: BTreeMap::new(), alike: BTreeMap::new() }
    }

    fn row(&mut self, record: &Record<'_>) -> Result<(RowKey, ImportRow), Problem> {
        let row = ImportRow::read(record, self.scope)?;
        let is_same = |reason| Err(Problem::of_row(row.row, row.line, reason));
        // All columns count: rows that differ anywhere may be two customers, or two deals of one.
        let cells: Vec<&[u8]> = record.cells.iter().map(|cell| cell.trim().as_bytes()).collect();
        let first = *self.wordings.entry(digest(&cells)).or_insert(row.row);
        if first != row.row {
            return is_same(Reason::SameRow(first));
        }
        let names = row.names_key();
        let base = if row.external_id.is_empty() {
            digest(&[b"name", &names, row.reach().unwrap_or_default().as_bytes()])
        } else {
            let (first, of) = *self.ids.entry(row.external_id.clone()).or_insert((row.row, names));
            // One id for two customers is a mistake; for one customer these are several deals.
            if of != names {
                return is_same(Reason::SameId(first));
            }
            digest(&[b"id", row.external_id.as_bytes()])
        };
        let place = self.alike.entry(base).or_default();
        let slot = self.scope.slots.get(&row.row).copied().unwrap_or(*place);
        *place += 1;
        Ok((RowKey { base, slot }, row))
    }
}

impl Iterator for ImportRows<'_> {
    type Item = Result<(RowKey, ImportRow), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.records.next()? {
            Ok(record) => self.row(&record),
            Err(broken) => {
                let column = self.scope.mapping.columns.get(broken.column);
                Err(broken.problem(column.map(|column| column.name.as_str())))
            }
        })
    }
}
