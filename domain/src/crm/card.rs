//! Cards: the registers of a card document (F29).

use crate::document::change::Actor;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Form, Fresh, RegisterRule, Writer};

/// `product`, `name`, `status`, `owner`, `trash`.
pub const CARD: u8 = 0;
/// `<field>`, a value or a long text; or `<field>/<option>` for each option of a multiple choice.
pub const FIELDS: u8 = 1;
/// `<todo>/text`, `/due`, `/assignee`, `/state`, `/contact`.
pub const TODOS: u8 = 2;
/// `<entry>/kind`, `/at`, `/text`, `/person`, `/place`, `/by`.
pub const ENTRIES: u8 = 3;
/// `<link>/to`.
pub const LINKS: u8 = 4;

/// The kind of all cards.
pub static TYPE: DocumentType = DocumentType {
    id: DocumentTypeId::CARD,
    name: "card",
    genesis_actor: Actor(*b"roadbook:card:01"),
    containers: &["card", "fields", "todos", "entries", "links"],
    audience: AudienceRule::Own,
    policy: &[
        rule(CARD, "product", true, Form::Id),
        rule(CARD, "status", false, Form::Id),
        rule(CARD, "owner", false, Form::Id),
        rule(CARD, "trash", false, Form::Trash),
        rule(TODOS, "due", false, Form::Due),
        rule(TODOS, "assignee", false, Form::Id),
        rule(TODOS, "contact", false, Form::Id),
        rule(TODOS, "state", false, Form::TodoState),
    ],
    texts: &[FIELDS],
    fresh: Fresh::new(),
};

const fn rule(container: u8, name: &'static str, once: bool, form: Form) -> RegisterRule {
    RegisterRule { container, name, writer: Writer::Editor, once, form }
}
