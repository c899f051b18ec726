//! Names: the documents and users that a change names, as far as that matters for rights.

use roadbook_domain::crm::card;
use roadbook_domain::document::DocumentType;
use roadbook_domain::document::change::Change;
use roadbook_domain::read::projection::parse_link;
use roadbook_domain::value::id::{DocumentId, UserId};

use super::scratch;

/// What a change links to.
pub fn link_targets(kind: &DocumentType, change: &Change) -> Vec<DocumentId> {
    scratch::writes(change)
        .filter_map(|(register, value)| link_target(kind, register.container, &register.name, value))
        .collect()
}

/// The users whom a change makes owners or assignees of a card.
pub fn named_users(kind: &DocumentType, change: &Change) -> Vec<UserId> {
    let writes = scratch::writes(change).filter(|_| kind.id == card::TYPE.id);
    writes
        .filter_map(|(register, value)| {
            let last = register.name.rsplit('/').next()?;
            let names =
                matches!((register.container, last), (card::CARD, "owner") | (card::TODOS, "assignee"));
            if names { value.parse().ok() } else { None }
        })
        .collect()
}

/// The document that a register with this value makes visible, if it is one that does.
fn link_target(kind: &DocumentType, container: u8, name: &str, value: &str) -> Option<DocumentId> {
    let last = name.rsplit('/').next()?;
    match (kind.containers.get(usize::from(container)).copied()?, last) {
        ("links", "to") => parse_link(value).map(|(_, target)| target),
        ("todos", "contact") if kind.id == card::TYPE.id => value.parse().ok(),
        _ => None,
    }
}
