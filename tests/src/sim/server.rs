//! The real server in this process: its router on a SQLite file, with the clock and chance of the run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request, StatusCode};
use data_encoding::BASE64URL_NOPAD;
use http_body_util::BodyExt;
use roadbook_client::{Identity, Transport, TransportError};
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::env::{Env, SeededEnv};
use roadbook_domain::value::generation::{self, Generation};
use roadbook_domain::value::id::{DeviceId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_server::sync::soundness;
use roadbook_server::{State, app, testing};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::ledger::Versions;
use super::meet::{Answer, Running};
use super::moment::{Documents, LoggedChange, Look, Moment};
use super::phone::{copy_file, remove_file};
use super::transition::Act;
use crate::dice::{nth, seed_of};
use crate::failure::{Failure, ensure};

/// Keeps the server's random numbers apart from those of phones.
const SERVER: u64 = u64::MAX;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A user of the firm.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub id: UserId,
    /// The login.
    pub email: String,
}

/// A signed-in installation.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Whose it is, in the words of the server.
    pub identity: Identity,
    /// The access token.
    pub token: String,
}

/// The server.
pub struct Server {
    runtime: Runtime,
    /// The build that it is: that of the thread that starts it.
    generation: Generation,
    env: Arc<SeededEnv>,
    folder: PathBuf,
    secrets: String,
    starts: u32,
    running: Option<(State, Router)>,
    backup: Option<PathBuf>,
    /// The devices that it had before it was restored, and has no more.
    lost: BTreeSet<DeviceId>,
    look: RefCell<Option<Look>>,
    is_full: bool,
    admin: Member,
    admin_token: String,
}

impl Server {
    /// Begins to serve a copy of the database `file`.
    ///
    /// # Errors
    /// It does not begin.
    pub fn start(
        file: &Path,
        secrets: &Path,
        folder: PathBuf,
        seed: u64,
        now: Timestamp,
        admin: Member,
    ) -> Result<Self, Failure> {
        std::fs::create_dir_all(&folder)?;
        let generation = generation::current();
        // It judges on threads of its own.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .on_thread_start(move || generation::set(generation))
            .enable_all()
            .build()?;
        let mut server = Self {
            runtime,
            generation,
            env: Arc::new(SeededEnv::new(seed_of(seed, SERVER), now)),
            folder,
            secrets: secrets.display().to_string(),
            starts: 0,
            running: None,
            backup: None,
            lost: BTreeSet::new(),
            look: RefCell::new(None),
            is_full: false,
            admin,
            admin_token: String::new(),
        };
        server.run_on(file)?;
        Ok(server)
    }

    /// Sets the clock.
    pub fn set_now(&self, now: Timestamp) {
        self.env.set_now(now);
    }

    /// One exchange; or the status with which it was refused.
    ///
    /// # Errors
    /// There was no answer at all.
    pub fn exchange(&self, token: &str, frame: &[u8]) -> Result<Result<Vec<u8>, StatusCode>, Failure> {
        let (status, body) = self.answer(exchange_of(token, frame))?;
        Ok(if status == StatusCode::OK { Ok(body) } else { Err(status) })
    }

    /// An exchange that has arrived and stops before each of its statements.
    pub fn begin_exchange(&self, token: &str, frame: &[u8]) -> Running {
        self.begin(exchange_of(token, frame))
    }

    /// A request that has arrived and stops before each of its statements.
    pub fn begin(&self, request: Request<Body>) -> Running {
        Running::new(answered(self.router(), request))
    }

    /// Lets a request run up to its next statement; its answer, if it has come to its end.
    pub fn step(&self, running: &mut Running) -> Option<Answer> {
        self.block_on(running.step())
    }

    /// Drops a request where it is, as when its connection breaks.
    pub fn drop_request(&self, running: Option<Running>) {
        // What it had begun is rolled back by the runtime.
        self.block_on(async { drop(running) });
    }

    /// Fills the disk, or makes room again.
    ///
    /// # Errors
    /// Of the database.
    pub fn fill_disk(&mut self, full: bool) -> Result<(), Failure> {
        let (state, _) = self.running.as_ref().expect("the server runs between transitions");
        self.block_on(state.db().fill_disk(full))?;
        self.is_full = full;
        Ok(())
    }

    /// Whether its disk is full.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// What a user must send to sign in, and the answer.
    ///
    /// # Errors
    /// It is refused.
    pub fn sign_in_answer(&self, email: &str, install_secret: &[u8; 32]) -> Result<Value, Failure> {
        let secret = BASE64URL_NOPAD.encode(install_secret);
        let device = json!({ "platform": "test", "name": "phone", "install_secret": secret });
        let body = json!({ "email": email, "password": PASSWORD, "device": device });
        self.call(Method::POST, "/v1/sign-in", "", &body)
    }

    /// What an administrator sends to do something to a user, and to the device `device` if it is about one.
    ///
    /// # Errors
    /// The user is not in the directory.
    pub fn act_of(
        &mut self,
        user: UserId,
        device: Option<DeviceId>,
        act: Act,
    ) -> Result<Request<Body>, Failure> {
        let mut found = self.directory_entry(user)?;
        let path = format!("/v1/users/{user}");
        let role = match act {
            Act::Revoke => {
                let path =
                    format!("/v1/devices/{}/revoke", device.map(|id| id.to_string()).unwrap_or_default());
                return Ok(request(Method::POST, &path, &self.admin_token, &Value::Null));
            }
            Act::SetPassword => {
                let (path, body) = (format!("{path}/password"), json!({ "password": PASSWORD }));
                return Ok(request(Method::POST, &path, &self.admin_token, &body));
            }
            Act::Disable | Act::Enable => {
                found["active"] = json!(act == Act::Enable);
                return Ok(request(Method::PUT, &path, &self.admin_token, &found));
            }
            Act::Restrict => Role::Restricted,
            Act::Demote => Role::User,
            Act::Promote => Role::Manager,
        };
        found["role"] = json!(role);
        Ok(request(Method::PUT, &path, &self.admin_token, &found))
    }

    /// Does something to a user.
    ///
    /// # Errors
    /// It is refused, or a device is revoked that the server does not have.
    pub fn act(&mut self, user: UserId, device: Option<DeviceId>, act: Act) -> Result<(), Failure> {
        // A server that was restored may have lost a device, and says so.
        let is_lost = act == Act::Revoke && device.is_some_and(|id| self.lost.contains(&id));
        let request = self.act_of(user, device, act)?;
        let (status, body) = self.answer(request)?;
        let is_right = if is_lost { status == StatusCode::NOT_FOUND } else { status.is_success() };
        ensure("the server does what an administrator asks", is_right, || {
            format!("{act:?}: {status} {}", String::from_utf8_lossy(&body))
        })
    }

    /// A user as they are in the directory.
    fn directory_entry(&mut self, user: UserId) -> Result<Value, Failure> {
        let users = self.administer(Method::GET, "/v1/users", &Value::Null)?;
        let id = user.to_string();
        let found = users.as_array().into_iter().flatten().find(|user| user["id"] == id.as_str());
        found.cloned().ok_or_else(|| Failure::new("a user stays in the directory", id))
    }

    /// Signs in on an installation.
    ///
    /// # Errors
    /// It is refused.
    pub fn sign_in(&self, email: &str, install_secret: &[u8; 32]) -> Result<SignedIn, Failure> {
        let answer = self.sign_in_answer(email, install_secret)?;
        let identity = Identity {
            user: member(&answer, "user")?.parse()?,
            org: Some(member(&answer, "organisation")?.parse()?),
            device: Some(member(&answer, "device")?.parse()?),
        };
        Ok(SignedIn { identity, token: member(&answer, "access_token")?.to_owned() })
    }

    /// What an app sends to refresh its session.
    pub fn refresh_of(&self, token: &str) -> Request<Body> {
        request(Method::POST, "/v1/refresh", "", &json!({ "refresh_token": token }))
    }

    /// Refreshes a session.
    ///
    /// # Errors
    /// It is refused.
    pub fn refresh(&self, token: &str) -> Result<Value, Failure> {
        self.call(Method::POST, "/v1/refresh", "", &json!({ "refresh_token": token }))
    }

    /// Adds a user; only before a run begins.
    ///
    /// # Errors
    /// It is refused.
    pub fn add_user(&mut self, email: &str, role: Role, zone: &str) -> Result<Member, Failure> {
        let body = json!({
            "email": email, "family_name": email, "role": role, "zone": zone, "locale": "en-GB",
            "password": PASSWORD,
        });
        let answer = self.administer(Method::POST, "/v1/users", &body)?;
        Ok(Member { id: member(&answer, "id")?.parse()?, email: email.to_owned() })
    }

    /// Gives a user another role and zone.
    ///
    /// # Errors
    /// It is refused.
    pub fn set_user(&mut self, user: UserId, role: Role, zone: &str) -> Result<(), Failure> {
        let mut found = self.directory_entry(user)?;
        found["role"] = json!(role);
        found["zone"] = json!(zone);
        self.administer(Method::PUT, &format!("/v1/users/{user}"), &found).map(drop)
    }

    /// Gives a product another name.
    ///
    /// # Errors
    /// It is refused.
    pub fn rename_product(&mut self, product: u8, name: &str) -> Result<(), Failure> {
        let products = self.administer(Method::GET, "/v1/products", &Value::Null)?;
        let products = products.as_array().cloned().unwrap_or_default();
        let Some(mut product) = nth(&products, product).cloned() else { return Ok(()) };
        product["name"] = json!(name);
        let path = format!("/v1/products/{}", member(&product, "id")?);
        self.administer(Method::PUT, &path, &product).map(drop)
    }

    /// The process ends, in order or killed, and begins again on what it left.
    ///
    /// # Errors
    /// It does not begin (R04).
    pub fn restart(&mut self, orderly: bool) -> Result<(), Failure> {
        let (left, old) = (self.folder.join("left"), self.file());
        if orderly {
            self.stop();
            copy_file(&old, &left)?;
        } else {
            copy_file(&old, &left)?;
            self.stop();
        }
        remove_file(&old)?;
        self.run_on(&left)?;
        remove_file(&left)
    }

    /// Copies the database.
    ///
    /// # Errors
    /// Of the copying.
    pub fn back_up(&mut self) -> Result<(), Failure> {
        let path = self.folder.join("backup");
        remove_file(&path)?;
        copy_file(&self.file(), &path)?;
        self.backup = Some(path);
        Ok(())
    }

    /// Becomes what it was when it was backed up; tells whether there is a backup.
    ///
    /// # Errors
    /// It does not begin again.
    pub fn restore(&mut self) -> Result<bool, Failure> {
        let Some(backup) = self.backup.clone() else { return Ok(false) };
        let old = self.file();
        let had = devices(&old)?;
        self.stop();
        remove_file(&old)?;
        self.run_on(&backup)?;
        let has = devices(&self.file())?;
        self.lost.extend(had);
        self.lost.retain(|device| !has.contains(device));
        Ok(true)
    }

    /// Every document it holds, read from its database without remembering anything.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn documents(&self) -> Result<Documents, Failure> {
        Ok(Look::at(&self.file())?.now()?.documents.clone())
    }

    /// What it holds now.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn moment(&self) -> Result<Arc<Moment>, Failure> {
        self.looking(Look::now)
    }

    /// The changes in its log.
    ///
    /// # Errors
    /// Of the database.
    pub fn log(&self) -> Result<Vec<LoggedChange>, Failure> {
        self.looking(|look| look.log())
    }

    fn looking<T>(&self, read: impl FnOnce(&mut Look) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut look = self.look.borrow_mut();
        if look.is_none() {
            *look = Some(Look::at(&self.file())?);
        }
        read(look.as_mut().expect("it was made just now"))
    }

    /// The settings rows that it has, read from its database.
    ///
    /// # Errors
    /// Of the database.
    pub fn settings(&self) -> Result<Versions, Failure> {
        let database = Connection::open_with_flags(self.file(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = database.prepare("SELECT kind, id, version FROM settings")?;
        let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All that its database says twice is the same.
    ///
    /// # Errors
    /// Something is not, or the database cannot be read.
    pub fn is_sound(&self) -> Result<(), Failure> {
        let (state, _) = self.running.as_ref().expect("the server runs between transitions");
        let found = self.block_on(async {
            let mut conn = state.db().snapshot().await?;
            soundness::look(&mut conn, state.org(), self.env.now()).await
        });
        match found {
            Ok(None) => Ok(()),
            Ok(Some(finding)) => Err(Failure::new("the server's database is whole", finding)),
            Err(error) => Err(error.into()),
        }
    }

    /// The state hash of the user with this token, at an instant, in hexadecimal digits.
    ///
    /// # Errors
    /// It is refused.
    pub fn state_hash(&self, token: &str, now: Timestamp) -> Result<String, Failure> {
        let path = format!("/v1/state-hash?now={}", now.millis());
        let answer = self.call(Method::GET, &path, token, &Value::Null)?;
        Ok(member(&answer, "state_hash")?.to_owned())
    }

    /// Folds the log into the file and stops, so that the file can be copied as it is.
    pub fn stop(&mut self) {
        *self.look.borrow_mut() = None;
        if let Some((state, router)) = self.running.take() {
            drop(router);
            self.block_on(state.db().close());
        }
    }

    /// The file it serves.
    pub fn file(&self) -> PathBuf {
        self.folder.join(format!("roadbook-{}.db", self.starts))
    }

    /// A line to this server that nothing happens to.
    pub fn line(&self) -> Line {
        Line(self.router())
    }

    /// What waits for a manager, as they see it.
    ///
    /// # Errors
    /// It is refused.
    pub fn hand_ins(&mut self) -> Result<Vec<Value>, Failure> {
        let waiting = self.administer(Method::GET, "/v1/hand-ins", &Value::Null)?;
        Ok(waiting.as_array().cloned().unwrap_or_default())
    }

    /// A manager does something with a hand-in: `apply` or `discard`.
    ///
    /// # Errors
    /// It is refused.
    pub fn judge_hand_in(&mut self, hand_in: &Value, what: &str) -> Result<Value, Failure> {
        let path = format!("/v1/hand-ins/{}/{what}", member(hand_in, "id")?);
        self.administer(Method::POST, &path, &Value::Null)
    }

    /// Waits for something that an app awaits.
    pub fn wait_for<F: Future>(&self, app: F) -> F::Output {
        self.block_on(app)
    }

    fn block_on<F: Future>(&self, answer: F) -> F::Output {
        generation::with(self.generation, || self.runtime.block_on(answer))
    }

    fn run_on(&mut self, from: &Path) -> Result<(), Failure> {
        *self.look.borrow_mut() = None;
        self.starts += 1;
        let file = self.file();
        copy_file(from, &file)?;
        let config = testing::config(format!("sqlite:{}", file.display()), self.secrets.clone());
        let state = self.block_on(State::open(&config, self.env.clone()))?;
        self.running = Some((state.clone(), app(state)));
        Ok(())
    }

    /// A call as the administrator, who signs in anew when their token has run out.
    fn administer(&mut self, method: Method, path: &str, body: &Value) -> Result<Value, Failure> {
        if let Ok(answer) = self.call(method.clone(), path, &self.admin_token, body) {
            return Ok(answer);
        }
        self.admin_token = self.sign_in(&self.admin.email, &[0xad; 32])?.token;
        self.call(method, path, &self.admin_token, body)
    }

    fn call(&self, method: Method, path: &str, token: &str, body: &Value) -> Result<Value, Failure> {
        let (status, body) = self.answer(request(method, path, token, body))?;
        ensure("the server does what an administrator asks", status.is_success(), || {
            format!("{path}: {status} {}", String::from_utf8_lossy(&body))
        })?;
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    fn answer(&self, request: Request<Body>) -> Result<(StatusCode, Vec<u8>), Failure> {
        let answer = self.block_on(answered(self.router(), request))?;
        let is_full = self.is_full && answer.0 == StatusCode::INSUFFICIENT_STORAGE;
        let fails = answer.0.is_server_error() && !is_full;
        ensure("the server never fails", !fails, || {
            format!("{} {}", answer.0, String::from_utf8_lossy(&answer.1))
        })?;
        Ok(answer)
    }

    fn router(&self) -> Router {
        let (_, router) = self.running.as_ref().expect("the server runs between transitions");
        router.clone()
    }
}

async fn answered(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    Ok(body.collect().await.map(|body| (parts.status, body.to_bytes().to_vec()))?)
}

fn exchange_of(token: &str, frame: &[u8]) -> Request<Body> {
    let request = Request::post("/v1/sync").header(AUTHORIZATION, format!("Bearer {token}"));
    request.body(Body::from(frame.to_vec())).expect("it has nothing unusual")
}

/// A request with a JSON body, or with none.
fn request(method: Method, path: &str, token: &str, body: &Value) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = match body {
        Value::Null => request.body(Body::empty()),
        body => request.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
    };
    request.expect("it has nothing unusual")
}

/// A text member of an answer.
///
/// # Errors
/// It is not there.
pub fn member<'a>(answer: &'a Value, name: &str) -> Result<&'a str, Failure> {
    answer[name]
        .as_str()
        .ok_or_else(|| Failure::new("the API answers as described", format!("no {name}: {answer}")))
}

/// The hashes of all changes in the log of a server that serves this database, or served it.
///
/// # Errors
/// Of the database.
pub fn server_hashes(database: &Path) -> Result<BTreeSet<ChangeHash>, Failure> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // Entries 0 and 1 are changes.
    let mut statement = database.prepare("SELECT hash FROM log WHERE entry IN (0, 1)")?;
    let hashes = statement.query_map([], |row| Ok(ChangeHash(row.get(0)?)))?;
    Ok(hashes.collect::<Result<_, _>>()?)
}

fn devices(database: &Path) -> Result<BTreeSet<DeviceId>, Failure> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = database.prepare("SELECT id FROM device")?;
    let ids = statement.query_map([], |row| row.get(0).map(DeviceId::from_bytes))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The calls of an app to a server in the same process.
pub struct Line(Router);

impl Transport for Line {
    async fn exchange(&self, token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let request = Request::post("/v1/sync").header(AUTHORIZATION, format!("Bearer {token}"));
        let request = request.body(Body::from(frame)).map_err(|_| TransportError::Malformed)?;
        self.answer(request).await
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        let body = serde_json::from_str(&json).map_err(|_| TransportError::Malformed)?;
        let request = request(Method::POST, path, token.unwrap_or_default(), &body);
        self.answer(request).await.map(|body| String::from_utf8_lossy(&body).into_owned())
    }
}

impl Line {
    async fn answer(&self, request: Request<Body>) -> Result<Vec<u8>, TransportError> {
        let answered = answered(self.0.clone(), request).await;
        let (status, body) = answered.map_err(|_| TransportError::Unreachable)?;
        let text = String::from_utf8_lossy(&body).into_owned();
        match status.as_u16() {
            200..300 => Ok(body),
            401 if text.contains("session_over") => Err(TransportError::SessionOver),
            401 => Err(TransportError::Unauthorized),
            status => Err(TransportError::Refused { status, code: text }),
        }
    }
}
