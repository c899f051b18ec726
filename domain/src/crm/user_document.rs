//! User documents: what follows one user between devices (F103).

use crate::document::change::Actor;
use crate::document::draft::Draft;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Form, Fresh, RegisterRule, Writer};
use crate::value::id::UserId;

/// `owner`, and preferences by name.
pub const USER: u8 = 0;
/// `<document>`: when the user last opened it.
pub const RECENTS: u8 = 1;
/// `<view>`: `1`, or empty when it is a favourite no more.
pub const FAVORITES: u8 = 2;

/// The kind of all user documents.
pub static TYPE: DocumentType = DocumentType {
    id: DocumentTypeId::USER,
    name: "user",
    genesis_actor: Actor(*b"roadbook:user:01"),
    containers: &["user", "recents", "favorites"],
    later: &[],
    audience: AudienceRule::Private,
    policy: &[RegisterRule {
        container: USER,
        name: OWNER,
        writer: Writer::Editor,
        once: true,
        form: Form::Id,
    }],
    texts: &[],
    fresh: Fresh::new(),
};

/// The register that says whose document it is.
const OWNER: &str = "owner";

/// Drafts what the document of a user begins with, where the server makes it: whose it is. A change must
/// do something, and the id, a hash, does not tell (F103).
pub fn begin(draft: &mut Draft<'_>, user: UserId) {
    draft.put(USER, OWNER, user.to_string());
}
