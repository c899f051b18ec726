//! Cursors: where a device stands in the log, made and authenticated here, opaque to the device.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use minicbor::{Decode, Encode};
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId, UserId};
use roadbook_domain::wire::{Cursor, MAX_CURSOR};
use uuid::Uuid;

use crate::store::organisation::Head;

/// A position in the log of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Position {
    /// The first bytes of the log's epoch.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub epoch: [u8; 8],
    /// The last entry that the device has.
    #[n(1)]
    pub seq: i64,
    /// The first bytes of the chain up to it.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub chain: [u8; 8],
    /// What the device's user read by when they got it.
    #[n(3)]
    pub class: Class,
    /// A fill that is not at its end.
    #[n(4)]
    pub fill: Option<Fill>,
    /// The head of the log when a page ended before it: what the page told as of then, such as bundles,
    /// is wrong if the log has lost it since, even if all entries up to `seq` are there.
    #[n(5)]
    pub told: Option<Mark>,
}

/// An entry of the log, and what came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Mark {
    /// Its number.
    #[n(0)]
    pub seq: i64,
    /// The first bytes of the chain up to it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub chain: [u8; 8],
}

impl Mark {
    /// The head.
    pub fn of(head: &Head) -> Self {
        Self { seq: head.seq, chain: prefix(&head.chain) }
    }

    /// Whether the log's entry with this number has this chain.
    pub fn has_chain(&self, chain: &[u8]) -> bool {
        self.chain == prefix(chain)
    }
}

/// What decides which scopes and settings reach a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Class {
    /// Whole scopes, and settings for administrators.
    #[n(0)]
    Admin,
    /// Whole scopes.
    #[n(1)]
    Staff,
    /// What the user is in the audience of.
    #[n(2)]
    Restricted,
    /// Whole scopes, and settings for managers.
    #[n(3)]
    Manager,
}

/// Documents by their ids beside the tail of the log: a first sync, or the consequences of another role.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Fill {
    /// What comes next.
    #[n(0)]
    pub step: Step,
    /// Whether it ends with all documents.
    #[n(1)]
    pub whole: bool,
    /// How many documents were sent.
    #[n(2)]
    pub done: u64,
    /// How many there were to be sent at the beginning.
    #[n(3)]
    pub total: u64,
}

/// A step of a [`Fill`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Step {
    /// Settings rows after this kind and id.
    #[n(0)]
    Settings(#[n(0)] u16, #[cbor(n(1), with = "minicbor::bytes")] [u8; 16]),
    /// The user's Today.
    #[n(1)]
    Today,
    /// The user's own closings in documents they no longer see.
    #[n(2)]
    Closings,
    /// Documents after this one.
    #[n(3)]
    Documents(#[n(0)] DocumentId),
    /// Documents after this one, to be forgotten where the user does not see them any more.
    #[n(4)]
    Drop(#[n(0)] DocumentId, #[n(1)] Past),
}

/// What a device knew when its user still read whole scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Past {
    /// The entry after which purges have not reached it.
    #[n(0)]
    pub seq: i64,
    /// The entry after which it holds nothing that was made: later documents are nothing to it.
    #[n(1)]
    pub reach: i64,
}

/// Before the first settings row, with which every fill begins.
pub const BEGINNING: Step = Step::Settings(0, [0; 16]);

/// Before the first id.
pub const FIRST: DocumentId = DocumentId::from_bytes([0; 16]);

/// The holder of a cursor: it is good for nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The organisation.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
}

/// The bytes of a cursor's authentication code.
const MAC: usize = 16;

impl Class {
    /// The class of a role.
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Manager => Self::Manager,
            Role::User => Self::Staff,
            // A role that this version does not know gets the least.
            Role::Restricted | Role::Other(_) => Self::Restricted,
        }
    }
}

impl Position {
    /// The position at an entry.
    pub fn at(epoch: Uuid, seq: i64, chain: &[u8], class: Class, fill: Option<Fill>) -> Self {
        Self { epoch: prefix(epoch.as_bytes()), seq, chain: prefix(chain), class, fill, told: None }
    }

    /// The position at the head of the log.
    pub fn at_head(head: &Head, class: Class, fill: Option<Fill>) -> Self {
        Self::at(head.epoch, head.seq, &head.chain, class, fill)
    }

    /// The entries that the log must still have, so that what the device was told holds.
    pub fn marks(&self) -> impl Iterator<Item = Mark> {
        [Mark { seq: self.seq, chain: self.chain }].into_iter().chain(self.told)
    }

    /// The last entry that the device may have heard of.
    pub fn reach(&self) -> i64 {
        self.marks().map(|mark| mark.seq).max().unwrap_or_default()
    }

    /// Whether it was cut from a log of this epoch.
    pub fn has_epoch(&self, epoch: Uuid) -> bool {
        self.epoch == prefix(epoch.as_bytes())
    }

    /// The cursor for this position.
    pub fn seal(&self, key: &[u8; 32], holder: &Holder) -> Cursor {
        let mut bytes = minicbor::to_vec(self).unwrap_or_default();
        let mac = mac(key, holder, &bytes);
        bytes.extend_from_slice(mac.as_ref().get(..MAC).unwrap_or_default());
        Cursor(bytes)
    }

    /// The position of a cursor; `None` for one that this server did not make for this holder.
    pub fn open(cursor: &Cursor, key: &[u8; 32], holder: &Holder) -> Option<Self> {
        if cursor.0.len() > MAX_CURSOR {
            return None;
        }
        let (bytes, given) = cursor.0.split_at_checked(cursor.0.len().checked_sub(MAC)?)?;
        let right = mac(key, holder, bytes);
        // Before it is decoded: nothing of a forged cursor is ever read.
        verify_slices_are_equal(right.as_ref().get(..MAC)?, given).ok()?;
        minicbor::decode(bytes).ok()
    }

    /// The fill that a user with this class needs now, given the class they had.
    pub fn refilled(&self, class: Class, total: u64) -> Option<Fill> {
        if self.class == class {
            return self.fill.clone();
        }
        let unfinished = self.fill.is_some();
        match (self.class, class) {
            (_, Class::Restricted) => {
                let past = Past { seq: self.seq, reach: self.reach() };
                Some(Fill { step: Step::Drop(FIRST, past), whole: unfinished, done: 0, total })
            }
            (from, _) => Some(Fill::settings(unfinished || from == Class::Restricted, total)),
        }
    }
}

impl Fill {
    /// A first sync, or only its settings.
    pub fn settings(whole: bool, total: u64) -> Self {
        Self { step: BEGINNING, whole, done: 0, total: if whole { total } else { 0 } }
    }

    /// Whether the fill will still come to a document: until then the device may lack it.
    pub fn will_reach(&self, document: DocumentId) -> bool {
        match self.step {
            Step::Settings(..) | Step::Today | Step::Closings | Step::Drop(..) => self.whole,
            Step::Documents(after) => document > after,
        }
    }
}

fn prefix(bytes: &[u8]) -> [u8; 8] {
    std::array::from_fn(|i| bytes.get(i).copied().unwrap_or_default())
}

fn mac(key: &[u8; 32], holder: &Holder, bytes: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(holder.org.as_bytes());
    context.update(holder.user.as_bytes());
    context.update(holder.device.as_bytes());
    context.update(bytes);
    context.sign()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(device: u8) -> Holder {
        Holder {
            org: OrgId::from_bytes([1; 16]),
            user: UserId::from_bytes([2; 16]),
            device: DeviceId::from_bytes([device; 16]),
        }
    }

    fn position() -> Position {
        let fill =
            Fill { step: Step::Documents(DocumentId::from_bytes([9; 16])), whole: true, done: 1, total: 2 };
        let told = Some(Mark { seq: i64::MAX, chain: [6; 8] });
        let at = Position::at(Uuid::from_bytes([4; 16]), i64::MAX, &[5; 32], Class::Restricted, Some(fill));
        Position { told, ..at }
    }

    #[test]
    fn a_cursor_is_good_for_its_own_device_only_and_damaged_for_nobody() {
        let key = [3; 32];
        let cursor = position().seal(&key, &holder(1));
        assert!(cursor.0.len() <= 120, "{} bytes", cursor.0.len());
        assert_eq!(Position::open(&cursor, &key, &holder(1)), Some(position()));
        assert_eq!(Position::open(&cursor, &key, &holder(2)), None);
        assert_eq!(Position::open(&cursor, &[4; 32], &holder(1)), None);
        for place in 0..cursor.0.len() {
            let mut damaged = cursor.clone();
            damaged.0[place] ^= 1;
            assert_eq!(Position::open(&damaged, &key, &holder(1)), None);
        }
        for length in [0, 1, 15, 16, 17, MAX_CURSOR + 1] {
            assert_eq!(Position::open(&Cursor(vec![0; length]), &key, &holder(1)), None);
        }
    }

    #[test]
    fn another_role_adds_or_drops_whole_scopes() {
        let step = |from: Class, to: Class, fill: Option<Fill>| {
            let position = Position { class: from, fill, ..position() };
            position.refilled(to, 7).map(|fill| (fill.step, fill.whole))
        };
        let settings = Step::Settings(0, [0; 16]);
        assert_eq!(step(Class::Staff, Class::Staff, None), None);
        assert_eq!(step(Class::Staff, Class::Admin, None), Some((settings.clone(), false)));
        assert_eq!(step(Class::Staff, Class::Manager, None), Some((settings.clone(), false)));
        assert_eq!(step(Class::Restricted, Class::Staff, None), Some((settings.clone(), true)));
        let drop = Step::Drop(FIRST, Past { seq: i64::MAX, reach: i64::MAX });
        assert_eq!(step(Class::Admin, Class::Restricted, None), Some((drop.clone(), false)));
        let unfinished = Some(Fill::settings(true, 7));
        assert_eq!(step(Class::Staff, Class::Restricted, unfinished.clone()), Some((drop, true)));
        assert_eq!(step(Class::Staff, Class::Admin, unfinished), Some((settings, true)));
    }
}
