//! CPU time of a piece of work, and the table of figures.

use std::time::Duration;

use cpu_time::{ProcessTime, ThreadTime};

/// The CPU time that `work` took in all threads, in microseconds, and what it returned.
pub fn cpu<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = ProcessTime::now();
    let result = work();
    (micros(start.elapsed()), result)
}

/// The least CPU time, in microseconds, of three runs of `work`, and what the last returned:
/// other programs on the machine only add time, so the minimum is nearest to the truth.
pub fn best<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let (first, second) = (cpu(&mut work).0, cpu(&mut work).0);
    let (third, result) = cpu(work);
    (first.min(second).min(third), result)
}

/// The CPU time of calls on this thread, in microseconds, below which `share` of `count` calls stay;
/// the least of three runs.
pub fn latency(share: f64, count: usize, mut call: impl FnMut(usize)) -> f64 {
    assert!(count > 0, "without calls nothing is measured");
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

/// The CPU time of all threads with such names, in microseconds.
pub fn cpu_of_threads(is_meant: impl Fn(&str) -> bool) -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let spent = tasks.filter_map(|task| {
        let folder = task.unwrap().path();
        // A thread may end meanwhile.
        let name = std::fs::read_to_string(folder.join("comm")).ok()?;
        let schedule = std::fs::read_to_string(folder.join("schedstat")).ok()?;
        let spent: f64 = schedule.split(' ').next()?.parse().unwrap();
        is_meant(name.trim()).then_some(spent / 1e3)
    });
    spent.sum()
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
    NoneOf(usize),
}

/// What a bar says of a figure.
enum Verdict {
    Met,
    /// By how many times the figure is what the bar allows.
    Missed(f64),
    /// Nothing was measured, so nothing can be met.
    Empty,
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

    /// To be none, of so many that were looked at.
    pub fn none_of(self, count: usize) -> Self {
        Self { bar: Some(Bar::NoneOf(count)), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.value / self.floor?)
    }

    /// What its bar says; `None` if it has none and is a number.
    ///
    /// Work that was done takes time and moves bytes: a figure or floor of zero means that there was none.
    fn verdict(&self) -> Option<Verdict> {
        let is_measured = |value: f64| value.is_finite() && value > 0.0;
        if !self.value.is_finite() || self.floor.is_some_and(|floor| !is_measured(floor)) {
            return Some(Verdict::Empty);
        }
        let share = match self.bar? {
            Bar::NoneOf(0) => return Some(Verdict::Empty),
            Bar::NoneOf(_) if self.value == 0.0 => return Some(Verdict::Met),
            Bar::NoneOf(_) => f64::INFINITY,
            Bar::AtMost(_) | Bar::TimesFloor(_) if !is_measured(self.value) => return Some(Verdict::Empty),
            Bar::AtMost(bar) => self.value / bar,
            Bar::TimesFloor(bar) => self.ratio()? / bar,
        };
        Some(if share <= 1.0 { Verdict::Met } else { Verdict::Missed(share) })
    }
}

/// The table: it prints its rows as they come, and remembers what was missed or not measured.
#[derive(Default)]
pub struct Table {
    /// Each part and how many rows it has.
    parts: Vec<(String, usize)>,
    met: usize,
    missed: Vec<String>,
    empty: Vec<String>,
}

impl Table {
    /// Begins a part of the table.
    pub fn part(&mut self, name: &str, what: &str) {
        self.parts.push((name.to_owned(), 0));
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
            Some(Bar::NoneOf(_)) => "0".to_owned(),
        };
        let verdict = figure.verdict();
        let word = match &verdict {
            None => "",
            Some(Verdict::Met) => "met",
            Some(Verdict::Missed(_)) => "MISSED",
            Some(Verdict::Empty) => "EMPTY",
        };
        println!("| {what:60} | {shown:>18} | {floor:>10} | {ratio:>7} | {bar:>9} | {word:6} |");
        if let Some((_, rows)) = self.parts.last_mut() {
            *rows += 1;
        }
        match verdict {
            None => {}
            Some(Verdict::Met) => self.met += 1,
            Some(Verdict::Missed(share)) => {
                self.missed.push(format!("{what}: {shown}, {share:.2} times the bar"));
            }
            Some(Verdict::Empty) => self.empty.push(what),
        }
    }

    /// A row without floor and bar.
    pub fn note(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.row(what, Figure::new(value, unit));
    }

    /// Says which bars were missed and what was not measured; true if there is neither.
    pub fn conclude(&self) -> bool {
        let nothing = self.parts.iter().filter(|(_, rows)| *rows == 0).map(|(name, _)| name);
        let empty: Vec<&String> = self.empty.iter().chain(nothing).collect();
        let judged = self.met + self.missed.len() + self.empty.len();
        println!("\n{} of {judged} bars met.", self.met);
        for missed in &self.missed {
            println!("- missed: {missed}");
        }
        for what in &empty {
            println!("- nothing was measured: {what}");
        }
        self.missed.is_empty() && empty.is_empty() && !self.parts.is_empty()
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
