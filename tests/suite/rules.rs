//! The codes by which comments, tests and pages cite a rule, such as L2, are those of `docs/rules.md`.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a code begins with; one to three digits follow.
const LETTERS: [char; 6] = ['C', 'F', 'L', 'N', 'R', 'T'];

#[test]
fn every_code_cited_in_the_repository_is_defined_in_the_rules() {
    let defined: BTreeSet<_> = definitions().into_iter().collect();
    let cited = citations();

    let unknown: Vec<_> = cited
        .iter()
        .filter(|(code, _)| !defined.contains(code))
        .map(|(code, place)| format!("{code} in {place}"))
        .collect();
    assert!(unknown.is_empty(), "not defined in docs/rules.md:\n{}", unknown.join("\n"));

    // A search that looks in the wrong place would find nothing wrong.
    let letters: BTreeSet<_> = cited
        .iter()
        .filter(|(_, place)| !place.starts_with("docs/rules.md"))
        .filter_map(|(code, _)| code.chars().next())
        .collect();
    assert_eq!(letters, BTreeSet::from(LETTERS), "codes of every letter are cited");
}

#[test]
fn every_code_is_defined_once() {
    let mut defined = BTreeSet::new();
    let twice: Vec<_> = definitions().into_iter().filter(|code| !defined.insert(code.clone())).collect();
    assert!(twice.is_empty(), "defined more than once in docs/rules.md: {twice:?}");
}

#[test]
fn the_numbers_of_a_letter_have_no_gap_so_a_cited_range_resolves() {
    let definitions = definitions();
    for letter in LETTERS {
        let defined: Vec<_> = definitions.iter().filter_map(|code| code.strip_prefix(letter)).collect();
        let numbers: Vec<_> = defined.iter().map(|number| number.parse()).collect();
        let expected: Vec<_> = (1..=defined.len()).map(Ok).collect();
        assert_eq!(numbers, expected, "{letter}");
    }
}

#[test]
fn a_code_is_found_in_prose_and_not_in_names_and_times() {
    for (extension, line, expected) in [
        ("md", "Cards come in order (F30-F32, T10: a stamp), `L2`.", &["F30", "F32", "T10", "L2"][..]),
        ("rs", "let x = y; // stays (L5)", &["L5"]),
        ("rs", "    //! R09, R31.", &["R09", "R31"]),
        ("rs", r#"assert_eq!(sent, Ok(1), "one round trip (L8)");"#, &["L8"]),
        ("rs", r#"at("2026-11-25T00:30", "{day}T09:{minute}")"#, &[]),
        ("rs", "fn both<F1, T1>(f: F1, t: T1) {", &[]),
        ("rs", "// 0xC3, F1_000, LF12, F1234", &[]),
        ("sql", "role TEXT, -- F67", &["F67"]),
        ("toml", "# Pinned (T9).", &["T9"]),
        ("kt", " * Never waits (L1).", &["L1"]),
    ] {
        assert_eq!(cited_in(line, extension), expected, "{line}");
    }
}

/// The codes that `docs/rules.md` defines: the first cells of its tables' rows, in order.
fn definitions() -> Vec<String> {
    fs::read_to_string(root().join("docs/rules.md"))
        .unwrap()
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| ")?.split_once(" |")?.0))
        .filter(|cell| is_code(cell))
        .map(str::to_owned)
        .collect()
}

/// Every code that is cited in the repository, with its file and line.
fn citations() -> Vec<(String, String)> {
    let root = root();
    let mut files = Vec::new();
    collect_files(&root, &mut files);
    files.sort();

    let mut citations = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let path = file.strip_prefix(&root).unwrap().display();
        for (line, number) in text.lines().zip(1..) {
            let codes = cited_in(line, extension(&file));
            citations.extend(codes.into_iter().map(|code| (code.to_owned(), format!("{path}:{number}"))));
        }
    }
    citations
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            if ![".git", "target", "node_modules"].iter().any(|skipped| path.ends_with(skipped)) {
                collect_files(&path, files);
            }
        } else if ["rs", "md", "sql", "toml", "ts", "kt", "swift"].contains(&extension(&path)) {
            files.push(path);
        }
    }
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// The codes that a line cites: in a page anywhere, in a program in its comments and texts only, where
/// `F1` is not the name of a type.
fn cited_in<'a>(line: &'a str, extension: &str) -> Vec<&'a str> {
    let comment = match extension {
        "md" => return codes(line),
        "ts" | "kt" | "swift" if line.trim_start().starts_with(['*', '/']) => return codes(line),
        "sql" => "--",
        "toml" => "#",
        _ => "//",
    };
    let (program, comment) = line.split_once(comment).unwrap_or((line, ""));
    program.split('"').skip(1).step_by(2).chain([comment]).flat_map(codes).collect()
}

/// The words of a text that have the form of a code. A time of day, as in `2026-11-25T09:30`, is none.
fn codes(text: &str) -> Vec<&str> {
    let mut codes = Vec::new();
    let mut pieces = text.split_inclusive(ends_word).peekable();
    while let Some(piece) = pieces.next() {
        let is_time = piece.ends_with(':')
            && pieces.peek().is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit() || c == '{'));
        let word = piece.trim_end_matches(ends_word);
        if is_code(word) && !is_time {
            codes.push(word);
        }
    }
    codes
}

fn ends_word(character: char) -> bool {
    !character.is_alphanumeric() && character != '_'
}

fn is_code(word: &str) -> bool {
    word.strip_prefix(LETTERS).is_some_and(|number| {
        (1..=3).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}
