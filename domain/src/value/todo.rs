//! A todo's state: open or closed, how and by whom, also if several users changed it at the same time
//! (F47, F52, C11, C13).

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use crate::value::id::{IdError, UserId};
use crate::value::open_word::{NameError, open_word};
use crate::value::text_form::text_form;
use crate::value::time::{Day, Timestamp, UnknownZone, Zone, number};
use chrono::{NaiveDateTime, NaiveTime, Timelike};

open_word! {
    /// How a todo was closed, the weakest first (F52).
    ///
    /// Later versions may add outcomes. Every version ranks the added ones below these, by name, so that all
    /// versions show the same closing.
    view Outcome {
        /// Closed without saying how it went.
        None = "none";
        /// It was tried and failed.
        Failed = "failed";
        /// It was done.
        Success = "success";
    }
}

/// Whether a todo is open or closed, in which of its open periods, and how it was closed.
///
/// It is one register with one canonical text, because its parts change together: `open#n` or
/// `closed#n;outcome;local time;zone;by`, as in
/// `closed#1;success;2026-11-22T09:00:05;Europe/Budapest;0193…`. A todo begins as `open#1`, its
/// default; every reopening begins the next period (C11).
///
/// States are ordered by strength: of concurrent ones the greatest counts (see [`merge`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TodoState {
    period: NonZeroU32,
    closing: Option<Closing>,
}

impl TodoState {
    /// The state of a new todo: `open#1`.
    pub const OPEN: TodoState = TodoState { period: NonZeroU32::MIN, closing: None };

    /// The state of a todo that is open in this period.
    pub const fn open_in(period: NonZeroU32) -> Self {
        Self { period, closing: None }
    }

    /// Whether it is still to be done.
    pub const fn is_open(&self) -> bool {
        self.closing.is_none()
    }

    /// Whether this build knows all of it. Another build may have written an outcome or a zone that this
    /// one does not know; the state still tells who closed the todo and when.
    pub fn is_known(&self) -> bool {
        match &self.closing {
            None => true,
            Some(closing) => closing.outcome.is_known() && closing.zone.is_known(),
        }
    }

    /// Which open period this is, or which one the closing ended: 1, 2, ...
    pub const fn period(&self) -> NonZeroU32 {
        self.period
    }

    /// How it was closed, if it is.
    pub const fn closing(&self) -> Option<&Closing> {
        self.closing.as_ref()
    }

    /// The day it was closed, on the calendar of the user who closed it, in their zone then (T11).
    pub fn closed_on(&self) -> Option<Day> {
        Day::try_from(self.closing?.local.date()).ok()
    }

    /// This todo closed at `now` by `by`, whose profile zone is `zone`.
    ///
    /// A closed todo stays as it is: the first closing counts.
    #[must_use]
    pub fn close(&self, outcome: Outcome, now: Timestamp, zone: Zone, by: UserId) -> Self {
        let closing = self.closing.unwrap_or_else(|| Closing::new(outcome, now, zone, by));
        Self { closing: Some(closing), ..*self }
    }

    /// This todo reopened: the next open period begins (C11). The greatest number stays the last. An open
    /// todo stays as it is.
    #[must_use]
    pub fn reopen(&self) -> Self {
        let period = if self.is_open() { self.period } else { self.period.saturating_add(1) };
        Self { period, closing: None }
    }
}

impl Default for TodoState {
    fn default() -> Self {
        Self::OPEN
    }
}

/// Who closed a todo, when and how.
///
/// Ordered by strength: Success beats Failed beats None, then the earlier instant, then the smaller
/// canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Closing {
    outcome: Outcome,
    local: NaiveDateTime,
    zone: Zone,
    by: UserId,
}

impl Closing {
    fn new(outcome: Outcome, now: Timestamp, zone: Zone, by: UserId) -> Self {
        let local = zone.local(now.clamped());
        // To the second, like the text form: a closing must equal what is read back.
        Self { outcome, local: local.with_nanosecond(0).unwrap_or(local), zone, by }
    }

    /// How it was closed.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What the clock of the user who closed it showed, to the second.
    pub const fn local(&self) -> NaiveDateTime {
        self.local
    }

    /// The profile zone of the user who closed it, at that time.
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// Who closed it.
    pub const fn by(&self) -> UserId {
        self.by
    }

    /// When it was closed. If the clocks showed that time twice, the first one (T6).
    pub fn at(&self) -> Timestamp {
        self.zone.instant(self.local)
    }
}

impl PartialOrd for Closing {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Closing {
    fn cmp(&self, other: &Self) -> Ordering {
        self.outcome.cmp(&other.outcome).then_with(|| other.at().cmp(&self.at())).then_with(|| {
            // Only a tie needs the texts, so they are not made for every comparison.
            if self == other { Ordering::Equal } else { other.to_string().cmp(&self.to_string()) }
        })
    }
}

/// The outcome of concurrent states of one todo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedState {
    /// The state that counts.
    pub winner: TodoState,
    /// The closings of the winner's period, the strongest first: everybody who closed it (C13). Empty
    /// while it is open.
    pub closers: Vec<Closing>,
}

impl MergedState {
    /// The two results as one: the same as [`merge`] of all states behind them.
    #[must_use]
    pub fn join(self, other: MergedState) -> MergedState {
        let (mut strong, weak) = if self.winner >= other.winner { (self, other) } else { (other, self) };
        if strong.winner.period == weak.winner.period {
            strong.closers.extend(weak.closers);
            strong.closers.sort_unstable_by(|one, other| other.cmp(one));
            strong.closers.dedup();
        }
        strong
    }
}

impl From<TodoState> for MergedState {
    fn from(winner: TodoState) -> Self {
        Self { winner, closers: winner.closing.into_iter().collect() }
    }
}

/// Resolves the concurrent values of a todo's state, whatever their order and number.
///
/// The higher period wins, so a reopening beats the closing that it saw. Within one period closed beats
/// open, so a close beats a postponement (C13). Among closings the order of [`Closing`] decides. No value
/// at all is the `open#1` of a new todo, which every other state beats.
pub fn merge(values: impl IntoIterator<Item = TodoState>) -> MergedState {
    values.into_iter().map(MergedState::from).fold(TodoState::OPEN.into(), MergedState::join)
}

/// Text that is not a todo's state in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TodoStateError {
    /// It is neither `open#n` nor `closed#n;outcome;local time;zone;by`.
    #[error("neither open#n nor closed#n;outcome;local time;zone;by")]
    Form,
    /// Its open period is not a number from 1 to 2^32 - 1 without leading zeros.
    #[error("not the number of an open period")]
    Period,
    /// Its outcome cannot be one.
    #[error(transparent)]
    Outcome(#[from] NameError),
    /// Its time is not written like `2026-11-22T09:00:05`.
    #[error("not a local time written like 2026-11-22T09:00:05")]
    Local,
    /// Its zone cannot be one.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// Its closer is no user identifier.
    #[error(transparent)]
    By(#[from] IdError),
}

impl fmt::Display for TodoState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.closing {
            None => write!(f, "open#{}", self.period),
            Some(closing) => write!(f, "closed#{};{closing}", self.period),
        }
    }
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.local.format("%Y-%m-%dT%H:%M:%S");
        write!(f, "{};{local};{};{}", self.outcome.name(), self.zone, self.by)
    }
}

impl FromStr for TodoState {
    type Err = TodoStateError;

    /// Accepts the canonical text form only, also with an outcome or a zone of a later build.
    fn from_str(text: &str) -> Result<Self, TodoStateError> {
        if let Some(open) = text.strip_prefix("open#") {
            return Ok(Self { period: period(open)?, closing: None });
        }
        let closed = text.strip_prefix("closed#").ok_or(TodoStateError::Form)?;
        let (number, closing) = closed.split_once(';').ok_or(TodoStateError::Form)?;
        Ok(Self { period: period(number)?, closing: Some(closing.parse()?) })
    }
}

impl FromStr for Closing {
    type Err = TodoStateError;

    fn from_str(text: &str) -> Result<Self, TodoStateError> {
        let mut parts = text.split(';');
        let mut part = || parts.next().ok_or(TodoStateError::Form);
        let (outcome, time, zone, by) = (part()?, part()?, part()?, part()?);
        if parts.next().is_some() {
            return Err(TodoStateError::Form);
        }
        Ok(Self {
            outcome: outcome.parse()?,
            local: local(time).ok_or(TodoStateError::Local)?,
            zone: Zone::read(zone)?,
            by: by.parse()?,
        })
    }
}

text_form!(TodoState);

fn period(text: &str) -> Result<NonZeroU32, TodoStateError> {
    let canonical = !text.is_empty() && !text.starts_with('0');
    number(text.as_bytes()).filter(|_| canonical).and_then(NonZeroU32::new).ok_or(TodoStateError::Period)
}

fn local(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once('T')?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = time.as_bytes() else { return None };
    let day = day.parse::<Day>().ok()?;
    NaiveTime::from_hms_opt(number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?)
        .map(|time| day.date().and_time(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANNA: &str = "01936b00-0000-7000-8000-00000000000a";
    const BELA: &str = "01936b00-0000-7000-8000-00000000000b";

    fn state(text: &str) -> TodoState {
        text.parse().unwrap()
    }

    /// A closed state; `closing` is `outcome;local time;zone`.
    fn closed(period: u32, closing: &str, by: &str) -> TodoState {
        state(&format!("closed#{period};{closing};{by}"))
    }

    #[test]
    fn a_state_has_one_text_form_in_registers_json_and_cbor() {
        let closed =
            "closed#2;failed;2026-11-22T09:00:05;Europe/Budapest;01936b00-0000-7000-8000-00000000000a";
        for text in ["open#1", "open#4294967295", closed] {
            assert_eq!(state(text).to_string(), text);
            assert_eq!(serde_json::to_string(&state(text)).unwrap(), format!("{text:?}"));
            assert_eq!(serde_json::from_str::<TodoState>(&format!("{text:?}")).unwrap(), state(text));
            let bytes = minicbor::to_vec(state(text)).unwrap();
            assert_eq!(minicbor::decode::<TodoState>(&bytes).unwrap(), state(text));
        }
        assert_eq!(minicbor::to_vec(TodoState::default()).unwrap(), b"\x66open#1");
        assert_eq!(serde_json::to_string(&Outcome::Success).unwrap(), r#""success""#);
        assert_eq!(minicbor::to_vec(Outcome::None).unwrap(), b"\x64none");
    }

    #[test]
    fn a_closing_of_a_later_version_is_read_and_loses_to_every_known_outcome() {
        for text in [
            format!("closed#1;delegated;2026-11-22T09:00:05;Europe/Budapest;{ANNA}"),
            format!("closed#1;success;2026-11-22T09:00:05;Europe/Newtown;{ANNA}"),
        ] {
            assert!(!state(&text).is_known() && !state(&text).is_open(), "{text}");
            assert_eq!(state(&text).to_string(), text);
        }
        let later = closed(1, "delegated;2026-11-22T09:00:05;UTC", ANNA);
        let known = closed(1, "none;2026-11-22T10:00:05;UTC", BELA);
        assert_eq!(merge([later, known]).winner, known);
        assert_eq!(merge([later, TodoState::OPEN]).winner, later, "closed beats open, however it was closed");
    }

    #[test]
    fn hostile_text_is_refused_with_its_reason() {
        use TodoStateError::{Form, Local, Outcome, Period, Zone};
        let good = format!("success;2026-11-22T09:00:05;Europe/Budapest;{ANNA}");
        for (text, error) in [
            ("", Form),
            ("open", Form),
            ("Open#1", Form),
            (" open#1", Form),
            ("closed#1", Form),
            ("open#", Period),
            ("open#0", Period),
            ("open#01", Period),
            ("open#+1", Period),
            ("open#1 ", Period),
            ("open#4294967296", Period),
            ("open#99999999999999999999999999", Period),
            (&format!("open#1;{good}"), Period),
            (&format!("closed#0;{good}"), Period),
            (&format!("closed#1;{good};"), Form),
            ("closed#1;success;2026-11-22T09:00:05;Europe/Budapest", Form),
            (&format!("closed#1;{}", good.replace("success", "Success")), Outcome(NameError)),
            (&format!("closed#1;{}", good.replace("success", "")), Outcome(NameError)),
            (&format!("closed#1;{}", good.replace(":05", "")), Local),
            (&format!("closed#1;{}", good.replace(":05", ":60")), Local),
            (&format!("closed#1;{}", good.replace(":05", ":05.0")), Local),
            (&format!("closed#1;{}", good.replace("2026", "1899")), Local),
            (&format!("closed#1;{}", good.replace("Europe/", "/")), Zone(UnknownZone)),
            (&format!("closed#1;{}", good.replace("8000-", "8000")), TodoStateError::By(IdError("UserId"))),
        ] {
            assert_eq!(text.parse::<TodoState>(), Err(error), "{text:?}");
        }
        let upper = format!("closed#1;success;2026-11-22T09:00:05;UTC;{}", ANNA.to_uppercase());
        assert_eq!(upper.parse::<TodoState>(), Err(TodoStateError::By(IdError("UserId"))));
    }

    #[test]
    fn a_closing_notes_who_how_and_the_local_time_and_the_first_closing_counts() {
        let now = Timestamp::from_millis(1_795_338_005_999);
        let (anna, bela) = (ANNA.parse().unwrap(), BELA.parse().unwrap());
        let bucharest = "Europe/Bucharest".parse().unwrap();
        let closed = TodoState::OPEN.close(Outcome::Success, now, bucharest, anna);
        assert_eq!(
            closed.to_string(),
            format!("closed#1;success;2026-11-22T11:00:05;Europe/Bucharest;{ANNA}")
        );
        assert_eq!(closed.closing().unwrap().at(), Timestamp::from_millis(1_795_338_005_000));
        assert_eq!(closed.close(Outcome::Failed, now, Zone::UTC, bela), closed);
    }

    #[test]
    fn closed_on_is_the_day_on_the_calendar_of_the_closer() {
        // 2026-11-22T22:30Z is already the 23rd in Bucharest.
        let now = Timestamp::from_millis(1_795_386_600_000);
        let by = ANNA.parse().unwrap();
        let on = |zone: &str| {
            let closed = TodoState::OPEN.close(Outcome::None, now, zone.parse().unwrap(), by);
            closed.closed_on().unwrap().to_string()
        };
        assert_eq!(on("Europe/Lisbon"), "2026-11-22");
        assert_eq!(on("Europe/Bucharest"), "2026-11-23");
        assert_eq!(TodoState::OPEN.closed_on(), None);
    }

    #[test]
    fn a_closing_by_a_clock_gone_wild_is_still_readable() {
        for millis in [i64::MIN, -1, i64::MAX] {
            let closed = TodoState::OPEN.close(
                Outcome::None,
                Timestamp::from_millis(millis),
                Zone::UTC,
                ANNA.parse().unwrap(),
            );
            assert_eq!(state(&closed.to_string()), closed);
        }
    }

    #[test]
    fn reopening_begins_the_next_open_period() {
        let closed = closed(1, "none;2026-11-22T09:00:05;UTC", ANNA);
        assert_eq!(closed.reopen(), state("open#2"));
        assert_eq!(state("open#2").reopen(), state("open#2"));
    }

    /// States from the weakest to the strongest.
    fn ranked() -> Vec<TodoState> {
        vec![
            state("open#1"),
            closed(1, "none;2026-11-22T10:00:00;Europe/Budapest", ANNA),
            closed(1, "none;2026-11-22T09:00:00;Europe/Budapest", BELA),
            closed(1, "none;2026-11-22T09:00:00;Europe/Budapest", ANNA),
            closed(1, "failed;2026-11-22T10:00:00;Europe/Budapest", ANNA),
            closed(1, "success;2026-11-22T09:00:00;Europe/Lisbon", ANNA),
            // Later on the wall, earlier in time.
            closed(1, "success;2026-11-22T10:30:00;Europe/Bucharest", BELA),
            // One instant on three walls: the smaller text counts.
            closed(1, "success;2026-11-22T08:00:00;Etc/GMT", ANNA),
            closed(1, "success;2026-11-22T07:00:00;Etc/GMT+1", ANNA),
            state("open#2"),
            closed(2, "failed;2026-11-23T09:00:00;Europe/Budapest", ANNA),
            state("open#10"),
        ]
    }

    #[test]
    fn of_every_pair_the_stronger_state_wins_and_every_closer_of_its_period_is_kept() {
        let ranked = ranked();
        for (i, weak) in ranked.iter().enumerate() {
            for strong in ranked.iter().skip(i) {
                let merged = merge([*weak, *strong]);
                assert_eq!(merged, merge([*strong, *weak]), "commutative: {weak} {strong}");
                assert_eq!(merged, merge([*weak, *strong, *weak]), "idempotent: {weak} {strong}");
                assert_eq!(merged.winner, *strong, "{weak} against {strong}");
                let mut closers: Vec<_> = [*strong, *weak]
                    .iter()
                    .filter(|state| state.period() == strong.period())
                    .filter_map(|state| state.closing().copied())
                    .collect();
                closers.dedup();
                assert_eq!(merged.closers, closers, "{weak} {strong}");
            }
        }
    }

    #[test]
    fn every_triple_merges_to_the_same_in_every_order_and_grouping() {
        let ranked = ranked();
        for a in &ranked {
            for b in &ranked {
                for c in &ranked {
                    let all = merge([*a, *b, *c]);
                    assert_eq!(all.winner, *a.max(b).max(c));
                    for order in [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
                        assert_eq!(merge(order.into_iter().copied()), all);
                    }
                    assert_eq!(merge([*a, *b]).join(merge([*c])), all);
                    assert_eq!(merge([*a]).join(merge([*b, *c])), all);
                }
            }
        }
    }

    #[test]
    fn a_close_beats_a_concurrent_reopening_of_an_earlier_period_but_not_of_its_own() {
        let close = closed(1, "success;2026-11-22T09:00:00;Europe/Budapest", ANNA);
        assert_eq!(merge([close, close.reopen()]).winner, state("open#2"));
        let again = closed(2, "none;2026-11-22T10:00:00;Europe/Budapest", BELA);
        assert_eq!(merge([close.reopen(), again]).winner, again);
        assert_eq!(merge([]), MergedState { winner: TodoState::OPEN, closers: vec![] });
    }

    fn any_state() -> impl Strategy<Value = TodoState> {
        let zones = prop::sample::select(vec!["Europe/Lisbon", "Europe/Budapest", "Europe/Bucharest"]);
        let closing = (prop::sample::select(Outcome::ALL.to_vec()), 0..4_i64, zones, 0..3_u8);
        (1..4_u32, prop::option::of(closing)).prop_map(|(period, closing)| {
            let open = TodoState { period: NonZeroU32::new(period).unwrap(), closing: None };
            closing.map_or(open, |(outcome, hour, zone, by)| {
                let now = Timestamp::from_millis(1_792_886_400_000 + hour * 3_600_000);
                open.close(outcome, now, zone.parse().unwrap(), UserId::from_bytes([by; 16]))
            })
        })
    }

    proptest! {
        #[test]
        fn merging_is_associative_commutative_and_idempotent(
            one in prop::collection::vec(any_state(), 0..5),
            other in prop::collection::vec(any_state(), 0..5),
        ) {
            let both = merge(one.iter().chain(&other).copied());
            prop_assert_eq!(&merge(other.iter().chain(&one).chain(&one).copied()), &both);
            prop_assert_eq!(&merge(one.iter().copied()).join(merge(other.iter().copied())), &both);
            prop_assert_eq!(both.clone().join(both.clone()), both);
        }

        #[test]
        fn a_state_reads_back_from_its_text(state in any_state()) {
            prop_assert_eq!(state.to_string().parse(), Ok(state));
        }

        #[test]
        fn what_reads_as_a_state_is_its_text(
            text in "(open|closed)#[0-9]{0,2}(;(success|none);2026-11-2[0-9]T09:00:0[0-9];(UTC|Europe/Rome);01936b00-0000-7000-8000-00000000000[aA])?|.{0,60}"
        ) {
            if let Ok(state) = text.parse::<TodoState>() {
                prop_assert_eq!(state.to_string(), text);
            }
        }
    }
}
