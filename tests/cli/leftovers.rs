//! Whatever ends the program, it leaves nothing that others can read, and no session open.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::firm::{Firm, ran};
use super::place::{self, ALMA, Serving, signal};

const CUSTOMERS: &str = "Name,Email\nTeo Próba,tp@alma.example\n";

/// The signals by which a terminal or a service manager asks a program to end.
const SIGNALS: [&str; 4] = ["INT", "TERM", "HUP", "QUIT"];

/// Those that can end a program that is started from here: under `nohup` HUP is ignored on purpose.
fn signals() -> impl Iterator<Item = &'static str> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    SIGNALS.into_iter().filter(move |name| *name != "HUP" || ignored & 1 == 0)
}

/// Where temporary folders are made, and the file to import.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        std::fs::write(folder.path().join("customers.csv"), CUSTOMERS).unwrap();
        Self { folder }
    }

    fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    fn customers(&self) -> PathBuf {
        self.folder.path().join("customers.csv")
    }

    /// What is left in the temporary folder.
    fn left(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.temporary()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn import(&self, firm: &Firm) -> Command {
        let mut command = firm.command(&self.customers(), &[]);
        command.env("TMPDIR", self.temporary());
        command
    }

    fn demo(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roadbook"));
        command.arg("demo").args(more).env("TMPDIR", self.temporary());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
        command
    }
}

/// Makes a pipe. Whoever opens it to read waits until somebody opens it to write.
///
/// In the place of a database's journal it holds whoever opens the database: SQLite looks into a journal first.
fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(path).status().unwrap().success());
}

/// Waits while a program runs.
fn until(child: &mut Child, is_so: impl Fn() -> bool) {
    while !is_so() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before its time");
        std::thread::yield_now();
    }
}

/// The permissions of a folder and all that is in it, as far as others have any.
fn exposed(path: &Path) -> Vec<(PathBuf, u32)> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = path.symlink_metadata().unwrap();
    let mut all: Vec<_> = match metadata.is_dir() {
        true => std::fs::read_dir(path).unwrap().flat_map(|entry| exposed(&entry.unwrap().path())).collect(),
        false => Vec::new(),
    };
    all.push((path.to_owned(), metadata.permissions().mode() & 0o077));
    all.retain(|(_, others)| *others != 0);
    all
}

#[test]
fn an_import_that_ends_well_or_fails_leaves_no_file_and_no_session() {
    let (firm, place) = (Firm::start(), Place::new());
    assert_eq!(place.import(&firm).output().unwrap().status.code(), Some(0));
    let nowhere = place.import(&firm).args(["--product", "Nothing"]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    std::fs::write(place.customers(), "who\nAnna\n").unwrap();
    assert_eq!(place.import(&firm).output().unwrap().status.code(), Some(1));
    std::fs::remove_file(place.customers()).unwrap();
    assert_eq!(place.import(&firm).output().unwrap().status.code(), Some(1));
    assert_eq!((firm.asked.count("/v1/sign-in"), firm.asked.count("/v1/sign-out")), (3, 3));
    assert_eq!(place.left(), Vec::<PathBuf>::new());
}

#[test]
fn an_import_that_is_stopped_signs_out_and_leaves_no_file() {
    let (firm, place) = (Firm::start(), Place::new());
    for name in signals() {
        let held = firm.asked.hold();
        let child = place.import(&firm).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        held.recv().unwrap();
        signal(&child, name);
        let ended = ran(&child.wait_with_output().unwrap());
        assert_eq!(ended.status, Some(1), "{name}: {}", ended.err);
        assert!(ended.err.contains("stopped"), "{name}: {}", ended.err);
        assert_eq!(place.left(), Vec::<PathBuf>::new(), "{name}");
    }
    assert_eq!((firm.asked.count("/v1/sign-in"), firm.asked.count("/v1/sign-out")), (4, 4));
}

#[test]
fn a_backup_that_is_stopped_leaves_nothing_and_the_next_one_is_made() {
    let alma = place::Place::with(&["alma"]);
    for name in signals() {
        // The draft is made before the database is opened, and that waits here.
        let journal = alma.path("alma.db-journal");
        pipe(&journal);
        let before = alma.names();
        let line = format!("backup {name}.copy {ALMA}");
        let mut command = alma.command(&line);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let draft = alma.path(&format!("{name}.copy.roadbook-partial"));
        until(&mut child, || draft.exists());
        signal(&child, name);
        let ended = ran(&child.wait_with_output().unwrap());
        assert_eq!(ended.status, Some(1), "{name}: {}", ended.err);
        assert_eq!((&*ended.out, &*ended.err), ("", "roadbook: stopped; nothing was changed\n"), "{name}");
        assert_eq!(alma.names(), before, "{name}");
        std::fs::remove_file(journal).unwrap();
        let next = alma.run(&line, &[]);
        assert_eq!(next.status, Some(0), "{name}: {}", next.err);
    }
}

#[test]
fn a_restore_a_check_or_a_start_that_is_stopped_leaves_nothing_and_the_next_one_goes_on() {
    let alma = place::Place::with(&["alma"]);
    let made = alma.run(&format!("backup copy {ALMA} --secrets-to secrets"), &[]);
    assert_eq!(made.status, Some(0), "{}", made.err);
    let (secret, asked) = (alma.path("receipt.key"), alma.path("secrets/receipt.key"));
    let journal = alma.path("copy-journal");
    std::fs::rename(&asked, &secret).unwrap();
    let restore = "restore copy --database sqlite:new.db --secrets secrets";
    let check = "check --database sqlite:copy --secrets secrets";
    let serve = "serve --listen 127.0.0.1:0 --database sqlite:copy --secrets secrets";
    let stopped = "roadbook: stopped; nothing was changed\n";
    for name in signals() {
        for (line, draft, ends) in [
            (restore, Some("new.db.roadbook-partial"), (Some(1), stopped)),
            (check, None, (Some(1), stopped)),
            (serve, None, (Some(0), "")),
        ] {
            pipe(&asked);
            let before = alma.names();
            let mut command = alma.command(line);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            // Each reads its last secret and then opens the copy, which a restore has opened once before that. So
            // the secret comes when there is something for which the copy's reader has to wait.
            let (secret, asked_here, journal_here) = (secret.clone(), asked.clone(), journal.clone());
            let given = std::thread::spawn(move || {
                let mut asked = std::fs::OpenOptions::new().write(true).open(asked_here).unwrap();
                pipe(&journal_here);
                asked.write_all(&std::fs::read(secret).unwrap()).unwrap();
            });
            let has_draft = || draft.is_none_or(|draft| alma.path(draft).exists());
            until(&mut child, || given.is_finished() && has_draft());
            signal(&child, name);
            let ended = ran(&child.wait_with_output().unwrap());
            assert_eq!((ended.status, &*ended.err), ends, "{name}: {line}");
            given.join().unwrap();
            std::fs::remove_file(&journal).unwrap();
            assert_eq!(alma.names(), before, "{name}: {line}");
            std::fs::remove_file(&asked).unwrap();
        }
    }
    std::fs::rename(&secret, &asked).unwrap();
    for line in [restore, check] {
        let next = alma.run(line, &[]);
        assert_eq!(next.status, Some(0), "{line}: {}", next.err);
    }
}

#[test]
fn a_server_that_is_stopped_answers_what_is_under_way_and_leaves_nothing_to_the_next_one() {
    let alma = place::Place::with(&["alma"]);
    let before = alma.names();
    for name in signals() {
        let serving = Serving::start(&alma, "");
        let mut client = TcpStream::connect(&serving.address).unwrap();
        let head = "POST /v1/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                    Content-Length: 2\r\nExpect: 100-continue\r\n\r\n";
        client.write_all(head.as_bytes()).unwrap();
        let mut answer = BufReader::new(client.try_clone().unwrap()).lines().map(Result::unwrap);
        // It asks for the body: the request is under way.
        assert_eq!(answer.next().as_deref(), Some("HTTP/1.1 100 Continue"), "{name}");
        serving.signal(name);
        // It has heard: nobody new is let in.
        while TcpStream::connect(&serving.address).is_ok() {
            std::thread::yield_now();
        }
        client.write_all(b"{}").unwrap();
        let answer: Vec<String> = answer.collect();
        let is_there = |wanted: &str| answer.iter().any(|line| line.starts_with(wanted));
        assert!(is_there("HTTP/1.1 422 "), "{name}: {answer:?}");
        let (status, log) = serving.ended();
        assert_eq!(status, Some(0), "{name}: {log:?}");
        let is_told = |words: &str| log.iter().any(|line| line.contains(words));
        assert!(is_told("\"stopped\""), "{name}: {log:?}");
        // Of the server before.
        assert!(!is_told("no server closed the database file"), "{name}: {log:?}");
        assert_eq!(alma.names(), before, "{name}");
    }
    Serving::start(&alma, "").kill();
}

#[test]
fn what_a_killed_import_leaves_is_for_nobodys_eyes_and_the_next_one_removes_it() {
    let (firm, place) = (Firm::start(), Place::new());
    let held = firm.asked.hold();
    let mut child = place.import(&firm).stdout(Stdio::piped()).spawn().unwrap();
    held.recv().unwrap();
    // Another one runs meanwhile: its folder is not taken for left over.
    let mut other = place.import(&firm).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    held.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(place.left().len(), 2);
    for left in place.left() {
        assert!(std::fs::read_dir(&left).unwrap().count() > 1);
        assert_eq!(exposed(&left), [], "{left:?}");
    }
    firm.asked.release();
    assert_eq!(place.import(&firm).output().unwrap().status.code(), Some(0));
    assert_eq!(place.left().len(), 1, "of the one that runs");
    signal(&other, "TERM");
    other.wait().unwrap();
    assert_eq!(place.left(), Vec::<PathBuf>::new());
}

#[test]
fn a_demonstration_whose_reader_leaves_ends_without_a_panic() {
    let place = Place::new();
    for more in [&["--text", "--once"][..], &["--text"]] {
        let mut child = place.demo(more).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("Kárpát Kávé"), "{line}");
        let ended = ran(&child.wait_with_output().unwrap());
        assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
        assert_eq!(place.left(), Vec::<PathBuf>::new());
    }
}

#[test]
fn the_commands_that_a_demonstration_prints_run_as_they_stand() {
    let place = Place::new();
    let mut child = place.demo(&["--text"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut folder = None;
    let commands: Vec<String> = lines
        .by_ref()
        .inspect(|line| {
            folder = line.split_once(" in /").map(|(_, path)| format!("/{path}")).or(folder.take())
        })
        .skip_while(|line| line != "  Try:")
        .skip(1)
        .take_while(|line| line.starts_with("    "))
        .collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    for command in commands {
        let run =
            Command::new("sh").args(["-c", &command]).env("TMPDIR", place.temporary()).output().unwrap();
        let run = ran(&run);
        assert_eq!(run.status, Some(0), "{command}: {}{}", run.out, run.err);
    }
    assert_eq!(exposed(Path::new(&folder.unwrap())), []);
    signal(&child, "INT");
    // Read to its end, so that it can say what it says.
    assert!(lines.any(|line| line.contains("Stopping")));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(place.left(), Vec::<PathBuf>::new());
}

#[test]
fn a_demonstration_plays_on_an_export_that_does_not_say_when_customers_were_met_last() {
    let place = Place::new();
    for customers in [CUSTOMERS, "Name\nAda\nBea\nCili\nDóra\nEdit\nFlóra\n"] {
        std::fs::write(place.customers(), customers).unwrap();
        let file = place.customers();
        let run =
            ran(&place.demo(&["--text", "--once", "--import", file.to_str().unwrap()]).output().unwrap());
        assert_eq!(run.status, Some(0), "{}{}", run.out, run.err);
        assert!(run.out.contains("Equal: phones and server show the same"), "{}", run.out);
    }
}

#[test]
fn a_demonstration_to_touch_leaves_no_file_and_no_process_and_obeys_its_own_page_alone() {
    let place = Place::new();
    // Nobody looks at the pages here.
    for name in ["dist", "dist-demo"] {
        std::fs::create_dir(place.folder.path().join(name)).unwrap();
        std::fs::write(place.folder.path().join(name).join("index.html"), "a page").unwrap();
    }
    let app = place.folder.path().join("dist");
    let begin = || {
        let mut child = place.demo(&["--app", app.to_str().unwrap()]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (_, address) = line.split_once("http://").unwrap();
        let (host, rest) = address.split_once("/#").unwrap();
        let (key, _) = rest.split_once(' ').unwrap();
        (child, Office { host: host.to_owned(), key: key.to_owned() })
    };
    let (mut child, office) = begin();
    // What a beginning that failed has left does not keep the next one from beginning.
    let (page, away) = (app.join("index.html"), app.join("away.html"));
    std::fs::rename(&page, &away).unwrap();
    assert!(office.does("begin").starts_with("HTTP/1.1 409 "));
    std::fs::rename(&away, &page).unwrap();
    assert!(office.does("begin").starts_with("HTTP/1.1 200 "));
    assert_eq!(place.left().len(), 1);

    let pid = office.server().unwrap();
    let (host, own) = (&*office.host, office.page());
    for (name, page) in [(host, "http://crm.localhost:8000"), (host, "null"), ("crm.localhost:8000", &*own)] {
        let refused = office.ask(name, page, "POST /office/kill");
        assert!(refused.starts_with("HTTP/1.1 403 "), "{name} {page}: {refused}");
    }
    assert!(office.ask("127.0.0.1", "", "GET /state").starts_with("HTTP/1.1 403 "));
    let stranger = Office { host: host.to_owned(), key: String::new() };
    for request in ["GET /state", "GET /hashes?now=0", "POST /office/kill", "POST /phones/anna/cut"] {
        let refused = stranger.ask(host, &own, request);
        assert!(refused.starts_with("HTTP/1.1 403 "), "{request}: {refused}");
    }
    assert!(stranger.ask(host, "", "GET /").contains("frame-src http://anna.roadbook.localhost:"));
    assert_eq!(office.server(), Some(pid));

    for (act, runs) in [("kill", false), ("start", true), ("stop", false), ("restore", true)] {
        let done = office.does(act);
        assert!(done.starts_with("HTTP/1.1 200 "), "{act}: {done}");
        assert_eq!(office.server().is_some(), runs, "{act}");
    }
    for (act, is_restricted) in [("restrict", true), ("restore", false)] {
        assert!(office.does(act).starts_with("HTTP/1.1 200 "), "{act}");
        assert_eq!(office.state().pointer("/isRestricted"), Some(&Value::Bool(is_restricted)), "{act}");
    }
    let other = office.server().unwrap();
    assert!(!is_running(pid) && is_running(other) && pid != other);
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!is_running(other));
    assert_eq!(place.left(), Vec::<PathBuf>::new());

    let (mut child, office) = begin();
    office.does("begin");
    office.does("end");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(place.left(), Vec::<PathBuf>::new());

    let (mut child, office) = begin();
    office.does("begin");
    let pid = office.server().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // Its input has ended, so it stops as if it had been asked.
    while is_running(pid) {
        std::thread::yield_now();
    }
}

#[test]
fn a_demonstration_refuses_an_export_that_makes_no_card_in_one_line_that_names_it() {
    let place = Place::new();
    std::fs::write(place.customers(), "Name,Email\n").unwrap();
    let file = place.customers();
    let run = ran(&place.demo(&["--text", "--once", "--import", file.to_str().unwrap()]).output().unwrap());
    assert_eq!((run.status, run.err.lines().count()), (Some(1), 1), "{}", run.err);
    assert!(run.err.starts_with("roadbook: --import is \"customers.csv\": no card"), "{}", run.err);
}

/// The office of a demonstration, as its page knows it.
struct Office {
    host: String,
    key: String,
}

impl Office {
    fn page(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Sends a request, by this name of the host and from this page; answers all that comes.
    fn ask(&self, host: &str, page: &str, request: &str) -> String {
        let (_, port) = self.host.split_once(':').unwrap();
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let head = format!("{request} HTTP/1.1\r\nHost: {host}\r\nOrigin: {page}\r\n");
        let head = format!("{head}Authorization: Bearer {}\r\nConnection: close\r\n", self.key);
        stream.write_all(format!("{head}Content-Length: 0\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn does(&self, act: &str) -> String {
        self.ask(&self.host, &self.page(), &format!("POST /office/{act}"))
    }

    fn state(&self) -> Value {
        let answer = self.ask(&self.host, "", "GET /state");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    /// The process of the server.
    fn server(&self) -> Option<u64> {
        self.state().pointer("/server/pid").unwrap().as_u64()
    }
}

/// Whether a process runs: one that ended may wait for its parent to notice.
fn is_running(pid: u64) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}
