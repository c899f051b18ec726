//! How much one request makes visible: what a push itself makes counts, and what was accepted once is taken
//! again however much it is.

use roadbook_domain::access::audience::MAX_CONTACT_LINKS;
use roadbook_domain::crm::command::ContactCommand;
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::wire::{SyncRequest, SyncStatus, Verdict};

use super::recovery::{copy_of, restore};
use super::*;
use crate::store::db::on;
use crate::sync::up::plan::MAX_CHANGED_PATHS;

/// The contacts of each card here.
const CONTACTS: usize = 40;

#[tokio::test]
async fn what_new_contacts_link_to_counts_for_all_who_see_the_new_card_of_the_same_push() {
    let mut world = World::new(Engine::Sqlite).await;
    large_card(&mut world);
    let request = world.user.request();
    let mut answers = Vec::new();
    let mut written = 0;
    while answers.len() < 20 && answers.last().is_none_or(|left| *left > 0) {
        let verdicts = world.user.send(&world.server, &request).await.verdicts;
        let unjudged = verdicts.iter().filter(|group| group.verdicts.contains(&Verdict::NotReached)).count();
        answers.push(unjudged);
        let now = rows(&world).await;
        assert!(now - written <= MAX_CHANGED_PATHS, "{} rows by one request", now - written);
        written = now;
    }
    assert!(answers.len() > 1 && answers.windows(2).all(|pair| pair[1] < pair[0]), "{answers:?}");
    let of_each = 4 * CONTACTS * (1 + MAX_CONTACT_LINKS);
    assert!((of_each..of_each + 400).contains(&written), "{written} rows of visibility");
}

#[tokio::test]
async fn re_uploads_that_make_more_visible_than_one_batch_may_are_all_taken_by_one_request() {
    let mut world = World::new(Engine::Sqlite).await;
    let copy = copy_of(&world.server).await;
    for _ in 0..3 {
        large_card(&mut world);
        while !world.user.sync(&world.server).await.iter().all(is_known) {}
    }
    world.manager.sync(&world.server).await;
    let written = rows(&world).await;
    restore(&mut world.server, &copy).await;
    let phone = &mut world.manager;
    let answer = phone.send(&world.server, &phone.request()).await;
    assert_eq!(answer.status, SyncStatus::RolledBack);
    let reuploads = phone.reuploads();
    let request = SyncRequest { cursor: answer.cursor, reuploads, ..SyncRequest::default() };
    let verdicts = phone.send(&world.server, &request).await.verdicts;
    let unknown: Vec<_> =
        verdicts.iter().flat_map(|group| &group.verdicts).filter(|verdict| !is_known(verdict)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(rows(&world).await, written);
}

/// Pushes a card for four users, with new contacts that link to as much as they may.
fn large_card(world: &mut World) {
    let card = world.id();
    let users = [world.user.user, world.manager.user, world.restricted.user, world.admin.user];
    world.user.card(&world.server, card, create("Large", Some(users[0])));
    for assignee in &users[1..] {
        let part = world.part();
        world.user.card(&world.server, card, todo(part, "Call", *assignee));
    }
    for _ in 0..CONTACTS {
        let contact = world.id();
        world.user.contact(&world.server, contact, ContactCommand::Create(ContactSort::Person));
        for _ in 0..MAX_CONTACT_LINKS {
            let link = ContactCommand::Link { role: "x".into(), target: world.id() };
            world.user.contact(&world.server, contact, link);
        }
        let link = CardCommand::Link { role: "x".into(), target: contact };
        world.user.card(&world.server, card, link);
    }
}

/// How many rows of visibility there are.
async fn rows(world: &World) -> usize {
    let mut conn = world.server.state.db().read().await.unwrap();
    let text = "/* test */ select count(*) from visibility";
    let rows: i64 = on!(conn, |c| sqlx::query_scalar(text).fetch_one(c).await).unwrap();
    usize::try_from(rows).unwrap()
}

fn is_known(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Applied(_) | Verdict::Dup(_))
}
