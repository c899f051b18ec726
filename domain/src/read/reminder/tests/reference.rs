//! The rules once more, in the plainest way: every instant of every todo, no order kept, nothing remembered.

use std::collections::BTreeMap;

use super::*;
use crate::value::clock::Quiet;
use crate::value::time::Day;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// What is known of a plan: each notice by key, instant, way of telling, and what it tells of.
pub(super) type Told = Vec<(Timestamp, ReminderKey, NoticeKind, Vec<(ReminderKey, bool)>)>;

pub(super) struct World<'a> {
    pub(super) zone: Zone,
    pub(super) preferences: &'a Preferences,
    pub(super) todos: &'a [Subject],
}

/// The notices of a plan and through when it goes, as [`Planner::plan`] is to say.
pub(super) fn plan(world: &World<'_>, ask: &Ask<'_>) -> (Told, Option<Timestamp>) {
    let mut minutes: BTreeMap<i64, Vec<Ringing>> = BTreeMap::new();
    for ringing in world.todos.iter().flat_map(|todo| ringing(world, todo, ask)) {
        minutes.entry(ringing.at.millis().div_euclid(MINUTE)).or_default().push(ringing);
    }
    let minutes: Vec<Told> = minutes.into_values().map(gathered).collect();
    let all: usize = minutes.iter().map(Vec::len).sum();
    if all <= ask.limit {
        return (minutes.concat(), None);
    }
    if ask.limit == 0 {
        return (Vec::new(), Some(ask.now));
    }
    let mut fit: Told = Vec::new();
    for minute in minutes {
        if fit.len() + minute.len() >= ask.limit {
            let through = minute[0].0;
            fit.push((through, ReminderKey::gathered("open", ME, through), NoticeKind::OpenApp, Vec::new()));
            return (fit, Some(through));
        }
        fit.extend(minute);
    }
    unreachable!("not all fit")
}

/// What a plan says, in the words of the reference.
pub(super) fn told(plan: &ReminderPlan) -> Told {
    let keys = |notice: &Notice| {
        let mut keys: Vec<_> =
            notice.reminders.iter().map(|one| (ReminderKey::of(one), one.urgent)).collect();
        keys.sort_unstable();
        keys
    };
    plan.notices.iter().map(|notice| (notice.at, notice.key, notice.kind, keys(notice))).collect()
}

fn ringing(world: &World<'_>, todo: &Subject, ask: &Ask<'_>) -> Vec<Ringing> {
    if !todo.is_open || todo.trash != Trash::No {
        return Vec::new();
    }
    let mut found = Vec::new();
    for kind in [ReminderKind::Due, ReminderKind::New, ReminderKind::Overdue] {
        let mine = todo.assignee == Some(ME);
        let owned = todo.owner == Some(ME) && !mine;
        if !(if kind == ReminderKind::Overdue { owned } else { mine }) {
            continue;
        }
        let set = world.preferences.channels(kind);
        let channels = if mine { todo.channels.clone().unwrap_or(set) } else { set };
        if !channels.has(ask.channel) {
            continue;
        }
        let urgent = todo.urgent && kind != ReminderKind::Overdue;
        let all = nominals(world, todo, kind);
        for nominal in &all {
            let quiet = |at| if urgent { at } else { end_of_quiet(world, at) };
            let fire = quiet(*nominal);
            let at = if fire > ask.now { fire } else { quiet(ask.now) };
            if fire.millis() <= at.millis() - DAY {
                continue;
            }
            let is_held = at > if fire > ask.now { *nominal } else { ask.now };
            let known = if kind == ReminderKind::New { todo.arrival.unwrap().made } else { *nominal };
            let reminder = Reminder { card: todo.card, todo: todo.todo, kind, nominal: known, urgent };
            let is_done = nominal.millis() <= ask.now.millis() + 10 * MINUTE
                && (ask.is_done)(&ReminderKey::of(&reminder));
            let is_overtaken = all.iter().any(|later| later > nominal && *later <= at);
            if !is_overtaken && !is_done {
                found.push(Ringing { at, is_held, reminder });
            }
        }
    }
    found
}

fn nominals(world: &World<'_>, todo: &Subject, kind: ReminderKind) -> Vec<Timestamp> {
    let me = world.zone;
    let on = |day: Day| me.instant(world.preferences.day_at.on(day).naive());
    let plus = |at: Timestamp, minutes: i64| Timestamp::from_millis(at.millis() + minutes * MINUTE);
    let mut all = Vec::new();
    match kind {
        ReminderKind::Due => {
            let leads = todo.leads.unwrap_or(world.preferences.leads(kind));
            for lead in leads.minutes() {
                let days = -i32::try_from(lead / 1_440).unwrap();
                all.extend(todo.due.map(|due| match due {
                    Due::Day(day) => on(day.plus(days)),
                    Due::At { local, zone } if lead.is_multiple_of(1_440) => {
                        zone.or(me).instant(local.on(local.day().plus(days)).naive())
                    }
                    Due::At { .. } => plus(due.overdue_from(me), -i64::from(*lead)),
                }));
            }
            if let Some(snooze) = todo.snoozed_until {
                let until = match snooze {
                    Due::Day(day) => on(day),
                    Due::At { .. } => snooze.overdue_from(me),
                };
                all.retain(|at| *at >= until);
                all.push(until);
            }
        }
        ReminderKind::New => all.extend(todo.arrival.map(|arrival| arrival.received)),
        ReminderKind::Overdue => {
            for lead in world.preferences.leads(kind).minutes() {
                let Some(due) = todo.due else { continue };
                let from = plus(due.overdue_from(todo.assignee_zone), i64::from(*lead));
                all.push(match due {
                    Due::At { .. } => from,
                    Due::Day(_) => {
                        let day = me.day_of(from).plus(-2);
                        (0..6).map(|days| on(day.plus(days))).find(|at| *at >= from).unwrap()
                    }
                });
            }
        }
        ReminderKind::Other(_) => {}
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn end_of_quiet(world: &World<'_>, at: Timestamp) -> Timestamp {
    let Some(quiet) = world.preferences.quiet else { return at };
    let instant = |local: crate::value::due::LocalMinute| world.zone.instant(local.naive());
    let is_in = |quiet: Quiet, day: Day, at: Timestamp| {
        let (start, end) = quiet.beginning(day);
        (instant(start)..instant(end)).contains(&at).then(|| instant(end))
    };
    let today = world.zone.day_of(at);
    let end = (-2..=2).find_map(|days| is_in(quiet, today.plus(days), at));
    end.map_or(at, |end| end_of_quiet(world, end))
}

fn gathered(minute: Vec<Ringing>) -> Told {
    let urgent: Vec<_> = minute.iter().filter(|one| one.reminder.urgent).copied().collect();
    let others: Vec<_> = minute.iter().filter(|one| !one.reminder.urgent).copied().collect();
    let held = others.iter().filter(|one| one.is_held).count();
    let mut told = Told::new();
    for (many, word) in [(urgent, "urgent"), (others, if held > 1 { "digest" } else { "several" })] {
        if many.len() > 5 || (word == "digest" && !many.is_empty()) {
            let at = many.iter().map(|one| one.at).max().unwrap();
            let kind = if word == "digest" { NoticeKind::Digest } else { NoticeKind::Several };
            let mut keys: Vec<_> =
                many.iter().map(|one| (ReminderKey::of(&one.reminder), one.reminder.urgent)).collect();
            keys.sort_unstable();
            told.push((at, ReminderKey::gathered(word, ME, at), kind, keys));
        } else {
            told.extend(many.iter().map(|one| {
                let key = ReminderKey::of(&one.reminder);
                (one.at, key, NoticeKind::One, vec![(key, one.reminder.urgent)])
            }));
        }
    }
    told.sort_by_key(|(at, key, ..)| (*at, *key));
    told
}
