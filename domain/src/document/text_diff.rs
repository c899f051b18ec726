//! What changes between two versions of a long text: by words, and within a word by letters.
//!
//! A save tells only what the text shall read, not what the user did. Only what differs may be written: a
//! letter that is erased and written anew would undo what a colleague did there at the same time.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::differences::{Place, Steps, differences, without_common_ends};

/// A longer word is compared letter by letter: the text may be one without blanks.
const MAX_WORD: usize = 64;
/// Letters are compared within a place of this many; a longer one was written anew.
const MAX_LETTERS: usize = 512;
/// How many steps two texts are compared in. What is not compared by then counts as written anew.
const MAX_STEPS: u32 = 4_000_000;

/// The places at which two texts differ, in order. Between them the texts are equal, and no two touch.
pub(super) fn places(old: &[char], new: &[char]) -> Vec<Place> {
    // Mostly a user edits one place, and then beginning and end are all that is common.
    let rough = without_common_ends(old, new, whole(old, new));
    let mut steps = Steps(MAX_STEPS);
    let places = if rough.old.is_empty() || rough.new.is_empty() {
        vec![rough]
    } else {
        let by_word = by_word(old, new, &mut steps);
        by_word.into_iter().flat_map(|place| by_letter(old, new, place, &mut steps)).collect()
    };
    // The same letters may have been taken for words here and for letters there.
    places.into_iter().filter(|place| !place.old.is_empty() || !place.new.is_empty()).collect()
}

/// `present` with what changed from `before` to `after` changed in it, too; both come from `before`.
///
/// A word changes only where it and its neighbours are as they were before. Where they are not, the new
/// words are added at the end: so they are never lost, and no other word changes.
pub fn merged(present: &str, before: &str, after: &str) -> String {
    if present == before {
        return after.to_owned();
    }
    let [now, old, new] = [present, before, after].map(|text| text.chars().collect::<Vec<_>>());
    let mut steps = Steps(MAX_STEPS);
    let meanwhile = by_word(&old, &now, &mut steps);
    let mut merged = now.clone();
    let mut added = Vec::new();
    // From the end, so that the places before keep their numbers.
    for place in by_word(&old, &new, &mut steps).into_iter().rev() {
        let words = part(&new, &place.new);
        let same = |other: &Place| other.old == place.old && part(&now, &other.new) == words;
        match place_in(&old, &meanwhile, &place.old) {
            Some(range) => drop(merged.splice(range, words.iter().copied())),
            // Somebody has changed it to the same already.
            None if meanwhile.iter().any(same) => {}
            None => added.push(words.iter().collect::<String>()),
        }
    }
    let merged: String = merged.into_iter().collect();
    let added = added.iter().rev().map(|words| words.trim()).filter(|words| !words.is_empty());
    let all: Vec<_> = std::iter::once(merged.as_str()).filter(|text| !text.is_empty()).chain(added).collect();
    all.join(" ")
}

/// Where a place of the old text is in the present one; `None` if it or a neighbour of it changed meanwhile.
fn place_in(old: &[char], meanwhile: &[Place], place: &Range<usize>) -> Option<Range<usize>> {
    let start = place.start - neighbour(old.get(..place.start)?.iter().rev());
    let end = place.end + neighbour(old.get(place.end..)?.iter());
    let changed = |change: &Place| match change.old.is_empty() {
        true => place.start < change.old.start && change.old.start < place.end,
        false => change.old.start < end && start < change.old.end,
    };
    // Where nothing is around it, nothing tells where it belongs.
    if start == end || meanwhile.iter().any(changed) {
        return None;
    }
    // Of two insertions at one place, this one stands first.
    let is_before =
        |change: &&Place| change.old.end < place.start || change.old.end == place.start && !place.is_empty();
    let last = meanwhile.iter().take_while(is_before).last();
    let (old_end, new_end) = last.map_or((0, 0), |change| (change.old.end, change.new.end));
    let at = |offset: usize| new_end + (offset - old_end);
    Some(at(place.start)..at(place.end))
}

/// How many characters the nearest word takes, with what stands between.
fn neighbour<'t>(text: impl Iterator<Item = &'t char> + Clone) -> usize {
    let between = text.clone().take_while(|char| !char.is_alphanumeric()).count();
    let word = text.skip(between).take(MAX_WORD).take_while(|char| char.is_alphanumeric()).count();
    between + word
}

/// The differences between two texts by whole words.
fn by_word(old: &[char], new: &[char], steps: &mut Steps) -> Vec<Place> {
    let place = to_words(old, new, without_common_ends(old, new, whole(old, new)));
    compared(&place, words(old, &place.old), words(new, &place.new), steps)
}

fn whole(old: &[char], new: &[char]) -> Place {
    Place { old: 0..old.len(), new: 0..new.len() }
}

/// A place made wider until it begins and ends between words, or at most by a word's length.
fn to_words(old: &[char], new: &[char], place: Place) -> Place {
    let is_letter = |char: &&char| char.is_alphanumeric();
    let (before, _) = old.split_at(place.old.start);
    let start = before.iter().rev().take(MAX_WORD).take_while(is_letter).count();
    let after = old.get(place.old.end..).unwrap_or_default();
    let end = after.iter().take(MAX_WORD).take_while(is_letter).count();
    debug_assert!(place.new.end + end <= new.len(), "what follows is common to both");
    Place {
        old: place.old.start - start..place.old.end + end,
        new: place.new.start - start..place.new.end + end,
    }
}

/// Where the words of a part begin and end: a run of letters and digits is a word, and every other
/// character is one by itself.
fn words<'t>(text: &'t [char], part_of: &Range<usize>) -> Vec<&'t [char]> {
    let runs = part(text, part_of).chunk_by(|a, b| a.is_alphanumeric() && b.is_alphanumeric());
    runs.flat_map(|run| run.chunks(if run.len() > MAX_WORD { 1 } else { MAX_WORD })).collect()
}

/// The differences within a place, letter by letter. Where most letters differ it was written anew, and
/// letters that are common by chance would mix two words into one.
fn by_letter(old: &[char], new: &[char], place: Place, steps: &mut Steps) -> Vec<Place> {
    let place = without_common_ends(old, new, place);
    let longer = place.old.len().max(place.new.len());
    if place.old.is_empty() || place.new.is_empty() || longer > MAX_LETTERS {
        return vec![place];
    }
    let letters = compared(&place, letters(old, &place.old), letters(new, &place.new), steps);
    let erased: usize = letters.iter().map(|place| place.old.len()).sum();
    let is_corrected = 2 * (place.old.len() - erased) >= longer;
    if is_corrected { letters } else { vec![place] }
}

fn letters<'t>(text: &'t [char], part_of: &Range<usize>) -> Vec<&'t [char]> {
    part(text, part_of).chunks(1).collect()
}

/// The differences between the words or letters of a place.
fn compared<'t>(place: &Place, old: Vec<&'t [char]>, new: Vec<&'t [char]>, steps: &mut Steps) -> Vec<Place> {
    let mut numbers = BTreeMap::new();
    let (old_numbers, new_numbers) = (numbered(&old, &mut numbers), numbered(&new, &mut numbers));
    let (old_ends, new_ends) = (ends(place.old.start, &old), ends(place.new.start, &new));
    let at = |ends: &[usize], token: usize| ends.get(token).copied().unwrap_or_default();
    let range = |ends: &[usize], tokens: Range<usize>| at(ends, tokens.start)..at(ends, tokens.end);
    let in_text =
        |tokens: Place| Place { old: range(&old_ends, tokens.old), new: range(&new_ends, tokens.new) };
    differences(&old_numbers, &new_numbers, steps).into_iter().map(in_text).collect()
}

/// A number for each token, equal for equal ones.
fn numbered<'t>(tokens: &[&'t [char]], numbers: &mut BTreeMap<&'t [char], u32>) -> Vec<u32> {
    let number = |token: &&'t [char]| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(*token).or_insert(next)
    };
    tokens.iter().map(number).collect()
}

/// Where each token begins, and where the last one ends.
fn ends(start: usize, tokens: &[&[char]]) -> Vec<usize> {
    let mut end = start;
    let ends = tokens.iter().map(|token| {
        end += token.len();
        end
    });
    std::iter::once(start).chain(ends).collect()
}

fn part<'t>(text: &'t [char], range: &Range<usize>) -> &'t [char] {
    text.get(range.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn what_changed_in_a_text_changes_in_another_state_of_it_too_and_no_other_word_does() {
        let cat = "The cat sat.";
        for (present, before, after, expected) in [
            ("one two", "one two", "one 2", "one 2"),
            ("one two four", "one two", "one 2", "one 2 four"),
            ("zero one two", "one two", "one 2", "zero one 2"),
            ("zero one two four", "one two", "one 2", "zero one 2 four"),
            ("quite another", "one two", "one two three", "quite another three"),
            ("", "", "begun", "begun"),
            ("theirs", "", "mine", "theirs mine"),
            ("őz és", "őz", "őz úr", "őz úr és"),
            ("A bakery near. The cat sat. Call.", cat, "The cot sat.", "A bakery near. The cot sat. Call."),
            ("The black cat sat.", cat, "The cot sat.", "The black cot sat."),
            ("A bakery. The dog sat.", cat, "The cot sat.", "A bakery. The dog sat. cot"),
            ("A cat is near.", cat, "The cot sat.", "A cat is near. cot"),
            ("The cat sat. The cat sat.", cat, "The cot sat.", "The cot sat. The cat sat."),
            ("The cot sat.", cat, "The cot sat.", "The cot sat."),
            ("The cat sat. Bye.", cat, "The cat.", "The cat. Bye."),
            ("The dog sat.", cat, "The .", "The dog sat."),
        ] {
            assert_eq!(merged(present, before, after), expected, "{present:?}: {before:?} to {after:?}");
        }
    }
}
