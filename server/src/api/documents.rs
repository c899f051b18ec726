//! Cards and contacts, as far as they are not exchanged: `DELETE /v1/documents/{document}`, a purge (C5).

use axum::extract::State as With;
use axum::response::NoContent;
use roadbook_domain::value::id::DocumentId;

use super::routes::admins;
use super::{ApiError, Path, Routes};
use crate::auth::Claim;
use crate::state::State;
use crate::store::retry;
use crate::sync;

/// The route of purges.
pub fn routes() -> Routes {
    let purges =
        "Removes a card or contact for good, from the server and with the next exchange from every device.";
    Routes::of("Cards and contacts").delete("/v1/documents/{document}", purge, admins(purges))
}

async fn purge(
    With(state): With<State>,
    claim: Claim,
    Path(document): Path<DocumentId>,
) -> Result<NoContent, ApiError> {
    retry(|| sync::purge(state.engine(), &claim, document)).await?;
    Ok(NoContent)
}
