//! A real server on a port of this machine.

use std::path::Path;
use std::sync::Arc;

use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{State, app, http, testing};
use roadbook_tests::sim::Firm;
use tokio::net::TcpListener;

/// Serves the firm's database on a free port; tells the address.
pub async fn serve(firm: &Firm, database: &Path) -> String {
    std::fs::copy(firm.database(), database).unwrap();
    let secrets = firm.secrets().display().to_string();
    let config = testing::config(format!("sqlite:{}", database.display()), secrets);
    let state = State::open(&config, Arc::new(SystemEnv)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let config = state.config().clone();
        http::serve(app(state), listener, &config, || (), std::future::pending()).await;
    });
    address
}
