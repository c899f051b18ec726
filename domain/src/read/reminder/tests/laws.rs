//! What holds for all todos, preferences and times.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::reference::{self, World};
use super::*;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// 2026-10-23T00:00Z, two days before clocks are turned back in Europe.
const START: i64 = 1_792_713_600_000;

proptest! {
    #[test]
    fn a_plan_is_what_the_rules_say_in_the_plainest_way(world in any_world(), now in any_now(), limit in 0..12_usize) {
        let planner = world.planner();
        for limit in [limit, 1_000] {
            let ask = ask(now, limit);
            let plan = planner.plan(&ask);
            let (told, through) = reference::plan(&world.reference(), &ask);
            prop_assert_eq!(reference::told(&plan), told);
            prop_assert_eq!(plan.through, through);
        }
    }

    #[test]
    fn whoever_is_told_of_each_edit_plans_as_who_reads_all_anew(
        world in any_world(),
        edits in prop::collection::vec((0..9_u8, any_todo()), 0..60),
        now in any_now(),
    ) {
        let mut planner = world.planner();
        let mut cards: BTreeMap<_, Vec<Subject>> = BTreeMap::new();
        for todo in &world.todos {
            cards.entry(todo.card).or_default().push(todo.clone());
        }
        for (place, edited) in edits {
            let card = cards.entry(edited.card).or_default();
            match card.iter().position(|known| known.todo == edited.todo) {
                Some(known) => card[known] = edited.clone(),
                // Todos go, too: their card may leave.
                None if place % 3 == 0 => card.clear(),
                None => card.push(edited.clone()),
            }
            planner.replace(edited.card, card.clone());
        }
        let all = cards.into_values().flatten();
        let anew = self::planner(world.zone, world.preferences.clone(), all.collect::<Vec<_>>().into_iter().rev());
        for limit in [5, 1_000] {
            prop_assert_eq!(planner.plan(&ask(now, limit)), anew.plan(&ask(now, limit)));
        }
    }

    #[test]
    fn nothing_rings_in_quiet_hours_but_what_is_urgent_and_a_digest_once_at_their_end(
        world in any_world(),
        now in any_now(),
    ) {
        let plan = world.planner().plan(&ask(now, 1_000));
        let (quiet, zone) = (world.preferences.quiet, world.zone);
        let mut ends = BTreeSet::new();
        for notice in &plan.notices {
            prop_assert!(notice.urgent || deferred(notice.at, quiet, zone) == notice.at, "{:?}", notice);
            prop_assert!(notice.reminders.iter().all(|one| one.urgent == notice.urgent));
            prop_assert!(notice.kind != NoticeKind::Digest || ends.insert(notice.at), "{:?}", notice);
        }
    }

    #[test]
    fn no_reminder_is_in_a_plan_twice_and_no_more_than_five_of_a_sort_ring_in_a_minute(
        world in any_world(),
        now in any_now(),
    ) {
        let plan = world.planner().plan(&ask(now, 1_000));
        let keys: Vec<_> = plan.notices.iter().map(|notice| notice.key).collect();
        let reminders: Vec<_> = reminders(&plan);
        prop_assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        prop_assert_eq!(reminders.iter().collect::<BTreeSet<_>>().len(), reminders.len());
        let mut minutes: BTreeMap<_, usize> = BTreeMap::new();
        for notice in &plan.notices {
            *minutes.entry((notice.at.millis().div_euclid(MINUTE), notice.urgent)).or_default() += 1;
        }
        prop_assert!(minutes.values().all(|many| *many <= MOST_IN_A_MINUTE));
    }

    #[test]
    fn a_plan_of_less_is_the_beginning_of_a_plan_of_more(
        world in any_world(),
        now in any_now(),
        limit in 1..20_usize,
        more in 1..20_usize,
    ) {
        let planner = world.planner();
        let (less, more) = (planner.plan(&ask(now, limit)), planner.plan(&ask(now, limit + more)));
        prop_assert!(less.notices.len() <= limit);
        let kept = less.notices.iter().take_while(|notice| notice.kind != NoticeKind::OpenApp).count();
        prop_assert_eq!(&less.notices[..kept], &more.notices[..kept]);
        if let Some(through) = less.through {
            let [open] = &less.notices[kept..] else { panic!("one in the last place") };
            prop_assert_eq!((open.at, open.kind), (through, NoticeKind::OpenApp));
            prop_assert!(less.notices[..kept].iter().all(|notice| notice.at < through));
            prop_assert_eq!(more.notices[kept].at, through);
        }
    }

    #[test]
    fn whenever_a_phone_plans_again_each_reminder_rings_once_and_in_its_time(
        world in any_world(),
        now in any_now(),
        waits in prop::collection::vec(1..40_i64, 1..12),
        // No minute has more notices than five urgent ones and five others, so one always fits.
        limit in 12..60_usize,
    ) {
        let planner = world.planner();
        let all = planner.plan(&ask(now, 1_000));
        let mut shown: BTreeMap<ReminderKey, Timestamp> = BTreeMap::new();
        let mut now = now;
        for halves in waits.into_iter().chain([2_000]) {
            let until = Timestamp::from_millis(now.millis() + halves * HOUR / 2);
            // The phone rings what was set, and plans again when the last place asks for it, and at the end.
            let mut planned = Some(now);
            while let Some(at) = planned.filter(|at| *at <= until) {
                let is_done = |key: &ReminderKey| shown.contains_key(key);
                let plan = planner.plan(&Ask { is_done: &is_done, ..ask(at, limit) });
                for notice in plan.notices.iter().filter(|notice| notice.at <= until) {
                    for one in &notice.reminders {
                        prop_assert_eq!(shown.insert(ReminderKey::of(one), notice.at), None, "twice: {:?}", one);
                    }
                }
                planned = plan.through;
            }
            now = until;
        }
        let expected: BTreeMap<_, _> = all.notices.iter().flat_map(|notice| {
            notice.reminders.iter().map(|one| (ReminderKey::of(one), notice.at))
        }).collect();
        prop_assert_eq!(shown, expected);
    }

    #[test]
    fn before_the_next_change_the_plan_stays_as_it_is(world in any_world(), now in any_now()) {
        let planner = world.planner();
        let plan = planner.plan(&ask(now, 8));
        let is_waiting = |notice: &Notice| notice.at > now;
        if let Some(next) = plan.next_change && plan.notices.iter().all(is_waiting) {
            prop_assert!(next > now);
            // At the next change itself what was missed may be too old.
            for at in [now.millis().midpoint(next.millis()), next.millis() - 1] {
                prop_assert_eq!(&planner.plan(&ask(Timestamp::from_millis(at), 8)), &plan);
            }
        }
    }

    #[test]
    fn a_snooze_lets_nothing_ring_earlier_and_quiet_hours_make_no_other_reminders(
        world in any_world(),
        until in any_due(true),
    ) {
        let now = Timestamp::from_millis(START - 90 * 24 * HOUR);
        let first = |world: &AnyWorld| world.planner().plan(&ask(now, 1_000)).notices.first().map(|notice| notice.at);
        let awake = AnyWorld { todos: world.todos.iter().map(|todo| Subject { snoozed_until: None, ..todo.clone() }).collect(), ..world.clone() };
        let with_due = |todo: &&Subject| todo.due.is_some() && todo.leads.is_none_or(|leads| !leads.minutes().is_empty());
        for todo in awake.todos.iter().filter(with_due) {
            let one = |snoozed_until| AnyWorld { todos: vec![Subject { snoozed_until, arrival: None, ..todo.clone() }], ..world.clone() };
            let (snoozed, awake) = (one(Some(until)), one(None));
            let until = until.overdue_from(world.zone);
            if let (Some(snoozed), Some(awake)) = (first(&snoozed), first(&awake)) {
                prop_assert!(snoozed >= awake.min(until), "{:?}", todo);
            }
        }
        let mut loud = world.clone();
        loud.preferences.set(Preference::Quiet(None));
        let (with, without) = [&world, &loud].map(|world| reminders(&world.planner().plan(&ask(now, 1_000)))).into();
        let without: BTreeSet<_> = without.into_iter().collect();
        prop_assert!(with.iter().all(|key| without.contains(key)));
    }
}

fn reminders(plan: &ReminderPlan) -> Vec<ReminderKey> {
    plan.notices.iter().flat_map(|notice| &notice.reminders).map(ReminderKey::of).collect()
}

#[derive(Debug, Clone)]
struct AnyWorld {
    zone: Zone,
    preferences: Preferences,
    todos: Vec<Subject>,
}

impl AnyWorld {
    fn planner(&self) -> Planner {
        planner(self.zone, self.preferences.clone(), self.todos.iter().cloned())
    }

    fn reference(&self) -> World<'_> {
        World { zone: self.zone, preferences: &self.preferences, todos: &self.todos }
    }
}

fn any_world() -> impl Strategy<Value = AnyWorld> {
    let zones =
        prop::sample::select(vec!["Europe/Budapest", "Europe/Lisbon", "America/Havana", "Pacific/Apia"]);
    (zones, any_preferences(), prop::collection::vec(any_todo(), 0..40)).prop_map(
        |(name, preferences, todos)| {
            let mut ids = BTreeSet::new();
            let todos = todos.into_iter().filter(|todo| ids.insert((todo.card, todo.todo)));
            AnyWorld { zone: zone(name), preferences, todos: todos.collect() }
        },
    )
}

fn any_preferences() -> impl Strategy<Value = Preferences> {
    let quiet =
        prop::sample::select(vec!["none", "22:00-07:00", "09:00-09:30", "01:30-02:30", "08:00-07:30"]);
    let leads = prop::sample::select(vec!["none", "0", "0,60,1440", "30,120"]);
    let day_at = prop::sample::select(vec!["09:00", "02:30", "00:00"]);
    (quiet, leads.clone(), leads, day_at).prop_map(|(quiet, due, overdue, day_at)| {
        preferences(&[
            ("reminder/quiet", quiet),
            ("reminder/due/leads", due),
            ("reminder/overdue/leads", overdue),
            ("reminder/day_at", day_at),
        ])
    })
}

fn any_todo() -> impl Strategy<Value = Subject> {
    let user = prop::sample::select(vec![Some(ME), Some(ME), Some(ME), Some(OTHER), None]);
    let leads =
        prop::option::weighted(0.3, prop::sample::select(vec!["none", "0", "0,60", "5,30,1440,2880"]));
    let channels =
        prop::option::weighted(0.1, prop::sample::select(vec!["none", "browser", "browser,device"]));
    let arrival = prop::option::weighted(0.2, (0..96_i64, 0..96_i64)).prop_map(|arrival| {
        let at = |hours| Timestamp::from_millis(START + hours * HOUR);
        arrival.map(|(made, received)| Arrival { made: at(made), received: at(received) })
    });
    (
        (0..12_u16, 0..6_u8, user.clone(), user),
        (prop::option::weighted(0.9, any_due(false)), prop::option::weighted(0.2, any_due(false))),
        (leads, channels, arrival),
        (prop::bool::weighted(0.2), prop::bool::weighted(0.9), prop::bool::weighted(0.95)),
        prop::sample::select(vec!["Europe/Lisbon", "Europe/Bucharest"]),
    )
        .prop_map(|(ids, dues, ways, is, assignee_zone)| Subject {
            todo: PartId::from_bytes([ids.1; 6]),
            assignee: ids.2,
            owner: ids.3,
            assignee_zone: zone(assignee_zone),
            due: dues.0,
            snoozed_until: dues.1,
            leads: ways.0.map(|text| text.parse().unwrap()),
            channels: ways.1.map(|text| text.parse().unwrap()),
            arrival: ways.2,
            urgent: is.0,
            is_open: is.1,
            trash: if is.2 { Trash::No } else { Trash::Trashed },
            ..todo(ids.0, "")
        })
}

/// Days, unless all are to be minutes, and half hours around the turn of the clocks, so that many meet in one minute.
fn any_due(is_timed: bool) -> impl Strategy<Value = Due> {
    let zones = prop::sample::select(vec!["Europe/Budapest", "Europe/Lisbon", "UTC", "Europe/Newtown"]);
    (0..200_i64, prop::bool::weighted(0.7), zones).prop_map(move |(halves, timed, name)| {
        let local = Zone::UTC.local(Timestamp::from_millis(START + halves * HOUR / 2));
        let local = crate::value::due::LocalMinute::of(local).unwrap();
        if timed || is_timed {
            Due::At { local, zone: Zone::read(name).unwrap() }
        } else {
            Due::Day(local.day())
        }
    })
}

fn any_now() -> impl Strategy<Value = Timestamp> {
    (-48..220_i64, prop::sample::select(vec![0, 1, 15 * MINUTE, 30 * MINUTE - 1]))
        .prop_map(|(halves, more)| Timestamp::from_millis(START + halves * HOUR / 2 + more))
}
