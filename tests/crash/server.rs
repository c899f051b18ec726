//! A server that serves until it is killed.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{State, app, http, testing};
use tokio::net::TcpListener;

/// Serves on a free port of this machine.
pub async fn run(database: &Path, secrets: &Path) {
    let config = testing::config(format!("sqlite:{}", database.display()), secrets.display().to_string());
    let state = State::open(&config, Arc::new(SystemEnv)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut out = std::io::stdout();
    let address = listener.local_addr().unwrap();
    writeln!(out, "serving http://{address}").and_then(|()| out.flush()).unwrap();
    let config = state.config().clone();
    http::serve(app(state), listener, &config, || (), std::future::pending()).await;
}
