//! What reads bytes of strangers, and what it promises about them.

use std::fmt;
use std::str::FromStr;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use roadbook_client::Identity;
use roadbook_domain::crm::card;
use roadbook_domain::crm::command::{Acting, CardCommand};
use roadbook_domain::document::change::{Actor, Change};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::{Document, OpIndex, Writer};
use roadbook_domain::import::{Destination, Directory, Hints, Import, ImportSource, Mapping, Source};
use roadbook_domain::read::projection;
use roadbook_domain::settings::{ImportKey, LOCAL_USER, Settings, SettingsRow, builtin_rows, local_user};
use roadbook_domain::value::id::{DeviceId, ProductId, UserId};
use roadbook_domain::value::time::Zone;
use roadbook_domain::wire::{LiveFrame, SyncRequest, SyncResponse, from_frame, to_frame};
use roadbook_server::{app, testing};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::corpus;
use crate::failure::Failure;

/// The largest message that is read.
pub(super) const MAX: usize = 4 << 20;
/// The built-in sales product.
pub(super) const SALES: ProductId = ProductId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

/// Something that reads bytes of strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Frames of requests, answers and the live channel: what is read is written the same.
    Frame,
    /// The server's exchange: it answers, and never with a fault of its own.
    Exchange,
    /// Changes: what the guard lets through fits the document, and the document can be stored and read.
    Guard,
    /// Access tokens: none but those that were issued.
    Token,
    /// Contact exports: each row is planned within all limits, or reported.
    Import,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Frame, Self::Exchange, Self::Guard, Self::Token, Self::Import];

    pub(super) fn stage(self) -> Result<Stage, Failure> {
        Ok(match self {
            Self::Frame => Stage::Frame,
            Self::Exchange => Stage::Exchange(Box::new(Served::start()?)),
            Self::Guard => Stage::Guard(Box::new(start_of()), corpus::changes()),
            Self::Token => Stage::Token(Box::new(Served::start()?)),
            Self::Import => Stage::Import(Box::new(destination()?)),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frame => "frame",
            Self::Exchange => "exchange",
            Self::Guard => "guard",
            Self::Token => "token",
            Self::Import => "import",
        })
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|target| target.to_string() == text);
        found.ok_or_else(|| format!("one of {}", Self::ALL.map(|target| target.to_string()).join(", ")))
    }
}

/// A target with what it needs.
pub(super) enum Stage {
    Frame,
    Exchange(Box<Served>),
    Guard(Box<Document>, Vec<Change>),
    Token(Box<Served>),
    Import(Box<(Destination, Directory)>),
}

impl Stage {
    /// Tries an input: whether it was taken; an error is a broken promise.
    pub(super) fn try_input(&mut self, input: &[u8]) -> Result<bool, String> {
        match self {
            Self::Frame => frame(input),
            Self::Exchange(served) => exchange(served, input),
            Self::Guard(document, changes) => guard(document, changes, input),
            Self::Token(served) => token(served, input),
            Self::Import(to) => import(&to.0, &to.1, input),
        }
    }
}

fn frame(input: &[u8]) -> Result<bool, String> {
    let request = from_frame::<SyncRequest>(input, MAX);
    if let Ok(request) = &request
        && from_frame::<SyncRequest>(&to_frame(request), MAX).as_ref() != Ok(request)
    {
        return Err("a request that was read is written as another".to_owned());
    }
    let answer = from_frame::<SyncResponse>(input, MAX);
    if let Ok(answer) = &answer
        && from_frame::<SyncResponse>(&to_frame(answer), MAX).as_ref() != Ok(answer)
    {
        return Err("an answer that was read is written as another".to_owned());
    }
    let live = LiveFrame::from_bytes(input).ok().flatten();
    Ok(request.is_ok() || answer.is_ok() || live.is_some())
}

fn exchange(served: &Served, input: &[u8]) -> Result<bool, String> {
    let (status, _) = served.exchange(input.to_vec()).map_err(|failure| failure.to_string())?;
    if status.is_server_error() {
        Err(format!("the server answers {status}"))
    } else {
        Ok(status.is_success())
    }
}

fn guard(start: &Document, changes: &[Change], input: &[u8]) -> Result<bool, String> {
    let Ok(change) = Change::from_bytes(input) else { return Ok(false) };
    if change.to_bytes() != input {
        return Err("one change has two forms".to_owned());
    }
    let mut document = start.clone();
    let mut taken = false;
    // On each of the states that the corpus leads through: a change fits one of them, if any.
    for next in std::iter::once(None).chain(changes.iter().map(Some)) {
        if let Some(next) = next {
            document.add(next).map_err(|error| format!("the corpus does not fit: {error}"))?;
        }
        if OpIndex::of(&document).judge(&change, Writer::Editor).is_err() {
            continue;
        }
        taken = true;
        let mut with = document.clone();
        with.add(&change).map_err(|error| format!("the guard lets through what does not fit: {error}"))?;
        projection::rows(&with, None);
        let read =
            Document::load(&card::TYPE, &with.save()).map_err(|error| format!("not read again: {error}"))?;
        if read.heads() != with.heads() {
            return Err("it is read again as another".to_owned());
        }
    }
    Ok(taken)
}

fn token(served: &Served, input: &[u8]) -> Result<bool, String> {
    let Ok(text) = std::str::from_utf8(input) else { return Ok(false) };
    let status = served.asked_with(text).map_err(|failure| failure.to_string())?;
    match status {
        Some(StatusCode::OK) if text.trim() == served.token => Ok(true),
        Some(StatusCode::OK) => Err("a token that was never issued is taken".to_owned()),
        Some(status) if status.is_server_error() => Err(format!("the server answers {status}")),
        _ => Ok(false),
    }
}

fn import(to: &Destination, directory: &Directory, input: &[u8]) -> Result<bool, String> {
    let Ok(source) = Source::read(input, Hints::default()) else { return Ok(false) };
    let mapping = Mapping::guess(source.header(), to);
    let Ok(import) = Import::prepare(&source, &mapping, to, directory) else { return Ok(false) };
    let (mut rows, mut cards) = (0, std::collections::BTreeSet::new());
    for row in import.rows() {
        rows += 1;
        let Ok(row) = row else { continue };
        if !cards.insert(row.card.document) {
            return Err(format!("row {} makes the card of another row", row.row));
        }
        let mut document = Document::new(&card::TYPE);
        let index = OpIndex::of(&document);
        let acting = acting();
        let mut draft = Draft::new(&mut document, Actor([1; 16]), acting.now);
        for command in &row.card.commands {
            command.draft(&mut draft, &acting).map_err(|error| format!("row {}: {error}", row.row))?;
        }
        let change = draft.finish().ok_or("a row makes nothing")?;
        index.judge(&change, Writer::Editor).map_err(|error| format!("row {}: {error}", row.row))?;
    }
    if rows == import.row_count() { Ok(true) } else { Err("rows are lost between two readings".to_owned()) }
}

/// A card that the mutated changes are judged on.
pub(super) fn start_of() -> Document {
    let mut document = Document::new(&card::TYPE);
    let acting = acting();
    let mut draft = Draft::new(&mut document, Actor([2; 16]), acting.now);
    let create =
        CardCommand::Create { product: SALES, name: "Card".into(), status: None, owner: Some(acting.by) };
    create.draft(&mut draft, &acting).expect("a card can be made");
    let change = draft.finish().expect("a card is a change");
    document.add(&change).expect("the first change fits");
    document
}

pub(super) fn acting() -> Acting {
    Acting { by: LOCAL_USER, now: testing::START, zone: Zone::UTC }
}

fn destination() -> Result<(Destination, Directory), Failure> {
    let user = SettingsRow::new(&local_user(Zone::UTC, "en"), 1);
    let key = SettingsRow::new(&ImportKey::from_bytes([1; 32]), 1);
    let settings = Settings::from_rows(builtin_rows().into_iter().chain([user, key]));
    let to = Destination::of_product(&settings, SALES, ImportSource::Unnamed, acting())?;
    Ok((to, Directory::of(&settings)))
}

/// A server in this process, and a signed-in device of its administrator.
pub(super) struct Served {
    runtime: Runtime,
    router: Router,
    pub token: String,
    pub identity: Identity,
    _server: testing::Server,
}

impl Served {
    pub(super) fn start() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let set_up = |error: testing::Failure| Failure::new("a server starts", error);
        let server = runtime.block_on(testing::Server::new(testing::Engine::Sqlite)).map_err(set_up)?;
        let signed =
            runtime.block_on(server.sign_in(testing::ADMIN, testing::PASSWORD, 1)).map_err(set_up)?;
        let user: UserId = signed.text("user").parse()?;
        let device: DeviceId = signed.text("device").parse()?;
        let identity = Identity { user, org: Some(server.created.org), device: Some(device) };
        let router = app(server.state.clone());
        Ok(Self { runtime, router, token: signed.text("access_token"), identity, _server: server })
    }

    pub(super) fn exchange(&self, frame: Vec<u8>) -> Result<(StatusCode, Vec<u8>), Failure> {
        let request = Request::post("/v1/sync")
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, "application/vnd.roadbook.frame")
            .body(Body::from(frame))?;
        self.answer(request)
    }

    /// The status of a request with this token; `None` if no header can hold it.
    fn asked_with(&self, token: &str) -> Result<Option<StatusCode>, Failure> {
        let request = Request::get("/v1/devices").header(AUTHORIZATION, format!("Bearer {token}"));
        let Ok(request) = request.body(Body::empty()) else { return Ok(None) };
        self.answer(request).map(|(status, _)| Some(status))
    }

    fn answer(&self, request: Request<Body>) -> Result<(StatusCode, Vec<u8>), Failure> {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router answers");
            let status = response.status();
            Ok((status, response.into_body().collect().await?.to_bytes().to_vec()))
        })
    }
}
