//! The account behind a user's settings row that a phone re-uploads (N7).

use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::User;
use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::RefusalCode;

use crate::store::users::{self, NewAccount};
use crate::store::{Tx, sessions};
use crate::sync::engine::Engine;
use crate::sync::error::SyncError;
use crate::sync::up::own_documents::OwnDocuments;

/// Brings the account behind a re-uploaded directory entry to what the entry says. An account that was
/// lost has no password until an administrator sets one, and its user's own documents are made anew:
/// they merge with those that the user's phones re-upload.
///
/// Answers why the user cannot be re-uploaded, if so.
///
/// # Errors
/// Of the database, which is then to be rolled back.
pub async fn reupload(
    engine: &Engine,
    tx: &mut Tx,
    org: OrgId,
    user: &User,
    now: Timestamp,
) -> Result<Result<(), RefusalCode>, SyncError> {
    let Some(email) = &user.email else { return Ok(Err(RefusalCode::Malformed)) };
    let holder = users::by_email(tx, email).await?;
    // The email may have gone to another user since the loss, and is not taken from them.
    if holder.is_some_and(|holder| (holder.org_id, holder.id) != (org, user.id)) {
        return Ok(Err(RefusalCode::EmailTaken));
    }
    let is_admin = user.active && user.role == Role::Admin;
    // An entry from before the loss must not take the last administrator's access away.
    if !is_admin && !users::has_other_admin(tx, org, user.id).await? {
        return Ok(Err(RefusalCode::LastAdmin));
    }
    if !users::set_access(tx, org, user.id, email, user.role, !user.active, now).await? {
        let account = NewAccount { id: user.id, email, password_hash: "", role: user.role, created_at: now };
        users::insert(tx, org, &account).await?;
        // `insert` makes an account with access, and the entry may say otherwise.
        users::set_access(tx, org, user.id, email, user.role, !user.active, now).await?;
        let own = OwnDocuments::of(user, engine.fresh_actor(), now)
            .map_err(|error| SyncError::Failed(error.to_string()))?;
        own.write(tx, org, now).await?;
    }
    if !user.active {
        sessions::end_of_user(tx, org, user.id, now).await?;
    }
    Ok(Ok(()))
}
