//! Authors: who made each change of a document, by the word of the server (L4).

use minicbor::{Decode, Encode};

use crate::document::change::Actor;
use crate::value::counted::{self, Counting};
use crate::value::id::{DeviceId, UserId};
use crate::value::time::Timestamp;

/// Who made each change of a document, and when the server received it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct AuthorTable {
    /// One row for each actor, in the order of their first changes.
    #[cbor(n(0), decode_with = "counted::list")]
    pub actors: Vec<ActorRow>,
}

/// One actor's changes to a document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array, context_bound = "Counting")]
pub struct ActorRow {
    /// The actor. It names no person; `by` does.
    #[n(0)]
    pub actor: Actor,
    /// Its author.
    #[n(1)]
    pub by: Signature,
    /// When the server received each of its changes, in the order of their numbers from 1 on. The first
    /// is in milliseconds since 1970; each other is the difference from the one before, in milliseconds.
    #[cbor(n(2), decode_with = "counted::list")]
    pub received: Vec<i64>,
    /// The acts that its changes were part of, each with the change's number.
    #[cbor(n(3), decode_with = "counted::list")]
    pub origins: Vec<(u32, Origin)>,
}

impl AuthorTable {
    /// Adds an actor's next change. One that is there already, or not the next, is left out.
    pub fn push(
        &mut self,
        change: (Actor, u32),
        by: &Signature,
        origin: Option<Origin>,
        received_at: Timestamp,
    ) {
        let (actor, seq) = change;
        let place = self.actors.iter().position(|row| row.actor == actor).unwrap_or_else(|| {
            let row = ActorRow { actor, by: by.clone(), received: Vec::new(), origins: Vec::new() };
            self.actors.push(row);
            self.actors.len() - 1
        });
        let Some(row) = self.actors.get_mut(place) else { return };
        if seq as usize == row.received.len() + 1 {
            row.received.push(received_at.millis() - row.received.iter().sum::<i64>());
            row.origins.extend(origin.map(|origin| (seq, origin)));
        }
    }

    /// The author behind an actor; `None` if the actor made no change here.
    pub fn signature(&self, actor: Actor) -> Option<&Signature> {
        self.actors.iter().find(|row| row.actor == actor).map(|row| &row.by)
    }

    /// When the server received an actor's change with this number.
    pub fn received_at(&self, actor: Actor, seq: u32) -> Option<Timestamp> {
        let row = self.actors.iter().find(|row| row.actor == actor)?;
        let received = row.received.get(..seq as usize)?;
        // Saturating, because a table that is re-uploaded may hold any numbers.
        (seq > 0)
            .then(|| Timestamp::from_millis(received.iter().fold(0, |sum: i64, r| sum.saturating_add(*r))))
    }

    /// The act that an actor's change with this number was part of.
    pub fn origin(&self, actor: Actor, seq: u32) -> Option<Origin> {
        let row = self.actors.iter().find(|row| row.actor == actor)?;
        row.origins.iter().find(|(number, _)| *number == seq).map(|(_, origin)| *origin)
    }
}

/// The author of an actor's changes: a user and their device, by the word of the server (L4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Signature {
    /// The user; `None` for the server's own acts.
    #[n(0)]
    pub user: Option<UserId>,
    /// The user's device.
    #[n(1)]
    pub device: Option<DeviceId>,
}

/// The act that a change was part of. By it an app shows and undoes the whole act at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Origin {
    /// What sort of act.
    #[n(0)]
    pub kind: OriginKind,
    /// Which one.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub id: [u8; 16],
}

/// A sort of act; open, because later versions will know more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct OriginKind(#[n(0)] pub u16);

impl OriginKind {
    /// An import of a file.
    pub const IMPORT: Self = Self(1);
    /// One user act over many documents.
    pub const BULK: Self = Self(2);
    /// Re-authored after a refusal or a fork: its own change could not stand.
    pub const REPLAYED: Self = Self(3);
    /// An automation of the server.
    pub const AUTOMATION: Self = Self(4);
    /// A calendar client.
    pub const CALENDAR: Self = Self(5);

    /// Whether a user's device may claim this act for its change. All others are the server's own acts.
    pub const fn is_users(self) -> bool {
        matches!(self, Self::IMPORT | Self::BULK | Self::REPLAYED)
    }

    /// Whether this version knows it.
    pub const fn is_known(self) -> bool {
        self.is_users() || matches!(self, Self::AUTOMATION | Self::CALENDAR)
    }
}
