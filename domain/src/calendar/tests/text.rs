use proptest::prelude::*;

use super::reader::{text_of, unfolded};
use crate::calendar::content::{MAX_LINE_BYTES, escape, fold};

fn folded(line: &str) -> String {
    let mut out = String::new();
    fold(line, &mut out);
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape(text, &mut out);
    out
}

#[test]
fn a_line_is_folded_after_75_bytes_and_between_characters() {
    for (line, pieces) in [
        (String::new(), vec![0]),
        ("x".repeat(75), vec![75]),
        ("x".repeat(76), vec![75, 2]),
        ("x".repeat(75 + 74), vec![75, 75]),
        ("x".repeat(75 + 75), vec![75, 75, 2]),
        ("ő".repeat(38), vec![74, 3]),
        ("👩".repeat(19), vec![72, 5]),
    ] {
        let lengths: Vec<_> = folded(&line).trim_end().split("\r\n").map(str::len).collect();
        assert_eq!(lengths, pieces, "{line}");
    }
}

#[test]
fn a_text_is_escaped_and_cannot_begin_a_line() {
    for (text, value) in [
        (r"a\b;c,d:e", r"a\\b\;c\,d:e"),
        ("a\r\nATTACH:http://x\rb\nc", r"a\nATTACH:http://x\nb\nc"),
        ("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f", r"a\nb\nc\nd\ne\nf"),
        ("a\u{0}b\u{7f}c\td", "abc\td"),
        ("\u{202e}ש", "\u{202e}ש"),
    ] {
        assert_eq!(escaped(text), value, "{text:?}");
    }
}

proptest! {
    #[test]
    fn what_is_folded_is_unfolded_again(line in "[a-z őשש👩\u{301}]{0,300}") {
        let folded = folded(&line);
        for piece in folded.strip_suffix("\r\n").unwrap().split("\r\n") {
            prop_assert!(piece.len() <= MAX_LINE_BYTES);
        }
        prop_assert_eq!(unfolded(&folded), [line]);
    }

    #[test]
    fn a_text_reads_back_but_for_its_control_characters(text in any::<String>()) {
        let escaped = escaped(&text);
        prop_assert!(!escaped.chars().any(|char| char.is_control() && char != '\t'));
        let breaks = |char| matches!(char, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let expected: String = text
            .replace("\r\n", "\n")
            .replace(breaks, "\n")
            .replace(|char: char| char.is_control() && char != '\t' && char != '\n', "");
        prop_assert_eq!(text_of(&escaped), expected);
    }
}
