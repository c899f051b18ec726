//! From the cells of one row to what it says: every cell is used, kept as a note, or warned about.

use std::collections::BTreeMap;

use super::dates::{self, Moment};
use super::header::{AddressPart, Column, Party, Target};
use super::names::fold;
use super::problem::{Problem, Reason};
use super::records::Record;
use super::scope::{Scope, digest};
use super::values::{Value, field_value, is_text, one_line, one_name};
use super::{MAX_DETAILS, MAX_NAME};
use crate::crm::command::MAX_VALUE_LEN;
use crate::crm::row::DetailSort;
use crate::value::email::{self, is_email};
use crate::value::id::{FieldId, StatusId, UserId};
use crate::value::phone::{self, is_phone};

/// What a row says.
#[derive(Debug, Default)]
pub(super) struct ImportRow {
    pub row: u32,
    pub line: u32,
    pub external_id: String,
    pub given: String,
    pub family: String,
    pub company: String,
    pub details: Vec<Detail>,
    /// The owner that it names, if they were found.
    pub owner: Option<UserId>,
    pub status: Option<StatusId>,
    pub fields: BTreeMap<FieldId, Value>,
    pub notes: Vec<String>,
    /// Cells without a place of their own, by header.
    pub kept: Vec<(String, String)>,
    pub first_seen: Option<Moment>,
    pub last_seen: Option<Moment>,
    /// The cells that name the owner and the status, as written.
    pub named: Vec<(Target, String)>,
    pub warnings: Vec<Problem>,
}

/// A phone, email or address.
#[derive(Debug, Clone)]
pub(super) struct Detail {
    /// The place of its column.
    pub place: usize,
    pub of: Party,
    pub sort: DetailSort,
    pub label: String,
    pub value: String,
}

impl Detail {
    /// What two ways of writing the same have in common.
    pub(super) fn key(&self) -> String {
        match self.sort {
            DetailSort::Email => email::folded(&self.value),
            // Not what is the same number: of two spellings one is dropped, and ids follow from it.
            DetailSort::Phone => phone::spelling(&self.value),
            DetailSort::Address | DetailSort::Other(_) => fold(&self.value),
        }
    }

    /// Whether it is among others of the same contact.
    pub(super) fn is_among(&self, others: &[Detail]) -> bool {
        others.iter().any(|other| other.sort == self.sort && other.key() == self.key())
    }
}

impl ImportRow {
    /// Reads a record; the problem is why it is unusable.
    pub(super) fn read(record: &Record<'_>, scope: &Scope<'_>) -> Result<Self, Problem> {
        let columns = &scope.mapping.columns;
        let problem = |reason| Problem::of_row(record.row, record.line, reason);
        let cells = record.cells.len();
        // Empty cells do no harm: spreadsheets write them behind the last column.
        if let Some(cell) = record.cells.iter().skip(columns.len()).find(|cell| !cell.trim().is_empty()) {
            let reason = Reason::TooManyCells { cells, columns: columns.len() };
            return Err(Problem { value: Problem::quote(cell), ..problem(reason) });
        }
        let row = Self { row: record.row, line: record.line, ..Self::default() };
        let mut reading = Reading { scope, row, full_name: None, addresses: BTreeMap::new() };
        if cells < columns.len() {
            let reason = Reason::TooFewCells { cells, columns: columns.len() };
            reading.row.warnings.push(problem(reason));
        }
        for (place, (column, cell)) in columns.iter().zip(&record.cells).enumerate() {
            reading.cell(place, column, cell);
        }
        let row = reading.finish();
        if row.has_person() || !row.company.is_empty() { Ok(row) } else { Err(problem(Reason::NoName)) }
    }

    /// Takes the first email or phone for the name of a person: better than to lose them.
    fn name_by_reach(&mut self) {
        let first = |sort| self.details.iter().find(|detail| detail.sort == sort);
        if let Some(detail) = first(DetailSort::Email).or_else(|| first(DetailSort::Phone)) {
            self.family.clone_from(&detail.value);
        }
    }

    /// Whether it names a person.
    pub(super) fn has_person(&self) -> bool {
        !self.given.is_empty() || !self.family.is_empty()
    }

    /// Its names, without what tells two spellings apart.
    pub(super) fn names_key(&self) -> [u8; 16] {
        let names = [&self.given, &self.family, &self.company].map(|name| fold(name));
        let [given, family, company] = names.each_ref().map(String::as_bytes);
        digest(&[given, family, company])
    }

    /// Its first email, or without one its first phone. No address: a household shares one, and it is
    /// written in too many ways.
    pub(super) fn reach(&self) -> Option<String> {
        let first = |sort| self.details.iter().find(|detail| detail.sort == sort).map(Detail::key);
        first(DetailSort::Email).or_else(|| first(DetailSort::Phone))
    }

    /// Its company's phones, emails and addresses.
    pub(super) fn of_company(&self) -> impl Iterator<Item = &Detail> {
        self.details.iter().filter(|detail| detail.of == Party::Company)
    }

    /// Says that a cell is not usable as it should be, and keeps it.
    pub(super) fn warn_and_keep(&mut self, column: &str, value: &str, reason: Reason) {
        self.warn(column, value, reason);
        self.keep(column, value);
    }

    /// Keeps a cell for the notes.
    pub(super) fn keep(&mut self, column: &str, value: &str) {
        self.kept.push((column.to_owned(), value.to_owned()));
    }

    fn warn(&mut self, column: &str, value: &str, reason: Reason) {
        self.warnings.push(Problem::of_row(self.row, self.line, reason).at(column, value));
    }
}

/// A row being read.
struct Reading<'a> {
    scope: &'a Scope<'a>,
    row: ImportRow,
    /// The header and cell of the full name.
    full_name: Option<(&'a str, String)>,
    /// Addresses by owner and label.
    addresses: BTreeMap<(Party, &'a str), Address>,
}

/// The parts of an address.
struct Address {
    /// The place of the first column.
    place: usize,
    parts: BTreeMap<AddressPart, String>,
}

impl<'a> Reading<'a> {
    fn cell(&mut self, place: usize, column: &'a Column, cell: &str) {
        let name = &column.name;
        // One sort of line end, so that a note reads the same whatever system wrote the file.
        let readable = cell.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String = readable.chars().filter(|char| is_text(*char)).collect();
        let value = clean.trim();
        if value.is_empty() || column.target == Target::Ignore {
            return;
        }
        // Compared with `readable`, because a changed line end is no loss.
        if clean.len() < readable.len() {
            self.row.warn(name, value, Reason::Control);
        }
        // A warning only: a name with one lost letter is better than no name.
        if value.contains(char::REPLACEMENT_CHARACTER) {
            self.row.warn(name, value, Reason::Undecodable);
        }
        let read = self.put(place, &column.target, name, value);
        match read {
            Ok(true) => {}
            Ok(false) => self.row.keep(name, value),
            Err(reason) => self.row.warn_and_keep(name, value, reason),
        }
    }

    /// Puts a cell where it belongs; false if it says something beyond what is there already.
    fn put(&mut self, place: usize, target: &'a Target, name: &'a str, value: &str) -> Result<bool, Reason> {
        let (row, scope) = (&mut self.row, self.scope);
        match target {
            Target::ExternalId if value.len() > MAX_NAME => Err(Reason::TooLong),
            // It names the documents, and stays findable as a note.
            Target::ExternalId => {
                fill(&mut row.external_id, value.to_owned());
                Ok(false)
            }
            Target::GivenName => Ok(fill(&mut row.given, one_name(value)?)),
            Target::FamilyName => Ok(fill(&mut row.family, one_name(value)?)),
            Target::Company => Ok(fill(&mut row.company, one_name(value)?)),
            Target::FullName => {
                let value = one_name(value)?;
                let (_, full) = self.full_name.get_or_insert_with(|| (name, value.clone()));
                Ok(*full == value)
            }
            Target::Phone(of, label) => self.details(place, *of, DetailSort::Phone, label, value),
            Target::Email(of, label) => self.details(place, *of, DetailSort::Email, label, value),
            Target::Address(part, of, label) => {
                self.address_part(place, *part, (*of, label), value);
                Ok(true)
            }
            Target::Owner => {
                let owner = scope.directory.find(value)?;
                row.named.push((Target::Owner, value.to_owned()));
                Ok(*row.owner.get_or_insert(owner) == owner)
            }
            Target::Status => {
                let status = *scope.statuses.get(&fold(value)).ok_or(Reason::UnknownStatus)?;
                row.named.push((Target::Status, value.to_owned()));
                Ok(*row.status.get_or_insert(status) == status)
            }
            Target::Note => {
                row.notes.push(value.to_owned());
                Ok(true)
            }
            // The time of the notes and the first todo's due do not show the whole cell: it is kept too.
            Target::FirstSeen | Target::LastSeen => {
                let moment = dates::moment(value, scope.order(place), scope.zone())?;
                let is_first = *target == Target::FirstSeen;
                let seen = if is_first { &mut row.first_seen } else { &mut row.last_seen };
                seen.get_or_insert(moment);
                Ok(false)
            }
            Target::Field(field) => {
                let (value, reason) = field_value(scope, *field, place, value);
                let is_said =
                    value.is_none_or(|value| *row.fields.entry(*field).or_insert(value.clone()) == value);
                reason.map_or(Ok(is_said), Err)
            }
            Target::Keep => Ok(false),
            Target::Ignore => Ok(true),
        }
    }

    /// Adds the phones or emails of a cell: all, or none if one of them is none.
    fn details(
        &mut self,
        place: usize,
        of: Party,
        sort: DetailSort,
        label: &str,
        cell: &str,
    ) -> Result<bool, Reason> {
        let is_email_cell = sort == DetailSort::Email;
        let is_between = |char: char| {
            // Spaces and commas end an email, but stand inside a phone number.
            let is_email_end = || matches!(char, ',' | '<' | '>' | '"') || char.is_whitespace();
            matches!(char, ';' | '|' | '\n') || (is_email_cell && is_email_end())
        };
        // Google's exports put `:::` between several values of one cell.
        let parts = cell.split(":::").flat_map(|part| part.split(is_between)).map(one_line);
        // `Anna Kovács <anna@example.com>`: the name is said elsewhere.
        let is_name = |part: &str| is_email_cell && cell.contains('<') && !part.contains('@');
        let values: Vec<String> = parts.filter(|part| !part.is_empty() && !is_name(part)).collect();
        let (is_value, reason): (fn(&str) -> bool, _) =
            if is_email_cell { (is_email, Reason::Email) } else { (is_phone, Reason::Phone) };
        // With one bad part the cell was perhaps split wrongly, so it is kept whole in a note.
        if values.is_empty() || !values.iter().all(|value| is_value(value)) {
            return Err(reason);
        }
        if self.row.details.len() + values.len() > MAX_DETAILS {
            return Err(Reason::TooManyDetails);
        }
        let detail = |value| Detail { place, of, sort, label: label.to_owned(), value };
        self.row.details.extend(values.into_iter().map(detail));
        Ok(true)
    }

    fn address_part(&mut self, place: usize, part: AddressPart, whose: (Party, &'a str), cell: &str) {
        let new = || Address { place, parts: BTreeMap::new() };
        let address = self.addresses.entry(whose).or_insert_with(new);
        let text = address.parts.entry(part).or_default();
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&one_line(cell));
    }

    fn finish(mut self) -> ImportRow {
        // Names and addresses come first: which contact a detail belongs to follows from them.
        self.full_name();
        self.postal_addresses();
        let mut row = self.row;
        if !row.has_person() && row.company.is_empty() {
            row.name_by_reach();
        }
        let (has_person, has_company) = (row.has_person(), !row.company.is_empty());
        for detail in &mut row.details {
            detail.of = match detail.of {
                Party::Person if !has_person => Party::Company,
                Party::Company if !has_company => Party::Person,
                of => of,
            };
        }
        let mut once: Vec<Detail> = Vec::with_capacity(row.details.len());
        for detail in row.details {
            if !once.iter().any(|other| other.of == detail.of && detail.is_among(std::slice::from_ref(other)))
            {
                once.push(detail);
            }
        }
        ImportRow { details: once, ..row }
    }

    fn full_name(&mut self) {
        let Some((column, full)) = self.full_name.take() else { return };
        let row = &mut self.row;
        if !row.has_person() {
            (row.given, row.family) = self.scope.mapping.name_order.split(&full);
            return;
        }
        // In both orders, because this column may not follow the order that the header suggests.
        let known =
            [fold(&format!("{} {}", row.given, row.family)), fold(&format!("{} {}", row.family, row.given))];
        if !known.contains(&fold(&full)) {
            row.keep(column, &full);
        }
    }

    /// `street, zip city, region, country`.
    fn postal_addresses(&mut self) {
        for ((of, label), Address { place, mut parts }) in std::mem::take(&mut self.addresses) {
            let city = [AddressPart::Zip, AddressPart::City];
            let city = city.map(|part| parts.remove(&part).unwrap_or_default()).join(" ");
            if !city.trim().is_empty() {
                parts.insert(AddressPart::City, city.trim().to_owned());
            }
            let value = parts.into_values().collect::<Vec<_>>().join(", ");
            let reason = match self.row.details.len() {
                _ if value.len() > MAX_VALUE_LEN => Reason::TooLong,
                MAX_DETAILS.. => Reason::TooManyDetails,
                _ => {
                    let sort = DetailSort::Address;
                    self.row.details.push(Detail { place, of, sort, label: label.to_owned(), value });
                    continue;
                }
            };
            self.row.warn_and_keep(self.scope.column(place), &value, reason);
        }
    }
}

/// Fills a slot that is empty; returns whether it now holds `value`.
fn fill(slot: &mut String, value: String) -> bool {
    if slot.is_empty() {
        *slot = value;
        return true;
    }
    *slot == value
}
