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
    /// there before nothing can be told.
    pub fn alone(change: &Change) -> Vec<Self> {
        let mut edits = Vec::new();
        let mut made: BTreeMap<OpId, (&Register, String)> = BTreeMap::new();
        for (id, op) in change.with_ids() {
            match op {
                Op::Put { register: Register { container, name }, value, .. } => {
                    let (container, name, value) = (*container, name.clone(), value.clone());
                    edits.push(Self::Put { container, name, value });
                }
                Op::MakeText { register, .. } => drop(made.insert(id, (register, String::new()))),
                Op::Insert { text, chars, .. } => {
                    if let Some((_, after)) = made.get_mut(text) {
                        after.push_str(chars);
                    }
                }
                Op::MakeContainer { .. } | Op::Erase { .. } => {}
            }
        }
        edits.extend(made.into_values().map(|(register, after)| {
            let (container, name) = (register.container, register.name.clone());
            Self::Text { container, name, before: String::new(), after }
        }));
        edits
    }

    /// The register it writes.
    pub fn register(&self) -> Register {
        let (Self::Put { container, name, .. } | Self::Text { container, name, .. }) = self;
        Register { container: *container, name: name.clone() }
    }

    /// Drafts the same on the state that `draft` begins from. What others wrote into a long text in
    /// the meantime stays, and a value is added to a long text instead of replacing it.
    pub fn draft(&self, draft: &mut Draft<'_>) {
        match self {
            Self::Put { container, name, value } if draft.holds_text(*container, name) => {
                let present = draft.text(*container, name).unwrap_or_default();
                draft.edit_text(*container, name, &merged(&present, "", value));
            }
            Self::Put { container, name, value } => draft.put(*container, name, value),
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
