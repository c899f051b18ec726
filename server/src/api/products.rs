//! Products: `GET` and `POST /v1/products`, `PUT /v1/products/{product}` (F7-F9).

use axum::Json;
use axum::extract::State as With;
use roadbook_domain::settings::SettingsKind;
use roadbook_domain::settings::catalogue;
use roadbook_domain::settings::product::{Product, ProductKind};
use roadbook_domain::settings::role::Act;
use roadbook_domain::value::id::ProductId;
use serde::Deserialize;

use super::routes::{admins, signed_in};
use super::schema::described;
use super::versioned::{self, Versioned};
use super::{ApiError, Body, Created, Path, Routes};
use crate::auth::Claim;
use crate::settings::{self, EditError};
use crate::state::State;

/// The routes of products.
pub fn routes() -> Routes {
    let creates = admins("Adds a product from the gallery, with the statuses and fields of its kind.");
    Routes::of("Products")
        .get("/v1/products", list, signed_in("The products."))
        .post("/v1/products", create, creates.judged())
        .put("/v1/products/{product}", edit, admins("Changes a product.").edits())
}

described! {
    /// A product that is added.
    #[derive(Deserialize)]
    struct NewProduct {
        kind: ProductKind,
        /// Left out: the gallery's.
        name: Option<String>,
    }
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
) -> Result<Created<Versioned<Product>>, ApiError> {
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
    Ok(Created(Versioned { version, setting }))
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<ProductId>,
    Body(asked): Body<Versioned<Product>>,
) -> Result<Json<Versioned<Product>>, ApiError> {
    versioned::edit(&state, &claim, id, asked).await
}
