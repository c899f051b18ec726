//! What a line says about a due.

use std::ops::Range;

use crate::value::due::LocalMinute;
use crate::value::time::Day;

/// Some words of a line that are about days or times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Which words.
    pub words: Range<usize>,
    pub kind: Kind,
}

/// What a mention says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One day.
    Date(Day),
    /// The next such day of the week after today, or the one whose date is said as well.
    Weekday(u32),
    /// This part of today.
    Today(Part),
    /// A part of the day that is said elsewhere, or of none.
    Part(Part),
    /// A time of day.
    Clock(Clock),
    /// A minute, counted from now.
    Minute(LocalMinute),
    /// A time that may be another, a span of time, or the time of something else: no clock of the line counts.
    DoubtfulClock,
    /// A day that is not the due's: a time of the line may be of that day, so it needs a day of its own.
    Aside,
    /// A day of another clause or of a thing, such as "for Friday": the line has no due unless one is said before.
    Loose,
    /// A day that another one has taken the place of.
    Gone,
    /// The end of the working day: today's, if no other is said.
    Close,
    /// A day that may be the due's, or another: the line has no due.
    Doubt,
}

impl Kind {
    /// Whether it names one day.
    pub fn is_day(self) -> bool {
        matches!(self, Kind::Date(_) | Kind::Weekday(_) | Kind::Today(_))
    }
}

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub hour: u32,
    pub minute: u32,
    /// An earlier hour may be one of the afternoon, unless the part of the day is said.
    pub least: u32,
}

/// No hour stands for itself.
pub(super) const NEVER: u32 = 24;

impl Clock {
    /// The hour and the minute, if nothing is in doubt.
    pub fn time(self, part: Option<Part>) -> Option<(u32, u32)> {
        let hour = match part {
            Some(part) => part.hour(self.hour)?,
            None => Some(self.hour).filter(|hour| *hour >= self.least)?,
        };
        Some((hour, self.minute))
    }
}

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Dawn,
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl Part {
    /// The hour (0-23) that is meant by `hour` in this part of the day, if it has such an hour.
    pub fn hour(self, hour: u32) -> Option<u32> {
        match (self, hour) {
            (Part::Dawn, 1..=6)
            | (Part::Morning, 5..=11)
            | (Part::Afternoon, 12..=18)
            | (Part::Evening, 17..=23)
            | (Part::Night, 21..=23) => Some(hour),
            (Part::Afternoon, 0..=6) | (Part::Evening, 5..=11) | (Part::Night, 9..=11) => Some(hour + 12),
            _ => None,
        }
    }

    /// From which hour on it has passed.
    pub fn end(self) -> u32 {
        match self {
            Part::Dawn => 6,
            Part::Morning => 11,
            Part::Afternoon => 18,
            Part::Evening | Part::Night => 24,
        }
    }
}
