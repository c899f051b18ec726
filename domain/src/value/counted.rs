//! Lists that come from elsewhere: each is counted before it is built.
//!
//! A list of empty items has one byte for each and takes up to fifty in memory, and compression makes those
//! bytes a thousand times fewer on their way. So a message has a [`Budget`] for all its lists, which follows
//! from its own bytes; a list that does not fit is refused by its head, before anything is kept of it.
//!
//! Every list of a type that travels is read by [`list`]:
//! `#[cbor(n(0), decode_with = "counted::list")]`, and the type has `context_bound = "Counting"`.

use minicbor::decode::{Decode, Decoder, Error};

/// How many bytes of lists a message may become for each of its own.
// The honest message that needs most re-uploads changes of 24 bytes and their times.
pub const PER_BYTE: usize = 4;
/// How many more.
// 50,000 verdicts, each of 3 bytes, are the densest list that anybody sends.
pub const BESIDES: usize = 2 << 20;

/// What counts the lists of a message.
pub trait Counting {
    /// Takes this many bytes; `false` if there are not so many left.
    fn take(&mut self, bytes: usize) -> bool;
}

/// Bytes that come from this device's or server's own store need no limit.
impl Counting for () {
    fn take(&mut self, _: usize) -> bool {
        true
    }
}

/// How many bytes of lists a message may still become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    left: usize,
    is_exceeded: bool,
}

impl Budget {
    /// That of a message of this size in bytes.
    pub const fn of(message: usize) -> Self {
        Self { left: message.saturating_mul(PER_BYTE).saturating_add(BESIDES), is_exceeded: false }
    }

    /// Whether a list did not fit.
    pub const fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }
}

impl Counting for Budget {
    fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.is_exceeded = true,
        }
        !self.is_exceeded
    }
}

/// Reads a message from elsewhere, within the [`Budget`] that its size allows.
///
/// # Errors
/// It is not CBOR of this type, or has longer lists than its size allows.
pub fn decode<T: for<'b> Decode<'b, Budget>>(message: &[u8]) -> Result<T, Error> {
    minicbor::decode_with(message, &mut Budget::of(message.len()))
}

/// Reads a list of a message.
///
/// # Errors
/// It is not one, or not of these items, or longer than the message allows.
pub fn list<'b, C: Counting, T: Decode<'b, C>>(
    d: &mut Decoder<'b>,
    counting: &mut C,
) -> Result<Vec<T>, Error> {
    let length = length_of::<T, C>(d, counting)?;
    let mut list = Vec::with_capacity(length);
    for _ in 0..length {
        list.push(T::decode(d, counting)?);
    }
    Ok(list)
}

/// Reads the head of a list: how many `T`s are to follow, all of which the message allows.
///
/// # Errors
/// It is not the head of a list, or of a longer one than the message allows.
pub fn length_of<T, C: Counting>(d: &mut Decoder<'_>, counting: &mut C) -> Result<usize, Error> {
    let position = d.position();
    let length = d.array()?.and_then(|length| usize::try_from(length).ok());
    // Each item has a byte at least, whatever the head says.
    let left = d.input().len().saturating_sub(d.position());
    let length = length.filter(|length| *length <= left).ok_or_else(|| Error::end_of_input().at(position))?;
    if counting.take(length.saturating_mul(size_of::<T>())) {
        Ok(length)
    } else {
        Err(Error::message("a longer list than its message allows").at(position))
    }
}
