//! What can be wrong with a file to import, with a row of it, or with one cell.

use std::fmt;

use super::{MAX_CELL, MAX_COLUMNS, MAX_FILE, MAX_ROW, MAX_ROWS, MAX_UNREADABLE};

/// Why a file cannot be imported at all; nothing of it was planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It has more than [`MAX_FILE`] bytes.
    #[error("the file is larger than {} MB", MAX_FILE >> 20)]
    TooLarge,
    /// It holds bytes that no text has: a spreadsheet's own format, a picture, ...
    #[error("the file is not text: save the sheet as CSV (UTF-8) and import that")]
    NotText,
    /// It has no row at all.
    #[error("the file is empty")]
    Empty,
    /// Its header row breaks the rules of CSV.
    #[error("the header cannot be read: {0}")]
    Header(Problem),
    /// None of its columns tells who a person or company is; most often it has no header row.
    #[error(
        "no column of the first row is a name, a company, an email or a phone: is the header row missing?"
    )]
    NoName,
    /// It has more than [`MAX_COLUMNS`] columns.
    #[error("the file has {0} columns; {MAX_COLUMNS} are allowed")]
    TooManyColumns(usize),
    /// It has more than [`MAX_ROWS`] rows below the header.
    #[error("the file has more than {MAX_ROWS} rows: split it")]
    TooManyRows,
    /// More than [`MAX_UNREADABLE`] rows break the rules of CSV: it is something else.
    #[error("more than {MAX_UNREADABLE} rows cannot be read: this is not CSV with this delimiter")]
    TooManyUnreadable,
}

/// What is wrong with one row or one cell, and where: either the reason why a row was skipped wholly,
/// or a warning about a row that was kept.
///
/// It quotes the cell for the importing user. It must not be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row as spreadsheets number it: the header is row 1, empty rows count.
    pub row: u32,
    /// The line on which it begins, as text editors number them: cells may hold line breaks.
    pub line: u32,
    /// The name of the column, if the problem is in one.
    pub column: Option<String>,
    /// The beginning of the cell.
    pub value: String,
    /// What is wrong.
    pub reason: Reason,
}

impl Problem {
    /// The most characters of a cell that a problem quotes.
    pub const MAX_QUOTE: usize = 80;

    /// A problem of the whole row.
    pub(super) fn of_row(row: u32, line: u32, reason: Reason) -> Self {
        Self { row, line, column: None, value: String::new(), reason }
    }

    /// The same in a column with this name, whose cell begins so.
    pub(super) fn at(self, column: &str, value: &str) -> Self {
        Self { column: Some(column.to_owned()), value: Self::quote(value), ..self }
    }

    /// The beginning of a cell.
    pub(super) fn quote(cell: &str) -> String {
        cell.chars().take(Self::MAX_QUOTE).collect()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column:?}")?;
        }
        write!(f, ": {}", self.reason)?;
        if self.value.is_empty() { Ok(()) } else { write!(f, ": {:?}", self.value) }
    }
}

/// What is wrong with a row or a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Reason {
    /// Row skipped: a cell begins with a quotation mark that is never closed.
    #[error("a quotation mark is not closed")]
    UnclosedQuote,
    /// Row skipped: text follows a closing quotation mark; one inside a cell is to be doubled.
    #[error("text follows a closing quotation mark")]
    TextAfterQuote,
    /// Row skipped: a cell has more than [`MAX_CELL`] bytes.
    #[error("the cell is longer than {} KB", MAX_CELL >> 10)]
    CellTooLong,
    /// Row skipped: its cells together have more than [`MAX_ROW`] bytes.
    #[error("the row is longer than {} KB", MAX_ROW >> 10)]
    RowTooLong,
    /// Row skipped: it has text right of the last column, so its cells have shifted.
    #[error("{cells} cells, but the header has {columns} columns")]
    TooManyCells {
        /// How many cells the row has.
        cells: usize,
        /// How many the header has.
        columns: usize,
    },
    /// Row skipped: it has neither a person nor a company, nor an email or phone to name them by.
    #[error("neither a person nor a company is named")]
    NoName,
    /// Row skipped: an earlier row has the same external id, and other names.
    #[error("row {0} has the same id")]
    SameId(u32),
    /// Row skipped: an earlier row says exactly the same.
    #[error("row {0} is the same")]
    SameRow(u32),
    /// Fewer cells than columns: the missing ones count as empty.
    #[error("{cells} cells, but the header has {columns} columns")]
    TooFewCells {
        /// How many cells the row has.
        cells: usize,
        /// How many the header has.
        columns: usize,
    },
    /// Bytes that are no characters; `\u{fffd}` stands in their place.
    #[error("some characters cannot be read")]
    Undecodable,
    /// Control characters; they were left out.
    #[error("control characters were left out")]
    Control,
    /// A name without a letter or digit, or one of more than 500 bytes.
    #[error("not a name")]
    Name,
    /// Not an email address.
    #[error("not an email address")]
    Email,
    /// Not a phone number.
    #[error("not a phone number")]
    Phone,
    /// Not the address of a page in the web.
    #[error("not an address such as https://example.com")]
    Url,
    /// Not a date of the years 1900 to 9999 in a form that the importer knows.
    #[error("not a date")]
    Date,
    /// A date without a time of day, where a field wants one.
    #[error("a date without a time")]
    NoTime,
    /// A date like 03/04/2026 in a column that does not show whether the day or the month is first.
    #[error("day or month first?")]
    AmbiguousDate,
    /// Longer than its place allows.
    #[error("too long")]
    TooLong,
    /// More phones, emails or addresses than one contact may have from an import.
    #[error("too many phones, emails and addresses")]
    TooManyDetails,
    /// No colleague has this name or email: the importing user is the owner.
    #[error("no such user: you are the owner")]
    UnknownOwner,
    /// Several colleagues have this name: the importing user is the owner.
    #[error("several users have this name: you are the owner")]
    AmbiguousOwner,
    /// The colleague has no access any more: the importing user is the owner.
    #[error("the user has left: you are the owner")]
    InactiveOwner,
    /// No colleague has this name or email.
    #[error("no such user")]
    UnknownUser,
    /// Several colleagues have this name.
    #[error("several users have this name")]
    AmbiguousUser,
    /// The product has no status of this name: the card gets the first one.
    #[error("no such status")]
    UnknownStatus,
    /// The field has no option of this name.
    #[error("no such option")]
    UnknownOption,
    /// Not written as the field's kind wants it.
    #[error("not a value of this field; amounts are written like 1990.5 or 1990 HUF")]
    Value,
    /// Neither a yes nor a no.
    #[error("neither yes nor no")]
    Flag,
}

impl Reason {
    /// A stable word for it, for interfaces that bring their own texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnclosedQuote => "unclosed_quote",
            Self::TextAfterQuote => "text_after_quote",
            Self::CellTooLong => "cell_too_long",
            Self::RowTooLong => "row_too_long",
            Self::TooManyCells { .. } => "too_many_cells",
            Self::NoName => "no_name",
            Self::SameId(_) => "same_id",
            Self::SameRow(_) => "same_row",
            Self::TooFewCells { .. } => "too_few_cells",
            Self::Undecodable => "undecodable",
            Self::Control => "control",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Date => "date",
            Self::NoTime => "no_time",
            Self::AmbiguousDate => "ambiguous_date",
            Self::TooLong => "too_long",
            Self::TooManyDetails => "too_many_details",
            Self::UnknownOwner => "unknown_owner",
            Self::AmbiguousOwner => "ambiguous_owner",
            Self::InactiveOwner => "inactive_owner",
            Self::UnknownUser => "unknown_user",
            Self::AmbiguousUser => "ambiguous_user",
            Self::UnknownStatus => "unknown_status",
            Self::UnknownOption => "unknown_option",
            Self::Value => "value",
            Self::Flag => "flag",
        }
    }
}
