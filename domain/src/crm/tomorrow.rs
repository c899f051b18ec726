//! Document types that tests make up for a build of tomorrow (`crate::value::generation`).

use crate::crm::card;
use crate::document::change::Actor;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Fresh};
use crate::value::generation::{Generation, current};

/// A container of cards that the second version of their schema makes.
pub const VISITS: u8 = 16;

/// The number of a document type that today's build does not know.
pub const ROUTE: DocumentTypeId = DocumentTypeId(900);

static CARD: DocumentType = DocumentType { later: &[&["visits"]], fresh: Fresh::new(), ..card::TYPE };

static ROUTE_TYPE: DocumentType = DocumentType {
    id: ROUTE,
    name: "route",
    genesis_actor: Actor(*b"roadbook:rout:01"),
    containers: &["route", "stops"],
    later: &[],
    audience: AudienceRule::Linked,
    policy: &[],
    texts: &[],
    fresh: Fresh::new(),
};

/// What tomorrow's build has in the place of today's document type.
pub(super) fn document_type(id: DocumentTypeId) -> Option<&'static DocumentType> {
    if current() != Generation::Tomorrow {
        return None;
    }
    [&CARD, &ROUTE_TYPE].into_iter().find(|made_up| made_up.id == id)
}
