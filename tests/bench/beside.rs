//! A process beside the app, as a widget or a notification extension is one: what it takes to open the file and to
//! read Today.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use roadbook_client::Client;
use roadbook_domain::read::today::Period;
use roadbook_domain::value::env::SeededEnv;

use crate::dataset::NOW;
use crate::measure::{Figure, Table, cpu};
use crate::office::Office;

/// What the program takes, before a file, to be such a process.
pub const BESIDE_PROCESS: &str = "--beside";

const RUNS: usize = 3;

pub fn run(table: &mut Table) {
    for count in [10_000, 100_000] {
        let office = Office::shared(count);
        let phone = office.synced_phone();
        let runs: Vec<Measured> = (0..RUNS).map(|_| Measured::of_process(&phone.path())).collect();
        let least = |figure: fn(&Measured) -> f64| runs.iter().map(figure).fold(f64::INFINITY, f64::min);
        let time = Figure::new(least(|run| run.millis), "ms CPU");
        let memory = Figure::new(least(|run| run.private_mib), "MiB");
        let (time, memory) = match count {
            100_000 => (time.at_most(80.0), memory.at_most(24.0)),
            _ => (time, memory),
        };
        table.row(format!("opened and Today read beside the app, {count} cards"), time);
        table.row("  private memory then", memory);
        table.note("  of which before the file was opened", least(|run| run.private_mib_before), "MiB");
    }
}

/// The process: opens the file, reads Today, and says what that took.
pub fn read(file: &Path) {
    let before = private_memory();
    let env = Arc::new(SeededEnv::new(2, NOW));
    let (micros, (client, todos)) = cpu(|| {
        let client = Client::open_beside(file, env).unwrap();
        let todos = client.today(Period::Today, 50).unwrap().todos.len();
        (client, todos)
    });
    println!("{micros} {before} {} {todos}", private_memory());
    drop(client);
}

struct Measured {
    millis: f64,
    private_mib_before: f64,
    private_mib: f64,
}

impl Measured {
    fn of_process(file: &Path) -> Self {
        let program = std::env::current_exe().unwrap();
        let output = Command::new(program).arg(BESIDE_PROCESS).arg(file).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let figures: Vec<f64> = said.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
        let [micros, before, after, todos] = figures[..] else { panic!("{said:?}") };
        assert!(todos > 0.0, "an empty list measures nothing");
        Self { millis: micros / 1e3, private_mib_before: before / 1024.0, private_mib: after / 1024.0 }
    }
}

/// What of this process's memory no other shares, in KiB.
fn private_memory() -> f64 {
    let all = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let private = all.lines().filter(|line| line.starts_with("Private_"));
    private.map(|line| line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap()).sum()
}
