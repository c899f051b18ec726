//! Times that come every day: when day todos remind, and when nothing does (T12).

use std::fmt;
use std::str::FromStr;

use crate::value::due::LocalMinute;
use crate::value::text_form::text_form;
use crate::value::time::{Day, number};

/// What a clock on the wall shows, to the minute; its text form is `09:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime {
    hour: u8,
    minute: u8,
}

/// Text that is not a [`ClockTime`] in its canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day written like 09:00")]
pub struct ClockTimeError;

impl ClockTime {
    /// Nine in the morning.
    pub const NINE: Self = Self { hour: 9, minute: 0 };

    /// That hour (0-23) and minute (0-59), if there is such a time.
    pub const fn new(hour: u8, minute: u8) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self { hour, minute }) } else { None }
    }

    /// The hour, 0 to 23.
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// This time of that day.
    pub fn on(self, day: Day) -> LocalMinute {
        LocalMinute::at(day, self.hour, self.minute)
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl fmt::Debug for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClockTime({self})")
    }
}

impl FromStr for ClockTime {
    type Err = ClockTimeError;

    /// Accepts the canonical text form only.
    fn from_str(text: &str) -> Result<Self, ClockTimeError> {
        let [h1, h2, b':', m1, m2] = text.as_bytes() else { return Err(ClockTimeError) };
        let small = |digits: &[u8]| number(digits).and_then(|number| u8::try_from(number).ok());
        let (hour, minute) = (small(&[*h1, *h2]), small(&[*m1, *m2]));
        hour.zip(minute).and_then(|(hour, minute)| Self::new(hour, minute)).ok_or(ClockTimeError)
    }
}

/// From one time of every day to another, which is not part of it: on the next day, if it is the earlier one.
///
/// Its text form is `22:00-07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quiet {
    start: ClockTime,
    end: ClockTime,
}

/// Text that is not [`Quiet`] hours in their canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not two different times of day written like 22:00-07:00")]
pub struct QuietError;

impl Quiet {
    /// The text of a register that says that there are no quiet hours.
    pub const NONE: &str = "none";

    /// What a register says: quiet hours, or that there are none.
    ///
    /// # Errors
    /// Neither in its canonical form.
    pub fn read(text: &str) -> Result<Option<Self>, QuietError> {
        if text == Self::NONE { Ok(None) } else { text.parse().map(Some) }
    }

    /// From `start` to `end`, unless they are the same.
    pub fn new(start: ClockTime, end: ClockTime) -> Option<Self> {
        (start != end).then_some(Self { start, end })
    }

    /// When it begins.
    pub const fn start(&self) -> ClockTime {
        self.start
    }

    /// When it is over.
    pub const fn end(&self) -> ClockTime {
        self.end
    }

    /// The first minute of those quiet hours that begin on `day`, and the first one after them. Clocks that are
    /// turned meanwhile may show them in another order.
    pub fn beginning(&self, day: Day) -> (LocalMinute, LocalMinute) {
        let last = if self.end < self.start { day.plus(1) } else { day };
        (self.start.on(day), self.end.on(last))
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

impl FromStr for Quiet {
    type Err = QuietError;

    /// Accepts the canonical text form only.
    fn from_str(text: &str) -> Result<Self, QuietError> {
        let (start, end) = text.split_once('-').ok_or(QuietError)?;
        let time = |text: &str| text.parse::<ClockTime>().map_err(|_| QuietError);
        Self::new(time(start)?, time(end)?).ok_or(QuietError)
    }
}

text_form!(ClockTime, Quiet);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_and_quiet_hours_have_one_text_form_and_refuse_every_other() {
        for text in ["00:00", "09:00", "23:59"] {
            assert_eq!(text.parse::<ClockTime>().unwrap().to_string(), text);
        }
        for text in ["", "9:00", "24:00", "09:60", "+9:00", "09:00:00", "09-00", "\u{662}9:00"] {
            assert_eq!(text.parse::<ClockTime>(), Err(ClockTimeError), "{text:?}");
        }
        for text in ["22:00-07:00", "12:00-13:30", "00:00-23:59"] {
            assert_eq!(text.parse::<Quiet>().unwrap().to_string(), text);
        }
        for text in ["", "none", "22:00", "22:00-22:00", "22:00 - 07:00", "22:00-7:00", "22:00-07:00-08:00"] {
            assert_eq!(text.parse::<Quiet>(), Err(QuietError), "{text:?}");
        }
    }

    #[test]
    fn quiet_hours_that_end_earlier_than_they_begin_end_on_the_next_day() {
        let day = "2026-11-22".parse().unwrap();
        for (quiet, from, until) in [
            ("22:00-07:00", "2026-11-22T22:00", "2026-11-23T07:00"),
            ("12:00-13:30", "2026-11-22T12:00", "2026-11-22T13:30"),
        ] {
            let (start, end) = quiet.parse::<Quiet>().unwrap().beginning(day);
            assert_eq!((start.to_string(), end.to_string()), (from.to_owned(), until.to_owned()));
        }
    }
}
