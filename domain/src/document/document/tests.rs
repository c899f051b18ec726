use std::collections::BTreeMap;

use super::*;
use crate::crm::card;
use crate::document::change::Op;
use crate::document::change::Register;
use crate::document::draft::Draft;
use crate::value::time::Timestamp;

impl Document {
    /// Asserts that the document reads as automerge reads the same changes, now and at every earlier
    /// state.
    pub(crate) fn check_against_automerge(&self) {
        self.prove().unwrap();
        let mut plain =
            Self { kind: self.kind, few: None, inner: OnceLock::from(self.inner().clone()), many: None };
        // Automerge may order changes made apart in another way.
        let since = |document: &Self, heads: &[_]| {
            let changes = document.changes_since(heads);
            changes.into_iter().collect::<BTreeMap<_, _>>()
        };
        let changes = since(self, &[]);
        assert_eq!((plain.heads(), plain.max_op()), (self.heads(), self.max_op()));
        let containers = 0..u8::try_from(self.kind.containers.len()).unwrap();
        for container in containers.clone() {
            assert_eq!(plain.registers(container), self.registers(container));
        }
        assert_eq!(since(&plain, &[]), changes);
        for (hash, change) in &changes {
            assert!(plain.contains(*hash) && self.contains(*hash));
            assert_eq!(plain.seq(change.actor), self.clone().seq(change.actor));
            for heads in [&[*hash], change.deps.as_slice()] {
                assert_eq!(since(&plain, heads), since(self, heads));
                assert_eq!(plain.max_op_of(heads), self.max_op_of(heads));
                for container in containers.clone() {
                    assert_eq!(plain.registers_at(container, heads), self.registers_at(container, heads));
                }
            }
            for (id, _) in change.with_ids() {
                assert_eq!((self.change_of(id), self.time_of(id)), (Some(*hash), Some(change.time)));
                assert_eq!((plain.change_of(id), plain.time_of(id)), (Some(*hash), Some(change.time)));
            }
        }
    }
}

/// A document with so many changes of a register, one after another.
fn renamed(times: u32) -> (Document, Vec<(ChangeHash, Change)>) {
    let mut document = Document::new(&card::TYPE);
    let mut changes = Vec::new();
    for n in 0..times {
        let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::from_millis(0));
        draft.put(card::CARD, "name", format!("Roof {n}"));
        let change = draft.finish().unwrap();
        changes.push((document.add(&change).unwrap(), change));
    }
    (document, changes)
}

#[test]
fn a_change_that_its_author_cannot_have_made_is_refused_by_a_document_of_any_saved_form() {
    for times in [1, 12] {
        let (mut document, changes) = renamed(times);
        let mut forged = Draft::new(&mut document, Actor([2; 16]), Timestamp::from_millis(0));
        forged.put(card::CARD, "name", "Forged");
        let honest = forged.finish().unwrap();
        let mut forged = honest.clone();
        let Op::Put { pred, .. } = &mut forged.ops[0] else { panic!() };
        pred.clear();
        let heads = document.heads();
        assert_eq!(document.add(&forged), Err(DocumentError::NotApplicable), "{times}");
        assert_eq!(document.add(&Change { seq: 3, ..honest.clone() }), Err(DocumentError::NotApplicable));
        assert_eq!(document.heads(), heads);
        document.add(&honest).unwrap();
        assert_eq!(document.heads(), [document.add(&honest).unwrap()]);
        assert!(changes.iter().all(|(hash, _)| document.contains(*hash)));
    }
}

#[test]
fn what_was_stored_reads_as_it_was_and_damage_of_it_is_told() {
    for times in [1, 8, 9, 20] {
        let (document, changes) = renamed(times);
        let again = Document::load_stored(&card::TYPE, &document.save()).unwrap();
        assert_eq!((again.heads(), again.registers(0)), (document.heads(), document.registers(0)));
        let mut added = Document::new(&card::TYPE);
        added.add_stored(changes.clone()).unwrap();
        assert_eq!((added.heads(), added.save()), (document.heads(), document.save()));
        let (last, change) = changes.last().unwrap().clone();
        let damaged = Change { time: Timestamp::from_millis(1), ..change };
        let mut added = Document::new(&card::TYPE);
        let stored = changes[..changes.len() - 1].iter().cloned().chain([(last, damaged)]);
        assert_eq!(added.add_stored(stored), Err(DocumentError::WrongHash));
    }
}

#[test]
fn a_long_text_is_read_as_it_was_at_earlier_heads() {
    let register = Register { container: card::FIELDS, name: "notes".to_owned() };
    let mut document = Document::new(&card::TYPE);
    let states: Vec<_> = ["one", "one two", "two"]
        .into_iter()
        .map(|text| {
            let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::from_millis(0));
            draft.edit_text(card::FIELDS, "notes", text);
            let change = draft.finish().unwrap();
            document.add(&change).unwrap();
            (document.heads(), text)
        })
        .collect();
    for (heads, text) in states {
        assert_eq!(document.get_at(&register, &heads).unwrap().shown(), text);
    }
}
