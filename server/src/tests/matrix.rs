//! Which caller may call which route: every route of the router, every sort of caller, and whenever they
//! lose access.

mod when;

use std::cell::Cell;

use axum::http::Method;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::Signature;
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId, UserId};
use roadbook_domain::wire::{HAND_IN_FORM, HandIn, Pushed, PushedChange, to_frame};
use serde_json::{Value, json};
use uuid::Uuid;

use super::openapi::Contract;
use crate::api::For;
use crate::auth::Claim;
use crate::auth::keep::KeepKey;
use crate::on_both;
use crate::store::Tx;
use crate::store::devices::{self, Enrolment};
use crate::store::hand_ins::{self, NewHandIn};
use crate::store::organisation::{self, NewOrganisation};
use crate::store::sessions::{self, NewSession};
use crate::store::settings;
use crate::store::users::{self, Claimed, NewAccount};
use crate::testing::{PASSWORD, START, Server};

/// Callers with an answer of their own, in the order of the columns. The stranger is an administrator of
/// another organisation in the same database.
const CALLERS: [&str; 6] = ["nobody", "restricted", "user", "manager", "stranger", "admin"];

/// The status that each caller gets.
const TABLE: &[(&str, &str, [u16; 6])] = &[
    ("GET", "/health", [200; 6]),
    ("GET", "/health/ready", [200; 6]),
    // It comes from this very process.
    ("GET", "/metrics", [200; 6]),
    // Open to all; an empty body is not enough.
    ("POST", "/v1/sign-in", [422; 6]),
    ("POST", "/v1/refresh", [422; 6]),
    ("POST", "/v1/sign-out", [422; 6]),
    ("POST", "/v1/enrol", [422; 6]),
    ("POST", "/v1/enrolments", [401, 403, 403, 403, 404, 201]),
    ("GET", "/v1/me", [401, 200, 200, 200, 200, 200]),
    ("PUT", "/v1/me", [401, 200, 200, 200, 200, 200]),
    ("POST", "/v1/me/password", [401, 401, 401, 401, 401, 401]),
    ("GET", "/v1/devices", [401, 200, 200, 200, 200, 200]),
    ("GET", "/v1/users/{user}/devices", [401, 403, 403, 403, 200, 200]),
    ("POST", "/v1/devices/{device}/revoke", [401, 404, 404, 404, 404, 204]),
    ("GET", "/v1/users", [401, 403, 403, 403, 200, 200]),
    ("POST", "/v1/users", [401, 403, 403, 403, 201, 201]),
    ("PUT", "/v1/users/{user}", [401, 403, 403, 403, 404, 200]),
    ("POST", "/v1/users/{user}/password", [401, 403, 403, 403, 404, 204]),
    ("GET", "/v1/products", [401, 200, 200, 200, 200, 200]),
    ("POST", "/v1/products", [401, 403, 403, 403, 201, 201]),
    ("PUT", "/v1/products/{product}", [401, 403, 403, 403, 404, 200]),
    ("GET", "/v1/catalogue", [401, 200, 200, 200, 200, 200]),
    ("GET", "/v1/statuses", [401, 200, 200, 200, 200, 200]),
    ("POST", "/v1/statuses", [401, 403, 403, 403, 422, 201]),
    ("PUT", "/v1/statuses/{status}", [401, 403, 403, 403, 404, 200]),
    ("GET", "/v1/fields", [401, 200, 200, 200, 200, 200]),
    ("POST", "/v1/fields", [401, 403, 403, 403, 422, 201]),
    ("PUT", "/v1/fields/{field}", [401, 403, 403, 403, 404, 200]),
    // The other organisation was made without a row of settings.
    ("GET", "/v1/organisation", [401, 200, 200, 200, 404, 200]),
    ("PUT", "/v1/organisation", [401, 403, 403, 403, 404, 200]),
    ("DELETE", "/v1/documents/{document}", [401, 403, 403, 403, 404, 204]),
    // Only with a refresh token.
    ("POST", "/v1/hand-in", [401; 6]),
    ("GET", "/v1/hand-ins", [401, 403, 403, 200, 200, 200]),
    ("GET", "/v1/hand-ins/{hand_in}", [401, 403, 403, 200, 404, 200]),
    ("POST", "/v1/hand-ins/{hand_in}/apply", [401, 403, 403, 200, 404, 200]),
    // The first who may does it.
    ("POST", "/v1/hand-ins/{hand_in}/discard", [401, 403, 403, 204, 404, 404]),
    // An empty JSON body is no frame; what exchanges show to whom is tested with the exchange.
    ("POST", "/v1/sync", [401, 422, 422, 422, 422, 422]),
    ("GET", "/v1/state-hash", [401, 422, 422, 422, 422, 422]),
    ("GET", "/v1/live", [401, 422, 422, 422, 422, 422]),
    ("GET", "/v1/openapi.json", [200; 6]),
    ("GET", "/docs", [200; 6]),
];

#[test]
fn every_route_of_the_router_has_a_row_and_every_row_a_route() {
    let routes: Vec<(String, String)> = crate::routes()
        .list()
        .iter()
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect();
    let rows: Vec<(String, String)> =
        TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    for route in &routes {
        assert!(rows.contains(route), "a row is missing: {route:?}");
    }
    assert_eq!(rows.len(), routes.len(), "a row without a route");
}

#[test]
fn every_route_says_for_whom_it_is_as_the_table_does() {
    for route in crate::routes().list() {
        let is_of_it = |row: &&(&str, &str, [u16; 6])| (row.0, row.1) == (route.method.as_str(), route.path);
        let (method, path, [nobody, restricted, user, manager, ..]) = TABLE.iter().find(is_of_it).unwrap();
        let refused: Vec<_> = [restricted, user, manager].iter().map(|status| **status == 403).collect();
        let is_as_said = match route.about.who {
            For::Everybody => *nobody != 401,
            For::SignedIn => *nobody == 401 && refused == [false, false, false],
            For::Managers => *nobody == 401 && refused == [true, true, false],
            For::Admins => *nobody == 401 && refused == [true, true, true],
            For::Only(_) => true,
        };
        assert!(is_as_said, "{method} {path}: {}", route.about.who);
        let asks = route.operation.token.is_some();
        assert_eq!(asks, *nobody == 401, "{method} {path}: whether the document says that it wants a token");
    }
}

on_both! {
    async fn every_caller_gets_on_every_route_what_the_table_says_and_what_the_document_allows(engine) {
        let world = World::new(Server::new(engine).await.unwrap()).await;
        let contract = Contract::of(&world.server).await;
        for (method, path, statuses) in TABLE {
            for ((caller, token), status) in world.callers.iter().zip(statuses) {
                let body = world.body(method, path, caller);
                let answer = world.server.send(method.parse().unwrap(), &world.path(path), token, body.clone()).await.unwrap();
                assert_eq!(answer.status.as_u16(), *status, "{caller}: {method} {path} {:?}", answer.body);
                contract.check(method, path, body.as_ref(), &answer);
                if *caller != "admin" && *path != "/v1/devices" {
                    let text = answer.body.to_string();
                    assert!(!text.contains("Canary") && !text.contains("canary"), "{caller}: {method} {path} {text}");
                }
            }
        }
    }

    async fn a_caller_who_lost_access_gets_nothing_but_the_open_routes(engine) {
        let world = World::new(Server::new(engine).await.unwrap()).await;
        for (method, path, statuses) in TABLE {
            for (lost, token) in &world.lost {
                let body = world.body(method, path, "admin");
                let answer = world.server.send(method.parse().unwrap(), &world.path(path), token, body).await.unwrap();
                if statuses[0] == 401 {
                    assert_eq!((answer.status.as_u16(), answer.code()), (401, "session_over"), "{lost}: {method} {path}");
                } else {
                    assert_eq!(answer.status.as_u16(), statuses[0], "{lost}: {method} {path}");
                }
            }
        }
    }
}

struct World {
    server: Server,
    /// Callers and their access tokens.
    callers: Vec<(&'static str, String)>,
    /// Administrators until they lost access, one in each way.
    lost: Vec<(&'static str, String)>,
    user: Value,
    device: String,
    product: Value,
    status: Value,
    field: Value,
    organisation: Value,
    /// One of the user, on their device.
    hand_in: Uuid,
    /// A card, to be purged.
    card: Cell<DocumentId>,
    /// The administrator's access token.
    admin: String,
}

impl World {
    async fn new(server: Server) -> Self {
        let admin = server.admin().await.unwrap();
        let mut callers = vec![("nobody", String::new())];
        for role in ["restricted", "user", "manager"] {
            let email = format!("{role}@example.com");
            server.add_user(&admin, &email, role).await.unwrap();
            callers.push((role, server.sign_in(&email, PASSWORD, 2).await.unwrap().text("access_token")));
        }
        callers.push(("stranger", stranger(&server).await));
        callers.push(("admin", admin.clone()));
        assert_eq!(callers.iter().map(|(name, _)| *name).collect::<Vec<_>>(), CALLERS);

        let canary = json!({
            "email": "canary@example.com", "family_name": "Canary", "role": "user", "zone": "UTC", "locale": "en",
            "password": PASSWORD,
        });
        let user = server.send(Method::POST, "/v1/users", &admin, Some(canary)).await.unwrap().body;
        let device = server.sign_in("canary@example.com", PASSWORD, 3).await.unwrap().text("device");
        let products = server.send(Method::GET, "/v1/products", &admin, None).await.unwrap().body;
        let product = products
            .as_array()
            .unwrap()
            .iter()
            .find(|product| product["kind"] == "projects")
            .unwrap()
            .clone();
        let statuses = server.send(Method::GET, "/v1/statuses", &admin, None).await.unwrap().body;
        let of_product = |status: &&Value| status["product"] == product["id"];
        let status = statuses.as_array().unwrap().iter().find(of_product).unwrap().clone();
        let field = json!({ "scope": "persons", "name": "Size", "kind": { "type": "decimal" }, "order": 1 });
        let field = server.send(Method::POST, "/v1/fields", &admin, Some(field)).await.unwrap().body;
        let organisation = server.send(Method::GET, "/v1/organisation", &admin, None).await.unwrap().body;
        let lost = lost(&server, &admin).await;
        let (hand_in, card) = (Uuid::from_bytes([3; 16]), Cell::new(DocumentId::from_bytes([3; 16])));
        let world = Self {
            server,
            callers,
            lost,
            user,
            device,
            product,
            status,
            field,
            organisation,
            hand_in,
            card,
            admin,
        };
        world.hand_in_anew().await;
        world.card_anew().await;
        world
    }

    /// Makes a card in the place of one that was purged.
    async fn card_anew(&self) {
        let push = when::push(&self.server);
        self.card.set(push.push[0].document);
        let claim = Claim::of(self.server.state.gate(), &self.admin).unwrap();
        crate::sync::exchange(self.server.state.engine(), &claim, push).await.unwrap();
    }

    /// Writes the hand-in, with a new card and a change that is refused: so applying it does not end it.
    async fn hand_in_anew(&self) {
        let [user, device] = [&self.user["id"], &Value::from(self.device.as_str())]
            .map(|id| id.as_str().unwrap().parse::<Uuid>().unwrap());
        let nonsense = PushedChange { change: vec![0], check: [0; 8].into(), origin: None };
        let refused = Pushed {
            document: DocumentId::new(&*self.server.env),
            kind: DocumentTypeId::CARD,
            changes: vec![nonsense],
        };
        let mut push = when::push(&self.server).push;
        push.push(refused);
        let org = self.server.state.org();
        let key = KeepKey::of(self.server.state.node().secrets(), org, user.into());
        let new = NewHandIn {
            id: self.hand_in,
            user: user.into(),
            device: device.into(),
            at: START,
            changes: 2,
            sealed: &key.seal(HAND_IN_FORM, &to_frame(&HandIn { push })),
        };
        let mut tx = self.server.state.db().write().await.unwrap();
        hand_ins::remove(&mut tx, org, self.hand_in).await.unwrap();
        assert!(hand_ins::add(&mut tx, org, &new, 1).await.unwrap());
        tx.commit().await.unwrap();
    }

    fn path(&self, pattern: &str) -> String {
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        pattern
            .replace("{user}", &id(&self.user))
            .replace("{device}", &self.device)
            .replace("{product}", &id(&self.product))
            .replace("{status}", &id(&self.status))
            .replace("{field}", &id(&self.field))
            .replace("{document}", &self.card.get().to_string())
            .replace("{hand_in}", &self.hand_in.to_string())
    }

    /// A body that the route takes.
    fn body(&self, method: &str, path: &str, caller: &str) -> Option<Value> {
        let body = match (method, path) {
            ("GET" | "DELETE", _) | (_, "/v1/devices/{device}/revoke") => return None,
            (_, path) if path.starts_with("/v1/hand-ins/") => return None,
            ("PUT", "/v1/users/{user}") => self.user.clone(),
            ("PUT", "/v1/products/{product}") => self.product.clone(),
            ("PUT", "/v1/statuses/{status}") => self.status.clone(),
            ("PUT", "/v1/fields/{field}") => self.field.clone(),
            ("PUT", "/v1/organisation") => self.organisation.clone(),
            (_, "/v1/users") => json!({
                "email": format!("new.{caller}@example.com"), "role": "user", "zone": "UTC", "locale": "en",
            }),
            (_, "/v1/users/{user}/password") => json!({ "password": PASSWORD }),
            (_, "/v1/products") => json!({ "kind": "projects" }),
            (_, "/v1/statuses") => json!({
                "product": self.product["id"], "name": "New", "group": "inactive", "order": 99,
            }),
            (_, "/v1/fields") => json!({
                "scope": { "product": self.product["id"] }, "name": "New", "kind": { "type": "day" }, "order": 99,
            }),
            (_, "/v1/enrolments") => json!({ "user": self.user["id"] }),
            ("PUT", "/v1/me") => json!({
                "version": 1, "family_name": "New", "given_name": "", "zone": "UTC", "locale": "en",
            }),
            (_, "/v1/me/password") => json!({ "old": "a wrong guess", "new": PASSWORD }),
            _ => json!({}),
        };
        Some(body)
    }
}

/// The tokens of administrators who lost access.
async fn lost(server: &Server, admin: &str) -> Vec<(&'static str, String)> {
    let mut lost = Vec::new();
    for how in ["disabled", "revoked", "signed out", "new password"] {
        let email = format!("{}@example.com", how.replace(' ', "."));
        let id = server.add_user(admin, &email, "admin").await.unwrap();
        let held = server.sign_in(&email, PASSWORD, 4).await.unwrap();
        let (method, path, token, body) = match how {
            "disabled" => {
                let list = server.send(Method::GET, "/v1/users", admin, None).await.unwrap().body;
                let mut user = list.as_array().unwrap().iter().find(|user| user["id"] == id).unwrap().clone();
                user["active"] = false.into();
                (Method::PUT, format!("/v1/users/{id}"), admin, user)
            }
            "revoked" => {
                (Method::POST, format!("/v1/devices/{}/revoke", held.text("device")), admin, json!({}))
            }
            "signed out" => {
                let body = json!({ "refresh_token": held.text("refresh_token") });
                (Method::POST, "/v1/sign-out".into(), "", body)
            }
            _ => (Method::POST, format!("/v1/users/{id}/password"), admin, json!({ "password": PASSWORD })),
        };
        let answer = server.send(method, &path, token, Some(body)).await.unwrap();
        assert!(answer.status.is_success(), "{how}: {:?}", answer.body);
        lost.push((how, held.text("access_token")));
    }
    lost
}

/// The access token of an administrator of another organisation, whose ids are all the same number.
async fn stranger(server: &Server) -> String {
    let org = OrgId::from_bytes([9; 16]);
    let firm =
        NewOrganisation { id: org, name: "Other Ltd", epoch: Uuid::from_bytes([9; 16]), created_at: START };
    let mut tx = server.state.db().write().await.unwrap();
    organisation::insert(&mut tx, &firm).await.unwrap();
    let claimed = account(&mut tx, org, [9; 16], "stranger@example.org").await;
    tx.commit().await.unwrap();
    server.state.gate().tokens().issue(&claimed, sessions::FIRST_GENERATION, START).unwrap()
}

/// Makes an administrator with a session on a phone, whose ids are all the same.
async fn account(tx: &mut Tx, org: OrgId, id: [u8; 16], email: &str) -> Claimed {
    let (user, device, session) = (UserId::from_bytes(id), DeviceId::from_bytes(id), Uuid::from_bytes(id));
    let email: Email = email.parse().unwrap();
    let account =
        NewAccount { id: user, email: &email, password_hash: "", role: Role::Admin, created_at: START };
    let enrolment =
        Enrolment { id: device, user, platform: "test", name: "phone", install_hash: &[9; 32], now: START };
    let begun = NewSession {
        id: session,
        user,
        device,
        now: START,
        expires_at: roadbook_domain::value::time::Timestamp::MAX_STAMP,
    };
    let entry = User {
        id: user,
        email: Some(email.clone()),
        family_name: String::new(),
        given_name: String::new(),
        role: Role::Admin,
        zone: "UTC".into(),
        locale: "en".into(),
        active: true,
        issues_invoices: false,
    };
    let by = Signature { user: None, device: None };
    settings::put(tx, org, &SettingsRow::new(&entry, 1), &by, START).await.unwrap();
    users::insert(tx, org, &account).await.unwrap();
    assert_eq!(devices::enrol(tx, org, &enrolment).await.unwrap(), device);
    sessions::begin(tx, org, &begun).await.unwrap();
    Claimed { org, user, device, session, token_version: 1 }
}
