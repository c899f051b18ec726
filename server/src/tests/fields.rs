//! Fields of a firm's own, and of the gallery.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::on_both;
use crate::sync::tests::phone::Phone;
use crate::testing::{Answer, PASSWORD, Server};

/// *Sales* and *Projects*.
const SALES: &str = "00000000-0000-0000-0000-000000000001";
const PROJECTS: &str = "00000000-0000-0000-0000-000000000002";

on_both! {
    async fn a_field_is_added_edited_and_retired_and_reaches_every_phone(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let status = first(&server, &admin, "/v1/statuses", |status| status["product"] == PROJECTS).await;
        let new = json!({
            "scope": { "product": PROJECTS }, "name": "Roof", "order": 15, "required_for": [status["id"]],
            "kind": { "type": "choice", "multiple": false, "options": [{ "key": "flat", "name": "Flat" }] },
        });
        let made = post(&server, &admin, new).await;
        assert_eq!(made.status, StatusCode::CREATED);
        assert_eq!(made.body, json!({
            "version": 1, "id": made.body["id"], "scope": { "product": PROJECTS }, "key": null, "name": "Roof",
            "kind": {
                "type": "choice", "options": [{ "key": "flat", "name": "Flat", "retired": false }], "multiple": false,
            },
            "order": 15, "retired": false, "required_for": [status["id"]],
        }));
        let options = json!([{ "key": "steep", "name": "Steep" }, { "key": "flat", "name": "Flat", "retired": true }]);
        let mut edited = with(&made.body, "retired", true);
        edited["kind"]["options"] = options;
        let edited = edit(&server, &admin, &edited).await;
        assert_eq!((edited.status, &edited.body["version"]), (StatusCode::OK, &json!(2)));
        assert!(list(&server, &admin).await.contains(&edited.body), "a retired field stays: cards have values of it");

        server.add_user(&admin, "bela@example.com", "restricted").await.unwrap();
        let mut phone = Phone::new(&server, "bela@example.com", 2).await;
        phone.sync(&server).await;
        let id = edited.body["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(json!(phone.settings.field(id).unwrap())["kind"], edited.body["kind"]);
    }

    async fn a_field_is_of_any_kind_and_a_kind_of_one_text_may_become_another(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        for kind in [
            "text", "long_text", "decimal", "money", "day", "day_time", "flag", "user", "email", "phone", "url",
        ] {
            let made = post(&server, &admin, plain(kind)).await;
            let expected = json!({ "type": kind });
            assert_eq!((made.status, &made.body["kind"]), (StatusCode::CREATED, &expected), "{kind}");
            let edited = edit(&server, &admin, &with(&made.body, "kind", json!({ "type": "email" }))).await;
            let stays = ["long_text", "user"].contains(&kind);
            assert_eq!(edited.status.is_success(), !stays, "{kind} to an email: {:?}", edited.body);
        }
    }

    async fn fields_come_by_scope_and_place(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        for (scope, name, order) in [
            (json!("companies"), "Tax number", 1),
            (json!("persons"), "Birthday", 2),
            (json!("persons"), "Title", 1),
            (json!({ "product": SALES }), "First", 0),
        ] {
            let kind = json!({ "type": "text" });
            let new = json!({ "scope": scope, "name": name, "kind": kind, "order": order });
            assert_eq!(post(&server, &admin, new).await.status, StatusCode::CREATED, "{name}");
        }
        let fields = list(&server, &admin).await;
        assert_eq!((&fields[0]["scope"]["product"], &fields[0]["name"]), (&json!(SALES), &json!("First")));
        let of_contacts = fields.iter().filter(|field| field["scope"].is_string());
        let names: Vec<_> = of_contacts.map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Title", "Birthday", "Tax number"]);
    }

    async fn everybody_reads_fields_and_only_an_administrator_edits_them(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let fields = list(&server, &admin).await;
        for role in ["manager", "user", "restricted"] {
            let email = format!("{role}@example.com");
            server.add_user(&admin, &email, role).await.unwrap();
            let token = server.sign_in(&email, PASSWORD, 2).await.unwrap().text("access_token");
            assert_eq!(list(&server, &token).await, fields, "{role}");
            assert_eq!(post(&server, &token, plain("text")).await.code(), "forbidden", "{role}");
            assert_eq!(edit(&server, &token, &fields[0]).await.code(), "forbidden", "{role}");
        }
    }

    async fn a_field_is_edited_only_in_its_current_version(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let field = post(&server, &admin, plain("text")).await.body;
        assert_eq!(edit(&server, &admin, &with(&field, "name", "First")).await.body["version"], 2);
        let stale = edit(&server, &admin, &with(&field, "name", "Late")).await;
        assert_eq!((stale.status, stale.code()), (StatusCode::CONFLICT, "stale_version"));
        assert_eq!(stale.body["version"], 2);
        let unknown = with(&field, "id", "01010101-0101-0101-0101-010101010101");
        assert_eq!(edit(&server, &admin, &unknown).await.code(), "not_found");
        let path = format!("/v1/fields/{}", field["id"].as_str().unwrap());
        let other = server.send(Method::PUT, &path, &admin, Some(unknown)).await.unwrap();
        assert_eq!((other.code(), &other.body["problem"]), ("invalid", &json!("mismatch")));
    }

    async fn a_field_that_breaks_a_rule_is_refused_with_the_rule(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let choice = |options: Value| json!({ "type": "choice", "options": options, "multiple": false });
        let both = json!([{ "key": "a", "name": "A" }, { "key": "b", "name": "B" }]);
        let new = with(&plain("text"), "kind", choice(both));
        let field = post(&server, &admin, new.clone()).await.body;
        let text = post(&server, &admin, plain("long_text")).await.body;
        let user = post(&server, &admin, plain("user")).await.body;
        let step = first(&server, &admin, "/v1/fields", |field| field["key"] == "step").await;
        let won = first(&server, &admin, "/v1/statuses", |status| status["key"] == "won").await;
        let one = json!([{ "key": "a", "name": "A" }]);
        let means = json!([{ "key": "a", "name": "A", "means": "won" }]);
        for (name, setting, rule, of) in [
            ("an option left out", with(&field, "kind", choice(one)), "not_removable", Value::Null),
            ("a choice as text", with(&field, "kind", json!({ "type": "text" })), "unchangeable", json!("kind")),
            ("a long text as text", with(&text, "kind", json!({ "type": "text" })), "unchangeable", json!("kind")),
            ("a user as text", with(&user, "kind", json!({ "type": "text" })), "unchangeable", json!("kind")),
            ("another scope", with(&field, "scope", "companies"), "unchangeable", json!("scope")),
            ("a key", with(&field, "key", "mine"), "unchangeable", json!("key")),
            ("a foreign status", with(&field, "required_for", json!([won["id"]])), "malformed", json!("required_for")),
            ("no name", with(&field, "name", ""), "malformed", json!("name")),
            ("a retired step", with(&step, "retired", true), "fixed_field", Value::Null),
            ("a step without its key", with(&step, "key", Value::Null), "unchangeable", json!("key")),
        ] {
            let answer = edit(&server, &admin, &setting).await;
            assert_eq!((answer.code(), &answer.body["rule"]), ("against_the_rules", &json!(rule)), "{name}");
            assert_eq!(answer.body["field"], of, "{name}");
        }
        let twins = json!([{ "key": "a", "name": "A" }, { "key": "a", "name": "B" }]);
        for (name, new, rule) in [
            ("a key twice", with(&new, "kind", choice(twins)), "key_taken"),
            ("a meaning out of place", with(&new, "kind", choice(means)), "malformed"),
            ("no such product", with(&new, "scope", json!({ "product": won["id"] })), "unknown_product"),
        ] {
            let answer = post(&server, &admin, new).await;
            assert_eq!((answer.code(), &answer.body["rule"]), ("against_the_rules", &json!(rule)), "{name}");
        }
        for form in [json!({ "type": "colour" }), json!({ "type": "other" }), json!("text"), Value::Null] {
            assert_eq!(post(&server, &admin, with(&new, "kind", form)).await.code(), "invalid");
        }
    }

    async fn the_options_of_the_step_of_sales_are_the_firms_own_with_what_they_mean(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let mut step = first(&server, &admin, "/v1/fields", |field| field["key"] == "step").await;
        let options = step["kind"]["options"].as_array_mut().unwrap();
        options.iter_mut().for_each(|option| option["retired"] = true.into());
        options.push(json!({ "key": "signed", "name": "Signed", "means": "won" }));
        let edited = edit(&server, &admin, &step).await;
        assert_eq!((edited.status, &edited.body["version"]), (StatusCode::OK, &json!(2)), "{:?}", edited.body);
        let own = edited.body["kind"]["options"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(own, json!({ "key": "signed", "name": "Signed", "retired": false, "means": "won" }));
        step["version"] = 2.into();
        step["kind"]["options"].as_array_mut().unwrap().push(json!({ "key": "aimless", "name": "Aimless" }));
        assert_eq!(edit(&server, &admin, &step).await.body["field"], "option.means");
    }
}

/// A new field of persons.
fn plain(kind: &str) -> Value {
    json!({ "scope": "persons", "name": "Own", "kind": { "type": kind }, "order": 1 })
}

async fn list(server: &Server, token: &str) -> Vec<Value> {
    let answer = server.send(Method::GET, "/v1/fields", token, None).await.unwrap();
    answer.body.as_array().unwrap().clone()
}

async fn first(server: &Server, token: &str, path: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let answer = server.send(Method::GET, path, token, None).await.unwrap();
    answer.body.as_array().unwrap().iter().find(|setting| is_it(setting)).unwrap().clone()
}

async fn post(server: &Server, token: &str, body: Value) -> Answer {
    server.send(Method::POST, "/v1/fields", token, Some(body)).await.unwrap()
}

async fn edit(server: &Server, token: &str, setting: &Value) -> Answer {
    let path = format!("/v1/fields/{}", setting["id"].as_str().unwrap());
    server.send(Method::PUT, &path, token, Some(setting.clone())).await.unwrap()
}

fn with(object: &Value, member: &str, value: impl Into<Value>) -> Value {
    let mut object = object.clone();
    object[member] = value.into();
    object
}
