//! The usable rows of a file in their order, and what each is known by.

use std::collections::BTreeMap;

use super::names::fold;
use super::problem::{Problem, Reason};
use super::records::{Record, Records};
use super::row::{Detail, ImportRow};
use super::scope::Scope;
use crate::crm::row::DetailSort;
use crate::value::id::DocumentId;

/// What a row is known by when it is imported again: its external id, or without one its names and its
/// first phone or email, and its place among the rows alike in these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowKey(pub [u8; 16]);

/// The usable rows, and why the others are not.
pub(super) struct ImportRows<'a> {
    scope: &'a Scope<'a>,
    records: Records<'a>,
    /// The first row with each external id.
    ids: BTreeMap<String, u32>,
    /// The first row with each wording, of those without an external id.
    wordings: BTreeMap<[u8; 16], u32>,
    /// How many rows had each name, of those without an external id.
    names: BTreeMap<[u8; 16], u32>,
}

impl<'a> ImportRows<'a> {
    pub(super) fn new(scope: &'a Scope<'a>) -> Self {
        let records = scope.source.records();
        Self { scope, records, ids: BTreeMap::new(), wordings: BTreeMap::new(), names: BTreeMap::new() }
    }

    fn row(&mut self, record: &Record<'_>) -> Result<(RowKey, ImportRow), Problem> {
        let row = ImportRow::read(record, self.scope)?;
        let is_same = |reason| Err(Problem::of_row(row.row, row.line, reason));
        if !row.external_id.is_empty() {
            let first = *self.ids.entry(row.external_id.clone()).or_insert(row.row);
            let key = digest(&[b"id", row.external_id.as_bytes()]);
            return if first == row.row { Ok((RowKey(key), row)) } else { is_same(Reason::SameId(first)) };
        }
        // Ignored columns count, too: rows that differ anywhere may be two customers.
        let cells: Vec<&[u8]> = record.cells.iter().map(|cell| cell.trim().as_bytes()).collect();
        let first = *self.wordings.entry(digest(&cells)).or_insert(row.row);
        if first != row.row {
            return is_same(Reason::SameRow(first));
        }
        // No address: a household shares one, and it is written in too many ways.
        let detail = row.details.iter().find(|detail| detail.sort != DetailSort::Address);
        let detail = detail.map(Detail::key).unwrap_or_default();
        let names = [&row.given, &row.family, &row.company].map(|name| fold(name));
        let [given, family, company] = names.each_ref().map(String::as_bytes);
        let name = digest(&[b"name", given, family, company, detail.as_bytes()]);
        let place = self.names.entry(name).or_default();
        let key = digest(&[&name, &place.to_be_bytes()]);
        *place += 1;
        Ok((RowKey(key), row))
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

fn digest(parts: &[&[u8]]) -> [u8; 16] {
    *DocumentId::derived(parts).as_bytes()
}
