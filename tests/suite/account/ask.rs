//! The JSON API of a real server, asked in the user's name.

#![expect(clippy::indexing_slicing, reason = "a member that is not there is null, and fails the test")]

use std::sync::Arc;

use roadbook_client::account::HttpMethod::{self, Get, Post, Put};
use roadbook_client::account::{self, Credentials, Installation, ask, is_signed_in};
use roadbook_client::{Client, HttpTransport, SyncError, sync};
use roadbook_domain::value::env::SystemEnv;
use roadbook_tests::sim::{Firm, PASSWORD, folder};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::served::serve;

#[test]
fn settings_are_edited_in_the_users_name_and_what_the_server_refuses_is_an_answer() {
    let firm = Firm::prepare().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(edited(&firm));
}

async fn edited(firm: &Firm) {
    let folder = folder().unwrap();
    let address = serve(firm, &folder.path().join("server.db")).await;
    let transport = HttpTransport::new(&address).unwrap();
    let phone = |name: &str| Client::open(folder.path().join(name), Arc::new(SystemEnv)).unwrap();
    let (admin, manager) = (phone("admin"), phone("manager"));
    let phones = [(&admin, "user0@example.com"), (&manager, "user1@example.com")];
    for (number, (client, email)) in (1..).zip(phones) {
        let credentials = Credentials { email, password: PASSWORD };
        let installation = Installation { platform: "test", name: "Phone", secret: &[number; 32] };
        account::sign_in(client, &transport, credentials, installation).await.unwrap();
    }

    let (status, mut organisation) = asked(&admin, &transport, Get, "/v1/organisation", None).await;
    assert_eq!((status, organisation["name"].as_str()), (200, Some("Example Ltd")));
    let version = organisation["version"].as_u64().unwrap();
    organisation["name"] = json!("Kárpát Kávé");
    let put = |body: &Value| Some(body.clone());
    let (status, stored) = asked(&admin, &transport, Put, "/v1/organisation", put(&organisation)).await;
    assert_eq!((status, stored["version"].as_u64()), (200, Some(version + 1)));
    sync(&admin, &transport, &mut |_| {}).await.unwrap();
    assert_eq!(admin.settings().unwrap().organisation().name, "Kárpát Kávé");

    let (status, refused) = asked(&admin, &transport, Put, "/v1/organisation", put(&organisation)).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some("stale_version")));
    assert_eq!(refused["version"].as_u64(), Some(version + 1));
    let (status, refused) = asked(&manager, &transport, Put, "/v1/organisation", put(&stored)).await;
    assert_eq!((status, refused["code"].as_str()), (403, Some("forbidden")));

    // What is no route, or too much for any, never leaves the phone.
    let long = " ".repeat((64 << 10) + 1);
    for (path, body, expected) in [
        ("/metrics", "{}", Err("invalid.malformed")),
        ("/v1/../metrics", "{}", Err("invalid.malformed")),
        ("/v1/users", long.as_str(), Err("invalid.too_large")),
        ("/v1/users", "no JSON", Ok(422)),
    ] {
        let answer = ask(&admin, &transport, Post, path, Some(body)).await;
        let told = answer.map(|reply| reply.status).map_err(|error| error.code());
        assert_eq!(told, expected, "{path}");
    }

    // A new password recalls the access token, so the call after it needs another one.
    let password = |old: &str| Some(json!({ "old": old, "new": "another long password" }));
    let (status, refused) = asked(&manager, &transport, Post, "/v1/me/password", password("wrong")).await;
    assert_eq!((status, refused["code"].as_str()), (401, Some("bad_credentials")));
    let (status, nothing) = asked(&manager, &transport, Post, "/v1/me/password", password(PASSWORD)).await;
    assert_eq!((status, nothing), (204, Value::Null));
    let (status, mut own) = asked(&manager, &transport, Get, "/v1/me", None).await;
    assert_eq!((status, own["email"].as_str()), (200, Some("user1@example.com")));

    // Nobody is asked where there is nobody, and nobody by who has no access any more.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = HttpTransport::new(&format!("http://{free}")).unwrap();
    let unreachable = ask(&manager, &nobody, Get, "/v1/me", None).await;
    assert_eq!(unreachable.map_err(|error| error.code()), Err("unreachable"));
    own["active"] = json!(false);
    let user = format!("/v1/users/{}", own["id"].as_str().unwrap());
    let (status, _) = asked(&admin, &transport, Put, &user, Some(own)).await;
    assert_eq!(status, 200);
    let ended = ask(&manager, &transport, Get, "/v1/me", None).await;
    assert_eq!(ended, Err(SyncError::AccessEnded { handed_in: 0 }));
    assert_eq!(is_signed_in(&manager), Ok(false));
}

/// The status, and the body: nothing where there is none.
async fn asked(
    client: &Client,
    transport: &HttpTransport,
    method: HttpMethod,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let body = body.map(|body| body.to_string());
    let reply = ask(client, transport, method, path, body.as_deref()).await.unwrap();
    (reply.status, serde_json::from_str(&reply.body).unwrap_or_default())
}
