//! The calls of the Kotlin and Swift packages beside the same calls in Rust: each language is a program of its own that
//! opens a copy of the same file and says what its calls took. `tests/packages-bench` builds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use roadbook_client::Client;
use roadbook_client::app::{CardEdit, edit_card};
use roadbook_domain::read::today::Period;
use roadbook_domain::value::env::SystemEnv;

use crate::measure::{Figure, Table, cpu};
use crate::office::Office;

/// What the program takes, before a file, to be Rust's.
pub const CALLS_PROCESS: &str = "--calls";

/// The variables with the commands of the others; the file is appended.
const LANGUAGES: [(&str, &str); 2] = [("Kotlin", "ROADBOOK_BENCH_KOTLIN"), ("Swift", "ROADBOOK_BENCH_SWIFT")];

/// The day of a small firm, and ten times that, of which an app must open at once.
const CARDS: [usize; 2] = [10_000, 100_000];

pub fn run(table: &mut Table) {
    for count in CARDS {
        beside(table, count);
    }
}

fn beside(table: &mut Table, count: usize) {
    let phone = Office::shared(count).synced_phone();
    let file = phone.path();
    let this = std::env::current_exe().unwrap();
    let rust = calls(&[this.to_str().unwrap(), CALLS_PROCESS], &file);
    for (name, micros) in &rust {
        table.note(format!("Rust: {name}, {count} cards"), *micros, "us CPU");
    }
    for (language, variable) in LANGUAGES {
        let command = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} does not say how to run the {language} program: tests/packages-bench does")
        });
        let words: Vec<&str> = command.split_whitespace().collect();
        for (name, micros) in calls(&words, &file) {
            let figure = Figure::new(micros, "us CPU").beside(rust[&name]);
            let row = format!("{language}: {name}, {count} cards");
            match name.as_str() {
                "today 100" if count == CARDS[0] => {
                    table.row(&row, figure.times_floor(3.0));
                    table.row("  by itself", Figure::new(micros, "us CPU").at_most(2_000.0));
                }
                "today 100" | "today 1000" => table.row(row, figure.times_floor(3.0)),
                "edit" => table.row(row, figure.times_floor(1.2)),
                "open" => table.row(row, figure.at_most(80_000.0)),
                _ => table.row(row, figure),
            }
        }
    }
}

/// Rust's program. The others do the same.
pub fn call(file: &Path) {
    let mut opened = None;
    report("open", 1, 1, || {
        let client = Client::open_beside(file, Arc::new(SystemEnv)).unwrap();
        assert_eq!(client.today(Period::Today, 50).unwrap().todos.len(), 50);
        opened = Some(client);
    });
    let client = opened.unwrap();
    let cards: Vec<_> =
        client.today(Period::Today, 100).unwrap().todos.iter().map(|todo| todo.item.key.card).collect();
    report("nothing", 20_000, 4, || client.interrupt());
    // A small firm's busiest user has not a thousand.
    let is_there = |rows: &usize| client.today(Period::Today, *rows).unwrap().todos.len() == *rows;
    for rows in [100, 1_000].into_iter().filter(is_there) {
        report(&format!("today {rows}"), 200_000 / rows, 4, || {
            assert_eq!(client.today(Period::Today, rows).unwrap().todos.len(), rows);
        });
    }
    // One after the other: unsent edits of one card would grow with each.
    let mut edits = 0;
    report("edit", 100, 4, || {
        edits += 1;
        let name = format!("Name {edits}");
        edit_card(&client, cards[edits % cards.len()], &[CardEdit::Rename { name }]).unwrap();
    });
}

/// The least of some rounds: other programs only add time.
fn report(name: &str, calls: usize, rounds: usize, mut call: impl FnMut()) {
    let round = |_| cpu(|| (0..calls).for_each(|_| call())).0 / calls as f64;
    let least = (0..rounds).map(round).fold(f64::INFINITY, f64::min);
    println!("{name}\t{least}");
}

/// What a program says that gets a copy of the file.
fn calls(command: &[&str], file: &Path) -> BTreeMap<String, f64> {
    // The toolchain of Swift has no /tmp of the machine's.
    let place = std::env::var_os("ROADBOOK_BENCH_FOLDER").unwrap_or_else(|| std::env::temp_dir().into());
    let folder = tempfile::tempdir_in(place).unwrap();
    let copy = folder.path().join("phone");
    fs::copy(file, &copy).unwrap();
    let log = file.with_file_name("phone-wal");
    if log.exists() {
        fs::copy(log, folder.path().join("phone-wal")).unwrap();
    }
    let output = Command::new(command[0]).args(&command[1..]).arg(&copy).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let figures = said.lines().filter_map(|line| line.split_once('\t'));
    figures.map(|(name, micros)| (name.to_owned(), micros.parse().unwrap())).collect()
}
