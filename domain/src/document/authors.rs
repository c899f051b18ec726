//! Authors: who made each change of a document, by the word of the server (L4).

use std::cell::OnceCell;
use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::document::change::Actor;
use crate::value::counted::{self, Counting};
use crate::value::id::{DeviceId, UserId};
use crate::value::time::Timestamp;

/// Up to so many rows are looked through one after the other.
const FEW: usize = 8;

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
        self.appender().push(change, by, origin, received_at);
    }

    /// Adds many changes, each at the same cost.
    pub fn appender(&mut self) -> Appender<'_> {
        let mut places = BTreeMap::new();
        for (place, row) in self.actors.iter().enumerate() {
            places.entry(row.actor).or_insert((place, None));
        }
        Appender { table: self, places }
    }

    /// Looks many changes up, each at the same cost.
    pub fn index(&self) -> AuthorIndex<'_> {
        let places = (self.actors.len() > FEW).then(|| {
            let mut places = BTreeMap::new();
            for (place, row) in self.actors.iter().enumerate() {
                places.entry(row.actor).or_insert(place);
            }
            places
        });
        AuthorIndex { table: self, places, told: OnceCell::new() }
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

/// Adds changes to a table: where an actor stands is found once.
#[derive(Debug)]
pub struct Appender<'a> {
    table: &'a mut AuthorTable,
    /// The row of each actor, and the time of its last change once that was asked for.
    places: BTreeMap<Actor, (usize, Option<i64>)>,
}

impl Appender<'_> {
    /// Adds an actor's next change. One that is there already, or not the next, is left out.
    pub fn push(
        &mut self,
        (actor, seq): (Actor, u32),
        by: &Signature,
        origin: Option<Origin>,
        received_at: Timestamp,
    ) {
        let rows = &mut self.table.actors;
        let (place, last) = self.places.entry(actor).or_insert_with(|| {
            rows.push(ActorRow { actor, by: by.clone(), received: Vec::new(), origins: Vec::new() });
            (rows.len() - 1, None)
        });
        let Some(row) = rows.get_mut(*place) else { return };
        if seq as usize == row.received.len() + 1 {
            let before = last.unwrap_or_else(|| row.received.iter().sum());
            row.received.push(received_at.millis() - before);
            row.origins.extend(origin.map(|origin| (seq, origin)));
            *last = Some(received_at.millis());
        }
    }
}

/// A table in which many changes are looked up. It answers as the table does.
#[derive(Debug)]
pub struct AuthorIndex<'a> {
    table: &'a AuthorTable,
    /// The row of each actor; `None`: they are so few that looking through them is faster.
    places: Option<BTreeMap<Actor, usize>>,
    /// For each row, made when it is asked for.
    told: OnceCell<Vec<Told>>,
}

/// What a row says about each of its changes.
#[derive(Debug)]
struct Told {
    received: Vec<Timestamp>,
    origins: BTreeMap<u32, Origin>,
}

impl AuthorIndex<'_> {
    /// As [`AuthorTable::signature`].
    pub fn signature(&self, actor: Actor) -> Option<&Signature> {
        self.table.actors.get(self.place(actor)?).map(|row| &row.by)
    }

    /// As [`AuthorTable::received_at`].
    pub fn received_at(&self, actor: Actor, seq: u32) -> Option<Timestamp> {
        self.told(actor)?.received.get((seq as usize).checked_sub(1)?).copied()
    }

    /// As [`AuthorTable::origin`].
    pub fn origin(&self, actor: Actor, seq: u32) -> Option<Origin> {
        self.told(actor)?.origins.get(&seq).copied()
    }

    fn place(&self, actor: Actor) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(&actor).copied(),
            None => self.table.actors.iter().position(|row| row.actor == actor),
        }
    }

    fn told(&self, actor: Actor) -> Option<&Told> {
        let place = self.place(actor)?;
        self.told.get_or_init(|| self.table.actors.iter().map(Told::of).collect()).get(place)
    }
}

impl Told {
    fn of(row: &ActorRow) -> Self {
        // Saturating, because a table that is re-uploaded may hold any numbers.
        let times = row.received.iter().scan(0, |time: &mut i64, difference| {
            *time = time.saturating_add(*difference);
            Some(Timestamp::from_millis(*time))
        });
        let mut origins = BTreeMap::new();
        for (number, origin) in &row.origins {
            origins.entry(*number).or_insert(*origin);
        }
        Self { received: times.collect(), origins }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::env::{SeededEnv, random};

    #[test]
    fn an_index_answers_as_its_table_and_many_changes_are_added_as_one_by_one() {
        let env = SeededEnv::new(1, Timestamp::from_millis(0));
        for actors in [0_u8, 1, 3, 8, 9, 40] {
            let (mut single, mut many) = (AuthorTable::default(), AuthorTable::default());
            let mut appender = many.appender();
            for _ in 0..20 * u32::from(actors) {
                let [which, seq, act, time]: [u8; 4] = random(&env);
                let actor = Actor([which % actors; 16]);
                let by = Signature { user: Some(UserId::from_bytes([which; 16])), device: None };
                let origin = Some(Origin { kind: OriginKind::BULK, id: [act; 16] }).filter(|_| act % 2 == 0);
                let change = (actor, u32::from(seq % 4) + 1);
                single.push(change, &by, origin, Timestamp::from_millis(i64::from(time)));
                appender.push(change, &by, origin, Timestamp::from_millis(i64::from(time)));
            }
            assert_eq!(single, many);
            // As no server writes it, but a re-upload may bring it: an actor twice, numbers twice, times without end.
            let second = |row: &ActorRow| ActorRow {
                by: Signature { user: None, device: None },
                received: vec![i64::MAX; 3],
                ..row.clone()
            };
            many.actors.extend(single.actors.iter().rev().map(second));
            let origin = Origin { kind: OriginKind::IMPORT, id: [7; 16] };
            let told =
                many.actors.iter_mut().flat_map(|row| row.origins.first().copied().map(|one| (row, one)));
            told.for_each(|(row, (number, _))| row.origins.push((number, origin)));
            // And one of which only that is there.
            many.actors
                .extend(single.actors.first().map(|row| ActorRow { actor: Actor([99; 16]), ..second(row) }));
            let index = many.index();
            for actor in (0..=actors).chain([99]).map(|number| Actor([number; 16])) {
                assert_eq!(index.signature(actor), many.signature(actor));
                for seq in 0..7 {
                    assert_eq!(index.received_at(actor, seq), many.received_at(actor, seq));
                    assert_eq!(index.origin(actor, seq), many.origin(actor, seq));
                }
            }
        }
    }
}
