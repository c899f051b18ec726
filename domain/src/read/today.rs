//! Today: the user's own todos of all products that are to be done now, and four totals (F99-F101, C6).
//!
//! The store only prefilters. It passes the user's open todos, the todos that they closed within the
//! period (whoever is the assignee), and the moves of dues since the period began. What is listed, what
//! counts and when it changes is decided here, in one pass that allocates only for what it lists.

use std::collections::{BTreeSet, BinaryHeap};

use minicbor::{Decode, Encode};

use crate::crm::row::{CardRow, Event, Fact, TodoRow};
use crate::value::due::{Class, Due};
use crate::value::id::{DocumentId, PartId, ProductId, UserId};
use crate::value::time::{Day, LocalNow, NextChange, Timestamp, Zone};
use crate::value::todo::{Outcome, TodoState};
use crate::value::trash::Trash;

/// Which days Today shows (F101).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum Period {
    /// What is overdue and what is still due today.
    #[default]
    Today,
    /// What is due from one day to another, both included, whether overdue or not.
    Days {
        /// The first day.
        from: Day,
        /// The last day.
        to: Day,
    },
}

/// Whose Today, when, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TodayQuery {
    /// The user whose todos it shows.
    pub me: UserId,
    /// Their profile zone (T4).
    pub zone: Zone,
    /// The instant for which it is made.
    pub now: Timestamp,
    /// The days it shows.
    pub period: Period,
    /// How many todos to list at most. Totals and the next change take all into account.
    pub limit: usize,
}

/// What Today needs of one todo; its text is read for what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TodayRow {
    /// The card that holds it.
    pub card: DocumentId,
    /// The card's product.
    pub product: Option<ProductId>,
    /// Whether the card is in use; todos of trashed cards neither appear nor count (F72).
    pub trash: Trash,
    /// The todo's id within the card.
    pub todo: PartId,
    /// The user who is to do it.
    pub assignee: Option<UserId>,
    /// When.
    pub due: Option<Due>,
    /// Open or closed, and how.
    pub state: TodoState,
}

impl TodayRow {
    /// The row of one todo of a card.
    pub fn new(card: DocumentId, row: &CardRow, todo: &TodoRow) -> Self {
        Self {
            card,
            product: row.product,
            trash: row.trash,
            todo: todo.id,
            assignee: todo.assignee,
            due: todo.due,
            state: todo.state,
        }
    }

    /// The row of a closing that the card's row does not tell: a retained closing, or one that was
    /// looked up by the user who closed the todo.
    pub fn closing(card: DocumentId, todo: PartId, state: TodoState) -> Self {
        Self { card, product: None, trash: Trash::No, todo, assignee: None, due: None, state }
    }

    /// Whether it may count in the Today of `user`: open and theirs to do, or closed by them (C6).
    pub fn concerns(&self, user: UserId) -> bool {
        match self.state.closing() {
            None => self.assignee == Some(user),
            Some(closing) => closing.by() == user,
        }
    }
}

/// That somebody moved a todo from one due to another (F51).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueMove {
    /// The card that holds the todo.
    pub card: DocumentId,
    /// The todo.
    pub todo: PartId,
    /// When it was moved.
    pub at: Timestamp,
    /// The due it had.
    pub from: Due,
    /// The due it got.
    pub to: Due,
}

impl DueMove {
    /// The move that a fact of `card` records, if it records one.
    pub fn of(card: DocumentId, fact: &Fact) -> Option<Self> {
        match fact.event {
            Event::TodoMoved(todo, Some(from), Some(to)) => Some(Self { card, todo, at: fact.at, from, to }),
            _ => None,
        }
    }
}

/// Where a todo stands in the order of F30: by the instant from which it is overdue, then by card,
/// then by its id within the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
#[cbor(array)]
pub struct TodoKey {
    /// The first instant at which it is overdue.
    #[n(0)]
    pub overdue_from: Timestamp,
    /// The card that holds it.
    #[n(1)]
    pub card: DocumentId,
    /// Its id within the card.
    #[n(2)]
    pub todo: PartId,
}

/// A todo that Today lists; items are ordered by their key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
#[cbor(array)]
pub struct TodayItem {
    /// Where it stands, and which todo it is.
    #[n(0)]
    pub key: TodoKey,
    /// How it is shown (F32).
    #[n(1)]
    pub class: Class,
    /// When it is due.
    #[n(2)]
    pub due: Due,
    /// The card's product.
    #[n(3)]
    pub product: Option<ProductId>,
}

/// The four totals (F100, C6): three over the user's own todos, and what the user closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
#[cbor(array)]
pub struct TodayTotals {
    /// Open, due in the user's local today and not yet past; for [`Period::Days`], open and due inside.
    #[n(0)]
    pub today: u32,
    /// Open, due passed, whatever the period.
    #[n(1)]
    pub overdue: u32,
    /// Closed by the user with success inside the period, by their calendar then (T11); whoever is the
    /// assignee.
    #[n(2)]
    pub closed: u32,
    /// Open, now due after the period, and moved there within the period. The due before the move was at
    /// or before the end of the period, so postponing an overdue todo counts (F33).
    #[n(3)]
    pub postponed: u32,
}

/// One user's Today; its encoding is what the state hash takes (L3).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cbor(array)]
pub struct Today {
    /// The first of its todos, in order (F30), at most as many as asked for.
    #[n(0)]
    pub items: Vec<TodayItem>,
    /// How many there are in all.
    #[n(1)]
    pub matching: u64,
    /// The four totals.
    #[n(2)]
    pub totals: TodayTotals,
    /// The next instant at which an item, its class or a total changes by time alone (F32, T5).
    ///
    /// If a clock that was ahead of `now` stamped a move, it may be an instant at which nothing changes.
    #[n(3)]
    pub next_change: Option<Timestamp>,
}

/// Makes one user's Today from `rows`, at most one for each todo, and `moves`.
///
/// Rows and moves may come in any order. Those that do not count change nothing but the time it takes.
pub fn today(
    query: &TodayQuery,
    rows: impl IntoIterator<Item = TodayRow>,
    moves: impl IntoIterator<Item = DueMove>,
) -> Today {
    let here = LocalNow::new(query.now, query.zone);
    // All moves before the first row: rows go by only once, and each must find its moves.
    let postponements = moves.into_iter().filter_map(|moved| postponement(&moved, query, &here)).collect();
    let mut pass = Pass {
        query,
        here,
        postponements,
        first: BinaryHeap::new(),
        matching: 0,
        totals: TodayTotals::default(),
        next: NextChange::after(query.now),
    };
    for row in rows {
        if row.concerns(query.me) && row.trash == Trash::No {
            pass.add(&row);
        }
    }
    Today {
        items: pass.first.into_sorted_vec(),
        matching: pass.matching,
        totals: pass.totals,
        next_change: pass.next.get(),
    }
}

/// A postponed todo, and the last day of the period that it was moved out of: the period shown, or one
/// still to come.
type Postponement = (DocumentId, PartId, Day);

/// What `moved` postpones: it was made within a period, and moves a due from within it to after its end.
///
/// [`Period::Today`] is a new period every day. A clock that is ahead may stamp a move in a period that
/// is still to come.
fn postponement(moved: &DueMove, query: &TodayQuery, here: &LocalNow) -> Option<Postponement> {
    // The user's own calendar, not that of the zone in which the due was set (C6).
    let made = query.zone.day_of(moved.at);
    let end = match query.period {
        Period::Today => (made >= here.today).then_some(made),
        Period::Days { from, to } => (from..=to).contains(&made).then_some(to),
    }?;
    let crosses = moved.from.day_in(query.zone) <= end && moved.to.day_in(query.zone) > end;
    crosses.then_some((moved.card, moved.todo, end))
}

/// One pass over a user's rows.
struct Pass<'a> {
    query: &'a TodayQuery,
    here: LocalNow,
    postponements: BTreeSet<Postponement>,
    first: BinaryHeap<TodayItem>,
    matching: u64,
    totals: TodayTotals,
    next: NextChange,
}

impl Pass<'_> {
    fn add(&mut self, row: &TodayRow) {
        match (row.state.closing(), row.due) {
            (Some(closing), _) if closing.outcome() == Outcome::Success => self.add_closed(&row.state),
            (None, Some(due)) => self.add_open(row, due),
            _ => {}
        }
    }

    fn add_closed(&mut self, state: &TodoState) {
        let Some(day) = state.closed_on() else { return };
        match self.query.period {
            Period::Today if day == self.here.today => {
                self.totals.closed += 1;
                self.next.at(self.here.midnight);
            }
            // In zones to the east it may be tomorrow already.
            Period::Today => self.next.at(self.here.zone.start_of(day)),
            Period::Days { from, to } => self.totals.closed += u32::from((from..=to).contains(&day)),
        }
    }

    fn add_open(&mut self, row: &TodayRow, due: Due) {
        let zone = self.here.zone;
        let (class, day) = (due.class(&self.here), due.day_in(zone));
        let key = TodoKey { overdue_from: due.overdue_from(zone), card: row.card, todo: row.todo };
        let (listed, due_inside, comes_in) = match self.query.period {
            Period::Today => (class != Class::Later, class == Class::DueToday, true),
            Period::Days { from, to } => {
                let inside = (from..=to).contains(&day);
                (inside, inside, inside)
            }
        };
        self.next.at(key.overdue_from);
        if comes_in {
            self.next.at(zone.start_of(day));
        }
        self.totals.overdue += u32::from(class == Class::Overdue);
        self.totals.today += u32::from(due_inside);
        if listed {
            self.list(TodayItem { key, class, due, product: row.product });
        }
        // Most users have postponed nothing, so most rows need no look-up.
        if !self.postponements.is_empty() {
            self.add_postponements(row, day);
        }
    }

    fn add_postponements(&mut self, row: &TodayRow, due: Day) {
        let shown = match self.query.period {
            Period::Today => self.here.today,
            Period::Days { to, .. } => to,
        };
        if due <= shown {
            return;
        }
        let ended_before_due = (row.card, row.todo, shown)..(row.card, row.todo, due);
        // A todo that was moved several times within one period counts once: the set holds it once.
        for (_, _, end) in self.postponements.range(ended_before_due) {
            if *end == shown {
                self.totals.postponed += 1;
            }
            if self.query.period == Period::Today {
                self.next.at(if *end == shown { self.here.midnight } else { self.here.zone.start_of(*end) });
            }
        }
    }

    fn list(&mut self, item: TodayItem) {
        self.matching += 1;
        self.first.push(item);
        if self.first.len() > self.query.limit {
            // The heap pops its greatest item: the one that falls off the list.
            self.first.pop();
        }
    }
}

#[cfg(test)]
mod tests;
