//! A firm with a running server, and what its administrator sees after they ran the program.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::{BoardQuery, Client, HttpTransport, sync};
use roadbook_domain::value::env::SystemEnv;
use roadbook_server::auth::password::Cost;
use roadbook_server::{InitConfig, State, app, http, init, testing};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The login of the administrator.
pub const ADMIN: &str = "admin@example.com";
const PASSWORD: &str = "correct horse battery";

/// A firm whose server runs as long as this value lives.
pub struct Firm {
    pub address: String,
    /// What the server is asked.
    pub asked: Arc<Asked>,
    folder: TempDir,
    runtime: Runtime,
}

/// The requests that came, and whether exchanges are answered.
#[derive(Default)]
pub struct Asked {
    paths: Mutex<Vec<String>>,
    /// Where to tell of exchanges that get no answer, as long as there is such a place.
    held: Mutex<Option<Sender<()>>>,
}

impl Asked {
    /// How many requests came for this path.
    pub fn count(&self, path: &str) -> usize {
        self.paths.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    /// Leaves exchanges without an answer from now on, and tells when one came.
    pub fn hold(&self) -> Receiver<()> {
        let (tell, told) = channel();
        *self.held.lock().unwrap() = Some(tell);
        told
    }

    /// Answers exchanges again.
    pub fn release(&self) {
        *self.held.lock().unwrap() = None;
    }

    async fn pass(self: Arc<Self>, request: Request, next: Next) -> Response {
        let path = request.uri().path().to_owned();
        self.paths.lock().unwrap().push(path.clone());
        let held = self.held.lock().unwrap().clone().filter(|_| path == "/v1/sync");
        if let Some(held) = held {
            held.send(()).unwrap_or_default();
            std::future::pending::<()>().await;
        }
        next.run(request).await
    }
}

/// How a run of the program ended.
pub struct Ran {
    /// What it printed.
    pub out: String,
    /// What it complained of.
    pub err: String,
    /// Its exit status; `None`: a signal ended it.
    pub status: Option<i32>,
}

impl Firm {
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let place = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(place("pw"), format!("{PASSWORD}\n")).unwrap();
        let config = InitConfig {
            database: format!("sqlite:{}", place("server.db")).into(),
            secrets: place("secrets"),
            organisation: "Kárpát Kávé".to_owned(),
            admin_email: ADMIN.to_owned(),
            admin_family_name: "Kovács".to_owned(),
            admin_given_name: "Anna".to_owned(),
            admin_password_file: Some(PathBuf::from(place("pw"))),
            zone: "Europe/Budapest".to_owned(),
            locale: "en".to_owned(),
            password_cost: Cost::LEAST,
        };
        let asked = Arc::new(Asked::default());
        let passing = Arc::clone(&asked);
        let runtime = Runtime::new().unwrap();
        let address = runtime.block_on(async {
            init(&config, &SystemEnv).await.unwrap();
            let serving = testing::config(format!("sqlite:{}", place("server.db")), config.secrets.clone());
            let state = State::open(&serving, Arc::new(SystemEnv)).await.unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move {
                let config = state.config().clone();
                let pass = move |request, next| Arc::clone(&passing).pass(request, next);
                let app = app(state).layer(from_fn(pass));
                http::serve(app, listener, &config, || (), std::future::pending()).await;
            });
            format!("http://{address}")
        });
        Self { address, asked, folder, runtime }
    }

    /// Writes a file under a name into a folder of its own, and imports it.
    pub fn import(&self, name: &str, text: &str, more: &[&str]) -> Ran {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        ran(&self.command(&file, more).output().unwrap())
    }

    /// The import of a file by the administrator.
    pub fn command(&self, file: &Path, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roadbook"));
        command.arg("import").arg(file).args(["--server", &self.address, "--email", ADMIN]);
        command.arg("--password-file").arg(self.folder.path().join("pw")).args(more);
        command
    }

    /// All cards and contacts as a new phone of the administrator shows them, one a line: a card with its
    /// fields, links and entries, a contact with its details. In order, so that tests can compare.
    pub fn shown(&self) -> Vec<String> {
        let client = self.phone(ADMIN, PASSWORD);
        let settings = client.settings().unwrap();
        let product = settings.products().next().unwrap().id;
        let name = |contact| {
            let row = client.contact(contact).unwrap().row;
            format!("{} {}", row.given_name, row.family_name).trim().to_owned()
        };
        let mut lines = Vec::new();
        for card in client.board(&BoardQuery::new(product, u32::MAX)).unwrap().cards {
            let card = client.card(card.id).unwrap();
            let mut said: Vec<String> = card.row.fields.iter().map(|(_, value)| value.clone()).collect();
            said.extend(card.row.links.iter().map(|link| format!("-> {}", name(link.target))));
            said.extend(card.entries.iter().map(|entry| entry.text.replace('\n', "; ")));
            said.sort();
            lines.push(format!("card {}: {}", card.row.name, said.join(" | ")));
        }
        for (_, row) in client.contacts(None, 0, u32::MAX).unwrap() {
            let details = row.details.iter().map(|detail| detail.value.clone());
            let mut said: Vec<String> =
                details.chain(row.fields.iter().map(|(_, value)| value.clone())).collect();
            said.extend(row.links.iter().map(|link| format!("-> {}", name(link.target))));
            said.sort();
            let name = format!("{} {}", row.given_name, row.family_name);
            lines.push(format!("contact {}: {}", name.trim(), said.join(" | ")));
        }
        lines.sort();
        lines
    }

    /// A new phone on which somebody signed in and synced.
    pub fn phone(&self, email: &str, password: &str) -> Client {
        let file = TempDir::new_in(&self.folder).unwrap().keep().join("phone.db");
        let client = Client::open(file, Arc::new(SystemEnv)).unwrap();
        let transport = HttpTransport::new(&self.address).unwrap();
        self.runtime.block_on(async {
            let secret = roadbook_domain::value::env::random::<32>(&SystemEnv);
            let installation = Installation { platform: "test", name: "phone", secret: &secret };
            let credentials = Credentials { email, password };
            account::sign_in(&client, &transport, credentials, installation).await.unwrap();
            sync(&client, &transport, &mut |_| {}).await.unwrap();
        });
        client
    }
}

/// What a finished process left.
pub fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Ran { out: text(&output.stdout), err: text(&output.stderr), status: output.status.code() }
}
