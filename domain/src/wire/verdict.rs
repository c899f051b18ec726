//! Verdicts: what became of each pushed change.

use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::document::change::ChangeHash;
use crate::value::counted::{self, Counting};
use crate::value::id::DocumentId;
use crate::value::open_code::open_code;

/// The verdicts over one pushed group, in the order of its changes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct GroupVerdict {
    /// The group's document.
    #[n(0)]
    pub document: DocumentId,
    /// One verdict for each of its changes.
    #[cbor(n(1), decode_with = "counted::list")]
    pub verdicts: Vec<Verdict>,
}

/// What became of one pushed change. Only a verdict takes an unsent change out of the outbox (L2).
///
/// Its CBOR is an array of its number and an array of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// 0: it is committed, as this entry of the log.
    Applied(u64),
    /// 1: it was committed before, as this entry of the log.
    Dup(u64),
    /// 2: it depends on changes that the server does not have. Nothing was stored; send them, too.
    Needs(Vec<ChangeHash>),
    /// 3: it will never be accepted. The quarantine keeps it, with this reason (L6).
    Refused(RefusalCode),
    /// 4: its actor has made another change with this number (R12). Pull, drop the changes that the server
    /// has, and re-author the rest under a fresh actor.
    ActorFork,
    /// 5: this server does not know the document's type: keep the change and try a newer server.
    UpgradeRequired,
    /// 6: a change before it in its group was not accepted, so it was not judged.
    NotReached,
    /// A number that this version does not know: keep the change, and send it again after an update.
    Other(u16),
}

impl<C> Encode<C> for Verdict {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let number = match self {
            Self::Applied(_) => 0,
            Self::Dup(_) => 1,
            Self::Needs(_) => 2,
            Self::Refused(_) => 3,
            Self::ActorFork => 4,
            Self::UpgradeRequired => 5,
            Self::NotReached => 6,
            Self::Other(number) => *number,
        };
        // An array even without data, so that an older reader can skip what it does not know.
        e.array(2)?.u16(number)?;
        match self {
            Self::Applied(seq) | Self::Dup(seq) => e.array(1)?.u64(*seq)?.ok(),
            Self::Needs(hashes) => e.array(1)?.encode_with(hashes, context)?.ok(),
            Self::Refused(code) => e.array(1)?.encode_with(code, context)?.ok(),
            Self::ActorFork | Self::UpgradeRequired | Self::NotReached | Self::Other(_) => e.array(0)?.ok(),
        }
    }
}

impl<'b, C: Counting> Decode<'b, C> for Verdict {
    fn decode(d: &mut Decoder<'b>, context: &mut C) -> Result<Self, Error> {
        let position = d.position();
        let malformed = || Error::message("not a verdict").at(position);
        if d.array()? != Some(2) {
            return Err(malformed());
        }
        let number = d.u16()?;
        let content = d.position();
        let length = d.array()?;
        let verdict = match (number, length) {
            (0, Some(1)) => Self::Applied(d.u64()?),
            (1, Some(1)) => Self::Dup(d.u64()?),
            (2, Some(1)) => Self::Needs(counted::list(d, context)?),
            (3, Some(1)) => Self::Refused(d.decode_with(context)?),
            (4, Some(0)) => Self::ActorFork,
            (5, Some(0)) => Self::UpgradeRequired,
            (6, Some(0)) => Self::NotReached,
            // Not taken for an unknown verdict: its change would wait in the outbox for ever.
            (0..=6, _) => return Err(malformed()),
            _ => {
                // Back before the array, so that all of it is skipped, whatever a later version puts there.
                d.set_position(content);
                d.skip()?;
                Self::Other(number)
            }
        };
        Ok(verdict)
    }
}

open_code! {
    /// Why a change was refused, as a code that an app can act on. An app shows a code that it does not know
    /// as its number, and keeps the edit in the quarantine all the same.
    RefusalCode {
        /// Its bytes are not a change, or break a rule that honest clients cannot break.
        Malformed = 0, "malformed";
        /// It, or its document with it, would exceed a limit.
        TooLarge = 1, "too_large";
        /// Its actor belongs to another device (L4).
        ForeignActor = 2, "foreign_actor";
        /// The author may not see the document.
        NotVisible = 3, "not_visible";
        /// The author sees the document but may not write what it writes (C12).
        NotAllowed = 4, "not_allowed";
        /// The author lost the right before the change arrived, and it comes too late or does too much to be
        /// accepted (`docs/sync-protocol.md`, late edits).
        RightLost = 5, "right_lost";
        /// The document was purged (C5).
        Purged = 6, "purged";
        /// Another document has this id.
        IdTaken = 7, "id_taken";
        /// A value is not in its register's form, or the register is write-once or the server's.
        Policy = 8, "policy";
        /// A link points to a contact that its author may not see.
        LinkNotVisible = 9, "link_not_visible";
        /// The receipt is not one that this server gave for exactly what was re-uploaded.
        ForeignReceipt = 10, "foreign_receipt";
        /// A user cannot be re-uploaded: another user now has their email (F64).
        EmailTaken = 11, "email_taken";
        /// A user cannot be re-uploaded as they were: the organisation would have no administrator.
        LastAdmin = 12, "last_admin";
    }
}
