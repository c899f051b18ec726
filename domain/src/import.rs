//! Import: from the bytes of a CSV file to the commands that make cards and contacts (F94, T20, T22).
//!
//! Phone and server import with this one module; it reads bytes in memory and writes nothing:
//!
//! 1. [`Source::read`] finds encoding and delimiter, and the header;
//! 2. [`Mapping::guess`] says what each column means; the user may correct it;
//! 3. [`Import::prepare`] reads all rows once: what makes the whole file unusable is reported here,
//!    before anything is planned;
//! 4. [`Import::rows`] plans row by row: [`RowPlan`], or the [`Problem`] for which the row is skipped.
//!    Counting what it yields ([`Summary`]) and writing nothing is the dry run.
//!
//! **A row is wholly in or wholly out.** A row that tells neither a person nor a company, not even by an
//! email or phone, that breaks the rules of CSV, has more cells than columns, or repeats an earlier one is
//! skipped and reported. A cell that cannot be used as its column wants is a warning: the row is kept, and the
//! cell as it was written is kept in a note on its card. So is every cell of a column without a meaning, and of
//! the external id and the dates, which the card does not show in full. Only columns that the user mapped to
//! [`Target::Ignore`] are left out. Nothing is trimmed of leading signs or quotes: a phone number keeps its `+`.
//!
//! **Who is who.** Companies are known by their folded name; persons by their names with company, email or
//! phone. So several deals of one person are several cards of one person, in one file or in several. Two
//! companies of one name with addresses in two places are two.
//!
//! **Again.** Ids of documents follow from what a row is known by: its external id, or without one its names and
//! its first email or phone; never from its number, which shifts when a row above is added. Rows alike in these
//! are told apart by what else they say ([`Import::recognise`]). Which source a row is of is chosen by the user,
//! or found by the ids and whom they mean ([`ImportSource`]), never by the name of a file. The executor writes
//! only what is not there. A row whose card is there is known; if it says something that nobody ever wrote into
//! the card or its contacts, it is known and different, and told. Nothing is ever overwritten, because people may
//! have edited it since: a correction to a row that was imported is made on its card.
//!
//! Names are easily guessed, so all ids depend on a secret of the organisation, the
//! [`ImportKey`](crate::settings::ImportKey).
//!
//! **Undo.** All changes carry [`ImportId::origin`]; undoing an import trashes what it made.

mod dates;
mod destination;
mod header;
mod known;
mod names;
mod plan;
mod problem;
mod recognition;
mod records;
mod row;
mod rows;
mod scope;
mod settings;
mod source;
mod summary;
mod text;
mod values;

use plan::Companies;
use rows::ImportRows;
use scope::Scope;

pub use dates::DateOrder;
pub use destination::{
    Colleague, Destination, Directory, FieldColumn, FollowUp, Holder, ImportId, ImportSource, Named,
    NoDestination, ValueKind,
};
pub use header::{AddressPart, Column, JOB_TITLE_NAMES, Mapping, Party, TAG_NAMES, Target};
pub use known::{Known, Saying, Subject, Written};
pub use names::NameOrder;
pub use plan::{Planned, RowPlan};
pub use problem::{FileError, Problem, Reason};
pub use source::{Hints, Source};
pub use summary::Summary;
pub use text::Encoding;

/// The most bytes of a file.
// A phone may have to hold the file and its decoded text at the same time.
pub const MAX_FILE: usize = 50 << 20;
/// The most rows below the header.
pub const MAX_ROWS: u32 = 100_000;
/// The most columns.
pub const MAX_COLUMNS: usize = 1_024;
/// The most bytes of a cell.
pub const MAX_CELL: usize = 64 << 10;
/// The most bytes of a row, so that what it makes fits in one change.
pub const MAX_ROW: usize = 128 << 10;
/// The most rows that may break the rules of CSV; with more, the file is not taken for CSV.
pub const MAX_UNREADABLE: usize = 1_000;
/// The most bytes of a name.
const MAX_NAME: usize = 500;
/// The most phones, emails and addresses of one contact.
const MAX_DETAILS: usize = 50;

/// An import that can be planned row by row.
#[derive(Debug)]
pub struct Import<'a> {
    scope: Scope<'a>,
    companies: Companies,
    row_count: u32,
}

impl<'a> Import<'a> {
    /// Reads all rows once: counts them, finds the order of dates in each column, and gathers what all
    /// rows say about one company.
    pub fn prepare(
        source: &'a Source<'a>,
        mapping: &'a Mapping,
        to: &'a Destination,
        directory: &'a Directory,
    ) -> Result<Self, FileError> {
        mapping.check()?;
        let mut scope = Scope::new(source, mapping, to, directory);
        let row_count = scope.count()?;
        let mut companies = Companies::default();
        // A row with a problem adds nothing to a company; `rows` reports it.
        for (_, row) in ImportRows::new(&scope).flatten() {
            companies.add(row, &scope);
        }
        Ok(Self { scope, companies, row_count })
    }

    /// Finds out which source the file is of, and which cards rows made that are alike in what they are known
    /// by. Without it, the rows are those of the first source with such ids, in the order of the file.
    ///
    /// # Errors
    /// Those of `known`.
    pub fn recognise<K: Known>(&mut self, known: &K) -> Result<(), K::Error> {
        recognition::choose_source(&mut self.scope, &self.companies, known)?;
        recognition::find_alike(&mut self.scope, &self.companies, known)
    }

    /// The source whose rows these are.
    pub fn id(&self) -> ImportId {
        self.scope.import
    }

    /// How many rows [`Self::rows`] will yield.
    pub fn row_count(&self) -> u32 {
        self.row_count
    }

    /// The columns whose dates could be read with the day or with the month first. The user should be asked
    /// ([`Hints::date_order`]); without an answer each of these dates is a warning.
    pub fn undecided_dates(&self) -> Vec<&str> {
        self.scope.undecided_dates().collect()
    }

    /// Plans all rows, from the first to the last: what to write, or why the row is skipped.
    pub fn rows(&self) -> impl Iterator<Item = Result<RowPlan, Problem>> {
        // Read a second time, because 100,000 planned rows might not fit in a phone's memory.
        let rows = ImportRows::new(&self.scope);
        rows.map(|row| row.map(|(key, row)| plan::plan(row, key, &self.companies, &self.scope)))
    }

    /// What the import would do: the dry run.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        self.rows().for_each(|row| summary.count(&row));
        summary
    }
}

#[cfg(test)]
mod tests;
