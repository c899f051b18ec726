//! What each role sees and may write, and what happens when that changes.

use std::collections::BTreeSet;

use roadbook_domain::access::audience::{inbox_id, user_document_id};
use roadbook_domain::access::rights::Scope;
use roadbook_domain::crm::card;
use roadbook_domain::crm::command::{CardCommand, ContactCommand, UserCommand};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::crm::user_document;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Actor, Register};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::value::id::PartId;
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::wire::{RefusalCode, Verdict};

use super::phone::Clock;
use super::*;
use crate::on_both;
use crate::store::documents;

const DAY: i64 = 24 * 60 * 60 * 1000;

on_both! {
    async fn each_role_sees_and_edits_what_it_may_in_every_relation_to_the_card(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let restricted = world.restricted.user;
        let cards: Vec<_> = (0..5).map(|_| DocumentId::new(&*server.env)).collect();
        let part = PartId::new(&*server.env);
        let manager = world.manager.user;
        world.manager.card(server, cards[0], create("their own", Some(restricted)));
        world.manager.card(server, cards[1], create("nobody's", None));
        world.manager.card(server, cards[2], create("with a todo of theirs", Some(manager)));
        world.manager.card(server, cards[2], todo(part, "Call", restricted));
        world.manager.card(server, cards[3], create("with a closed todo of theirs", Some(manager)));
        world.manager.card(server, cards[3], todo(part, "Call", restricted));
        world.manager.card(server, cards[3], CardCommand::Close(part, Outcome::Success));
        world.manager.card(server, cards[4], create("another's", Some(manager)));
        world.manager.sync(server).await;
        let held = world.manager.held.clone();
        for phone in [&mut world.admin, &mut world.user, &mut world.restricted] {
            phone.sync(server).await;
            let sees: Vec<bool> = cards.iter().map(|card| phone.held.contains_key(card)).collect();
            let is_restricted = phone.user == restricted;
            let expected = if is_restricted { [true, true, true, false, false] } else { [true; 5] };
            assert_eq!(sees, expected);
            assert_eq!(phone.digest, Some(phone.own_digest()));
            phone.held = held.clone();
            for card in &cards {
                phone.card(server, *card, CardCommand::SetField(roadbook_domain::value::id::FieldId::from_bytes([1; 16]), phone.user.to_string()));
            }
            let verdicts = phone.sync(server).await;
            for (verdict, sees) in verdicts.iter().zip(expected) {
                match verdict {
                    Verdict::Applied(_) => assert!(sees),
                    other => assert_eq!((other, sees), (&Verdict::Refused(RefusalCode::NotVisible), false)),
                }
            }
        }
    }

    async fn a_user_gets_the_whole_card_on_entering_and_keeps_only_their_closings_on_leaving(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, part) = (world.id(), world.part());
        let restricted = world.restricted.user;
        world.restricted.sync(server).await;
        world.user.card(server, card, create("Roof", Some(world.user.user)));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert!(!world.restricted.held.contains_key(&card));
        world.user.card(server, card, todo(part, "Call", restricted));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert_eq!(world.restricted.held[&card].rows(), world.user.held[&card].rows());
        // They close their last todo, and then write on the card, which they do not see any more by then.
        world.restricted.card(server, card, CardCommand::Close(part, Outcome::Success));
        world.restricted.card(server, card, CardCommand::Rename("Roof, called".into()));
        let verdicts = world.restricted.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
        assert!(!world.restricted.held.contains_key(&card));
        assert_eq!(world.restricted.closings[&card].len(), 1);
        assert_eq!(world.restricted.digest, Some(world.restricted.own_digest()));
        let now = roadbook_domain::value::env::Env::now(&*server.env);
        assert_eq!(world.restricted.state_hash(now), server_hash(server, &world.restricted).await);
        // A phone that starts anew has the closing, too.
        let mut fresh = Phone::new(server, "restricted@example.com", 9).await;
        fresh.sync(server).await;
        assert_eq!(fresh.closings, world.restricted.closings);
        assert_eq!(fresh.state_hash(now), world.restricted.state_hash(now));
        // Out and in again between two of their pulls: whole, with what happened meanwhile.
        world.user.sync(server).await;
        world.user.card(server, card, CardCommand::Reopen(part));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert!(world.restricted.held.contains_key(&card));
        for command in [CardCommand::Assign(part, None), CardCommand::Rename("Hidden".into()), CardCommand::Assign(part, Some(restricted))] {
            world.user.card(server, card, command);
            world.user.sync(server).await;
        }
        world.restricted.sync(server).await;
        assert_eq!(world.restricted.held[&card].rows(), world.user.held[&card].rows());
    }

    async fn a_late_edit_is_taken_within_seven_days_unless_it_widens_visibility_or_trashes(engine) {
        for (name, days, command, taken) in [
            ("a word", 6, CardCommand::Rename("Late".into()), true),
            ("a word too late", 8, CardCommand::Rename("Too late".into()), false),
            ("an owner", 1, CardCommand::SetOwner(None), false),
            ("the trash", 1, CardCommand::Trash, false),
        ] {
            let mut world = World::new(engine).await;
            let server = &world.server;
            let card = world.id();
            world.user.card(server, card, create("Roof", Some(world.restricted.user)));
            world.user.sync(server).await;
            world.restricted.sync(server).await;
            // Of two owners given at once, theirs is the one that shows.
            world.restricted.actor = Actor([0xff; 16]);
            world.restricted.card(server, card, command);
            world.user.card(server, card, CardCommand::SetOwner(Some(world.user.user)));
            world.user.sync(server).await;
            server.env.advance(days * DAY);
            world.restricted.token = Phone::new(server, "restricted@example.com", 4).await.token;
            let verdicts = world.restricted.sync(server).await;
            match verdicts[..] {
                [Verdict::Applied(_)] => assert!(taken, "{name}"),
                [Verdict::Refused(RefusalCode::RightLost)] => assert!(!taken, "{name}"),
                _ => panic!("{name}: {verdicts:?}"),
            }
            assert!(!world.restricted.held.contains_key(&card), "{name}");
            assert_eq!(world.restricted.digest, Some(world.restricted.own_digest()), "{name}");
        }
    }

    async fn a_user_who_sees_a_card_sees_the_contacts_it_links_to_directly_or_through_a_contact(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, person, company) = (world.id(), world.id(), world.id());
        let (restricted, user) = (world.restricted.user, world.user.user);
        world.restricted.sync(server).await;
        world.user.contact(server, person, ContactCommand::Create(ContactSort::Person));
        world.user.contact(server, company, ContactCommand::Create(ContactSort::Company));
        world.user.contact(server, person, ContactCommand::Link { role: "employer".into(), target: company });
        world.user.card(server, card, create("Roof", Some(restricted)));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        let sees = |phone: &Phone| [card, person, company].map(|id| phone.held.contains_key(&id));
        assert_eq!(sees(&world.restricted), [true, false, false]);
        world.user.card(server, card, CardCommand::Link { role: "customer".into(), target: person });
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert_eq!(sees(&world.restricted), [true; 3]);
        assert_eq!(world.restricted.digest, Some(world.restricted.own_digest()));
        let link = PartId::derived(&[b"employer", company.as_bytes()]);
        world.user.contact(server, person, ContactCommand::Unlink(link));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert_eq!(sees(&world.restricted), [true, true, false]);
        world.user.card(server, card, CardCommand::SetOwner(Some(user)));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert_eq!(sees(&world.restricted), [false; 3]);
        world.user.card(server, card, CardCommand::SetOwner(None));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert_eq!(sees(&world.restricted), [true, true, false]);
        assert_eq!(world.restricted.digest, Some(world.restricted.own_digest()));
        world.user.sync(server).await;
        assert_eq!(world.user.digest, Some(world.user.own_digest()));
    }

    async fn a_restricted_user_links_only_to_contacts_that_they_see_or_make_in_the_same_push(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, hidden, made) = (world.id(), world.id(), world.id());
        let (hidden_card, not_there) = (world.id(), world.id());
        world.user.contact(server, hidden, ContactCommand::Create(ContactSort::Person));
        world.user.card(server, hidden_card, create("Hidden", Some(world.user.user)));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        world.restricted.card(server, card, create("Mine", Some(world.restricted.user)));
        world.restricted.sync(server).await;
        for target in [hidden, not_there, hidden_card] {
            let before = world.restricted.held[&card].clone();
            world.restricted.card(server, card, CardCommand::Link { role: "customer".into(), target });
            assert_eq!(world.restricted.sync(server).await, [Verdict::Refused(RefusalCode::LinkNotVisible)]);
            world.restricted.held.insert(card, before);
        }
        world.restricted.card(server, card, CardCommand::Link { role: "customer".into(), target: made });
        world.restricted.contact(server, made, ContactCommand::Create(ContactSort::Person));
        let verdicts = world.restricted.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
        assert!(!world.restricted.held.contains_key(&hidden));
        assert_eq!(world.restricted.digest, Some(world.restricted.own_digest()));
    }

    async fn a_link_written_as_a_long_text_makes_nothing_visible_and_no_text_freezes_a_register(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (mine, hidden) = (world.id(), world.id());
        world.user.contact(server, hidden, ContactCommand::Create(ContactSort::Person));
        world.user.sync(server).await;
        world.restricted.card(server, mine, create("Mine", Some(world.restricted.user)));
        world.restricted.sync(server).await;
        let link = format!("customer {hidden}");
        for (container, name, text) in [
            (card::LINKS, "AAAAAAAA/to", link.as_str()),
            (card::TODOS, "AAAAAAAA/contact", &hidden.to_string()),
            (card::CARD, "trash", roadbook_domain::value::trash::TRASHED),
        ] {
            let mut document = world.restricted.held[&mine].document.clone();
            let mut draft = Draft::new(&mut document, world.restricted.actor, server.env.now_stamp());
            draft.edit_text(container, name, text);
            world.restricted.enqueue(mine, DocumentTypeId::CARD, &draft.finish().unwrap());
            assert_eq!(world.restricted.sync(server).await, [Verdict::Refused(RefusalCode::Policy)], "{name}");
            assert!(!world.restricted.held.contains_key(&hidden), "{name}");
        }
        world.restricted.sync(server).await;
        assert_eq!(world.restricted.digest, Some(world.restricted.own_digest()));
    }

    async fn private_documents_are_for_their_user_alone_and_the_inbox_card_is_never_trashed(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let user = world.user.user;
        let (own, inbox) = (user_document_id(user), inbox_id(user));
        world.user.sync(server).await;
        world.user.own(server, own, UserCommand::Prefer("theme".into(), "dark".into()));
        world.user.card(server, inbox, CardCommand::Rename("Inbox".into()));
        let verdicts = world.user.sync(server).await;
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Applied(_))), "{verdicts:?}");
        let held = world.user.held.clone();
        for phone in [&mut world.admin, &mut world.restricted] {
            phone.sync(server).await;
            assert!(!phone.held.contains_key(&own) && !phone.held.contains_key(&inbox));
            phone.held = held.clone();
            phone.card(server, inbox, CardCommand::Rename("Mine".into()));
            phone.own(server, own, UserCommand::Prefer("theme".into(), "light".into()));
            let of_nobody = user_document_id(UserId::from_bytes([9; 16]));
            phone.own(server, of_nobody, UserCommand::Prefer("a".into(), "b".into()));
            let verdicts = phone.sync(server).await;
            let not_visible = Verdict::Refused(RefusalCode::NotVisible);
            assert_eq!(verdicts, [not_visible.clone(), not_visible.clone(), not_visible]);
        }
        let mut second = Phone::new(server, "user@example.com", 8).await;
        second.sync(server).await;
        assert_eq!(second.held[&own].rows(), world.user.held[&own].rows());
        assert_eq!(second.digest, Some(second.own_digest()));
        world.user.card(server, inbox, CardCommand::Trash);
        assert_eq!(world.user.sync(server).await, [Verdict::Refused(RefusalCode::NotAllowed)]);
    }

    async fn a_new_user_finds_their_own_document_and_inbox_card_which_nobody_else_sees(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        for phone in [&mut world.admin, &mut world.manager, &mut world.user, &mut world.restricted] {
            phone.sync(server).await;
            let own = [user_document_id(phone.user), inbox_id(phone.user)];
            assert_eq!(phone.held.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from(own));
            let inbox = &phone.held[&own[1]];
            let Rows::Card(row, facts) = inbox.rows() else { panic!("the inbox is a card") };
            let (product, owner) = (row.product, row.owner);
            assert_eq!((product, owner), (Some(INBOX_PRODUCT), Some(phone.user)));
            assert_eq!(row.name, if phone.user == server.created.admin { "Beérkező" } else { "Inbox" });
            assert!(row.todos.is_empty() && row.conflicts == 0);
            assert_eq!(facts.iter().map(|fact| fact.by).collect::<BTreeSet<_>>(), BTreeSet::from([None]));
            assert_eq!(phone.digest, Some(phone.own_digest()));
            let now = roadbook_domain::value::env::Env::now(&*server.env);
            assert_eq!(phone.state_hash(now), server_hash(server, phone).await);
        }
        let mut conn = server.state.db().read().await.unwrap();
        let stored = documents::get(&mut conn, server.created.org, &[inbox_id(world.user.user)]).await.unwrap();
        assert_eq!((stored[0].creator, stored[0].scope), (Some(world.user.user), Scope::Private(world.user.user)));
    }

    async fn own_documents_that_a_phone_began_before_it_had_them_merge_with_the_servers(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let phone = &mut world.user;
        let (own, inbox) = (user_document_id(phone.user), inbox_id(phone.user));
        phone.own(server, own, UserCommand::Prefer("theme".into(), "dark".into()));
        phone.card(server, inbox, create("Mine", Some(phone.user)));
        let verdicts = phone.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
        assert_eq!(phone.held[&own].document.heads().len(), 2, "the server's and the phone's");
        assert_eq!(phone.digest, Some(phone.own_digest()));
        let mut second = Phone::new(server, "user@example.com", 8).await;
        second.sync(server).await;
        assert_eq!(second.held[&inbox].rows(), phone.held[&inbox].rows());
        let of_another = Register { container: user_document::USER, name: "owner".into() };
        assert_eq!(second.held[&own].document.get(&of_another).unwrap().winner.value, phone.user.to_string());
        let mut third = Phone::new(server, "user@example.com", 9).await;
        third.own(server, own, UserCommand::Prefer("owner".into(), world.manager.user.to_string()));
        assert_eq!(third.sync(server).await, [Verdict::Refused(RefusalCode::Policy)]);
    }

    async fn a_closing_is_retained_for_the_user_who_closed_even_if_another_is_the_assignee(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, part) = (world.id(), world.part());
        let (user, restricted) = (world.user.user, world.restricted.user);
        world.user.card(server, card, create("Roof", None));
        world.user.card(server, card, todo(part, "Call", user));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        // The todo is given to another while it is closed.
        world.user.card(server, card, CardCommand::Assign(part, Some(world.manager.user)));
        world.restricted.card(server, card, CardCommand::Close(part, Outcome::Success));
        world.restricted.sync(server).await;
        world.user.card(server, card, CardCommand::SetOwner(Some(user)));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert!(!world.restricted.held.contains_key(&card));
        assert_eq!(world.restricted.closings[&card].iter().map(|(todo, _)| *todo).collect::<Vec<_>>(), [part]);
        let now = roadbook_domain::value::env::Env::now(&*server.env);
        let fresh = Phone::new(server, "restricted@example.com", 9).await;
        for mut phone in [fresh, world.restricted, world.user, world.manager] {
            phone.sync(server).await;
            let is_closer = phone.user == restricted;
            assert_eq!(phone.closings.values().map(Vec::len).sum::<usize>(), usize::from(is_closer));
            assert_eq!(phone.state_hash(now), server_hash(server, &phone).await);
        }
    }

    async fn a_user_who_reopens_by_a_late_edit_what_they_closed_retains_it_no_more(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, own, of_other) = (world.id(), world.part(), world.part());
        let (user, phone) = (world.user.user, &mut world.restricted);
        phone.sync(server).await;
        let mut second = Phone::new(server, "restricted@example.com", 9).await;
        world.user.card(server, card, create("Roof", Some(user)));
        world.user.card(server, card, todo(own, "Call", phone.user));
        world.user.card(server, card, todo(of_other, "Reupload", user));
        world.user.sync(server).await;
        phone.sync(server).await;
        phone.card(server, card, CardCommand::Close(of_other, Outcome::Success));
        phone.sync(server).await;
        second.sync(server).await;
        phone.card(server, card, CardCommand::Close(own, Outcome::Success));
        phone.sync(server).await;
        assert_eq!(phone.closings[&card].len(), 2);
        second.card(server, card, CardCommand::Reopen(of_other));
        let verdicts = second.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_)]), "{verdicts:?}");
        let now = roadbook_domain::value::env::Env::now(&*server.env);
        for phone in [phone, &mut second] {
            phone.sync(server).await;
            assert_eq!(phone.closings[&card].iter().map(|(todo, _)| *todo).collect::<Vec<_>>(), [own]);
            assert_eq!(phone.state_hash(now), server_hash(server, phone).await);
        }
    }

    async fn a_todo_closed_in_the_inbox_counts_once_and_a_todo_of_another_there_is_not_in_today(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let inbox = inbox_id(world.restricted.user);
        let (own, others) = (world.part(), world.part());
        world.restricted.sync(server).await;
        world.restricted.card(server, inbox, todo(own, "Call", world.restricted.user));
        world.restricted.card(server, inbox, todo(others, "Help", world.user.user));
        world.restricted.sync(server).await;
        world.restricted.card(server, inbox, CardCommand::Close(own, Outcome::Success));
        world.restricted.card(server, inbox, CardCommand::Close(others, Outcome::Success));
        world.restricted.sync(server).await;
        let now = roadbook_domain::value::env::Env::now(&*server.env);
        let mut fresh = Phone::new(server, "restricted@example.com", 9).await;
        for phone in [&mut world.restricted, &mut fresh, &mut world.user] {
            phone.sync(server).await;
            assert!(phone.closings.is_empty());
            assert_eq!(phone.state_hash(now), server_hash(server, phone).await);
        }
        assert!(!world.user.held.contains_key(&inbox));
    }

    async fn another_role_adds_or_removes_whole_scopes_at_the_next_exchange(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let token = server.admin().await.unwrap();
        let cards: Vec<_> = (0..30).map(|_| DocumentId::new(&*server.env)).collect();
        for (i, card) in cards.iter().enumerate() {
            let owner = if i % 3 == 0 { world.restricted.user } else { world.user.user };
            world.user.card(server, *card, create("Card", Some(owner)));
        }
        world.user.sync(server).await;
        let phone = &mut world.restricted;
        phone.budget = Some(1);
        phone.sync(server).await;
        assert_eq!(phone.shared().len(), 10);
        set_role(server, &token, phone, "user").await;
        phone.token = Phone::new(server, "restricted@example.com", 4).await.token;
        world.user.card(server, cards[1], CardCommand::Rename("Meanwhile".into()));
        world.user.sync(server).await;
        phone.sync(server).await;
        assert_eq!(phone.shared().len(), 30);
        assert_eq!(phone.digest, Some(phone.own_digest()));
        set_role(server, &token, phone, "restricted").await;
        phone.token = Phone::new(server, "restricted@example.com", 4).await.token;
        // Made while they were not Restricted, of a card that they lost with their role: taken for seven days.
        phone.card(server, cards[2], CardCommand::Rename("Late".into()));
        let verdicts = phone.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_)]), "{verdicts:?}");
        assert_eq!(phone.shared().len(), 10);
        assert_eq!(phone.digest, Some(phone.own_digest()));
    }

    async fn a_role_that_changes_in_the_middle_of_a_first_sync_leaves_nothing_out(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let token = server.admin().await.unwrap();
        let card = world.id();
        world.manager.card(server, card, create("Card", Some(world.user.user)));
        world.manager.sync(server).await;
        let phone = &mut world.user;
        phone.budget = Some(1);
        let (more, _) = phone.step(server).await;
        assert!(more && phone.settings_rows().len() < world.manager.settings_rows().len(), "only some settings");
        set_role(server, &token, phone, "restricted").await;
        phone.token = Phone::new(server, "user@example.com", 3).await.token;
        phone.sync(server).await;
        // Without the import key.
        assert_eq!(phone.settings_rows().len() + 1, world.manager.settings_rows().len());
        assert_eq!(phone.shared(), [card]);
        let now = roadbook_domain::value::env::Env::now(&*server.env);
        assert_eq!(phone.state_hash(now), server_hash(server, phone).await);
    }

    async fn the_import_key_reaches_those_who_may_import_from_when_to_when_they_may(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let token = server.admin().await.unwrap();
        let now = roadbook_domain::value::env::Env::now(&*server.env);
        let (admin, manager) = (&mut world.admin, &mut world.manager);
        // One installation has one session: that of the token above.
        admin.token.clone_from(&token);
        let (user, restricted) = (&mut world.user, &mut world.restricted);
        for (phone, may) in [(admin, true), (manager, true), (restricted, false)] {
            phone.sync(server).await;
            assert_eq!(phone.settings.import_key().is_some(), may);
        }
        for (role, may) in [("user", false), ("manager", true), ("user", false), ("manager", true), ("restricted", false)] {
            set_role(server, &token, user, role).await;
            user.token = Phone::new(server, "user@example.com", 3).await.token;
            user.received.clear();
            user.sync(server).await;
            assert_eq!(user.settings.import_key().is_some(), may, "{role}");
            assert_eq!(user.state_hash(now), server_hash(server, user).await, "{role}");
        }
    }

    async fn a_purge_reaches_every_phone_and_the_id_is_never_used_again(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, person) = (world.id(), world.id());
        world.user.contact(server, person, ContactCommand::Create(ContactSort::Person));
        world.user.card(server, card, create("Secret words", Some(world.restricted.user)));
        world.user.card(server, card, CardCommand::Link { role: "customer".into(), target: person });
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert_eq!(world.restricted.shared().len(), 2);
        let claim = crate::auth::Claim::of(server.state.gate(), &world.admin.token).unwrap();
        crate::sync::purge(server.state.engine(), &claim, card).await.unwrap();
        world.user.card(server, card, CardCommand::Rename("More".into()));
        assert_eq!(world.user.sync(server).await, [Verdict::Refused(RefusalCode::Purged)]);
        world.restricted.sync(server).await;
        for phone in [&world.user, &world.restricted] {
            assert_eq!(phone.purged, [card]);
            assert_eq!(phone.digest, Some(phone.own_digest()));
        }
        assert!(world.restricted.shared().is_empty(), "its contact is not visible any more either");
        assert_eq!(world.user.shared().len(), 1);
        let mut fresh = Phone::new(server, "user@example.com", 9).await;
        fresh.sync(server).await;
        assert_eq!(fresh.digest, Some(fresh.own_digest()));
    }
}

pub(super) async fn set_role(server: &Server, token: &str, phone: &Phone, role: &str) {
    let path = format!("/v1/users/{}", phone.user);
    let known = server.send(axum::http::Method::GET, "/v1/users", token, None).await.unwrap();
    let users = known.body.as_array().unwrap();
    let mut user = users.iter().find(|user| user["id"] == phone.user.to_string()).unwrap().clone();
    user["role"] = role.into();
    let answer = server.send(axum::http::Method::PUT, &path, token, Some(user)).await.unwrap();
    assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.body);
}
