//! The sync server of Roadbook: accounts, devices and sessions, the administrative API, the database.
//!
//! It is a library: the `roadbook` program parses its configuration ([`Config`], [`InitConfig`]) and
//! calls [`init()`] and [`serve`]; tests and simulations call [`app`] in process, without a socket. What a
//! card is and who may see it is decided in `roadbook_domain`, never here.

mod accounts;
pub mod api;
pub mod auth;
pub mod http;
mod live;
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

use axum::{Router, middleware};
use roadbook_domain::value::env::SystemEnv;
use tokio::net::TcpListener;

pub use http::layers::REQUEST_ID;
pub use start::config::{Config, ConfigError};
pub use start::init::{Created, InitConfig, init};
pub use state::State;

use api::{ApiError, Routes};
use http::layers;

/// Every route of the server.
pub fn routes() -> Routes {
    api::routes()
}

/// The server without a socket: what [`serve`] serves, and what tests call.
pub fn app(state: State) -> Router {
    routes()
        .into_router()
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(state.clone(), layers::observe))
        .layer(middleware::from_fn(layers::secure))
        .with_state(state)
}

/// Serves until `shutdown` is done, then ends in an orderly way.
///
/// # Errors
/// What keeps it from starting, in one line that names key, value and remedy.
pub async fn serve(config: &Config, shutdown: impl Future<Output = ()>) -> Result<(), ConfigError> {
    let state = State::open(config, Arc::new(SystemEnv)).await?;
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
    let stopping = state.clone();
    http::serve(app(state.clone()), listener, &config, move || stopping.stop(), shutdown).await;
    state.db().close().await;
    tracing::info!("stopped");
}
