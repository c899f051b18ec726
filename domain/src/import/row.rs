//! From the cells of one row to what it says: every cell is used, kept as a note, or warned about.

use std::collections::BTreeMap;

use super::dates::{self, Moment};
use super::destination::ValueKind;
use super::header::{AddressPart, Column, Party, Target};
use super::names::fold;
use super::problem::{Problem, Reason};
use super::records::Record;
use super::scope::Scope;
use super::{MAX_DETAILS, MAX_NAME};
use crate::command::MAX_VALUE_LEN;
use crate::id::{FieldId, StatusId, UserId};
use crate::row::DetailSort;

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
    /// The owner that it names, if he was found.
    pub owner: Option<UserId>,
    pub status: Option<StatusId>,
    pub fields: BTreeMap<FieldId, Value>,
    pub notes: Vec<String>,
    /// Cells without a place of their own, by header.
    pub kept: Vec<(String, String)>,
    pub first_seen: Option<Moment>,
    pub last_seen: Option<Moment>,
    pub warnings: Vec<Problem>,
}

/// A phone, email or address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detail {
    pub of: Party,
    pub sort: DetailSort,
    pub label: String,
    pub value: String,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Options(Vec<String>),
}

impl ImportRow {
    /// Reads a record; the problem is why it is unusable.
    pub(super) fn read(record: &Record<'_>, scope: &Scope<'_>) -> Result<Self, Problem> {
        let columns = &scope.mapping.columns;
        let problem = |reason| Problem::of_row(record.row, record.line, reason);
        let cells = record.cells.len();
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

    /// Whether it names a person.
    pub(super) fn has_person(&self) -> bool {
        !self.given.is_empty() || !self.family.is_empty()
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
    /// Parts of addresses by owner and label, with the header of the first.
    addresses: BTreeMap<(Party, &'a str), (&'a str, BTreeMap<AddressPart, String>)>,
}

impl<'a> Reading<'a> {
    fn cell(&mut self, place: usize, column: &'a Column, cell: &str) {
        let name = &column.name;
        let readable = cell.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String = readable.chars().filter(|char| is_text(*char)).collect();
        let value = clean.trim();
        if value.is_empty() || column.target == Target::Ignore {
            return;
        }
        if clean.len() < readable.len() {
            self.row.warn(name, value, Reason::Control);
        }
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
                settle(&mut row.external_id, value.to_owned());
                Ok(false)
            }
            Target::GivenName => Ok(settle(&mut row.given, one_name(value)?)),
            Target::FamilyName => Ok(settle(&mut row.family, one_name(value)?)),
            Target::Company => Ok(settle(&mut row.company, one_name(value)?)),
            Target::FullName => {
                let value = one_name(value)?;
                let (_, full) = self.full_name.get_or_insert_with(|| (name, value.clone()));
                Ok(*full == value)
            }
            Target::Phone(of, label) => self.details(*of, DetailSort::Phone, label, value),
            Target::Email(of, label) => self.details(*of, DetailSort::Email, label, value),
            Target::Address(part, of, label) => {
                let (_, parts) = self.addresses.entry((*of, label)).or_insert((name, BTreeMap::new()));
                let text = parts.entry(*part).or_default();
                if !text.is_empty() {
                    text.push_str(", ");
                }
                text.push_str(&one_line(value));
                Ok(true)
            }
            Target::Owner => {
                let owner = scope.directory.find(value)?;
                Ok(*row.owner.get_or_insert(owner) == owner)
            }
            Target::Status => {
                let status = *scope.statuses.get(&fold(value)).ok_or(Reason::UnknownStatus)?;
                Ok(*row.status.get_or_insert(status) == status)
            }
            Target::Note => {
                row.notes.push(value.to_owned());
                Ok(true)
            }
            // The time of the notes and the first todo's due do not show the whole cell: it is kept too.
            Target::FirstSeen => {
                let moment = dates::moment(value, scope.order(place), scope.zone())?;
                row.first_seen.get_or_insert(moment);
                Ok(false)
            }
            Target::LastSeen => {
                let moment = dates::moment(value, scope.order(place), scope.zone())?;
                row.last_seen.get_or_insert(moment);
                Ok(false)
            }
            Target::Field(field) => {
                let Some(value) = field_value(scope, *field, place, value)? else { return Ok(true) };
                Ok(*row.fields.entry(*field).or_insert_with(|| value.clone()) == value)
            }
            Target::Keep => Ok(false),
            Target::Ignore => Ok(true),
        }
    }

    /// Adds the phones or emails of a cell: all, or none if one of them is none.
    fn details(&mut self, of: Party, sort: DetailSort, label: &str, cell: &str) -> Result<bool, Reason> {
        let is_between = |char| match sort {
            DetailSort::Email => matches!(char, ';' | ',' | '|' | '<' | '>' | '"') || char.is_whitespace(),
            _ => matches!(char, ';' | '|' | '\n'),
        };
        let mut values = Vec::new();
        for value in cell.split(":::").flat_map(|part| part.split(is_between)) {
            let value = one_line(value);
            match sort {
                _ if value.is_empty() => {}
                DetailSort::Email if is_email(&value) => values.push(value),
                // `Anna Kovács <anna@example.com>`: the name is said elsewhere.
                DetailSort::Email if cell.contains('<') && !value.contains('@') => {}
                DetailSort::Email => return Err(Reason::Email),
                _ if is_phone(&value) => values.push(value),
                _ => return Err(Reason::Phone),
            }
        }
        let details = &mut self.row.details;
        if details.len() + values.len() > MAX_DETAILS {
            return Err(Reason::TooManyDetails);
        }
        let is_any = !values.is_empty();
        let label = label.to_owned();
        details.extend(values.into_iter().map(|value| Detail { of, sort, label: label.clone(), value }));
        if is_any {
            Ok(true)
        } else {
            Err(if sort == DetailSort::Email { Reason::Email } else { Reason::Phone })
        }
    }

    fn finish(mut self) -> ImportRow {
        self.full_name();
        self.postal_addresses();
        let mut row = self.row;
        let (has_person, has_company) = (row.has_person(), !row.company.is_empty());
        for detail in &mut row.details {
            detail.of = match detail.of {
                Party::Person if !has_person => Party::Company,
                Party::Company if !has_company => Party::Person,
                of => of,
            };
        }
        let mut seen = Vec::new();
        row.details.retain(|detail| {
            let key = (detail.of, detail.sort, fold(&detail.value));
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        });
        row
    }

    fn full_name(&mut self) {
        let Some((column, full)) = self.full_name.take() else { return };
        let row = &mut self.row;
        if !row.has_person() {
            (row.given, row.family) = self.scope.mapping.name_order.split(&full);
            return;
        }
        let known =
            [fold(&format!("{} {}", row.given, row.family)), fold(&format!("{} {}", row.family, row.given))];
        if !known.contains(&fold(&full)) {
            row.keep(column, &full);
        }
    }

    /// `street, zip city, region, country`.
    fn postal_addresses(&mut self) {
        for ((of, label), (column, mut parts)) in std::mem::take(&mut self.addresses) {
            let city =
                [AddressPart::Zip, AddressPart::City].map(|part| parts.remove(&part).unwrap_or_default());
            let city = city.join(" ").trim().to_owned();
            if !city.is_empty() {
                parts.insert(AddressPart::City, city);
            }
            let value = parts.into_values().collect::<Vec<_>>().join(", ");
            if value.len() > MAX_VALUE_LEN {
                self.row.warn_and_keep(column, &value, Reason::TooLong);
            } else if self.row.details.len() >= MAX_DETAILS {
                self.row.warn_and_keep(column, &value, Reason::TooManyDetails);
            } else {
                let label = label.to_owned();
                self.row.details.push(Detail { of, sort: DetailSort::Address, label, value });
            }
        }
    }
}

/// Fills what is empty; whether it now says `value`.
fn settle(slot: &mut String, value: String) -> bool {
    if slot.is_empty() {
        *slot = value;
        return true;
    }
    *slot == value
}

/// What a cell gives a field; `None` is a no, or no value.
fn field_value(scope: &Scope<'_>, field: FieldId, place: usize, cell: &str) -> Result<Option<Value>, Reason> {
    let Some((definition, options)) = scope.field(field) else { return Ok(None) };
    let option = |name: &str| options.get(&fold(name)).cloned().ok_or(Reason::UnknownOption);
    match &definition.kind {
        ValueKind::Text if cell.len() > MAX_VALUE_LEN => Err(Reason::TooLong),
        ValueKind::Text => Ok(Some(Value::Text(one_line(cell)))),
        ValueKind::Flag => match fold(cell).as_str() {
            "true" | "yes" | "y" | "1" | "x" | "igen" | "i" | "igaz" | "da" | "adevarat" => {
                Ok(Some(Value::Text("1".to_owned())))
            }
            "false" | "no" | "n" | "0" | "nem" | "hamis" | "nu" | "fals" => Ok(None),
            _ => Err(Reason::Flag),
        },
        ValueKind::Day => {
            let moment = dates::moment(cell, scope.order(place), scope.zone())?;
            Ok(Some(Value::Text(moment.day.to_string())))
        }
        ValueKind::Choice { multiple: false, .. } => Ok(Some(Value::Text(option(cell)?))),
        ValueKind::Choice { multiple: true, .. } => {
            let names = cell.split([',', ';', '|', '\n']).map(str::trim).filter(|name| !name.is_empty());
            let mut chosen = names.map(option).collect::<Result<Vec<_>, _>>()?;
            chosen.sort_unstable();
            chosen.dedup();
            Ok(Some(Value::Options(chosen)))
        }
    }
}

/// A name in one line.
fn one_name(text: &str) -> Result<String, Reason> {
    let name = one_line(text);
    if name.len() <= MAX_NAME && name.chars().any(char::is_alphanumeric) {
        Ok(name)
    } else {
        Err(Reason::Name)
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character can stand in a text: not a control character other than a line break or tab.
fn is_text(char: char) -> bool {
    !char.is_control() || matches!(char, '\n' | '\t')
}

/// Whether a text looks like an address that mail can be sent to: one `@`, a domain with a point.
///
/// Whether it exists only sending shows; letters beyond ASCII are allowed (RFC 6531).
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let labels_ok = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let is_clean =
        |char: char| !char.is_whitespace() && !matches!(char, '@' | '(' | ')' | '[' | ']' | ':' | '\u{fffd}');
    text.len() <= 254 && !local.is_empty() && labels_ok && local.chars().chain(domain.chars()).all(is_clean)
}

/// Whether a text can be dialled: at least three digits among what people put around them.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|char| char.is_alphabetic()).count();
    text.len() <= 100 && digits >= 3 && letters <= digits && !text.contains('@')
}
