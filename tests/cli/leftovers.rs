//! Whatever ends the program, it leaves nothing that others can read, and no session open.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::firm::{Firm, ran};

const CUSTOMERS: &str = "Name,Email\nTeo Próba,tp@alma.example\n";

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

fn signal(child: &Child, name: &str) {
    // Every shell has this built in; the program of this name is not everywhere.
    let sent =
        Command::new("sh").args(["-c", "kill -$0 $1", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
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
    for name in ["INT", "TERM", "HUP"] {
        let held = firm.asked.hold();
        let child = place.import(&firm).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        held.recv().unwrap();
        signal(&child, name);
        let ended = ran(&child.wait_with_output().unwrap());
        assert_eq!(ended.status, Some(1), "{name}: {}", ended.err);
        assert!(ended.err.contains("stopped"), "{name}: {}", ended.err);
        assert_eq!(place.left(), Vec::<PathBuf>::new(), "{name}");
    }
    assert_eq!((firm.asked.count("/v1/sign-in"), firm.asked.count("/v1/sign-out")), (3, 3));
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
    for more in [&["--once"][..], &[]] {
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
    let mut child = place.demo(&[]).spawn().unwrap();
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
        let run = ran(&place.demo(&["--once", "--import", file.to_str().unwrap()]).output().unwrap());
        assert_eq!(run.status, Some(0), "{}{}", run.out, run.err);
        assert!(run.out.contains("Equal: phones and server show the same"), "{}", run.out);
    }
}
