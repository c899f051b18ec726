//! A folder in which somebody runs servers: its organisations, the commands there, and a server with its log.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::firm::{Ran, ran};

/// Where the database and the secrets of the first organisation are.
pub const ALMA: &str = "--database sqlite:alma.db --secrets alma";
/// The login of each organisation's administrator.
pub const ANNA: &str = "anna@example.com";
/// Their password.
pub const PASSWORD: &str = "correct horse battery";

/// A folder in which the program runs.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    /// With an organisation of each name; its database, its secrets, and the files with its address and the password
    /// of its administrator are called so.
    pub fn with(names: &[&str]) -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        for name in names {
            std::fs::write(place.path(&format!("{name}.password")), PASSWORD).unwrap();
            let init = format!("init --organisation {name} --admin-email {ANNA}");
            let of_name =
                format!("--admin-password-file {name}.password --database sqlite:{name}.db --secrets {name}");
            let ran = place.run(&format!("{init} {of_name}"), &[]);
            assert_eq!(ran.status, Some(0), "{}", ran.err);
            std::fs::write(place.path(&format!("{name}.address")), format!("sqlite:{name}.db\n")).unwrap();
        }
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of all that is in it, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub fn run(&self, line: &str, variables: &[(&str, &str)]) -> Ran {
        ran(&self.command(line).envs(variables.iter().copied()).output().unwrap())
    }

    pub fn command(&self, line: &str) -> Command {
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
pub struct Serving {
    /// Where it listens.
    pub address: String,
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    /// What was read of its log.
    told: Vec<String>,
}

impl Serving {
    /// A server that serves, with more flags.
    pub fn start(place: &Place, more: &str) -> Self {
        let mut command = place.command(&format!("serve --listen 127.0.0.1:0 {ALMA} {more}"));
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut serving = Self { address: String::new(), child, log, told: Vec::new() };
        while serving.address.is_empty() {
            let line = serving.log.next().map(Result::unwrap).unwrap_or_default();
            assert!(!line.is_empty(), "it ended before it served: {:?}", serving.told);
            if line.contains("\"serving\"") {
                let line: Value = serde_json::from_str(&line).unwrap();
                serving.address = line.pointer("/fields/listen").and_then(Value::as_str).unwrap().to_owned();
            }
            serving.told.push(line);
        }
        serving
    }

    /// Sends a request such as `GET /health`, with header lines and a body; answers the head and the body that come.
    pub fn ask(&self, request: &str, headers: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let head =
            format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n");
        stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Its exit status and its whole log, once it has ended.
    pub fn ended(mut self) -> (Option<i32>, Vec<String>) {
        self.told.extend(self.log.by_ref().map(Result::unwrap));
        let status = self.child.wait().unwrap().code();
        (status, std::mem::take(&mut self.told))
    }

    /// Ends it by a signal that it cannot catch.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

pub fn signal(child: &Child, name: &str) {
    // Every shell has this built in; the program of this name is not everywhere.
    let sent =
        Command::new("sh").args(["-c", "kill -$0 $1", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
