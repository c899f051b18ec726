//! For tests: throw-away databases on both engines, and a server without a socket.
//!
//! Tests of the store and of what stands on it run on SQLite always, and on PostgreSQL where
//! `ROADBOOK_TEST_POSTGRES` holds its address; where `CI=true` a missing address is a failure.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{ReceiptedRow, Tombstone};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tower::ServiceExt;

pub use crate::store::meter::watch_writing;
pub use crate::store::turn::{Point, Turn};

use crate::auth::password::Cost;
use crate::sync::receipt;
use crate::{Config, Created, InitConfig, State, app, init};

/// What goes wrong in a test's set-up.
pub type Failure = Box<dyn Error + Send + Sync>;

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A schema of its own.
    Postgres,
}

/// An address of an empty database that goes away with this value, and a folder beside it.
#[derive(Debug)]
pub struct Throwaway {
    /// For whatever the test needs on disk.
    pub folder: TempDir,
    /// The address of the database.
    pub address: String,
    _schema: Option<Schema>,
}

/// A PostgreSQL schema that is dropped with this value.
#[derive(Debug)]
struct Schema {
    server: String,
    name: String,
}

/// A server without a socket, whose clock and randomness are the test's.
#[derive(Debug)]
pub struct Server {
    /// Its state.
    pub state: State,
    /// Its clock and randomness.
    pub env: Arc<SeededEnv>,
    /// The organisation and its first administrator, [`ADMIN`].
    pub created: Created,
    /// The configuration it was opened with.
    pub config: Config,
    app: Router,
    database: Throwaway,
}

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, if it is JSON; else null.
    pub body: Value,
}

/// The login of the first administrator.
pub const ADMIN: &str = "admin@example.com";

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";

/// When every test begins: 2026-11-22T08:00:00Z.
pub const START: Timestamp = Timestamp::from_millis(1_795_334_400_000);

/// Declares a test that runs on both databases: `on_both! { async fn a_rule_holds(engine) { ... } }`.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($engine:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn rule($engine: $crate::testing::Engine) $body

            #[tokio::test]
            async fn on_sqlite() {
                rule($crate::testing::Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if $crate::testing::has_postgres() {
                    rule($crate::testing::Engine::Postgres).await;
                }
            }
        }
    )*};
}

/// Whether there is a PostgreSQL to test with. In CI there must be: then it says so, and the test fails
/// for want of it.
pub fn has_postgres() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true") || std::env::var(POSTGRES).is_ok()
}

const POSTGRES: &str = "ROADBOOK_TEST_POSTGRES";

impl Throwaway {
    /// An empty database.
    ///
    /// # Errors
    /// There is no PostgreSQL, or no temporary folder.
    pub async fn new(engine: Engine) -> Result<Self, Failure> {
        let folder = TempDir::with_prefix("roadbook-")?;
        let (address, schema) = match engine {
            Engine::Sqlite => (format!("sqlite:{}", folder.path().join("roadbook.db").display()), None),
            Engine::Postgres => {
                let server = std::env::var(POSTGRES)
                    .map_err(|_| format!("set {POSTGRES} to the address of a PostgreSQL server"))?;
                let name = folder.path().file_name().map(|name| name.to_string_lossy().to_lowercase());
                let name = name.unwrap_or_default().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                let schema = Schema { server, name };
                run_on(&schema.server, format!("create schema {}", schema.name)).await?;
                (schema.address(), Some(schema))
            }
        };
        Ok(Self { folder, address, _schema: schema })
    }
}

impl Schema {
    fn address(&self) -> String {
        let mark = if self.server.contains('?') { '&' } else { '?' };
        format!("{0}{mark}options[search_path]={1}&application_name={1}", self.server, self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let server = std::mem::take(&mut self.server);
        // A connection whose transaction was dropped holds its locks until its pool comes round to it.
        let statement = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{0}'; \
             set client_min_messages = error; drop schema {0} cascade",
            self.name
        );
        // A thread and runtime of its own: a value may be dropped inside a runtime that is about to end.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(run_on(&server, statement)))
        });
        drop(dropped.join());
    }
}

/// A settings row as a phone has it that once got it from this server.
pub fn receipted(state: &State, row: SettingsRow) -> ReceiptedRow {
    let key = state.node().secrets().receipt_key.as_bytes();
    ReceiptedRow { receipt: receipt::of_row(key, state.org(), &row).into(), row }
}

/// The purge of a document as a phone has it that once was told of it by this server.
pub fn tombstone(state: &State, document: DocumentId) -> Tombstone {
    let key = state.node().secrets().receipt_key.as_bytes();
    Tombstone { document, receipt: receipt::of_purge(key, state.org(), document).into() }
}

impl Server {
    /// A server with an organisation, a first administrator and the built-in products.
    ///
    /// # Errors
    /// Of the set-up.
    pub async fn new(engine: Engine) -> Result<Self, Failure> {
        let database = Throwaway::new(engine).await?;
        let env = Arc::new(SeededEnv::new(1, START));
        let secrets = database.folder.path().join("secrets").display().to_string();
        let password_file = database.folder.path().join("password");
        std::fs::write(&password_file, PASSWORD)?;
        let made = InitConfig {
            database: database.address.clone().into(),
            secrets: secrets.clone(),
            organisation: "Example Ltd".into(),
            admin_email: ADMIN.into(),
            admin_family_name: "Kovács".into(),
            admin_given_name: "Anna".into(),
            admin_password_file: Some(password_file),
            zone: "Europe/Budapest".into(),
            locale: "hu-HU".into(),
            password_cost: Cost::LEAST,
        };
        let created = init(&made, &*env).await?;
        let config = config(database.address.clone(), secrets);
        let state = State::open(&config, env.clone()).await?;
        Ok(Self { app: app(state.clone()), state, env, created, config, database })
    }

    /// Begins anew on what is in its database now.
    ///
    /// # Errors
    /// It does not begin.
    pub async fn reopen(&mut self) -> Result<(), Failure> {
        self.state = State::open(&self.config, self.env.clone()).await?;
        self.app = app(self.state.clone());
        Ok(())
    }

    /// The folder that goes away with the server.
    pub fn folder(&self) -> &std::path::Path {
        self.database.folder.path()
    }

    /// Sends a request as the holder of `token` (empty: nobody) and awaits the answer.
    ///
    /// # Errors
    /// The request cannot be made or the answer not read.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = match body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.answer(request?).await
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    /// The answer cannot be read.
    pub async fn answer(&self, request: Request<Body>) -> Result<Answer, Failure> {
        self.answering(request).await
    }

    /// The same, for a task of its own.
    pub fn answering(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Answer, Failure>> + Send + use<> {
        let app = self.app.clone();
        async move {
            let response = app.oneshot(request).await?;
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await?.to_bytes();
            let body = serde_json::from_slice(&bytes).unwrap_or_default();
            Ok(Answer { status: parts.status, headers: parts.headers, body })
        }
    }

    /// Signs in on the installation with this number.
    ///
    /// # Errors
    /// As for [`Server::send`].
    pub async fn sign_in(&self, email: &str, password: &str, installation: u8) -> Result<Answer, Failure> {
        let body = Self::credentials(email, password, installation);
        self.send(Method::POST, "/v1/sign-in", "", Some(body)).await
    }

    /// The body of a sign-in on the installation with this number.
    pub fn credentials(email: &str, password: &str, installation: u8) -> Value {
        let secret = data_encoding::BASE64URL_NOPAD.encode(&[installation; 32]);
        let device =
            json!({ "platform": "test", "name": format!("phone {installation}"), "install_secret": secret });
        json!({ "email": email, "password": password, "device": device })
    }

    /// An access token of the administrator.
    ///
    /// # Errors
    /// As for [`Server::send`].
    pub async fn admin(&self) -> Result<String, Failure> {
        Ok(self.sign_in(ADMIN, PASSWORD, 1).await?.text("access_token"))
    }

    /// Adds a user with this role whose password is [`PASSWORD`]; answers the id.
    ///
    /// # Errors
    /// As for [`Server::send`].
    pub async fn add_user(&self, admin: &str, email: &str, role: &str) -> Result<String, Failure> {
        let body = json!({
            "email": email, "family_name": "Nagy", "given_name": "Béla", "role": role,
            "zone": "Europe/Lisbon", "locale": "pt-PT", "password": PASSWORD,
        });
        Ok(self.send(Method::POST, "/v1/users", admin, Some(body)).await?.text("id"))
    }
}

impl Answer {
    /// The text of a member of the body; empty if there is none.
    pub fn text(&self, member: &str) -> String {
        self.body.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The code of the error; empty if there is none.
    pub fn code(&self) -> &str {
        self.body.get("code").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A configuration for tests: cheap passwords, any free port.
pub fn config(database: String, secrets: String) -> Config {
    let seconds = || "10s".to_owned();
    // What a request may take is no matter of how fast the machine is just now.
    let minutes = || "10m".to_owned();
    Config {
        database_connections: "4".into(),
        listen: "127.0.0.1:0".into(),
        max_connections: "100".into(),
        header_timeout: seconds(),
        request_timeout: minutes(),
        body_grace: minutes(),
        body_rate: "1024".into(),
        write_timeout: seconds(),
        drain_timeout: seconds(),
        password_cost: Cost::LEAST,
        ..Config::at(database, secrets)
    }
}

/// Runs a statement whose only variable part is a schema's name of letters, digits and `_`.
async fn run_on(server: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(server).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut conn).await?;
    conn.close().await
}
