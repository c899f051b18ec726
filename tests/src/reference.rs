//! The reference model: what a document shows and what is in Today, told in the simplest way from a
//! set of changes, without automerge, without indexes and without the functions under test.
//!
//! A set has no order and no repetitions, so every result computed from it converges. The replicas
//! must show the same (L3).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::crm::row::{CardRow, TodoRow};
use roadbook_domain::crm::{card, contact};
use roadbook_domain::document::change::{Change, ChangeHash, Op, OpId, Register};
use roadbook_domain::value::due::Due;
use roadbook_domain::value::id::{DocumentId, PartId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::value::todo::{Outcome, TodoState};
use roadbook_domain::value::trash::Trash;

/// The changes of one document, by hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(pub BTreeMap<ChangeHash, Change>);

/// What a card shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// Its name.
    pub name: String,
    /// Its stored status, as text.
    pub status: String,
    /// Its owner.
    pub owner: Option<UserId>,
    /// Whether it is in the trash, for any reason.
    pub in_trash: bool,
    /// Its todos.
    pub todos: BTreeMap<PartId, Todo>,
    /// What it links to, and whom its todos name.
    pub links: BTreeSet<DocumentId>,
    /// Moves of dues: todo, when, from, to.
    pub moves: Vec<(PartId, Timestamp, Due, Due)>,
}

/// What a todo shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Todo {
    /// What is to be done.
    pub text: String,
    /// When.
    pub due: Option<Due>,
    /// By whom.
    pub assignee: Option<UserId>,
    /// Open or closed.
    pub state: TodoState,
}

/// Today of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Today {
    /// Card and todo of all it lists, in order.
    pub items: Vec<(Timestamp, DocumentId, PartId)>,
    /// Due today and not yet past.
    pub today: u32,
    /// Overdue.
    pub overdue: u32,
    /// Closed with success today.
    pub closed: u32,
    /// Moved away from today or from before it.
    pub postponed: u32,
}

impl Changes {
    /// Adds a change.
    pub fn add(&mut self, hash: ChangeHash, change: Change) {
        self.0.insert(hash, change);
    }

    /// The changes nobody depends on, ascending.
    pub fn heads(&self) -> Vec<ChangeHash> {
        let seen: BTreeSet<_> = self.0.values().flat_map(|change| &change.deps).collect();
        self.0.keys().filter(|hash| !seen.contains(hash)).copied().collect()
    }

    /// The values of every register, the winner first; long texts are left out.
    pub fn registers(&self) -> BTreeMap<Register, Vec<(OpId, String)>> {
        let mut registers: BTreeMap<Register, Vec<(OpId, String)>> = BTreeMap::new();
        let mut replaced: BTreeSet<&OpId> = BTreeSet::new();
        for (id, op) in self.0.values().flat_map(Change::with_ids) {
            if let Op::Put { register, value, pred } = op {
                registers.entry(register.clone()).or_default().push((id, value.clone()));
                replaced.extend(pred);
            }
        }
        for values in registers.values_mut() {
            values.retain(|(id, _)| !replaced.contains(id));
            values.sort_unstable_by_key(|(id, _)| Reverse(*id));
        }
        registers
    }

    /// The card that these changes make.
    pub fn card(&self) -> Card {
        let registers = self.registers();
        let text = |name: &str| shown(&registers, card::CARD, name);
        let mut card = Card {
            name: text("name"),
            status: text("status"),
            owner: text("owner").parse().ok(),
            in_trash: values(&registers, card::CARD, "trash").any(|value| value == "trashed"),
            moves: self.moves(),
            links: links(&registers, card::LINKS),
            ..Card::default()
        };
        for (part, name) in parts(&registers, card::TODOS).filter(|(_, name)| name.ends_with("/text")) {
            let of = |field: &str| shown(&registers, card::TODOS, &format!("{part}/{field}"));
            let states = values(&registers, card::TODOS, &format!("{part}/state"));
            let todo = Todo {
                text: shown(&registers, card::TODOS, name),
                due: of("due").parse().ok(),
                assignee: of("assignee").parse().ok(),
                state: strongest(states.filter_map(|state| state.parse().ok()).collect()),
            };
            card.links.extend(of("contact").parse::<DocumentId>());
            card.todos.insert(part, todo);
        }
        card
    }

    /// What the contact that these changes make links to.
    pub fn contact_links(&self) -> BTreeSet<DocumentId> {
        links(&self.registers(), contact::LINKS)
    }

    /// Every move of a todo from one due to another.
    fn moves(&self) -> Vec<(PartId, Timestamp, Due, Due)> {
        let puts = self.0.values().flat_map(Change::with_ids);
        let written: BTreeMap<OpId, &str> = puts
            .filter_map(|(id, op)| match op {
                Op::Put { value, .. } => Some((id, value.as_str())),
                _ => None,
            })
            .collect();
        let mut moves = Vec::new();
        for change in self.0.values() {
            for op in &change.ops {
                if let Op::Put { register, value, pred } = op
                    && register.container == card::TODOS
                    && let Some((part, "due")) = register.name.split_once('/')
                    && let Ok(part) = part.parse()
                    && let Some(before) = pred.iter().max().and_then(|id| written.get(id))
                    && let (Ok(from), Ok(to)) = (before.parse(), value.parse())
                {
                    moves.push((part, change.time, from, to));
                }
            }
        }
        moves
    }
}

impl Card {
    /// The card that a row shows; what rows do not hold comes from `like`.
    pub fn of_row(row: &CardRow, like: &Self) -> Self {
        let todo = |row: &TodoRow| {
            let &TodoRow { due, assignee, state, .. } = row;
            (row.id, Todo { text: row.text.clone(), due, assignee, state })
        };
        Self {
            name: row.name.clone(),
            status: row.status.map(|status| status.to_string()).unwrap_or_default(),
            owner: row.owner,
            in_trash: row.trash != Trash::No,
            todos: row.todos.iter().map(todo).collect(),
            links: row
                .links
                .iter()
                .map(|link| link.target)
                .chain(row.todos.iter().filter_map(|todo| todo.contact))
                .collect(),
            moves: like.moves.clone(),
        }
    }

    /// How many todos a user closed today with success, no matter who is the assignee (C6).
    pub fn closings_of(&self, user: UserId, zone: Zone, now: Timestamp) -> u32 {
        let today = zone.day_of(now).date();
        let closings = self.todos.values().filter_map(|todo| todo.state.closing().copied());
        let own = closings.filter(|closing| closing.by() == user);
        let counts =
            own.filter(|closing| closing.outcome() == Outcome::Success && closing.local().date() == today);
        u32::try_from(counts.count()).unwrap_or(u32::MAX)
    }

    /// Whether a Restricted user sees it (C2).
    pub fn is_for(&self, user: UserId) -> bool {
        let mut open = self.todos.values().filter(|todo| todo.state.is_open());
        self.owner.is_none() || self.owner == Some(user) || open.any(|todo| todo.assignee == Some(user))
    }
}

impl Today {
    /// Today of `me`, in `zone` at `now`, over the cards that they see.
    pub fn of<'a>(
        me: UserId,
        zone: Zone,
        now: Timestamp,
        cards: impl IntoIterator<Item = (DocumentId, &'a Card)>,
    ) -> Self {
        let mut all = Self::default();
        let today = zone.day_of(now);
        for (id, card) in cards.into_iter().filter(|(_, card)| !card.in_trash) {
            all.closed += card.closings_of(me, zone, now);
            let own = card.todos.iter().filter(|(_, todo)| todo.assignee == Some(me));
            for (part, todo) in own.filter(|(_, todo)| todo.state.is_open()) {
                let Some(due) = todo.due else { continue };
                let day = day(due, zone);
                let past = match due {
                    Due::Day(day) => day < today,
                    Due::At { local, zone } => zone.instant(local.naive()) <= now,
                };
                all.overdue += u32::from(past);
                all.today += u32::from(!past && day == today);
                if past || day == today {
                    all.items.push((due.overdue_from(zone), id, *part));
                }
                let postponed = card.moves.iter().any(|(moved, at, from, to)| {
                    moved == part
                        && zone.day_of(*at) == today
                        && self::day(*from, zone) <= today
                        && self::day(*to, zone) > today
                });
                all.postponed += u32::from(postponed && day > today);
            }
        }
        all.items.sort_unstable();
        all
    }
}

fn day(due: Due, zone: Zone) -> roadbook_domain::value::time::Day {
    match due {
        Due::Day(day) => day,
        Due::At { local, zone: set_in } => zone.day_of(set_in.instant(local.naive())),
    }
}

/// Of concurrent states the one that is shown (C13): the later period, then
/// closed before open, the better outcome, the earlier instant, the smaller text.
fn strongest(states: Vec<TodoState>) -> TodoState {
    let strength = |state: &TodoState| {
        let closing = state.closing().map(|closing| {
            let rank = [Outcome::None, Outcome::Failed, Outcome::Success];
            let outcome = rank.iter().position(|outcome| *outcome == closing.outcome());
            (outcome, Reverse(closing.at()), Reverse(closing.to_string()))
        });
        (state.period(), closing)
    };
    states.into_iter().max_by_key(strength).unwrap_or_default()
}

type Registers = BTreeMap<Register, Vec<(OpId, String)>>;

fn values<'a>(
    registers: &'a Registers,
    container: u8,
    name: &str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let values = registers.get(&Register { container, name: name.to_owned() });
    values.into_iter().flatten().map(|(_, value)| value.as_str())
}

fn shown(registers: &Registers, container: u8, name: &str) -> String {
    values(registers, container, name).next().unwrap_or_default().to_owned()
}

fn parts(registers: &Registers, container: u8) -> impl Iterator<Item = (PartId, &str)> {
    registers.keys().filter(move |register| register.container == container).filter_map(|register| {
        let (part, _) = register.name.split_once('/')?;
        Some((part.parse().ok()?, register.name.as_str()))
    })
}

fn links(registers: &Registers, container: u8) -> BTreeSet<DocumentId> {
    parts(registers, container)
        .filter_map(|(_, name)| shown(registers, container, name).split_once(' ')?.1.parse().ok())
        .collect()
}
