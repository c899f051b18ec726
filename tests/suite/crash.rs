//! Real processes, killed with SIGKILL again and again: nothing they confirmed is lost (L2, R01-R05).
//!
//! `KILLS` says how many kills instead of the few of every run: `KILLS=2000 cargo test -p
//! roadbook-tests crash`.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test's helpers meet unexpectedly is a failure of the test"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use roadbook_client::Client;
use roadbook_domain::value::env::SystemEnv;
use roadbook_tests::dice::Dice;
use roadbook_tests::sim::{Firm, Peek, folder, server_hashes};

/// A process that says in lines what it confirmed.
struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crash"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("it runs until it is killed").unwrap()
    }

    /// The next edits that it confirms.
    fn made(&mut self, count: usize) -> Vec<String> {
        (0..count).filter_map(|_| Some(self.line().strip_prefix("made ")?.to_owned())).collect()
    }

    /// Lets it confirm so many edits more, kills it in the middle of what follows, and returns
    /// everything that it confirmed.
    fn kill_after(&mut self, count: usize) -> Vec<String> {
        let mut lines: Vec<_> = (0..count).map(|_| self.line()).collect();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // What was in the pipe when it died was confirmed, too; a half line was not.
        lines.extend(
            self.lines.by_ref().map_while(Result::ok).filter(|line| line.len() == "made ".len() + 64),
        );
        lines.into_iter().filter_map(|line| Some(line.strip_prefix("made ")?.to_owned())).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn kills(few: usize) -> usize {
    std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(few)
}

/// Every change that the phone holds, sent or not.
fn held(file: &Path) -> BTreeSet<String> {
    let client = Client::open(file, Arc::new(SystemEnv)).expect("a killed phone opens");
    assert_eq!(client.wrong_projections().unwrap(), [], "what it shows is what it holds");
    Peek::open(file).unwrap().changes().unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn a_phone_killed_at_any_moment_has_every_edit_that_it_confirmed() {
    let folder = folder().unwrap();
    let file = folder.path().join("phone.db");
    let mut dice = Dice::new(1);
    let mut confirmed = BTreeSet::new();
    for start in 0..kills(40) {
        let arguments = ["phone", file.to_str().unwrap(), "--starts", &start.to_string()];
        confirmed.extend(Process::start(&arguments).kill_after(1 + dice.below(12)));
        let held = held(&file);
        let lost: Vec<_> = confirmed.difference(&held).collect();
        assert!(lost.is_empty(), "after kill {start}: {lost:?}");
    }
    assert!(confirmed.len() >= kills(40));
}

#[test]
fn a_salvage_killed_at_any_moment_loses_no_edit_and_the_next_opening_finishes_it() {
    let folder = folder().unwrap();
    let file = folder.path().join("phone.db");
    let path = file.to_str().unwrap();
    let confirmed: BTreeSet<_> = Process::start(&["phone", path]).kill_after(20).into_iter().collect();
    let mut dice = Dice::new(3);
    for kill in 0..kills(20) {
        let mut salvage = Process::start(&["salvage", path]);
        (0..1 + dice.below(2)).for_each(|_| drop(salvage.line()));
        // Somewhere in what follows.
        (0..dice.below(20_000)).for_each(|_| drop(std::fs::metadata(&file)));
        drop(salvage);
        let held = held(&file);
        let lost: Vec<_> = confirmed.difference(&held).collect();
        assert!(lost.is_empty(), "after kill {kill}: {lost:?}");
    }
}

/// A server and a phone on a folder, of which now the one and now the other is killed.
struct Pair {
    database: PathBuf,
    secrets: PathBuf,
    address: PathBuf,
    file: PathBuf,
    starts: usize,
}

impl Pair {
    fn new(folder: &Path, firm: &Firm) -> Self {
        let place = |name: &str| folder.join(name);
        let pair = Self {
            database: place("server.db"),
            secrets: firm.secrets(),
            address: place("address"),
            file: place("phone.db"),
            starts: 0,
        };
        std::fs::copy(firm.database(), &pair.database).unwrap();
        pair
    }

    fn serve(&self) -> Process {
        let (database, secrets) = (self.database.to_str().unwrap(), self.secrets.to_str().unwrap());
        let mut server = Process::start(&["server", database, secrets]);
        let line = server.line();
        std::fs::write(&self.address, line.strip_prefix("serving ").unwrap()).unwrap();
        server
    }

    fn phone(&mut self) -> Process {
        self.starts += 1;
        self.start(&["--starts", &self.starts.to_string()])
    }

    /// The app, or a widget beside it, by one clock: each finds the other's lease.
    fn process(&self, is_app: bool) -> Process {
        self.start(if is_app { &[] } else { &["--beside"] })
    }

    fn start(&self, more: &[&str]) -> Process {
        let (file, address) = (self.file.to_str().unwrap(), self.address.to_str().unwrap());
        Process::start(&[&["phone", file, "--server", address], more].concat())
    }

    fn on_server(&self) -> BTreeSet<String> {
        server_hashes(&self.database).unwrap().iter().map(ToString::to_string).collect()
    }
}

#[test]
fn app_and_widget_on_one_file_killed_at_any_moment_lose_no_edit_that_either_confirmed() {
    let (folder, firm) = (folder().unwrap(), Firm::prepare().unwrap());
    let pair = Pair::new(folder.path(), &firm);
    let server = pair.serve();
    let mut dice = Dice::new(4);
    let mut made = BTreeSet::new();
    let mut app = pair.process(true);
    // Whoever signs in has a file that a widget can open.
    made.extend(app.made(1));
    let mut widget = pair.process(false);
    for kill in 0..kills(30) {
        let is_app = dice.percent(50);
        let (killed, other) = if is_app { (&mut app, &mut widget) } else { (&mut widget, &mut app) };
        made.extend(other.made(3));
        made.extend(killed.kill_after(1 + dice.below(8)));
        *killed = pair.process(is_app);
        made.extend(other.made(3));
        let held = Peek::open(&pair.file).unwrap().changes().unwrap();
        let held: BTreeSet<_> = held.iter().map(ToString::to_string).collect();
        let lost: Vec<_> = made.difference(&held).collect();
        assert!(lost.is_empty(), "after kill {kill}: {lost:?}");
    }
    made.extend(app.kill_after(0));
    made.extend(widget.kill_after(0));
    assert!(made.is_subset(&held(&pair.file)));
    let mut alone = pair.process(true);
    while !made.is_subset(&pair.on_server()) {
        // What it makes meanwhile is not waited for: there would always be more.
        alone.made(1);
    }
    drop((alone, server));
}

#[test]
fn phone_and_server_killed_at_any_moment_lose_nothing_that_they_confirmed() {
    let (folder, firm) = (folder().unwrap(), Firm::prepare().unwrap());
    let mut pair = Pair::new(folder.path(), &firm);
    let mut dice = Dice::new(2);
    let mut made = BTreeSet::new();
    let (mut server, mut phone) = (pair.serve(), pair.phone());
    for kill in 0..kills(40) {
        let before = dice.below(20);
        if dice.percent(50) {
            made.extend(phone.kill_after(1 + before));
            let held = held(&pair.file);
            let lost: Vec<_> = made.difference(&held).collect();
            assert!(lost.is_empty(), "after kill {kill}, of the phone: {lost:?}");
            phone = pair.phone();
        } else {
            made.extend((0..before).filter_map(|_| Some(phone.line().strip_prefix("made ")?.to_owned())));
            drop(server);
            server = pair.serve();
            // What the phone holds as acknowledged is there.
            let unsent: BTreeSet<_> =
                Peek::open(&pair.file).unwrap().outbox().unwrap().keys().map(ToString::to_string).collect();
            let acknowledged: BTreeSet<_> = made.difference(&unsent).cloned().collect();
            let lost: Vec<_> = acknowledged.difference(&pair.on_server()).cloned().collect();
            assert!(lost.is_empty(), "after kill {kill}, of the server: {lost:?}");
        }
    }
    // Nobody is killed any more: everything arrives.
    while !made.is_subset(&pair.on_server()) {
        let line = phone.line();
        assert!(line.starts_with("made "), "{line}");
    }
    drop(server);
}
