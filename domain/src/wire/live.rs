//! The live channel: hints that an exchange would bring something. To miss one does no harm.

use minicbor::{Decode, Encode};

use super::FrameError;

/// The subprotocol of the live channel, which the server chooses if the client asks for it.
pub const LIVE_PROTOCOL: &str = "roadbook.v1";

/// What stands before the access token in a subprotocol, for clients that cannot set headers.
pub const LIVE_BEARER: &str = "bearer.";

const POKE: u8 = 0;
/// Reserved for entries, which a later server will send to those that ask for them by a subprotocol of
/// its own: bytes that all sockets share, then a trailer for one socket with its cursor and digest
/// (`docs/sync-protocol.md`, live channel).
#[cfg(test)]
const ENTRIES: u8 = 1;

/// One message of `GET /v1/live`, from the server to the device: a byte for its kind, and a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveFrame {
    /// Kind 0: the log has grown.
    Poke(Poke),
}

/// The body of kind 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Poke {
    /// The head of the organisation's log; a device whose cursor is behind asks for an exchange.
    #[n(0)]
    pub head: u64,
}

impl LiveFrame {
    /// The message as it travels.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self::Poke(poke) = self;
        let mut bytes = vec![POKE];
        let written = minicbor::encode(poke, &mut bytes);
        debug_assert!(written.is_ok(), "a vector takes every byte");
        bytes
    }

    /// Reads a message; `Ok(None)` for a kind that this version does not know, which is skipped.
    ///
    /// # Errors
    /// [`FrameError::Malformed`]: nothing at all, or no body of its kind.
    pub fn from_bytes(bytes: &[u8]) -> Result<Option<Self>, FrameError> {
        let (kind, body) = bytes.split_first().ok_or(FrameError::Malformed)?;
        match *kind {
            POKE => {
                minicbor::decode(body).map(|poke| Some(Self::Poke(poke))).map_err(|_| FrameError::Malformed)
            }
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_this_version_does_not_know_is_skipped_and_what_is_no_message_is_refused() {
        let poke = LiveFrame::Poke(Poke { head: 7 });
        assert_eq!(LiveFrame::from_bytes(&poke.to_bytes()), Ok(Some(poke)));
        for later in [ENTRIES, 2, u8::MAX] {
            assert_eq!(LiveFrame::from_bytes(&[later, 0xff, 0xff]), Ok(None));
        }
        for none in [&[][..], &[POKE], &[POKE, 0xff]] {
            assert_eq!(LiveFrame::from_bytes(none), Err(FrameError::Malformed));
        }
    }
}
