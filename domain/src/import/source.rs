//! From bytes to a text with a header: encoding, delimiter, columns.

use std::borrow::Cow;

use super::dates::DateOrder;
use super::header;
use super::problem::FileError;
use super::records::Records;
use super::text::{self, Encoding};
use super::{MAX_COLUMNS, MAX_FILE};

/// What the caller knows better than a guess.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints {
    /// The encoding; a byte order mark overrules it.
    pub encoding: Option<Encoding>,
    /// The delimiter: ASCII punctuation other than `"`, or TAB; anything else is no hint.
    pub delimiter: Option<char>,
    /// Whether day or month comes first in dates such as 03/04/2026.
    pub date_order: Option<DateOrder>,
}

/// A file as text, with its header.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    text: Cow<'a, str>,
    encoding: Encoding,
    delimiter: char,
    header: Vec<String>,
    pub(super) date_order: Option<DateOrder>,
}

impl<'a> Source<'a> {
    /// Reads the header of a file. The delimiter is the one under which most header names are known, or
    /// which makes most columns: `,` `;` or TAB; a first line `sep=;` says it.
    pub fn read(bytes: &'a [u8], hints: Hints) -> Result<Self, FileError> {
        if bytes.len() > MAX_FILE {
            return Err(FileError::TooLarge);
        }
        let (text, encoding) = text::decode(bytes, hints.encoding)?;
        let (text, said) = without_separator_line(text);
        let delimiter =
            hints.delimiter.filter(can_delimit).or(said).unwrap_or_else(|| guess_delimiter(&text));
        let mut records = Records::new(&text, delimiter);
        let header = match records.next() {
            None => return Err(FileError::Empty),
            Some(Err(broken)) => return Err(FileError::Header(broken.problem(None))),
            Some(Ok(record)) => record.cells,
        };
        // Spreadsheets write a delimiter for every column that was ever touched.
        let width = header.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |last| last + 1);
        if width > MAX_COLUMNS {
            return Err(FileError::TooManyColumns(width));
        }
        let header = header.into_iter().take(width).map(Cow::into_owned).collect();
        Ok(Self { text, encoding, delimiter, header, date_order: hints.date_order })
    }

    /// The header names as written.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The encoding it was read in.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The delimiter it was read with.
    pub fn delimiter(&self) -> char {
        self.delimiter
    }

    /// The rows below the header.
    pub(super) fn records(&self) -> Records<'_> {
        let mut records = Records::new(&self.text, self.delimiter);
        records.next();
        records
    }
}

/// Takes the line `sep=;` off, which spreadsheets read as the delimiter and never show.
fn without_separator_line(text: Cow<'_, str>) -> (Cow<'_, str>, Option<char>) {
    let first = text.lines().next().unwrap_or_default();
    let said = first.strip_prefix("sep=").and_then(|rest| rest.chars().next()).filter(can_delimit);
    // Nothing may follow: a real header could begin with `sep=`, too.
    let is_line = said.is_some() && first.len() == "sep=;".len();
    if !is_line {
        return (text, None);
    }
    let rest = |text: &str| text.split_once('\n').map_or(text.len(), |(line, _)| line.len() + 1);
    let cut = rest(&text);
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(cut..).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(cut..).unwrap_or_default().to_owned()),
    };
    (text, said)
}

fn can_delimit(char: &char) -> bool {
    *char == '\t' || (char.is_ascii_punctuation() && *char != '"')
}

fn guess_delimiter(text: &str) -> char {
    let understood = |delimiter: char| match Records::new(text, delimiter).next() {
        Some(Ok(header)) => (header::known(header.cells.iter().map(Cow::as_ref)), header.cells.len()),
        // Perhaps a single quotation mark breaks it, so how far it came still counts.
        Some(Err(broken)) => (0, broken.column + 1),
        None => (0, 0),
    };
    // Of equals the last wins, so the comma stands last.
    [';', '\t', ','].into_iter().max_by_key(|delimiter| understood(*delimiter)).unwrap_or(',')
}
