//! A plan: what a phone sets, from alarms that go by in order.

use super::alarm::Alarm;
use super::gather::{Notice, Ringing, gather};
use super::key::ReminderKey;
use super::quiet::QuietHours;
use super::recipient::Recipient;
use crate::value::channels::Channel;
use crate::value::id::UserId;
use crate::value::time::{NextChange, Timestamp};

/// What a plan is asked for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The instant for which it is made.
    pub now: Timestamp,
    /// How many notices it may hold, with the one that asks to open the app.
    pub limit: usize,
    /// Where they ring.
    pub channel: Channel,
    /// Whether a reminder has been shown already. It is asked of what is past or about to come.
    pub is_done: &'a dyn Fn(&ReminderKey) -> bool,
}

/// What is to ring, the soonest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderPlan {
    /// By instant, then by key.
    pub notices: Vec<Notice>,
    /// Until when, itself excluded, all that is to ring is in the plan; `None`: there is no more.
    pub through: Option<Timestamp>,
    /// When the next of them rings, after which another plan is due.
    pub next_change: Option<Timestamp>,
}

/// How long after its instant a reminder is still rung by somebody who was off.
const MISSED: i64 = 24 * 60 * 60_000;

/// By how much another clock may be ahead: what it has shown already is asked for.
const AHEAD: i64 = 10 * 60_000;

/// One pass over alarms in the order of their instants.
pub(super) struct Pass<'a> {
    user: UserId,
    ask: Ask<'a>,
    quiet: QuietHours,
    /// When something rings that is past.
    now: Timestamp,
    /// What rings in minutes to which more may come, ascending. There are hardly ever three of them: the present one, the
    /// end of the quiet hours, and that of now.
    minutes: Vec<(i64, Vec<Ringing>)>,
    notices: Vec<Notice>,
    /// The first minute that leaves no place for the notice that asks to open the app.
    beyond: Option<Beyond>,
    next: NextChange,
}

#[derive(Clone, Copy)]
struct Beyond {
    /// How many notices come before it.
    kept: usize,
    at: Timestamp,
    urgent: bool,
}

impl<'a> Pass<'a> {
    pub(super) fn new(recipient: &Recipient, ask: &Ask<'a>) -> Self {
        let mut quiet = QuietHours::new(recipient.preferences.quiet, recipient.zone);
        let now = quiet.deferred(ask.now);
        Self {
            user: recipient.me,
            ask: *ask,
            quiet,
            now,
            minutes: Vec::new(),
            notices: Vec::new(),
            beyond: None,
            next: NextChange::after(ask.now),
        }
    }

    /// The instant up to which nothing rings any more.
    pub(super) fn oldest(now: Timestamp) -> Timestamp {
        // No quiet hours last two days, also where a day comes twice.
        Timestamp::from_millis(now.millis().saturating_sub(3 * MISSED))
    }

    /// Takes an alarm's instant, none of which may be before the one taken last. Returns whether more are needed.
    pub(super) fn take(&mut self, alarm: &Alarm, nominal: Timestamp) -> bool {
        self.close_before(minute(nominal));
        if self.is_full() {
            return false;
        }
        if let Some(ringing) = self.ringing(alarm, nominal) {
            self.add(ringing);
        }
        true
    }

    /// The plan, once there are no more alarms or none are needed.
    pub(super) fn finish(mut self) -> ReminderPlan {
        self.close_before(i64::MAX);
        let is_full = self.is_full();
        let Some(beyond) = self.beyond.filter(|_| is_full) else {
            return ReminderPlan { notices: self.notices, through: None, next_change: self.next.get() };
        };
        self.notices.truncate(beyond.kept);
        let through = if self.ask.limit == 0 { self.ask.now } else { beyond.at };
        if self.ask.limit > 0 {
            self.notices.push(Notice::open_app(self.user, through, beyond.urgent));
        }
        ReminderPlan { notices: self.notices, through: Some(through), next_change: self.next.get() }
    }

    /// When the reminder of an alarm's instant rings, if it does.
    fn ringing(&mut self, alarm: &Alarm, nominal: Timestamp) -> Option<Ringing> {
        if !alarm.reaches(self.ask.channel) {
            return None;
        }
        let fire = if alarm.urgent { nominal } else { self.quiet.deferred(nominal) };
        // What was missed rings now, or when quiet hours end that it is now.
        let missed = if alarm.urgent { self.ask.now } else { self.now };
        let (at, is_held) =
            if fire > self.ask.now { (fire, fire > nominal) } else { (missed, missed > self.ask.now) };
        if fire.millis().saturating_add(MISSED) <= at.millis() {
            return None;
        }
        if alarm.is_overtaken(nominal, at) {
            return None;
        }
        let reminder = alarm.reminder(nominal);
        let may_be_done = nominal.millis() <= self.ask.now.millis().saturating_add(AHEAD);
        let is_done = may_be_done && (self.ask.is_done)(&ReminderKey::of(&reminder));
        (!is_done).then_some(Ringing { at, is_held, reminder })
    }

    fn add(&mut self, ringing: Ringing) {
        let at = minute(ringing.at);
        let place = self.minutes.partition_point(|(known, _)| *known < at);
        match self.minutes.get_mut(place).filter(|(known, _)| *known == at) {
            Some((_, minute)) => minute.push(ringing),
            None => self.minutes.insert(place, (at, vec![ringing])),
        }
    }

    /// Makes notices of the minutes before this one: nothing more can come to them.
    fn close_before(&mut self, minute: i64) {
        while !self.is_full() && self.minutes.first().is_some_and(|(known, _)| *known < minute) {
            let (_, ringing) = self.minutes.remove(0);
            let notices = gather(self.user, ringing);
            notices.iter().for_each(|notice| self.next.at(notice.at));
            let kept = self.notices.len();
            if let Some(first) = notices.first().filter(|_| kept + notices.len() >= self.ask.limit) {
                self.beyond.get_or_insert(Beyond { kept, at: first.at, urgent: first.urgent });
            }
            self.notices.extend(notices);
        }
    }

    fn is_full(&self) -> bool {
        self.notices.len() > self.ask.limit
    }
}

fn minute(at: Timestamp) -> i64 {
    at.millis().div_euclid(60_000)
}
