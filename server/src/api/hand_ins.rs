//! Hand-ins: `POST /v1/hand-in` (a device without access), and what managers do with them:
//! `GET /v1/hand-ins`, `GET /v1/hand-ins/{hand_in}`, `POST /v1/hand-ins/{hand_in}/apply` and `/discard`.

use axum::Json;
use axum::extract::{FromRequestParts, State as With};
use axum::http::request::Parts;
use axum::response::NoContent;
use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::crm::place::Place;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::{Change, Op};
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::caller::bearer;
use super::operation::{Asks, Operation, Token};
use super::routes::{managers, only};
use super::schema::described;
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
    let takes = only(
        "a refresh token of a disabled user or a revoked device",
        "Takes what is unsent, sealed, for review; answers a receipt (section 17 of the protocol).",
    );
    let opens = managers(
        "Its documents and edits: `place` is what was written, `of` the todo, entry or field that it belongs to, \
         `erased` how many characters of a long text went; `more` edits beyond 512 KiB are not shown.",
    );
    let applies = managers(
        "Writes it in its user's name, as far as the caller may: `{\"applied\", \"left\", \"refused\": [{\"document\", \
         \"reason\"}]}`. Once all is written it is gone. With `left`, apply it again.",
    );
    let invalid = || ApiError::invalid("sealed", "");
    Routes::of("Hand-ins")
        .post_up_to(MAX_HAND_IN_BODY, "/v1/hand-in", take, takes)
        .get("/v1/hand-ins", list, managers("What was handed in and waits, the oldest first, at most 200."))
        .get("/v1/hand-ins/{hand_in}", open, opens.fails([invalid()]))
        .post("/v1/hand-ins/{hand_in}/apply", apply, applies.fails([invalid(), ApiError::TooLarge]))
        .post("/v1/hand-ins/{hand_in}/discard", discard, managers("Removes it."))
}

/// The refresh token of a request, in the place of an access token: judged before the body is read.
struct Refresh(RefreshToken);

described! {
    /// What is unsent, sealed.
    #[derive(Deserialize)]
    struct SealedHandIn {
        /// In base64url without padding.
        sealed: String,
    }

    /// The server's word that it has what was handed in.
    #[derive(Serialize)]
    struct HandInReceipt {
        /// In base64url without padding.
        receipt: String,
    }

    /// A hand-in that waits.
    #[derive(Serialize)]
    struct WaitingHandIn {
        id: Uuid,
        /// Whose it is.
        user: UserId,
        device: DeviceId,
        device_name: String,
        handed_in_at: Timestamp,
        /// How many changes it holds.
        changes: i64,
    }

    /// What is in a hand-in.
    #[derive(Serialize)]
    struct OpenedHandIn {
        #[serde(flatten)]
        listed: WaitingHandIn,
        documents: Vec<HandInDocument>,
        /// How many edits are not shown here: applied or discarded they are with the rest.
        more: usize,
    }

    /// What a hand-in has of one document.
    #[derive(Serialize)]
    struct HandInDocument {
        id: DocumentId,
        /// 1: a card; 2: a contact; 3: a user document.
        kind: u16,
        /// Whether the server has it.
        exists: bool,
        /// Whether it is the user's alone: then its edits are not shown.
        private: bool,
        /// In order; empty of a document that was purged.
        edits: Vec<HandInEdit>,
    }

    /// A value that a change wrote, or text that it added or erased.
    #[derive(Serialize)]
    struct HandInEdit {
        made_at: Timestamp,
        /// What was written, such as `name`, `todo` or `text`.
        place: &'static str,
        /// The todo, entry, field, option or link that it belongs to, if it belongs to one.
        of: Option<String>,
        text: String,
        /// How many characters of a long text it erased; only if it did.
        #[serde(skip_serializing_if = "is_zero")]
        erased: u32,
    }

    /// What became of a hand-in.
    #[derive(Serialize)]
    struct AppliedHandIn {
        /// How many changes are written now; those that were there before count, too.
        applied: usize,
        /// How many are not written yet: apply it again.
        left: usize,
        /// The documents of which a change was refused.
        refused: Vec<RefusedDocument>,
    }

    /// A document of which a change was refused.
    #[derive(Serialize)]
    struct RefusedDocument {
        document: DocumentId,
        /// One of the codes of section 8 of the protocol, as a word.
        reason: String,
    }
}

async fn take(
    With(state): With<State>,
    Refresh(token): Refresh,
    Body(asked): Body<SealedHandIn>,
) -> Result<Json<HandInReceipt>, ApiError> {
    // What is not in base64url is not sealed, either.
    let sealed = BASE64URL_NOPAD.decode(asked.sealed.as_bytes()).unwrap_or_default();
    let receipt = hand_in::take(state.gate(), token, &sealed).await?;
    Ok(Json(HandInReceipt { receipt: BASE64URL_NOPAD.encode(&receipt) }))
}

async fn list(With(state): With<State>, claim: Claim) -> Result<Json<Vec<WaitingHandIn>>, ApiError> {
    let waiting = hand_in::list(state.node(), &claim).await?;
    Ok(Json(waiting.into_iter().map(WaitingHandIn::from).collect()))
}

async fn open(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<Uuid>,
) -> Result<Json<OpenedHandIn>, ApiError> {
    let opened = hand_in::open(state.node(), &claim, id).await?;
    let mut documents: Vec<_> = opened.changed.iter().map(HandInDocument::from).collect();
    let (mut left, mut more) = (MAX_SHOWN, 0);
    for document in &mut documents {
        let bytes = |edit: &HandInEdit| SHOWN_BESIDE + edit.text.len();
        let fits = document.edits.iter().take_while(|edit| {
            let rest = left.checked_sub(bytes(edit));
            left = rest.unwrap_or_default();
            rest.is_some()
        });
        let fits = fits.count();
        more += document.edits.len() - fits;
        document.edits.truncate(fits);
    }
    Ok(Json(OpenedHandIn { listed: opened.of.into(), documents, more }))
}

async fn apply(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<Uuid>,
) -> Result<Json<AppliedHandIn>, ApiError> {
    let done = hand_in::apply(state.engine(), &claim, id).await?;
    let refused = done.refused.iter().map(|(document, reason)| {
        let reason = reason.to_string();
        RefusedDocument { document: *document, reason }
    });
    Ok(Json(AppliedHandIn { applied: done.applied, left: done.left, refused: refused.collect() }))
}

async fn discard(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<Uuid>,
) -> Result<NoContent, ApiError> {
    hand_in::discard(state.engine(), &claim, id).await?;
    tracing::info!(hand_in.id = %id, manager.id = %claim.user(), "hand-in discarded");
    Ok(NoContent)
}

impl FromRequestParts<State> for Refresh {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let token = bearer(parts).ok_or(ApiError::Unauthenticated)?;
        state.gate().tokens().open(token).map(Self).map_err(|_| ApiError::SessionOver)
    }
}

impl Asks for Refresh {
    fn tell(operation: &mut Operation) {
        operation.token = Some(Token::Refresh);
        operation.errors.extend([ApiError::Unauthenticated, ApiError::SessionOver]);
    }
}

impl From<HandedIn> for WaitingHandIn {
    fn from(of: HandedIn) -> Self {
        let HandedIn { id, user, device, device_name, at, changes, role: _ } = of;
        Self { id, user, device, device_name, handed_in_at: at, changes }
    }
}

impl From<&Changed> for HandInDocument {
    fn from(changed: &Changed) -> Self {
        let Changed { is_private, exists, group } = changed;
        let changes = group.changes.iter().filter_map(|pushed| Change::from_bytes(&pushed.change).ok());
        let edits = changes.flat_map(|change| edits(group.kind, &change)).collect();
        Self { id: group.document, kind: group.kind.0, exists: *exists, private: *is_private, edits }
    }
}

fn edits(kind: DocumentTypeId, change: &Change) -> Vec<HandInEdit> {
    let edit = |op: &Op| match op {
        Op::Put { register, value, .. } => {
            let (place, of) = Place::of(kind, register).code();
            Some(HandInEdit { made_at: change.time, place, of, text: value.clone(), erased: 0 })
        }
        // Which text it belongs to only the document tells.
        Op::Insert { chars, .. } => {
            Some(HandInEdit { made_at: change.time, place: "text", of: None, text: chars.clone(), erased: 0 })
        }
        Op::Erase { count, .. } => Some(HandInEdit {
            made_at: change.time,
            place: "text",
            of: None,
            text: String::new(),
            erased: *count,
        }),
        Op::MakeText { .. } | Op::MakeContainer { .. } => None,
    };
    change.ops.iter().filter_map(edit).collect()
}

fn is_zero(erased: &u32) -> bool {
    *erased == 0
}
