//! Hand-ins: `POST /v1/hand-in` (a device without access), and what managers do with them:
//! `GET /v1/hand-ins`, `GET /v1/hand-ins/{hand_in}`, `POST /v1/hand-ins/{hand_in}/apply` and `/discard`.

use axum::Json;
use axum::extract::{FromRequestParts, State as With};
use axum::http::StatusCode;
use axum::http::request::Parts;
use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::crm::place::Place;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Change, Op};
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::caller::bearer;
use super::{ApiError, Body, Path, Routes};
use crate::auth::Claim;
use crate::auth::token::RefreshToken;
use crate::state::State;
use crate::store::hand_ins::HandedIn;
use crate::sync::hand_in::{self, Changed};

/// The most bytes of a body that hands in: the sealed frame in base64url.
const MAX_HAND_IN_BODY: usize = 772 << 10;

/// The most bytes of edits that one answer shows.
const MAX_SHOWN: usize = 512 << 10;

/// What an edit takes beside its text.
const SHOWN_BESIDE: usize = 128;

/// The routes of hand-ins.
pub fn routes() -> Routes {
    Routes::new()
        .post_up_to(MAX_HAND_IN_BODY, "/v1/hand-in", take)
        .get("/v1/hand-ins", list)
        .get("/v1/hand-ins/{hand_in}", open)
        .post("/v1/hand-ins/{hand_in}/apply", apply)
        .post("/v1/hand-ins/{hand_in}/discard", discard)
}

/// The refresh token of a request, in the place of an access token: judged before the body is read.
struct Refresh(RefreshToken);

#[derive(Deserialize)]
struct Sealed {
    /// In base64url.
    sealed: String,
}

/// In base64url.
#[derive(Serialize)]
struct Receipt {
    receipt: String,
}

#[derive(Serialize)]
struct Listed {
    id: Uuid,
    user: UserId,
    device: DeviceId,
    device_name: String,
    handed_in_at: Timestamp,
    changes: i64,
}

#[derive(Serialize)]
struct Opened {
    #[serde(flatten)]
    listed: Listed,
    documents: Vec<Document>,
    /// How many edits are not shown here: applied or discarded they are with the rest.
    more: usize,
}

#[derive(Serialize)]
struct Document {
    id: DocumentId,
    kind: u16,
    exists: bool,
    private: bool,
    edits: Vec<Edit>,
}

/// A value that a change wrote, or text that it added or erased.
#[derive(Serialize)]
struct Edit {
    made_at: Timestamp,
    place: &'static str,
    of: Option<String>,
    text: String,
    /// How many characters of a long text it erased.
    #[serde(skip_serializing_if = "is_zero")]
    erased: u32,
}

#[derive(Serialize)]
struct Applied {
    applied: usize,
    left: usize,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct Refused {
    document: DocumentId,
    reason: String,
}

async fn take(
    With(state): With<State>,
    Refresh(token): Refresh,
    Body(asked): Body<Sealed>,
) -> Result<Json<Receipt>, ApiError> {
    // What is not in base64url is not sealed, either.
    let sealed = BASE64URL_NOPAD.decode(asked.sealed.as_bytes()).unwrap_or_default();
    let receipt = hand_in::take(state.gate(), token, &sealed).await?;
    Ok(Json(Receipt { receipt: BASE64URL_NOPAD.encode(&receipt) }))
}

async fn list(With(state): With<State>, claim: Claim) -> Result<Json<Vec<Listed>>, ApiError> {
    let waiting = hand_in::list(state.node(), &claim).await?;
    Ok(Json(waiting.into_iter().map(Listed::from).collect()))
}

async fn open(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<Uuid>,
) -> Result<Json<Opened>, ApiError> {
    let opened = hand_in::open(state.node(), &claim, id).await?;
    let mut documents: Vec<_> = opened.changed.iter().map(Document::from).collect();
    let (mut left, mut more) = (MAX_SHOWN, 0);
    for document in &mut documents {
        let bytes = |edit: &Edit| SHOWN_BESIDE + edit.text.len();
        let fits = document.edits.iter().take_while(|edit| {
            let rest = left.checked_sub(bytes(edit));
            left = rest.unwrap_or_default();
            rest.is_some()
        });
        let fits = fits.count();
        more += document.edits.len() - fits;
        document.edits.truncate(fits);
    }
    Ok(Json(Opened { listed: opened.of.into(), documents, more }))
}

async fn apply(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<Uuid>,
) -> Result<Json<Applied>, ApiError> {
    let done = hand_in::apply(state.engine(), &claim, id).await?;
    let refused = done.refused.iter().map(|(document, reason)| {
        let reason = reason.to_string();
        Refused { document: *document, reason }
    });
    Ok(Json(Applied { applied: done.applied, left: done.left, refused: refused.collect() }))
}

async fn discard(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    hand_in::discard(state.engine(), &claim, id).await?;
    tracing::info!(hand_in.id = %id, manager.id = %claim.user(), "hand-in discarded");
    Ok(StatusCode::NO_CONTENT)
}

impl FromRequestParts<State> for Refresh {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let token = bearer(parts).ok_or(ApiError::Unauthenticated)?;
        state.gate().tokens().open(token).map(Self).map_err(|_| ApiError::SessionOver)
    }
}

impl From<HandedIn> for Listed {
    fn from(of: HandedIn) -> Self {
        let HandedIn { id, user, device, device_name, at, changes, role: _ } = of;
        Self { id, user, device, device_name, handed_in_at: at, changes }
    }
}

impl From<&Changed> for Document {
    fn from(changed: &Changed) -> Self {
        let Changed { is_private, exists, group } = changed;
        let changes = group.changes.iter().filter_map(|pushed| Change::from_bytes(&pushed.change).ok());
        let edits = changes.flat_map(|change| edits(group.kind, &change)).collect();
        Self { id: group.document, kind: group.kind.0, exists: *exists, private: *is_private, edits }
    }
}

fn edits(kind: DocumentTypeId, change: &Change) -> Vec<Edit> {
    let edit = |op: &Op| match op {
        Op::Put { register, value, .. } => {
            let (place, of) = Place::of(kind, register).code();
            Some(Edit { made_at: change.time, place, of, text: value.clone(), erased: 0 })
        }
        // Which text it belongs to only the document tells.
        Op::Insert { chars, .. } => {
            Some(Edit { made_at: change.time, place: "text", of: None, text: chars.clone(), erased: 0 })
        }
        Op::Erase { count, .. } => {
            Some(Edit { made_at: change.time, place: "text", of: None, text: String::new(), erased: *count })
        }
        Op::MakeText { .. } | Op::MakeContainer { .. } => None,
    };
    change.ops.iter().filter_map(edit).collect()
}

fn is_zero(erased: &u32) -> bool {
    *erased == 0
}
