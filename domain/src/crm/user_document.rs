//! User documents: what follows one user between devices (F103).

use crate::document::change::Actor;
use crate::document::draft::Draft;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Form, Fresh, RegisterRule, Writer};
use crate::value::id::UserId;

/// `owner`, and preferences by name.
pub const USER: u8 = 0;
/// `<document>`: when the user last opened it.
pub const RECENTS: u8 = 1;
/// `<view>`: `1`, or empty once it is no favourite any more.
pub const FAVORITES: u8 = 2;

/// The document type of user documents.
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

/// Drafts the first change of a user document that the server makes: it names the user (F103). The id is
/// a hash, so it does not tell whose document this is, and a change must write something.
pub fn begin(draft: &mut Draft<'_>, user: UserId) {
    draft.put(USER, OWNER, user.to_string());
}
