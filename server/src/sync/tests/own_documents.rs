//! Documents at ids that follow from a user's: nobody else may be there, not even after a restore.

use axum::http::Method;
use roadbook_domain::access::audience::{inbox_id, user_document_id};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, UserCommand};
use roadbook_domain::crm::row::{ContactSort, Rows};
use roadbook_domain::settings::SettingsKind;
use roadbook_domain::wire::{Reupload, SyncRequest, Verdict};

use super::recovery::{copy_of, restore};
use super::*;
use crate::testing::{ADMIN, PASSWORD};

const SECRET: &str = "See the doctor";

/// A world that was restored from a copy without one of its users, and what came of it.
struct Restored {
    world: World,
    /// The phone of the user who is not in the copy, and their documents, whole.
    newcomer: Phone,
    own: Vec<Reupload>,
}

impl Restored {
    async fn new() -> Self {
        let mut world = World::new(Engine::Sqlite).await;
        let copy = copy_of(&world.server).await;
        let token = world.server.admin().await.unwrap();
        world.server.add_user(&token, "new@example.com", "user").await.unwrap();
        let mut newcomer = Phone::new(&world.server, "new@example.com", 9).await;
        newcomer.sync(&world.server).await;
        let (inbox, me) = (inbox_id(newcomer.user), newcomer.user);
        newcomer.card(&world.server, inbox, todo(world.part(), SECRET, me));
        let prefer = UserCommand::Prefer("theme".into(), SECRET.into());
        newcomer.own(&world.server, user_document_id(me), prefer);
        newcomer.sync(&world.server).await;
        let all = SyncRequest { fetch: vec![inbox, user_document_id(me)], ..SyncRequest::default() };
        let answer = newcomer.send(&world.server, &all).await;
        newcomer.take(&world.server, answer);
        let own = newcomer.reuploads();
        assert_eq!(own.len(), 2);
        world.restricted.sync(&world.server).await;
        restore(&mut world.server, &copy).await;
        let phones = [&mut world.user, &mut world.manager, &mut world.admin, &mut world.restricted];
        for phone in phones {
            phone.cursor = None;
            phone.held.clear();
        }
        Self { world, newcomer, own }
    }

    /// The user's row comes back by a colleague's phone, and the user signs in again.
    async fn bring_back(&mut self) {
        let (kind, id) = (SettingsKind::User, self.newcomer.user);
        let (world, newcomer) = (&self.world, &mut self.newcomer);
        let row = world
            .restricted
            .receipted
            .iter()
            .find(|((of, row), _)| *of == kind && row.as_bytes() == id.as_bytes());
        let settings = vec![row.unwrap().1.clone()];
        let request = SyncRequest { settings, ..SyncRequest::default() };
        let verdicts = world.restricted.send(&world.server, &request).await.row_verdicts;
        assert!(matches!(verdicts[..], [Verdict::Applied(_)]), "{verdicts:?}");
        let token = world.server.admin().await.unwrap();
        let path = format!("/v1/users/{id}/password");
        let body = serde_json::json!({ "password": PASSWORD });
        let set = world.server.send(Method::POST, &path, &token, Some(body)).await.unwrap();
        assert!(set.status.is_success(), "{:?}", set.body);
        newcomer.token = Phone::new(&world.server, "new@example.com", 9).await.token;
        newcomer.cursor = None;
        newcomer.held.clear();
    }
}

/// Whether a phone holds the secret anywhere.
fn knows(phone: &Phone) -> bool {
    phone.held.values().any(|held| String::from_utf8_lossy(&held.document.clone().save()).contains(SECRET))
}

#[tokio::test]
async fn nobody_gets_a_colleagues_private_documents_by_being_at_their_ids_after_a_restore() {
    let mut restored = Restored::new().await;
    let (inbox, own) = (inbox_id(restored.newcomer.user), user_document_id(restored.newcomer.user));
    let world = &mut restored.world;
    world.user.card(&world.server, inbox, create("Mine now", None));
    world.user.contact(&world.server, own, ContactCommand::Create(ContactSort::Company));
    world.user.sync(&world.server).await;
    world.manager.sync(&world.server).await;
    world.manager.card(&world.server, inbox, CardCommand::Rename("Ours now".into()));
    assert!(matches!(world.manager.sync(&world.server).await[..], [Verdict::Applied(_)]));
    world.user.sync(&world.server).await;
    let squatting = world.user.held[&inbox].reupload(inbox);

    restored.bring_back().await;
    let Restored { world, newcomer, own: lost } = &mut restored;
    let server = &world.server;
    let request = SyncRequest { reuploads: lost.clone(), ..SyncRequest::default() };
    let answer = newcomer.send(server, &request).await;
    let verdicts: Vec<_> = answer.verdicts.iter().flat_map(|group| &group.verdicts).collect();
    assert!(
        verdicts.iter().all(|verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_))),
        "{verdicts:?}"
    );
    let squatters = SyncRequest { reuploads: squatting.into_iter().collect(), ..SyncRequest::default() };
    let answer = world.user.send(server, &squatters).await;
    let refused = answer.verdicts.iter().flat_map(|group| &group.verdicts);
    assert!(!refused.clone().any(|verdict| matches!(verdict, Verdict::Applied(_))), "{answer:?}");

    newcomer.sync(server).await;
    assert!(knows(newcomer));
    assert!(newcomer.held.contains_key(&inbox) && newcomer.held.contains_key(&own));
    let Rows::Card(row, _) = newcomer.held[&inbox].rows() else { panic!("a card") };
    assert!(!["Mine now", "Ours now"].contains(&row.name.as_str()), "{}", row.name);
    let mut fresh = Phone::new(server, ADMIN, 8).await;
    for phone in [&mut world.user, &mut world.manager, &mut world.admin, &mut world.restricted, &mut fresh] {
        // Whoever set the password signed in as the administrator's phone.
        phone.sign_in_again(server).await;
        phone.sync(server).await;
        assert!(!knows(phone), "{}", phone.user);
        assert!(!phone.held.contains_key(&inbox) && !phone.held.contains_key(&own), "{}", phone.user);
        assert_eq!(phone.digest, Some(phone.own_digest()), "{}", phone.user);
    }
    // What stood there is a card and a contact like others, with all that was done to them.
    let names = |phone: &Phone| -> Vec<String> {
        let rows = phone.shared().into_iter().map(|id| phone.held[&id].rows());
        rows.filter_map(|rows| if let Rows::Card(row, _) = rows { Some(row.name) } else { None }).collect()
    };
    assert_eq!(
        (names(&world.user), names(&fresh)),
        (vec!["Ours now".to_owned()], vec!["Ours now".to_owned()])
    );
    assert_eq!(world.user.held.values().filter(|held| matches!(held.rows(), Rows::Contact(..))).count(), 1);
    let now = roadbook_domain::value::env::Env::now(&*server.env);
    assert_eq!(fresh.state_hash(now), server_hash(server, &fresh).await);
}
