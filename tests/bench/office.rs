//! A server that holds the benchmark cards, in this process, and the phones of its users.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use cpu_time::ProcessTime;
use data_encoding::BASE64URL_NOPAD;
use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::{Client, SyncReport, Transport, TransportError, sync};
use roadbook_domain::document::OriginKind;
use roadbook_domain::value::env::{Env, SeededEnv};
use roadbook_domain::value::id::UserId;
use roadbook_server::auth::password::Cost;
use roadbook_server::{Config, InitConfig, State, app, init};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::dataset::{self, Card, NOW};
use crate::measure::micros;
use crate::phone::{Phone, new_card};

const ADMIN: &str = "admin@example.com";
const PASSWORD: &str = "correct horse battery";

/// A server with its users.
pub struct Office {
    pub cards: Vec<Card>,
    /// The user with the most open todos.
    pub busiest: UserId,
    /// The route to the server.
    pub line: Line,
    pub state: State,
    runtime: Runtime,
    env: Arc<SeededEnv>,
    installations: RefCell<u16>,
    folder: TempDir,
}

thread_local! {
    static OFFICES: RefCell<BTreeMap<usize, Rc<Office>>> = const { RefCell::new(BTreeMap::new()) };
}

impl Office {
    /// The office with so many cards: it is made once, and the benchmarks that only read share it.
    pub fn shared(count: usize) -> Rc<Self> {
        let made = OFFICES.with_borrow(|offices| offices.get(&count).cloned());
        made.unwrap_or_else(|| {
            let office = Rc::new(Self::with(count));
            OFFICES.with_borrow_mut(|offices| offices.insert(count, Rc::clone(&office)));
            office
        })
    }

    /// A new office with so many cards, pushed by a phone.
    pub fn with(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let env = Arc::new(SeededEnv::new(1, NOW));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let state = runtime.block_on(open(folder.path(), &env));
        let mut office = Self {
            cards: dataset::cards(count),
            busiest: UserId::derived(&[]),
            line: Line::to(app(state.clone())),
            state,
            runtime,
            env,
            installations: RefCell::new(0),
            folder,
        };
        let boss = office.phone(ADMIN);
        let busiest = dataset::busiest(&office.cards);
        office.busiest = office.hire("busiest", &busiest);
        // Owners and assignees are users of the organisation.
        for (number, name) in dataset::users(&office.cards).into_iter().enumerate() {
            let user = match name == busiest {
                true => office.busiest,
                false => office.hire(&format!("colleague{number}"), &name),
            };
            office.cards.iter_mut().for_each(|card| card.rename_user(&name, &user.to_string()));
        }
        for cards in office.cards.chunks(500) {
            boss.client
                .batch(OriginKind::IMPORT, |batch| {
                    cards.iter().try_for_each(|card| batch.create_card(&new_card(card)).map(drop))
                })
                .unwrap();
        }
        office.sync(&boss);
        office
    }

    /// A phone of the busiest user, with everything on it.
    pub fn synced_phone(&self) -> Phone {
        let mut phone = self.new_phone();
        self.sync(&phone);
        phone.read_ids();
        phone
    }

    /// A phone of the busiest user, with nothing on it yet.
    pub fn new_phone(&self) -> Phone {
        self.phone_of("busiest")
    }

    /// A phone of a new user, with nothing on it yet.
    pub fn phone_of(&self, login: &str) -> Phone {
        self.phone(&email(login))
    }

    /// Adds a user.
    pub fn hire(&self, login: &str, name: &str) -> UserId {
        self.hire_as("user", login, name)
    }

    /// Adds a user with a role.
    pub fn hire_as(&self, role: &str, login: &str, name: &str) -> UserId {
        let boss = self.phone(ADMIN);
        let asked = json!({
            "email": email(login), "family_name": name, "given_name": "", "role": role,
            "zone": dataset::zone().name(), "locale": "en-GB", "password": PASSWORD,
        });
        let answer = self.block_on(async {
            let token = account::access_token(&boss.client, &self.line).await.unwrap();
            self.line.post("/v1/users", Some(&token), asked.to_string()).await.unwrap()
        });
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["id"].as_str().unwrap().parse().unwrap()
    }

    /// Exchanges until nothing is left.
    pub fn sync(&self, phone: &Phone) -> SyncReport {
        self.block_on(sync(&phone.client, &self.line, &mut |_| {})).unwrap()
    }

    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Another server of the same data, as another process would be.
    pub async fn another_server(&self) -> State {
        State::open(&config(self.folder.path()), self.env.clone()).await.unwrap()
    }

    fn phone(&self, email: &str) -> Phone {
        let env: Arc<dyn Env> = self.env.clone();
        let phone = Phone::new(env);
        self.sign_in(&phone.client, email);
        phone
    }

    /// The token and id of a user who signs in on a device of which there is nothing but requests.
    pub fn sign_in_bare(&self, login: &str) -> (String, UserId) {
        let secret = BASE64URL_NOPAD.encode(&self.new_secret());
        let device = json!({ "platform": "linux", "name": "bench", "install_secret": secret });
        let asked = json!({ "email": email(login), "password": PASSWORD, "device": device });
        let answer = self.block_on(self.line.post("/v1/sign-in", None, asked.to_string())).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        (
            answer["access_token"].as_str().unwrap().to_owned(),
            answer["user"].as_str().unwrap().parse().unwrap(),
        )
    }

    fn new_secret(&self) -> [u8; 32] {
        let mut number = self.installations.borrow_mut();
        *number += 1;
        let mut secret = [7; 32];
        secret[..2].copy_from_slice(&number.to_be_bytes());
        secret
    }

    fn sign_in(&self, client: &Client, email: &str) {
        let secret = self.new_secret();
        let credentials = Credentials { email, password: PASSWORD };
        let installation = Installation { platform: "linux", name: "bench", secret: &secret };
        self.block_on(account::sign_in(client, &self.line, credentials, installation)).unwrap();
    }
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}

async fn open(folder: &Path, env: &Arc<SeededEnv>) -> State {
    let config = config(folder);
    std::fs::write(folder.join("password"), PASSWORD).unwrap();
    let made = InitConfig {
        database: config.database.clone(),
        secrets: config.secrets.clone(),
        organisation: "Example Ltd".into(),
        admin_email: ADMIN.into(),
        admin_family_name: "Admin".into(),
        admin_given_name: String::new(),
        admin_password_file: Some(folder.join("password")),
        zone: dataset::zone().name().into(),
        locale: "en-GB".into(),
        password_cost: Cost::LEAST,
    };
    init(&made, &**env).await.unwrap();
    State::open(&config, env.clone()).await.unwrap()
}

fn config(folder: &Path) -> Config {
    let path = |name: &str| folder.join(name).display().to_string();
    let minute = || "60s".to_owned();
    Config {
        database_connections: "4".into(),
        listen: "127.0.0.1:0".into(),
        max_connections: "1000".into(),
        header_timeout: minute(),
        request_timeout: minute(),
        body_grace: minute(),
        body_rate: "1".into(),
        write_timeout: minute(),
        drain_timeout: "1s".into(),
        password_cost: Cost::LEAST,
        ..Config::at(format!("sqlite:{}", path("server.db")), path("secrets"))
    }
}

/// The way to a server in this process: it counts bytes and the server's CPU time.
///
/// While the server works nothing else does, so the process's CPU time is the server's.
pub struct Line {
    app: Router,
    spent: Mutex<Spent>,
}

/// What went over a line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// CPU time of the server, in microseconds.
    pub server: f64,
    /// The bytes of the first answer.
    pub first_answer: usize,
}

impl Line {
    fn to(app: Router) -> Self {
        Self { app, spent: Mutex::default() }
    }

    /// What was spent since this was last asked.
    pub fn take_spent(&self) -> Spent {
        std::mem::take(&mut *self.spent.lock().unwrap())
    }

    /// The status and the answer to a frame, whatever it is.
    pub async fn answer(&self, access_token: &str, frame: Vec<u8>) -> (StatusCode, Vec<u8>) {
        self.pass(exchange(access_token, frame)).await
    }

    async fn send(&self, request: Request<Body>) -> Result<Vec<u8>, TransportError> {
        let (status, body) = self.pass(request).await;
        match status {
            StatusCode::UNAUTHORIZED => Err(TransportError::Unauthorized),
            status if status.is_success() => Ok(body),
            status => panic!("{status}: {}", String::from_utf8_lossy(&body)),
        }
    }

    async fn pass(&self, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        use tower::ServiceExt;
        let start = ProcessTime::now();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, body) = (response.status(), response.into_body());
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let mut spent = self.spent.lock().unwrap();
        spent.server += micros(start.elapsed());
        if spent.first_answer == 0 {
            spent.first_answer = body.len();
        }
        (status, body)
    }
}

fn exchange(access_token: &str, frame: Vec<u8>) -> Request<Body> {
    let request = Request::post("/v1/sync").header(AUTHORIZATION, format!("Bearer {access_token}"));
    request.body(Body::from(frame)).unwrap()
}

impl Transport for Line {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        self.send(exchange(access_token, frame)).await
    }

    async fn post(
        &self,
        path: &str,
        access_token: Option<&str>,
        json: String,
    ) -> Result<String, TransportError> {
        let mut request = Request::post(path).header(CONTENT_TYPE, "application/json");
        if let Some(token) = access_token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = self.send(request.body(Body::from(json)).unwrap()).await?;
        Ok(String::from_utf8(answer).unwrap())
    }
}
