use proptest::prelude::*;

use super::*;
use crate::crm::{card, document_types};
use crate::document::Document;
use crate::document::Values;
use crate::document::change::Actor;
use crate::document::draft::Draft;
use crate::value::env::{Env, SeededEnv};

/// A replica of one card and the index the guard keeps of it.
struct Replica {
    document: Document,
    index: OpIndex,
    actor: Actor,
}

impl Replica {
    fn new(actor: u8) -> Self {
        let document = Document::new(&card::TYPE);
        let index = OpIndex::of(&document);
        Self { document, index, actor: Actor([actor; 16]) }
    }

    fn edit(&mut self, write: impl FnOnce(&mut Draft<'_>)) -> Option<Change> {
        let mut draft = Draft::new(&mut self.document, self.actor, Timestamp::from_millis(1_000));
        write(&mut draft);
        let change = draft.finish()?;
        self.receive(&change).unwrap();
        Some(change)
    }

    /// What a server does with a change: judge, build, apply, and prove that the document survives it.
    fn receive(&mut self, change: &Change) -> Result<(), Forged> {
        let built = change.to_automerge(&card::TYPE);
        let hash = ChangeHash(built.hash().0);
        if self.index.contains(hash) {
            return Ok(());
        }
        self.index.judge(change, Writer::Editor)?;
        self.document.apply(vec![built]).unwrap();
        self.index.push(hash, change);
        let reloaded = Document::load(&card::TYPE, &self.document.save()).unwrap();
        assert_eq!(reloaded.heads(), self.document.heads());
        Ok(())
    }
}

fn field(name: &str) -> Register {
    Register { container: card::FIELDS, name: name.into() }
}

fn put(name: &str, value: &str, pred: Vec<OpId>) -> Op {
    Op::Put { register: field(name), value: value.into(), pred }
}

/// A card on which one change has written `f` and the long text `t`, and an honest next change to `f`.
fn stage() -> (Replica, Change) {
    let mut replica = Replica::new(1);
    replica.edit(|draft| {
        draft.put(card::FIELDS, "f", "old");
        draft.edit_text(card::FIELDS, "t", "hello");
    });
    let next = Change {
        actor: Actor([2; 16]),
        seq: 1,
        start_op: replica.document.max_op() + 1,
        time: Timestamp::from_millis(2_000),
        deps: replica.document.heads(),
        ops: vec![put("f", "new", vec![OpId { counter: 6, actor: Actor([1; 16]) }])],
    };
    (replica, next)
}

#[test]
fn an_honest_change_passes() {
    let (mut replica, honest) = stage();
    replica.receive(&honest).unwrap();
    assert_eq!(replica.document.registers(card::FIELDS)["f"].winner.value, "new");
}

/// How a change is forged, and what the guard says.
type Forgery<'a> = (&'a str, &'a dyn Fn(&mut Change), Forged);

/// The long text `t` of [`stage`].
const TEXT: OpId = letter(7);
/// An operation that nobody made.
const NOWHERE: OpId = OpId { counter: 3, actor: Actor([9; 16]) };

/// An operation of the author of [`stage`].
const fn letter(counter: u32) -> OpId {
    OpId { counter, actor: Actor([1; 16]) }
}

fn each_is_refused(forgeries: &[Forgery<'_>]) {
    for (what, forge, expected) in forgeries {
        let (replica, mut change) = stage();
        forge(&mut change);
        assert_eq!(replica.index.judge(&change, Writer::Editor), Err(expected.clone()), "{what}");
    }
}

#[test]
fn a_change_that_is_none_or_out_of_its_actors_line_is_refused_by_the_rule_it_breaks() {
    each_is_refused(&[
        ("a gap in the actor's numbers", &|c| c.seq = 5, Forged::SeqGap),
        ("number zero", &|c| c.seq = 0, Forged::SeqGap),
        ("a victim's actor and number", &|c| c.actor = Actor([1; 16]), Forged::ActorFork),
        ("the genesis actor", &|c| c.actor = card::TYPE.genesis_actor, Forged::ReservedActor),
        (
            "an unknown dependency",
            &|c| c.deps = vec![ChangeHash([7; 32])],
            Forged::Needs(vec![ChangeHash([7; 32])]),
        ),
        ("no dependency at all", &|c| c.deps.clear(), Forged::Deps),
        ("one dependency twice", &|c| c.deps = vec![c.deps[0]; 2], Forged::Deps),
        ("operations numbered below those it depends on", &|c| c.start_op = 3, Forged::StartOp),
        ("operations numbered near the end of all numbers", &|c| c.start_op = u32::MAX - 1, Forged::StartOp),
        ("a time before 1970", &|c| c.time = Timestamp::from_millis(i64::MIN), Forged::Time),
        ("a time after 2248", &|c| c.time = Timestamp::from_millis(1 << 43), Forged::Time),
        ("no operation", &|c| c.ops.clear(), Forged::Empty),
        (
            "an insertion of nothing",
            &|c| c.ops = vec![Op::Insert { text: TEXT, after: None, chars: String::new() }],
            Forged::Empty,
        ),
        (
            "more operations than a change may hold",
            &|c| c.ops = vec![Op::Erase { text: TEXT, first: letter(8), count: u32::MAX }],
            Forged::TooLarge,
        ),
    ]);
}

#[test]
fn a_forged_write_of_a_register_is_refused_by_the_rule_it_breaks() {
    each_is_refused(&[
        (
            "a replaced value by an unknown actor",
            &|c| c.ops = vec![put("f", "x", vec![NOWHERE])],
            Forged::Pred,
        ),
        (
            "a replaced value that does not exist",
            &|c| c.ops = vec![put("g", "x", vec![letter(6)])],
            Forged::Pred,
        ),
        ("a value beside the one it should replace", &|c| c.ops = vec![put("f", "x", vec![])], Forged::Pred),
        ("one register twice", &|c| c.ops.push(c.ops[0].clone()), Forged::WrittenTwice),
        (
            "a container that does not exist",
            &|c| {
                c.ops = vec![Op::Put {
                    register: Register { container: 9, name: "f".into() },
                    value: "x".into(),
                    pred: vec![],
                }]
            },
            Forged::Register,
        ),
        ("a name that is none", &|c| c.ops = vec![put("a b", "x", vec![])], Forged::Register),
        (
            "a name nested without end",
            &|c| c.ops = vec![put(&"a/".repeat(40), "x", vec![])],
            Forged::Register,
        ),
        ("a value over a text", &|c| c.ops = vec![put("t", "x", vec![TEXT])], Forged::TextReplaced),
        (
            "a text over a text",
            &|c| c.ops = vec![Op::MakeText { register: field("t"), pred: vec![TEXT] }],
            Forged::TextReplaced,
        ),
        (
            "a text beside a value",
            &|c| c.ops = vec![Op::MakeText { register: field("f"), pred: vec![] }],
            Forged::Pred,
        ),
    ]);
}

#[test]
fn a_forged_edit_of_a_long_text_is_refused_by_the_rule_it_breaks() {
    each_is_refused(&[
        (
            "an insertion into a text that does not exist",
            &|c| c.ops = vec![Op::Insert { text: NOWHERE, after: None, chars: "x".into() }],
            Forged::Text,
        ),
        (
            "an insertion into a value",
            &|c| c.ops = vec![Op::Insert { text: letter(6), after: None, chars: "x".into() }],
            Forged::Text,
        ),
        (
            "an insertion into a container",
            &|c| {
                c.ops = vec![Op::Insert { text: card::TYPE.container_op(0), after: None, chars: "x".into() }]
            },
            Forged::Text,
        ),
        (
            "an insertion after a character that does not exist",
            &|c| c.ops = vec![Op::Insert { text: TEXT, after: Some(letter(99)), chars: "x".into() }],
            Forged::Text,
        ),
        (
            "an erasure past the end",
            &|c| c.ops = vec![Op::Erase { text: TEXT, first: letter(8), count: 6 }],
            Forged::Text,
        ),
        (
            "a character erased twice, by overlapping runs",
            &|c| {
                let run = |first, count| Op::Erase { text: TEXT, first: letter(first), count };
                c.ops = vec![run(10, 1), run(8, 2), run(9, 3)];
            },
            Forged::ErasedTwice,
        ),
        (
            "an erasure of a container",
            &|c| c.ops = vec![Op::Erase { text: TEXT, first: card::TYPE.container_op(0), count: 1 }],
            Forged::Text,
        ),
        (
            "a text grown past its limit",
            &|c| c.ops = vec![Op::Insert { text: TEXT, after: None, chars: "x".repeat(10_001) }],
            Forged::TooLarge,
        ),
    ]);
}

#[test]
fn what_a_change_replaces_must_lie_among_what_it_depends_on() {
    let (mut replica, honest) = stage();
    let before = honest.deps.clone();
    replica.receive(&honest).unwrap();
    let unseen = OpId { counter: honest.start_op, actor: honest.actor };
    let forged =
        Change { actor: Actor([3; 16]), deps: before, ops: vec![put("f", "x", vec![unseen])], ..honest };
    assert_eq!(replica.index.judge(&forged, Writer::Editor), Err(Forged::Pred));
}

#[test]
fn an_actor_must_have_seen_its_own_previous_change() {
    let (mut replica, honest) = stage();
    let before = honest.deps.clone();
    replica.receive(&honest).unwrap();
    let forged = Change { seq: 2, deps: before, ops: vec![put("g", "x", vec![])], ..honest };
    assert_eq!(replica.index.judge(&forged, Writer::Editor), Err(Forged::SeqGap));
}

#[test]
fn a_change_erases_no_character_that_it_inserts_itself_not_even_at_the_end_of_a_run() {
    let (mut replica, _) = stage();
    let before = replica.document.max_op();
    let honest = replica.edit(|draft| draft.edit_text(card::FIELDS, "t", "hello!")).unwrap();
    let [Op::Insert { text, after: Some(after), .. }] = honest.ops[..] else { panic!("one insertion") };
    assert_eq!((after.counter, honest.start_op), (before, before + 1), "a run goes on where it ended");
    let next = Change {
        seq: honest.seq + 1,
        start_op: honest.max_op() + 1,
        deps: replica.document.heads(),
        ops: vec![Op::Insert { text, after: None, chars: "x".into() }],
        ..honest.clone()
    };
    let erasing = |first: u32, count| {
        let first = OpId { counter: first, actor: next.actor };
        let ops = next.ops.iter().cloned().chain([Op::Erase { text, first, count }]).collect();
        replica.index.judge(&Change { ops, ..next.clone() }, Writer::Editor)
    };
    assert_eq!(erasing(next.start_op - 1, 1), Ok(()), "the last one that was there");
    assert_eq!(erasing(next.start_op - 1, 2), Err(Forged::Text), "that one and its own");
    assert_eq!(erasing(next.start_op, 1), Err(Forged::Text), "its own");
}

#[test]
fn a_write_once_register_is_written_once() {
    let mut replica = Replica::new(1);
    let product = "00000000-0000-0000-0000-000000000001";
    replica.edit(|draft| draft.put(card::CARD, "product", product));
    let mut draft = Draft::new(&mut replica.document, Actor([2; 16]), Timestamp::from_millis(0));
    draft.put(card::CARD, "product", "00000000-0000-0000-0000-000000000002");
    let change = draft.finish().unwrap();
    assert_eq!(replica.index.judge(&change, Writer::Editor), Err(Forged::Policy));
}

#[test]
fn a_register_holds_so_many_concurrent_values_and_takes_one_that_replaces_another() {
    let mut replica = Replica::new(1);
    let on_genesis = |actor: u16, value: &str| {
        let [high, low] = actor.to_be_bytes();
        Change {
            actor: Actor([high, low, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
            seq: 1,
            start_op: card::TYPE.genesis_max_op() + 1,
            time: Timestamp::from_millis(1_000),
            deps: vec![card::TYPE.genesis_hash()],
            ops: vec![put("f", value, Vec::new())],
        }
    };
    let mut changes = Vec::new();
    for actor in 1..=300 {
        let change = on_genesis(actor, "x");
        let is_within = usize::from(actor) <= MAX_CONCURRENT;
        let hash = ChangeHash(change.to_automerge(&card::TYPE).hash().0);
        let judged = replica.index.judge(&change, Writer::Editor);
        assert_eq!(judged, if is_within { Ok(()) } else { Err(Forged::TooLarge) }, "{actor}");
        // What a server of another limit took is read all the same.
        assert_eq!(replica.index.check(&change), Ok(()));
        if is_within {
            replica.index.push(hash, &change);
            changes.push((hash, change));
        }
    }
    let (hash, first) = &changes[0];
    let id = OpId { counter: first.start_op, actor: first.actor };
    let next = Change {
        seq: 2,
        start_op: first.start_op + 1,
        deps: vec![*hash],
        ops: vec![put("f", "y", vec![id])],
        ..first.clone()
    };
    assert_eq!(replica.index.judge(&next, Writer::Editor), Ok(()));
}

#[test]
fn a_million_declared_erasures_are_refused_before_anything_iterates_them() {
    let (_, mut change) = stage();
    let text = OpId { counter: 7, actor: Actor([1; 16]) };
    change.ops = (0..1_000).map(|_| Op::Erase { text, first: text, count: u32::MAX }).collect();
    assert_eq!(Change::from_bytes(&change.to_bytes()), Err(crate::document::codec::Malformed::Limit));
}

#[test]
fn no_document_type_shares_its_genesis_actor_and_every_genesis_is_pinned() {
    let pinned = document_types()
        .iter()
        .map(|kind| {
            assert!(is_reserved(kind.genesis_actor));
            format!("{} {}", kind.name, ChangeHash(kind.genesis().hash().0))
        })
        .collect::<Vec<_>>()
        .join("\n");
    insta::assert_snapshot!(pinned);
}

/// One step of a random story on three replicas.
#[derive(Debug, Clone)]
enum Step {
    Put { replica: usize, field: u8, value: u8 },
    Text { replica: usize, field: u8, text: String },
    Sync { from: usize, to: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..3usize, 0..3u8, any::<u8>()).prop_map(|(replica, field, value)| Step::Put {
            replica,
            field,
            value
        }),
        (0..3usize, 0..2u8, "[a-cé😀]{0,6}").prop_map(|(replica, field, text)| Step::Text {
            replica,
            field,
            text
        }),
        (0..3usize, 0..3usize).prop_map(|(from, to)| Step::Sync { from, to }),
    ];
    proptest::collection::vec(step, 1..40)
}

#[test]
fn a_change_that_names_more_actors_than_its_bytes_can_hold_is_refused_before_it_is_stored() {
    let mut replica = Replica::new(0);
    let first = replica.edit(|draft| draft.put(card::CARD, "name", "0")).unwrap();
    for n in 1..=300_u16 {
        let mut apart = Document::new(&card::TYPE);
        apart.add(&first).unwrap();
        let mut actor = [9; 16];
        actor[..2].copy_from_slice(&n.to_be_bytes());
        let mut draft = Draft::new(&mut apart, Actor(actor), Timestamp::from_millis(1));
        draft.put(card::CARD, "name", n.to_string());
        replica.document.add(&draft.finish().unwrap()).unwrap();
    }
    let mut draft = Draft::new(&mut replica.document, replica.actor, Timestamp::from_millis(2));
    draft.put(card::CARD, "name", "one of three hundred");
    let change = draft.finish().unwrap();
    assert!(Change::from_bytes(&change.to_bytes()).is_err(), "nobody could read it");
    assert_eq!(replica.document.judge_puts(&change), Err(Forged::TooLarge));
    assert_eq!(replica.document.judge(&change, Writer::Editor), Err(Forged::TooLarge));
}

proptest! {
    #[test]
    fn honest_changes_always_pass_survive_the_wire_and_converge(steps in steps()) {
        let mut replicas = [Replica::new(1), Replica::new(2), Replica::new(3)];
        let mut logs: [Vec<Change>; 3] = Default::default();
        for step in steps {
            match step {
                Step::Put { replica, field, value } => {
                    let change = replicas[replica].edit(|d| d.put(card::FIELDS, format!("f{field}"), value.to_string()));
                    logs[replica].extend(change);
                }
                Step::Text { replica, field, text } => {
                    let change = replicas[replica].edit(|d| d.edit_text(card::FIELDS, format!("t{field}"), &text));
                    logs[replica].extend(change);
                    let shown = replicas[replica].document.registers(card::FIELDS).get(&format!("t{field}")).map(Values::shown);
                    prop_assert_eq!(shown.unwrap_or_default(), text);
                }
                Step::Sync { from, to } => deliver(&mut replicas, &mut logs, from, to),
            }
        }
        for (from, to) in [(0, 1), (1, 2), (2, 0), (0, 1)] {
            deliver(&mut replicas, &mut logs, from, to);
        }
        prop_assert_eq!(replicas[0].document.heads(), replicas[1].document.heads());
        prop_assert_eq!(replicas[0].document.heads(), replicas[2].document.heads());
        prop_assert_eq!(replicas[0].document.registers(card::FIELDS), replicas[2].document.registers(card::FIELDS));
        for (hash, change) in replicas[0].document.changes_since(&[]) {
            prop_assert_eq!(ChangeHash(change.to_automerge(&card::TYPE).hash().0), hash);
        }
    }

    #[test]
    fn whatever_is_drafted_and_judged_is_read_back(
        writes in proptest::collection::vec(
            (0_u8..6, "[a-z]{1,6}|[a-z]{90,100}|[a-z]{1,3}/[a-z]{1,3}", 0_usize..70_000, any::<bool>()),
            1..8,
        ),
    ) {
        let mut document = Document::new(&card::TYPE);
        let mut draft = Draft::new(&mut document, Actor([1; 16]), Timestamp::from_millis(1));
        for (container, name, length, is_text) in writes {
            if is_text {
                draft.edit_text(card::FIELDS, name, &"x".repeat(length % 12_000));
            } else {
                draft.put(container, name, "x".repeat(length));
            }
        }
        if let Some(change) = draft.finish() {
            let is_judged = OpIndex::of(&document).judge(&change, Writer::Editor).is_ok();
            let read = Change::from_bytes(&change.to_bytes());
            prop_assert!(!is_judged || read.as_ref() == Ok(&change));
            prop_assert_eq!(change.check_limits().is_ok(), read.is_ok());
        }
    }

    #[test]
    fn mutated_bytes_are_never_accepted_into_a_document_that_cannot_be_read_again(
        seed in any::<u64>(), flips in 1..6usize,
    ) {
        let (mut replica, honest) = stage();
        let env = SeededEnv::new(seed, Timestamp::from_millis(0));
        let mut bytes = honest.to_bytes();
        for _ in 0..flips {
            let [place, value] = crate::value::env::random::<2>(&env);
            let place = usize::from(place) % bytes.len();
            bytes[place] = value;
        }
        env.now();
        if let Ok(change) = Change::from_bytes(&bytes) {
            let _ = replica.receive(&change);
        }
    }
}

fn deliver(replicas: &mut [Replica; 3], logs: &mut [Vec<Change>; 3], from: usize, to: usize) {
    for change in logs[from].clone() {
        let bytes = change.to_bytes();
        let change = Change::from_bytes(&bytes).unwrap();
        replicas[to].receive(&change).unwrap();
        if !logs[to].contains(&change) {
            logs[to].push(change);
        }
    }
}

#[test]
fn no_chunk_of_automerge_is_a_change_whatever_its_type() {
    let (replica, honest) = stage();
    let mut built = honest.to_automerge(&card::TYPE);
    let mut long = honest.clone();
    long.ops = vec![put("g", &"x".repeat(5_000), vec![])];
    let mut deflated = long.to_automerge(&card::TYPE);
    let mut plain = automerge::Automerge::new();
    plain.apply_changes([card::TYPE.genesis()]).unwrap();
    let chunks = [
        ("a change", built.raw_bytes().to_vec()),
        ("a change that may be deflated", built.bytes().into_owned()),
        ("a deflated change", deflated.bytes().into_owned()),
        ("a document", plain.save()),
        ("a document beside a change", [plain.save_nocompress(), built.raw_bytes().to_vec()].concat()),
        ("a saved list of changes", replica.document.save()),
    ];
    for (what, bytes) in chunks {
        assert!(Change::from_bytes(&bytes).is_err(), "{what}");
    }
}

#[test]
fn bytes_that_are_cut_short_prolonged_or_written_otherwise_are_not_the_change() {
    let (_, honest) = stage();
    let bytes = honest.to_bytes();
    for length in 0..bytes.len() {
        assert!(Change::from_bytes(&bytes[..length]).is_err(), "cut at {length}");
    }
    assert!(Change::from_bytes(&[&bytes[..], &[0]].concat()).is_err(), "prolonged");
    // The same array with a length in two bytes: one change, one byte string.
    let [first, rest @ ..] = bytes.as_slice() else { panic!("not empty") };
    assert_eq!(*first, 0x87);
    assert!(Change::from_bytes(&[&[0x98, 7], rest].concat()).is_err(), "written otherwise");
}

#[test]
fn nesting_cannot_be_expressed() {
    let nested = [vec![0x81; 100_000], vec![0]].concat();
    assert!(Change::from_bytes(&nested).is_err());
}

#[test]
fn declared_lengths_allocate_nothing_before_their_items_are_there() {
    let (_, honest) = stage();
    let mut bytes = Change { ops: Vec::new(), ..honest }.to_bytes();
    assert_eq!(bytes.pop(), Some(0x80), "the empty list of operations comes last");
    bytes.extend([0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0]); // a list of 2^60 operations
    assert_eq!(Change::from_bytes(&bytes), Err(crate::document::codec::Malformed::Limit));
}

#[test]
fn a_saved_document_with_flipped_bits_is_read_or_refused_and_never_more() {
    let mut replica = Replica::new(1);
    for round in 0..12 {
        replica.edit(|draft| {
            draft.put(card::FIELDS, "f", round.to_string());
            draft.edit_text(card::FIELDS, "t", &"hello ".repeat(round + 1));
        });
    }
    let saved = replica.document.save();
    let env = SeededEnv::new(7, Timestamp::from_millis(0));
    for _ in 0..300 {
        let [high, low, value] = crate::value::env::random::<3>(&env);
        let place = usize::from(u16::from_be_bytes([high, low])) % saved.len();
        let mut bytes = saved.clone();
        bytes[place] = value;
        if let Ok(document) = Document::load(&card::TYPE, &bytes) {
            assert_eq!(document.heads(), replica.document.heads(), "an altered document has other heads");
        }
    }
}
