//! Cards: the registers of a card document (F29).

use crate::document::change::Actor;
use crate::document::draft::Draft;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Form, Fresh, RegisterRule, Writer};
use crate::value::id::PartId;
use crate::value::todo::TodoState;

/// `product`, `name`, `status`, `owner`, `trash`.
pub const CARD: u8 = 0;
/// `<field>`, a value or a long text; or `<field>/<option>` for each option of a multiple choice.
pub const FIELDS: u8 = 1;
/// `<todo>/text`, `/due`, `/assignee`, `/state`, `/contact`, `/description`, `/urgent`, `/planned_for` (the day on which
/// its assignee wants to do it), `/recurrence` and `/occurrence` (its day in the series), `/snoozed_until`, `/reminders`
/// and `/channels` (the last two instead of its assignee's own). Reserved for what comes: `/kind`.
pub const TODOS: u8 = 2;
/// `<entry>/kind`, `/at`, `/text`, `/person`, `/place`, `/by`.
pub const ENTRIES: u8 = 3;
/// `<link>/to`.
pub const LINKS: u8 = 4;

/// The document type of cards.
pub static TYPE: DocumentType = DocumentType {
    id: DocumentTypeId::CARD,
    name: "card",
    genesis_actor: Actor(*b"roadbook:card:01"),
    containers: &["card", "fields", "todos", "entries", "links"],
    later: &[],
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
        rule(TODOS, "description", false, Form::Text),
        rule(TODOS, "urgent", false, Form::Flag),
        rule(TODOS, "planned_for", false, Form::Day),
        rule(TODOS, "recurrence", false, Form::Recurrence),
        rule(TODOS, "occurrence", false, Form::Day),
        rule(TODOS, "snoozed_until", false, Form::Due),
        rule(TODOS, "reminders", false, Form::Leads),
        // A register of its own and no part of `reminders`: a server that is one version older would refuse a longer
        // text there, and accepts any in a register that it does not know.
        rule(TODOS, "channels", false, Form::Channels),
        // Nothing writes this register yet. Its form is fixed now, so that no server ever accepts "any text" in it.
        rule(TODOS, "kind", false, Form::Key),
    ],
    texts: &[FIELDS],
    fresh: Fresh::new(),
};

/// The state of a todo; `None` if there is none of this id.
pub(super) fn todo_state(draft: &Draft<'_>, todo: PartId) -> Option<TodoState> {
    // A register of a todo that is not there would be a part without a text, which no list shows.
    draft.text(TODOS, &format!("{todo}/text"))?;
    let state = draft.text(TODOS, &format!("{todo}/state"));
    // Nobody writes the state of a new todo: no register is `open#1`.
    Some(state.and_then(|state| state.parse().ok()).unwrap_or_default())
}

const fn rule(container: u8, name: &'static str, once: bool, form: Form) -> RegisterRule {
    RegisterRule { container, name, writer: Writer::Editor, once, form }
}
