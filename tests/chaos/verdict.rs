//! What must hold after a run, in this order: nobody is stuck, all are equal, nothing is lost.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use roadbook_client::Client;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::Op;
use roadbook_domain::value::env::SystemEnv;
use roadbook_tests::failure::{Failure, ensure};
use roadbook_tests::sim::{Peek, server_hashes};

use super::office::Office;

/// How long phones may take to come to rest once nothing goes wrong any more: some times the longest
/// wait after as many failures as fit into a run.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often they are asked.
const AGAIN: Duration = Duration::from_millis(200);

/// What a run made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Edits that phones confirmed.
    pub made: usize,
    /// Changes that the server holds.
    pub stored: usize,
    /// How long it took until all were equal.
    pub rest: Duration,
}

/// Judges a run whose faults are over.
///
/// # Errors
/// A law is broken.
pub fn judge(office: &mut Office) -> Result<Tally, Failure> {
    for phone in &mut office.phones {
        phone.stop()?;
    }
    let rest = rest(office)?;
    for phone in &mut office.phones {
        phone.process = None;
    }
    let made: BTreeSet<String> = office
        .phones
        .iter()
        .flat_map(|phone| phone.made.lock().unwrap_or_else(PoisonError::into_inner).clone())
        .collect();
    let stored = server_hashes(&office.database())?;
    for phone in &office.phones {
        let held = Peek::open(&phone.file)?.changes()?;
        let missing: Vec<_> = held.difference(&stored).map(ToString::to_string).take(5).collect();
        ensure("the server holds what a phone holds", missing.is_empty(), || format!("{missing:?}"))?;
        let said = said(&Client::open(&phone.file, Arc::new(SystemEnv))?)?;
        let lost: Vec<_> = made.iter().filter(|word| !said.contains(*word)).take(5).collect();
        ensure("nothing confirmed is lost", lost.is_empty(), || {
            format!("{lost:?} in {}", phone.file.display())
        })?;
    }
    Ok(Tally { made: made.len(), stored: stored.len(), rest })
}

/// Waits until all phones hold the same, and nothing of it is unsent.
fn rest(office: &mut Office) -> Result<Duration, Failure> {
    let begin = Instant::now();
    loop {
        let looks = office.phones.iter_mut().map(super::office::Phone::look);
        let looks = looks.collect::<Result<BTreeSet<_>, _>>()?;
        if looks.len() == 1 && looks.first().is_some_and(|look| look.starts_with("holds 0 0 0 ")) {
            return Ok(begin.elapsed());
        }
        if begin.elapsed() > PATIENCE {
            let sent = looks.iter().all(|look| look.starts_with("holds 0 "));
            let law = if sent { "phones converge" } else { "nobody is stuck" };
            return Err(Failure::new(law, format!("{looks:#?}")));
        }
        thread::sleep(AGAIN);
    }
}

/// All that a phone can show: values, also those that later ones replaced, and long texts. Two first texts
/// that were made apart stand one after the other.
fn said(client: &Client) -> Result<String, Failure> {
    let mut said = String::new();
    for (id, kind) in client.documents()? {
        for change in client.changes(id)? {
            for op in change.ops {
                if let Op::Put { value, .. } = op {
                    said = said + "\n" + &value;
                }
            }
        }
        if kind == DocumentTypeId::CARD {
            for (_, text) in client.card(id)?.texts {
                said = said + "\n" + &text;
            }
        }
    }
    Ok(said)
}
