//! The processes of a run: a server on a port that stays, and phones on lines of their own.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use roadbook_tests::failure::{Failure, ensure};
use roadbook_tests::sim::Firm;
use rusqlite::{Connection, OpenFlags};

use super::line::Line;
use super::run::Size;

/// How long a process may take to begin.
const BEGINS: Duration = Duration::from_secs(60);

/// Phones whose users see every card: the firm's administrator, manager and user.
const STAFF: u8 = 3;

/// Server and phones.
pub struct Office {
    /// The phones.
    pub phones: Vec<Phone>,
    /// The server's process; `None` between a kill and a start.
    pub server: Option<Process>,
    address: SocketAddr,
    folder: PathBuf,
    secrets: PathBuf,
}

/// A phone: its file stays, its process comes and goes.
pub struct Phone {
    /// Its line to the server.
    pub line: Line,
    /// Its file.
    pub file: PathBuf,
    /// Its process; `None` between a kill and a start.
    pub process: Option<Process>,
    /// The words of all edits that it confirmed.
    pub made: Arc<Mutex<BTreeSet<String>>>,
    number: u8,
    starts: u32,
    size: Size,
    seed: u64,
}

/// A process of this run. It ends with this value.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
}

impl Office {
    /// A server of this firm, and phones that have synced once.
    ///
    /// # Errors
    /// A process does not begin.
    pub fn open(firm: &Firm, folder: &Path, size: Size, seed: u64) -> Result<Self, Failure> {
        // The port stays, so that a server that was killed is found again.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (folder, secrets) = (folder.to_owned(), firm.secrets());
        let mut office = Self { phones: Vec::new(), server: None, address, folder, secrets };
        std::fs::copy(firm.database(), office.database())?;
        office.serve()?;
        for number in 0..size.phones {
            let file = office.folder.join(format!("phone-{number}.db"));
            let (line, made) = (Line::to(address)?, Arc::default());
            let mut phone = Phone {
                line,
                file,
                process: None,
                made,
                number,
                starts: 0,
                size,
                seed: seed ^ u64::from(number),
            };
            phone.start()?;
            office.phones.push(phone);
        }
        for phone in &mut office.phones {
            phone.begun()?;
        }
        Ok(office)
    }

    /// The server's database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("server.db")
    }

    /// Starts the server on what there is.
    ///
    /// # Errors
    /// It does not begin.
    pub fn serve(&mut self) -> Result<(), Failure> {
        let (database, listen) = (self.database(), self.address.to_string());
        let arguments = ["server", text(&database), text(&self.secrets), &listen];
        let server = Process::start(&arguments, None)?;
        server.until(|line| line.starts_with("serving "))?;
        self.server = Some(server);
        // It listens: a phone's line may be asked at once.
        drop(TcpStream::connect(self.address)?);
        Ok(())
    }

    /// Copies the database while the server writes it.
    ///
    /// # Errors
    /// Of the database.
    pub fn back_up(&self) -> Result<(), Failure> {
        let backup = self.backup();
        if backup.exists() {
            std::fs::remove_file(&backup)?;
        }
        let database = Connection::open_with_flags(self.database(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        database.busy_timeout(BEGINS)?;
        database.execute("VACUUM INTO ?1", [text(&backup)])?;
        Ok(())
    }

    /// Kills the server, and puts the last backup in the place of its database.
    ///
    /// # Errors
    /// Of the files.
    pub fn set_back(&mut self) -> Result<(), Failure> {
        self.server = None;
        for end in ["-wal", "-shm"] {
            let beside = PathBuf::from(format!("{}{end}", self.database().display()));
            if beside.exists() {
                std::fs::remove_file(beside)?;
            }
        }
        std::fs::copy(self.backup(), self.database())?;
        Ok(())
    }

    fn backup(&self) -> PathBuf {
        self.folder.join("backup.db")
    }
}

impl Phone {
    /// Starts its process, which may take a while to begin.
    ///
    /// # Errors
    /// There is no process.
    pub fn start(&mut self) -> Result<(), Failure> {
        let address = format!("http://{}", self.line.address);
        let rate = self.size.rate / f64::from(self.size.phones);
        let number = self.number.to_string();
        let numbers = [
            self.starts.to_string(),
            (self.number % STAFF).to_string(),
            rate.to_string(),
            self.seed.to_string(),
        ];
        let mut arguments = vec!["phone", text(&self.file), &address, &number];
        arguments.extend(numbers.iter().map(String::as_str));
        self.starts += 1;
        self.process = Some(Process::start(&arguments, Some(Arc::clone(&self.made)))?);
        Ok(())
    }

    /// Waits until it edits.
    ///
    /// # Errors
    /// It ended.
    pub fn begun(&mut self) -> Result<(), Failure> {
        self.running()?.until(|line| line == "ready").map(drop)
    }

    /// Tells it to edit no more.
    ///
    /// # Errors
    /// It ended.
    pub fn stop(&mut self) -> Result<(), Failure> {
        self.running()?.tell("stop")
    }

    /// What it says that it holds.
    ///
    /// # Errors
    /// It ended.
    pub fn look(&mut self) -> Result<String, Failure> {
        let process = self.running()?;
        process.tell("look")?;
        process.until(|line| line.starts_with("holds "))
    }

    fn running(&mut self) -> Result<&mut Process, Failure> {
        self.process.as_mut().ok_or_else(|| Failure::new("every phone runs in the end", self.number))
    }
}

impl Process {
    /// Starts this program in another role. Words that it made go into `made`.
    fn start(arguments: &[&str], made: Option<Arc<Mutex<BTreeSet<String>>>>) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().expect("it is piped");
        let (says, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                match (line.strip_prefix("made "), &made) {
                    (Some(word), Some(made)) => {
                        made.lock().unwrap_or_else(PoisonError::into_inner).insert(word.to_owned());
                    }
                    // Nobody hears it after the run.
                    _ => drop(says.send(line)),
                }
            }
        });
        let input = child.stdin.take();
        Ok(Self { child, input, lines })
    }

    /// Sends it a signal: `STOP` and `CONT`.
    ///
    /// # Errors
    /// It is gone.
    pub fn signal(&self, name: &str) -> Result<(), Failure> {
        let id = self.child.id().to_string();
        // Every shell has this built in; the program of this name is not everywhere.
        let done = Command::new("sh").args(["-c", "kill -$0 $1", name, &id]).status()?;
        ensure("a process takes signals", done.success(), || format!("{name}: {done}"))
    }

    fn tell(&mut self, line: &str) -> Result<(), Failure> {
        let input = self.input.as_mut().expect("it is piped");
        writeln!(input, "{line}").map_err(|_| self.ended())
    }

    /// The next line that is one of these.
    fn until(&self, is_wanted: impl Fn(&str) -> bool) -> Result<String, Failure> {
        let end = Instant::now() + BEGINS;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).map_err(|_| self.ended())?;
            if let Some(why) = line.strip_prefix("failed ") {
                return Err(Failure::new("a phone goes on", why));
            }
            if is_wanted(&line) {
                return Ok(line);
            }
        }
    }

    fn ended(&self) -> Failure {
        let said = self.lines.try_iter().find(|line| line.starts_with("failed "));
        Failure::new("a process answers", said.unwrap_or_else(|| "it is silent".to_owned()))
    }
}

impl Drop for Process {
    /// Kills it, in the middle of whatever it does.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary folder has a usual name")
}
