//! Bundles: a whole document with the rows its lists need, never one without the other.

use minicbor::{Decode, Encode};

use crate::change::{Actor, ChangeHash};
use crate::id::DocumentId;
use crate::kind::KindId;
use crate::row::{CardRow, ContactRow, Fact};
use crate::time::Timestamp;

use super::entry::{Origin, Signature};

/// A document as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Bundle {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// What kind it is; a phone keeps kinds it does not know.
    #[n(1)]
    pub kind: KindId,
    /// The log's sequence that this state is of: an entry for the document at or below is in it.
    #[n(2)]
    pub as_of: u64,
    /// The saved document ([`crate::document::Document::save`]).
    #[cbor(n(3), with = "minicbor::bytes")]
    pub saved: Vec<u8>,
    /// Its heads, ascending.
    #[n(4)]
    pub heads: Vec<ChangeHash>,
    /// Who made its changes, and when the server took them.
    #[n(5)]
    pub authors: AuthorTable,
    /// CBOR of the [`Rows`] of this state, made by a server of this projection version; empty where
    /// `saved` is a list of few changes, from which the reader makes them
    /// ([`crate::projection::rows_of_saved`]).
    #[cbor(n(6), with = "minicbor::bytes")]
    pub rows: Vec<u8>,
    /// [`crate::projection::VERSION`] of the server that made the rows.
    #[n(7)]
    pub projection_version: u32,
    /// The server's receipt for (document, heads, authors): lets any phone give the document back
    /// to a server that lost it (N7).
    #[n(8)]
    pub receipt: minicbor::bytes::ByteArray<16>,
}

/// The rows of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Rows {
    /// Of a card.
    #[n(0)]
    Card(#[n(0)] Box<CardRow>, #[n(1)] Vec<Fact>),
    /// Of a contact.
    #[n(1)]
    Contact(#[n(0)] Box<ContactRow>, #[n(1)] Vec<Fact>),
    /// Of a kind that no list shows.
    #[n(2)]
    None,
}

/// Who made each change of a document, and when the server took it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AuthorTable {
    /// One row for each actor, in the order of their first changes.
    #[n(0)]
    pub actors: Vec<ActorRow>,
}

/// One actor's changes to a document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ActorRow {
    /// The actor: identity never stands in it, only beside it.
    #[n(0)]
    pub actor: Actor,
    /// On whose behalf it writes.
    #[n(1)]
    pub by: Signature,
    /// When the server took each of its changes, by their numbers from 1 on: the first in
    /// milliseconds since 1970, each other as the difference from the one before.
    #[n(2)]
    pub received: Vec<i64>,
    /// The acts its changes were part of, by their numbers.
    #[n(3)]
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

    /// On whose behalf an actor writes.
    pub fn signature(&self, actor: Actor) -> Option<&Signature> {
        self.actors.iter().find(|row| row.actor == actor).map(|row| &row.by)
    }

    /// When the server took an actor's change with this number.
    pub fn received_at(&self, actor: Actor, seq: u32) -> Option<Timestamp> {
        let row = self.actors.iter().find(|row| row.actor == actor)?;
        let received = row.received.get(..seq as usize)?;
        (seq > 0)
            .then(|| Timestamp::from_millis(received.iter().fold(0, |sum: i64, r| sum.saturating_add(*r))))
    }

    /// The act that an actor's change with this number was part of.
    pub fn origin(&self, actor: Actor, seq: u32) -> Option<Origin> {
        let row = self.actors.iter().find(|row| row.actor == actor)?;
        row.origins.iter().find(|(number, _)| *number == seq).map(|(_, origin)| *origin)
    }
}
