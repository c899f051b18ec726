//! How many instructions an edit, Today, a push, a pull and an exchange take: callgrind counts them.
//!
//! Other programs on the machine change CPU time, but not this count. So two versions of the program can
//! be compared by it, also where a ratio to a floor says little.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command};

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::read::today::Period;
use roadbook_domain::value::id::DocumentId;

use crate::callgrind::Count;
use crate::dataset;
use crate::measure::Table;
use crate::office::Office;
use crate::phone::Phone;

/// Cards of the office.
const CARDS: usize = 1_000;
/// How often each step is repeated in its count: edits, lists, changes of one push and of one pull.
const EACH: usize = 100;
/// Edits before the count: caches of statements fill only once.
const WARM_UP: usize = 10;
/// How often all is counted, of which the least counts: threads meet in another order each time.
const RUNS: usize = 3;
/// The steps, in the order in which [`count`] does them.
const STEPS: [(&str, usize); 6] = [
    ("edit: one field of one card, durable", EACH),
    ("Today: totals, first 50 todos", EACH),
    ("push: one of 100 changes, phone and server", EACH),
    ("pull: one of 100 changes, phone and server", EACH),
    ("exchange: nothing new, phone and server", EACH),
    ("exchange: one entry behind, phone and server", BEHIND),
];
/// Phones that are one entry behind.
const BEHIND: usize = 5;
/// The name of [`mark`], as callgrind knows it.
const MARK: &str = "*instructions::mark*";

/// The argument that makes this program the counted process.
pub const COUNTED_PROCESS: &str = "--counted";

/// Counts each step, in processes of their own under callgrind.
pub fn run(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = (0..RUNS).map(|run| folder.path().join(format!("run-{run}"))).collect();
    let processes: Vec<Child> = files.iter().map(|file| start(file)).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success(), "the counted process failed");
    }
    for (n, (step, each)) in STEPS.iter().enumerate() {
        // The first dump is what led to the first step; between two steps are two marks.
        let dump = (2 * n + 2).to_string();
        let counts: Vec<Count> = files.iter().map(|file| Count::read(&file.with_extension(&dump))).collect();
        let least = |of: fn(&Count) -> u64| counts.iter().map(of).min().unwrap() as f64 / *each as f64;
        table.note(*step, least(|count| count.instructions), "instr.");
        table.note("  calls of the allocator", least(|count| count.allocations), "");
    }
}

fn start(file: &Path) -> Child {
    let child = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--fair-sched=yes"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(format!("--dump-before={MARK}"))
        .arg(std::env::current_exe().unwrap())
        .arg(COUNTED_PROCESS)
        .spawn();
    match child {
        Err(error) if error.kind() == ErrorKind::NotFound => panic!("valgrind is needed: install it"),
        child => child.unwrap(),
    }
}

/// The process that callgrind watches: the steps, each between two calls of [`mark`].
pub fn count() {
    let office = Office::with(CARDS);
    let (editor, reader) = (office.synced_phone(), office.synced_phone());
    let behind: Vec<Phone> = (0..BEHIND).map(|_| office.synced_phone()).collect();
    let (warm_up, cards) = editor.cards.split_at(WARM_UP);
    edit(&editor, warm_up, "000000");
    today(&editor);
    office.sync(&editor);
    office.sync(&reader);

    counted(|| edit(&editor, &cards[..EACH], "000001"));
    counted(|| (0..EACH).for_each(|_| today(&editor)));
    let sent = counted(|| office.sync(&editor));
    counted(|| office.sync(&reader));
    counted(|| {
        for _ in 0..EACH {
            office.sync(&reader);
        }
    });
    for phone in &behind {
        office.sync(phone);
    }
    edit(&editor, &cards[..1], "000002");
    office.sync(&editor);
    let behind = counted(|| behind.iter().map(|phone| office.sync(phone).counts.applied).sum::<u64>());
    assert_eq!(behind as usize, BEHIND);

    assert_eq!(sent.counts.acknowledged as usize, EACH);
    let field = dataset::field("f06").to_string();
    for card in &cards[1..EACH] {
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

/// Here callgrind writes down what all threads did since the last mark, and counts from zero again. It
/// knows the place by the function's name, so this must stay a function.
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
