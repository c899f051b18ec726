//! Products and statuses.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::on_both;
use crate::store::organisation;
use crate::testing::{Answer, PASSWORD, Server};

on_both! {
    async fn a_new_product_comes_with_the_statuses_of_its_kind_and_every_row_has_a_number(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let before = seq(&server).await;
        let made = post(&server, "/v1/products", &admin, json!({ "kind": "human_resources", "name": "Hiring" })).await;
        assert_eq!((made.status, &made.body["version"]), (StatusCode::CREATED, &json!(1)));
        let products = get(&server, "/v1/products", &admin).await;
        assert_eq!(products.as_array().unwrap().last(), Some(&made.body), "last in the top bar");
        let statuses = of_product(&get(&server, "/v1/statuses", &admin).await, &made.body);
        assert!(statuses.len() >= 4, "{statuses:?}");
        let own_documents = 2;
        let rows: i64 = server_count(&server).await;
        assert_eq!(seq(&server).await, rows + own_documents, "one number for each row, none left over");
        assert!(rows > before + 4);
    }

    async fn the_gallery_names_every_kind_and_marks_those_whose_business_is_not_built(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let kinds = get(&server, "/v1/catalogue", &admin).await;
        let kinds = kinds.as_array().unwrap();
        assert_eq!((&kinds[0]["kind"], &kinds[0]["names"]["hu"]), (&json!("sales"), &json!("Értékesítés")));
        let previews: Vec<_> =
            kinds.iter().filter(|kind| kind["preview"] == true).map(|kind| kind["kind"].clone()).collect();
        assert_eq!(previews, ["order", "invoicing", "webshop", "leave"]);
    }

    async fn everybody_reads_products_and_statuses_and_only_an_administrator_edits_them(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let products = get(&server, "/v1/products", &admin).await;
        for role in ["manager", "user", "restricted"] {
            let email = format!("{role}@example.com");
            server.add_user(&admin, &email, role).await.unwrap();
            let token = server.sign_in(&email, PASSWORD, 2).await.unwrap().text("access_token");
            assert_eq!(get(&server, "/v1/products", &token).await, products, "{role}");
            let answer = post(&server, "/v1/products", &token, json!({ "kind": "projects" })).await;
            assert_eq!(answer.code(), "forbidden", "{role}");
            assert_eq!(edit(&server, "/v1/products", &token, &products[0]).await.code(), "forbidden", "{role}");
        }
        assert_eq!(get(&server, "/v1/products", &admin).await, products);
    }

    async fn a_product_is_renamed_only_by_an_edit_based_on_its_version(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let product = get(&server, "/v1/products", &admin).await[1].clone();
        let renamed = edit(&server, "/v1/products", &admin, &with(&product, "name", "Building")).await;
        assert_eq!(renamed.body, with(&with(&product, "name", "Building"), "version", 2));
        let stale = edit(&server, "/v1/products", &admin, &with(&product, "name", "Late")).await;
        assert_eq!((stale.status, stale.code()), (StatusCode::CONFLICT, "stale_version"));
        assert_eq!(stale.body["version"], 2);
        assert_eq!(get(&server, "/v1/products", &admin).await[1]["name"], "Building");
    }

    async fn two_edits_of_one_version_at_once_have_one_winner(engine) {
        let server = std::sync::Arc::new(Server::new(engine).await.unwrap());
        let admin = server.admin().await.unwrap();
        let product = get(&server, "/v1/products", &admin).await[1].clone();
        let racing: Vec<_> = (0..6).map(|i| {
            let (server, admin) = (server.clone(), admin.clone());
            let mine = with(&product, "name", format!("name {i}"));
            tokio::spawn(async move { edit(&server, "/v1/products", &admin, &mine).await.status })
        }).collect();
        let mut statuses = Vec::new();
        for racer in racing {
            statuses.push(racer.await.unwrap());
        }
        assert_eq!(statuses.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == StatusCode::CONFLICT).count(), 5);
        assert_eq!(get(&server, "/v1/products", &admin).await[1]["version"], 2);
    }

    async fn statuses_are_added_edited_and_retired_where_the_set_is_free(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let product = of_kind(&get(&server, "/v1/products", &admin).await, "projects");
        let new = json!({ "product": product["id"], "name": "Pilot", "group": "in_progress", "order": 15,
                          "todo": { "text": "Call", "due_days": 2 } });
        let made = post(&server, "/v1/statuses", &admin, new).await;
        assert_eq!((made.status, &made.body["name"]), (StatusCode::CREATED, &json!("Pilot")));
        let retired = edit(&server, "/v1/statuses", &admin, &with(&made.body, "retired", true)).await;
        assert_eq!((retired.status, &retired.body["version"]), (StatusCode::OK, &json!(2)));
        let statuses = of_product(&get(&server, "/v1/statuses", &admin).await, &product);
        assert!(statuses.contains(&retired.body), "a retired status stays: cards have it");
    }

    async fn fixed_and_derived_kinds_refuse_other_statuses(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        for kind in ["sales", "classic_sales", "invoicing", "order", "webshop", "leave"] {
            let product = post(&server, "/v1/products", &admin, json!({ "kind": kind })).await.body;
            let new = json!({ "product": product["id"], "name": "Own", "group": "inactive", "order": 1 });
            let answer = post(&server, "/v1/statuses", &admin, new).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "against_the_rules"), "{kind}");
            let status = of_product(&get(&server, "/v1/statuses", &admin).await, &product)[0].clone();
            for (member, value) in [("retired", json!(true)), ("group", json!("negative")), ("order", json!(99))] {
                let answer = edit(&server, "/v1/statuses", &admin, &with(&status, member, value)).await;
                let unchanged = status[member] == with(&status, member, json!("negative"))[member];
                assert_eq!(answer.code(), if unchanged { "" } else { "against_the_rules" }, "{kind} {member}");
            }
            let renamed = edit(&server, "/v1/statuses", &admin, &with(&status, "name", "Our word")).await;
            assert_eq!(renamed.status, StatusCode::OK, "{kind}: the name is free");
        }
    }

    async fn a_refused_edit_takes_no_number(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        let before = seq(&server).await;
        let product = get(&server, "/v1/products", &admin).await[0].clone();
        for refused in [
            with(&product, "kind", "projects"),
            with(&product, "name", " "),
            with(&product, "version", 7),
            with(&product, "version", 0),
            with(&product, "id", "01010101-0101-0101-0101-010101010101"),
        ] {
            let path = format!("/v1/products/{}", product["id"].as_str().unwrap());
            let answer = server.send(Method::PUT, &path, &admin, Some(refused)).await.unwrap();
            assert!(answer.status.is_client_error(), "{:?}", answer.body);
        }
        for unknown in [json!({ "kind": "other_999" }), json!({ "kind": "x" }), json!({}), json!([])] {
            assert_eq!(post(&server, "/v1/products", &admin, unknown).await.code(), "invalid");
        }
        assert_eq!(seq(&server).await, before);
    }
}

async fn get(server: &Server, path: &str, token: &str) -> Value {
    let answer = server.send(Method::GET, path, token, None).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

async fn post(server: &Server, path: &str, token: &str, body: Value) -> Answer {
    server.send(Method::POST, path, token, Some(body)).await.unwrap()
}

async fn edit(server: &Server, path: &str, token: &str, setting: &Value) -> Answer {
    let path = format!("{path}/{}", setting["id"].as_str().unwrap());
    server.send(Method::PUT, &path, token, Some(setting.clone())).await.unwrap()
}

async fn seq(server: &Server) -> i64 {
    let mut conn = server.state.db().read().await.unwrap();
    organisation::head(&mut conn, server.created.org).await.unwrap().unwrap().seq
}

/// How many settings rows there are; none was edited twice where this is asked.
async fn server_count(server: &Server) -> i64 {
    let mut conn = server.state.db().read().await.unwrap();
    let rows = crate::store::settings::all(&mut conn, server.created.org).await.unwrap();
    i64::try_from(rows.len()).unwrap()
}

fn of_kind(products: &Value, kind: &str) -> Value {
    products.as_array().unwrap().iter().find(|product| product["kind"] == kind).unwrap().clone()
}

fn of_product(statuses: &Value, product: &Value) -> Vec<Value> {
    let all = statuses.as_array().unwrap().iter();
    all.filter(|status| status["product"] == product["id"]).cloned().collect()
}

fn with(object: &Value, member: &str, value: impl Into<Value>) -> Value {
    let mut object = object.clone();
    object[member] = value.into();
    object
}
