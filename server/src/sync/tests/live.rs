//! The live channel over real sockets.

use std::time::Duration;

use futures_util::StreamExt;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::wire::{LiveFrame, Poke};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;
use crate::State;
use crate::auth::Claim;
use crate::live::{Looks, News, Watch};
use crate::on_both;
use crate::store::organisation;

/// Far longer than anything here takes; only a failing test waits for it.
const LONG: Duration = Duration::from_secs(20);

on_both! {
    async fn a_socket_hears_of_what_others_did_and_not_of_its_own_devices_exchange(engine) {
        let mut world = World::new(engine).await;
        let served = Served::new(&world.server).await;
        let card = world.id();
        let mut socket = served.connect(&world.admin.token).await;
        let first = poke(&mut socket).await;
        world.admin.card(&world.server, card, create("Roof", None));
        world.admin.sync(&world.server).await;
        world.user.sync(&world.server).await;
        world.user.card(&world.server, card, CardCommand::Rename("New roof".into()));
        world.user.sync(&world.server).await;
        assert_eq!(poke(&mut socket).await, first + 2, "one poke, for the second entry");
        served.stop().await;
        assert!(matches!(timeout(LONG, socket.next()).await.unwrap(), None | Some(Ok(Message::Close(_)) | Err(_))));
    }

    async fn a_stranger_gets_no_socket_and_a_user_whose_session_ends_loses_theirs(engine) {
        let world = World::new(engine).await;
        let served = Served::new(&world.server).await;
        for token in ["", "not.a.token"] {
            let Err(Error::Http(answer)) = connect_async(served.request(token)).await else { panic!("{token}") };
            assert_eq!(answer.status().as_u16(), 401);
        }
        let mut socket = served.connect(&world.user.token).await;
        poke(&mut socket).await;
        set_password(&world).await;
        look(&world.server.state).await;
        let end = loop {
            match timeout(LONG, socket.next()).await.unwrap() {
                Some(Ok(Message::Binary(_) | Message::Ping(_))) => {}
                other => break other,
            }
        };
        assert!(matches!(end, None | Some(Ok(Message::Close(_)) | Err(_))), "{end:?}");
        served.stop().await;
    }

    async fn a_client_that_can_set_no_header_gives_its_token_as_a_subprotocol_which_is_never_answered(engine) {
        let world = World::new(engine).await;
        let served = Served::new(&world.server).await;
        let token = &world.user.token;
        let offer = |protocols: String| {
            let mut request = served.request("");
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
            request
        };
        let (mut socket, answer) = connect_async(offer(format!("roadbook.v1, bearer.{token}"))).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "roadbook.v1");
        poke(&mut socket).await;
        for refused in [
            "roadbook.v1".to_owned(),
            "roadbook.v1, bearer.not.a.token".to_owned(),
            format!("bearer.{token}"),
            format!("roadbook.v1, bearer.{token}, bearer.{token}"),
        ] {
            let Err(Error::Http(answer)) = connect_async(offer(refused)).await else { panic!("it was let in") };
            assert_eq!(answer.status().as_u16(), 401);
        }
        served.stop().await;
    }

    async fn where_a_client_gives_its_token_in_both_ways_the_header_wins(engine) {
        let world = World::new(engine).await;
        let served = Served::new(&world.server).await;
        let token = &world.user.token;
        let both = |header: &str, offered: &str| {
            let mut request = served.request(header);
            let protocols = format!("roadbook.v1, bearer.{offered}");
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
            request
        };
        let (mut socket, answer) = connect_async(both(token, "not.a.token")).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "roadbook.v1");
        poke(&mut socket).await;
        let Err(Error::Http(answer)) = connect_async(both("not.a.token", token)).await else {
            panic!("it was let in")
        };
        assert_eq!(answer.status().as_u16(), 401);
        served.stop().await;
    }

    async fn a_page_of_another_site_gets_no_socket(engine) {
        let world = World::new(engine).await;
        let served = Served::new(&world.server).await;
        let from = |page: String| {
            let mut request = served.request(&world.user.token);
            request.headers_mut().insert("origin", page.parse().unwrap());
            request
        };
        let (mut socket, _) = connect_async(from(format!("http://{}", served.address))).await.unwrap();
        poke(&mut socket).await;
        for page in ["https://elsewhere.example", "null"] {
            let Err(Error::Http(answer)) = connect_async(from(page.into())).await else { panic!("{page}") };
            assert_eq!(answer.status().as_u16(), 403, "{page}");
        }
        served.stop().await;
    }

    async fn a_server_process_finds_by_looking_what_another_process_did(engine) {
        let mut world = World::new(engine).await;
        let (watch, claim, head) = waiting(&world).await;
        let other = State::open(&world.server.config, world.server.env.clone()).await.unwrap();
        let own = std::mem::replace(&mut world.server.state, other);
        let card = world.id();
        world.user.card(&world.server, card, create("Roof", None));
        world.user.sync(&world.server).await;
        assert_eq!(watch.news(head, claim.device()), News::default());
        look(&own).await;
        assert_eq!(watch.news(head, claim.device()).head, head + 1);
        // Word of another process says nothing of devices.
        assert!(watch.news(head, claim.device()).is_foreign);
    }

    async fn a_session_that_ended_during_an_outage_of_the_database_is_found_after_it(engine) {
        let world = World::new(engine).await;
        let (_watch, claim, _) = waiting(&world).await;
        let state = &world.server.state;
        let live = state.engine().live();
        let ended = live.ended();
        let out_of_reach = State::open(&world.server.config, world.server.env.clone()).await.unwrap();
        out_of_reach.db().close().await;
        let mut looks = Looks::begin(state.now());
        looks.look(state.node(), live).await.unwrap();
        set_password(&world).await;
        world.server.env.advance(60_000);
        looks.look(out_of_reach.node(), live).await.unwrap_err();
        assert!(!ended.borrow().contains(&claim.session()));
        looks.look(state.node(), live).await.unwrap();
        assert!(ended.borrow().contains(&claim.session()));
    }

    async fn who_may_not_see_a_document_is_not_poked_for_it_whichever_process_took_it(engine) {
        let mut world = World::new(engine).await;
        let served = Served::new(&world.server).await;
        let mut socket = served.connect(&world.restricted.token).await;
        let mut head = poke(&mut socket).await;
        let other = State::open(&world.server.config, world.server.env.clone()).await.unwrap();
        for process in [None, Some(other)] {
            let own = process.map(|process| std::mem::replace(&mut world.server.state, process));
            for owner in [world.user.user, world.restricted.user] {
                let card = world.id();
                world.user.card(&world.server, card, create("Roof", Some(owner)));
                world.user.sync(&world.server).await;
            }
            if let Some(own) = own {
                look(&own).await;
            }
            assert_eq!(poke(&mut socket).await, head + 2, "one poke, for the card that they see");
            head += 2;
        }
        served.stop().await;
    }

    async fn a_socket_of_a_user_whose_role_changes_is_closed_so_that_it_comes_back_with_the_new_one(engine) {
        let world = World::new(engine).await;
        let served = Served::new(&world.server).await;
        let mut socket = served.connect(&world.user.token).await;
        poke(&mut socket).await;
        let admin = server_admin(&world.server).await;
        rights::set_role(&world.server, &admin, &world.user, "restricted").await;
        look(&world.server.state).await;
        let end = loop {
            match timeout(LONG, socket.next()).await.unwrap() {
                Some(Ok(Message::Ping(_))) => {}
                other => break other,
            }
        };
        assert!(matches!(end, None | Some(Ok(Message::Close(_)) | Err(_))), "{end:?}");
        served.stop().await;
    }
}

/// One look of this server for what other processes did.
async fn look(state: &State) {
    Looks::begin(state.now()).look(state.node(), state.engine().live()).await.unwrap();
}

async fn server_admin(server: &Server) -> String {
    server.admin().await.unwrap()
}

/// Ends all sessions of the user.
async fn set_password(world: &World) {
    let admin = server_admin(&world.server).await;
    let path = format!("/v1/users/{}/password", world.user.user);
    let body = serde_json::json!({ "password": "another horse battery" });
    let answer = world.server.send(axum::http::Method::POST, &path, &admin, Some(body)).await.unwrap();
    assert!(answer.status.is_success());
}

/// The user waits for what comes after the head.
async fn waiting(world: &World) -> (Watch, Claim, u64) {
    let state = &world.server.state;
    let mut watch = state.engine().live().watch(state.org(), world.user.user);
    let claim = Claim::of(state.gate(), &world.user.token).unwrap();
    let mut snapshot = claim.snapshot(state.db()).await.unwrap();
    let head = organisation::head(&mut snapshot, state.org()).await.unwrap().unwrap().seq.unsigned_abs();
    watch.begin(&snapshot.caller, head);
    (watch, claim, head)
}

/// The head that the next poke tells.
async fn poke(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> u64 {
    loop {
        if let Message::Binary(frame) = timeout(LONG, socket.next()).await.unwrap().unwrap().unwrap() {
            let Some(LiveFrame::Poke(Poke { head })) = LiveFrame::from_bytes(&frame).unwrap() else {
                panic!("only pokes are sent: {frame:?}")
            };
            return head;
        }
    }
}

struct Served {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Served {
    async fn new(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let state = server.state.clone();
        let serving = tokio::spawn(crate::serve_on(listener, state, async move { drop(stopped.await) }));
        Self { address, stop, serving }
    }

    fn request(&self, token: &str) -> axum::http::Request<()> {
        let mut request = format!("ws://{}/v1/live", self.address).into_client_request().unwrap();
        if !token.is_empty() {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        request
    }

    async fn connect(&self, token: &str) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
        connect_async(self.request(token)).await.unwrap().0
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        timeout(LONG, self.serving).await.unwrap().unwrap();
    }
}
