//! The index: every operation of a document by name, and what is read from it without automerge.
//!
//! Changes are numbered by their *place*, the order in which this replica added them; place 0 is the
//! genesis. Places differ between replicas and never leave the index.

use std::collections::BTreeMap;

use crate::document::DocumentType;
use crate::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use crate::document::genesis::{first_reserved, is_reserved};
use crate::document::values::{Values, Written};
use crate::value::time::Timestamp;

/// What the guard must know of a document: every operation, by name. It only grows, so the state at
/// earlier heads can be read from it, too.
#[derive(Debug, Clone)]
pub struct OpIndex {
    pub(in crate::document) kind: &'static DocumentType,
    genesis: ChangeHash,
    changes: Vec<Indexed>,
    by_hash: BTreeMap<ChangeHash, usize>,
    pub(in crate::document) by_actor: BTreeMap<Actor, Vec<usize>>,
    registers: BTreeMap<Register, Vec<Write>>,
    pub(in crate::document) texts: BTreeMap<OpId, Text>,
    /// The containers of later schema versions, each with the change that made it.
    later: BTreeMap<u8, usize>,
    heads: Vec<ChangeHash>,
    pub(in crate::document) ops: u32,
}

/// One change of the document; the genesis change is the first.
#[derive(Debug, Clone)]
struct Indexed {
    hash: ChangeHash,
    deps: Vec<usize>,
    max_op: u32,
    time: Timestamp,
    /// The register that it writes, if it does nothing else.
    only: Option<Register>,
}

/// One operation that wrote a register.
#[derive(Debug, Clone)]
pub(in crate::document) struct Write {
    pub(in crate::document) id: OpId,
    change: usize,
    /// The value; `None` if it made a long text.
    pub(in crate::document) value: Option<String>,
    /// The changes that replaced it. A list, because several may do so without seeing one another, and
    /// each counts only for a reader who has seen it.
    replaced_in: Vec<usize>,
}

/// A long text: the change that made it, and runs of its characters by (actor, first counter), each
/// with its length and the change that inserted it.
#[derive(Debug, Clone, Default)]
pub(in crate::document) struct Text {
    pub(in crate::document) made_in: usize,
    pub(in crate::document) runs: BTreeMap<(Actor, u32), (u32, usize)>,
    pub(in crate::document) length: u32,
}

impl OpIndex {
    /// The index of a document that holds nothing but its genesis change.
    pub fn new(kind: &'static DocumentType) -> Self {
        let genesis = kind.genesis_hash();
        Self {
            kind,
            genesis,
            changes: vec![Indexed {
                hash: genesis,
                deps: Vec::new(),
                max_op: kind.genesis_max_op(),
                time: Timestamp::default(),
                only: None,
            }],
            by_hash: BTreeMap::from([(genesis, 0)]),
            by_actor: BTreeMap::new(),
            registers: BTreeMap::new(),
            texts: BTreeMap::new(),
            later: BTreeMap::new(),
            heads: vec![genesis],
            ops: kind.genesis_max_op(),
        }
    }

    /// The hash of its genesis change.
    pub(in crate::document) fn genesis(&self) -> ChangeHash {
        self.genesis
    }

    /// The document's type.
    pub fn kind(&self) -> &'static DocumentType {
        self.kind
    }

    /// The document's heads, ascending.
    pub fn heads(&self) -> &[ChangeHash] {
        &self.heads
    }

    /// The registers of one container by name, read without automerge. A long text comes as an empty one:
    /// only automerge knows the order of its characters.
    pub fn registers(&self, container: u8) -> impl Iterator<Item = (&str, Values)> {
        self.registers
            .iter()
            .filter(move |(register, _)| register.container == container)
            .filter_map(|(register, _)| Some((register.name.as_str(), self.values(register, &Seen::All)?)))
    }

    /// The values of a register, long texts as empty ones; `None` if nobody has written it.
    pub fn get(&self, register: &Register) -> Option<Values> {
        self.values(register, &Seen::All)
    }

    /// The values that a register had when the document had these heads, long texts as empty ones; `None` if
    /// nobody had written it.
    pub fn get_at(&self, register: &Register, heads: &[ChangeHash]) -> Option<Values> {
        self.values(register, &self.ancestors(&self.places(heads)))
    }

    /// Whether it holds a long text.
    pub(in crate::document) fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Whether the document holds a change of an actor with this number.
    pub fn has_number(&self, actor: Actor, number: u32) -> bool {
        number > 0 && self.seq(actor) >= number
    }

    /// How many changes an actor made.
    pub(in crate::document) fn seq(&self, actor: Actor) -> u32 {
        let line = self.by_actor.get(&actor).map_or(0, Vec::len);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// The counter of the last operation that `heads` and their ancestors hold.
    pub(in crate::document) fn max_op_of(&self, heads: &[ChangeHash]) -> u32 {
        self.max_op(&self.places(heads))
    }

    /// A test for changes: whether one is neither among `heads` nor their ancestors.
    pub(in crate::document) fn unseen_from(&self, heads: &[ChangeHash]) -> impl Fn(ChangeHash) -> bool {
        let seen = self.seen_from(&self.places(heads));
        move |hash| self.by_hash.get(&hash).is_none_or(|place| seen.get(*place) != Some(&true))
    }

    /// The stamp of the change that wrote a register with this operation.
    pub fn time_of(&self, register: &Register, op: OpId) -> Option<Timestamp> {
        let write = self.registers.get(register)?.iter().find(|write| write.id == op)?;
        self.changes.get(write.change).map(|change| change.time)
    }

    /// Whether somebody wrote anything but `register` after the operations `known`, which wrote it, or
    /// without having seen them.
    pub fn edited_beyond(&self, register: &Register, known: &[OpId]) -> bool {
        let writes = self.registers.get(register).map_or(&[][..], Vec::as_slice);
        let known: Vec<_> =
            writes.iter().filter(|write| known.contains(&write.id)).map(|write| write.change).collect();
        let seen = self.seen_from(&known);
        self.changes
            .iter()
            .enumerate()
            .any(|(place, change)| seen.get(place) == Some(&false) && change.only.as_ref() != Some(register))
    }

    fn values(&self, register: &Register, seen: &Seen) -> Option<Values> {
        // Greatest name first: that one wins, as in automerge.
        let mut live = self.live(register, seen).into_iter().rev().map(|write| Written {
            op: write.id,
            value: write.value.clone().unwrap_or_default(),
            is_text: write.value.is_none(),
        });
        Some(Values { winner: live.next()?, losers: live.collect() })
    }

    /// Whether a container was there for an author who had seen `seen`.
    pub(in crate::document) fn has_container(&self, address: u8, seen: &Seen) -> bool {
        usize::from(address) < self.kind.containers.len()
            || self.later.get(&address).is_some_and(|change| seen.contains(*change))
    }

    /// How many changes it holds, without the genesis.
    pub(in crate::document) fn changes(&self) -> usize {
        self.changes.len().saturating_sub(1)
    }

    /// Whether the document holds a change.
    pub fn contains(&self, hash: ChangeHash) -> bool {
        self.by_hash.contains_key(&hash)
    }

    /// Whether a change is the genesis or the constant change of a later schema version: nobody's act.
    pub fn is_constant(&self, hash: ChangeHash) -> bool {
        let Some(place) = self.by_hash.get(&hash) else { return false };
        let reserved = self.by_actor.range(first_reserved()..).take_while(|(actor, _)| is_reserved(**actor));
        *place == 0 || reserved.into_iter().any(|(_, places)| places.contains(place))
    }

    /// Adds a change that was judged, or that the document already held.
    pub fn push(&mut self, hash: ChangeHash, change: &Change) {
        let place = self.changes.len();
        let deps = change.deps.iter().filter_map(|dep| self.by_hash.get(dep).copied()).collect();
        let only = match change.ops.as_slice() {
            [Op::Put { register, .. }] => Some(register.clone()),
            _ => None,
        };
        self.changes.push(Indexed { hash, deps, max_op: change.max_op(), time: change.time, only });
        self.by_hash.insert(hash, place);
        self.by_actor.entry(change.actor).or_default().push(place);
        self.heads.retain(|head| !change.deps.contains(head));
        self.heads.push(hash);
        self.heads.sort_unstable();
        self.ops = self.ops.saturating_add(change.op_count());
        for (id, op) in change.with_ids() {
            self.push_op(id, op, place);
        }
    }

    fn push_op(&mut self, id: OpId, op: &Op, change: usize) {
        match op {
            Op::Put { register, pred, .. } | Op::MakeText { register, pred } => {
                let value = match op {
                    Op::Put { value, .. } => Some(value.clone()),
                    _ => None,
                };
                if value.is_none() {
                    self.texts.insert(id, Text { made_in: change, ..Text::default() });
                }
                let writes = self.registers.entry(register.clone()).or_default();
                for write in writes.iter_mut().filter(|write| pred.contains(&write.id)) {
                    write.replaced_in.push(change);
                }
                writes.push(Write { id, change, value, replaced_in: Vec::new() });
            }
            Op::MakeContainer { .. } => {
                self.later.extend(self.kind.container_of(id).map(|address| (address, change)));
            }
            Op::Insert { text, .. } => {
                if let Some(text) = self.texts.get_mut(text) {
                    text.runs.insert((id.actor, id.counter), (op.len(), change));
                    text.length = text.length.saturating_add(op.len());
                }
            }
            // Erased characters still count: the guard limits what automerge keeps, and it keeps them.
            Op::Erase { .. } => {}
        }
    }

    /// The writes of a register that are in `seen` and were replaced by no change in `seen`, by id.
    pub(in crate::document) fn live(&self, register: &Register, seen: &Seen) -> Vec<&Write> {
        let writes = self.registers.get(register).map_or(&[][..], Vec::as_slice);
        let mut live: Vec<_> = writes
            .iter()
            .filter(|write| seen.contains(write.change))
            .filter(|write| !write.replaced_in.iter().any(|change| seen.contains(*change)))
            .collect();
        live.sort_unstable_by_key(|write| write.id);
        live
    }

    pub(in crate::document) fn places(&self, hashes: &[ChangeHash]) -> Vec<usize> {
        hashes.iter().filter_map(|hash| self.by_hash.get(hash).copied()).collect()
    }

    pub(in crate::document) fn ancestors(&self, deps: &[usize]) -> Seen {
        let heads = deps.iter().filter_map(|dep| self.changes.get(*dep)).map(|change| change.hash);
        let mut heads: Vec<_> = heads.collect();
        heads.sort_unstable();
        // Most changes are made on the newest state: then every change is seen, without a search.
        if heads == self.heads {
            return Seen::All;
        }
        Seen::Some(self.seen_from(deps))
    }

    /// For each place: whether the change there is one of `changes` or an ancestor of one.
    fn seen_from(&self, changes: &[usize]) -> Vec<bool> {
        let mut seen = vec![false; self.changes.len()];
        let mut stack = changes.to_vec();
        while let Some(place) = stack.pop() {
            if let Some(mark) = seen.get_mut(place)
                && !std::mem::replace(mark, true)
            {
                stack.extend(self.changes.get(place).map_or(&[][..], |change| &change.deps));
            }
        }
        seen
    }

    /// The greatest counter among `deps`. No ancestor has a greater one: the counters of a change exceed
    /// all that it depends on.
    pub(in crate::document) fn max_op(&self, deps: &[usize]) -> u32 {
        deps.iter()
            .filter_map(|dep| self.changes.get(*dep))
            .map(|change| change.max_op)
            .max()
            .unwrap_or_default()
    }
}

/// Which changes the author of a change had seen.
pub(in crate::document) enum Seen {
    All,
    Some(Vec<bool>),
}

impl Seen {
    pub(in crate::document) fn contains(&self, change: usize) -> bool {
        match self {
            Self::All => true,
            Self::Some(seen) => seen.get(change).copied().unwrap_or_default(),
        }
    }
}

impl Text {
    /// The end (exclusive) of the run that holds a character, and the change that inserted it.
    pub(in crate::document) fn run(&self, id: OpId) -> Option<(u32, usize)> {
        let ((actor, start), (length, change)) = self.runs.range(..=(id.actor, id.counter)).next_back()?;
        let end = start.saturating_add(*length);
        (*actor == id.actor && id.counter < end).then_some((end, *change))
    }
}
