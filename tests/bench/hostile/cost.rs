//! What one request costs the server.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cpu_time::ProcessTime;
use roadbook_domain::wire::{SyncResponse, Verdict, from_frame};
use roadbook_server::testing;

use super::ROUNDS;
use super::site::{Asked, Site};
use crate::measure::micros;
use crate::memory;

/// The cost of one request: of CPU time and of writing the least of all rounds, because others on the machine
/// only add to it; of memory the most.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Milliseconds.
    pub cpu: f64,
    /// MiB.
    pub memory: f64,
    /// Milliseconds of the longest write transaction; 0 if nothing was written.
    pub held: f64,
}

thread_local! {
    static WRITING: RefCell<Writing> = RefCell::default();
}

/// The write transactions of a request.
#[derive(Default)]
struct Writing {
    since: Option<ProcessTime>,
    longest: f64,
}

impl Cost {
    /// Makes a request, and measures it.
    pub fn of(site: &mut Site, make: fn(&mut Site, usize) -> Asked) -> Self {
        let mut least = Self { cpu: f64::INFINITY, memory: 0.0, held: f64::INFINITY };
        for round in 0..ROUNDS {
            let asked = make(site, round);
            let (token, frame) = site.frame(&asked);
            WRITING.take();
            testing::watch_writing(watch);
            site.office.line.take_spent();
            let (memory, (status, answer)) =
                memory::peak(|| site.office.block_on(site.office.line.answer(&token, frame)));
            let answer = status.is_success().then(|| from_frame::<SyncResponse>(&answer, 64 << 20).unwrap());
            if !(asked.is_so)(answer.as_ref()) {
                // The table shows it as a figure of nothing.
                eprintln!("{status}: {}", summary(answer.as_ref()));
                return Self { cpu: f64::NAN, memory: 0.0, held: 0.0 };
            }
            least = Self {
                cpu: least.cpu.min(site.office.line.take_spent().server / 1e3),
                memory: least.memory.max(memory / f64::from(1 << 20)),
                held: least.held.min(WRITING.take().longest),
            };
        }
        least
    }
}

/// How many verdicts of which sort an answer has.
fn summary(answer: Option<&SyncResponse>) -> String {
    let verdicts = answer.into_iter().flat_map(|answer| &answer.verdicts).flat_map(|group| &group.verdicts);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for verdict in verdicts {
        let name = match verdict {
            Verdict::Applied(_) => "applied".to_owned(),
            Verdict::Dup(_) => "dup".to_owned(),
            other => format!("{other:?}"),
        };
        *counts.entry(name).or_default() += 1;
    }
    format!("{counts:?}")
}

/// CPU time of the whole process: while a request is answered nothing else runs in it.
fn watch(begins: bool) {
    WRITING.with_borrow_mut(|writing| match (begins, writing.since.take()) {
        (true, _) => writing.since = Some(ProcessTime::now()),
        (false, Some(since)) => writing.longest = writing.longest.max(micros(since.elapsed()) / 1e3),
        (false, None) => {}
    });
}
