//! Edits by value: what a change wrote, without its place in the change graph.
//!
//! So an edit can be read when its document is gone, and re-authored on another state of it.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use roadbook_domain::document::Document;
use roadbook_domain::document::change::{Change, ChangeHash, Op, OpId, Register};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::merged;

/// What one change did to one register.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ValueEdit {
    /// It gave the register a value.
    #[n(0)]
    Put {
        /// The container, by index.
        #[n(0)]
        container: u8,
        /// The register's name.
        #[n(1)]
        name: String,
        /// The value.
        #[n(2)]
        value: String,
    },
    /// It edited the register's long text.
    #[n(1)]
    Text {
        /// The container, by index.
        #[n(0)]
        container: u8,
        /// The register's name.
        #[n(1)]
        name: String,
        /// What the text read before; empty if there was none.
        #[n(2)]
        before: String,
        /// What it read after.
        #[n(3)]
        after: String,
    },
}

/// The container of text that was added to a long text of which only its document knows where it is.
const NOWHERE: u8 = u8::MAX;

impl ValueEdit {
    /// What a change did; the document holds it.
    pub fn of(document: &Document, hash: ChangeHash, change: &Change) -> Vec<Self> {
        let mut edits = Vec::new();
        let mut texts = TextRegisters::default();
        for (id, op) in change.with_ids() {
            match op {
                Op::Put { register, value, .. } => {
                    let (container, name) = (register.container, register.name.clone());
                    edits.push(Self::Put { container, name, value: value.clone() });
                }
                Op::MakeContainer { .. } => {}
                Op::MakeText { register, .. } => texts.edited(register.clone(), Some(id)),
                Op::Insert { text, .. } | Op::Erase { text, .. } => texts.edited_text(document, *text),
            }
        }
        edits.extend(texts.edited.into_iter().map(|register| {
            let shown = |heads: &[ChangeHash]| {
                document.get_at(&register, heads).map(|values| values.shown()).unwrap_or_default()
            };
            let (before, after) = (shown(&change.deps), shown(&[hash]));
            Self::Text { container: register.container, name: register.name.clone(), before, after }
        }));
        edits
    }

    /// What a change did, as far as it says so itself: its document is not here, so of a long text that was
    /// there before nothing can be told but what was added to it, which [has no place](Self::is_placed). What was erased
    /// from it is not told.
    pub fn alone(change: &Change) -> Vec<Self> {
        let mut edits = Vec::new();
        let mut made: BTreeMap<OpId, (&Register, String)> = BTreeMap::new();
        let mut added: BTreeMap<OpId, Vec<&str>> = BTreeMap::new();
        for (id, op) in change.with_ids() {
            match op {
                Op::Put { register: Register { container, name }, value, .. } => {
                    let (container, name, value) = (*container, name.clone(), value.clone());
                    edits.push(Self::Put { container, name, value });
                }
                Op::MakeText { register, .. } => drop(made.insert(id, (register, String::new()))),
                Op::Insert { text, chars, .. } => match made.get_mut(text) {
                    Some((_, after)) => after.push_str(chars),
                    None => added.entry(*text).or_default().push(chars),
                },
                Op::MakeContainer { .. } | Op::Erase { .. } => {}
            }
        }
        edits.extend(made.into_values().map(|(register, after)| {
            let (container, name) = (register.container, register.name.clone());
            Self::Text { container, name, before: String::new(), after }
        }));
        edits.extend(added.into_values().map(|added| {
            let after = added.join(" … ");
            Self::Text { container: NOWHERE, name: String::new(), before: String::new(), after }
        }));
        edits
    }

    /// Whether it says where it belongs. What does not can be shown, and not made again.
    pub fn is_placed(&self) -> bool {
        self.register().container != NOWHERE
    }

    /// The register it writes.
    pub fn register(&self) -> Register {
        let (Self::Put { container, name, .. } | Self::Text { container, name, .. }) = self;
        Register { container: *container, name: name.clone() }
    }

    /// Drafts the same on the state that `draft` begins from. What others wrote into a long text in
    /// the meantime stays, and a value is added to a long text instead of replacing it.
    pub fn draft(&self, draft: &mut Draft<'_>) {
        self.draft_with(draft, |draft, container, name, value| draft.put(container, name, value));
    }

    /// The same, where the draft does not begin from all that the author saw. That may come back, and would win over a
    /// value that was not written because nothing else was there.
    pub fn draft_blind(&self, draft: &mut Draft<'_>) {
        self.draft_with(draft, |draft, container, name, value| draft.put_again(container, name, value));
    }

    fn draft_with(&self, draft: &mut Draft<'_>, put: fn(&mut Draft<'_>, u8, &str, &str)) {
        match self {
            Self::Put { container, name, value } if draft.holds_text(*container, name) => {
                let present = draft.text(*container, name).unwrap_or_default();
                draft.edit_text(*container, name, &merged(&present, "", value));
            }
            Self::Put { container, name, value } => put(draft, *container, name, value),
            Self::Text { container: NOWHERE, .. } => {}
            Self::Text { container, name, before, after } => {
                let present = draft.text(*container, name).unwrap_or_default();
                draft.edit_text(*container, name, &merged(&present, before, after));
            }
        }
    }
}

/// The registers whose long texts a change edited.
#[derive(Default)]
struct TextRegisters {
    edited: Vec<Register>,
    known: BTreeMap<OpId, Register>,
    searched: bool,
}

impl TextRegisters {
    fn edited(&mut self, register: Register, made: Option<OpId>) {
        if let Some(made) = made {
            self.known.insert(made, register.clone());
        }
        if !self.edited.contains(&register) {
            self.edited.push(register);
        }
    }

    fn edited_text(&mut self, document: &Document, text: OpId) {
        // Once for a whole change: the search walks all registers of the document.
        if !self.known.contains_key(&text) && !self.searched {
            self.searched = true;
            self.search(document);
        }
        if let Some(register) = self.known.get(&text).cloned() {
            self.edited(register, None);
        }
    }

    fn search(&mut self, document: &Document) {
        for container in document.kind().addresses() {
            for (name, values) in document.registers(container) {
                for text in values.all().filter(|written| written.is_text) {
                    self.known.insert(text.op, Register { container, name: name.clone() });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadbook_domain::crm::card;
    use roadbook_domain::document::change::Actor;
    use roadbook_domain::value::time::Timestamp;

    #[test]
    fn text_that_was_added_to_a_text_that_is_not_here_is_told_and_not_made_again_elsewhere() {
        let mut document = Document::new(&card::TYPE);
        let mut change = |text: &str| {
            let mut draft = Draft::new(&mut document, Actor([7; 16]), Timestamp::from_millis(0));
            draft.edit_text(card::FIELDS, "notes", text);
            let change = draft.finish().unwrap();
            document.add(&change).unwrap();
            change
        };
        let made = ValueEdit::alone(&change("They like red."));
        assert!(
            matches!(&made[..], [edit @ ValueEdit::Text { after, .. }] if after == "They like red." && edit.is_placed())
        );
        let added = ValueEdit::alone(&change("They really like red. Call in May."));
        let [ValueEdit::Text { after, .. }] = &added[..] else { panic!("{added:?}") };
        assert!(after.contains("really") && after.contains("Call in May"), "{after}");
        assert!(!added[0].is_placed());
        let mut draft = Draft::new(&mut document, Actor([8; 16]), Timestamp::from_millis(0));
        added[0].draft(&mut draft);
        assert_eq!(draft.finish(), None);
    }
}
