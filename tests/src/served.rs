//! A server that serves until it is killed.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{State, app, http, testing};
use tokio::net::TcpListener;

use crate::failure::Failure;

/// Serves on this address of this machine, and says `serving ADDRESS` on the standard output once it does.
///
/// # Errors
/// It does not begin.
pub async fn serve(database: &Path, secrets: &Path, listen: &str) -> Result<(), Failure> {
    let config = testing::config(format!("sqlite:{}", database.display()), secrets.display().to_string());
    let state = State::open(&config, Arc::new(SystemEnv)).await?;
    let listener = TcpListener::bind(listen).await?;
    let mut out = std::io::stdout();
    writeln!(out, "serving http://{}", listener.local_addr()?)?;
    out.flush()?;
    let config = state.config().clone();
    http::serve(app(state), listener, &config, || (), std::future::pending()).await;
    Ok(())
}
