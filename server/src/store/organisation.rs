//! Organisations, and the head of each one's log.

use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::row::row;
use super::{Conn, StoreError, Tx};

/// An organisation as it is made.
#[derive(Debug, Clone)]
pub struct NewOrganisation<'a> {
    /// Its id; the secrets folder holds the same.
    pub id: OrgId,
    /// The firm's name.
    pub name: &'a str,
    /// The epoch its cursors start in.
    pub epoch: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
}

row! {
    /// Where an organisation's log ends.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Head {
        /// Drawn anew by every recovery.
        pub epoch: Uuid,
        /// The last number given.
        pub seq: i64,
        /// The hash over the log up to `seq`.
        pub chain: Vec<u8>,
    }
}

/// The chain before the first entry.
pub const FIRST_CHAIN: [u8; 32] = [0; 32];

/// Writes a new organisation, whose log is empty.
///
/// # Errors
/// [`StoreError::Exists`] if there is one with this id.
pub async fn insert(tx: &mut Tx, organisation: &NewOrganisation<'_>) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "insert into organisation (id, name, epoch, seq, chain, created_at) values ($1, $2, $3, 0, $4, $5)"
    )
    .bind(organisation.id.uuid())
    .bind(organisation.name)
    .bind(organisation.epoch)
    .bind(FIRST_CHAIN.as_slice())
    .bind(organisation.created_at.millis())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Any organisation of the database: which one a server is for says its secrets folder.
///
/// # Errors
/// Of the database.
pub async fn any(conn: &mut Conn) -> Result<Option<OrgId>, StoreError> {
    let id: Option<Uuid> =
        on!(conn, |c| sqlx::query_scalar("select id from organisation order by id limit 1")
            .fetch_optional(c)
            .await)?;
    Ok(id.map(OrgId::from))
}

/// The organisation's name; `None` if there is no such organisation.
///
/// # Errors
/// Of the database.
pub async fn name(conn: &mut Conn, org: OrgId) -> Result<Option<String>, StoreError> {
    Ok(on!(conn, |c| sqlx::query_scalar("select name from organisation where id = $1")
        .bind(org.uuid())
        .fetch_optional(c)
        .await)?)
}

/// Where the log ends now; not locked.
///
/// # Errors
/// Of the database.
pub async fn head(conn: &mut Conn, org: OrgId) -> Result<Option<Head>, StoreError> {
    Ok(on!(conn, |c| sqlx::query_as("select epoch, seq, chain from organisation where id = $1")
        .bind(org.uuid())
        .fetch_optional(c)
        .await)?)
}

/// Locks the organisation until the transaction ends, and says where its log ends.
///
/// The first statement of every transaction that takes numbers: since all lock here first and in this
/// order, commits come in the order of their numbers (R34) and cannot deadlock.
///
/// # Errors
/// [`StoreError::Missing`] if there is no such organisation.
pub async fn lock(tx: &mut Tx, org: OrgId) -> Result<Head, StoreError> {
    // An update that changes nothing: SQLite has no `for update`, and both databases run one text.
    on!(tx, |c| sqlx::query_as(
        "update organisation set seq = seq where id = $1 returning epoch, seq, chain"
    )
    .bind(org.uuid())
    .fetch_optional(c)
    .await)?
    .ok_or(StoreError::Missing)
}
