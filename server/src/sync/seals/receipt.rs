//! Receipts: the server's own word that a document was in a state, that a settings row was written or a
//! document purged, so that any phone can re-upload it (N7, `docs/sync-protocol.md`, receipts).

use aws_lc_rs::{constant_time, digest, hmac};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::read::projection;
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::id::{DocumentId, OrgId};
use roadbook_domain::wire::Bundle;

use crate::store::documents::Stored;

/// A receipt: 128 bits of HMAC-SHA256.
pub type Receipt = [u8; 16];

/// A state of a document. Heads commit to its whole history; the table names who made it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The organisation.
    pub org: OrgId,
    /// The document.
    pub document: DocumentId,
    /// Its document type.
    pub kind: DocumentTypeId,
    /// Its heads, ascending.
    pub heads: &'a [ChangeHash],
    /// CBOR of its author table.
    pub authors: &'a [u8],
}

impl Subject<'_> {
    /// The receipt for this state.
    pub fn receipt(&self, key: &[u8; 32]) -> Receipt {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
        context.update(self.org.as_bytes());
        context.update(self.document.as_bytes());
        context.update(&self.kind.0.to_be_bytes());
        // Their number comes first, so that what follows the list can never pass for another head.
        context.update(&(self.heads.len() as u64).to_be_bytes());
        self.heads.iter().for_each(|head| context.update(&head.0));
        context.update(digest::digest(&digest::SHA256, self.authors).as_ref());
        signed(context)
    }

    /// Whether this is the server's receipt for this state.
    pub fn is_received(&self, key: &[u8; 32], receipt: &Receipt) -> bool {
        is_same(&self.receipt(key), receipt)
    }
}

/// The receipt for a settings row in its version.
pub fn of_row(key: &[u8; 32], org: OrgId, row: &SettingsRow) -> Receipt {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(SETTINGS);
    context.update(org.as_bytes());
    context.update(&row.kind.code().to_be_bytes());
    context.update(row.id.as_bytes());
    // A product whose id is all zeros must not give the same text as none.
    context.update(&[u8::from(row.product.is_some())]);
    context.update(&row.product.map_or([0; 16], |product| *product.as_bytes()));
    context.update(&row.version.to_be_bytes());
    context.update(&row.class.code().to_be_bytes());
    context.update(digest::digest(&digest::SHA256, &row.body).as_ref());
    signed(context)
}

/// The receipt for the purge of a document.
pub fn of_purge(key: &[u8; 32], org: OrgId, document: DocumentId) -> Receipt {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(PURGE);
    context.update(org.as_bytes());
    context.update(document.as_bytes());
    signed(context)
}

/// Whether two receipts are the same, in a time that does not tell where they differ.
pub fn is_same(one: &Receipt, other: &Receipt) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// Each kind of receipt is over a text of a length of its own, so none passes for another; these say which.
const SETTINGS: &[u8] = b"settings";
const PURGE: &[u8] = b"purge";

fn signed(context: hmac::Context) -> Receipt {
    let tag = context.sign();
    std::array::from_fn(|i| tag.as_ref().get(i).copied().unwrap_or_default())
}

/// The bundle of a document as it rests; no document is loaded for it.
pub fn bundle(
    key: &[u8; 32],
    org: OrgId,
    stored: Stored,
    as_of: u64,
) -> Result<Bundle, minicbor::decode::Error> {
    let subject = Subject {
        org,
        document: stored.id,
        kind: stored.kind,
        heads: &stored.heads,
        authors: &stored.authors,
    };
    let receipt = subject.receipt(key).into();
    // From a list of few changes the device makes the rows itself: they would cost more than it does.
    let rows = if projection::are_told_by(&stored.saved) { Vec::new() } else { stored.rows };
    Ok(Bundle {
        document: stored.id,
        kind: stored.kind,
        as_of,
        authors: minicbor::decode(&stored.authors)?,
        saved: stored.saved,
        heads: stored.heads,
        rows,
        projection_version: stored.projection_version,
        receipt,
    })
}
