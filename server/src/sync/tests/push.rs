//! How pushes are judged: honest ones, repeated ones and forged ones.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use futures_util::stream;
use http_body_util::BodyExt;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::canonical::Canonical;
use roadbook_domain::document::change::{Change, Op};
use roadbook_domain::document::{Document, DocumentType, Origin, OriginKind};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::FieldId;
use roadbook_domain::wire::{RefusalCode, SyncRequest, SyncResponse, Verdict, from_frame, to_frame};
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::*;
use crate::store::whole_log;
use crate::sync::soundness;
use crate::{app, on_both};

on_both! {
    async fn an_edit_reaches_every_phone_that_sees_it_and_a_reconnect_with_nothing_new_is_small(engine) {
        let mut world = World::new(engine).await;
        let card = world.id();
        let server = &world.server;
        world.user.sync(server).await;
        world.admin.sync(server).await;
        world.user.card(server, card, create("Roof", Some(world.user.user)));
        world.user.card(server, card, CardCommand::Rename("New roof".into()));
        let verdicts = world.user.sync(server).await;
        assert!(matches!(verdicts[..], [Verdict::Applied(_), Verdict::Applied(_)]), "{verdicts:?}");
        world.admin.sync(server).await;
        world.manager.sync(server).await;
        world.restricted.sync(server).await;
        for (phone, sees) in [(&world.user, true), (&world.admin, true), (&world.manager, true), (&world.restricted, false)] {
            assert_eq!(phone.held.contains_key(&card), sees);
            assert_eq!(phone.digest, Some(phone.own_digest()));
        }
        assert_eq!(world.admin.held[&card].rows(), world.user.held[&card].rows());
        let request = world.admin.request();
        let answer = world.admin.send(server, &request).await;
        assert!(answer.entries.is_empty() && !answer.more && answer.cursor.is_none());
        let (_, bytes) = world.admin.send_raw(server, to_frame(&request)).await;
        assert!(bytes.len() < 100, "{} bytes", bytes.len());
    }

    async fn a_push_repeated_after_a_lost_answer_is_answered_that_the_changes_are_there(engine) {
        let mut world = World::new(engine).await;
        let card = world.id();
        let server = &world.server;
        world.user.card(server, card, create("Roof", None));
        world.user.card(server, card, CardCommand::Rename("New roof".into()));
        let lost = world.user.request();
        let first = world.user.send(server, &lost).await;
        let [Verdict::Applied(one), Verdict::Applied(two)] = first.verdicts[0].verdicts[..] else { panic!() };
        world.user.card(server, card, CardCommand::Rename("Newer roof".into()));
        let verdicts = world.user.sync(server).await;
        assert_eq!(verdicts[..2], [Verdict::Dup(one), Verdict::Dup(two)]);
        assert!(matches!(verdicts[2], Verdict::Applied(_)));
        assert_eq!(world.user.digest, Some(world.user.own_digest()));
    }

    async fn phones_that_push_to_one_card_at_once_and_twice_lose_nothing_and_write_nothing_twice(engine) {
        const ROUNDS: usize = 6;
        let mut world = World::new(engine).await;
        let card = world.id();
        let server = &world.server;
        world.user.card(server, card, create("Roof", Some(world.restricted.user)));
        assert!(matches!(world.user.sync(server).await[..], [Verdict::Applied(_)]));
        let mut phones = vec![world.manager, world.user, world.restricted];
        for (role, installation) in [("manager", 12), ("user", 13), ("restricted", 14)] {
            phones.push(Phone::new(server, &format!("{role}@example.com"), installation).await);
        }
        for phone in &mut phones {
            phone.sync(server).await;
        }
        // The numbers that the phones were told, each with the check of its change.
        let mut told = Vec::new();
        for round in 0..ROUNDS {
            server.env.advance(1_000);
            for (place, phone) in phones.iter_mut().enumerate() {
                phone.card(server, card, CardCommand::Rename(format!("Roof {round} of phone {place}")));
                let own = match u8::try_from(place).unwrap() {
                    odd if odd % 2 == 1 => todo(PartId::new(&*server.env), "Call", phone.user),
                    even => CardCommand::SetField(FieldId::from_bytes([even; 16]), round.to_string()),
                };
                phone.card(server, card, own);
            }
            // Each tries again before it has an answer. A request meets six other commits at most, fewer than the
            // times that it is judged (`ATTEMPTS`), so none is left for later.
            let sent: Vec<_> = phones.iter().chain(&phones).map(|phone| exchanging(server, phone)).collect();
            let mut answers = Vec::new();
            for answer in sent {
                answers.push(answer.await.unwrap());
            }
            let (once, again) = answers.split_at(phones.len());
            for ((phone, once), again) in phones.iter_mut().zip(once).zip(again) {
                let both = taken(once).into_iter().zip(taken(again));
                for (pushed, ((seq, is_new), other)) in phone.outbox[0].changes.iter().zip(both) {
                    assert_eq!(other, (seq, !is_new), "one request wrote it, and the other found it there");
                    told.push((seq, pushed.check.to_vec()));
                }
                phone.outbox.clear();
                // One of the two answers is lost.
                let answer = if round % 2 == 0 { once } else { again };
                assert!(!phone.take(server, answer.clone()), "nothing more is to come");
                assert_eq!(phone.digest, Some(phone.own_digest()));
            }
        }
        assert_eq!(told.len(), ROUNDS * phones.len() * 2);

        let mut conn = server.state.db().read().await.unwrap();
        let log = whole_log::linked(&mut conn, server.state.org(), 0, 10_000).await.unwrap();
        assert!((1..).zip(&log).all(|(seq, entry)| entry.seq == seq), "no number is left out or given twice");
        let of_card: Vec<_> = log.iter().filter(|entry| entry.document == card.uuid()).collect();
        // The first one made the card.
        let logged = of_card[1..].iter().map(|entry| (entry.seq.unsigned_abs(), entry.hash[..8].to_vec()));
        told.sort_unstable();
        assert_eq!(logged.collect::<Vec<_>>(), told);
        let found = soundness::look(&mut conn, server.state.org(), server.env.now()).await.unwrap();
        assert_eq!(found, None);
        drop(conn);

        let kind = DocumentType::get(roadbook_domain::document::DocumentTypeId::CARD).unwrap();
        let mut replayed = Document::new(kind);
        for entry in of_card {
            let change = Change::from_bytes(&entry.bytes).unwrap();
            replayed.apply_canonical(vec![Canonical::of(kind, &change).unwrap()]).unwrap();
        }
        phones.push(world.admin);
        for (role, installation) in [("user", 23), ("restricted", 24)] {
            phones.push(Phone::new(server, &format!("{role}@example.com"), installation).await);
        }
        for phone in &mut phones {
            phone.sync(server).await;
            assert_eq!(phone.held[&card].document.heads(), replayed.heads());
            assert_eq!(phone.digest, Some(phone.own_digest()));
            assert_eq!(phone.state_hash(server.env.now()), server_hash(server, phone).await);
        }
        let first = &phones[0].held[&card];
        for phone in &phones {
            let held = &phone.held[&card];
            assert_eq!((held.rows(), &held.authors), (first.rows(), &first.authors));
        }
        let Rows::Card(row, _) = first.rows() else { panic!("a card") };
        let last = (ROUNDS - 1).to_string();
        assert!(row.name.starts_with(&format!("Roof {last} of phone ")), "{}", row.name);
        assert_eq!(row.fields.iter().filter(|(_, value)| *value == last).count(), 3);
        assert_eq!((row.fields.len(), row.todos.len()), (3, 3 * ROUNDS));
    }

    async fn one_bad_change_costs_the_rest_of_its_group_and_no_other(engine) {
        let mut world = World::new(engine).await;
        let (good, bad) = (world.id(), world.id());
        let server = &world.server;
        world.user.card(server, bad, create("Bad", None));
        world.user.card(server, bad, CardCommand::Rename("Worse".into()));
        world.user.card(server, bad, CardCommand::Rename("Worst".into()));
        world.user.card(server, good, create("Good", None));
        world.user.outbox[0].changes[1].change.pop();
        let verdicts = world.user.sync(server).await;
        assert!(matches!(verdicts[0], Verdict::Applied(_)));
        assert_eq!(verdicts[1..3], [Verdict::Refused(RefusalCode::Malformed), Verdict::NotReached]);
        assert!(matches!(verdicts[3], Verdict::Applied(_)));
    }

    async fn a_device_claims_no_act_but_its_users(engine) {
        let mut world = World::new(engine).await;
        let cases = [
            (OriginKind::IMPORT, None),
            (OriginKind::BULK, None),
            (OriginKind::REPLAYED, None),
            (OriginKind(0), Some(Verdict::Refused(RefusalCode::Malformed))),
            (OriginKind::AUTOMATION, Some(Verdict::Refused(RefusalCode::Policy))),
            (OriginKind::CALENDAR, Some(Verdict::Refused(RefusalCode::Policy))),
            // A newer app knows more acts than this server.
            (OriginKind(900), Some(Verdict::UpgradeRequired)),
        ];
        for (kind, refusal) in cases {
            let card = world.id();
            let server = &world.server;
            world.user.card(server, card, create("Roof", None));
            world.user.outbox[0].changes[0].origin = Some(Origin { kind, id: [1; 16] });
            let request = world.user.request();
            world.user.outbox.clear();
            let answer = world.user.send(server, &request).await;
            let verdict = &answer.verdicts[0].verdicts[0];
            match refusal {
                None => assert!(matches!(verdict, Verdict::Applied(_)), "{kind:?} {verdict:?}"),
                Some(refusal) => assert_eq!(*verdict, refusal, "{kind:?}"),
            }
        }
    }

    async fn forged_changes_are_refused_each_with_its_reason(engine) {
        let mut world = World::new(engine).await;
        let card = world.id();
        let server = &world.server;
        world.user.card(server, card, create("Roof", None));
        world.user.sync(server).await;
        world.admin.sync(server).await;
        let honest = {
            let mut trial = Phone::new(server, "user@example.com", 3).await;
            trial.held = world.user.held.clone();
            trial.actor = world.user.actor;
            trial.card(server, card, CardCommand::Rename("Honest".into()));
            Change::from_bytes(&trial.outbox[0].changes[0].change).unwrap()
        };
        let forge = |act: fn(&mut Change)| {
            let mut change = honest.clone();
            act(&mut change);
            change
        };
        let malformed = Verdict::Refused(RefusalCode::Malformed);
        for (name, change, expected) in [
            ("a gap in its actor's line", forge(|c| c.seq += 1), malformed.clone()),
            ("a number that is taken", forge(|c| c.seq -= 1), Verdict::ActorFork),
            ("an operation counter far ahead", forge(|c| c.start_op = u32::MAX - 9), malformed.clone()),
            ("a replaced value that never was", forge(|c| match &mut c.ops[0] {
                Op::Put { pred, .. } => pred[0].counter += 1,
                _ => unreachable!(),
            }), malformed.clone()),
            ("a container that is not", forge(|c| match &mut c.ops[0] {
                Op::Put { register, .. } => register.container = 9,
                _ => unreachable!(),
            }), malformed.clone()),
            ("dependencies that are not here", forge(|c| c.deps[0].0[0] ^= 1), Verdict::Needs(vec![{
                let mut hash = honest.deps[0];
                hash.0[0] ^= 1;
                hash
            }])),
            ("an owner who is no id", forge(|c| c.ops = vec![Op::Put {
                register: roadbook_domain::document::change::Register { container: 0, name: "status".into() },
                value: "no id".into(),
                pred: vec![],
            }]), Verdict::Refused(RefusalCode::Policy)),
        ] {
            let mut phone = Phone::new(server, "user@example.com", 3).await;
            phone.enqueue(card, roadbook_domain::document::DocumentTypeId::CARD, &change);
            assert_eq!(phone.sync(server).await, std::slice::from_ref(&expected), "{name}");
        }
        let mut thief = Phone::new(server, "manager@example.com", 2).await;
        thief.enqueue(card, roadbook_domain::document::DocumentTypeId::CARD, &honest);
        assert_eq!(thief.sync(server).await, [Verdict::Refused(RefusalCode::ForeignActor)]);
        let mut wrong_hash = Phone::new(server, "user@example.com", 3).await;
        wrong_hash.enqueue(card, roadbook_domain::document::DocumentTypeId::CARD, &honest);
        wrong_hash.outbox[0].changes[0].check[0] ^= 1;
        assert_eq!(wrong_hash.sync(server).await, [malformed]);
        let mut unknown = Phone::new(server, "user@example.com", 3).await;
        unknown.enqueue(card, roadbook_domain::document::DocumentTypeId::CARD, &honest);
        unknown.outbox[0].kind = roadbook_domain::document::DocumentTypeId(999);
        assert_eq!(unknown.sync(server).await, [Verdict::UpgradeRequired]);
        let mut other_kind = Phone::new(server, "user@example.com", 3).await;
        other_kind.enqueue(card, roadbook_domain::document::DocumentTypeId::CARD, &honest);
        other_kind.outbox[0].kind = roadbook_domain::document::DocumentTypeId::CONTACT;
        assert_eq!(other_kind.sync(server).await, [Verdict::Refused(RefusalCode::IdTaken)]);
        let mut honest_one = Phone::new(server, "user@example.com", 3).await;
        honest_one.enqueue(card, roadbook_domain::document::DocumentTypeId::CARD, &honest);
        assert!(matches!(honest_one.sync(server).await[..], [Verdict::Applied(_)]));
    }

    async fn a_user_who_loses_permissions_while_their_request_trickles_in_is_judged_without_them(engine) {
        let mut world = World::new(engine).await;
        let server = &world.server;
        let admin = server.admin().await.unwrap();
        let (mine, theirs) = (world.id(), world.id());
        world.user.card(server, mine, create("Late", None));
        world.manager.card(server, theirs, create("Late", None));
        let begin = |phone: &Phone| (to_frame(&phone.request()), phone.token.clone());
        let devices = server.send(Method::GET, "/v1/devices", &world.user.token, None).await.unwrap();
        let device = devices.body[0]["id"].as_str().unwrap().to_owned();
        let revoke = async {
            let path = format!("/v1/devices/{device}/revoke");
            let answer = server.send(Method::POST, &path, &admin, None).await.unwrap();
            assert!(answer.status.is_success(), "{answer:?}");
        };
        assert_eq!(trickle(server, begin(&world.user), revoke).await, (401, "session_over".into()));
        let demote = rights::set_role(server, &admin, &world.manager, "restricted");
        assert_eq!(trickle(server, begin(&world.manager), demote).await, (401, "unauthenticated".into()));
        world.restricted.sync(server).await;
        let held = &world.restricted.held;
        assert!(!held.contains_key(&mine) && !held.contains_key(&theirs));
    }

    async fn a_request_that_is_no_frame_or_too_large_is_refused_as_a_whole(engine) {
        let world = World::new(engine).await;
        let phone = &world.user;
        for body in [vec![], vec![0xff; 10], vec![0, 0xff], vec![1, 2, 3]] {
            assert_eq!(phone.send_raw(&world.server, body).await.0.as_u16(), 422);
        }
        let bomb = to_frame(&SyncRequest {
            push: vec![roadbook_domain::wire::Pushed {
                document: world.id(),
                kind: roadbook_domain::document::DocumentTypeId::CARD,
                changes: vec![roadbook_domain::wire::PushedChange {
                    change: vec![7; 50 << 20],
                    check: [0; 8].into(),
                    origin: None,
                }],
            }],
            ..SyncRequest::default()
        });
        assert!(bomb.len() < 100_000);
        assert_eq!(phone.send_raw(&world.server, bomb).await.0.as_u16(), 413);
    }
}

/// Sends what a phone has to send, as a task of its own.
fn exchanging(server: &Server, phone: &Phone) -> JoinHandle<SyncResponse> {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/v1/sync")
        .header("authorization", format!("Bearer {}", phone.token))
        .body(Body::from(to_frame(&phone.request())))
        .unwrap();
    let app = app(server.state.clone());
    tokio::spawn(async move {
        let response = app.oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(status.as_u16(), 200, "{}", String::from_utf8_lossy(&bytes));
        from_frame::<SyncResponse>(&bytes, 64 << 20).unwrap()
    })
}

/// The numbers that an answer gives to pushed changes, all of which the log has, and whether they are new.
fn taken(answer: &SyncResponse) -> Vec<(u64, bool)> {
    let number = |verdict: &Verdict| match verdict {
        Verdict::Applied(seq) => (*seq, true),
        Verdict::Dup(seq) => (*seq, false),
        other => panic!("{other:?}"),
    };
    answer.verdicts.iter().flat_map(|group| &group.verdicts).map(number).collect()
}

/// Sends a request of which the last byte comes after something else has happened; answers the status and
/// the code of the error.
async fn trickle(
    server: &Server,
    (frame, token): (Vec<u8>, String),
    meanwhile: impl Future<Output = ()>,
) -> (u16, String) {
    let (send, receive) = tokio::sync::mpsc::channel::<Bytes>(2);
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    // The server asks for the body only after it has judged the caller.
    let seed: (_, Option<tokio::sync::oneshot::Sender<()>>) = (receive, Some(begun));
    let chunks = stream::unfold(seed, |(mut receive, mut begun)| async move {
        if let Some(begun) = begun.take() {
            begun.send(()).unwrap();
        }
        receive.recv().await.map(|bytes| (Ok::<_, std::convert::Infallible>(bytes), (receive, begun)))
    });
    let request = Request::builder()
        .method(Method::POST)
        .uri("/v1/sync")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from_stream(Box::pin(chunks)))
        .unwrap();
    let sending = async move {
        let mut rest = frame;
        let last = rest.split_off(rest.len() - 1);
        send.send(rest.into()).await.unwrap();
        has_begun.await.unwrap();
        meanwhile.await;
        send.send(last.into()).await.unwrap();
    };
    let (answer, ()) = tokio::join!(server.answer(request), sending);
    let answer = answer.unwrap();
    (answer.status.as_u16(), answer.code().to_owned())
}

#[tokio::test]
async fn a_push_that_meets_a_full_disk_waits_on_the_phone_and_what_is_new_comes_down() {
    let mut world = World::new(Engine::Sqlite).await;
    let (old, new) = (world.id(), world.id());
    let server = &world.server;
    world.user.sync(server).await;
    world.admin.card(server, old, create("Roof", None));
    world.admin.sync(server).await;
    world.user.card(server, new, create("Cellar", None));
    let request = world.user.request();
    let crate::store::Db::Sqlite { writer, .. } = server.state.db() else { unreachable!() };
    let fill = "create table filler (bytes blob); \
                create trigger full before insert on log begin insert into filler values (zeroblob(100000)); end; \
                pragma max_page_count = 1";
    sqlx::raw_sql(fill).execute(writer).await.unwrap();
    let answer = world.user.send(server, &request).await;
    assert_eq!(answer.verdicts[0].verdicts, [Verdict::NotReached]);
    assert!(!answer.entries.is_empty() && answer.cursor.is_some(), "reading goes on");
    sqlx::raw_sql("drop trigger full").execute(writer).await.unwrap();
    let verdicts = world.user.sync(server).await;
    assert!(matches!(verdicts[..], [Verdict::Applied(_)]), "{verdicts:?}");
}
