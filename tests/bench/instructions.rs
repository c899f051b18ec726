//! How many instructions an edit, Today, a push and a pull take: callgrind counts them.
//!
//! Neighbours on the machine change CPU time, but not this count. So two versions of the program can be
//! compared by it, also where a ratio to a floor says little.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use roadbook_domain::command::CardCommand;
use roadbook_domain::id::DocumentId;
use roadbook_domain::today::Period;

use crate::dataset;
use crate::measure::Table;
use crate::office::Office;
use crate::phone::Phone;

/// Cards of the office.
const CARDS: usize = 1_000;
/// How often each step is repeated in its count: edits, lists, changes of one push and of one pull.
const EACH: usize = 100;
/// As many again, before the count: caches of statements fill only once.
const WARM_UP: usize = 10;
/// The steps, in the order in which [`count`] does them.
const STEPS: [&str; 4] = [
    "durable edit of one field: one edit",
    "Today: totals, first 50: one list",
    "push of 100 changes, phone and server: one change",
    "pull of 100 changes, phone and server: one change",
];
/// The name of [`mark`], as callgrind knows it.
const MARK: &str = "*instructions::mark*";

/// The argument that makes this program the counted process.
pub const COUNTED_PROCESS: &str = "--counted";

/// Counts each step in a process of its own under callgrind.
pub fn run(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("count");
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(format!("--dump-before={MARK}"))
        .arg(std::env::current_exe().unwrap())
        .arg(COUNTED_PROCESS)
        .status();
    let status = match status {
        Err(error) if error.kind() == ErrorKind::NotFound => panic!("valgrind is needed: install it"),
        status => status.unwrap(),
    };
    assert!(status.success(), "the counted process failed");
    for (n, step) in STEPS.iter().enumerate() {
        // The first dump is what led to the first step; between two steps are two marks.
        let count = total(&file.with_extension((2 * n + 2).to_string()));
        table.note(format!("{step}, {CARDS} cards"), count / EACH as f64, "instr.");
    }
}

/// The instructions of all threads in a file of callgrind.
fn total(file: &Path) -> f64 {
    let text = std::fs::read_to_string(file).unwrap();
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
    let total: f64 = total.trim().parse().unwrap();
    assert!(total > 0.0, "callgrind counted nothing");
    total
}

/// The process that callgrind watches: the steps, each between two calls of [`mark`].
pub fn count() {
    let office = Office::with(CARDS);
    let (editor, reader) = (office.synced_phone(), office.synced_phone());
    let (warm_up, cards) = editor.cards.split_at(WARM_UP);
    edit(&editor, warm_up, "000000");
    today(&editor);
    office.sync(&editor);
    office.sync(&reader);

    counted(|| edit(&editor, &cards[..EACH], "000001"));
    counted(|| (0..EACH).for_each(|_| today(&editor)));
    let sent = counted(|| office.sync(&editor));
    counted(|| office.sync(&reader));

    assert_eq!(sent.counts.acknowledged as usize, EACH);
    let field = dataset::field("f06").to_string();
    for card in &cards[..EACH] {
        let card = reader.client.card(*card).unwrap();
        assert!(card.row.fields.iter().any(|(name, value)| *name == field && value == "000001"));
    }
}

fn counted<T>(step: impl FnOnce() -> T) -> T {
    mark();
    let result = step();
    mark();
    result
}

/// Where callgrind writes down what all threads did since the last mark, and counts from zero again. It
/// knows the place by the name, so this must stay a function.
#[inline(never)]
fn mark() {
    std::hint::black_box(0_u8);
}

fn edit(phone: &Phone, cards: &[DocumentId], value: &str) {
    for card in cards {
        let command = CardCommand::SetField(dataset::field("f06"), value.to_owned());
        phone.client.edit_card(*card, &[command]).unwrap();
    }
}

fn today(phone: &Phone) {
    assert!(!phone.client.today(Period::Today, 50).unwrap().todos.is_empty());
}
