//! Contacts: the registers of a person's or company's document (F59).

use crate::document::change::Actor;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Form, Fresh, RegisterRule, Writer};

/// `sort`, `given`, `family`, `trash`.
pub const CONTACT: u8 = 0;
/// `<field>`, a value or a long text; or `<field>/<option>` for each option of a multiple choice.
pub const FIELDS: u8 = 1;
/// `<detail>/phone`, `/email` or `/address`, and `<detail>/label`.
pub const DETAILS: u8 = 2;
/// `<link>/to`.
pub const LINKS: u8 = 3;
/// `<entry>/kind`, `/at`, `/text`, `/person`, `/place`, `/by`.
pub const ENTRIES: u8 = 4;

/// The `sort` of a company; a person's is `person`.
pub const COMPANY: &str = "company";
/// The `sort` of a person.
pub const PERSON: &str = "person";

/// The kind of all contacts.
pub static TYPE: DocumentType = DocumentType {
    id: DocumentTypeId::CONTACT,
    name: "contact",
    genesis_actor: Actor(*b"roadbook:cont:01"),
    containers: &["contact", "fields", "details", "links", "entries"],
    audience: AudienceRule::Linked,
    policy: &[RegisterRule {
        container: CONTACT,
        name: "trash",
        writer: Writer::Editor,
        once: false,
        form: Form::Trash,
    }],
    texts: &[FIELDS],
    fresh: Fresh::new(),
};
