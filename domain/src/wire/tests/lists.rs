//! Hostile lists: what reading a message builds is bounded by the message's own bytes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use minicbor::Decoder;
use minicbor::data::Type;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::value::counted::{self, BESIDES, PER_BYTE};

/// What reading a message may hold in memory at once: its bytes once more, and its lists.
fn most_built(bytes: usize) -> usize {
    // 64 KiB: the rest of the message, which has no lists.
    (1 + PER_BYTE) * bytes + BESIDES + (64 << 10)
}

thread_local! {
    static NOW: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts what each thread holds.
struct Counting;

#[expect(unsafe_code, reason = "an allocator can be written in no other way; it only counts")]
// SAFETY: each call is the system allocator's own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = NOW.try_with(|now| {
            now.set(now.get().wrapping_add(layout.size()));
            // A thread that frees what another one made is below nothing.
            let held = if now.get() > usize::MAX / 2 { 0 } else { now.get() };
            let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held)));
        });
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let _ = NOW.try_with(|now| now.set(now.get().wrapping_sub(layout.size())));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that this thread held at once while it did something, beyond those it held before.
fn built<T>(doing: impl FnOnce() -> T) -> (T, usize) {
    NOW.set(0);
    PEAK.set(0);
    let done = doing();
    (done, PEAK.get())
}

/// CBOR as a tree, so that any list of a message can be made long.
#[derive(Debug, Clone)]
enum Node {
    Whole(Vec<u8>),
    Bytes(Vec<u8>),
    Array(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    fn read(d: &mut Decoder<'_>) -> Self {
        let begin = d.position();
        match d.datatype().unwrap() {
            Type::Bytes => Self::Bytes(d.bytes().unwrap().to_vec()),
            Type::Array => {
                let length = d.array().unwrap().unwrap();
                Self::Array((0..length).map(|_| Self::read(d)).collect())
            }
            Type::Map => {
                let length = d.map().unwrap().unwrap();
                Self::Map((0..length).map(|_| (Self::read(d), Self::read(d))).collect())
            }
            _ => {
                d.skip().unwrap();
                Self::Whole(d.input()[begin..d.position()].to_vec())
            }
        }
    }

    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Whole(bytes) => to.extend_from_slice(bytes),
            Self::Bytes(bytes) => {
                minicbor::Encoder::new(to).bytes(bytes).unwrap();
            }
            Self::Array(items) => {
                minicbor::Encoder::new(&mut *to).array(items.len() as u64).unwrap();
                items.iter().for_each(|item| item.write(to));
            }
            Self::Map(items) => {
                minicbor::Encoder::new(&mut *to).map(items.len() as u64).unwrap();
                for (key, value) in items {
                    key.write(to);
                    value.write(to);
                }
            }
        }
    }

    /// The list at a place, counted in the order of writing.
    fn list_at(&mut self, place: &mut usize) -> Option<&mut Vec<Self>> {
        match self {
            Self::Whole(_) | Self::Bytes(_) => None,
            Self::Array(items) => {
                if *place == 0 {
                    return Some(items);
                }
                *place -= 1;
                items.iter_mut().find_map(|item| item.list_at(place))
            }
            Self::Map(items) => items.iter_mut().find_map(|(_, value)| value.list_at(place)),
        }
    }

    fn list_count(&self) -> usize {
        match self {
            Self::Whole(_) | Self::Bytes(_) => 0,
            Self::Array(items) => 1 + items.iter().map(Self::list_count).sum::<usize>(),
            Self::Map(items) => items.iter().map(|(_, value)| value.list_count()).sum(),
        }
    }

    /// With as few bytes as its form allows: no byte string has any, no list an item.
    fn shrink(&mut self) {
        match self {
            Self::Whole(_) => {}
            Self::Bytes(bytes) => bytes.clear(),
            Self::Array(items) => items.iter_mut().for_each(Self::shrink),
            Self::Map(items) => items.iter_mut().for_each(|(_, value)| value.shrink()),
        }
    }
}

/// A message of which one list is repeated to a length, its items as they are or without their bytes.
fn bomb(message: &[u8], place: Index, count: usize, is_shrunk: bool) -> Vec<u8> {
    let mut tree = Node::read(&mut Decoder::new(message));
    let mut place = place.index(tree.list_count());
    let list = tree.list_at(&mut place).unwrap();
    let mut item = list.first().cloned().unwrap_or(Node::Whole(vec![0]));
    if is_shrunk {
        item.shrink();
    }
    list.resize(count, item);
    let mut bytes = vec![0];
    tree.write(&mut bytes);
    bytes
}

fn is_bounded(message: &[u8], read: impl FnOnce(&[u8])) -> Result<(), TestCaseError> {
    let ((), built) = built(|| read(message));
    prop_assert!(built <= most_built(message.len()), "{} bytes of a message became {built}", message.len());
    Ok(())
}

fn cbor(value: &impl Encode<()>) -> Vec<u8> {
    minicbor::to_vec(value).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_list_of_a_message_is_long_it_takes_no_more_memory_than_its_bytes_allow(
        place in any::<Index>(),
        count in prop_oneof![0_usize..300, Just(70_000)],
        is_shrunk in any::<bool>(),
    ) {
        let request = bomb(&cbor(&request()), place, count, is_shrunk);
        is_bounded(&request, |bytes| drop(from_frame::<SyncRequest>(bytes, 64 << 20)))?;
        let response = bomb(&cbor(&response()), place, count, is_shrunk);
        is_bounded(&response, |bytes| drop(from_frame::<SyncResponse>(bytes, 64 << 20)))?;
        let rows = bomb(&cbor(&card_rows()), place, count, is_shrunk).split_off(1);
        is_bounded(&rows, |bytes| drop(counted::decode::<Rows>(bytes)))?;
        for entry in entries() {
            let Envelope { kind, body } = entry.to_envelope();
            let body = bomb(&body, place, count, is_shrunk).split_off(1);
            let envelope = Envelope { kind, body };
            is_bounded(&envelope.body.clone(), |_| drop(Entry::from_envelope(&envelope)))?;
        }
    }

    #[test]
    fn lists_inside_of_long_lists_take_no_more_memory_either(
        places in prop::collection::vec((any::<Index>(), 0_usize..600), 2..4), is_shrunk in any::<bool>(),
    ) {
        let mut message = cbor(&request());
        for (place, count) in places {
            // Far beyond what a reader takes nothing new is shown.
            if message.len() < 1 << 20 {
                message = bomb(&message, place, count, is_shrunk).split_off(1);
            }
        }
        message.insert(0, 0);
        is_bounded(&message, |bytes| drop(from_frame::<SyncRequest>(bytes, 1 << 30)))?;
    }

    #[test]
    fn any_bytes_at_all_take_no_more_memory_than_they_allow(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        flips in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
    ) {
        let mut message = vec![0];
        message.extend(cbor(&request()));
        for (place, byte) in flips {
            *place.get_mut(&mut message) = byte;
        }
        is_bounded(&message, |bytes| drop(from_frame::<SyncRequest>(bytes, 4 << 20)))?;
        is_bounded(&bytes, |bytes| drop(from_frame::<SyncRequest>(bytes, 4 << 20)))?;
        is_bounded(&bytes, |bytes| drop(from_frame::<SyncResponse>(bytes, 4 << 20)))?;
    }
}

#[test]
fn what_a_reader_skips_takes_no_memory_however_deep_it_is() {
    for nesting in [0x81_u8, 0x9f, 0xc1, 0xa1] {
        let mut bytes = vec![0, 0xa1, 0x18, 99];
        bytes.extend(std::iter::repeat_n(nesting, 1 << 20));
        let (_, built) = built(|| drop(from_frame::<SyncRequest>(&bytes, 4 << 20)));
        assert!(built <= most_built(bytes.len()), "{nesting:#x}: {built}");
    }
}
