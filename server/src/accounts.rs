//! Users: the directory entry that everybody sees, the account behind it and the user's own documents,
//! always together.

use roadbook_domain::settings::SettingsError;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::RefusalCode;

use crate::api::ApiError;
use crate::auth::Caller;
use crate::settings::Editing;
use crate::state::State;
use crate::store::users::{self, NewAccount};
use crate::store::{StoreError, Tx, sessions};
use crate::sync::OwnDocuments;

/// Adds a user (F62) with his user document and inbox card, who can sign in at once if there is a
/// password, else when one is set. Answers the version of the directory entry.
///
/// # Errors
/// [`ApiError::AlreadyExists`] if the email is taken anywhere on this server, those of
/// [`Editing::write`], and [`ApiError::Invalid`] for a password of unfit length.
pub async fn create(
    state: &State,
    caller: &Caller,
    user: &User,
    password: Option<&str>,
) -> Result<u64, ApiError> {
    let email = email_of(user)?;
    let password_hash = match password {
        Some(password) => state.passwords().hash(password, state.env()).await?,
        None => String::new(),
    };
    let now = state.now();
    let own = OwnDocuments::of(user, state.engine().actor(), now)
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    let mut editing = Editing::begin(state, caller.org).await?;
    let version = editing.write(caller, user, 0).await.map_err(taken)?;
    let account =
        NewAccount { id: user.id, email, password_hash: &password_hash, role: user.role, created_at: now };
    users::insert(editing.tx(), caller.org, &account).await.map_err(email_taken)?;
    own.write(editing.tx(), caller.org, now).await?;
    editing.commit().await?;
    Ok(version)
}

/// Changes a user's directory entry, role or access. Answers the new version.
///
/// Access tokens are recalled, so that the next request is judged anew. Whoever loses access loses his
/// sessions; whoever changes role keeps them: the phone must come back to be told what it loses (L5).
///
/// # Errors
/// Those of [`Editing::write`], [`ApiError::LastAdmin`], [`ApiError::AlreadyExists`].
pub async fn edit(state: &State, caller: &Caller, user: &User, base: u64) -> Result<u64, ApiError> {
    let email = email_of(user)?;
    let mut editing = Editing::begin(state, caller.org).await?;
    let version = editing.write(caller, user, base).await.map_err(taken)?;
    let tx = editing.tx();
    let known = users::set_access(tx, caller.org, user.id, email, user.role, !user.active).await;
    if !known.map_err(email_taken)? {
        return Err(ApiError::NotFound);
    }
    if !user.active {
        sessions::end_of_user(tx, caller.org, user.id, state.now()).await?;
    }
    editing.commit().await?;
    tracing::info!(edited.id = %user.id, "user edited");
    Ok(version)
}

/// Brings the account behind a directory entry that is given back to what the entry says (N7). One that
/// was lost has no password until an administrator sets one, and its user's own documents are made anew;
/// they merge with those that his phones give back.
///
/// # Errors
/// Of the database, which is then to be rolled back. Answers why a user cannot be given back.
pub async fn take_back(
    state: &State,
    tx: &mut Tx,
    org: OrgId,
    user: &User,
    now: Timestamp,
) -> Result<Result<(), RefusalCode>, ApiError> {
    let Some(email) = &user.email else { return Ok(Err(RefusalCode::Malformed)) };
    let holder = users::by_email(tx, email).await?;
    if holder.is_some_and(|holder| (holder.org_id, holder.id) != (org, user.id)) {
        return Ok(Err(RefusalCode::EmailTaken));
    }
    let is_admin = user.active && user.role == Role::Admin;
    if !is_admin && !users::has_other_admin(tx, org, user.id).await? {
        return Ok(Err(RefusalCode::LastAdmin));
    }
    if !users::set_access(tx, org, user.id, email, user.role, !user.active).await? {
        let account = NewAccount { id: user.id, email, password_hash: "", role: user.role, created_at: now };
        users::insert(tx, org, &account).await?;
        users::set_access(tx, org, user.id, email, user.role, !user.active).await?;
        let own = OwnDocuments::of(user, state.engine().actor(), now)
            .map_err(|error| ApiError::Internal(error.to_string()))?;
        own.write(tx, org, now).await?;
    }
    if !user.active {
        sessions::end_of_user(tx, org, user.id, now).await?;
    }
    Ok(Ok(()))
}

/// Sets a user's password, and ends all his sessions: whoever has a stolen token has nothing (RFC 9700).
///
/// # Errors
/// [`ApiError::NotFound`], or [`ApiError::Invalid`] for a password of unfit length.
pub async fn set_password(
    state: &State,
    caller: &Caller,
    user: UserId,
    password: &str,
) -> Result<(), ApiError> {
    let hash = state.passwords().hash(password, state.env()).await?;
    let mut tx = state.db().write().await?;
    if !users::set_password(&mut tx, caller.org, user, &hash).await? {
        return Err(ApiError::NotFound);
    }
    sessions::end_of_user(&mut tx, caller.org, user, state.now()).await?;
    tx.commit().await?;
    tracing::info!(edited.id = %user, "password set");
    Ok(())
}

fn email_of(user: &User) -> Result<&Email, ApiError> {
    user.email.as_ref().ok_or_else(|| ApiError::invalid("email: a user signs in with one"))
}

/// Rules of settings that have a code of their own.
fn taken(error: ApiError) -> ApiError {
    match error {
        ApiError::AgainstTheRules(SettingsError::EmailTaken) => ApiError::AlreadyExists("the email"),
        ApiError::AgainstTheRules(SettingsError::LastAdmin) => ApiError::LastAdmin,
        other => other,
    }
}

/// The email is unique on the whole server, not only among the settings of this organisation (F64).
fn email_taken(error: StoreError) -> ApiError {
    match error {
        StoreError::Exists => ApiError::AlreadyExists("the email"),
        other => other.into(),
    }
}
