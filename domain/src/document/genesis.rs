//! The genesis change: the constant change with which every document of a type begins.

use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Automerge, ExpandedChange, ObjType};

use crate::document::DocumentType;
use crate::document::change::ChangeHash;

impl DocumentType {
    /// The one change every document of this kind begins with: constant bytes, time 0.
    ///
    /// Two containers made apart under one name would hide one another, so nobody else makes any.
    pub fn genesis(&self) -> automerge::Change {
        ExpandedChange {
            operations: self
                .containers
                .iter()
                .map(|name| automerge::legacy::Op {
                    action: OpType::Make(ObjType::Map),
                    obj: ObjectId::Root,
                    key: Key::Map((*name).into()),
                    pred: Vec::new().into(),
                    insert: false,
                })
                .collect(),
            actor_id: self.genesis_actor.automerge(),
            hash: None,
            seq: 1,
            start_op: NonZeroU64::MIN,
            time: 0,
            message: None,
            deps: Vec::new(),
            extra_bytes: Vec::new(),
            author: None,
        }
        .into()
    }

    /// The hash of the genesis change.
    pub fn genesis_hash(&self) -> ChangeHash {
        self.first().1
    }

    /// A document that holds the genesis change and nothing else.
    pub(crate) fn fresh(&self) -> Automerge {
        self.first().0.clone()
    }

    fn first(&self) -> &(Automerge, ChangeHash) {
        self.fresh.0.get_or_init(|| {
            let genesis = self.genesis();
            let hash = ChangeHash(genesis.hash().0);
            let mut document = Automerge::new();
            let applied = document.apply_changes([genesis]);
            debug_assert!(applied.is_ok(), "a genesis change depends on nothing");
            (document, hash)
        })
    }
}
