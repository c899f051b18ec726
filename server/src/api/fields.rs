//! Fields: `GET` and `POST /v1/fields`, `PUT /v1/fields/{field}` (F41-F43).
//!
//! A field is retired, and so is an option: neither is removed, because cards hold their values.

use axum::Json;
use axum::extract::State as With;
use roadbook_domain::settings::field::{FieldDefinition, FieldKind, FieldScope};
use roadbook_domain::value::id::{FieldId, StatusId};
use serde::Deserialize;

use super::routes::{admins, signed_in};
use super::schema::described;
use super::versioned::{self, Versioned};
use super::{ApiError, Body, Created, Path, Routes};
use crate::auth::Claim;
use crate::state::State;

/// The routes of fields.
pub fn routes() -> Routes {
    Routes::of("Fields")
        .get("/v1/fields", list, signed_in("The fields of all products, of persons and of companies."))
        .post("/v1/fields", create, admins("Adds a field.").judged())
        .put("/v1/fields/{field}", edit, admins("Changes a field.").edits())
}

described! {
    /// A field that is added.
    #[derive(Deserialize)]
    struct NewField {
        scope: FieldScope,
        name: String,
        kind: FieldKind,
        /// Its place among the fields of its scope.
        order: u32,
        /// The statuses of its product that a card should not enter without it. Left out: none.
        #[serde(default)]
        required_for: Vec<StatusId>,
    }
}

async fn list(
    With(state): With<State>,
    claim: Claim,
) -> Result<Json<Vec<Versioned<FieldDefinition>>>, ApiError> {
    let mut fields = versioned::list::<FieldDefinition>(&mut claim.snapshot(state.db()).await?).await?;
    // A kind that a newer server wrote has no word here.
    fields.retain(|field| !matches!(field.setting.kind, FieldKind::Other(_)));
    fields.sort_by_key(|Versioned { setting, .. }| (setting.scope, setting.order, setting.id));
    Ok(Json(fields))
}

async fn create(
    With(state): With<State>,
    claim: Claim,
    Body(asked): Body<NewField>,
) -> Result<Created<Versioned<FieldDefinition>>, ApiError> {
    let NewField { scope, name, kind, order, required_for } = asked;
    let id = FieldId::new(state.env());
    let field = FieldDefinition { id, scope, key: None, name, kind, order, retired: false, required_for };
    versioned::create(&state, &claim, field).await
}

async fn edit(
    With(state): With<State>,
    claim: Claim,
    Path(id): Path<FieldId>,
    Body(asked): Body<Versioned<FieldDefinition>>,
) -> Result<Json<Versioned<FieldDefinition>>, ApiError> {
    versioned::edit(&state, &claim, id, asked).await
}
