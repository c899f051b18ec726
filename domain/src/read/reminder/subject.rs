//! What reminders need to know of a todo.

use crate::value::channels::Channels;
use crate::value::due::Due;
use crate::value::id::{DocumentId, PartId, UserId};
use crate::value::leads::Leads;
use crate::value::time::{Timestamp, Zone};
use crate::value::trash::Trash;

/// One todo, and what its card says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The card that holds it.
    pub card: DocumentId,
    /// The card's owner.
    pub owner: Option<UserId>,
    /// Whether the card is in use; nothing of one in the trash rings.
    pub trash: Trash,
    /// The todo's id within the card.
    pub todo: PartId,
    /// The user who is to do it.
    pub assignee: Option<UserId>,
    /// Their profile zone (T4); of a todo of nobody, the zone in which its days are judged.
    pub assignee_zone: Zone,
    /// Whether it is still to be done.
    pub is_open: bool,
    /// When it is due.
    pub due: Option<Due>,
    /// Until when its assignee put it to sleep.
    pub snoozed_until: Option<Due>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// How long before its due it rings; `None`: as its assignee set for all todos.
    pub leads: Option<Leads>,
    /// Where it rings for its assignee; `None`: as they set for all todos.
    pub channels: Option<Channels>,
    /// How it came to its assignee, if another user gave it to them.
    pub arrival: Option<Arrival>,
}

/// How a todo came to its assignee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When it was made or assigned, by its author's clock: it tells this arrival from others.
    pub made: Timestamp,
    /// When it came here, by the clock that judges. An author's clock may be wrong (T10), so only this one says when it
    /// rings.
    pub received: Timestamp,
}
