//! When one todo rings for one user.

use super::key::Reminder;
use super::kind::Kind;
use crate::value::channels::{Channel, Channels};
use crate::value::id::{DocumentId, PartId};
use crate::value::leads::MAX_LEADS;
use crate::value::time::Timestamp;

/// One todo that rings for one user, for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// The card that holds the todo.
    pub card: DocumentId,
    /// The todo.
    pub todo: PartId,
    /// Why it rings.
    pub kind: &'static Kind,
    /// Whether it rings in quiet hours.
    pub urgent: bool,
    pub(super) reach: Reach,
    pub(super) instants: Instants,
    /// By which instant its reminder is known, if not by that at which it rings.
    pub(super) made: Option<Timestamp>,
}

impl Alarm {
    /// When it rings, in ascending order, if no quiet hours hold it back.
    pub fn instants(&self) -> &[Timestamp] {
        self.instants.as_slice()
    }

    /// Whether it rings there.
    pub fn reaches(&self, channel: Channel) -> bool {
        self.reach.has(channel)
    }

    /// The reminder of one of its instants.
    pub fn reminder(&self, at: Timestamp) -> Reminder {
        Reminder {
            card: self.card,
            todo: self.todo,
            kind: self.kind.kind,
            nominal: self.made.unwrap_or(at),
            urgent: self.urgent,
        }
    }

    /// Whether a later reminder of it speaks for the one that was meant for `nominal`, if that would ring at `at`.
    pub fn is_overtaken(&self, nominal: Timestamp, at: Timestamp) -> bool {
        self.instants().iter().any(|later| nominal < *later && *later <= at)
    }

    /// Which todo and reason it is: no user has two alarms that share it.
    pub(super) fn identity(&self) -> (DocumentId, PartId, usize) {
        (self.card, self.todo, self.kind.kind.place())
    }
}

/// Ascending instants, no two of them equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instants {
    at: [Timestamp; PLACES],
    count: u8,
}

/// A todo's leads and its snooze.
const PLACES: usize = MAX_LEADS + 1;

impl Instants {
    pub(super) const NONE: Self = Self { at: [Timestamp::NEVER; PLACES], count: 0 };

    pub(super) fn as_slice(&self) -> &[Timestamp] {
        self.at.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// Adds one, unless it never comes; there is room for all that a todo can have.
    pub(super) fn add(&mut self, instant: Timestamp) {
        let place = self.as_slice().partition_point(|known| *known < instant);
        let count = usize::from(self.count);
        if count == PLACES || instant == Timestamp::NEVER || self.as_slice().get(place) == Some(&instant) {
            return;
        }
        self.count += 1;
        if let Some(after) = self.at.get_mut(place..=count) {
            after.rotate_right(1);
            after.iter_mut().take(1).for_each(|free| *free = instant);
        }
    }

    /// Removes those before `instant`.
    pub(super) fn start_at(&mut self, instant: Timestamp) {
        let mut kept = Self::NONE;
        self.as_slice().iter().filter(|known| **known >= instant).for_each(|known| kept.add(*known));
        *self = kept;
    }
}

/// On which of the channels that this version knows something rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach(u8);

impl Reach {
    pub(super) fn of(channels: &Channels) -> Self {
        Self(channels.iter().map(bit).fold(0, |all, one| all | one))
    }

    pub(super) fn has(self, channel: Channel) -> bool {
        self.0 & bit(channel) != 0
    }
}

fn bit(channel: Channel) -> u8 {
    match channel {
        Channel::Browser => 1,
        Channel::Device => 2,
        Channel::Other(_) => 0,
    }
}
