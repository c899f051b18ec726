//! The document of the API: it tells of every route what the server really takes and answers. What it answers to whom
//! is compared with it beside the rights (`matrix`).

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use data_encoding::BASE64;
use http_body_util::BodyExt;
use roadbook_domain::settings::catalogue::KINDS;
use roadbook_domain::settings::field::{ChoiceOption, FieldKind, FieldScope};
use roadbook_domain::value::id::ProductId;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::app;
use crate::testing::{ADMIN, Answer, Engine, PASSWORD, START, Server};

/// Statuses of refusals that any route may answer.
const OF_ALL: [u16; 4] = [408, 500, 503, 507];

#[tokio::test]
async fn the_document_has_every_route_of_the_router_and_no_other() {
    let contract = Contract::of(&Server::new(Engine::Sqlite).await.unwrap()).await;
    assert_eq!(contract.0["openapi"], "3.1.0");
    let mut told = BTreeSet::new();
    for (path, operations) in contract.0["paths"].as_object().unwrap() {
        told.extend(operations.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    let routes = crate::routes();
    let there: BTreeSet<_> = routes
        .list()
        .iter()
        .map(|route| format!("{} {}", route.method.as_str().to_lowercase(), route.path))
        .collect();
    assert_eq!(told, there);
    assert_eq!(routes.list().len(), there.len());
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_a_tag_and_every_variable_of_its_path() {
    let contract = Contract::of(&Server::new(Engine::Sqlite).await.unwrap()).await;
    let tags: Vec<&Value> = contract.0["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(tags.iter().map(|tag| tag.as_str()).collect::<BTreeSet<_>>().len(), tags.len(), "each once");
    let mut names = BTreeSet::new();
    for (path, operations) in contract.0["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            assert!(names.insert(operation["operationId"].as_str().unwrap()), "{path}");
            assert!(tags.contains(&&operation["tags"][0]), "{path}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{path}");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let told = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let told: Vec<_> = told.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
            let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
            assert_eq!(told, parts.collect::<Vec<_>>(), "{path}");
        }
    }
}

#[tokio::test]
async fn every_reference_leads_to_a_schema_and_every_schema_is_used() {
    let contract = Contract::of(&Server::new(Engine::Sqlite).await.unwrap()).await;
    let mut used = BTreeSet::new();
    references(&contract.0, &mut used);
    let schemas = contract.0["components"]["schemas"].as_object().unwrap();
    assert_eq!(used, schemas.keys().map(|name| format!("#/components/schemas/{name}")).collect());
}

#[tokio::test]
async fn a_body_may_lack_what_the_document_does_not_require_and_nothing_else() {
    let contract = Contract::of(&Server::new(Engine::Sqlite).await.unwrap()).await;
    let mut compared = 0;
    for route in crate::routes().list() {
        let Some(reads) = route.operation.reads else { continue };
        let operation = contract.operation(route.method.as_str(), route.path);
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let whole = contract.sample(schema);
        let what = format!("{} {}", route.method, route.path);
        assert!(reads(whole.clone()), "{what} does not take {whole}");
        contract.fits(schema, &whole).unwrap();
        for Place { object, name, is_needed, schema } in contract.places(schema, "") {
            let with = |member: Option<Value>| {
                let mut body = whole.clone();
                let object = body.pointer_mut(&object).unwrap().as_object_mut().unwrap();
                match member {
                    Some(member) => drop(object.insert(name.clone(), member)),
                    None => drop(object.remove(&name).unwrap()),
                }
                body
            };
            let what = format!("{what}: {object}/{name}");
            assert_eq!(reads(with(None)), !is_needed, "{what} is left out");
            let may_be_null = contract.fits(&schema, &Value::Null).is_ok();
            assert_eq!(reads(with(Some(Value::Null))), may_be_null, "{what} is null");
            assert!(!reads(with(Some(json!([[]])))), "{what} is a list of lists");
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared} members");
}

#[tokio::test]
async fn sessions_codes_and_state_hashes_are_as_the_document_says() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let contract = Contract::of(&server).await;
    let ask = async |method: Method, path: &str, query: &str, token: &str, body: Option<Value>| {
        let answer =
            server.send(method.clone(), &format!("{path}{query}"), token, body.clone()).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {:?}", answer.body);
        contract.check(method.as_str(), path, body.as_ref(), &answer);
        answer
    };
    let credentials = Server::credentials(ADMIN, PASSWORD, 1);
    let held = ask(Method::POST, "/v1/sign-in", "", "", Some(credentials)).await;
    let refresh = json!({ "refresh_token": held.text("refresh_token") });
    let held = ask(Method::POST, "/v1/refresh", "", "", Some(refresh)).await;
    let admin = held.text("access_token");
    ask(Method::GET, "/v1/state-hash", &format!("?now={}", START.millis()), &admin, None).await;
    let user = server.add_user(&admin, "bela@example.com", "user").await.unwrap();
    let code =
        ask(Method::POST, "/v1/enrolments", "", &admin, Some(json!({ "user": user }))).await.text("code");
    let device = Server::credentials("bela@example.com", PASSWORD, 2)["device"].clone();
    let enrol = json!({ "code": code, "password": "another password", "device": device });
    ask(Method::POST, "/v1/enrol", "", "", Some(enrol)).await;
    let password = json!({ "old": PASSWORD, "new": "another password" });
    ask(Method::POST, "/v1/me/password", "", &admin, Some(password)).await;
    let over = json!({ "refresh_token": held.text("refresh_token") });
    ask(Method::POST, "/v1/sign-out", "", "", Some(over)).await;
}

#[tokio::test]
async fn every_kind_and_scope_of_a_field_is_in_the_document() {
    let contract = Contract::of(&Server::new(Engine::Sqlite).await.unwrap()).await;
    let schema = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let option = |means| ChoiceOption { key: "a".parse().unwrap(), name: "A".into(), retired: true, means };
    // A new kind does not compile before it has its place here.
    let after = |kind: &FieldKind| match kind {
        FieldKind::Text => Some(FieldKind::LongText),
        FieldKind::LongText => Some(FieldKind::Decimal),
        FieldKind::Decimal => Some(FieldKind::Money),
        FieldKind::Money => Some(FieldKind::Day),
        FieldKind::Day => Some(FieldKind::Flag),
        FieldKind::Flag => Some(FieldKind::DayTime),
        FieldKind::DayTime => Some(FieldKind::User),
        FieldKind::User => Some(FieldKind::Email),
        FieldKind::Email => Some(FieldKind::Phone),
        FieldKind::Phone => Some(FieldKind::Url),
        FieldKind::Url => Some(FieldKind::Choice { options: vec![option(None)], multiple: true }),
        FieldKind::Choice { .. } | FieldKind::Other(_) => None,
    };
    let mut kind = Some(FieldKind::Text);
    while let Some(known) = kind {
        contract.fits(&schema("FieldKind"), &json!(known)).unwrap();
        kind = after(&known);
    }
    let product = ProductId::from_bytes([1; 16]);
    for scope in [FieldScope::Product(product), FieldScope::Persons, FieldScope::Companies] {
        contract.fits(&schema("FieldScope"), &json!(scope)).unwrap();
    }
    for spec in KINDS {
        contract.fits(&schema("ProductKind"), &json!(spec.kind)).unwrap();
    }
    for wrong in [json!({ "type": "colour" }), json!({ "type": "choice", "options": [] }), json!("text")] {
        assert!(contract.fits(&schema("FieldKind"), &wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_body_or_an_answer_that_is_other_than_the_document_says_is_found() {
    let contract = Contract::of(&Server::new(Engine::Sqlite).await.unwrap()).await;
    let schema = json!({ "$ref": "#/components/schemas/StatusTodo" });
    let fits = |value: Value| contract.fits(&schema, &value).is_ok();
    assert!(fits(json!({ "text": "Call", "due_days": 2 })));
    assert!(!fits(json!({ "text": "Call" })), "a member is missing");
    assert!(!fits(json!({ "text": "Call", "due_days": 2, "more": 1 })), "one is new");
    assert!(!fits(json!({ "text": "Call", "due_days": "2" })), "one is of another type");
    assert!(!fits(json!({ "text": "Call", "due_days": 65_536 })), "one is too large");
    assert!(!fits(json!(null)));
}

#[tokio::test]
async fn the_page_tells_of_every_route_and_every_type_and_loads_nothing() {
    let server = Server::new(Engine::Sqlite).await.unwrap();
    let contract = Contract::of(&server).await;
    let (headers, page) = page(&server).await;
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    for route in crate::routes().list() {
        let line = format!("<code>{} {}</code>", route.method, route.path);
        assert!(page.contains(&line), "{line}");
    }
    for name in contract.0["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("<article id=\"{name}\">")), "{name}");
    }
    for forbidden in ["<script", "http://", "https://", " src=", " style=", "onclick", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let targets = page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap());
    for target in targets {
        assert!(page.contains(&format!("id=\"{target}\"")), "a link to {target} leads nowhere");
    }
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let hash = BASE64.encode(digest(&SHA256, style.as_bytes()).as_ref());
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        )
    );
}

/// What the document says, as the server sends it.
pub(super) struct Contract(Value);

/// A member that a body has somewhere.
struct Place {
    /// The JSON pointer of the object that it is in.
    object: String,
    name: String,
    is_needed: bool,
    schema: Value,
}

impl Contract {
    pub(super) async fn of(server: &Server) -> Self {
        let answer = server.send(Method::GET, "/v1/openapi.json", "", None).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["content-type"], "application/json");
        Self(answer.body)
    }

    /// Fails unless the document allows this answer, and the body if it was taken.
    pub(super) fn check(&self, method: &str, path: &str, body: Option<&Value>, answer: &Answer) {
        let operation = self.operation(method, path);
        let what = format!("{method} {path}");
        if let (Some(body), true) = (body, answer.status.is_success()) {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            self.fits(schema, body).unwrap_or_else(|why| panic!("{what} took {why}"));
        }
        let response = match operation["responses"].get(answer.status.as_str()) {
            Some(response) => response,
            None if OF_ALL.contains(&answer.status.as_u16()) => &operation["responses"]["default"],
            None => panic!("{what} answered {} {:?}", answer.status, answer.body),
        };
        match response["content"].get("application/json") {
            Some(content) => self.fits(&content["schema"], &answer.body),
            None if answer.body.is_null() => Ok(()),
            None => Err(answer.body.to_string()),
        }
        .unwrap_or_else(|why| panic!("{what} answered {} with {why}", answer.status));
    }

    fn operation(&self, method: &str, path: &str) -> &Value {
        let operation = &self.0["paths"][path][method.to_lowercase()];
        assert!(operation.is_object(), "{method} {path} is not in the document");
        operation
    }

    /// Whether a value is of this schema; if not, what is wrong. An object has no members but those of its schema.
    fn fits(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let wrong = || Err(format!("{value}, which is not of {schema}"));
        if schema.get("$ref").is_some() {
            self.fits(self.resolved(schema), value)?;
        }
        for of in ["anyOf", "oneOf"].iter().filter_map(|word| schema[*word].as_array()) {
            if of.iter().filter(|one| self.fits(one, value).is_ok()).count() != 1 {
                return wrong();
            }
        }
        let is_word = schema["enum"].as_array().is_none_or(|words| words.contains(value));
        let number = value.as_i64().unwrap_or_default();
        let is_in_range = schema["minimum"].as_i64().is_none_or(|least| least <= number)
            && schema["maximum"].as_i64().is_none_or(|most| number <= most);
        let is_id = schema["format"] != "uuid" || value.as_str().is_some_and(|id| id.len() == 36);
        let is_of_type = match schema["type"].as_str() {
            None => true,
            Some("null") => value.is_null(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("string") => value.is_string(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            Some(other) => panic!("{other}"),
        };
        if !(is_word && is_in_range && is_id && is_of_type) {
            return wrong();
        }
        for item in value.as_array().into_iter().flatten() {
            self.fits(&schema["items"], item)?;
        }
        let Some(members) = schema["properties"].as_object() else { return Ok(()) };
        let needed = schema["required"].as_array().cloned().unwrap_or_default();
        if needed.iter().any(|name| value.get(name.as_str().unwrap()).is_none()) {
            return wrong();
        }
        for (name, member) in value.as_object().into_iter().flatten() {
            match members.get(name) {
                Some(of) => self.fits(of, member)?,
                // Beside a reference stands what is said of some members in addition.
                None if schema.get("type").is_none() => {}
                None => return Err(format!("{name} in {value}, which is not in {schema}")),
            }
        }
        Ok(())
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.0.pointer(name.strip_prefix('#').unwrap()).unwrap(),
            None => schema,
        }
    }

    /// A value of this schema with all members; of several sorts the first.
    fn sample(&self, schema: &Value) -> Value {
        let schema = self.chosen(schema);
        let first = |of: &str| schema[of].as_array().map(|all| all[0].clone());
        if let Some(sample) = first("enum").or_else(|| first("examples")) {
            return sample;
        }
        match schema["type"].as_str().unwrap() {
            "boolean" => json!(true),
            "integer" => json!(1),
            "string" if schema["format"] == "uuid" => json!("01010101-0101-0101-0101-010101010101"),
            "string" => json!("text"),
            "array" => json!([self.sample(&schema["items"])]),
            _ => {
                let members = schema["properties"].as_object().unwrap().iter();
                members.map(|(name, of)| (name.clone(), self.sample(of))).collect()
            }
        }
    }

    /// Every member of the sample of this schema, which stands at this place of the body.
    fn places(&self, schema: &Value, at: &str) -> Vec<Place> {
        let schema = self.chosen(schema);
        if let Some(items) = schema.get("items") {
            return self.places(items, &format!("{at}/0"));
        }
        let mut places = Vec::new();
        for (name, of) in schema["properties"].as_object().into_iter().flatten() {
            let is_needed = schema["required"].as_array().unwrap().contains(&json!(name));
            let (object, name, schema) = (at.to_owned(), name.clone(), of.clone());
            places.extend(self.places(of, &format!("{at}/{name}")));
            places.push(Place { object, name, is_needed, schema });
        }
        places
    }

    fn chosen<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let schema = self.resolved(schema);
        let several = ["anyOf", "oneOf"].iter().find_map(|word| schema[*word].as_array());
        several.map_or(schema, |all| self.chosen(&all[0]))
    }
}

fn references(of: &Value, all: &mut BTreeSet<String>) {
    match of {
        Value::Object(members) => {
            all.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, all));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, all)),
        _ => {}
    }
}

async fn page(server: &Server) -> (HeaderMap, String) {
    let request = Request::get("/docs").body(Body::empty()).unwrap();
    let response = app(server.state.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (head.headers, String::from_utf8(bytes.to_vec()).unwrap())
}
