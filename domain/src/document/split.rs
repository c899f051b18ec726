//! A change that is too large for one, as several.

use std::collections::BTreeSet;

use crate::document::DocumentType;
use crate::document::change::{Actor, Change, ChangeHash, Op, OpId};
use crate::document::codec::{MAX_ACTORS, MAX_CHANGE, MAX_OPS, MAX_VALUE, Malformed};

impl Change {
    /// The change as several that follow one another, each within the limits of a change; itself if it is
    /// within them. An operation has the same name in either form, so the document comes out the same.
    ///
    /// # Errors
    /// [`Malformed::Limit`] if a single value, name or list of a change is too large: nothing can be divided
    /// then.
    pub fn split(self, kind: &DocumentType) -> Result<Vec<Self>, Malformed> {
        // Asked first: `next_part` counts the most that an operation may take, and would divide some that fit.
        if self.check_limits().is_ok() {
            return Ok(vec![self]);
        }
        let mut parts: Vec<Self> = Vec::new();
        let (mut seq, mut start_op, mut deps) = (self.seq, self.start_op, self.deps);
        let mut rest: Vec<(OpId, Op)> = Vec::new();
        let mut counter = start_op;
        for op in self.ops {
            let id = OpId { counter, actor: self.actor };
            counter = counter.saturating_add(op.len());
            rest.push((id, op));
        }
        rest.reverse();
        while !rest.is_empty() {
            let ops = next_part(&mut rest, self.actor);
            let part = Self { actor: self.actor, seq, start_op, time: self.time, deps, ops };
            part.check_limits()?;
            seq = seq.saturating_add(1);
            start_op = part.max_op().saturating_add(1);
            deps = vec![ChangeHash(part.to_automerge(kind).hash().0)];
            parts.push(part);
        }
        Ok(parts)
    }
}

/// Takes as many operations off the end of `rest`, which begins with the last, as one change may hold.
fn next_part(rest: &mut Vec<(OpId, Op)>, own: Actor) -> Vec<Op> {
    let (mut room, mut bytes) = (MAX_OPS, Change::FRAME);
    let mut others = BTreeSet::new();
    let mut ops = Vec::new();
    while let Some((id, op)) = rest.pop() {
        let Some((fits, left)) = op.divided(id, room) else {
            rest.push((id, op));
            break;
        };
        others.extend(fits.ids().iter().map(|id| id.actor).filter(|actor| *actor != own));
        bytes = bytes.saturating_add(fits.most_bytes());
        // What does not even fit alone is found out where the limits of the part are checked.
        if !ops.is_empty() && (bytes > MAX_CHANGE || others.len() > MAX_ACTORS) {
            rest.push((id, op));
            break;
        }
        room = room.saturating_sub(fits.len());
        ops.push(fits);
        rest.extend(left);
    }
    ops
}

impl Op {
    /// As much of the operation as fits into `room` operations and into a value's bytes, and what is left
    /// of it; `None` if nothing fits.
    fn divided(&self, id: OpId, room: u32) -> Option<(Self, Option<(OpId, Self)>)> {
        if room == 0 {
            return None;
        }
        let after = |count: u32| OpId { counter: id.counter.saturating_add(count), ..id };
        match self {
            Self::Insert { text, after: before, chars } => {
                let fits = |(count, (at, char)): &(u32, (usize, char))| {
                    *count < room && at + char.len_utf8() <= MAX_VALUE
                };
                let fitting = (0..).zip(chars.char_indices()).take_while(fits);
                let (count, end) =
                    fitting.fold((0, 0), |(n, _), (_, (at, char))| (n + 1, at + char.len_utf8()));
                let (first, second) = chars.split_at(end);
                let last = OpId { counter: id.counter.saturating_add(count).saturating_sub(1), ..id };
                let left = Self::Insert { text: *text, after: Some(last), chars: second.to_owned() };
                let fits = Self::Insert { text: *text, after: *before, chars: first.to_owned() };
                Some((fits, (!left.is_empty()).then(|| (after(count), left))))
            }
            Self::Erase { text, first, count } if *count > room => {
                let second = OpId { counter: first.counter.saturating_add(room), ..*first };
                let left = Self::Erase { text: *text, first: second, count: count - room };
                Some((Self::Erase { text: *text, first: *first, count: room }, Some((after(room), left))))
            }
            op => Some((op.clone(), None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crm::card;
    use crate::document::change::Register;
    use crate::value::time::Timestamp;

    fn register(n: usize) -> Register {
        Register { container: card::FIELDS, name: format!("f{n}") }
    }

    fn one(op: Op) -> Change {
        Change {
            actor: Actor([1; 16]),
            seq: 1,
            start_op: 6,
            time: Timestamp::from_millis(1),
            deps: vec![card::TYPE.genesis_hash()],
            ops: vec![op],
        }
    }

    fn any_op() -> impl Strategy<Value = Op> {
        let other = |n: u16| {
            let mut actor = [7; 16];
            actor[..2].copy_from_slice(&n.to_be_bytes());
            OpId { counter: 9, actor: Actor(actor) }
        };
        let text = other(0);
        prop_oneof![
            (0..20_000_usize, any::<bool>()).prop_map(move |(length, is_wide)| Op::Insert {
                text,
                after: None,
                chars: if is_wide { "😀" } else { "x" }.repeat(length + 1),
            }),
            (0..600_u16, 1..15_000_u32).prop_map(move |(n, count)| Op::Erase {
                text,
                first: other(n),
                count
            }),
            (1..70_u16).prop_map(move |n| Op::Erase { text, first: other(n), count: 1 }),
            (0..64_000_usize).prop_map(|length| Op::Put {
                register: register(length),
                value: "v".repeat(length),
                pred: Vec::new(),
            }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_parts_are_changes_and_do_what_the_whole_did(ops in proptest::collection::vec(any_op(), 1..12), many in 0..3_u16) {
            let erased = (0..many * 200).map(|n| {
                let mut actor = [8; 16];
                actor[..2].copy_from_slice(&n.to_be_bytes());
                let first = OpId { counter: 5, actor: Actor(actor) };
                Op::Erase { text: first, first, count: 1 }
            });
            let deps = vec![card::TYPE.genesis_hash()];
            let (actor, time) = (Actor([1; 16]), Timestamp::from_millis(1));
            let ops = erased.chain(ops).collect();
            let whole = Change { actor, seq: 3, start_op: 6, time, deps, ops };
            let operations = |change: &Change| change.to_automerge(&card::TYPE).decode().operations;
            let parts = whole.clone().split(&card::TYPE).unwrap();
            let (mut seq, mut next, mut deps) = (whole.seq, whole.start_op, whole.deps.clone());
            for part in &parts {
                prop_assert_eq!(part.check_limits(), Ok(()));
                prop_assert_eq!((part.seq, part.start_op, &part.deps), (seq, next, &deps));
                (seq, next) = (seq + 1, next + part.op_count());
                deps = vec![ChangeHash(part.to_automerge(&card::TYPE).hash().0)];
            }
            prop_assert_eq!(parts.iter().flat_map(operations).collect::<Vec<_>>(), operations(&whole));
            if whole.check_limits().is_ok() {
                prop_assert_eq!(parts, [whole]);
            }
        }
    }

    #[test]
    fn a_change_that_just_fits_is_left_whole() {
        let value =
            |n: usize| Op::Put { register: register(n), value: "v".repeat(MAX_VALUE), pred: Vec::new() };
        let mut change = one(Op::Put { register: register(0), value: String::new(), pred: Vec::new() });
        change.ops.extend((1..).map(value).take(MAX_CHANGE / MAX_VALUE - 1));
        let room = MAX_CHANGE - change.to_bytes().len() - 64;
        change.ops.push(Op::Put { register: register(0), value: "v".repeat(room), pred: Vec::new() });
        assert_eq!(change.check_limits(), Ok(()));
        assert_eq!(change.clone().split(&card::TYPE), Ok(vec![change]));
    }

    #[test]
    fn what_cannot_be_divided_is_refused() {
        let put = |name: &str, value: String| Op::Put {
            register: Register { container: 0, name: name.into() },
            value,
            pred: Vec::new(),
        };
        for op in [put("a", "x".repeat(MAX_VALUE + 1)), put(&"n".repeat(97), String::new())] {
            assert_eq!(one(op).split(&card::TYPE), Err(Malformed::Limit));
        }
    }
}
