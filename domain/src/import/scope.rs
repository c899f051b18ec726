//! What the meaning of a row depends on besides its cells.

use std::collections::BTreeMap;

use super::dates::{DateOrder, Votes};
use super::destination::{
    Destination, Directory, FieldColumn, Holder, ImportId, ImportSource, Named, ValueKind,
};
use super::header::{Mapping, Target};
use super::names::{fold, header_words};
use super::problem::FileError;
use super::source::Source;
use super::{MAX_ROWS, MAX_UNREADABLE};
use crate::value::id::{DocumentId, FieldId, StatusId};
use crate::value::time::Zone;

/// All that the meaning of a row depends on besides its cells.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub source: &'a Source<'a>,
    pub mapping: &'a Mapping,
    pub to: &'a Destination,
    pub directory: &'a Directory,
    /// What the dates of each column tell.
    votes: Vec<Votes>,
    /// Statuses by folded name.
    pub statuses: BTreeMap<String, StatusId>,
    /// The fields, each with its options by folded name or key.
    fields: BTreeMap<FieldId, (&'a FieldColumn, BTreeMap<String, String>)>,
    /// The source, as far as it is known by now.
    pub import: ImportId,
    /// The places of rows among those alike, where they are not in the order of the file.
    pub slots: BTreeMap<u32, u32>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        source: &'a Source<'a>,
        mapping: &'a Mapping,
        to: &'a Destination,
        directory: &'a Directory,
    ) -> Self {
        let named = |status: &'a Named<StatusId>| status.names.iter().map(|name| (fold(name), status.id));
        let statuses = to.statuses.iter().flat_map(named).collect();
        let fields = to.fields.iter().map(|field| (field.field, (field, options(field)))).collect();
        let import = match &to.source {
            ImportSource::Named(name) => ImportId::of_name(&to.key, to.product, name),
            ImportSource::Unnamed => ImportId::of_column(&to.key, to.product, &id_column(mapping), 0),
        };
        let (votes, slots) = (Vec::new(), BTreeMap::new());
        Self { source, mapping, to, directory, votes, statuses, fields, import, slots }
    }

    /// Whether several sources could have these rows: without ids a row is known by what it says.
    pub(super) fn may_choose_source(&self) -> bool {
        self.to.source == ImportSource::Unnamed && !id_column(self.mapping).is_empty()
    }

    /// The source with this number, of those with such ids.
    pub(super) fn numbered(&self, number: u32) -> ImportId {
        ImportId::of_column(&self.to.key, self.to.product, &id_column(self.mapping), number)
    }

    /// The id of a contact, the same for all sources.
    pub(super) fn contact(&self, sort: &[u8], key: &[u8]) -> DocumentId {
        DocumentId::derived(&[b"import", self.to.key.as_bytes(), sort, key])
    }

    /// The id of a card.
    pub(super) fn card(&self, key: &[u8]) -> DocumentId {
        self.card_of(self.import, key)
    }

    /// The id that a card has if its row is of this source.
    pub(super) fn card_of(&self, source: ImportId, key: &[u8]) -> DocumentId {
        DocumentId::derived(&[b"import", self.to.key.as_bytes(), source.as_bytes(), b"card", key])
    }

    /// Counts the rows and takes the votes of their dates.
    pub(super) fn count(&mut self) -> Result<u32, FileError> {
        let (mut rows, mut unreadable) = (0, 0);
        let mut votes = vec![Votes::default(); self.mapping.columns.len()];
        for record in self.source.records() {
            rows += 1;
            match record {
                Ok(record) => votes.iter_mut().zip(&record.cells).for_each(|(votes, cell)| votes.count(cell)),
                Err(_) => unreadable += 1,
            }
            // Inside the loop, so that a file that is not CSV at all is refused early.
            if rows > MAX_ROWS {
                return Err(FileError::TooManyRows);
            }
            if unreadable > MAX_UNREADABLE {
                return Err(FileError::TooManyUnreadable);
            }
        }
        self.votes = votes;
        Ok(rows)
    }

    /// The order of dates in a column.
    pub(super) fn order(&self, place: usize) -> Option<DateOrder> {
        // The user's answer counts for every column, also where the dates seem to say otherwise.
        self.source.date_order.or_else(|| self.votes.get(place)?.order())
    }

    /// The columns of dates that nothing tells how to read.
    pub(super) fn undecided_dates(&self) -> impl Iterator<Item = &'a str> {
        let is_open = self.source.date_order.is_none();
        let columns = self.mapping.columns.iter().zip(&self.votes);
        let undecided = columns.filter(move |(column, votes)| {
            let is_date = match column.target {
                Target::FirstSeen | Target::LastSeen => true,
                Target::Field(field) => self
                    .field(field)
                    .is_some_and(|(field, _)| matches!(field.kind, ValueKind::Day | ValueKind::DayTime)),
                _ => false,
            };
            is_open && is_date && votes.is_undecided()
        });
        undecided.map(|(column, _)| column.name.as_str())
    }

    pub(super) fn zone(&self) -> Zone {
        self.to.acting.zone
    }

    pub(super) fn field(&self, field: FieldId) -> Option<(&'a FieldColumn, &BTreeMap<String, String>)> {
        self.fields.get(&field).map(|(field, options)| (*field, options))
    }

    pub(super) fn holder(&self, field: FieldId) -> Option<Holder> {
        self.field(field).map(|(field, _)| field.of)
    }

    /// The header of the column in a place.
    pub(super) fn column(&self, place: usize) -> &'a str {
        self.mapping.columns.get(place).map(|column| column.name.as_str()).unwrap_or_default()
    }

    /// The header of the first column with this meaning.
    pub(super) fn column_of(&self, target: &Target) -> &'a str {
        let column = self.mapping.columns.iter().find(|column| column.target == *target);
        column.map(|column| column.name.as_str()).unwrap_or_default()
    }
}

/// The header of the column with the ids, as its words; empty if there is none.
fn id_column(mapping: &Mapping) -> String {
    let column = mapping.columns.iter().find(|column| column.target == Target::ExternalId);
    column.map(|column| header_words(&column.name).join(" ")).unwrap_or_default()
}

fn options(field: &FieldColumn) -> BTreeMap<String, String> {
    let ValueKind::Choice { options, .. } = &field.kind else { return BTreeMap::new() };
    let named = |option: &Named<String>| {
        // Programs write an option's key where people write its name.
        let names: Vec<String> = option.names.iter().chain([&option.id]).map(|name| fold(name)).collect();
        names.into_iter().map(|name| (name, option.id.clone())).collect::<Vec<_>>()
    };
    options.iter().flat_map(named).collect()
}

/// The first bytes of a hash over parts.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 16] {
    *DocumentId::derived(parts).as_bytes()
}
