//! Settings as the API shows and takes them: the setting's own members, and its version beside them.

use axum::Json;
use roadbook_domain::settings::{Setting, SettingsId, SettingsRow};
use serde::{Deserialize, Serialize};

use super::schema::{Member, Members, Object, Schemas};
use super::{ApiError, Created, Problem};
use crate::auth::{Claim, Permitted};
use crate::settings::{self, EditError};
use crate::state::State;
use crate::store::{Conn, settings as rows};

/// A setting with its version. An edit names the version it is based on; 409 if there is a newer one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Versioned<T> {
    /// 1 at first, one more with every edit.
    pub version: u64,
    /// The setting, whose members stand beside the version.
    #[serde(flatten)]
    pub setting: T,
}

/// Every setting of a kind, by id. Every role may read them: they are on every device anyway.
///
/// # Errors
/// Of the database.
pub async fn list<T: Setting>(snapshot: &mut Permitted<Conn>) -> Result<Vec<Versioned<T>>, ApiError> {
    let org = snapshot.caller.org;
    let rows = rows::of_kind(snapshot, org, T::KIND).await?;
    // What a newer server wrote and this one cannot read is left out, as on a phone.
    let versioned = |row: &SettingsRow| Some(Versioned { version: row.version, setting: row.read().ok()? });
    Ok(rows.iter().filter_map(versioned).collect())
}

/// Writes a new setting, in its first version.
///
/// # Errors
/// Those of [`settings::edit`].
pub async fn create<T: Setting>(
    state: &State,
    claim: &Claim,
    setting: T,
) -> Result<Created<Versioned<T>>, ApiError> {
    let new = &setting;
    let version = settings::edit(state.node(), claim, T::KIND.editing(), |mut editing| async move {
        let version = editing.write(new, 0).await?;
        Ok::<_, EditError>((editing, version))
    })
    .await?;
    Ok(Created(Versioned { version, setting }))
}

/// Writes the next version of the setting with this id.
///
/// # Errors
/// Those of [`settings::edit`], and [`ApiError::Invalid`] if the body names another setting or no version.
pub async fn edit<T: Setting>(
    state: &State,
    claim: &Claim,
    id: impl Into<SettingsId>,
    asked: Versioned<T>,
) -> Result<Json<Versioned<T>>, ApiError> {
    asked.check_names(id)?;
    let (setting, base) = (&asked.setting, asked.version);
    let version = settings::edit(state.node(), claim, T::KIND.editing(), |mut editing| async move {
        let version = editing.write(setting, base).await?;
        Ok::<_, EditError>((editing, version))
    })
    .await?;
    Ok(Json(Versioned { version, ..asked }))
}

impl<T: Object> Object for Versioned<T> {
    const NAME: &'static str = T::NAME;

    fn members(schemas: &mut Schemas) -> Members {
        let version = Member::of::<u64>("version", schemas);
        let version =
            version.say("1 at first, one more with every edit. An edit names the one that it is based on.");
        Members::default().with(version).including(T::members(schemas))
    }
}

impl<T: Setting> Versioned<T> {
    /// Refuses a body that is not about the setting in the path.
    ///
    /// # Errors
    /// [`ApiError::Invalid`].
    pub fn check_names(&self, id: impl Into<SettingsId>) -> Result<(), ApiError> {
        if self.setting.settings_id() != id.into() {
            return Err(ApiError::Invalid { field: "id", problem: Problem::Mismatch });
        }
        if self.version == 0 {
            return Err(ApiError::Invalid { field: "version", problem: Problem::Missing });
        }
        Ok(())
    }
}
