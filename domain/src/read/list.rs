//! Lists of cards: their order, sections and colours, and each card's next step
//! (F30-F32, F35, F37, C3).

use std::collections::BTreeMap;

use crate::crm::row::{CardRow, TodoRow};
use crate::value::due::{Class, Due};
use crate::value::id::{DocumentId, PartId, UserId};
use crate::value::time::{Day, LocalNow, NextChange, Timestamp, Zone};
use crate::value::trash::Trash;

/// The zones in which dues are judged (T4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zones<'a> {
    /// The profile zone of the viewer.
    pub viewer: Zone,
    /// The profile zones of users. A todo of a user who is not in it, or of nobody, is judged in the
    /// viewer's zone.
    pub users: &'a BTreeMap<UserId, Zone>,
}

impl Zones<'_> {
    /// The zone whose midnight ends a due day of a todo of `assignee`.
    pub fn of(&self, assignee: Option<UserId>) -> Zone {
        assignee.and_then(|user| self.users.get(&user).copied()).unwrap_or(self.viewer)
    }
}

/// Which cards to list, for whom and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListQuery<'a> {
    /// The instant for which the list is made.
    pub now: Timestamp,
    /// The zones of the viewer and of assignees.
    pub zones: Zones<'a>,
    /// Only cards on which this user has an open todo, whoever owns them (F37).
    pub assignee: Option<UserId>,
    /// How many cards to list at most. The counts of sections and the next change take all into account.
    pub limit: usize,
}

/// Cards in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardList<'a> {
    /// The first of them, at most as many as asked for.
    pub items: Vec<ListItem<'a>>,
    /// How many cards each section holds in all; sections without cards are absent.
    pub sections: BTreeMap<Section, usize>,
    /// The next instant at which a card changes its section or colour (F32, T5).
    pub next_change: Option<Timestamp>,
}

/// A card of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListItem<'a> {
    /// Where it stands, and which card it is.
    pub key: ListKey,
    /// The card's row.
    pub row: &'a CardRow,
    /// What is to be done on it next; `None` in the section [`Section::NoNextStep`].
    pub next: Option<NextStep<'a>>,
}

impl ListItem<'_> {
    /// How it is shown (F32).
    pub const fn class(&self) -> Class {
        self.key.section.class()
    }
}

/// Where a card stands in a list: by section, then by the instant from which its next todo is overdue,
/// then by its id (F30).
///
/// If all users are in one zone, this is the order of that instant alone. If they are not, a day that
/// ends later in another zone still stays with its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListKey {
    /// The section it stands in.
    pub section: Section,
    /// From when the next todo is overdue; [`Timestamp::NEVER`] without one, or without a due.
    pub overdue_from: Timestamp,
    /// The card.
    pub card: DocumentId,
}

/// The next step of a card: the line that tells who, with whom, what and when (F35).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextStep<'a> {
    /// The todo's id within the card.
    pub todo: PartId,
    /// The user who is to do it.
    pub assignee: Option<UserId>,
    /// The contact it is to be done with.
    pub contact: Option<DocumentId>,
    /// What.
    pub text: &'a str,
    /// When.
    pub due: Option<Due>,
    /// From when it is overdue; [`Timestamp::NEVER`] without a due.
    pub overdue_from: Timestamp,
}

/// The part of a list in which a card stands, by the due of its next todo (F30, F31), in order.
///
/// F31 has four: the first three here, and everything [later](Self::is_later). A whole day is judged by
/// the calendar of the todo's assignee, a minute by that of the viewer (T4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), serde(rename_all = "camelCase"))]
pub enum Section {
    /// Its due has passed.
    Overdue,
    /// Still due today.
    Today,
    /// Due tomorrow.
    Tomorrow,
    /// Due later this week, which ends on Sunday (T16).
    ThisWeek,
    /// Due in the week that begins next Monday.
    NextWeek,
    /// Due later this month.
    ThisMonth,
    /// Due later in the next month.
    NextMonth,
    /// Due after that, or open without a due.
    Later,
    /// No open todo: somebody should plan the next step (F48, C3).
    NoNextStep,
}

impl Section {
    /// The section of a card whose next todo has this due, by the clock that judges it.
    pub fn of(due: Option<Due>, judge: &LocalNow) -> Self {
        let Some(due) = due else { return Section::Later };
        match due.class(judge) {
            Class::Overdue => Section::Overdue,
            Class::DueToday => Section::Today,
            Class::Later => Self::ahead(due.day_in(judge.zone), judge.today),
        }
    }

    /// How its cards are shown (F32).
    pub const fn class(self) -> Class {
        match self {
            Section::Overdue => Class::Overdue,
            Section::Today => Class::DueToday,
            _ => Class::Later,
        }
    }

    /// Whether it is part of F31's "later".
    pub fn is_later(self) -> bool {
        (Section::ThisWeek..=Section::Later).contains(&self)
    }

    /// The section of what is due on `day`, today or after it.
    fn ahead(day: Day, today: Day) -> Self {
        if day == today {
            // No card that is later now comes here, but `note_changes` asks what will hold on that day.
            Section::Today
        } else if day == today.plus(1) {
            Section::Tomorrow
        } else if day.monday() == today.monday() {
            Section::ThisWeek
        } else if day.monday() == today.monday().plus(7) {
            Section::NextWeek
        } else if day.month_start() == today.month_start() {
            Section::ThisMonth
        } else if month_before(day) == today.month_start() {
            Section::NextMonth
        } else {
            Section::Later
        }
    }
}

/// Lists the cards in use among `rows` that `query` asks for.
pub fn list<'a>(
    query: &ListQuery<'_>,
    rows: impl IntoIterator<Item = (DocumentId, &'a CardRow)>,
) -> CardList<'a> {
    let mut clocks = Clocks::new(query.now, query.zones.viewer);
    let mut first = BTreeMap::new();
    let mut sections = BTreeMap::new();
    let mut changes = NextChange::after(query.now);
    for (card, row) in rows {
        // A card in review is still in the trash: nobody works on it before somebody decides.
        if row.trash != Trash::No || !concerns(row, query.assignee) {
            continue;
        }
        let next = next_step(row, &query.zones);
        let section = next.map_or(Section::NoNextStep, |next| {
            let judge = clocks.judge(&next, &query.zones);
            note_changes(&mut changes, &next, &judge);
            Section::of(next.due, &judge)
        });
        *sections.entry(section).or_default() += 1;
        let overdue_from = next.map_or(Timestamp::NEVER, |next| next.overdue_from);
        let key = ListKey { section, overdue_from, card };
        first.insert(key, ListItem { key, row, next });
        // Only the first cards are kept while rows go by, so memory does not grow with the product.
        if first.len() > query.limit {
            first.pop_last();
        }
    }
    CardList { items: first.into_values().collect(), sections, next_change: changes.get() }
}

/// The next step of a card: the open todo that is overdue first; of several, the one with the smallest
/// id (F30, F35).
pub fn next_step<'a>(row: &'a CardRow, zones: &Zones<'_>) -> Option<NextStep<'a>> {
    row.todos
        .iter()
        .filter(|todo| todo.state.is_open())
        .map(|todo| NextStep::of(todo, zones))
        .min_by_key(|next| (next.overdue_from, next.todo))
}

/// An open todo of a card, as its screen shows it (F32, F34).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenTodo {
    /// Its id within the card.
    pub todo: PartId,
    /// How urgent it is.
    pub class: Class,
    /// From when it is overdue; [`Timestamp::NEVER`] without a due.
    pub overdue_from: Timestamp,
}

/// The open todos of a card, the next step first, and the next instant after `now` at which one of them changes its
/// colour (T5).
pub fn open_todos(row: &CardRow, zones: &Zones<'_>, now: Timestamp) -> (Vec<OpenTodo>, Option<Timestamp>) {
    let mut clocks = Clocks::new(now, zones.viewer);
    let mut changes = NextChange::after(now);
    let open = row.todos.iter().filter(|todo| todo.state.is_open());
    let mut todos: Vec<_> = open
        .map(|todo| {
            let step = NextStep::of(todo, zones);
            let judge = clocks.judge(&step, zones);
            note_changes(&mut changes, &step, &judge);
            OpenTodo::of(&step, &judge)
        })
        .collect();
    todos.sort_unstable_by_key(|todo| (todo.overdue_from, todo.todo));
    (todos, changes.get())
}

/// How an open todo is shown by itself.
pub fn open_todo(todo: &TodoRow, zones: &Zones<'_>, now: Timestamp) -> OpenTodo {
    let step = NextStep::of(todo, zones);
    OpenTodo::of(&step, &Clocks::new(now, zones.viewer).judge(&step, zones))
}

impl OpenTodo {
    fn of(step: &NextStep<'_>, judge: &LocalNow) -> Self {
        let class = step.due.map_or(Class::Later, |due| due.class(judge));
        Self { todo: step.todo, class, overdue_from: step.overdue_from }
    }
}

impl<'a> NextStep<'a> {
    fn of(todo: &'a TodoRow, zones: &Zones<'_>) -> Self {
        let &TodoRow { id, due, assignee, contact, .. } = todo;
        let overdue_from = due.map_or(Timestamp::NEVER, |due| due.overdue_from(zones.of(assignee)));
        Self { todo: id, assignee, contact, text: &todo.text, due, overdue_from }
    }
}

fn concerns(row: &CardRow, assignee: Option<UserId>) -> bool {
    assignee.is_none() || row.todos.iter().any(|todo| todo.state.is_open() && todo.assignee == assignee)
}

/// Notes when `next` becomes overdue and when its section ends before that.
fn note_changes(changes: &mut NextChange, next: &NextStep<'_>, judge: &LocalNow) {
    let Some(due) = next.due else { return };
    changes.at(next.overdue_from);
    let (day, today) = (due.day_in(judge.zone), judge.today);
    let week = day.monday();
    // A section can only change at the start of one of these days: each is a condition in `ahead`.
    let borders = [day, day.plus(-1), week, week.plus(-7), day.month_start(), month_before(day)];
    for border in borders {
        if border > today && Section::ahead(day, border) != Section::ahead(day, today) {
            changes.at(judge.zone.start_of(border));
        }
    }
}

/// The first day of the month before that of `day`.
fn month_before(day: Day) -> Day {
    day.month_start().plus(-1).month_start()
}

/// The clocks of the viewer and of the assignees' zones met so far. Zones are few and todos are many, so
/// each clock is computed once.
struct Clocks {
    viewer: LocalNow,
    others: Vec<LocalNow>,
}

impl Clocks {
    fn new(now: Timestamp, viewer: Zone) -> Self {
        Self { viewer: LocalNow::new(now, viewer), others: Vec::new() }
    }

    /// The clock that judges `next`: of a whole day the assignee's, of a minute the viewer's (T4).
    fn judge(&mut self, next: &NextStep<'_>, zones: &Zones<'_>) -> LocalNow {
        match next.due {
            Some(Due::Day(_)) => self.of(zones.of(next.assignee)),
            _ => self.viewer,
        }
    }

    fn of(&mut self, zone: Zone) -> LocalNow {
        let known = std::iter::once(&self.viewer).chain(&self.others).find(|clock| clock.zone == zone);
        known.copied().unwrap_or_else(|| {
            let clock = LocalNow::new(self.viewer.now, zone);
            self.others.push(clock);
            clock
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::due::LocalMinute;
    use crate::value::todo::{Outcome, TodoState};
    use proptest::prelude::*;

    const ANNA: UserId = UserId::from_bytes([1; 16]);
    const LUIS: UserId = UserId::from_bytes([2; 16]);
    const IOANA: UserId = UserId::from_bytes([3; 16]);

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    fn budapest(local: &str) -> Timestamp {
        zone("Europe/Budapest").instant(local.parse().unwrap())
    }

    fn users() -> BTreeMap<UserId, Zone> {
        let zones = [(ANNA, "Europe/Budapest"), (LUIS, "Europe/Lisbon"), (IOANA, "Europe/Bucharest")];
        zones.map(|(user, name)| (user, zone(name))).into()
    }

    fn query(now: Timestamp, users: &BTreeMap<UserId, Zone>) -> ListQuery<'_> {
        let zones = Zones { viewer: zone("Europe/Budapest"), users };
        ListQuery { now, zones, assignee: None, limit: usize::MAX }
    }

    fn card(n: u8) -> DocumentId {
        DocumentId::from_bytes([n; 16])
    }

    fn todo(n: u8, due: Option<&str>, assignee: UserId) -> TodoRow {
        TodoRow {
            id: PartId::from_bytes([n; 6]),
            text: format!("call {n}"),
            due: due.map(|due| due.parse().unwrap()),
            assignee: Some(assignee),
            state: TodoState::OPEN,
            contact: None,
        }
    }

    fn done(todo: TodoRow) -> TodoRow {
        let state = todo.state.close(Outcome::Success, budapest("2026-11-22T09:00:00"), Zone::UTC, ANNA);
        TodoRow { state, ..todo }
    }

    #[test]
    fn a_card_shows_its_open_todos_the_next_step_first_and_each_by_the_clock_that_judges_it() {
        let users = users();
        let zones = Zones { viewer: zone("Europe/Budapest"), users: &users };
        let now = budapest("2026-11-22T23:30:00");
        let todos = vec![
            todo(1, None, ANNA),
            todo(2, Some("2026-11-22"), LUIS),
            todo(3, Some("2026-11-22T23:00[Europe/Budapest]"), ANNA),
            done(todo(4, Some("2026-11-20"), ANNA)),
            todo(5, Some("2026-11-22"), IOANA),
        ];
        let (open, next_change) = open_todos(&row(todos), &zones, now);
        let shown: Vec<_> = open.iter().map(|open| (open.todo.as_bytes()[0], open.class)).collect();
        // In Bucharest the day is over, in Lisbon it is not.
        let expected = [(3, Class::Overdue), (5, Class::Overdue), (2, Class::DueToday), (1, Class::Later)];
        assert_eq!(shown, expected);
        assert_eq!(next_change, Some(zone("Europe/Lisbon").instant("2026-11-23T00:00:00".parse().unwrap())));
    }

    fn row(todos: Vec<TodoRow>) -> CardRow {
        CardRow {
            product: None,
            name: String::new(),
            status: None,
            owner: None,
            trash: Trash::No,
            fields: vec![],
            links: vec![],
            todos,
            last_contact: None,
            conflicts: 0,
            created: None,
        }
    }

    fn due(due: &str) -> CardRow {
        row(vec![todo(1, Some(due), ANNA)])
    }

    fn numbered(rows: &[CardRow]) -> impl Iterator<Item = (DocumentId, &CardRow)> {
        (1..).map(card).zip(rows)
    }

    fn sections(list: &CardList<'_>) -> Vec<(DocumentId, Section)> {
        list.items.iter().map(|item| (item.key.card, item.key.section)).collect()
    }

    #[test]
    fn cards_are_ordered_by_their_next_due_and_separated_by_day_week_and_month() {
        // Sunday, 22 November 2026.
        let rows = [
            row(vec![done(todo(1, Some("2026-11-20"), ANNA))]),
            row(vec![todo(1, None, ANNA)]),
            due("2027-01-01"),
            due("2026-12-31"),
            due("2026-11-30"),
            due("2026-11-29"),
            due("2026-11-23"),
            due("2026-11-22"),
            due("2026-11-22T08:00[Europe/Budapest]"),
            due("2026-11-22T18:00[Europe/Budapest]"),
            due("2026-11-21"),
        ];
        let users = users();
        let seen = list(&query(budapest("2026-11-22T09:00:00"), &users), numbered(&rows));
        use Section::*;
        let expected = [
            (card(11), Overdue),
            (card(9), Overdue),
            (card(10), Today),
            (card(8), Today),
            (card(7), Tomorrow),
            (card(6), NextWeek),
            (card(5), ThisMonth),
            (card(4), NextMonth),
            (card(3), Later),
            (card(2), Later),
            (card(1), NoNextStep),
        ];
        assert_eq!(sections(&seen), expected);
        assert_eq!(seen.sections[&Later], 2);
        assert_eq!(seen.sections.values().sum::<usize>(), rows.len());
        assert_eq!(seen.next_change, Some(budapest("2026-11-22T18:00:00")));
        let wednesday = list(&query(budapest("2026-11-25T09:00:00"), &users), numbered(&rows[5..6]));
        assert_eq!(sections(&wednesday), [(card(1), ThisWeek)]);
        assert!([ThisWeek, NextWeek, ThisMonth, NextMonth, Later].iter().all(|section| section.is_later()));
        assert!(![Overdue, Today, Tomorrow, NoNextStep].iter().any(|section| section.is_later()));
    }

    #[test]
    fn the_colour_is_red_once_past_bold_while_due_today_and_plain_later() {
        let rows =
            [due("2026-11-22T10:00[Europe/Budapest]"), due("2026-11-22"), due("2026-11-23"), row(vec![])];
        let users = users();
        let classes = |local| {
            let seen = list(&query(budapest(local), &users), numbered(&rows));
            seen.items.iter().map(ListItem::class).collect::<Vec<_>>()
        };
        use Class::{DueToday, Later, Overdue};
        assert_eq!(classes("2026-11-22T09:59:59.999"), [DueToday, DueToday, Later, Later]);
        assert_eq!(classes("2026-11-22T10:00:00"), [Overdue, DueToday, Later, Later]);
        assert_eq!(classes("2026-11-23T00:00:00"), [Overdue, Overdue, DueToday, Later]);
    }

    #[test]
    fn ties_are_ordered_by_card_and_a_limit_keeps_the_first() {
        let rows = [due("2026-11-22"), due("2026-11-22"), due("2026-11-22")];
        let users = users();
        let query = ListQuery { limit: 2, ..query(budapest("2026-11-22T09:00:00"), &users) };
        let seen = list(&query, numbered(&rows).collect::<Vec<_>>().into_iter().rev());
        assert_eq!(sections(&seen), [(card(1), Section::Today), (card(2), Section::Today)]);
        assert_eq!(seen.sections, BTreeMap::from([(Section::Today, 3)]));
    }

    #[test]
    fn a_day_is_judged_in_the_zone_of_its_assignee_and_a_minute_in_the_viewers() {
        // 00:30 on the 23rd in Budapest, still 23:30 on the 22nd in Lisbon, 01:30 in Bucharest.
        let day = |assignee| row(vec![TodoRow { assignee, ..todo(1, Some("2026-11-22"), ANNA) }]);
        let stranger = UserId::from_bytes([9; 16]);
        let rows = [
            day(Some(LUIS)),
            day(Some(ANNA)),
            day(Some(IOANA)),
            day(None),
            day(Some(stranger)),
            row(vec![todo(1, Some("2026-11-22T23:45[Europe/Lisbon]"), LUIS)]),
        ];
        let users = users();
        let seen = list(&query(budapest("2026-11-23T00:30:00"), &users), numbered(&rows));
        use Section::{Overdue, Today};
        assert_eq!(
            sections(&seen),
            [
                (card(3), Overdue),
                (card(2), Overdue),
                (card(4), Overdue),
                (card(5), Overdue),
                (card(6), Today),
                (card(1), Today)
            ]
        );
        assert_eq!(seen.next_change, Some(budapest("2026-11-23T00:45:00")));
    }

    #[test]
    fn choosing_a_user_lists_the_cards_where_they_have_an_open_todo_whoever_owns_them() {
        let mut owned = due("2026-11-22");
        owned.owner = Some(LUIS);
        let rows = [
            owned,
            row(vec![todo(1, Some("2026-11-22"), ANNA), todo(2, Some("2026-12-22"), LUIS)]),
            row(vec![todo(1, Some("2026-11-22"), ANNA), done(todo(2, Some("2026-11-22"), LUIS))]),
        ];
        let users = users();
        let of = |assignee| {
            let query = ListQuery { assignee, ..query(budapest("2026-11-22T09:00:00"), &users) };
            list(&query, numbered(&rows)).items.iter().map(|item| item.key.card).collect::<Vec<_>>()
        };
        assert_eq!(of(Some(LUIS)), [card(2)]);
        assert_eq!(of(Some(ANNA)), [card(1), card(2), card(3)]);
        assert_eq!(of(Some(IOANA)), []);
        assert_eq!(of(None).len(), 3);
    }

    #[test]
    fn a_trashed_card_is_in_no_list() {
        let mut rows = [due("2026-11-22"), due("2026-11-22")];
        (rows[0].trash, rows[1].trash) = (Trash::Trashed, Trash::Review);
        let users = users();
        let seen = list(&query(budapest("2026-11-22T09:00:00"), &users), numbered(&rows));
        assert_eq!((seen.items.len(), seen.sections.len(), seen.next_change), (0, 0, None));
    }

    #[test]
    fn the_next_step_tells_who_with_whom_what_and_when() {
        let mut visit = todo(5, Some("2026-11-23T09:00[Europe/Lisbon]"), LUIS);
        visit.contact = Some(card(7));
        let row = row(vec![
            todo(1, None, ANNA),
            done(todo(2, Some("2026-11-20"), ANNA)),
            todo(3, Some("2026-11-23"), ANNA),
            visit.clone(),
        ]);
        let users = users();
        let zones = Zones { viewer: Zone::UTC, users: &users };
        let next = next_step(&row, &zones).unwrap();
        assert_eq!(
            next,
            NextStep {
                todo: visit.id,
                assignee: Some(LUIS),
                contact: Some(card(7)),
                text: "call 5",
                due: visit.due,
                overdue_from: budapest("2026-11-23T10:00:00"),
            }
        );
        assert_eq!(next_step(&self::row(vec![]), &zones), None);
    }

    #[test]
    fn of_todos_overdue_from_one_instant_the_smallest_id_comes_first() {
        let row = row(vec![todo(4, Some("2026-11-22"), ANNA), todo(3, Some("2026-11-22"), ANNA)]);
        let users = users();
        let next = next_step(&row, &query(Timestamp::default(), &users).zones).unwrap();
        assert_eq!(next.todo, PartId::from_bytes([3; 6]));
    }

    const START: i64 = 1_774_569_600_000; // 2026-03-27T00:00Z, before the clocks change on the 29th
    const HOUR: i64 = 3_600_000;

    fn any_todo() -> impl Strategy<Value = TodoRow> {
        let due =
            (0..2_000_i64, any::<bool>(), prop::sample::select(vec!["Europe/Lisbon", "Europe/Bucharest"]))
                .prop_map(|(hours, timed, name)| {
                    let local = zone(name).local(Timestamp::from_millis(START + hours * HOUR));
                    match timed {
                        true => Due::At { local: LocalMinute::of(local).unwrap(), zone: zone(name) },
                        false => Due::Day(Day::try_from(local.date()).unwrap()),
                    }
                });
        let assignee = prop::sample::select(vec![None, Some(ANNA), Some(LUIS), Some(IOANA)]);
        (any::<[u8; 6]>(), prop::option::weighted(0.9, due), assignee, any::<bool>()).prop_map(
            |(id, due, assignee, open)| {
                let todo = TodoRow { id: PartId::from_bytes(id), due, assignee, ..todo(1, None, ANNA) };
                if open { todo } else { done(todo) }
            },
        )
    }

    fn any_rows() -> impl Strategy<Value = Vec<CardRow>> {
        prop::collection::vec(prop::collection::vec(any_todo(), 0..4).prop_map(row), 0..6)
    }

    proptest! {
        #[test]
        fn nothing_changes_before_the_next_change_and_something_changes_at_it(
            rows in any_rows(),
            now in 0..2_200_i64,
            viewer in prop::sample::select(vec!["Europe/Lisbon", "Europe/Budapest", "Pacific/Auckland"]),
        ) {
            let users = users();
            let zones = Zones { viewer: zone(viewer), users: &users };
            let now = Timestamp::from_millis(START + now * HOUR);
            let at = |now| list(&ListQuery { now, zones, ..query(now, &users) }, numbered(&rows));
            let next = at(now).next_change;
            let until = next.map_or(START + 2_400 * HOUR, Timestamp::millis);
            prop_assert!(until > now.millis());
            let hours = (now.millis() / HOUR + 1..=until / HOUR).map(|hour| hour * HOUR);
            for millis in hours.chain([until - 1]).filter(|millis| *millis < until) {
                prop_assert_eq!(at(Timestamp::from_millis(millis)).items, at(now).items);
            }
            if let Some(next) = next {
                prop_assert_ne!(sections(&at(next)), sections(&at(now)));
            }
        }

        #[test]
        fn in_one_zone_cards_with_a_due_follow_in_the_order_of_their_overdue_instants(
            rows in any_rows(),
            now in 0..2_200_i64,
        ) {
            let now = Timestamp::from_millis(START + now * HOUR);
            let seen = list(&query(now, &BTreeMap::new()), numbered(&rows));
            prop_assert_eq!(seen.items.len(), rows.len());
            let keys: Vec<_> = seen.items.iter().map(|item| (item.key.overdue_from, item.next.is_none(), item.key.card)).collect();
            prop_assert!(keys.is_sorted(), "{keys:?}");
            for item in &seen.items {
                let passed = item.key.overdue_from <= now;
                prop_assert_eq!(item.class() == Class::Overdue, passed);
                prop_assert_eq!(item.key.section == Section::NoNextStep, item.next.is_none());
            }
        }
    }
}
