//! The words that are left.

use std::ops::Range;

use super::lexicon;
use super::line::Line;
use super::mention::Mention;

/// What parts words, and is left over where the words on one side are gone.
const SEPARATORS: [char; 8] = [',', ';', ':', '-', '–', '—', '|', '.'];

/// The text without these mentions.
pub(super) fn without(line: &Line<'_>, mentions: &[&Mention]) -> String {
    let mut left = String::with_capacity(line.text.len());
    let mut at = 0;
    for mention in mentions {
        let span = span(line, &mention.words);
        let piece = line.text.get(at..span.start).unwrap_or_default();
        // Nothing is left of the comma between two mentions.
        if at == 0 || !is_empty(piece) {
            push(&mut left, piece, at > 0);
        }
        at = span.end.max(at);
    }
    let rest = line.text.get(at..).unwrap_or_default();
    push(&mut left, rest.trim_end_matches(is_separator), at > 0);
    if !left.contains(char::is_alphanumeric) {
        left.clear();
    }
    if rest.chars().all(|char| !char.is_alphanumeric()) {
        // A full stop here is that of an abbreviation or a number, which stays.
        let is_left_over =
            |char: char| (is_separator(char) && char != '.') || matches!(char, '(' | '[' | '@');
        left.truncate(left.trim_end_matches(is_left_over).len());
    }
    left
}

fn is_separator(char: char) -> bool {
    SEPARATORS.contains(&char) || char.is_whitespace()
}

fn is_empty(piece: &str) -> bool {
    piece.chars().all(is_separator)
}

/// Adds what follows a mention, or the begin of the text.
fn push(left: &mut String, piece: &str, follows: bool) {
    let mut piece = if follows { piece } else { piece.trim_start() };
    if !follows {
        left.push_str(piece.trim_end());
        return;
    }
    let opened = left.ends_with(['(', '[']);
    if opened && piece.starts_with([')', ']']) {
        left.pop();
        left.truncate(left.trim_end().len());
        piece = piece.get(1..).unwrap_or_default();
    }
    // `mâine-seară` loses its first half.
    let is_joined = piece.starts_with('-') && !piece.starts_with("- ");
    let piece = if is_joined { piece.get(1..).unwrap_or_default() } else { piece }.trim();
    if left.is_empty() {
        left.push_str(piece.trim_start_matches(is_separator));
        return;
    }
    if piece.starts_with(SEPARATORS) {
        left.truncate(left.trim_end_matches(is_separator).len());
    }
    let is_close = piece.starts_with([',', ';', ':', '.', '!', '?', ')', ']']);
    if !piece.is_empty() && !is_close {
        left.push(' ');
    }
    left.push_str(piece);
}

/// The bytes of these words, with the full stop of a number or an abbreviation.
fn span(line: &Line<'_>, words: &Range<usize>) -> Range<usize> {
    let first = line.word(words.start).map_or(0, |word| word.at.start);
    let Some(last) = words.end.checked_sub(1).and_then(|last| line.word(last)) else { return first..first };
    let is_short = last.is_number() && !last.raw.contains(':')
        || lexicon::month(&last.key).is_some()
        || lexicon::is_short_weekday(&last.key);
    first..last.at.end + usize::from(last.has_dot && is_short)
}
