use proptest::prelude::*;

use super::*;
use crate::crm::card;
use crate::document::Writer;

const NOTE: &str = "note";

/// One user's replica of a card.
struct Hand {
    document: Document,
    actor: Actor,
}

impl Hand {
    fn new(actor: u8) -> Self {
        Self { document: Document::new(&card::TYPE), actor: Actor([actor; 16]) }
    }

    /// Another user's replica, which begins where this one is.
    fn twin(&self, actor: u8) -> Self {
        Self { document: self.document.clone(), actor: Actor([actor; 16]) }
    }

    fn drafts(&mut self, write: impl FnOnce(&mut Draft<'_>)) -> Option<Change> {
        let mut draft = Draft::new(&mut self.document, self.actor, Timestamp::from_millis(1_000));
        write(&mut draft);
        draft.finish()
    }

    /// Does what a phone does with an edit, and returns the changes it became.
    fn does(&mut self, write: impl FnOnce(&mut Draft<'_>)) -> Vec<Change> {
        let changes = self.drafts(write).map(|change| change.split(&card::TYPE).unwrap()).unwrap_or_default();
        changes.iter().for_each(|change| self.takes(change));
        changes
    }

    fn writes(&mut self, text: &str) -> Vec<Change> {
        self.does(|draft| draft.edit_text(card::FIELDS, NOTE, text))
    }

    fn takes(&mut self, change: &Change) {
        self.document.judge(change, Writer::Editor).unwrap();
        assert_eq!(Change::from_bytes(&change.to_bytes()).as_ref(), Ok(change));
        let built = change.to_automerge(&card::TYPE);
        assert_eq!(Change::from_automerge(&card::TYPE, &built).as_ref(), Some(change));
        self.document.add(change).unwrap();
    }

    fn reads(&self) -> String {
        let register = Register { container: card::FIELDS, name: NOTE.to_owned() };
        self.document.get(&register).map(|values| values.shown()).unwrap_or_default()
    }
}

/// What a note reads after two users saved another text of it at the same time.
fn both(start: &str, one: &str, other: &str) -> String {
    let mut anna = Hand::new(1);
    anna.writes(start);
    let mut bela = anna.twin(2);
    let (annas, belas) = (anna.writes(one), bela.writes(other));
    belas.iter().for_each(|change| anna.takes(change));
    annas.iter().for_each(|change| bela.takes(change));
    assert_eq!(anna.reads(), bela.reads());
    anna.reads()
}

#[test]
fn a_text_edited_at_two_places_keeps_what_a_colleague_did_between() {
    let start = "Monday: call. The discount is 40 %. Friday: visit.";
    let edited = "MONDAY: call. The discount is 40 %. FRIDAY: visit.";
    for (other, expected) in [
        ("Monday: call. Friday: visit.", "MONDAY: call. FRIDAY: visit."),
        (
            "Monday: call. The discount is not 40 %. Friday: visit.",
            "MONDAY: call. The discount is not 40 %. FRIDAY: visit.",
        ),
    ] {
        assert_eq!(both(start, edited, other), expected);
    }
}

#[test]
fn a_long_note_whose_first_and_last_letter_are_corrected_costs_as_much_as_two_letters() {
    for middle in ["x".repeat(4_999), "a word or two ".repeat(357) + "!"] {
        let mut hand = Hand::new(1);
        hand.writes(&format!("a{middle}a"));
        let [change] = hand.writes(&format!("b{middle}b")).try_into().unwrap();
        assert!(change.op_count() <= 8, "{} operations", change.op_count());
        assert_eq!(hand.reads(), format!("b{middle}b"));
    }
}

#[test]
fn saving_a_page_with_one_word_more_costs_that_word() {
    let page = "We spoke of the roof. It is to be mended in spring. ".repeat(60);
    let mut hand = Hand::new(1);
    hand.writes(&page);
    let edited = page.replacen("spring. We", "early spring. We", 3).replacen("mended", "repaired", 1);
    let changes = hand.writes(&edited);
    assert_eq!(hand.reads(), edited);
    assert!(changes[0].op_count() <= 3 * 6 + 14, "{} operations", changes[0].op_count());
}

#[test]
fn two_first_texts_that_were_begun_apart_stand_on_lines_of_their_own() {
    let mut anna = Hand::new(1);
    let mut bela = anna.twin(2);
    anna.writes("They do not want the machine.");
    bela.writes("Deposit paid in cash").iter().for_each(|change| anna.takes(change));
    assert_eq!(anna.reads(), "They do not want the machine.\nDeposit paid in cash");
}

/// Any text of these letters, in which words and blanks come again and again.
fn text() -> impl Strategy<Value = String> {
    let word =
        prop_oneof!["[ab]{1,3}", "[ab]{30,70}", Just(" ".to_owned()), Just("\n".to_owned()), "[.őé€😀]"];
    proptest::collection::vec(word, 0..14).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_text_reads_what_was_written_last(texts in proptest::collection::vec(text(), 1..6)) {
        let mut hand = Hand::new(1);
        for text in texts {
            hand.writes(&text);
            prop_assert_eq!(hand.reads(), text);
        }
    }

    #[test]
    fn a_text_that_was_begun_twice_reads_what_was_written_last(
        one in text(),
        other in text(),
        texts in proptest::collection::vec(text(), 1..5),
        joined in proptest::collection::vec(text(), 2..4),
    ) {
        let mut anna = Hand::new(1);
        let mut bela = anna.twin(2);
        anna.writes(&one);
        bela.writes(&other).iter().for_each(|change| anna.takes(change));
        // Some that keep the break between the two, too.
        for text in texts.into_iter().chain([joined.join("\n")]) {
            anna.writes(&text);
            prop_assert_eq!(anna.reads(), text);
        }
    }

    #[test]
    fn edits_of_different_words_at_the_same_time_both_survive(
        words in proptest::collection::vec("[a-z]{1,8}", 4..30),
        seed in any::<(prop::sample::Index, prop::sample::Index, bool, bool)>(),
    ) {
        let (first, second, erases_first, erases_second) = seed;
        // Not the same word, nor its neighbour: who erases a word erases a blank, too.
        let first = first.index(words.len() - 2);
        let second = first + 2 + second.index(words.len() - first - 2);
        let edited = |place: usize, erases: bool, by: &str| {
            let mut words = words.clone();
            if erases { words.remove(place); } else { words[place] = by.to_owned(); }
            words.join(" ")
        };
        let merged = both(&words.join(" "), &edited(first, erases_first, "ANNA"), &edited(second, erases_second, "BELA"));
        let mut expected = words.clone();
        if erases_second { expected.remove(second); } else { expected[second] = "BELA".to_owned(); }
        if erases_first { expected.remove(first); } else { expected[first] = "ANNA".to_owned(); }
        prop_assert_eq!(merged, expected.join(" "));
    }
}
