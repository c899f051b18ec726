//! What a push tells somebody about what they do not see, and in whose name it may speak.

use roadbook_domain::access::audience::{inbox_id, user_document_id};
use roadbook_domain::crm::card;
use roadbook_domain::crm::command::{Acting, CardCommand, ContactCommand, NewEntry, UserCommand};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::document::change::Actor;
use roadbook_domain::document::{DocumentTypeId, Origin, OriginKind};
use roadbook_domain::value::env::random;
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::wire::{Pushed, PushedChange, RefusalCode, Verdict};

use super::phone::Clock;
use super::rights::set_role;
use super::*;
use crate::on_both;

const DAY: i64 = 24 * 60 * 60 * 1000;

fn refused(code: RefusalCode) -> Verdict {
    Verdict::Refused(code)
}

fn linked(role: &str, target: DocumentId) -> CardCommand {
    CardCommand::Link { role: role.into(), target }
}

/// Pushes what is in the outbox, keeps what the phone held before, and answers the verdicts.
async fn probe(phone: &mut Phone, server: &Server) -> Vec<Verdict> {
    let request = phone.request();
    phone.outbox.clear();
    let answer = phone.send(server, &request).await;
    answer.verdicts.into_iter().flat_map(|group| group.verdicts).collect()
}

on_both! {
    async fn a_contact_that_was_refused_is_not_linkable(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (contact, card) = (world.id(), world.id());
        world.restricted.sync(server).await;
        let change = PushedChange { change: vec![0x80; 30], check: [0; 8].into(), origin: None };
        world.restricted.outbox =
            vec![Pushed { document: contact, kind: DocumentTypeId::CONTACT, changes: vec![change] }];
        world.restricted.card(server, card, create("Mine", Some(world.restricted.user)));
        world.restricted.card(server, card, linked("customer", contact));
        let verdicts = probe(&mut world.restricted, server).await;
        assert!(matches!(verdicts[..2], [Verdict::Refused(_), Verdict::Applied(_)]), "{verdicts:?}");
        assert_eq!(verdicts[2], refused(RefusalCode::LinkNotVisible));
        world.user.contact(server, contact, ContactCommand::Create(ContactSort::Person));
        world.user.sync(server).await;
        let mut fresh = Phone::new(server, "restricted@example.com", 9).await;
        fresh.sync(server).await;
        assert!(fresh.held.contains_key(&card) && !fresh.held.contains_key(&contact));
    }

    async fn what_is_linked_in_the_push_that_makes_it_is_taken_in_any_order(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, person, company, other) = (world.id(), world.id(), world.id(), world.id());
        let employer = |target| ContactCommand::Link { role: "employer".into(), target };
        let phone = &mut world.restricted;
        phone.sync(server).await;
        phone.card(server, card, create("Mine", Some(phone.user)));
        phone.card(server, card, linked("customer", person));
        phone.edit(person, DocumentTypeId::CONTACT, server.env.now_stamp(), |draft| {
            // One change makes the contact and links it.
            for command in [ContactCommand::Create(ContactSort::Person), employer(company)] {
                command.draft(draft, &Acting { by: UserId::from_bytes([0; 16]), now: Timestamp::from_millis(0), zone: Zone::UTC }).unwrap();
            }
        });
        phone.contact(server, company, ContactCommand::Create(ContactSort::Company));
        phone.contact(server, company, ContactCommand::Link { role: "contact".into(), target: other });
        phone.contact(server, other, ContactCommand::Create(ContactSort::Person));
        phone.contact(server, other, employer(company));
        let verdicts = phone.sync(server).await;
        assert_eq!(verdicts.len(), 7);
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Applied(_))), "{verdicts:?}");
        assert_eq!(phone.digest, Some(phone.own_digest()));
        // What they made and nothing links to is theirs to link later.
        let (card, alone) = (DocumentId::new(&*server.env), DocumentId::new(&*server.env));
        phone.contact(server, alone, ContactCommand::Create(ContactSort::Person));
        phone.sync(server).await;
        phone.card(server, card, create("Later", Some(phone.user)));
        phone.card(server, card, linked("customer", alone));
        let verdicts = phone.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
    }

    async fn a_restricted_user_does_not_climb_from_contact_to_contact(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (theirs, contacts) = (world.id(), [world.id(), world.id(), world.id()]);
        for contact in contacts {
            world.user.contact(server, contact, ContactCommand::Create(ContactSort::Person));
        }
        for pair in contacts.windows(2) {
            let next = ContactCommand::Link { role: "employer".into(), target: pair[1] };
            world.user.contact(server, pair[0], next);
        }
        world.user.card(server, theirs, create("Theirs", Some(world.restricted.user)));
        world.user.card(server, theirs, linked("customer", contacts[0]));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        assert_eq!(contacts.map(|id| world.restricted.held.contains_key(&id)), [true, true, false]);
        for (place, taken) in [(0, true), (1, false), (2, false)] {
            let card = world.id();
            world.restricted.card(server, card, create("Own", Some(world.restricted.user)));
            world.restricted.card(server, card, linked("customer", contacts[place]));
            let verdicts = probe(&mut world.restricted, server).await;
            assert_eq!(matches!(verdicts[1], Verdict::Applied(_)), taken, "{place}: {verdicts:?}");
        }
        // A contact that they see directly is no ladder either.
        let climbing = ContactCommand::Link { role: "friend".into(), target: contacts[1] };
        world.restricted.contact(server, contacts[0], climbing);
        assert_eq!(probe(&mut world.restricted, server).await, [refused(RefusalCode::LinkNotVisible)]);
        let mut fresh = Phone::new(server, "restricted@example.com", 9).await;
        fresh.sync(server).await;
        assert_eq!(contacts.map(|id| fresh.held.contains_key(&id)), [true, true, false]);
    }

    async fn a_hidden_document_is_answered_as_one_that_is_not_there(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (hidden, absent, gone) = (world.id(), world.id(), world.id());
        let product = INBOX_PRODUCT;
        for id in [hidden, gone] {
            world.user.card(server, id, create("Secret", Some(world.user.user)));
        }
        world.user.sync(server).await;
        let claim = crate::auth::Claim::of(server.state.gate(), &world.admin.token).unwrap();
        crate::sync::purge(server.state.engine(), &claim, gone).await.unwrap();
        world.restricted.sync(server).await;
        let held = world.user.held[&hidden].clone();
        let phone = &mut world.restricted;
        let other = roadbook_domain::value::id::ProductId::from_bytes([7; 16]);
        // Each probe as (name, made on what the colleague sees, document type, what it does).
        type Act = Box<dyn Fn(&mut roadbook_domain::document::draft::Draft<'_>)>;
        let put = |container: u8, name: &'static str, value: String| -> Act {
            Box::new(move |draft| draft.put(container, name, value.clone()))
        };
        let probes: Vec<(&str, bool, DocumentTypeId, Act)> = vec![
            ("the right product", false, DocumentTypeId::CARD, put(card::CARD, "product", product.to_string())),
            ("another product", false, DocumentTypeId::CARD, put(card::CARD, "product", other.to_string())),
            ("on its heads", true, DocumentTypeId::CARD, put(card::CARD, "name", "Mine".into())),
            ("as a contact", false, DocumentTypeId::CONTACT, put(0, "given", "Mine".into())),
            ("a wrong form", false, DocumentTypeId::CARD, put(card::CARD, "owner", "nobody".into())),
        ];
        for (name, on_heads, kind, act) in probes {
            let mut answers = Vec::new();
            for id in [hidden, absent, gone] {
                let mut told = Vec::new();
                // With an honest check and with a wrong one, so that nothing comes of it where there is nothing.
                for is_honest in [true, false] {
                    phone.actor = Actor(random(&*server.env));
                    phone.held.remove(&id);
                    if on_heads {
                        phone.held.insert(id, held.clone());
                    }
                    phone.edit(id, kind, server.env.now_stamp(), |draft| act(draft));
                    if is_honest && id == absent && !on_heads {
                        phone.outbox.clear();
                        continue;
                    }
                    if !is_honest {
                        phone.outbox[0].changes[0].check = [0; 8].into();
                    }
                    let verdicts = probe(phone, server).await;
                    if is_honest {
                        let malformed = name == "a wrong form";
                        let expected = if malformed { RefusalCode::Policy } else { RefusalCode::NotVisible };
                        assert_eq!(verdicts, [refused(expected)], "{name}");
                    } else {
                        told.extend(verdicts);
                    }
                }
                phone.held.remove(&id);
                answers.push(told);
            }
            assert_eq!(answers[0], answers[1], "{name}");
            assert_eq!(answers[2], answers[1], "{name}");
        }
    }

    async fn a_private_document_is_not_visible_to_others_whether_it_is_there_or_not(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let nobody = UserId::from_bytes([9; 16]);
        let user = world.user.user;
        for phone in [&mut world.admin, &mut world.restricted] {
            phone.sync(server).await;
            for of in [user, nobody] {
                phone.own(server, user_document_id(of), UserCommand::Prefer("owner".into(), of.to_string()));
            }
            phone.card(server, inbox_id(user), create("Mine", None));
            let not_visible = || refused(RefusalCode::NotVisible);
            assert_eq!(probe(phone, server).await, [not_visible(), not_visible(), not_visible()]);
            phone.card(server, user_document_id(user), create("Mine", None));
            phone.own(server, inbox_id(user), UserCommand::Prefer("a".into(), "b".into()));
            assert_eq!(probe(phone, server).await, [not_visible(), not_visible()]);
        }
    }

    async fn what_a_device_pushed_once_is_known_again_though_its_user_lost_the_card_and_its_cursor(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, part) = (world.id(), world.part());
        world.user.card(server, card, create("Roof", Some(world.user.user)));
        world.user.card(server, card, todo(part, "Call", world.restricted.user));
        world.user.sync(server).await;
        world.restricted.sync(server).await;
        world.restricted.card(server, card, CardCommand::Close(part, Outcome::Success));
        world.restricted.card(server, card, CardCommand::Rename("Called".into()));
        let request = world.restricted.request();
        // The answer is lost, and with it the cursor.
        world.restricted.send(server, &request).await;
        world.restricted.cursor = None;
        let verdicts = world.restricted.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Dup(one), Verdict::Dup(two)] if one > 0 && two > one), "{verdicts:?}");
        // Another device that sends the same bytes learns nothing.
        let mut second = Phone::new(server, "restricted@example.com", 9).await;
        second.outbox = request.push;
        let verdicts = second.sync(server).await;
        assert_eq!(verdicts, [refused(RefusalCode::ForeignActor), Verdict::NotReached]);
    }

    async fn the_days_for_late_edits_run_from_the_demotion_and_only_for_what_was_there(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (before, after) = (world.id(), world.id());
        let manager = world.manager.user;
        world.manager.card(server, before, create("Before", Some(manager)));
        world.manager.sync(server).await;
        world.user.sync(server).await;
        let (cursor, held) = (world.user.cursor.clone(), world.user.held.clone());
        let admin = server.admin().await.unwrap();
        set_role(server, &admin, &world.user, "restricted").await;
        world.manager.card(server, after, create("After", Some(manager)));
        world.manager.sync(server).await;
        let made_later = world.manager.held[&after].clone();
        for (days, expected) in [(6, None), (2, Some(RefusalCode::RightLost))] {
            server.env.advance(days * DAY);
            let admin = server.admin().await.unwrap();
            // Their row is edited, and it still says the same role.
            set_role(server, &admin, &world.user, "restricted").await;
            let mut phone = Phone::new(server, "user@example.com", 3).await;
            phone.cursor = cursor.clone();
            phone.held = held.clone();
            phone.held.insert(after, made_later.clone());
            phone.card(server, before, CardCommand::Rename("Late".into()));
            phone.card(server, after, CardCommand::Rename("Guessed".into()));
            let verdicts = probe(&mut phone, server).await;
            match (&verdicts[0], expected) {
                (Verdict::Applied(_), None) => {}
                (Verdict::Refused(code), Some(expected)) => assert_eq!(*code, expected),
                _ => panic!("{days}: {verdicts:?}"),
            }
            assert_eq!(verdicts[1], refused(RefusalCode::NotVisible), "{days}");
        }
    }

    async fn a_todo_is_closed_and_an_entry_written_in_nobody_elses_name(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let (card, part, admin, own) = (world.id(), world.part(), world.admin.user, world.user.user);
        world.user.card(server, card, create("Roof", None));
        world.user.card(server, card, todo(part, "Call", own));
        world.user.sync(server).await;
        let closed = |by| format!("closed#1;success;2026-11-22T09:00:00;UTC;{by}");
        let state = format!("{part}/state");
        let entry = |world: &World, by| {
            let at = Timestamp::from_millis(0);
            CardCommand::AddEntry(NewEntry {
                id: world.part(), kind: "note".into(), at, text: "90 % off".into(), by, person: None, place: String::new(),
            })
        };
        let before = world.user.held[&card].clone();
        for (name, commands, expected) in [
            ("another's closing", vec![CardCommand::Resolve(card::TODOS, state.clone(), closed(admin))], false),
            ("a closing beyond every clock", vec![CardCommand::Resolve(card::TODOS, state.clone(), format!("closed#1;success;2300-01-01T09:00:00;UTC;{own}"))], false),
            ("another's entry", vec![entry(&world, Some(admin))], false),
            ("their own entry", vec![entry(&world, Some(own))], true),
            ("an entry that names nobody", vec![entry(&world, None)], true),
            ("their own closing", vec![CardCommand::Resolve(card::TODOS, state.clone(), closed(own))], true),
        ] {
            if !expected {
                world.user.held.insert(card, before.clone());
                world.user.actor = Actor(random(&*server.env));
            }
            for command in commands {
                world.user.card(server, card, command);
            }
            let verdicts = probe(&mut world.user, server).await;
            match verdicts[..] {
                [Verdict::Applied(_)] => assert!(expected, "{name}"),
                [Verdict::Refused(RefusalCode::NotAllowed | RefusalCode::Policy)] => assert!(!expected, "{name}"),
                _ => panic!("{name}: {verdicts:?}"),
            }
            if !expected {
                world.user.held.insert(card, before.clone());
                world.user.actor = Actor(random(&*server.env));
            }
        }
        // Two closed it at once: to say which of them counts is no closing in another's name.
        let mut both = Vec::new();
        let second = world.part();
        world.manager.sync(server).await;
        world.manager.card(server, card, todo(second, "Write", own));
        world.manager.sync(server).await;
        world.admin.sync(server).await;
        for phone in [&mut world.manager, &mut world.admin] {
            phone.card(server, card, CardCommand::Close(second, Outcome::Success));
            both.push(phone.user);
        }
        world.manager.sync(server).await;
        world.admin.sync(server).await;
        world.user = Phone::new(server, "user@example.com", 3).await;
        world.user.sync(server).await;
        let register = roadbook_domain::document::change::Register { container: card::TODOS, name: format!("{second}/state") };
        let values = world.user.held[&card].document.get(&register).unwrap();
        assert_eq!(values.all().count(), 2);
        let theirs = values.losers[0].value.clone();
        world.user.card(server, card, CardCommand::Resolve(card::TODOS, register.name, theirs));
        let verdicts = world.user.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_)]), "{verdicts:?}");
    }

    async fn only_an_import_by_those_who_may_import_names_others(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let named = world.restricted.user;
        let origin = Origin { kind: OriginKind::IMPORT, id: [5; 16] };
        for (may, phone) in [(true, &mut world.manager), (false, &mut world.user)] {
            let (card, id) = (DocumentId::new(&*server.env), PartId::new(&*server.env));
            phone.card(server, card, create("Imported", None));
            phone.card(server, card, CardCommand::AddEntry(NewEntry {
                id, kind: "call".into(), at: Timestamp::from_millis(0), text: "Called".into(), by: Some(named), person: None, place: String::new(),
            }));
            phone.outbox[0].changes.iter_mut().for_each(|change| change.origin = Some(origin));
            let verdicts = probe(phone, server).await;
            assert_eq!(matches!(verdicts[1], Verdict::Applied(_)), may, "{verdicts:?}");
        }
    }
}
