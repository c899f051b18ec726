//! Editing settings: judged by the domain, under the organisation's lock, in one transaction (F8, F73).

use roadbook_domain::document::Signature;
use roadbook_domain::settings::{Setting, Settings, SettingsError, SettingsRow};
use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;

use crate::api::ApiError;
use crate::auth::Caller;
use crate::state::State;
use crate::store::settings::{self, Put};
use crate::store::{Tx, organisation};

/// Edits of settings that happen together or not at all.
///
/// Begun, it holds the organisation's lock; dropped without [`Editing::commit`], nothing happened.
#[derive(Debug)]
pub struct Editing {
    tx: Tx,
    org: OrgId,
    settings: Settings,
    by: Signature,
    now: Timestamp,
}

impl Editing {
    /// Locks the organisation and reads its settings as they are.
    ///
    /// # Errors
    /// Of the database.
    pub async fn begin(state: &State, org: OrgId) -> Result<Self, ApiError> {
        let mut tx = state.db().write().await?;
        organisation::lock(&mut tx, org).await?;
        let rows = settings::all(&mut tx, org).await?;
        let by = Signature { user: None, device: None };
        Ok(Self { tx, org, settings: Settings::from_rows(rows), by, now: state.now() })
    }

    /// The settings, with what was edited so far.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The transaction, for what must happen together with the edits.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Writes a setting that is based on this version (0: it is new), as this caller. Answers its
    /// version now.
    ///
    /// # Errors
    /// [`ApiError::Forbidden`], [`ApiError::StaleVersion`], [`ApiError::NotFound`] if there is nothing
    /// with that version to edit, [`ApiError::AgainstTheRules`].
    pub async fn write<T: Setting>(
        &mut self,
        caller: &Caller,
        setting: &T,
        base: u64,
    ) -> Result<u64, ApiError> {
        caller.require(T::KIND.editing())?;
        self.by = Signature { user: Some(caller.user), device: Some(caller.device) };
        let row = SettingsRow::new(setting, base.saturating_add(1));
        match self.settings.judge(&row) {
            Ok(()) => {}
            Err(SettingsError::Stale { current: 0 }) => return Err(ApiError::NotFound),
            Err(SettingsError::Stale { current }) => return Err(ApiError::StaleVersion { current }),
            Err(error) => return Err(error.into()),
        }
        self.put(row).await
    }

    /// Writes a row as it is, unjudged: what the catalogue made.
    ///
    /// # Errors
    /// [`ApiError::StaleVersion`] if it is there already.
    pub async fn put(&mut self, row: SettingsRow) -> Result<u64, ApiError> {
        let version = row.version;
        match settings::put(&mut self.tx, self.org, &row, &self.by, self.now).await? {
            Put::Written { .. } => {
                self.settings.apply([row]);
                Ok(version)
            }
            Put::Stale { current } => Err(ApiError::StaleVersion { current }),
        }
    }

    /// Makes the edits durable.
    ///
    /// # Errors
    /// Of the database.
    pub async fn commit(self) -> Result<(), ApiError> {
        Ok(self.tx.commit().await?)
    }
}
