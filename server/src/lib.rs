//! The sync server of Roadbook: accounts, devices and sessions, the exchange, the HTTP API, the database.
//!
//! It is a library: the `roadbook` program parses its configuration ([`Config`], [`InitConfig`]) and
//! calls [`init()`] and [`serve`]; tests and simulations call [`app`] in process, without a socket. What a
//! card is and who may see it is decided in `roadbook_domain`, never here.
//!
//! # The rooms
//!
//! Each uses only those before it in this list.
//!
//! 1. [`store`]: every SQL statement, once for both databases.
//! 2. [`node`]: what a process needs: the database, the keys of the secrets folder, the clock.
//! 3. [`auth`]: passwords, tokens, sessions, and the caller of a request.
//! 4. `live`: the sockets that wait for news, and the hints that there are some.
//! 5. [`sync`]: the engine of the exchange. Its own rooms are listed there.
//! 6. `settings`: edits of what administrators set, judged by the domain.
//! 7. `accounts`: users with their directory entry, account and own documents.
//! 8. [`start`]: the configuration with the files that it names, and `init`, which makes an organisation.
//! 9. [`metrics`]: what the server counts.
//! 10. [`state`]: what every request shares, put together from the rooms above.
//! 11. [`api`]: the routes, one resource in each file; errors become answers here.
//! 12. [`http`]: connections, time limits, what every request passes through, and the web app for browsers.
//!
//! # The way of a push
//!
//! `http` accepts the connection and `api::sync` asks `auth` who calls. `sync` takes the frame: its `up`
//! room tries each document's changes on a copy, outside every lock, and judges them by the domain's
//! guard and permissions. What was accepted is planned as data and committed in one transaction: log,
//! documents, audiences, digests. `live` then tells the waiting sockets. Each change has a verdict in the
//! answer; one that is refused touches no other document.
//!
//! # The way of a pull
//!
//! The same request carries a cursor, which `sync` made and signed before. The `down` room reads one
//! database snapshot: the log after the cursor as its net effect on each document, then, where a device
//! is new or its user has another role, whole documents by their ids. The page that fits goes down with
//! the next cursor. Where the digests of device and server differ, the `recovery` room finds the
//! documents, and takes re-uploads of what a restored server lost.
//!
//! # Example
//!
//! An organisation is made, and the server asked for its health, without a socket.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use axum::body::Body;
//! use axum::http::{Request, StatusCode};
//! use clap::Parser;
//! use roadbook_domain::value::env::SystemEnv;
//! use roadbook_server::{Config, InitConfig, State, app, init};
//! use tower::ServiceExt;
//!
//! #[derive(Parser)]
//! struct Init {
//!     #[command(flatten)]
//!     config: InitConfig,
//! }
//!
//! #[derive(Parser)]
//! struct Serve {
//!     #[command(flatten)]
//!     config: Config,
//! }
//!
//! let folder = tempfile::tempdir()?;
//! let database = format!("sqlite:{}", folder.path().join("roadbook.db").display());
//! let secrets = folder.path().join("secrets").display().to_string();
//! let place = ["--database", &database, "--secrets", &secrets];
//!
//! let firm = ["--organisation", "Example Ltd", "--admin-email", "anna@example.com"];
//! let made = Init::parse_from(["init"].iter().chain(&place).chain(&firm));
//! let created = init(&made.config, &SystemEnv).await?;
//! assert!(created.generated_password.is_some(), "it is shown once");
//!
//! let serve = Serve::parse_from(["serve"].iter().chain(&place));
//! let state = State::open(&serve.config, Arc::new(SystemEnv)).await?;
//! let answer = app(state).oneshot(Request::get("/health").body(Body::empty())?).await?;
//! assert_eq!(answer.status(), StatusCode::OK);
//! # Ok(())
//! # }
//! ```

mod accounts;
pub mod api;
pub mod auth;
pub mod http;
mod live;
pub mod metrics;
pub mod node;
mod settings;
pub mod start;
pub mod state;
pub mod store;
pub mod sync;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use roadbook_domain::value::env::SystemEnv;
use tokio::net::TcpListener;

pub use auth::enrolment::Invitation;
pub use http::layers::REQUEST_ID;
pub use start::backup::{BackupConfig, CheckConfig, RestoreConfig, Sound, backup, check, restore};
pub use start::config::{Config, ConfigError, Database, public_address};
pub use start::init::{Created, InitConfig, init};
pub use start::people::{Firm, Letter, NewUser, People, PeopleError, UserChange, role};
pub use start::small_file::small_text;
pub use state::State;

use api::{ApiError, Routes};
use http::layers;

/// How often it is written down which access tokens were used.
const SAVE_SEEN: Duration = Duration::from_secs(5);

/// Every route of the server.
pub fn routes() -> Routes {
    api::routes()
}

/// The server without a socket: what [`serve`] serves, and what tests call.
pub fn app(state: State) -> Router {
    // The last layer is the outermost: `secure` also covers what `observe` answers to a panic.
    let router = routes()
        .into_router()
        .fallback(http::app::answer)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed);
    http::bounded(router, state.config())
        .layer(middleware::from_fn_with_state(state.clone(), layers::observe))
        .layer(middleware::from_fn(layers::secure))
        .with_state(state)
}

/// Serves until `shutdown` is done, then ends in an orderly way.
///
/// # Errors
/// What keeps it from starting, in one line that names key, value and remedy.
pub async fn serve(config: &Config, shutdown: impl Future<Output = ()>) -> Result<(), ConfigError> {
    // Before the file is opened: its tables would change under another server.
    let checked = config.check()?;
    let _alone = start::alone::Alone::with(config, &checked.database)?;
    let state = State::open_checked(config, checked, Arc::new(SystemEnv)).await?;
    let address = state.config().listen;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        config.wrong("listen", format!("cannot listen there ({error}); choose another address or port"))
    })?;
    serve_on(listener, state, shutdown).await;
    Ok(())
}

/// Serves on a listener of the caller's until `shutdown` is done, then ends in an orderly way.
pub async fn serve_on(listener: TcpListener, state: State, shutdown: impl Future<Output = ()>) {
    let config = state.config().clone();
    let address = listener.local_addr().map_or_else(|_| config.listen.to_string(), |at| at.to_string());
    tracing::info!(org.id = %state.org(), listen = %address, "serving");
    let live = Arc::clone(state.engine().live());
    tokio::spawn(live::run(state.node().clone(), live, state.stopping()));
    tokio::spawn(sync::trim_daily(state.node().clone(), state.org(), state.stopping()));
    if let Some(tls) = &config.tls {
        tokio::spawn(start::tls::watch(Arc::clone(tls), state.stopping()));
    }
    let saving = tokio::spawn(save_seen(state.clone()));
    let stopping = state.clone();
    http::serve(app(state.clone()), listener, &config, move || stopping.stop(), shutdown).await;
    drop(saving.await);
    // Last, because requests under way still use it.
    state.db().close().await;
    tracing::info!("stopped");
}

/// Writes down every few seconds which access tokens were used, and once more at the end.
async fn save_seen(state: State) {
    let mut stopping = state.stopping();
    loop {
        let stop = stopping.wait_for(|stop| *stop);
        let is_last = tokio::time::timeout(SAVE_SEEN, stop).await.is_ok();
        if let Err(error) = state.gate().save_seen().await {
            tracing::warn!(error.cause = %error, "it is not written down which access tokens were used");
        }
        if is_last {
            return;
        }
    }
}
