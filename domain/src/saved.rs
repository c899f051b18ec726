//! The saved form of a document with few changes: the list of those changes.
//!
//! Most cards are written once and edited little. For them the list is smaller than automerge's form
//! in a compressed page, and rows are read from it without automerge (`crate::guard::OpIndex`).

use minicbor::{Decoder, Encoder};

use crate::change::Change;
use crate::codec::Malformed;

/// Up to so many changes are few.
const MAX_FEW: usize = 8;
/// And up to so many operations in all.
const MAX_FEW_OPS: u32 = 400;
/// The first byte of a list; automerge's form begins with 0x85.
const LIST: u8 = 1;

/// Whether a document's changes are few enough to be saved as a list.
pub(crate) fn are_few<'a>(changes: impl ExactSizeIterator<Item = &'a Change>) -> bool {
    changes.len() <= MAX_FEW
        && changes.fold(0, |sum: u32, change| sum.saturating_add(change.op_count())) <= MAX_FEW_OPS
}

/// The saved form of a list of few changes.
pub(crate) fn write_few<'a>(changes: impl ExactSizeIterator<Item = &'a Change>) -> Vec<u8> {
    let mut e = Encoder::new(vec![LIST]);
    let written = e.array(changes.len() as u64).and_then(|e| {
        for change in changes {
            e.bytes(&change.to_bytes())?;
        }
        Ok(())
    });
    debug_assert!(written.is_ok(), "a vector takes every byte");
    e.into_writer()
}

/// Whether this is the saved form of a list.
pub(crate) fn is_list(bytes: &[u8]) -> bool {
    bytes.first() == Some(&LIST)
}

/// Reads the saved form of a list; `None` if the bytes are not one but automerge's own form.
pub(crate) fn read_few(bytes: &[u8]) -> Option<Result<Vec<Change>, Malformed>> {
    let (tag, list) = bytes.split_first()?;
    (*tag == LIST).then(|| read(list, Change::from_bytes))
}

/// As [`read_few`], without encoding each change again to compare: for whoever compares its hash.
pub(crate) fn read_stored(bytes: &[u8]) -> Option<Result<Vec<Change>, Malformed>> {
    let (tag, list) = bytes.split_first()?;
    (*tag == LIST).then(|| read(list, Change::from_stored))
}

fn read(list: &[u8], change: impl Fn(&[u8]) -> Result<Change, Malformed>) -> Result<Vec<Change>, Malformed> {
    let mut d = Decoder::new(list);
    let length = d.array()?.ok_or(Malformed::Form)?;
    if length > MAX_FEW as u64 {
        return Err(Malformed::Limit);
    }
    let changes = (0..length).map(|_| change(d.bytes()?)).collect::<Result<Vec<_>, _>>()?;
    if d.position() == list.len() { Ok(changes) } else { Err(Malformed::Form) }
}
