//! The constant changes that make the containers of a document.
//!
//! A document begins with the genesis change of its type. A later schema version adds containers by one
//! more constant change. The first edit that writes into one of them adds that change; two phones that
//! do so at the same time add the same change, with the same hash:
//!
//! ```text
//! genesis (1) ---> edit ---> edit              version 1: addresses 0, 1, ...
//!         \------> containers (2) ---> edit    version 2: addresses 16, 17, ...
//! ```
//!
//! The address of a container tells which change made it: version `v` makes those from
//! [`PER_VERSION`] `* (v - 1)` on. So a reader also finds a container of a version that it does not know.

use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Automerge, ExpandedChange, ObjType};

use crate::document::change::{Actor, Change, ChangeHash, Op, OpId};
use crate::document::document_type::{DocumentType, RESERVED_PREFIX};
use crate::value::time::Timestamp;

/// The most containers of one schema version.
pub const PER_VERSION: u8 = 16;

impl DocumentType {
    /// The addresses of all containers that this version knows.
    pub fn addresses(&self) -> impl Iterator<Item = u8> {
        let first = self.containers.iter().zip(0..).map(|(_, address)| address);
        let later = self.later.iter().zip(1_u8..).flat_map(|(names, version)| {
            names.iter().zip(version.saturating_mul(PER_VERSION)..).map(|(_, address)| address)
        });
        first.chain(later)
    }

    /// The constant change by which a schema version, 2 or later, makes its containers; `None` for a
    /// version that this build does not know.
    pub fn extension(&self, version: u8) -> Option<Change> {
        let names = self.later.get(usize::from(version.checked_sub(2)?))?;
        Some(Change {
            actor: self.actor_of(version),
            seq: 1,
            start_op: first_counter(version),
            time: Timestamp::default(),
            deps: vec![self.genesis_hash()],
            ops: names.iter().map(|name| Op::MakeContainer { name: (*name).to_owned() }).collect(),
        })
    }

    /// The schema version whose constant change has this actor.
    pub fn version_of(&self, actor: Actor) -> Option<u8> {
        (1..=LAST_VERSION).find(|version| self.actor_of(*version) == actor)
    }

    /// The schema version that makes the container with this address.
    pub const fn version_with(address: u8) -> u8 {
        address / PER_VERSION + 1
    }

    /// The operation that made a container.
    pub fn container_op(&self, address: u8) -> OpId {
        let actor = self.actor_of(Self::version_with(address));
        OpId { counter: u32::from(address) + 1, actor }
    }

    /// The container that an operation of a constant change made.
    pub fn container_of(&self, op: OpId) -> Option<u8> {
        let address = u8::try_from(op.counter.checked_sub(1)?).ok()?;
        let version = Self::version_with(address);
        let is_one = version > 1 || usize::from(address) < self.containers.len();
        (op.actor == self.actor_of(version) && is_one).then_some(address)
    }

    /// The reserved actor of a schema version: that of the genesis, with the version in its last two
    /// digits.
    fn actor_of(&self, version: u8) -> Actor {
        let mut actor = self.genesis_actor;
        if let Some(digits) = actor.0.last_chunk_mut::<2>() {
            *digits = [b'0' + version / 10, b'0' + version % 10];
        }
        actor
    }

    /// The counter of the genesis change's last operation.
    pub fn genesis_max_op(&self) -> u32 {
        u32::try_from(self.containers.len()).unwrap_or(u32::MAX)
    }

    /// The change that every document of this type begins with: constant bytes, time 0.
    ///
    /// Nobody else makes containers: if two phones each made one under the same name, automerge would show
    /// one and hide all that was written into the other.
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

/// Whether a change has the shape that the constant change of a later schema version has: it makes
/// containers and does nothing else. This build need not know the version.
pub(in crate::document) fn is_extension(kind: &DocumentType, change: &Change) -> bool {
    let Some(version) = kind.version_of(change.actor).filter(|version| *version > 1) else { return false };
    change.seq == 1
        && change.start_op == first_counter(version)
        && change.time == Timestamp::default()
        && change.deps == [kind.genesis_hash()]
        && (1..=usize::from(PER_VERSION)).contains(&change.ops.len())
        && change.ops.iter().all(|op| matches!(op, Op::MakeContainer { .. }))
}

/// The least reserved actor.
pub(in crate::document) fn first_reserved() -> Actor {
    let mut first = [0; 16];
    first.iter_mut().zip(RESERVED_PREFIX).for_each(|(byte, prefix)| *byte = *prefix);
    Actor(first)
}

/// Whether the actor is reserved for constant changes: no device may write under it.
pub fn is_reserved(actor: Actor) -> bool {
    actor.0.starts_with(RESERVED_PREFIX)
}

/// The last schema version that can have containers, because an address is one byte.
const LAST_VERSION: u8 = u8::MAX / PER_VERSION + 1;

const fn first_counter(version: u8) -> u32 {
    (version as u32 - 1) * PER_VERSION as u32 + 1
}
