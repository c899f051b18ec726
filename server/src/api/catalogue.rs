//! The gallery of products: `GET /v1/catalogue` (F8, F16).

use axum::Json;
use axum::extract::State as With;
use roadbook_domain::settings::catalogue::{KINDS, KindSpec, Names};
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::status::StatusMode;
use serde::Serialize;

use super::routes::signed_in;
use super::schema::described;
use super::{ApiError, Routes};
use crate::auth::Claim;
use crate::state::State;

/// The routes of the gallery.
pub fn routes() -> Routes {
    let about = signed_in("The gallery: the kinds of product that there are to add.");
    Routes::of("The gallery").get("/v1/catalogue", list, about)
}

described! {
    /// A kind of product, as the gallery shows it.
    #[derive(Serialize)]
    struct GalleryKind {
        kind: ProductKind,
        names: Names,
        /// What one of its cards is called.
        item_noun: Names,
        /// When to choose it.
        guidance: Names,
        mode: StatusMode,
        /// Whether its business is not built yet.
        preview: bool,
    }
}

async fn list(With(state): With<State>, claim: Claim) -> Result<Json<Vec<GalleryKind>>, ApiError> {
    claim.snapshot(state.db()).await?;
    Ok(Json(KINDS.iter().copied().map(GalleryKind::from).collect()))
}

impl From<&KindSpec> for GalleryKind {
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
