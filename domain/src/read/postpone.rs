//! The dues that an app offers when somebody postpones a todo (F33, F51).

use chrono::Timelike;

use crate::value::due::{Due, LocalMinute};
use crate::value::time::LocalNow;

/// A due that is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct PostponeChoice {
    /// Which one: a button's text.
    pub kind: PostponeKind,
    /// When.
    pub due: Due,
}

/// When a todo may be postponed to by one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), serde(rename_all = "camelCase"))]
pub enum PostponeKind {
    /// Today at three in the afternoon, until one.
    ThisAfternoon,
    /// Some time tomorrow.
    Tomorrow,
    /// Some time on the Monday of next week (T16).
    NextMonday,
}

/// The hour of an afternoon's due, and until which hour it is proposed.
const AFTERNOON: (u32, u32) = (15, 13);

/// What lies ahead of the user whose clock this is, the soonest first; no two are the same.
pub fn postpone_choices(clock: &LocalNow) -> Vec<PostponeChoice> {
    let (hour, until) = AFTERNOON;
    let is_morning = clock.zone.local(clock.now).hour() < until;
    let afternoon = LocalMinute::new(clock.today, hour, 0).filter(|_| is_morning);
    let tomorrow = clock.today.plus(1);
    let monday = clock.today.monday().plus(7);
    let choice = |kind, due| PostponeChoice { kind, due };
    let afternoon =
        afternoon.map(|local| choice(PostponeKind::ThisAfternoon, Due::At { local, zone: clock.zone }));
    let monday = (monday != tomorrow).then(|| choice(PostponeKind::NextMonday, Due::Day(monday)));
    let tomorrow = choice(PostponeKind::Tomorrow, Due::Day(tomorrow));
    afternoon.into_iter().chain([tomorrow]).chain(monday).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::time::Zone;

    #[test]
    fn what_is_proposed_lies_ahead_and_differs() {
        let cases: [(&str, &[&str]); 4] = [
            ("2026-11-25T12:59:59", &["2026-11-25T15:00[Europe/Budapest]", "2026-11-26", "2026-11-30"]),
            ("2026-11-25T13:00:00", &["2026-11-26", "2026-11-30"]),
            ("2026-11-29T23:30:00", &["2026-11-30"]),
            ("2026-11-30T00:10:00", &["2026-11-30T15:00[Europe/Budapest]", "2026-12-01", "2026-12-07"]),
        ];
        let zone: Zone = "Europe/Budapest".parse().unwrap();
        for (now, expected) in cases {
            let now = LocalNow::new(zone.instant(now.parse().unwrap()), zone);
            let dues: Vec<_> = postpone_choices(&now).iter().map(|choice| choice.due.to_string()).collect();
            assert_eq!(dues, expected);
        }
    }
}
