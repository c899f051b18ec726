//! The costliest requests that the limits allow, each beside the largest honest push.
//!
//! Three things are measured: the server's CPU time, the most memory that it held at once, and how long one
//! write transaction lasted, during which nobody else can write.

mod cost;
mod device;
mod honest;
mod reading;
mod reuploads;
mod site;
mod texts;
mod visibility;

use cost::Cost;
use site::{Asked, Site};

use crate::measure::{Figure, Table};

/// How often each request is made, each time of documents of its own.
pub const ROUNDS: usize = 3;

/// A request costs at most so many times the largest honest push.
const TIMES_HONEST: f64 = 2.0;
/// The most MiB that a request takes.
const MOST_MEMORY: f64 = 64.0;
/// The most milliseconds for which a request keeps others from writing.
const MOST_HELD: f64 = 50.0;

/// What is measured, and what makes the request of a round.
pub type Case = (&'static str, fn(&mut Site, usize) -> Asked);

pub fn run(table: &mut Table) {
    let mut site = Site::new();
    let honest: Vec<(&str, Cost)> =
        honest::ALL.iter().map(|(what, make)| (*what, Cost::of(&mut site, *make))).collect();
    let floor = honest.iter().map(|(_, cost)| cost.cpu).fold(0.0, f64::max);
    for (what, cost) in &honest {
        rows(table, &format!("honest: {what}"), cost, None);
    }
    for cases in [visibility::ALL, texts::ALL, reading::ALL, reuploads::ALL] {
        for (what, make) in cases {
            rows(table, what, &Cost::of(&mut site, *make), Some(floor));
        }
    }
}

fn rows(table: &mut Table, what: &str, cost: &Cost, floor: Option<f64>) {
    let cpu = Figure::new(cost.cpu, "ms CPU");
    table.row(what, floor.map_or(cpu, |floor| cpu.beside(floor).times_floor(TIMES_HONEST)));
    table.row("  memory", Figure::new(cost.memory, "MiB").at_most(MOST_MEMORY));
    if cost.held > 0.0 {
        table.row("  nobody else writes for", Figure::new(cost.held, "ms").at_most(MOST_HELD));
    }
}
