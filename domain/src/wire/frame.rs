//! Frames: a message's bytes, compressed if that pays, and never decompressed beyond a limit.

use minicbor::{Decode, Encode};

use crate::value::counted::Budget;

/// A message of this size or more is compressed.
// Smaller messages hardly shrink, and most exchanges are small.
const COMPRESS_FROM: usize = 512;
/// The zstd level: 3 costs about 6 us a card in a page.
const LEVEL: i32 = 3;
/// The greatest zstd window a reader allocates for: 2^23 bytes.
// RFC 8878 recommends that every decoder takes 8 MB; level 3 needs less.
const MAX_WINDOW_LOG: u32 = 23;

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;

/// Why bytes are not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Plain, decompressed or built, it is larger than the reader allows.
    #[error("the message is larger than {0} bytes, or has more items than its size allows")]
    TooLarge(usize),
    /// It is not CBOR of the expected type, or not compressed as it says.
    #[error("the message is not well formed")]
    Malformed,
}

/// The frame of a message: one byte that says how it is packed, then its CBOR.
pub fn to_frame(message: &impl Encode<()>) -> Vec<u8> {
    let mut plain = vec![PLAIN];
    let written = minicbor::encode(message, &mut plain);
    debug_assert!(written.is_ok(), "a vector takes every byte");
    if plain.len() < COMPRESS_FROM {
        return plain;
    }
    match zstd::bulk::compress(plain.get(1..).unwrap_or_default(), LEVEL) {
        Ok(packed) if packed.len() + 1 < plain.len() => {
            let mut frame = Vec::with_capacity(packed.len() + 1);
            frame.push(ZSTD);
            frame.extend_from_slice(&packed);
            frame
        }
        _ => plain,
    }
}

/// Reads a message of at most `most` bytes after decompression. A small frame may claim to hold much more,
/// and few bytes of it may be long lists: those are counted before they are built
/// ([`crate::value::counted`]).
///
/// # Errors
/// [`FrameError`].
pub fn from_frame<T: for<'b> Decode<'b, Budget>>(frame: &[u8], most: usize) -> Result<T, FrameError> {
    let (packing, body) = frame.split_first().ok_or(FrameError::Malformed)?;
    // A writer packs only if that is shorter, so no valid message is refused here.
    if body.len() > most {
        return Err(FrameError::TooLarge(most));
    }
    match *packing {
        PLAIN => decode(body, most),
        ZSTD => decode(&inflate(body, most)?, most),
        _ => Err(FrameError::Malformed),
    }
}

fn decode<T: for<'b> Decode<'b, Budget>>(body: &[u8], most: usize) -> Result<T, FrameError> {
    let mut budget = Budget::of(body.len());
    minicbor::decode_with(body, &mut budget).map_err(|_| match budget.is_exceeded() {
        true => FrameError::TooLarge(most),
        false => FrameError::Malformed,
    })
}

fn inflate(body: &[u8], most: usize) -> Result<Vec<u8>, FrameError> {
    use std::io::Read;
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(|_| FrameError::Malformed)?;
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(|_| FrameError::Malformed)?;
    let mut plain = Vec::new();
    // One byte more than allowed tells a message of just that size from a larger one, and a small frame
    // that stands for gigabytes ends here.
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(limit).read_to_end(&mut plain).map_err(|_| FrameError::Malformed)?;
    if plain.len() > most { Err(FrameError::TooLarge(most)) } else { Ok(plain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_message_is_plain_and_a_long_one_is_compressed() {
        let short = to_frame(&"short");
        assert_eq!(short[0], PLAIN);
        let long = to_frame(&"x".repeat(10_000));
        assert!(long.len() < 100, "{} bytes", long.len());
        assert_eq!(from_frame::<String>(&long, 20_000), Ok("x".repeat(10_000)));
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_inflated() {
        let bomb = to_frame(&"x".repeat(50_000_000));
        assert!(bomb.len() < 10_000, "{} bytes", bomb.len());
        assert_eq!(from_frame::<String>(&bomb, 1 << 20), Err(FrameError::TooLarge(1 << 20)));
    }

    #[test]
    fn what_is_not_a_frame_is_refused() {
        for bytes in [&[][..], &[9, 1], &[ZSTD, 1, 2, 3], &[PLAIN, 0xff]] {
            assert_eq!(from_frame::<String>(bytes, 100), Err(FrameError::Malformed), "{bytes:?}");
        }
    }
}
