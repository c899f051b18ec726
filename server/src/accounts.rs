//! Users: the directory entry that everybody sees, the account behind it and the user's own documents,
//! always together.

use roadbook_domain::document::DocumentError;
use roadbook_domain::settings::role::Act;
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::settings::{SettingsError, SettingsId, SettingsKind};
use roadbook_domain::value::id::UserId;
use serde::Deserialize;

use crate::auth::password::{PasswordError, Passwords};
use crate::auth::{AuthError, Claim, Gate, session};
use crate::node::Node;
use crate::settings::{self, EditError};
use crate::store::users::{self, NewAccount};
use crate::store::{MayConflict, StoreError, retry, sessions, settings as rows};
use crate::sync::{Engine, OwnDocuments};

/// Why an account is not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// The directory entry has no email, which its user signs in with.
    #[error("a user signs in with an email")]
    NoEmail,
    /// The email is taken anywhere on this server, not only in the organisation (F64).
    #[error("the email is taken")]
    EmailTaken,
    /// An organisation keeps an administrator with access.
    #[error("this is the last administrator with access")]
    LastAdmin,
    /// The directory entry is not written.
    #[error(transparent)]
    Edit(EditError),
    /// The password is not hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The user's own documents cannot be made.
    #[error("the user's own documents cannot be made: {0}")]
    Documents(#[from] DocumentError),
    /// Of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a user (F62) with their user document and inbox card, who can sign in at once if there is a
/// password, else when one is set. Answers the version of the directory entry.
///
/// # Errors
/// Every [`AccountError`] but [`AccountError::NotFound`].
pub async fn create(
    engine: &Engine,
    passwords: &Passwords,
    claim: &Claim,
    user: &User,
    password: Option<&str>,
) -> Result<u64, AccountError> {
    let password_hash = match password {
        Some(password) => hash(engine.node(), passwords, claim, password).await?,
        None => String::new(),
    };
    let (email, password_hash) = (email_of(user)?, &*password_hash);
    let now = engine.now();
    settings::edit(engine.node(), claim, Act::ManageUsers, |mut editing| async move {
        let own = OwnDocuments::of(user, engine.fresh_actor(), now)?;
        // The entry first: its rules name what is wrong, which the table's unique key does not.
        let version = editing.write(user, 0).await?;
        let account = NewAccount { id: user.id, email, password_hash, role: user.role, created_at: now };
        users::insert(editing.tx(), claim.org(), &account).await.map_err(email_taken)?;
        own.write(editing.tx(), claim.org(), now).await?;
        Ok((editing, version))
    })
    .await
}

/// Changes a user's directory entry, role or access. Answers the new version.
///
/// Access tokens are recalled, so that the next request is judged anew. Who loses access loses their
/// sessions; who changes role keeps them: the phone must come back to be told what it loses (L5).
///
/// # Errors
/// Every [`AccountError`] but those of passwords.
pub async fn edit(node: &Node, claim: &Claim, user: &User, base: u64) -> Result<u64, AccountError> {
    let email = email_of(user)?;
    let version = settings::edit(node, claim, Act::ManageUsers, |mut editing| async move {
        let version = editing.write(user, base).await?;
        let (tx, org, now) = (editing.tx(), claim.org(), node.now());
        let known = users::set_access(tx, org, user.id, email, user.role, !user.active, now).await;
        if !known.map_err(email_taken)? {
            return Err(AccountError::NotFound);
        }
        if !user.active {
            sessions::end_of_user(tx, org, user.id, now).await?;
        }
        Ok((editing, version))
    })
    .await?;
    tracing::info!(edited.id = %user.id, "user edited");
    Ok(version)
}

/// Sets a user's password, and ends all their sessions, so that stolen tokens are worthless (RFC 9700).
///
/// # Errors
/// [`AccountError::NotFound`], or [`AccountError::Password`] for a password of unfit length.
pub async fn set_password(
    node: &Node,
    passwords: &Passwords,
    claim: &Claim,
    user: UserId,
    password: &str,
) -> Result<(), AccountError> {
    let hash = hash(node, passwords, claim, password).await?;
    retry(|| async {
        let mut tx = claim.write(node.db()).await?;
        tx.caller.require(Act::ManageUsers)?;
        if !users::set_password(&mut tx, claim.org(), user, &hash).await? {
            return Err(AccountError::NotFound);
        }
        sessions::end_of_user(&mut tx, claim.org(), user, node.now()).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    tracing::info!(edited.id = %user, "password set");
    Ok(())
}

/// The hash of a password that the caller may set.
///
/// Before the lock: hashing takes long, and every edit of the organisation would wait for it. So the caller
/// is judged twice, here only that nobody else makes the server hash.
async fn hash(
    node: &Node,
    passwords: &Passwords,
    claim: &Claim,
    password: &str,
) -> Result<String, AccountError> {
    claim.look_first(node.db(), Act::ManageUsers).await?;
    Ok(passwords.hash(password, node.env()).await?)
}

/// What users may change of their own directory entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Profile {
    /// The family name; may be empty.
    pub family_name: String,
    /// The given name; may be empty.
    pub given_name: String,
    /// The zone in which their days are judged (T4), an IANA name.
    pub zone: String,
    /// Language and country, such as `hu-HU`.
    pub locale: String,
}

/// The caller's own directory entry, and its version.
///
/// # Errors
/// [`AccountError::NotFound`] if it is not there, or of a form that a newer server wrote.
pub async fn own(node: &Node, claim: &Claim) -> Result<(u64, User), AccountError> {
    let mut snapshot = claim.snapshot(node.db()).await?;
    let rows = rows::of_kind(&mut snapshot, claim.org(), SettingsKind::User).await?;
    let row =
        rows.iter().find(|row| row.id == SettingsId::from(claim.user())).ok_or(AccountError::NotFound)?;
    Ok((row.version, row.read().map_err(|_| AccountError::NotFound)?))
}

/// Changes the caller's own name, zone and language. Answers the entry and its new version.
///
/// # Errors
/// [`AccountError::Edit`].
pub async fn edit_own(
    node: &Node,
    claim: &Claim,
    profile: &Profile,
    base: u64,
) -> Result<(u64, User), AccountError> {
    settings::edit_own(node, claim, |mut editing| async move {
        let known = editing.settings().user(claim.user()).cloned().ok_or(AccountError::NotFound)?;
        let Profile { family_name, given_name, zone, locale } = profile.clone();
        let user = User { family_name, given_name, zone, locale, ..known };
        let version = editing.write_own(&user, base).await?;
        Ok((editing, (version, user)))
    })
    .await
}

/// Sets the caller's own password, and ends their other sessions.
///
/// # Errors
/// [`AuthError::BadCredentials`] if the old one is wrong; [`AccountError::Password`] for an unfit one.
pub async fn set_own_password(gate: &Gate, claim: &Claim, old: &str, new: &str) -> Result<(), AccountError> {
    let (node, org, user) = (gate.node(), claim.org(), claim.user());
    let mut conn = claim.snapshot(node.db()).await?;
    let login = users::login(&mut conn, org, user).await?.ok_or(AccountError::NotFound)?;
    drop(conn);
    session::prove(gate, &login, old).await?;
    let hash = gate.passwords().hash(new, node.env()).await?;
    retry(|| async {
        let mut tx = claim.write(node.db()).await?;
        // The password that was proven must still be the one that is replaced.
        let held = users::lock(&mut tx, org, user, Some(&login.password_hash)).await?;
        held.ok_or(AccountError::Edit(AuthError::SessionOver.into()))?;
        users::set_password(&mut tx, org, user, &hash).await?;
        sessions::end_others_of_user(&mut tx, org, user, claim.session(), node.now()).await?;
        tx.commit().await?;
        Ok::<_, AccountError>(())
    })
    .await?;
    tracing::info!(edited.id = %user, "own password set");
    Ok(())
}

fn email_of(user: &User) -> Result<&Email, AccountError> {
    user.email.as_ref().ok_or(AccountError::NoEmail)
}

impl From<EditError> for AccountError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Rule(SettingsError::EmailTaken) => Self::EmailTaken,
            EditError::Rule(SettingsError::LastAdmin) => Self::LastAdmin,
            other => Self::Edit(other),
        }
    }
}

impl From<AuthError> for AccountError {
    fn from(error: AuthError) -> Self {
        Self::Edit(error.into())
    }
}

impl MayConflict for AccountError {
    fn is_conflict(&self) -> bool {
        match self {
            Self::Store(error) => error.is_conflict(),
            Self::Edit(error) => error.is_conflict(),
            _ => false,
        }
    }
}

/// The only row of an account that can be there already is one with the same email.
fn email_taken(error: StoreError) -> AccountError {
    match error {
        StoreError::Exists => AccountError::EmailTaken,
        other => AccountError::Store(other),
    }
}
