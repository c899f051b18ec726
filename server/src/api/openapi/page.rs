//! The page of all routes, for people. It is made of the document, and needs no script and nothing from elsewhere.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use serde_json::Value;

use super::name;
use crate::api::Route;

/// A page, and what a browser may load for it.
pub struct Page {
    /// The page.
    pub html: String,
    /// Its `Content-Security-Policy`.
    pub policy: String,
}

const STYLE: &str = "
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; }
h2 { border-bottom: 1px solid; margin-top: 3rem; }
article { margin: 2rem 0; }
h3, p, ul, table { margin: 0.5rem 0; }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: 0.25rem 1rem 0.25rem 0; text-align: left; vertical-align: top; }
nav ul { columns: 20rem; list-style: none; padding: 0; }
";

/// The page of the routes that the document tells of, in their order.
pub fn page(document: &Value, routes: &[&Route]) -> Page {
    let hash = BASE64.encode(digest(&SHA256, STYLE.as_bytes()).as_ref());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let info = member(document, "info");
    let html = [
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        &format!("<title>{0}: HTTP API</title>\n<style>{STYLE}</style>\n", escaped(text(info, "title"))),
        &format!("</head>\n<body>\n<h1>{}: HTTP API</h1>\n", escaped(text(info, "title"))),
        &format!("<p>{}</p>\n", prose(text(info, "description"))),
        "<p>For programs: <a href=\"v1/openapi.json\">the same in the form of OpenAPI</a>.</p>\n",
        &contents(routes),
        &sections(document, routes),
        &types(member(member(document, "components"), "schemas")),
        "</body>\n</html>\n",
    ];
    Page { html: html.concat(), policy }
}

fn contents(routes: &[&Route]) -> String {
    let line = |route: &&Route| {
        format!("<li><a href=\"#{}\"><code>{} {}</code></a></li>\n", name(route), route.method, route.path)
    };
    let lines: String = routes.iter().map(line).collect();
    format!("<nav>\n<ul>\n{lines}<li><a href=\"#types\">Types</a></li>\n</ul>\n</nav>\n")
}

/// The routes, those that have to do with the same together.
fn sections(document: &Value, routes: &[&Route]) -> String {
    let together = routes.chunk_by(|one, next| one.group == next.group);
    let section = |routes: &[&Route]| {
        let heading = routes.first().map_or("", |route| route.group);
        let articles: String = routes.iter().map(|route| article(document, route)).collect();
        format!("<section>\n<h2>{}</h2>\n{articles}</section>\n", escaped(heading))
    };
    together.map(section).collect()
}

fn article(document: &Value, route: &Route) -> String {
    let method = route.method.as_str().to_ascii_lowercase();
    let operation = member(member(member(document, "paths"), route.path), &method);
    let mut html = format!(
        "<article id=\"{}\">\n<h3><code>{} {}</code></h3>\n<p>{}</p>\n",
        name(route),
        route.method,
        escaped(route.path),
        prose(text(operation, "description"))
    );
    let mut lines = Vec::new();
    for parameter in list(operation, "parameters") {
        let (place, of) = (text(parameter, "in"), of_type(member(parameter, "schema")));
        lines.push(format!("<code>{}</code> in the {place}: {of}", escaped(text(parameter, "name"))));
    }
    let takes = content(member(operation, "requestBody"));
    lines.extend(takes.map(|of| format!("Takes {of}")));
    for (status, response) in entries(operation, "responses") {
        let of = content(response).map_or_else(String::new, |of| format!(" {of}"));
        let of = if status.starts_with(['1', '2']) { of } else { String::new() };
        lines.push(format!("<code>{status}</code>{of} {}", prose(text(response, "description"))));
    }
    let lines: String = lines.iter().map(|line| format!("<li>{line}</li>\n")).collect();
    html.push_str(&format!("<ul>\n{lines}</ul>\n</article>\n"));
    html
}

/// What a body or an answer holds, if it holds anything.
fn content(told: &Value) -> Option<String> {
    let (media_type, of) = entries(told, "content").next()?;
    let schema = of.get("schema");
    Some(schema.map_or_else(|| format!("<code>{}</code>", escaped(media_type)), of_type))
}

fn types(schemas: &Value) -> String {
    let schemas = schemas.as_object().into_iter().flatten();
    let one = |(name, schema): (&String, &Value)| {
        let members = members(schema).unwrap_or_else(|| format!("<p>{}</p>\n", of_type(schema)));
        let about = prose(text(schema, "description"));
        format!(
            "<article id=\"{name}\">\n<h3><code>{name}</code></h3>\n<p>{about}</p>\n{members}</article>\n"
        )
    };
    format!("<section id=\"types\">\n<h2>Types</h2>\n{}</section>\n", schemas.map(one).collect::<String>())
}

/// The table of an object's members.
fn members(schema: &Value) -> Option<String> {
    let members = schema.get("properties")?.as_object()?;
    let row = |(name, of): (&String, &Value)| {
        let needed = if is_needed(schema, name) { "" } else { "may be left out; " };
        let (of, about) = (of_type(of), prose(text(of, "description")));
        format!("<tr><td><code>{name}</code></td><td>{needed}{of}</td><td>{about}</td></tr>\n")
    };
    let rows: String = members.iter().map(row).collect();
    Some(format!("<table>\n<tr><th>member</th><th>form</th><th>meaning</th></tr>\n{rows}</table>\n"))
}

fn is_needed(schema: &Value, name: &str) -> bool {
    list(schema, "required").any(|needed| needed.as_str() == Some(name))
}

/// A type in words, with a link to one that has a name.
fn of_type(schema: &Value) -> String {
    if let Some(name) = text(schema, "$ref").rsplit('/').next().filter(|name| !name.is_empty()) {
        return format!("<a href=\"#{name}\"><code>{name}</code></a>");
    }
    let either: Vec<String> = list(schema, "anyOf").chain(list(schema, "oneOf")).map(of_type).collect();
    if !either.is_empty() {
        return either.join(" or ");
    }
    let words: Vec<String> = list(schema, "enum").filter_map(Value::as_str).map(word).collect();
    if !words.is_empty() {
        return words.join(", ");
    }
    match text(schema, "type") {
        "array" => format!("a list of {}", of_type(member(schema, "items"))),
        "boolean" => "<code>true</code> or <code>false</code>".to_owned(),
        "integer" => "a whole number".to_owned(),
        "null" => word("null"),
        "object" => {
            let member = |(name, of): (&String, &Value)| format!("{}: {}", word(name), of_type(of));
            let members: Vec<String> = entries(schema, "properties").map(member).collect();
            if members.is_empty() { "an object".to_owned() } else { format!("{{ {} }}", members.join("; ")) }
        }
        "string" if text(schema, "format") == "uuid" => "a UUID".to_owned(),
        "string" => "a text".to_owned(),
        _ => "anything".to_owned(),
    }
}

fn word(word: &str) -> String {
    format!("<code>{}</code>", escaped(word))
}

/// Words of ours as HTML: what stands between backticks is code.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(place, part)| if place.is_multiple_of(2) { escaped(part) } else { word(part) }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn member<'a>(of: &'a Value, name: &str) -> &'a Value {
    static NOTHING: Value = Value::Null;
    of.get(name).unwrap_or(&NOTHING)
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    member(of, name).as_str().unwrap_or_default()
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    member(of, name).as_array().into_iter().flatten()
}

fn entries<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    member(of, name).as_object().into_iter().flatten()
}
