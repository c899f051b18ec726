//! The gallery of products: `GET /v1/catalogue` (F8, F16).

use axum::Json;
use axum::extract::State as With;
use roadbook_domain::settings::catalogue::{KINDS, KindSpec, Names};
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::status::StatusMode;
use serde::Serialize;

use super::{ApiError, Routes};
use crate::auth::Claim;
use crate::state::State;

/// The routes of the gallery.
pub fn routes() -> Routes {
    Routes::new().get("/v1/catalogue", list)
}

/// A product kind, as the gallery shows it.
#[derive(Serialize)]
struct Kind {
    kind: ProductKind,
    names: Names,
    item_noun: Names,
    guidance: Names,
    mode: StatusMode,
    /// Whether its business is not built yet (C27).
    preview: bool,
}

async fn list(With(state): With<State>, claim: Claim) -> Result<Json<Vec<Kind>>, ApiError> {
    claim.snapshot(state.db()).await?;
    Ok(Json(KINDS.iter().copied().map(Kind::from).collect()))
}

impl From<&KindSpec> for Kind {
    fn from(spec: &KindSpec) -> Self {
        Self {
            kind: spec.kind,
            names: spec.names,
            item_noun: spec.item_noun,
            guidance: spec.guidance,
            mode: spec.mode,
            preview: spec.preview,
        }
    }
}
