//! Notices between processes on one PostgreSQL, over a line that can be cut.

use std::time::Duration;

use futures_util::FutureExt;
use sqlx::postgres::PgConnectOptions;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::store::db::{Address, Db};
use crate::store::notice::{self, Listener};
use crate::testing::{Engine, Throwaway, has_postgres};

/// Long enough for anything that happens at all.
const LONG: Duration = Duration::from_secs(30);

/// A line to a PostgreSQL server that can be cut, and then takes nobody until it is there again.
struct Line {
    port: u16,
    is_up: watch::Sender<bool>,
}

impl Line {
    async fn to(host: String, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self { port: listener.local_addr().unwrap().port(), is_up: watch::Sender::new(true) };
        let is_up = line.is_up.subscribe();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (host, mut is_up) = (host.clone(), is_up.clone());
                tokio::spawn(async move {
                    if !*is_up.borrow_and_update() {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect((host.as_str(), port)).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = is_up.wait_for(|is_up| !*is_up) => {}
                    }
                });
            }
        });
        line
    }
}

#[tokio::test]
async fn a_process_listens_again_once_a_database_that_was_away_is_back() {
    if !has_postgres() {
        return;
    }
    let place = Throwaway::new(Engine::Postgres).await.unwrap();
    let Ok(Address::Postgres(options)) = place.address.parse() else { panic!("PostgreSQL") };
    let options: PgConnectOptions = *options;
    let line = Line::to(options.get_host().to_owned(), options.get_port()).await;
    let over_line = options.clone().host("127.0.0.1").port(line.port);
    let near = Db::create(&Address::Postgres(Box::new(options)), 2).await.unwrap();
    let far = Db::open(&Address::Postgres(Box::new(over_line)), 2).await.unwrap();
    let org = roadbook_domain::value::id::OrgId::from_bytes([7; 16]);

    let mut listener = Listener::open(&far).await;
    notice::tell(&near, org).await.unwrap();
    timeout(LONG, listener.heard()).await.expect("it listens");
    line.is_up.send_replace(false);
    // Other tests tell news on the same database, too.
    while listener.is_listening() {
        timeout(LONG, listener.heard()).await.expect("what was told meanwhile may be news");
    }
    notice::tell(&near, org).await.unwrap();
    assert!(listener.heard().now_or_never().is_none(), "nobody can hear that");
    line.is_up.send_replace(true);
    timeout(LONG, listener.heard()).await.expect("what was told meanwhile may be news");
    assert!(listener.is_listening());
    notice::tell(&near, org).await.unwrap();
    timeout(LONG, listener.heard()).await.expect("it listens again");
}
