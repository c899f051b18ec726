//! Editing settings: judged by the domain, under the organisation's lock, in one transaction (F8, F73).

use roadbook_domain::document::Signature;
use roadbook_domain::settings::role::Act;
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{Setting, Settings, SettingsError, SettingsRow};
use roadbook_domain::value::time::Timestamp;

use crate::auth::{AuthError, Caller, Claim, Permitted};
use crate::node::Node;
use crate::store::settings::{self, Put};
use crate::store::{MayConflict, StoreError, Tx, retry};

/// Does edits of settings together or not at all, for a caller who may do this act. They are done once more
/// if the database rolled them back for another's sake.
///
/// The edits give back what they were lent, beside their own answer: only then is it committed.
///
/// # Errors
/// [`EditError::Caller`]; of the edits; of the database.
pub async fn edit<T, E, F>(node: &Node, claim: &Claim, act: Act, edits: impl Fn(Editing) -> F) -> Result<T, E>
where
    E: MayConflict + From<EditError>,
    F: Future<Output = Result<(Editing, T), E>>,
{
    // Nobody waits at the lock for a caller who may not.
    claim.look_first(node.db(), act).await.map_err(EditError::from)?;
    retry(|| async {
        let editing = Editing::begin(node, claim).await?;
        editing.caller().require(act).map_err(EditError::from)?;
        let (editing, done) = edits(editing).await?;
        editing.commit().await?;
        Ok(done)
    })
    .await
}

/// The same for a caller who edits their own entry, which takes no right.
///
/// # Errors
/// As for [`edit`].
pub async fn edit_own<T, E, F>(node: &Node, claim: &Claim, edits: impl Fn(Editing) -> F) -> Result<T, E>
where
    E: MayConflict + From<EditError>,
    F: Future<Output = Result<(Editing, T), E>>,
{
    retry(|| async {
        let (editing, done) = edits(Editing::begin(node, claim).await?).await?;
        editing.commit().await?;
        Ok(done)
    })
    .await
}

/// Edits under way, which hold the organisation's lock; see [`edit`].
#[derive(Debug)]
pub struct Editing {
    tx: Permitted<Tx>,
    settings: Settings,
    now: Timestamp,
}

/// Why a setting is not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The caller's role does not allow it.
    #[error(transparent)]
    Caller(#[from] AuthError),
    /// There is nothing with that version to edit.
    #[error("there is no such setting")]
    NotFound,
    /// Somebody else edited it since.
    #[error("it was edited meanwhile: its version is {current}")]
    Stale {
        /// The version to base the edit on.
        current: u64,
    },
    /// It would break a rule of settings.
    #[error(transparent)]
    Rule(#[from] SettingsError),
    /// Of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Editing {
    /// Locks the organisation, and reads its settings as they are.
    async fn begin(node: &Node, claim: &Claim) -> Result<Self, EditError> {
        let mut tx = claim.write(node.db()).await?;
        let rows = settings::all(&mut tx, claim.org()).await?;
        Ok(Self { tx, settings: Settings::from_rows(rows), now: node.now() })
    }

    async fn commit(self) -> Result<(), EditError> {
        Ok(self.tx.commit().await?)
    }

    /// Who edits.
    pub fn caller(&self) -> Caller {
        self.tx.caller
    }

    /// The settings, with what was edited so far.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The transaction, for what must happen together with the edits.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Writes a setting that is based on this version (0: it is new). Answers its version now.
    ///
    /// # Errors
    /// Every [`EditError`].
    pub async fn write<T: Setting>(&mut self, setting: &T, base: u64) -> Result<u64, EditError> {
        self.caller().require(T::KIND.editing())?;
        self.judge_and_put(setting, base).await
    }

    /// Writes the caller's own directory entry, which must differ in nothing that is not for them to change.
    ///
    /// # Errors
    /// Every [`EditError`].
    pub async fn write_own(&mut self, user: &User, base: u64) -> Result<u64, EditError> {
        let fixed = |user: &User| (user.id, user.email.clone(), user.role, user.active, user.issues_invoices);
        let known = self.settings.user(self.caller().user).ok_or(EditError::NotFound)?;
        if !known.active {
            return Err(AuthError::SessionOver.into());
        }
        if fixed(known) != fixed(user) {
            return Err(AuthError::Forbidden.into());
        }
        self.judge_and_put(user, base).await
    }

    async fn judge_and_put<T: Setting>(&mut self, setting: &T, base: u64) -> Result<u64, EditError> {
        let row = SettingsRow::new(setting, base.saturating_add(1));
        match self.settings.judge(&row) {
            Ok(()) => {}
            Err(SettingsError::Stale { current: 0 }) => return Err(EditError::NotFound),
            Err(SettingsError::Stale { current }) => return Err(EditError::Stale { current }),
            Err(error) => return Err(error.into()),
        }
        self.put(row).await
    }

    /// Writes a row as it is, unjudged: what the catalogue made.
    ///
    /// # Errors
    /// [`EditError::Stale`] if it is there already.
    pub async fn put(&mut self, row: SettingsRow) -> Result<u64, EditError> {
        let (version, caller) = (row.version, self.caller());
        let by = Signature { user: Some(caller.user), device: Some(caller.device) };
        match settings::put(&mut self.tx, caller.org, &row, &by, self.now).await? {
            Put::Written { .. } => {
                // Later edits in the same transaction are judged by what this one made.
                self.settings.apply([row]);
                Ok(version)
            }
            Put::Stale { current } => Err(EditError::Stale { current }),
        }
    }
}

impl MayConflict for EditError {
    fn is_conflict(&self) -> bool {
        match self {
            Self::Store(error) => error.is_conflict(),
            Self::Caller(error) => error.is_conflict(),
            _ => false,
        }
    }
}
