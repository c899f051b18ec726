//! What whoever runs a server types: a flag beats a variable, an error names what to change, a file has one server.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStderr, Command, Stdio};

use tempfile::TempDir;

use super::firm::{Ran, ran};

/// Where the database and the secrets of the first organisation are.
const ALMA: &str = "--database sqlite:alma.db --secrets alma";

#[test]
fn a_flag_that_names_the_database_beats_every_variable() {
    let place = Place::with(&["alma", "beta"]);
    for (flag, variable, other) in [
        ("--database sqlite:alma.db", "ROADBOOK_DATABASE_FILE", "beta.address"),
        ("--database sqlite:alma.db", "ROADBOOK_DATABASE", "sqlite:beta.db"),
        ("--database-file alma.address", "ROADBOOK_DATABASE_FILE", "beta.address"),
        ("--database-file alma.address", "ROADBOOK_DATABASE", "sqlite:beta.db"),
    ] {
        let ran = place.run(&format!("check --secrets alma {flag}"), &[(variable, other)]);
        assert_eq!(ran.status, Some(0), "{flag}, {variable}: {}", ran.err);
        assert!(ran.out.contains("(alma)"), "{flag}, {variable}: {}", ran.out);
    }
}

#[test]
fn two_of_a_kind_that_name_the_database_are_refused_by_their_names() {
    let place = Place::with(&["alma"]);
    let address = ("ROADBOOK_DATABASE", "sqlite:alma.db");
    let variables = place.run("check --secrets alma", &[address, ("ROADBOOK_DATABASE_FILE", "alma.address")]);
    assert_eq!(variables.status, Some(1));
    assert!(
        variables.err.contains("ROADBOOK_DATABASE and ROADBOOK_DATABASE_FILE are both"),
        "{}",
        variables.err
    );
    let flags = place.run(&format!("check {ALMA} --database-file alma.address"), &[]);
    assert_eq!(flags.status, Some(1));
    assert!(flags.err.contains("--database and --database-file are both"), "{}", flags.err);
}

#[test]
fn an_empty_variable_counts_as_not_set_or_is_blamed_by_its_name() {
    let place = Place::with(&["alma"]);
    let check = "check --secrets alma";
    for variables in [
        [("ROADBOOK_DATABASE", "sqlite:alma.db"), ("ROADBOOK_DATABASE_FILE", "")],
        [("ROADBOOK_DATABASE", ""), ("ROADBOOK_DATABASE_FILE", "alma.address")],
    ] {
        let ran = place.run(check, &variables);
        assert_eq!(ran.status, Some(0), "{variables:?}: {}", ran.err);
    }
    let init = "init --organisation Gamma --admin-email anna@example.com";
    let made = place.run(init, &[("ROADBOOK_ADMIN_PASSWORD_FILE", "")]);
    assert!(made.out.contains("Password, shown this once"), "{}", made.err);
    for (line, variable, blamed) in [
        (check, "ROADBOOK_DATABASE", "ROADBOOK_DATABASE (--database) is \"\": give sqlite:PATH"),
        (
            "import a.csv --email anna@example.com",
            "ROADBOOK_PASSWORD_FILE",
            "ROADBOOK_PASSWORD_FILE (--password-file) is \"\": cannot be read",
        ),
    ] {
        let ran = place.run(line, &[(variable, "")]);
        assert_eq!(ran.status, Some(1), "{line}");
        assert!(ran.err.contains(blamed), "{}", ran.err);
    }
}

#[test]
fn an_error_about_a_file_blames_that_file_and_says_what_to_do() {
    let place = Place::with(&["alma"]);
    assert_eq!(place.run(&format!("backup alma.backup {ALMA}"), &[]).status, Some(0));
    let no_folder = "the folder none is not there; make it, or correct the path";
    for (line, blamed, remedy) in [
        ("backup none/new --database sqlite:alma.db --secrets alma", "file \"none/new\"", no_folder),
        (
            "backup new --database sqlite:none.db --secrets alma",
            "ROADBOOK_DATABASE (--database) is \"sqlite:none.db\"",
            "run roadbook init first, or correct the address",
        ),
        (
            "backup new --database sqlite:alma --secrets alma",
            "ROADBOOK_DATABASE (--database) is \"sqlite:alma\"",
            "alma is a folder; give the path of a file",
        ),
        (
            "restore none.backup --database sqlite:new.db --secrets alma",
            "file \"none.backup\"",
            "it is not there, or empty; give the file that roadbook backup wrote",
        ),
        (
            "restore alma.backup --database sqlite:none/new.db --secrets alma",
            "ROADBOOK_DATABASE (--database) is \"sqlite:none/new.db\"",
            no_folder,
        ),
        (
            "restore alma.backup --database-file alma.address --secrets alma",
            "ROADBOOK_DATABASE_FILE (--database-file) is \"alma.address\"",
            "nothing is overwritten; stop the server, and move away all of alma.db, alma.db-wal",
        ),
        (
            "init --organisation New --admin-email anna@example.com --database sqlite:none/new.db --secrets new",
            "ROADBOOK_DATABASE (--database) is \"sqlite:none/new.db\"",
            no_folder,
        ),
    ] {
        let ran = place.run(line, &[]);
        assert_eq!(ran.status, Some(1), "{line}");
        assert!(ran.err.contains(blamed) && ran.err.contains(remedy), "{line}: {}", ran.err);
        assert!(!ran.err.contains("code: ") && !ran.err.contains("does not answer"), "{line}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{line}: {}", ran.err);
    }
    for left in ["new", "new.roadbook-partial", "new.db", "new.db.roadbook-partial"] {
        assert!(!place.folder.path().join(left).exists(), "{left}");
    }
}

#[test]
fn a_name_that_means_something_else_to_the_database_is_a_name() {
    let place = Place::with(&["alma"]);
    for name in ["file:alma.copy", "a?mode=memory", "a#b", "it's", "%41"] {
        let made = place.run(&format!("backup {name} {ALMA}"), &[]);
        assert_eq!(made.status, Some(0), "{name}: {}", made.err);
        let restored =
            place.run(&format!("restore {name} --database sqlite:file:{name}.db --secrets alma"), &[]);
        assert_eq!(restored.status, Some(0), "{name}: {}", restored.err);
        for file in [name.to_owned(), format!("file:{name}.db")] {
            let found = std::fs::metadata(place.folder.path().join(&file)).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777;
            assert!(found.len() > 4096 && mode == 0o600, "{file}: {} bytes, {mode:o}", found.len());
        }
    }
    let name = <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(b"bad\xff.db".to_vec());
    let before = std::fs::read_dir(place.folder.path()).unwrap().count();
    let output = place.command(&format!("backup {ALMA}")).arg(name).output().unwrap();
    assert!(!output.status.success());
    assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), before, "nothing is left");
}

#[test]
fn a_file_that_never_ends_and_a_password_in_a_wrong_address_are_held_back() {
    let place = Place::with(&["alma"]);
    let endless = place.run("check --secrets alma --database-file /dev/zero", &[]);
    assert!(endless.err.contains("larger than 64 KiB"), "{}", endless.err);
    for address in ["postgers//bob:topsecret@host/db", "bob:topsecret@host"] {
        let wrong = place.run("check --secrets alma", &[("ROADBOOK_DATABASE", address)]);
        assert!(wrong.err.contains("give sqlite:PATH") && !wrong.err.contains("topsecret"), "{}", wrong.err);
    }
}

#[test]
fn an_error_about_a_user_names_the_flag_the_value_and_what_is_accepted() {
    let place = Place::with(&["alma"]);
    let long_name = "x".repeat(300);
    for (line, said) in [
        (
            "user add bela@example.com --zone Mars/Phobos",
            "--zone is \"Mars/Phobos\": give an IANA name, such as",
        ),
        ("user add bela@example.com --locale ?", "--locale is \"?\": give a language"),
        (
            "user add bela@example.com --role boss",
            "--role is \"boss\": give admin, manager, user or restricted",
        ),
        ("user role anna@example.com boss", "ROLE is \"boss\": give admin, manager, user or restricted"),
        ("user add bela", "EMAIL is \"bela\": give an email address, such as"),
        ("enrol bela", "EMAIL is \"bela\": give an email address, such as"),
        ("user disable anna@example.com", "give somebody else the role admin first"),
        (&*format!("user add bela@example.com --given-name {long_name}"), "--given-name is \"xxx"),
    ] {
        let ran = place.run(&format!("{line} {ALMA}"), &[]);
        assert_eq!(ran.status, Some(1), "{line}");
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
        assert!(!ran.err.contains("ROADBOOK_"), "no variable stands for it: {}", ran.err);
    }
}

#[test]
fn commands_refuse_a_database_that_the_secrets_do_not_fit() {
    let place = Place::with(&["alma", "beta"]);
    for line in [
        "user list",
        "user disable anna@example.com",
        "enrol anna@example.com",
        "check",
        "backup new",
        "serve",
    ] {
        let ran = place.run(&format!("{line} --database sqlite:alma.db --secrets beta"), &[]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{line}");
        let blamed = "ROADBOOK_DATABASE (--database) is \"sqlite:alma.db\": it does not hold organisation";
        assert!(ran.err.contains(blamed), "{line}: {}", ran.err);
    }
}

#[test]
fn a_second_server_on_a_file_is_refused_and_one_that_was_killed_keeps_nobody_out() {
    let place = Place::with(&["alma"]);
    let first = Serving::start(&place);
    let path = |name: &str| place.folder.path().join(name);
    std::os::unix::fs::symlink("alma.db", path("link.db")).unwrap();
    std::fs::hard_link(path("alma.db"), path("hard.db")).unwrap();
    for database in ["alma.db", "link.db", "hard.db"] {
        // No machine has this address: a server that is not refused ends, too.
        let line = format!("serve --listen 192.0.2.1:8080 --database sqlite:{database} --secrets alma");
        let second = place.run(&line, &[]);
        assert_eq!(second.status, Some(1));
        let blamed =
            format!("ROADBOOK_DATABASE (--database) is \"sqlite:{database}\": another roadbook serve");
        assert!(second.err.contains(&blamed) && second.err.contains("stop that one"), "{}", second.err);
    }
    for line in ["user list", "enrol anna@example.com", "backup new", "check"] {
        let beside = place.run(&format!("{line} {ALMA}"), &[]);
        assert_eq!(beside.status, Some(0), "{line}: {}", beside.err);
    }
    first.kill();
    Serving::start(&place).kill();
}

/// A folder in which the program runs.
struct Place {
    folder: TempDir,
}

impl Place {
    /// With an organisation of each name; its database, its secrets and a file with its address are called so.
    fn with(names: &[&str]) -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        for name in names {
            let init = format!("init --organisation {name} --admin-email anna@example.com");
            let ran = place.run(&format!("{init} --database sqlite:{name}.db --secrets {name}"), &[]);
            assert_eq!(ran.status, Some(0), "{}", ran.err);
            let address = place.folder.path().join(format!("{name}.address"));
            std::fs::write(address, format!("sqlite:{name}.db\n")).unwrap();
        }
        place
    }

    fn run(&self, line: &str, variables: &[(&str, &str)]) -> Ran {
        ran(&self.command(line).envs(variables.iter().copied()).output().unwrap())
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roadbook"));
        command.args(line.split_whitespace()).current_dir(self.folder.path());
        // Variables of the machine that runs the tests are none of the program's.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ROADBOOK_") {
                command.env_remove(name);
            }
        }
        command
    }
}

/// A server of the first organisation; killed with this value.
struct Serving {
    child: Child,
    /// Read by nobody any more, and held so that the server can write it.
    _log: Lines<BufReader<ChildStderr>>,
}

impl Serving {
    fn start(place: &Place) -> Self {
        let mut command = place.command(&format!("serve --listen 127.0.0.1:0 {ALMA}"));
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let serves = log.any(|line| line.unwrap().contains("\"serving\""));
        let serving = Self { child, _log: log };
        assert!(serves, "it ended before it served");
        serving
    }

    /// Ends it by a signal that it cannot catch.
    fn kill(self) {
        drop(self);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
