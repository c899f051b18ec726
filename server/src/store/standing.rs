//! Where an exchange begins: who calls, what they may do and see, and where the log ends; one look-up.

use roadbook_domain::access::rights::Viewer;
use roadbook_domain::document::digest::Digest;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::db::on;
use super::digests::{Sum, Sums};
use super::organisation::Head;
use super::row::row;
use super::users::{self, CLAIMED, Claimed, HAS_ACCESS, Permissions};
use super::{Conn, StoreError, key};

/// What is true of a caller and the log at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What the caller may do.
    pub permissions: Permissions,
    /// Where the log ends.
    pub head: Head,
    /// The digests of all that the caller sees, of those that are not empty.
    pub sums: Sums,
    /// The chain up to each entry that was asked about; `None` if the log has no such entry.
    pub chains: [Option<Vec<u8>>; 2],
}

/// The standing of a caller, with the chains up to two entries of the log; `None` if the account is
/// disabled, the device revoked or the session over.
///
/// All that an exchange with nothing new costs (L8).
///
/// # Errors
/// Of the database.
pub async fn of(
    conn: &mut Conn,
    claimed: &Claimed,
    entries: [Option<i64>; 2],
) -> Result<Option<Standing>, StoreError> {
    // Left joins: the rest must come even if there is no such entry, or no digest yet.
    let text = format!(
        "select u.role, u.token_version, o.epoch, o.seq, o.chain, l.chain as chain_one, m.chain as chain_two, \
         g.principal, g.documents, g.sum \
         from {CLAIMED} join organisation o on o.id = u.org_id \
         left join log l on l.org_id = u.org_id and l.seq = $5 \
         left join log m on m.org_id = u.org_id and m.seq = $6 \
         left join digest g on g.org_id = u.org_id and g.principal in ($7, $8, $9, $10) where {HAS_ACCESS}"
    );
    let [everyone, own] = key::filed_for(claimed.user);
    // Of both sorts of reader: which the caller is, the same statement says.
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(AssertSqlSafe(text))
        .bind(claimed.org.uuid())
        .bind(claimed.user.uuid())
        .bind(claimed.device.uuid())
        .bind(claimed.session)
        .bind(entries[0].unwrap_or_default())
        .bind(entries[1].unwrap_or_default())
        .bind(key::STAFF.as_slice())
        .bind(everyone)
        .bind(own)
        .bind(key::private(claimed.user))
        .fetch_all(c)
        .await)?;
    let Some(first) = rows.first() else { return Ok(None) };
    let permissions = users::permissions((first.role, first.token_version))?;
    let head = Head { epoch: first.epoch, seq: first.seq, chain: first.chain.clone() };
    let chains = [first.chain_one.clone(), first.chain_two.clone()];
    let seen = key::seen_by(Viewer { user: claimed.user, role: permissions.role });
    let mut sums = Sums::new();
    for row in rows {
        if let (Some(key), Some(documents), Some(sum)) = (row.principal, row.documents, row.sum)
            && seen.contains(&key)
        {
            let sum = sum.try_into().map_err(|_| StoreError::Unreadable("a digest"))?;
            sums.insert(key, Sum { documents, digest: Digest::from_bytes(sum) });
        }
    }
    Ok(Some(Standing { permissions, head, sums, chains }))
}

row! {
    struct Row {
        role: i16,
        token_version: i64,
        epoch: Uuid,
        seq: i64,
        chain: Vec<u8>,
        chain_one: Option<Vec<u8>>,
        chain_two: Option<Vec<u8>>,
        principal: Option<Vec<u8>>,
        documents: Option<i64>,
        sum: Option<Vec<u8>>,
    }
}
