//! The todo that a card gets when an edit moves it into a status (C9).

use super::view::ProductView;
use super::{Settings, StatusInputs};
use crate::crm::card;
use crate::crm::command::{Acting, CardCommand, NewTodo};
use crate::document::draft::Draft;
use crate::settings::catalogue::{Language, LapseClock, status_mode};
use crate::settings::field::FieldTexts;
use crate::value::due::Due;
use crate::value::id::{DocumentId, PartId, ProductId, StatusId, UserId};
use crate::value::time::Timestamp;

impl Settings {
    /// Whether a command may move a card into another status, so that [`Settings::todo_on_entry`] must be
    /// asked. A command that resolves a conflict does not count: the move that it chooses has given its
    /// todo already.
    pub fn may_enter(&self, command: &CardCommand) -> bool {
        match command {
            CardCommand::Create { .. } | CardCommand::Move(_) => true,
            CardCommand::SetField(field, _) => self.field(*field).is_some_and(|field| self.decides(field)),
            _ => false,
        }
    }

    /// The todo that the edit in `draft` gives the card with this id; `None` if the edit moves it into no
    /// other status, or into one that hands out none.
    ///
    /// Its id follows from the card, the status and the move before (C20). So users who move a card at the
    /// same time make one todo, and every later entry makes another. The assignee is the owner or, if nobody
    /// owns the card, the user who moves it; the text is in the assignee's language. A status that only
    /// time brings about gives no todo, because no edit enters it.
    pub fn todo_on_entry(&self, id: DocumentId, draft: &Draft<'_>, acting: &Acting) -> Option<NewTodo> {
        let product: ProductId = draft.text(card::CARD, "product")?.parse().ok()?;
        let view = self.view(product)?;
        let (before, last_move) = self.before(view, draft);
        let status = self.in_draft(view, draft)?;
        // A command may write what is there already: that is no move.
        let entered = self.status(status).filter(|_| before != Some(status))?;
        let todo = entered.todo.as_ref()?;
        let owner = draft.text(card::CARD, "owner").and_then(|owner| owner.parse::<UserId>().ok());
        let assignee = owner.unwrap_or(acting.by);
        let part = PartId::derived(&[b"status", id.as_bytes(), status.as_bytes(), &last_move]);
        // The other user's move may have come first, with this same todo.
        if draft.text(card::TODOS, &format!("{part}/text")).is_some() {
            return None;
        }
        let day = self.zone(owner).day_of(acting.now).plus(i32::from(todo.due_days));
        Some(NewTodo {
            id: part,
            text: self.todo_text(entered, todo, self.language(owner)).to_owned(),
            due: Some(Due::Day(day)),
            assignee: Some(assignee),
            contact: None,
        })
    }

    /// The status before the edit, and the operation that last moved the card there. A card that the edit
    /// itself makes has neither.
    fn before(&self, view: &ProductView, draft: &Draft<'_>) -> (Option<StatusId>, Vec<u8>) {
        // A card has a product from its first change on, so without one this edit makes it.
        let Some(_) = draft.get(card::CARD, "product") else { return (None, Vec::new()) };
        let registers = self.registers(view);
        let values = registers.iter().map(|(container, name)| draft.get(*container, name));
        let values: Vec<_> = values.collect();
        // The greatest operation, not the newest stamp: all replicas agree on it whatever their clocks.
        let last = values.iter().flatten().map(|values| values.winner.op).max();
        let last = last.map(|op| [op.counter.to_be_bytes().as_slice(), &op.actor.0].concat());
        let texts = values.iter().map(|values| values.as_ref().map(|values| values.shown()));
        let texts = registers.iter().map(|(_, name)| name.clone()).zip(texts.map(Option::unwrap_or_default));
        (self.says(view, &texts.collect::<Vec<_>>()), last.unwrap_or_default())
    }

    /// The status after the edit.
    fn in_draft(&self, view: &ProductView, draft: &Draft<'_>) -> Option<StatusId> {
        let registers = self.registers(view);
        let texts = registers.into_iter().map(|(container, name)| {
            let text = draft.text(container, &name).unwrap_or_default();
            (name, text)
        });
        self.says(view, &texts.collect::<Vec<_>>())
    }

    /// The registers that decide the status of a product's cards.
    fn registers(&self, view: &ProductView) -> Vec<(u8, String)> {
        if status_mode(view.product.kind).is_stored() {
            return vec![(card::CARD, "status".to_owned())];
        }
        self.deciding(view.product.id).map(|field| (card::FIELDS, field.id.to_string())).collect()
    }

    /// The status that follows from these registers alone, without time.
    fn says(&self, view: &ProductView, texts: &[(String, String)]) -> Option<StatusId> {
        if !status_mode(view.product.kind).is_stored() {
            let texts = FieldTexts::new(texts);
            let text = |preset: &str| texts.get(&view.presets.get(preset)?.1);
            let derived = self.derived(view, &text, &LapseClock::OFF)?;
            return view.keyed_statuses.get(derived.key).copied();
        }
        let stored = texts.first().and_then(|(_, text)| text.parse().ok());
        let inputs = StatusInputs {
            product: Some(view.product.id),
            stored,
            texts: FieldTexts::new(&[]),
            last_contact: None,
        };
        // No time is needed: a stored status never changes by itself.
        self.card_status(&inputs, Timestamp::default()).id
    }

    /// The language of a user; of nobody, and of one who is not known, the organisation's.
    pub fn language(&self, user: Option<UserId>) -> Language {
        let user = user.and_then(|user| self.user(user));
        Language::of(user.map_or(self.organisation().locale.as_str(), |user| user.locale.as_str()))
    }
}

#[cfg(test)]
mod tests;
