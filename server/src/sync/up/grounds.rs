//! What a Restricted author's changes were judged by: looked at once more where they are written, because a
//! card that changes in between may end or begin their sight of a contact without changing the contact.

use std::collections::BTreeSet;

use roadbook_domain::value::id::{DocumentId, OrgId, UserId};

use crate::store::{Conn, StoreError, audience};

/// What a Restricted author sees and may link to, of what they change and what they link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    user: UserId,
    changed: Vec<DocumentId>,
    named: Vec<DocumentId>,
    /// Of the documents that they change, those that they see.
    pub seen: BTreeSet<DocumentId>,
    /// Of the documents that they name, those that they may link to.
    pub linkable: BTreeSet<DocumentId>,
}

impl Grounds {
    /// What the author sees of the documents that they change.
    ///
    /// # Errors
    /// Of the database.
    pub async fn load(
        conn: &mut Conn,
        org: OrgId,
        user: UserId,
        changed: Vec<DocumentId>,
    ) -> Result<Self, StoreError> {
        let seen = audience::seen(conn, org, user, &changed).await?;
        Ok(Self { user, changed, seen, named: Vec::new(), linkable: BTreeSet::new() })
    }

    /// And what they may link to of the documents that they name.
    ///
    /// # Errors
    /// Of the database.
    pub async fn with_links(
        self,
        conn: &mut Conn,
        org: OrgId,
        named: Vec<DocumentId>,
    ) -> Result<Self, StoreError> {
        let linkable = audience::linkable(conn, org, self.user, &named).await?;
        Ok(Self { named, linkable, ..self })
    }

    /// Whether all of it is still so.
    ///
    /// # Errors
    /// Of the database.
    pub async fn hold(&self, conn: &mut Conn, org: OrgId) -> Result<bool, StoreError> {
        let now = Self::load(conn, org, self.user, self.changed.clone()).await?;
        Ok(now.with_links(conn, org, self.named.clone()).await? == *self)
    }
}
