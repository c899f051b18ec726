//! App and widget: two handles on one file, as two processes have it, and a real server.

use std::sync::Arc;

use roadbook_client::account::{Credentials, Installation, is_signed_in, refresh, sign_in};
use roadbook_client::{Client, HttpTransport, SyncError, sync};
use roadbook_domain::value::env::SystemEnv;
use roadbook_tests::sim::{Firm, PASSWORD, folder};

use super::served::serve;

#[test]
fn app_and_widget_that_want_another_token_at_once_both_stay_signed_in() {
    let firm = Firm::prepare().unwrap();
    let folder = folder().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let address = serve(&firm, &folder.path().join("server.db")).await;
        let path = folder.path().join("phone.db");
        let app = Client::open(&path, Arc::new(SystemEnv)).unwrap();
        let widget = Client::open_beside(&path, Arc::new(SystemEnv)).unwrap();
        let transport = HttpTransport::new(&address).unwrap();
        let credentials = Credentials { email: "user0@example.com", password: PASSWORD };
        let installation = Installation { platform: "test", name: "phone", secret: &[9; 32] };
        sign_in(&app, &transport, credentials, installation).await.unwrap();
        for round in 0..20 {
            let both = [app.clone(), widget.clone()].map(|client| {
                let transport = transport.clone();
                tokio::spawn(async move {
                    let token = refresh(&client, &transport).await;
                    // Where the other one is at it, its token is here soon.
                    assert!(matches!(token, Ok(_) | Err(SyncError::Elsewhere)), "{token:?}");
                    sync(&client, &transport, &mut |_| {}).await
                })
            });
            for one in both {
                let synced = one.await.unwrap();
                assert!(matches!(synced, Ok(_) | Err(SyncError::Elsewhere)), "round {round}: {synced:?}");
            }
            assert_eq!(is_signed_in(&widget), Ok(true), "round {round}");
        }
        sync(&widget, &transport, &mut |_| {}).await.unwrap();
    });
}
