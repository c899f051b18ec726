//! Reading a document: from its index if that tells all, else from automerge.

use std::collections::BTreeMap;

use automerge::{ObjId, ObjType, ReadDoc, ScalarValue, Value};

use super::Document;
use crate::document::canonical;
use crate::document::change::{Change, ChangeHash, OpId, Register};
use crate::document::change_list::ChangeList;
use crate::document::genesis::is_reserved;
use crate::document::index::OpIndex;
use crate::document::values::{Values, Written};
use crate::value::time::Timestamp;

impl Document {
    /// The index of its operations, if it is at hand.
    pub(crate) fn index(&self) -> Option<&OpIndex> {
        self.few.as_ref().map(ChangeList::index)
    }

    /// Whether a change is the genesis or the constant change of a later schema version: nobody's act.
    pub fn is_constant(&self, hash: ChangeHash) -> bool {
        if let Some(few) = &self.few {
            return few.index().is_constant(hash);
        }
        let meta = self.inner().get_change_meta_by_hash(&automerge::ChangeHash(hash.0));
        meta.and_then(|meta| canonical::actor(&meta.actor)).is_some_and(is_reserved)
    }

    /// The values of one register; `None` if nobody has written it.
    pub fn get(&self, register: &Register) -> Option<Values> {
        if let Some(index) = self.readable() {
            return index.get(register);
        }
        let container = self.container(register.container);
        self.values(self.inner().get_all(container, register.name.as_str()).ok()?, None)
    }

    /// The values that one register had when the document had these heads.
    pub fn get_at(&self, register: &Register, heads: &[ChangeHash]) -> Option<Values> {
        if let Some(index) = self.readable() {
            return index.get_at(register, heads);
        }
        let container = self.container(register.container);
        let heads = automerge_hashes(heads);
        self.values(self.inner().get_all_at(container, register.name.as_str(), &heads).ok()?, Some(&heads))
    }

    /// All registers of a container, by name.
    pub fn registers(&self, container: u8) -> BTreeMap<String, Values> {
        if let Some(index) = self.readable() {
            return index.registers(container).map(|(name, values)| (name.to_owned(), values)).collect();
        }
        let object = self.container(container);
        let mut registers = BTreeMap::new();
        for item in self.inner().map_range(&object, ..) {
            // automerge tells only the winner here. Few registers have other values, so few are read again.
            let values = if item.conflict {
                self.get(&Register { container, name: item.key.to_string() })
            } else {
                let id = item.id();
                self.written(item.value.into(), &id, None).map(|winner| Values { winner, losers: Vec::new() })
            };
            if let Some(values) = values {
                registers.insert(item.key.into_owned(), values);
            }
        }
        registers
    }

    /// The registers that a container had when the document had these heads.
    pub fn registers_at(&self, container: u8, heads: &[ChangeHash]) -> BTreeMap<String, Values> {
        let names: Vec<String> = match self.readable() {
            // Names of all times: those without a value at these heads are left out below.
            Some(index) => index.registers(container).map(|(name, _)| name.to_owned()).collect(),
            None => {
                let object = self.container(container);
                self.inner().keys_at(&object, &automerge_hashes(heads)).collect()
            }
        };
        names
            .into_iter()
            .filter_map(|name| {
                let values = self.get_at(&Register { container, name: name.clone() }, heads)?;
                Some((name, values))
            })
            .collect()
    }

    /// The characters of a long text with the operations that inserted them, in order, as they were
    /// when the document had these heads.
    pub fn characters_at(&self, text: OpId, heads: &[ChangeHash]) -> Vec<(OpId, char)> {
        let object = object_id(text);
        self.inner()
            .list_range_at(&object, .., &automerge_hashes(heads))
            .filter_map(|item| {
                let id = op_id(&item.id())?;
                let automerge::ValueRef::Scalar(value) = &item.value else { return None };
                let automerge::ScalarValueRef::Str(text) = value else { return None };
                Some((id, text.chars().next()?))
            })
            .collect()
    }

    /// The changes that are neither among `heads` nor their ancestors, in causal order, without the genesis.
    pub fn changes_since(&self, heads: &[ChangeHash]) -> Vec<(ChangeHash, Change)> {
        if let Some(few) = &self.few {
            return few.since(heads);
        }
        self.inner()
            .get_changes(&automerge_hashes(heads))
            .iter()
            .filter_map(|change| {
                Some((ChangeHash(change.hash().0), Change::from_automerge(self.kind, change)?))
            })
            .collect()
    }

    /// The stamp of the change that holds an operation.
    pub fn time_of(&self, op: OpId) -> Option<Timestamp> {
        if let Some(few) = &self.few {
            return few.holder(op).map(|(_, change)| change.time);
        }
        let change = self.inner().hash_for_opid(&object_id(op))?;
        let meta = self.inner().get_change_meta_by_hash(&change)?;
        Some(Timestamp::from_millis(meta.timestamp))
    }

    /// The change that holds an operation.
    pub fn change_of(&self, op: OpId) -> Option<ChangeHash> {
        match &self.few {
            Some(few) => few.holder(op).map(|(hash, _)| *hash),
            None => self.inner().hash_for_opid(&object_id(op)).map(|hash| ChangeHash(hash.0)),
        }
    }

    pub(super) fn container(&self, container: u8) -> ObjId {
        object_id(self.kind.container_op(container))
    }

    fn values(
        &self,
        all: Vec<(Value<'_>, ObjId)>,
        heads: Option<&[automerge::ChangeHash]>,
    ) -> Option<Values> {
        let mut all: Vec<_> =
            all.into_iter().filter_map(|(value, id)| self.written(value, &id, heads)).collect();
        // Sorted here, so that nothing depends on the order in which automerge tells them.
        all.sort_unstable_by_key(|written| std::cmp::Reverse(written.op));
        let mut all = all.into_iter();
        Some(Values { winner: all.next()?, losers: all.collect() })
    }

    /// A value as it was at some heads, or as it is; only long texts differ.
    fn written(
        &self,
        value: Value<'_>,
        id: &ObjId,
        heads: Option<&[automerge::ChangeHash]>,
    ) -> Option<Written> {
        let op = op_id(id)?;
        match value {
            Value::Scalar(scalar) => match scalar.as_ref() {
                ScalarValue::Str(text) => Some(Written { op, value: text.to_string(), is_text: false }),
                // No typed change writes any other value, but saved bytes may hold one.
                _ => None,
            },
            Value::Object(ObjType::Text) => {
                let text = match heads {
                    None => self.inner().text(id),
                    Some(heads) => self.inner().text_at(id, heads),
                };
                Some(Written { op, value: text.ok()?, is_text: true })
            }
            Value::Object(_) => None,
        }
    }
}

fn object_id(op: OpId) -> ObjId {
    // The last part is only a hint where the actor stands: automerge checks it, and looks the actor up
    // if it is wrong.
    ObjId::Id(u64::from(op.counter), op.actor.automerge(), 0)
}

fn op_id(id: &ObjId) -> Option<OpId> {
    match id {
        ObjId::Id(counter, actor, _) => {
            Some(OpId { counter: u32::try_from(*counter).ok()?, actor: canonical::actor(actor)? })
        }
        ObjId::Root => None,
    }
}

fn automerge_hashes(hashes: &[ChangeHash]) -> Vec<automerge::ChangeHash> {
    hashes.iter().map(|hash| automerge::ChangeHash(hash.0)).collect()
}
