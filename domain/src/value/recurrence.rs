//! How often a todo comes again (T7). The device that closes a todo makes the next one.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

use crate::value::text_form::text_form;
use crate::value::time::number;

/// Every so many days, weeks, months or years; its text form is `1d`, `2w`, `3m`, `1y`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recurrence {
    /// How many units lie between two todos, 1 to 999.
    pub every: NonZeroU16,
    /// The unit.
    pub unit: Unit,
}

/// The unit of a [`Recurrence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months; a day that a month does not have is its last day.
    Month,
    /// Years.
    Year,
}

/// Text that is not a [`Recurrence`] in its canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a recurrence written like 1d, 2w, 3m or 1y")]
pub struct RecurrenceError;

text_form!(Recurrence);

impl Unit {
    const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    const fn letter(self) -> char {
        match self {
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'm',
            Self::Year => 'y',
        }
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.every, self.unit.letter())
    }
}

impl FromStr for Recurrence {
    type Err = RecurrenceError;

    /// Accepts the canonical text form only.
    fn from_str(text: &str) -> Result<Self, RecurrenceError> {
        let read = || {
            let unit = Unit::ALL.into_iter().find(|unit| text.ends_with(unit.letter()))?;
            let digits = text.strip_suffix(unit.letter())?;
            let is_canonical = (1..=3).contains(&digits.len()) && !digits.starts_with('0');
            let every = number(digits.as_bytes()).filter(|_| is_canonical)?;
            Some(Self { every: NonZeroU16::new(u16::try_from(every).ok()?)?, unit })
        };
        read().ok_or(RecurrenceError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recurrence_has_one_text_form_and_refuses_every_other() {
        for text in ["1d", "2w", "3m", "1y", "999d"] {
            assert_eq!(text.parse::<Recurrence>().unwrap().to_string(), text);
        }
        for text in ["", "d", "0d", "01d", "1000d", "1", "1 d", "1D", "1h", "-1d", "daily", "1dw", "é"] {
            assert_eq!(text.parse::<Recurrence>(), Err(RecurrenceError), "{text:?}");
        }
    }
}
