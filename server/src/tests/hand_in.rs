//! Hand-ins: what a user without access had not sent reaches a manager, and nobody's documents by itself.

use axum::http::{Method, StatusCode};
use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::access::audience::inbox_id;
use roadbook_domain::crm::command::{CardCommand, NewEntry, NewTodo};
use roadbook_domain::document::{DocumentTypeId, Origin, OriginKind};
use roadbook_domain::settings::INBOX_PRODUCT;
use roadbook_domain::value::id::{DeviceId, DocumentId, PartId};
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::wire::{HAND_IN_FORM, HAND_IN_RECEIPT, HandIn, Pushed, PushedChange, to_frame};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::Claim;
use crate::auth::keep::KeepKey;
use crate::on_both;
use crate::store::db::on;
use crate::sync::hand_in::MAX_HAND_INS;
use crate::sync::tests::phone::Phone;
use crate::testing::{Answer, Engine, PASSWORD, Server};

const BELA: &str = "bela@example.com";
const TODO: PartId = PartId::from_bytes([1; 6]);

on_both! {
    async fn a_disabled_user_hands_in_and_a_manager_applies_it_in_their_name(engine) {
        let mut firm = Firm::new(engine).await;
        let card = firm.card("Roof").await;
        firm.close_the_todo(card);
        let made = firm.make("Cellar");
        firm.disable().await;
        let taken = firm.hand_in().await;
        assert_eq!(taken.status, StatusCode::OK, "{taken:?}");
        assert_eq!(taken.text("receipt"), firm.receipt(), "over what was sent, so none can be used twice");
        assert_eq!(firm.card_count().await, 1, "nothing is applied by itself");

        let waiting = firm.get("/v1/hand-ins").await.body;
        assert_eq!((waiting[0]["user"].clone(), waiting[0]["changes"].clone()), (firm.bela.user.to_string().into(), 2.into()));
        let id = waiting[0]["id"].as_str().unwrap().to_owned();
        let opened = firm.get(&format!("/v1/hand-ins/{id}")).await.body;
        let places: Vec<&str> = opened["documents"].as_array().unwrap().iter()
            .flat_map(|document| document["edits"].as_array().unwrap())
            .map(|edit| edit["place"].as_str().unwrap()).collect();
        assert_eq!(places, ["todo", "product", "name"]);
        assert_eq!(opened["documents"][0]["exists"], true);
        assert_eq!(opened["documents"][1]["edits"][1]["text"], "Cellar");

        let applied = firm.post(&format!("/v1/hand-ins/{id}/apply")).await;
        assert_eq!(applied.body, json!({ "applied": 2, "left": 0, "refused": [] }));
        assert_eq!(firm.card_count().await, 2);
        for document in [card, made] {
            let by = (firm.bela.user.uuid(), firm.device.uuid());
            assert_eq!(firm.last_author(document).await, by, "the author is who made it");
        }
        assert_eq!(firm.get("/v1/hand-ins").await.body, json!([]));
        assert_eq!(firm.post(&format!("/v1/hand-ins/{id}/apply")).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_revoked_device_hands_in_and_what_is_discarded_leaves_no_trace(engine) {
        let mut firm = Firm::new(engine).await;
        firm.make("Cellar");
        let path = format!("/v1/devices/{}/revoke", firm.device);
        assert_eq!(firm.post(&path).await.status, StatusCode::NO_CONTENT);
        // The answer may be lost, so the phone asks twice.
        for _ in 0..2 {
            assert_eq!(firm.hand_in().await.status, StatusCode::OK);
        }
        let waiting = firm.get("/v1/hand-ins").await.body;
        assert_eq!(waiting.as_array().unwrap().len(), 1, "what is handed in twice is there once");
        let path = format!("/v1/hand-ins/{}/discard", waiting[0]["id"].as_str().unwrap());
        assert_eq!(firm.post(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(firm.post(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!((firm.card_count().await, firm.get("/v1/hand-ins").await.body), (0, json!([])));
    }

    async fn only_the_phone_of_who_lost_access_hands_in(engine) {
        let mut firm = Firm::new(engine).await;
        firm.make("Cellar");
        let over = "session_over";
        assert_eq!(firm.hand_in().await.code(), over, "the session lives");
        let refreshed = firm.refresh().await;
        let (old, new) = (std::mem::replace(&mut firm.refresh_token, refreshed.clone()), refreshed);
        firm.refresh_token = firm.refresh().await;
        firm.disable().await;
        let spent = firm.hand_in_with(&old, HAND_IN_FORM, &firm.frame()).await;
        assert_eq!(spent.code(), over, "a spent token");
        assert_eq!(firm.hand_in_with("nonsense", HAND_IN_FORM, &firm.frame()).await.code(), over);
        let sealed_for_another = firm.hand_in_with(&new, b"another purpose", &firm.frame()).await;
        assert_eq!(sealed_for_another.code(), "invalid");
        let no_frame = firm.hand_in_with(&new, HAND_IN_FORM, b"\x00no frame").await;
        assert_eq!(no_frame.code(), "invalid");
        let many = vec![PushedChange { change: vec![0], check: [0; 8].into(), origin: None }; 501];
        let group = Pushed { document: DocumentId::from_bytes([1; 16]), kind: DocumentTypeId::CARD, changes: many };
        let many = to_frame(&HandIn { push: vec![group] });
        assert_eq!(firm.hand_in_with(&new, HAND_IN_FORM, &many).await.code(), "too_large");
        assert_eq!(firm.get("/v1/hand-ins").await.body, json!([]));
        // The answer that brought the newest token may have been lost.
        assert_eq!(firm.hand_in_with(&new, HAND_IN_FORM, &firm.frame()).await.status, StatusCode::OK);
        for _ in 1..MAX_HAND_INS {
            firm.make("Another");
            assert_eq!(firm.hand_in().await.status, StatusCode::OK);
        }
        firm.make("One too many");
        assert_eq!(firm.hand_in().await.code(), "too_large");
    }

    async fn an_import_is_applied_as_one_only_if_its_user_might_import(engine) {
        let mut firm = Firm::new(engine).await;
        let card = firm.card("Roof").await;
        let (id, at) = (TODO, firm.server.state.now());
        let entry = NewEntry {
            id, at, kind: "note".into(), text: "Said".into(), by: Some(firm.server.created.admin), person: None, place: String::new(),
        };
        firm.bela.card(&firm.server, card, CardCommand::AddEntry(entry));
        let origin = Origin { kind: OriginKind::IMPORT, id: [1; 16] };
        firm.bela.outbox[0].changes[0].origin = Some(origin);
        firm.disable().await;
        assert_eq!(firm.hand_in().await.status, StatusCode::OK);
        let id = firm.get("/v1/hand-ins").await.body[0]["id"].as_str().unwrap().to_owned();
        let applied = firm.post(&format!("/v1/hand-ins/{id}/apply")).await.body;
        assert_eq!(applied["refused"][0]["reason"], "not_allowed", "{applied}");
    }

    async fn what_is_refused_stays_with_its_reason_and_what_is_private_is_shown_to_nobody(engine) {
        let mut firm = Firm::new(engine).await;
        let card = firm.card("Roof").await;
        let inbox = inbox_id(firm.bela.user);
        firm.rename(inbox, "My own list");
        firm.rename(card, "Roof, new");
        firm.purge(card).await;
        firm.disable().await;
        assert_eq!(firm.hand_in().await.status, StatusCode::OK);
        let id = firm.get("/v1/hand-ins").await.body[0]["id"].as_str().unwrap().to_owned();
        let opened = firm.get(&format!("/v1/hand-ins/{id}")).await.body;
        let own = &opened["documents"].as_array().unwrap().iter().find(|document| document["id"] == inbox.to_string()).unwrap();
        assert_eq!((&own["private"], &own["edits"]), (&json!(true), &json!([])));
        let applied = firm.post(&format!("/v1/hand-ins/{id}/apply")).await.body;
        assert_eq!(applied, json!({
            "applied": 1, "left": 0, "refused": [{ "document": card, "reason": "purged" }],
        }));
        assert_eq!(firm.get("/v1/hand-ins").await.body[0]["id"], Value::from(id));
    }
}

/// Béla on a phone, who loses access, and a manager.
struct Firm {
    server: Server,
    manager: String,
    admin: String,
    bela: Phone,
    device: DeviceId,
    refresh_token: String,
}

impl Firm {
    async fn new(engine: Engine) -> Self {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, BELA, "user").await.unwrap();
        server.add_user(&admin, "anna@example.com", "manager").await.unwrap();
        let mut bela = Phone::new(&server, BELA, 2).await;
        bela.sync(&server).await;
        let session = server.sign_in(BELA, PASSWORD, 2).await.unwrap();
        let manager = server.sign_in("anna@example.com", PASSWORD, 3).await.unwrap().text("access_token");
        let device = session.text("device").parse().unwrap();
        bela.token = session.text("access_token");
        let refresh_token = session.text("refresh_token");
        Self { server, manager: admin.clone(), admin, bela, device, refresh_token }.managed_by(manager)
    }

    fn managed_by(mut self, manager: String) -> Self {
        self.manager = manager;
        self
    }

    /// A card with a todo that is on the server.
    async fn card(&mut self, name: &str) -> DocumentId {
        let card = self.make(name);
        let (id, text) = (TODO, "Call".into());
        let todo = NewTodo { id, text, due: None, assignee: Some(self.bela.user), contact: None };
        self.bela.card(&self.server, card, CardCommand::AddTodo(todo));
        self.bela.sync(&self.server).await;
        card
    }

    /// A card that is not sent.
    fn make(&mut self, name: &str) -> DocumentId {
        let id = DocumentId::new(&*self.server.env);
        let create =
            CardCommand::Create { product: INBOX_PRODUCT, name: name.into(), status: None, owner: None };
        self.bela.card(&self.server, id, create);
        id
    }

    fn close_the_todo(&mut self, card: DocumentId) {
        self.bela.card(&self.server, card, CardCommand::Close(TODO, Outcome::Success));
    }

    fn rename(&mut self, card: DocumentId, name: &str) {
        self.bela.card(&self.server, card, CardCommand::Rename(name.into()));
    }

    async fn disable(&self) {
        let list = self.server.send(Method::GET, "/v1/users", &self.admin, None).await.unwrap().body;
        let mut user = list.as_array().unwrap().iter().find(|user| user["email"] == BELA).unwrap().clone();
        user["active"] = false.into();
        let path = format!("/v1/users/{}", self.bela.user);
        assert!(
            self.server.send(Method::PUT, &path, &self.admin, Some(user)).await.unwrap().status.is_success()
        );
    }

    fn frame(&self) -> Vec<u8> {
        to_frame(&HandIn { push: self.bela.outbox.clone() })
    }

    fn key(&self) -> KeepKey {
        KeepKey::of(self.server.state.node().secrets(), self.server.state.org(), self.bela.user)
    }

    fn receipt(&self) -> String {
        let sealed = self.key().seal(HAND_IN_FORM, &self.frame());
        BASE64URL_NOPAD.encode(&self.key().sign(HAND_IN_RECEIPT, &sealed))
    }

    async fn hand_in(&self) -> Answer {
        self.hand_in_with(&self.refresh_token, HAND_IN_FORM, &self.frame()).await
    }

    async fn hand_in_with(&self, token: &str, purpose: &[u8], frame: &[u8]) -> Answer {
        let sealed = BASE64URL_NOPAD.encode(&self.key().seal(purpose, frame));
        let body = json!({ "sealed": sealed });
        self.server.send(Method::POST, "/v1/hand-in", token, Some(body)).await.unwrap()
    }

    async fn refresh(&self) -> String {
        let body = json!({ "refresh_token": self.refresh_token });
        let answer = self.server.send(Method::POST, "/v1/refresh", "", Some(body)).await.unwrap();
        let token = answer.text("access_token");
        // It arrived: the token before is spent now.
        self.server.send(Method::GET, "/v1/me", &token, None).await.unwrap();
        answer.text("refresh_token")
    }

    /// How many cards there are beside inboxes.
    async fn card_count(&self) -> i64 {
        let mut conn = self.server.state.db().read().await.unwrap();
        let text = "/* test */ select count(*) from document where kind = $1 and feed = $2";
        let (kind, staff) = (i64::from(DocumentTypeId::CARD.0), [0].as_slice());
        on!(conn, |c| sqlx::query_scalar(text).bind(kind).bind(staff).fetch_one(c).await).unwrap()
    }

    /// User and device of the last change to a document.
    async fn last_author(&self, document: DocumentId) -> (Uuid, Uuid) {
        let mut conn = self.server.state.db().read().await.unwrap();
        let text = "/* test */ select author, device from log where document = $1 and entry < 2 order by seq desc limit 1";
        on!(conn, |c| sqlx::query_as(text).bind(document.uuid()).fetch_one(c).await).unwrap()
    }

    async fn purge(&self, card: DocumentId) {
        let claim = Claim::of(self.server.state.gate(), &self.admin).unwrap();
        crate::sync::purge(self.server.state.engine(), &claim, card).await.unwrap();
    }

    async fn get(&self, path: &str) -> Answer {
        self.server.send(Method::GET, path, &self.manager, None).await.unwrap()
    }

    async fn post(&self, path: &str) -> Answer {
        let token = if path.starts_with("/v1/devices") { &self.admin } else { &self.manager };
        self.server.send(Method::POST, path, token, None).await.unwrap()
    }
}
