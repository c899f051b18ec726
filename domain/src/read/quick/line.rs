//! The words of a line, and what stands between them.

use std::ops::Range;

use super::lexicon;
use crate::value::fold::fold;

/// A text in words. Those in quotation marks are there, but have no key: they say nothing about a due.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub text: &'a str,
    pub words: Vec<Word<'a>>,
    /// Whether all letters are capitals, so that none tells a name.
    is_loud: bool,
}

/// A word or a number, without the punctuation around it.
#[derive(Debug)]
pub(super) struct Word<'a> {
    pub raw: &'a str,
    /// Folded; empty in quotation marks.
    pub key: String,
    /// Its bytes in the text.
    pub at: Range<usize>,
    /// What stands before it.
    pub gap: Gap,
    /// Whether a full stop follows at once.
    pub has_dot: bool,
}

/// What stands between two words; the later, the more it parts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing but space.
    Space,
    /// The full stop of a number or an abbreviation.
    Dot,
    Comma,
    Dash,
    /// Any other punctuation, or the end of a line.
    Stop,
    /// The begin or the end of the text.
    Edge,
}

impl<'a> Line<'a> {
    pub fn new(text: &'a str) -> Self {
        let is_loud = !text.chars().any(char::is_lowercase);
        let mut line = Self { text, words: Vec::new(), is_loud };
        let mut gap = Gap::Edge;
        let mut quote = Quote::default();
        let mut rest = 0;
        while let Some((start, first)) =
            text.get(rest..).and_then(|tail| tail.chars().next()).map(|c| (rest, c))
        {
            if !is_boundary(text, start, first) {
                let end = chunk_end(text, start);
                line.chunk(start..end, &mut gap, quote.is_open);
                rest = end;
                continue;
            }
            gap = gap.max(gap_of(first));
            quote.pass(first, line.words.len());
            rest = start + first.len_utf8();
        }
        // A mark that is never closed is an inch or a slip: nothing is quoted then.
        if quote.is_open {
            for word in line.words.iter_mut().skip(quote.since) {
                word.key = fold(word.raw);
            }
        }
        line
    }

    /// Takes the words of a part of the text without boundaries: mostly one.
    fn chunk(&mut self, mut span: Range<usize>, gap: &mut Gap, is_quoted: bool) {
        let raw = |span: &Range<usize>| self.text.get(span.clone()).unwrap_or_default();
        let start = raw(&span).len() - raw(&span).trim_start_matches(is_leading).len();
        if start > 0 {
            *gap = (*gap).max(Gap::Dash);
        }
        span.start += start;
        let kept = raw(&span).trim_end_matches(is_trailing).len();
        let trail = raw(&(span.start + kept..span.end));
        let after = trail.chars().map(gap_of).max().unwrap_or(Gap::Space);
        let has_dot = trail.starts_with('.');
        span.end = span.start + kept;
        if kept == 0 {
            *gap = (*gap).max(after);
            return;
        }
        let pieces = pieces(raw(&span));
        let last = pieces.len().saturating_sub(1);
        let mut at = span.start;
        for (number, piece) in pieces.into_iter().enumerate() {
            let piece_at = at..at + piece.len();
            at = piece_at.end + 1;
            let Some(raw) = self.text.get(piece_at.clone()) else { continue };
            let key = if is_quoted { String::new() } else { fold(raw) };
            self.words.push(Word { raw, key, at: piece_at, gap: *gap, has_dot: number < last || has_dot });
            *gap = Gap::Dot;
        }
        *gap = match after {
            // The stop of a longer word ends a sentence, but that of `approx.`
            Gap::Dot
                if self.words.last().is_some_and(|word| {
                    !word.is_number() && word.raw.chars().count() > 5 && word.key != "approx"
                }) =>
            {
                Gap::Stop
            }
            after => after,
        };
    }

    pub fn word(&self, i: usize) -> Option<&Word<'a>> {
        self.words.get(i)
    }

    /// The word folded; empty if there is none.
    pub fn key(&self, i: usize) -> &str {
        self.word(i).map_or("", |word| &word.key)
    }

    /// What stands before word `i`, or after the last.
    pub fn gap(&self, i: usize) -> Gap {
        self.word(i).map_or(Gap::Edge, |word| word.gap)
    }

    /// The word before `i`, if nothing parts them.
    pub fn before(&self, i: usize) -> &str {
        if self.gap(i) <= Gap::Dot { i.checked_sub(1).map_or("", |before| self.key(before)) } else { "" }
    }

    /// The word at `i`, if nothing parts it from the one before.
    pub fn after(&self, i: usize) -> &str {
        if self.gap(i) <= Gap::Dot { self.key(i) } else { "" }
    }

    /// Whether the words at `i` are these, with nothing between them.
    pub fn has(&self, i: usize, keys: &[&str]) -> bool {
        keys.iter()
            .enumerate()
            .all(|(n, key)| self.key(i + n) == *key && (n == 0 || self.gap(i + n) <= Gap::Dot))
    }

    /// Whether a sentence or a part of one begins with word `i`.
    pub fn begins(&self, i: usize) -> bool {
        self.gap(i) > Gap::Comma || self.gap(i) == Gap::Dot
    }

    pub fn is_capital(&self, i: usize) -> bool {
        !self.is_loud
            && self.word(i).is_some_and(|word| word.raw.chars().next().is_some_and(char::is_uppercase))
    }

    /// Whether word `i` has a capital that no begin of a sentence explains.
    pub fn is_name(&self, i: usize) -> bool {
        self.is_capital(i) && !self.begins(i)
    }

    /// Where the sentence of word `i` begins, or 40 words before it: work stays linear.
    pub fn sentence(&self, i: usize) -> usize {
        let is_begin = |n: &usize| matches!(self.gap(*n), Gap::Stop | Gap::Edge) || (*n < i && i - *n >= 40);
        (0..=i).rev().find(is_begin).unwrap_or(0)
    }

    /// Where the part of the sentence of word `i` begins, after a comma or a dash, or 40 words before it.
    pub fn clause(&self, i: usize) -> usize {
        let is_begin = |n: &usize| self.gap(*n) >= Gap::Comma || (*n < i && i - *n >= 40);
        (0..=i).rev().find(is_begin).unwrap_or(0)
    }

    /// The last word before a part of the sentence.
    pub fn before_clause(&self, clause: usize) -> &str {
        clause.checked_sub(1).map_or("", |last| self.key(last))
    }

    /// Where it ends.
    pub fn clause_end(&self, i: usize) -> usize {
        let last = self.words.len().min(i + 40);
        (i + 1..last).find(|n| self.gap(*n) >= Gap::Comma).unwrap_or(last)
    }
}

impl Word<'_> {
    pub fn is_number(&self) -> bool {
        self.raw.starts_with(|first: char| first.is_ascii_digit())
    }

    /// Whether some letter has a mark.
    pub fn is_marked(&self) -> bool {
        !self.raw.is_ascii()
    }
}

/// Inside quotation marks or outside.
#[derive(Default)]
struct Quote {
    is_open: bool,
    /// The first word inside.
    since: usize,
}

impl Quote {
    fn pass(&mut self, char: char, words: usize) {
        let opens = match char {
            '„' | '«' => true,
            '»' => false,
            '"' | '“' | '”' => !self.is_open,
            _ => return,
        };
        (self.is_open, self.since) = (opens, words);
    }
}

/// Whether the character at `at` stands between words, whatever is around it.
fn is_boundary(text: &str, at: usize, char: char) -> bool {
    match char {
        // `1,5` is a number.
        ',' => {
            let is_digit = |char: Option<char>| char.is_some_and(|char| char.is_ascii_digit());
            let (before, after) = text.split_at_checked(at).unwrap_or_default();
            !(is_digit(before.chars().next_back()) && is_digit(after.chars().nth(1)))
        }
        // `@ 9:00`, `@9:00`; not that of an address.
        '@' => text.get(at + 1..).is_some_and(|rest| !rest.starts_with(char::is_alphabetic)),
        ';' | '!' | '?' | '…' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '—' | '„' | '“' | '”' | '«'
        | '»' | '"' => true,
        char => char.is_whitespace(),
    }
}

fn chunk_end(text: &str, start: usize) -> usize {
    let tail = text.get(start..).unwrap_or_default();
    tail.char_indices()
        .map(|(at, char)| (start + at, char))
        .find(|(at, char)| is_boundary(text, *at, *char))
        .map_or(text.len(), |(at, _)| at)
}

fn is_leading(char: char) -> bool {
    matches!(char, '-' | '–' | '*' | '•' | '\'' | '’' | '‘' | '‚')
}

fn is_trailing(char: char) -> bool {
    matches!(char, '.' | ':' | '-' | '–' | '\'' | '’' | '‘')
}

fn gap_of(char: char) -> Gap {
    match char {
        '\n' | '\r' => Gap::Stop,
        ',' => Gap::Comma,
        '.' => Gap::Dot,
        '-' | '–' | '—' => Gap::Dash,
        '\'' | '’' | '‘' | '*' | '•' | '‚' => Gap::Space,
        char if char.is_whitespace() => Gap::Space,
        _ => Gap::Stop,
    }
}

/// A word in pieces if it is a date with a month's name such as `2026.dec.5` or `5-Dec-2026`, or a day and its part
/// such as `mâine-seară`.
fn pieces(raw: &str) -> Vec<&str> {
    if let Some((day, part)) = raw.split_once('-')
        && lexicon::is_day(&fold(day))
        && matches!(
            fold(part).as_str(),
            "dimineata" | "seara" | "dupa amiaza" | "dupa masa" | "reggel" | "este" | "delutan"
        )
    {
        return vec![day, part];
    }
    let is_month = |piece: &str| lexicon::month(&fold(piece)).is_some();
    for mark in ['.', '-'] {
        let is_number = |piece: &str| piece.starts_with(|char: char| char.is_ascii_digit());
        let is_date = raw.contains(mark)
            && raw.split(mark).any(is_month)
            && raw.split(mark).all(|piece| is_month(piece) || is_number(piece));
        if is_date {
            return raw.split(mark).collect();
        }
    }
    vec![raw]
}
