//! A user's devices on a real server.

use std::sync::Arc;

use roadbook_client::account::{self, Credentials, Installation, devices, is_signed_in, revoke_device};
use roadbook_client::{Client, HttpTransport, SyncError, sync};
use roadbook_domain::value::env::SystemEnv;
use roadbook_domain::value::id::DeviceId;
use roadbook_tests::sim::{Firm, PASSWORD, folder};

use super::served::serve;

#[test]
fn a_lost_phone_is_shut_out_by_its_user_and_by_nobody_else() {
    let firm = Firm::prepare().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(shut_out(&firm));
}

async fn shut_out(firm: &Firm) {
    let folder = folder().unwrap();
    let address = serve(firm, &folder.path().join("server.db")).await;
    let transport = HttpTransport::new(&address).unwrap();
    let phone = |name: &str| Client::open(folder.path().join(name), Arc::new(SystemEnv)).unwrap();
    let (lost, tablet, other) = (phone("lost"), phone("tablet"), phone("other"));
    let (anna, bela) = ("user0@example.com", "user1@example.com");
    let phones = [(&lost, anna, "lost"), (&tablet, anna, "tablet"), (&other, bela, "other")];
    for (number, (client, email, name)) in (1..).zip(phones) {
        let credentials = Credentials { email, password: PASSWORD };
        let installation = Installation { platform: "test", name, secret: &[number; 32] };
        account::sign_in(client, &transport, credentials, installation).await.unwrap();
    }
    // The firm was made with phones of its own before.
    let seen = async || -> Vec<_> {
        let devices = devices(&tablet, &transport).await.unwrap();
        let own = devices.into_iter().filter(|device| device.name != "phone");
        own.map(|device| (device.name, device.is_current, device.revoked_at.is_some())).collect()
    };
    assert_eq!(seen().await, [("lost".to_owned(), false, false), ("tablet".to_owned(), true, false)]);

    let id = lost.me().unwrap().unwrap().device.unwrap();
    for (client, device) in [(&other, id), (&tablet, DeviceId::from_bytes([7; 16]))] {
        let refused = revoke_device(client, &transport, device).await;
        let code = "not_found".to_owned();
        assert_eq!(refused, Err(SyncError::Refused { address: address.clone(), code }));
    }
    sync(&lost, &transport, &mut |_| {}).await.unwrap();

    revoke_device(&tablet, &transport, id).await.unwrap();
    revoke_device(&tablet, &transport, id).await.unwrap();
    assert_eq!(seen().await, [("lost".to_owned(), false, true), ("tablet".to_owned(), true, false)]);
    assert_eq!(devices(&lost, &transport).await, Err(SyncError::AccessEnded { handed_in: 0 }));
    assert_eq!(is_signed_in(&lost), Ok(false));
    assert_eq!(devices(&lost, &transport).await, Err(SyncError::SignInNeeded));
}
