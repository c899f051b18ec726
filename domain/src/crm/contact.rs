//! Contacts: the registers of a person's or company's document (F59).

use crate::document::change::Actor;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Form, Fresh, RegisterRule, Writer};

/// `sort`, `given`, `family`, `trash`. Reserved for what comes: `merged_into`.
pub const CONTACT: u8 = 0;
/// `<field>`, a value or a long text; or `<field>/<option>` for each option of a multiple choice.
pub const FIELDS: u8 = 1;
/// `<detail>/phone`, `/email` or `/address`, and `<detail>/label`.
pub const DETAILS: u8 = 2;
/// `<link>/to`.
pub const LINKS: u8 = 3;
/// `<entry>/kind`, `/at`, `/text`, `/person`, `/place`, `/by`.
pub const ENTRIES: u8 = 4;

/// The document type of contacts.
pub static TYPE: DocumentType = DocumentType {
    id: DocumentTypeId::CONTACT,
    name: "contact",
    genesis_actor: Actor(*b"roadbook:cont:01"),
    containers: &["contact", "fields", "details", "links", "entries"],
    later: &[],
    audience: AudienceRule::Linked,
    policy: &[
        rule("trash", Form::Trash),
        // The contact that this one, a duplicate, was merged into.
        rule("merged_into", Form::Id),
    ],
    texts: &[FIELDS],
    fresh: Fresh::new(),
};

const fn rule(name: &'static str, form: Form) -> RegisterRule {
    RegisterRule { container: CONTACT, name, writer: Writer::Editor, once: false, form }
}
