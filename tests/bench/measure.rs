//! CPU time of a piece of work, and rows of the tables.

use cpu_time::ProcessTime;

/// The CPU time that `work` took, in microseconds, and what it returned.
pub fn cpu<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = ProcessTime::now();
    let result = work();
    (start.elapsed().as_secs_f64() * 1e6, result)
}

/// One row: what was measured, its figure, its unit.
pub fn row(what: &str, figure: f64, unit: &str) {
    println!("| {what:58} | {figure:>12.2} {unit:<10} |");
}
