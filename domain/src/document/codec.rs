//! The one byte string of a change: CBOR arrays, bounded on reading.
//!
//! ```text
//! change = [actor, seq, start_op, time, [dep ...], [other actor ...], [op ...]]
//! op     = [0, container, name, value, [pred ...]]           put
//!        / [1, container, name, [pred ...]]                  make text
//!        / [2, text, after / null, chars]                    insert
//!        / [3, text, first, count]                           erase
//!        / [4, name]                                         make container
//! id     = counter, actor index (0 is the change's own)      two items in a row inside [pred ...],
//!                                                            an array [counter, index] elsewhere
//! ```

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use crate::value::id::fixed_bytes;
use crate::value::time::Timestamp;

/// The most bytes of one change.
pub const MAX_CHANGE: usize = 256 << 10;
/// The most operations of one change.
pub const MAX_OPS: u32 = 10_000;
/// The most dependencies of one change; the server merges heads before there are more.
pub const MAX_DEPS: usize = 64;
/// The most actors a change may refer to besides its own.
pub const MAX_ACTORS: usize = 256;
/// The most bytes of a register's name.
pub const MAX_NAME: usize = 96;
/// The most bytes of a register's value.
pub const MAX_VALUE: usize = 64 << 10;

/// Why bytes are not a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// They are not the CBOR that the format asks for, or not all of them are.
    #[error("the change is not well formed")]
    Form,
    /// They exceed one of this module's limits.
    #[error("the change exceeds a limit")]
    Limit,
}

impl Change {
    /// The change's one byte string.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::with_capacity(128));
        let written = encode(self, &mut e);
        debug_assert!(written.is_ok(), "a vector takes every byte");
        e.into_writer()
    }

    /// Reads a change. The change is within all limits, and encodes to the same bytes again: two byte
    /// strings are never one change.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let change = Self::from_stored(bytes)?;
        if change.to_bytes() == bytes { Ok(change) } else { Err(Malformed::Form) }
    }

    /// Reads a change that this device stored after it had read or made it. The change is within all
    /// limits, but its bytes are not compared with a second encoding: the caller compares the hash.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > MAX_CHANGE {
            return Err(Malformed::Limit);
        }
        decode(&mut Decoder::new(bytes))
    }
}

impl Change {
    /// Checks that the change's bytes can be read again. A change beyond a limit of this module is never
    /// sent or stored (L6).
    ///
    /// # Errors
    /// [`Malformed::Limit`] if not.
    pub fn check_limits(&self) -> Result<(), Malformed> {
        let fits = |op: &Op| match op {
            Op::Put { register, value, pred } => {
                register.name.len() <= MAX_NAME && value.len() <= MAX_VALUE && pred.len() <= MAX_ACTORS
            }
            Op::MakeText { register, pred } => register.name.len() <= MAX_NAME && pred.len() <= MAX_ACTORS,
            Op::MakeContainer { name } => name.len() <= MAX_NAME,
            Op::Insert { chars, .. } => chars.len() <= MAX_VALUE,
            Op::Erase { .. } => true,
        };
        let is_within = self.op_count() <= MAX_OPS
            && self.ops.len() <= MAX_OPS as usize
            && self.deps.len() <= MAX_DEPS
            && self.ops.iter().all(fits)
            && Actors::of(self).others.len() <= MAX_ACTORS
            && (self.most_bytes() <= MAX_CHANGE || self.to_bytes().len() <= MAX_CHANGE);
        if is_within { Ok(()) } else { Err(Malformed::Limit) }
    }

    /// The most bytes of what is not an operation: dependencies, the actors' table, the change's numbers.
    pub(in crate::document) const FRAME: usize = MAX_DEPS * 34 + MAX_ACTORS * 17 + 64;

    /// No fewer bytes than the change takes: a sum, so that only a large change is encoded to be measured.
    fn most_bytes(&self) -> usize {
        self.ops.iter().fold(Self::FRAME, |sum, op| sum.saturating_add(op.most_bytes()))
    }
}

impl Op {
    /// No fewer bytes than the operation takes.
    pub(in crate::document) fn most_bytes(&self) -> usize {
        let own = match self {
            Self::Put { register, value, pred } => register.name.len() + value.len() + 10 * pred.len(),
            Self::MakeText { register, pred } => register.name.len() + 10 * pred.len(),
            Self::MakeContainer { name } => name.len(),
            Self::Insert { chars, .. } => chars.len(),
            Self::Erase { .. } => 0,
        };
        own.saturating_add(64)
    }

    /// The operations it names.
    pub(in crate::document) fn ids(&self) -> Vec<OpId> {
        match self {
            Self::MakeContainer { .. } => Vec::new(),
            Self::Put { pred, .. } | Self::MakeText { pred, .. } => pred.clone(),
            Self::Insert { text, after, .. } => std::iter::once(*text).chain(*after).collect(),
            Self::Erase { text, first, .. } => vec![*text, *first],
        }
    }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn encode(change: &Change, e: &mut Encoder<Vec<u8>>) -> Written {
    let actors = Actors::of(change);
    e.array(7)?.bytes(&change.actor.0)?.u32(change.seq)?.u32(change.start_op)?.i64(change.time.millis())?;
    e.array(change.deps.len() as u64)?;
    for dep in &change.deps {
        e.bytes(&dep.0)?;
    }
    e.array(actors.others.len() as u64)?;
    for actor in &actors.others {
        e.bytes(&actor.0)?;
    }
    e.array(change.ops.len() as u64)?;
    for op in &change.ops {
        encode_op(op, &actors, e)?;
    }
    Ok(())
}

fn encode_op(op: &Op, actors: &Actors, e: &mut Encoder<Vec<u8>>) -> Written {
    match op {
        Op::Put { register, value, pred } => {
            e.array(5)?.u8(0)?.u8(register.container)?.str(&register.name)?.str(value)?;
            encode_pred(pred, actors, e)?;
        }
        Op::MakeContainer { name } => drop(e.array(2)?.u8(4)?.str(name)?),
        Op::MakeText { register, pred } => {
            e.array(4)?.u8(1)?.u8(register.container)?.str(&register.name)?;
            encode_pred(pred, actors, e)?;
        }
        Op::Insert { text, after, chars } => {
            e.array(4)?.u8(2)?;
            encode_id(*text, actors, e)?;
            match after {
                None => drop(e.null()?),
                Some(after) => encode_id(*after, actors, e)?,
            }
            e.str(chars)?;
        }
        Op::Erase { text, first, count } => {
            e.array(4)?.u8(3)?;
            encode_id(*text, actors, e)?;
            encode_id(*first, actors, e)?;
            e.u32(*count)?;
        }
    }
    Ok(())
}

fn encode_pred(pred: &[OpId], actors: &Actors, e: &mut Encoder<Vec<u8>>) -> Written {
    e.array(2 * pred.len() as u64)?;
    for id in pred {
        e.u32(id.counter)?.u32(actors.index(id.actor))?;
    }
    Ok(())
}

fn encode_id(id: OpId, actors: &Actors, e: &mut Encoder<Vec<u8>>) -> Written {
    e.array(2)?.u32(id.counter)?.u32(actors.index(id.actor))?.ok()
}

fn decode(d: &mut Decoder<'_>) -> Result<Change, Malformed> {
    items(d, 7, 7)?;
    let actor = Actor(fixed_bytes(d)?);
    let seq = d.u32()?;
    let start_op = d.u32()?;
    let time = Timestamp::from_millis(d.i64()?);
    let mut deps = Vec::new();
    for _ in 0..items(d, 0, MAX_DEPS)? {
        deps.push(ChangeHash(fixed_bytes(d)?));
    }
    let mut others = Vec::new();
    for _ in 0..items(d, 0, MAX_ACTORS)? {
        others.push(Actor(fixed_bytes(d)?));
    }
    // What an operation counts is not known before it is read: an erasure of four bytes may stand for
    // thousands. So a budget is used up on the way.
    let actors = Actors { own: actor, others };
    let mut ops = Vec::new();
    let mut left = MAX_OPS;
    for _ in 0..items(d, 0, MAX_OPS as usize)? {
        let op = decode_op(&actors, d)?;
        left = left.checked_sub(op.len()).ok_or(Malformed::Limit)?;
        ops.push(op);
    }
    // Bytes behind the change would give one change two encodings.
    if d.datatype().is_ok() {
        return Err(Malformed::Form);
    }
    Ok(Change { actor, seq, start_op, time, deps, ops })
}

fn decode_op(actors: &Actors, d: &mut Decoder<'_>) -> Result<Op, Malformed> {
    let length = items(d, 2, 5)?;
    match (d.u8()?, length) {
        (4, 2) => Ok(Op::MakeContainer { name: text(d, MAX_NAME)? }),
        (0, 5) => Ok(Op::Put {
            register: decode_register(d)?,
            value: text(d, MAX_VALUE)?,
            pred: decode_pred(actors, d)?,
        }),
        (1, 4) => Ok(Op::MakeText { register: decode_register(d)?, pred: decode_pred(actors, d)? }),
        (2, 4) => {
            let text_id = decode_id(actors, d)?;
            let after = if d.datatype()? == Type::Null {
                d.null()?;
                None
            } else {
                Some(decode_id(actors, d)?)
            };
            Ok(Op::Insert { text: text_id, after, chars: text(d, MAX_VALUE)? })
        }
        (3, 4) => {
            Ok(Op::Erase { text: decode_id(actors, d)?, first: decode_id(actors, d)?, count: d.u32()? })
        }
        _ => Err(Malformed::Form),
    }
}

fn decode_register(d: &mut Decoder<'_>) -> Result<Register, Malformed> {
    Ok(Register { container: d.u8()?, name: text(d, MAX_NAME)? })
}

fn decode_pred(actors: &Actors, d: &mut Decoder<'_>) -> Result<Vec<OpId>, Malformed> {
    // A register holds at most one live value for each actor.
    let length = items(d, 0, 2 * MAX_ACTORS)?;
    if length % 2 != 0 {
        return Err(Malformed::Form);
    }
    (0..length / 2).map(|_| decode_id_items(actors, d)).collect()
}

fn decode_id(actors: &Actors, d: &mut Decoder<'_>) -> Result<OpId, Malformed> {
    items(d, 2, 2)?;
    decode_id_items(actors, d)
}

fn decode_id_items(actors: &Actors, d: &mut Decoder<'_>) -> Result<OpId, Malformed> {
    Ok(OpId { counter: d.u32()?, actor: actors.get(d.u32()?).ok_or(Malformed::Form)? })
}

fn text(d: &mut Decoder<'_>, most: usize) -> Result<String, Malformed> {
    let text = d.str()?;
    if text.len() > most { Err(Malformed::Limit) } else { Ok(text.to_owned()) }
}

/// The length of an array, which must be stated and lie in `least..=most`.
fn items(d: &mut Decoder<'_>, least: usize, most: usize) -> Result<usize, Malformed> {
    let length = d.array()?.ok_or(Malformed::Form)?;
    let length = usize::try_from(length).map_err(|_| Malformed::Limit)?;
    match length {
        _ if length < least => Err(Malformed::Form),
        _ if length > most => Err(Malformed::Limit),
        _ => Ok(length),
    }
}

impl From<minicbor::decode::Error> for Malformed {
    fn from(_: minicbor::decode::Error) -> Self {
        Self::Form
    }
}

/// The actors that a change names. Each is written once, and an id names it by its place: an actor has
/// 16 bytes, and an id of a long text is repeated often.
struct Actors {
    own: Actor,
    others: Vec<Actor>,
}

impl Actors {
    fn of(change: &Change) -> Self {
        let mut others: Vec<_> = change
            .ops
            .iter()
            .flat_map(Op::ids)
            .map(|id| id.actor)
            .filter(|actor| *actor != change.actor)
            .collect();
        others.sort_unstable();
        others.dedup();
        Self { own: change.actor, others }
    }

    fn index(&self, actor: Actor) -> u32 {
        let found = self.others.binary_search(&actor).ok().and_then(|i| u32::try_from(i).ok());
        found.map_or(0, |i| i + 1)
    }

    fn get(&self, index: u32) -> Option<Actor> {
        match index.checked_sub(1) {
            None => Some(self.own),
            Some(other) => self.others.get(other as usize).copied(),
        }
    }
}

impl<C> Encode<C> for ChangeHash {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for ChangeHash {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        fixed_bytes(d).map(Self)
    }
}

impl<C> Encode<C> for Actor {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Actor {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        fixed_bytes(d).map(Self)
    }
}
