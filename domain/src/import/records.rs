//! From text to records: CSV as RFC 4180 has it, with any delimiter.
//!
//! We do not use the `csv` crate: to it, a quotation mark that is never closed begins one long cell up to
//! the end of the file, and every row below would vanish without a word (L6). Here only the first line of
//! a broken record is lost, and the next line is read as the start of a record.

use std::borrow::Cow;

use super::problem::{Problem, Reason};
use super::{MAX_CELL, MAX_ROW};

/// More bytes of a broken cell than a problem quotes.
const MAX_QUOTE: usize = 4 * Problem::MAX_QUOTE;

/// One row of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// Its number; the first row is 1, empty ones count.
    pub row: u32,
    /// The line on which it begins; the first line is 1.
    pub line: u32,
    pub cells: Vec<Cow<'a, str>>,
}

/// A row that breaks the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken<'a> {
    pub row: u32,
    pub line: u32,
    /// The place of the cell in which it was noticed; 0 is the first.
    pub column: usize,
    /// The beginning of that cell and what follows it.
    pub value: &'a str,
    pub reason: Reason,
}

impl Broken<'_> {
    /// It as a problem in the column with this name.
    pub(super) fn problem(&self, column: Option<&str>) -> Problem {
        let number = || format!("column {}", self.column + 1);
        let column = column.map_or_else(number, str::to_owned);
        Problem::of_row(self.row, self.line, self.reason).at(&column, self.value)
    }
}

/// Reads a text record by record. Rows without any text are left out, but counted.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    text: &'a str,
    delimiter: char,
    at: usize,
    row: u32,
    line: u32,
}

/// What follows a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Cell,
    Row,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a str, delimiter: char) -> Self {
        Self { text, delimiter, at: 0, row: 0, line: 1 }
    }

    fn record(&mut self) -> Result<Vec<Cow<'a, str>>, Broken<'a>> {
        let (start, mut cells) = (self.at, Vec::new());
        loop {
            let (cell_at, column) = (self.at, cells.len());
            let cell = self.cell();
            let (cell, next) = match cell {
                // Here and not after the row, which could be as long as the file.
                Ok(_) if self.at - start > MAX_ROW => Err(Reason::RowTooLong),
                cell => cell,
            }
            .map_err(|reason| Broken {
                row: self.row,
                line: self.line,
                column,
                value: prefix(self.rest(cell_at), MAX_QUOTE),
                reason,
            })?;
            cells.push(cell);
            if next == Next::Row {
                return Ok(cells);
            }
        }
    }

    /// Reads a cell and what follows it.
    fn cell(&mut self) -> Result<(Cow<'a, str>, Next), Reason> {
        let rest = self.rest(self.at);
        // RFC 4180 has no space before a quotation mark, but some exports do.
        if let Some(quoted) = rest.trim_start_matches(' ').strip_prefix('"') {
            self.at = self.text.len() - quoted.len();
            let cell = self.quoted_cell()?;
            let after = self.rest(self.at).trim_start_matches(' ');
            self.at = self.text.len() - after.len();
            return Ok((cell, self.next_after().ok_or(Reason::TextAfterQuote)?));
        }
        // One byte more than allowed, so that a cell of just that length still ends inside.
        let window = prefix(rest, MAX_CELL + 1);
        let end = window.find([self.delimiter, '\n', '\r']).unwrap_or(window.len());
        if end > MAX_CELL {
            return Err(Reason::CellTooLong);
        }
        self.at += end;
        // A window that was cut short of its last character ends before a delimiter or line end.
        let next = self.next_after().ok_or(Reason::CellTooLong)?;
        Ok((Cow::Borrowed(prefix(rest, end)), next))
    }

    /// Reads up to and over the quotation mark that closes the cell; inside, two stand for one.
    fn quoted_cell(&mut self) -> Result<Cow<'a, str>, Reason> {
        let mut cell = Cow::Borrowed("");
        loop {
            let window = prefix(self.rest(self.at), MAX_CELL + 1);
            let Some(end) = window.find('"') else {
                // Only at the end of the file is it certain that no closing mark follows.
                let is_all = self.at + window.len() == self.text.len();
                return Err(if is_all { Reason::UnclosedQuote } else { Reason::CellTooLong });
            };
            let (part, after) = window.split_at(end);
            let is_doubled = self.rest(self.at + end + 1).starts_with('"');
            if cell.len() + part.len() > MAX_CELL {
                return Err(Reason::CellTooLong);
            }
            self.at += part.len() + if is_doubled { 2 } else { 1 };
            if !is_doubled {
                // Most quoted cells have no doubled mark, so they need no copy.
                return Ok(if cell.is_empty() { Cow::Borrowed(part) } else { cell + part });
            }
            let one = prefix(after, 1);
            cell.to_mut().push_str(part);
            cell.to_mut().push_str(one);
        }
    }

    /// Passes the delimiter or line end that must follow a cell; `None` if something else does.
    fn next_after(&mut self) -> Option<Next> {
        let rest = self.rest(self.at);
        let (next, length) = match rest.chars().next() {
            None => (Next::Row, 0),
            Some(char) if char == self.delimiter => (Next::Cell, char.len_utf8()),
            Some('\r' | '\n') => (Next::Row, line_end(rest)),
            Some(_) => return None,
        };
        self.at += length;
        Some(next)
    }

    fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..).unwrap_or_default()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Broken<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            self.row = self.row.saturating_add(1);
            let (start, line) = (self.at, self.line);
            let record = self.record();
            if record.is_err() {
                // A mark that is never closed would swallow all rows after it, so reading goes on at the next
                // line.
                let rest = self.rest(start);
                let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
                self.at = start + end + line_end(self.rest(start + end));
            }
            // The text is counted, not the rows: quoted cells hold line breaks.
            let passed = self.text.get(start..self.at).unwrap_or_default();
            self.line = line.saturating_add(lines(passed));
            match record {
                Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(cells) => return Some(Ok(Record { row: self.row, line, cells })),
                Err(broken) => return Some(Err(broken)),
            }
        }
        None
    }
}

/// The length of the line end with which `text` begins.
fn line_end(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

fn lines(text: &str) -> u32 {
    let ends =
        text.split("\r\n").map(|part| part.bytes().filter(|byte| matches!(byte, b'\r' | b'\n')).count());
    let pairs = text.matches("\r\n").count();
    u32::try_from(ends.sum::<usize>() + pairs).unwrap_or(u32::MAX)
}

/// The longest beginning of `text` of at most `length` bytes.
pub(super) fn prefix(text: &str, length: usize) -> &str {
    text.get(..text.floor_char_boundary(length)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        let records = Records::new(text, ',').map(Result::unwrap);
        records.map(|record| record.cells.into_iter().map(Cow::into_owned).collect()).collect()
    }

    /// (row, line, column, reason) of every broken record, and (row, line, first cell) of the others.
    #[expect(clippy::type_complexity, reason = "two plain lists to compare with")]
    fn sorted(text: &str) -> (Vec<(u32, u32, usize, Reason)>, Vec<(u32, u32, String)>) {
        let (mut broken, mut good) = (Vec::new(), Vec::new());
        for record in Records::new(text, ',') {
            match record {
                Ok(record) => good.push((record.row, record.line, record.cells[0].to_string())),
                Err(error) => broken.push((error.row, error.line, error.column, error.reason)),
            }
        }
        (broken, good)
    }

    #[test]
    fn cells_are_separated_quoted_and_ended_as_rfc_4180_says() {
        assert_eq!(cells("a,b\r\nc,d"), [["a", "b"], ["c", "d"]]);
        assert_eq!(cells("a,b\rc,d\n"), [["a", "b"], ["c", "d"]]);
        assert_eq!(
            cells("\"a,1\",\"b \"\"x\"\"\"\n\"\",\"two\nlines\""),
            [["a,1", "b \"x\""], ["", "two\nlines"]]
        );
        assert_eq!(cells("a,\n,b,"), [vec!["a", ""], vec!["", "b", ""]]);
        assert_eq!(cells("\"\"\"\"\"\""), [["\"\""]]);
        assert_eq!(cells(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn spaces_around_a_quoted_cell_and_quotation_marks_inside_a_plain_one_are_forgiven() {
        assert_eq!(cells("a, \"b, c\" ,d"), [["a", "b, c", "d"]]);
        assert_eq!(cells("5' 6\",x\"y"), [["5' 6\"", "x\"y"]]);
    }

    #[test]
    fn rows_without_text_are_left_out_but_counted() {
        let (broken, good) = sorted("a\n\n,,\n  \nb\n");
        assert_eq!(broken, []);
        assert_eq!(good, [(1, 1, "a".into()), (5, 5, "b".into())]);
    }

    #[test]
    fn lines_are_counted_through_cells_that_hold_line_breaks() {
        let (_, good) = sorted("\"a\r\nb\rc\nd\"\nnext\n");
        assert_eq!(good, [(1, 1, "a\r\nb\rc\nd".into()), (2, 5, "next".into())]);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_costs_one_line_and_not_the_rest_of_the_file() {
        let (broken, good) = sorted("a,1\nb,\"2\nc,3\nd,4");
        assert_eq!(broken, [(2, 2, 1, Reason::UnclosedQuote)]);
        assert_eq!(good, [(1, 1, "a".into()), (3, 3, "c".into()), (4, 4, "d".into())]);
    }

    #[test]
    fn text_after_a_closing_quotation_mark_breaks_its_row() {
        let (broken, good) = sorted("a\n\"Acme \"Best\" Ltd\",x\nb,\"2\nc,\"3\"\nd");
        assert_eq!(broken, [(2, 2, 0, Reason::TextAfterQuote), (3, 3, 1, Reason::TextAfterQuote)]);
        assert_eq!(good, [(1, 1, "a".into()), (4, 4, "c".into()), (5, 5, "d".into())]);
    }

    #[test]
    fn a_cell_of_64_kb_is_read_and_a_longer_one_breaks_its_row() {
        let longest = "ő".repeat(MAX_CELL / 2);
        assert_eq!(cells(&format!("{longest},b\n\"{longest}\",c")), [[&longest, "b"], [&longest, "c"]]);
        for text in [
            format!("{longest}x,b\nnext"),
            format!("\"{longest}x\",b\nnext"),
            format!("\"{}\",b\nnext", "\"\"".repeat(MAX_CELL + 1)),
        ] {
            let (broken, good) = sorted(&text);
            assert_eq!(broken, [(1, 1, 0, Reason::CellTooLong)]);
            assert_eq!(good, [(2, 2, "next".into())]);
        }
    }

    #[test]
    fn a_row_of_more_than_128_kb_is_broken() {
        let cell = "x".repeat(MAX_CELL - 1);
        let (broken, good) = sorted(&format!("{cell},{cell},{cell}\nnext"));
        assert_eq!(broken, [(1, 1, 2, Reason::RowTooLong)]);
        assert_eq!(good, [(2, 2, "next".into())]);
    }

    proptest! {
        #[test]
        fn what_a_csv_writer_wrote_reads_back(
            rows in prop::collection::vec(prop::collection::vec("[a\"',; \r\nő]{0,6}", 2..4), 0..6)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let with_text: Vec<Vec<String>> =
                rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
            prop_assert_eq!(cells(&text), with_text);
        }

        #[test]
        fn every_line_with_text_is_read_or_reported(text in "[a,\"\n]{0,40}") {
            let (broken, good) = sorted(&text);
            let rows: Vec<u32> = broken.iter().map(|row| row.0).chain(good.iter().map(|row| row.0)).collect();
            let mut last = Records::new(&text, ',');
            prop_assert_eq!(last.by_ref().count(), rows.len());
            prop_assert_eq!(last.at, text.len());
            prop_assert!(last.line as usize <= text.matches('\n').count() + 1);
        }
    }
}
