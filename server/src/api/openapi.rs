//! The document of the API: `GET /v1/openapi.json` for programs (OpenAPI 3.1), `GET /docs` for people.
//!
//! It is made of the routes themselves when the server starts: paths, parameters, bodies and answers are read off the
//! types of their handlers. `docs/decisions/0015-openapi.md` says why.

mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::ApiError;
use super::operation::{Answers, Content, Operation, Token};
use super::routes::{Route, Routes, everybody};
use super::schema::{Schema, Schemas};
use page::Page;

/// The media type of HTML.
const HTML: &str = "text/html; charset=utf-8";

const ABOUT: &str = "JSON over HTTP. Ids are UUIDs, times whole numbers of milliseconds since 1970 in UTC. A body is \
    one JSON object of at most 64 KiB; members that a route does not know are ignored. `PUT` takes the whole object as \
    `GET` shows it, with the `version` that the edit is based on, and answers it with its new one: a member that is \
    left out gets its default. After any error the same request may be sent again.";

/// The document and the page, as they are sent.
struct Published {
    document: Bytes,
    page: Bytes,
    policy: HeaderValue,
}

/// The document, in JSON.
struct Document(Bytes);

/// The page, with what it may load.
struct Shown(Bytes, HeaderValue);

/// The same routes, and those of the document that tells of them and of itself.
pub fn published(routes: Routes) -> Routes {
    let own = Routes::of("This document")
        .get("/v1/openapi.json", document, everybody("The document of this API, in the form of OpenAPI 3.1."))
        .get("/docs", shown, everybody("The same for people: a page of all routes."));
    let all: Vec<&Route> = routes.list().iter().chain(own.list()).collect();
    let published = Arc::new(Published::of(&all));
    routes.and(own.with(published))
}

async fn document(Extension(published): Extension<Arc<Published>>) -> Document {
    Document(published.document.clone())
}

async fn shown(Extension(published): Extension<Arc<Published>>) -> Shown {
    Shown(published.page.clone(), published.policy.clone())
}

impl Published {
    fn of(routes: &[&Route]) -> Self {
        let document = document_of(routes);
        let Page { html, policy } = page::page(&document, routes);
        // It is ASCII, and so always fit for a header.
        let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { document: document.to_string().into(), page: html.into(), policy }
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let headers = [(CONTENT_TYPE, HeaderValue::from_static(HTML)), (CONTENT_SECURITY_POLICY, self.1)];
        (headers, self.0).into_response()
    }
}

impl Schema for Document {
    /// That of OpenAPI, which tools know.
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "object" })
    }
}

impl Answers for Document {
    fn tell(operation: &mut Operation) {
        operation.answer = Some(Content::json::<Self>());
    }
}

impl Answers for Shown {
    fn tell(operation: &mut Operation) {
        operation.answer = Some(Content::other(HTML));
    }
}

/// The document that tells of these routes.
fn document_of(routes: &[&Route]) -> Value {
    let mut schemas = Schemas::default();
    // Every refusal is of this form.
    let error = ApiError::schema(&mut schemas);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes {
        let operation = operation(route, &error, &mut schemas);
        paths.entry(route.path).or_default().insert(route.method.as_str().to_ascii_lowercase(), operation);
    }
    let mut groups: Vec<&str> = routes.iter().map(|route| route.group).collect();
    groups.dedup();
    let tags: Vec<Value> = groups.iter().map(|group| json!({ "name": group })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Roadbook",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas.into_value(),
            "securitySchemes": {
                "access_token": { "type": "http", "scheme": "bearer", "description": "An access token." },
                "refresh_token": { "type": "http", "scheme": "bearer", "description": "A refresh token." },
            },
        },
    })
}

fn operation(route: &Route, error: &Value, schemas: &mut Schemas) -> Value {
    let Route { about, operation, .. } = route;
    let mut told = Map::new();
    let mut say = |member: &str, value: Value| drop(told.insert(member.to_owned(), value));
    say("operationId", name(route).into());
    say("tags", json!([route.group]));
    say("summary", first_sentence(about.what).into());
    say("description", format!("{} For: {}.", about.what, about.who).into());
    say("security", security(operation.token));
    let parameters = parameters(route, schemas);
    if !parameters.is_empty() {
        say("parameters", parameters.into());
    }
    if let Some(body) = &operation.body {
        say("requestBody", json!({ "required": true, "content": content(body, schemas) }));
    }
    say("responses", responses(route, error, schemas));
    told.into()
}

/// One name for each route, as in `get_v1_users_user_devices`.
fn name(route: &Route) -> String {
    let path = route.path.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let words: Vec<&str> = path.split_whitespace().collect();
    format!("{}_{}", route.method.as_str().to_ascii_lowercase(), words.join("_"))
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}

fn security(token: Option<Token>) -> Value {
    match token {
        Some(Token::Access) => json!([{ "access_token": [] }]),
        Some(Token::Refresh) => json!([{ "refresh_token": [] }]),
        None => json!([]),
    }
}

fn parameters(route: &Route, schemas: &mut Schemas) -> Vec<Value> {
    let variables = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters = Vec::new();
    for (variable, schema) in variables.zip(route.operation.variable) {
        let schema = schema(schemas);
        parameters.push(json!({ "name": variable, "in": "path", "required": true, "schema": schema }));
    }
    if let Some(query) = route.operation.query {
        parameters.extend(query(schemas).into_parameters());
    }
    parameters
}

fn content(content: &Content, schemas: &mut Schemas) -> Value {
    // Without a schema it is bytes.
    let told = content.schema.map_or_else(|| json!({}), |schema| json!({ "schema": schema(schemas) }));
    Map::from_iter([(content.media_type.to_owned(), told)]).into()
}

fn responses(route: &Route, error: &Value, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    let Operation { status, answer, errors, .. } = &route.operation;
    let done = match answer {
        Some(answer) => json!({ "description": "Done.", "content": content(answer, schemas) }),
        None => json!({ "description": "Done." }),
    };
    responses.insert(status.as_str().to_owned(), done);
    let mut refusals: BTreeMap<String, BTreeMap<&str, String>> = BTreeMap::new();
    for refusal in errors.iter().chain(&route.about.errors) {
        let (status, code) = refusal.status_and_code();
        refusals.entry(status.as_str().to_owned()).or_default().insert(code, meaning(refusal));
    }
    for (status, codes) in refusals {
        let described: Vec<String> =
            codes.iter().map(|(code, meaning)| format!("`{code}`: {meaning}.")).collect();
        let codes: Vec<&str> = codes.into_keys().collect();
        responses.insert(status, refused(error, &described.join(" "), Some(json!({ "enum": codes }))));
    }
    let others =
        "Any other refusal: the body came too slowly, the server is busy, has no space left, or failed.";
    responses.insert("default".to_owned(), refused(error, others, None));
    responses.into()
}

/// An answer that is an error, perhaps with one of these codes.
fn refused(error: &Value, description: &str, code: Option<Value>) -> Value {
    let mut schema = error.clone();
    if let (Some(code), Value::Object(schema)) = (code, &mut schema) {
        schema.insert("properties".to_owned(), json!({ "code": code }));
    }
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

/// What an error means, whatever its data.
fn meaning(error: &ApiError) -> String {
    match error {
        ApiError::AlreadyExists { .. } => "the value of `field` is taken".to_owned(),
        ApiError::Invalid { .. } => "the member `field` of the request has this `problem`".to_owned(),
        ApiError::AgainstTheRules(_) => "the setting would break this `rule` of settings".to_owned(),
        other => other.to_string(),
    }
}
