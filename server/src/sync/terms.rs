//! The digest terms of what many see, kept in memory for as long as the log has the same head.
//!
//! A step of a reconciliation needs the term of every document that its viewer sees. All devices that reconcile
//! at one head compare with the same terms, so these are read once.

use std::collections::BTreeMap;
use std::sync::Arc;

use roadbook_domain::value::id::{DocumentId, OrgId};
use tokio::sync::Mutex;

use crate::store::organisation::Head;
use crate::store::{Conn, StoreError, documents, key};

/// Ids and terms, by id.
pub type Terms = Vec<(DocumentId, [u8; 16])>;

/// What was read last of each scope and principal that many read by.
#[derive(Debug, Default)]
pub struct Known(Mutex<BTreeMap<Vec<u8>, AsOf>>);

/// Terms as they were when the log had this chain, which stands for all that happened.
#[derive(Debug)]
struct AsOf {
    org: OrgId,
    chain: Vec<u8>,
    terms: Arc<Terms>,
}

impl Known {
    /// The terms of staff's documents at the head of this connection's database snapshot.
    ///
    /// # Errors
    /// Of the database.
    pub async fn of_staff(&self, conn: &mut Conn, org: OrgId, head: &Head) -> Result<Arc<Terms>, StoreError> {
        // Held while they are read: whoever comes meanwhile would read the same.
        let mut known = self.0.lock().await;
        if let Some(terms) = find(&known, &key::STAFF, org, head) {
            return Ok(terms);
        }
        let terms = Arc::new(documents::terms_of_feed(conn, org, &key::STAFF).await?);
        keep(&mut known, &key::STAFF, org, head, &terms);
        Ok(terms)
    }

    /// The same of a principal. Only those of everyone are kept: others are one user's.
    ///
    /// # Errors
    /// Of the database.
    pub async fn of_principal(
        &self,
        conn: &mut Conn,
        org: OrgId,
        principal: &[u8],
        head: &Head,
    ) -> Result<Arc<Terms>, StoreError> {
        if principal != key::EVERYONE {
            return Ok(Arc::new(documents::terms_of_principal(conn, org, principal).await?));
        }
        let mut known = self.0.lock().await;
        if let Some(terms) = find(&known, principal, org, head) {
            return Ok(terms);
        }
        let terms = Arc::new(documents::terms_of_principal(conn, org, principal).await?);
        keep(&mut known, principal, org, head, &terms);
        Ok(terms)
    }
}

fn find(known: &BTreeMap<Vec<u8>, AsOf>, of: &[u8], org: OrgId, head: &Head) -> Option<Arc<Terms>> {
    let known = known.get(of).filter(|known| known.org == org && known.chain == head.chain)?;
    Some(Arc::clone(&known.terms))
}

fn keep(known: &mut BTreeMap<Vec<u8>, AsOf>, of: &[u8], org: OrgId, head: &Head, terms: &Arc<Terms>) {
    known.insert(of.to_vec(), AsOf { org, chain: head.chain.clone(), terms: Arc::clone(terms) });
}
