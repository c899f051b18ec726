//! Products: `GET` and `POST /v1/products`, `PUT /v1/products/{product}` (F7-F9).

use axum::Json;
use axum::extract::State as With;
use axum::http::StatusCode;
use roadbook_domain::settings::SettingsKind;
use roadbook_domain::settings::catalogue;
use roadbook_domain::settings::product::{Product, ProductKind};
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::ProductId;
use serde::Deserialize;

use super::versioned::{self, Versioned};
use super::{ApiError, Body, Path, Routes};
use crate::auth::Claim;
use crate::settings::{self, EditError};
use crate::state::State;

/// The routes of products.
pub fn routes() -> Routes {
    Routes::new().get("/v1/products", list).post("/v1/products", create).put("/v1/products/{product}", edit)
}

#[derive(Deserialize)]
struct NewProduct {
    kind: ProductKind,
    /// The catalogue's name if absent.
    name: Option<String>,
}

async fn list(With(state): With<State>, claim: Claim) -> Result<Json<Vec<Versioned<Product>>>, ApiError> {
    let mut products = versioned::list::<Product>(&mut claim.snapshot(state.db()).await?).await?;
    products.sort_by_key(|product| (product.setting.order, product.setting.id));
    Ok(Json(products))
}

/// Adds a product from the gallery, last in the top bar, with the statuses and fields of its kind (F8).
async fn create(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<NewProduct>,
) -> Result<(StatusCode, Json<Versioned<Product>>), ApiError> {
    let spec = catalogue::spec(asked.kind).ok_or_else(|| ApiError::invalid("kind", "not in the gallery"))?;
    let (id, name) = (ProductId::new(state.env()), &asked.name);
    let (version, setting) =
        settings::edit(state.node(), &claim, Act::EditSettings, |mut editing| async move {
            // Under the lock: two products that are made at once get different places.
            let last = editing.settings().products().map(|product| product.order).max().unwrap_or_default();
            let mut made = catalogue::new_product(id, spec, last.saturating_add(10));
            made.product.name = name.clone().unwrap_or(made.product.name);
            let version = editing.write(&made.product, 0).await?;
            for row in made.rows().into_iter().filter(|row| row.kind != SettingsKind::Product) {
                editing.put(row).await?;
            }
            Ok::<_, EditError>((editing, (version, made.product)))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(Versioned { version, setting })))
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<ProductId>,
    Body(asked): Body<Versioned<Product>>,
) -> Result<Json<Versioned<Product>>, ApiError> {
    versioned::edit(&state, &claim, id, asked).await
}
