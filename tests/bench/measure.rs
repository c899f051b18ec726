//! CPU time of a piece of work, and the table of figures.

use std::time::Duration;

use cpu_time::{ProcessTime, ThreadTime};

/// The CPU time that `work` took in all threads, in microseconds, and what it returned.
pub fn cpu<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = ProcessTime::now();
    let result = work();
    (micros(start.elapsed()), result)
}

/// The least CPU time, in microseconds, of three runs of `work`, and what the last returned: what
/// others do on the machine only ever adds.
pub fn best<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let (first, second) = (cpu(&mut work).0, cpu(&mut work).0);
    let (third, result) = cpu(work);
    (first.min(second).min(third), result)
}

/// The CPU time of calls on this thread, in microseconds, below which `share` of `count` calls stay;
/// the least of three runs.
pub fn latency(share: f64, count: usize, mut call: impl FnMut(usize)) -> f64 {
    let mut run = || {
        let mut times: Vec<f64> = (0..count)
            .map(|n| {
                let start = ThreadTime::now();
                call(n);
                micros(start.elapsed())
            })
            .collect();
        times.sort_by(f64::total_cmp);
        percentile(&times, share)
    };
    run().min(run()).min(run())
}

/// The value below which `share` of the ascending `values` lie.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    values[((values.len() as f64 * share) as usize).min(values.len() - 1)]
}

pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// A figure, and what it is judged by.
#[derive(Clone, Copy)]
pub struct Figure {
    value: f64,
    unit: &'static str,
    floor: Option<f64>,
    bar: Option<Bar>,
}

#[derive(Clone, Copy)]
enum Bar {
    AtMost(f64),
    TimesFloor(f64),
}

impl Figure {
    pub fn new(value: f64, unit: &'static str) -> Self {
        Self { value, unit, floor: None, bar: None }
    }

    /// Beside a floor, in the same unit.
    pub fn beside(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// To be at most this, in its unit.
    pub fn at_most(self, bar: f64) -> Self {
        Self { bar: Some(Bar::AtMost(bar)), ..self }
    }

    /// To be at most so many times its floor.
    pub fn times_floor(self, bar: f64) -> Self {
        Self { bar: Some(Bar::TimesFloor(bar)), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.value / self.floor?)
    }

    /// By how many times the figure is what the bar allows; `None` if it has no bar.
    fn share_of_bar(&self) -> Option<f64> {
        match self.bar? {
            // What must not be at all is either not there or far beyond the bar.
            Bar::AtMost(0.0) => Some(if self.value > 0.0 { f64::INFINITY } else { 0.0 }),
            Bar::AtMost(bar) => Some(self.value / bar),
            Bar::TimesFloor(bar) => Some(self.ratio()? / bar),
        }
    }
}

/// The table: it prints its rows as they come, and remembers the missed bars.
#[derive(Default)]
pub struct Table {
    judged: usize,
    missed: Vec<String>,
}

impl Table {
    /// Begins a part of the table.
    pub fn part(&self, name: &str, what: &str) {
        println!("\n## {name}: {what}\n");
        println!(
            "| {:60} | {:>18} | {:>10} | {:>7} | {:>9} | {:6} |",
            "what", "figure", "floor", "ratio", "bar", ""
        );
        println!("|{:-<62}|{:->19}:|{:->11}:|{:->8}:|{:->10}:|{:-<8}|", "", "", "", "", "", "");
    }

    /// One row.
    pub fn row(&mut self, what: impl Into<String>, figure: Figure) {
        let what = what.into();
        let shown = format!("{} {}", number(figure.value), figure.unit);
        let floor = figure.floor.map(number).unwrap_or_default();
        let ratio = figure.ratio().map(|ratio| format!("{ratio:.2}x")).unwrap_or_default();
        let bar = match figure.bar {
            None => String::new(),
            Some(Bar::AtMost(bar)) => number(bar),
            Some(Bar::TimesFloor(bar)) => format!("{bar}x"),
        };
        let verdict = match figure.share_of_bar() {
            None => "",
            Some(share) if share <= 1.0 => "met",
            Some(_) => "MISSED",
        };
        println!("| {what:60} | {shown:>18} | {floor:>10} | {ratio:>7} | {bar:>9} | {verdict:6} |");
        if let Some(share) = figure.share_of_bar() {
            self.judged += 1;
            if share > 1.0 {
                self.missed.push(format!("{what}: {shown}, {share:.2} times the bar"));
            }
        }
    }

    /// A row without floor and bar.
    pub fn note(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.row(what, Figure::new(value, unit));
    }

    /// Says which bars were missed; true if none was.
    pub fn conclude(&self) -> bool {
        println!("\n{} of {} bars met.", self.judged - self.missed.len(), self.judged);
        for missed in &self.missed {
            println!("- missed: {missed}");
        }
        self.missed.is_empty()
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 1.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
