//! Accounts: what a user signs in with and may do.
//!
//! The name that others see is in the user directory, a settings row that replicates to the phones;
//! both are written in the same transaction.

use std::collections::BTreeSet;

use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::Email;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::bulk::{self, Value};
use super::db::on;
use super::row::row;
use super::{Conn, StoreError, Tx, enrolments};

/// An account as it is made.
#[derive(Clone, Copy)]
pub struct NewAccount<'a> {
    /// The user's id.
    pub id: UserId,
    /// The login (F64).
    pub email: &'a Email,
    /// A PHC string; empty: nobody can sign in until a password is set.
    pub password_hash: &'a str,
    /// What the user may do (F67).
    pub role: Role,
    /// Now.
    pub created_at: Timestamp,
}

/// What sign-in needs of an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The organisation: one for each email on this server.
    pub org_id: OrgId,
    /// The user.
    pub id: UserId,
    /// A PHC string, or empty.
    pub password_hash: String,
    /// Whether access is switched off.
    pub disabled: bool,
}

/// What is judged of an account at every request and every issue of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// What the user may do now.
    pub role: Role,
    /// The version that the user's access tokens must carry.
    pub token_version: i64,
}

/// Who an access token says is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The organisation.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The session.
    pub session: Uuid,
    /// The version of the user's tokens.
    pub token_version: i64,
}

/// Writes a new account.
///
/// # Errors
/// [`StoreError::Exists`] if the email is taken anywhere on this server.
pub async fn insert(tx: &mut Tx, org: OrgId, account: &NewAccount<'_>) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "insert into app_user (org_id, id, email, password_hash, role, created_at) \
         values ($1, $2, $3, $4, $5, $6)"
    )
    .bind(org.uuid())
    .bind(account.id.uuid())
    .bind(account.email.as_str())
    .bind(account.password_hash)
    .bind(role_code(account.role))
    .bind(account.created_at.millis())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// The account with this email.
///
/// # Errors
/// Of the database.
pub async fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<Login>, StoreError> {
    let row: Option<LoginRow> = on!(conn, |c| sqlx::query_as(
        "select org_id, id, password_hash, disabled from app_user where email = $1"
    )
    .bind(email.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(Login::from))
}

/// What an account says of its user, which their settings row says, too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// The user.
    pub user: UserId,
    /// Their login.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether they have access.
    pub active: bool,
}

/// All accounts of an organisation.
///
/// # Errors
/// Of the database.
pub async fn accounts(conn: &mut Conn, org: OrgId) -> Result<Vec<Account>, StoreError> {
    let text = "select id, email, role, disabled from app_user where org_id = $1 order by id";
    let rows: Vec<(Uuid, String, i16, bool)> =
        on!(conn, |c| sqlx::query_as(text).bind(org.uuid()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, email, code, disabled)| {
            Ok(Account { user: id.into(), email, role: permissions((code, 0))?.role, active: !disabled })
        })
        .collect()
}

/// Whether there is such a user, with access.
///
/// # Errors
/// Of the database.
pub async fn has_access(conn: &mut Conn, org: OrgId, user: UserId) -> Result<bool, StoreError> {
    let count: i64 = on!(conn, |c| sqlx::query_scalar(
        "select count(*) from app_user where org_id = $1 and id = $2 and not disabled"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .fetch_one(c)
    .await)?;
    Ok(count > 0)
}

/// What checks the password of this user; `None` if there is no such user.
///
/// # Errors
/// Of the database.
pub async fn login(conn: &mut Conn, org: OrgId, user: UserId) -> Result<Option<Login>, StoreError> {
    let row: Option<LoginRow> = on!(conn, |c| sqlx::query_as(
        "select org_id, id, password_hash, disabled from app_user where org_id = $1 and id = $2"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(Login::from))
}

/// Locks an account, and says what its user may do; `None` if it is disabled or unknown.
///
/// Between the check of a password and the session that follows, an administrator may have disabled
/// the account or set another password: pass the hash that was checked to be sure of both.
///
/// # Errors
/// Of the database.
pub async fn lock(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    checked_hash: Option<&str>,
) -> Result<Option<Permissions>, StoreError> {
    // An update that changes nothing locks the row on both databases.
    let row: Option<(i16, i64)> = on!(tx, |c| {
        sqlx::query_as(
        "update app_user set token_version = token_version where org_id = $1 and id = $2 and not disabled \
         and password_hash = coalesce($3, password_hash) returning role, token_version"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(checked_hash)
    .fetch_optional(c)
    .await
    })?;
    row.map(permissions).transpose()
}

/// The rows behind a claim with access: account, device and session, bound to `$1` to `$4`.
pub(super) const CLAIMED: &str = "app_user u join device d on d.org_id = u.org_id and d.user_id = u.id \
     join session s on s.org_id = d.org_id and s.device_id = d.id and s.user_id = u.id";

/// The condition that goes with [`CLAIMED`].
pub(super) const HAS_ACCESS: &str = "u.org_id = $1 and u.id = $2 and not u.disabled and d.id = $3 \
     and d.revoked_at = 0 and s.id = $4 and s.ended_at = 0";

/// What the caller may do: `None` if the account is disabled, the device revoked or the session over.
/// One query over primary keys. Whether the token is of this version the caller checks.
///
/// # Errors
/// Of the database.
pub async fn permissions_of(conn: &mut Conn, claimed: &Claimed) -> Result<Option<Permissions>, StoreError> {
    ask(conn, claimed, "").await
}

/// The same; it stays so until the transaction ends.
///
/// # Errors
/// Of the database.
pub async fn hold_permissions(tx: &mut Tx, claimed: &Claimed) -> Result<Option<Permissions>, StoreError> {
    let lock = tx.for_share();
    ask(tx, claimed, lock).await
}

async fn ask(conn: &mut Conn, claimed: &Claimed, lock: &str) -> Result<Option<Permissions>, StoreError> {
    let text = format!("select u.role, u.token_version from {CLAIMED} where {HAS_ACCESS}{lock}");
    let row: Option<(i16, i64)> = on!(conn, |c| sqlx::query_as(AssertSqlSafe(text))
        .bind(claimed.org.uuid())
        .bind(claimed.user.uuid())
        .bind(claimed.device.uuid())
        .bind(claimed.session)
        .fetch_optional(c)
        .await)?;
    row.map(permissions).transpose()
}

/// When the user last came to read by audience alone, having read whole scopes before.
///
/// # Errors
/// Of the database.
pub async fn restricted_at(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<i64> = on!(conn, |c| sqlx::query_scalar(
        "select restricted_at from app_user where org_id = $1 and id = $2 and restricted_at > 0"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .fetch_optional(c)
    .await)?;
    Ok(at.map(Timestamp::from_millis))
}

/// Sets what the user may do and whether they have access, recalls their access tokens, and notes when they
/// lost the right to read whole scopes. Who loses access loses their enrolment, too, so that access given
/// again lets in nobody who kept an old code. Says whether there is such a user.
///
/// # Errors
/// [`StoreError::Exists`] if the email is taken.
pub async fn set_access(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    email: &Email,
    role: Role,
    disabled: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let set = on!(tx, |c| sqlx::query(
        "update app_user set email = $3, role = $4, disabled = $5, token_version = token_version + 1, \
         restricted_at = case when $6 and role <> $7 then $8 else restricted_at end \
         where org_id = $1 and id = $2"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(email.as_str())
    .bind(role_code(role))
    .bind(disabled)
    .bind(!role.reads_all())
    .bind(role_code(Role::Restricted))
    .bind(now.millis())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if disabled {
        enrolments::remove(tx, org, user).await?;
    }
    Ok(set > 0)
}

/// Sets the password, recalls the user's access tokens, and removes their enrolment: who sets a password means
/// nobody else to set one. Says whether there is such a user.
///
/// # Errors
/// Of the database.
pub async fn set_password(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let set = on!(tx, |c| {
        sqlx::query(
        "update app_user set password_hash = $3, token_version = token_version + 1 where org_id = $1 and id = $2"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(password_hash)
    .execute(c)
    .await
    .map(|done| done.rows_affected())
    })?;
    enrolments::remove(tx, org, user).await?;
    Ok(set > 0)
}

/// Those of these ids that are users of the organisation, with access or without.
///
/// # Errors
/// Of the database.
pub async fn among(conn: &mut Conn, org: OrgId, ids: &[UserId]) -> Result<BTreeSet<UserId>, StoreError> {
    let text = "select id from app_user where org_id = $1 and id in LIST";
    let listed = ids.iter().map(|id| Value::Uuid(id.uuid())).collect();
    let rows: Vec<(Uuid,)> = bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], listed).await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// Whether an administrator with access is left, other than this user.
///
/// # Errors
/// Of the database.
pub async fn has_other_admin(conn: &mut Conn, org: OrgId, user: UserId) -> Result<bool, StoreError> {
    let others: i64 = on!(conn, |c| sqlx::query_scalar(
        "select count(*) from app_user where org_id = $1 and id <> $2 and role = $3 and not disabled"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(role_code(Role::Admin))
    .fetch_one(c)
    .await)?;
    Ok(others > 0)
}

row! {
    struct LoginRow {
        org_id: Uuid,
        id: Uuid,
        password_hash: String,
        disabled: bool,
    }
}

impl From<LoginRow> for Login {
    fn from(row: LoginRow) -> Self {
        Self {
            org_id: row.org_id.into(),
            id: row.id.into(),
            password_hash: row.password_hash,
            disabled: row.disabled,
        }
    }
}

impl std::fmt::Debug for Login {
    /// Without the password's hash.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("org", &self.org_id).field("user", &self.id).finish_non_exhaustive()
    }
}

/// What a stored role and version mean.
pub(super) fn permissions((role, token_version): (i16, i64)) -> Result<Permissions, StoreError> {
    let role = u16::try_from(role).map(Role::from_code).ok().filter(|role| role.is_known());
    let role = role.ok_or(StoreError::Unreadable("the role of a user"))?;
    Ok(Permissions { role, token_version })
}

/// The number that stands for a role in the database: its code.
fn role_code(role: Role) -> i16 {
    i16::try_from(role.code()).unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reads_back_from_its_number() {
        for role in Role::ALL.iter().copied() {
            assert_eq!(permissions((role_code(role), 1)).unwrap().role, role);
        }
        assert!(permissions((4, 1)).is_err() && permissions((-1, 1)).is_err());
    }
}
