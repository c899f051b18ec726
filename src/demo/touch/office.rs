//! The server of the demonstration: a process of its own, started, stopped and killed as any program is, with a backup
//! from before.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::time::Timestamp;
use roadbook_server::{BackupConfig, Database, Firm, RestoreConfig};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long the server may take to begin, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the server runs.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// Its process; `None`: it does not run.
    pub pid: Option<u32>,
    /// Where it listens.
    pub address: Option<SocketAddr>,
    /// Since when it runs, or does not.
    pub since: Timestamp,
}

/// Whoever runs the server.
pub struct Office {
    program: PathBuf,
    folder: PathBuf,
    app: PathBuf,
    /// The page that may show the app in a frame.
    page: String,
    running: Option<Running>,
    told: watch::Sender<Server>,
    /// How many backups were made.
    backups: u32,
    backup: Option<PathBuf>,
}

struct Running {
    child: Child,
    /// The server ends when nobody holds this any more, however this program ends.
    _input: Option<ChildStdin>,
}

impl Office {
    /// An office without a server yet. Everything of it will be in `folder`; the server hands out the app in `app` to
    /// whoever asks, and lets `page` frame it.
    ///
    /// # Errors
    /// This program does not know where it is.
    pub fn new(folder: &Path, app: &Path, page: String) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            program: std::env::current_exe()?,
            folder: folder.to_owned(),
            app: app.to_owned(),
            page,
            running: None,
            told: watch::Sender::new(Server { pid: None, address: None, since: SystemEnv.now() }),
            backups: 0,
            backup: None,
        })
    }

    /// Moves to an empty folder, once the server is stopped; all that it had is left behind.
    pub fn move_to(&mut self, folder: &Path) {
        self.folder = folder.to_owned();
        self.backup = None;
    }

    /// Tells whether the server runs.
    pub fn server(&self) -> watch::Receiver<Server> {
        self.told.subscribe()
    }

    /// Whether the server runs.
    pub fn is_open(&self) -> bool {
        self.running.is_some()
    }

    /// Its database.
    pub fn database(&self) -> Database {
        self.address().into()
    }

    /// Its secrets folder.
    pub fn secrets(&self) -> String {
        self.folder.join("secrets").display().to_string()
    }

    /// What a command needs that works beside the server.
    pub fn firm(&self) -> Firm {
        Firm { database: self.database(), secrets: self.secrets() }
    }

    /// Starts the server, if it does not run; it serves from then on.
    ///
    /// # Errors
    /// It cannot be started, or ended again with the last line of its log.
    pub async fn start(&mut self) -> Result<(), Box<dyn Error>> {
        if self.is_open() {
            return Ok(());
        }
        let mut child = self.command().spawn()?;
        let (pid, input) = (child.id(), child.stdin.take());
        let log = child.stderr.take().ok_or("the server has no log")?;
        let mut log = BufReader::new(log).lines();
        let serving = timeout(PATIENCE, serving(&mut log)).await;
        let address = serving.map_err(|_| "the server does not begin to serve")??;
        // To its end: a full pipe would hold the server up.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        self.running = Some(Running { child, _input: input });
        self.tell(pid, Some(address));
        Ok(())
    }

    /// Asks the server to stop, as a service manager does, and waits until it has.
    pub async fn stop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        terminate(&mut running.child).await;
        if timeout(PATIENCE, running.child.wait()).await.is_err() {
            drop(running.child.kill().await);
        }
        self.tell(None, None);
    }

    /// Ends the server by a signal that it cannot catch.
    pub async fn kill(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        drop(running.child.kill().await);
        self.tell(None, None);
    }

    /// Done when the server ends by itself; never while it does not run.
    pub async fn ends(&mut self) {
        match &mut self.running {
            Some(running) => drop(running.child.wait().await),
            None => std::future::pending().await,
        }
        self.running = None;
        self.tell(None, None);
    }

    /// Makes the backup to which [`Office::restore`] goes back.
    ///
    /// # Errors
    /// Of `roadbook backup`; the copy is not whole.
    pub async fn back_up(&mut self) -> Result<(), Box<dyn Error>> {
        self.backups += 1;
        let file = self.folder.join(format!("backup-{}.db", self.backups));
        let (database, secrets) = (self.database(), self.secrets());
        let config = BackupConfig { file: file.clone(), database, secrets, secrets_to: None };
        let sound = roadbook_server::backup(&config, &SystemEnv).await?;
        if let Some(finding) = sound.finding {
            return Err(finding.into());
        }
        self.backup = Some(file);
        Ok(())
    }

    /// Stops the server, puts the backup in the place of its database, and starts it again.
    ///
    /// # Errors
    /// There is no backup; of `roadbook restore`; as [`Office::start`].
    pub async fn restore(&mut self) -> Result<(), Box<dyn Error>> {
        let file = self.backup.clone().ok_or("there is no backup yet")?;
        self.stop().await;
        for end in ["", "-wal", "-shm"] {
            // Not each of them is there.
            drop(std::fs::remove_file(self.folder.join(format!("server.db{end}"))));
        }
        let (database, secrets) = (self.database(), self.secrets());
        let config = RestoreConfig { file, database, secrets, secrets_from: None, even_if_unsound: false };
        roadbook_server::restore(&config, &SystemEnv).await?;
        self.start().await
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.folder.join("server.db").display())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--drain-timeout", "2s"]);
        command.arg("--database").arg(self.address()).arg("--secrets").arg(self.secrets());
        command.arg("--app").arg(&self.app).arg("--demo-page").arg(&self.page);
        for (name, _) in std::env::vars_os() {
            // They were meant for another server.
            if name.to_string_lossy().starts_with("ROADBOOK_") {
                command.env_remove(name);
            }
        }
        // Where it listens stands in its log.
        command.env("ROADBOOK_LOG", "info,sqlx=warn");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    fn tell(&self, pid: Option<u32>, address: Option<SocketAddr>) {
        self.told.send_replace(Server { pid, address, since: SystemEnv.now() });
    }
}

/// Where the server of this log listens.
async fn serving(log: &mut Lines<BufReader<ChildStderr>>) -> Result<SocketAddr, String> {
    let mut last = "it said nothing".to_owned();
    while let Ok(Some(line)) = log.next_line().await {
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let field = |name: &str| told.pointer(&format!("/fields/{name}")).and_then(Value::as_str);
        if field("message") == Some("serving") {
            let address = field("listen").and_then(|listen| listen.parse().ok());
            return address.ok_or_else(|| format!("the server does not say where it listens: {line}"));
        }
        last = line;
    }
    Err(format!("the server ended: {last}"))
}

/// Asks a process to end.
#[cfg(unix)]
async fn terminate(child: &mut Child) {
    let Some(pid) = child.id() else { return };
    // Every shell has this built in; the program of this name is not everywhere.
    drop(Command::new("sh").args(["-c", "kill -TERM $0", &pid.to_string()]).status().await);
}

#[cfg(not(unix))]
async fn terminate(child: &mut Child) {
    drop(child.start_kill());
}
