//! How long before its due a todo reminds (F105).

use std::fmt;
use std::str::FromStr;

use crate::value::text_form::text_form;

/// The most reminders that one todo has before its due.
pub const MAX_LEADS: usize = 5;

/// The longest lead, in minutes: a leap year.
pub const MAX_LEAD: u32 = 366 * 24 * 60;

/// Up to [`MAX_LEADS`] different numbers of minutes in ascending order, each at most [`MAX_LEAD`].
///
/// Its text form is `0,60,1440`, or `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Leads {
    /// Zero where nothing is held, so equal leads have equal bytes.
    minutes: [u32; MAX_LEADS],
    count: u8,
}

/// Text that is not [`Leads`] in their canonical form, or numbers that cannot be leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `none`, nor up to {MAX_LEADS} ascending minutes of at most a year written like 0,60,1440")]
pub struct LeadsError;

impl Leads {
    /// None: no reminder.
    pub const NONE: Self = Self { minutes: [0; MAX_LEADS], count: 0 };

    /// One lead of so many minutes; of [`MAX_LEAD`], if that is less.
    pub const fn one(minutes: u32) -> Self {
        let minutes = if minutes > MAX_LEAD { MAX_LEAD } else { minutes };
        Self { minutes: [minutes, 0, 0, 0, 0], count: 1 }
    }

    /// Leads of these minutes.
    ///
    /// # Errors
    /// [`LeadsError`] if they are too many, too long, or not in ascending order.
    pub fn new(minutes: &[u32]) -> Result<Self, LeadsError> {
        let mut leads = Self::NONE;
        let places = leads.minutes.get_mut(..minutes.len()).ok_or(LeadsError)?;
        places.copy_from_slice(minutes);
        leads.count = u8::try_from(minutes.len()).map_err(|_| LeadsError)?;
        let are_leads =
            minutes.iter().all(|lead| *lead <= MAX_LEAD) && minutes.is_sorted_by(|one, other| one < other);
        are_leads.then_some(leads).ok_or(LeadsError)
    }

    /// The minutes, in ascending order.
    pub fn minutes(&self) -> &[u32] {
        self.minutes.get(..usize::from(self.count)).unwrap_or_default()
    }
}

impl fmt::Display for Leads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, others @ ..] = self.minutes() else { return f.write_str(NONE) };
        write!(f, "{first}")?;
        others.iter().try_for_each(|lead| write!(f, ",{lead}"))
    }
}

impl FromStr for Leads {
    type Err = LeadsError;

    /// Accepts the canonical text form only.
    fn from_str(text: &str) -> Result<Self, LeadsError> {
        if text == NONE {
            return Ok(Self::NONE);
        }
        let minutes: Option<Vec<u32>> = text
            .split(',')
            // One more than is allowed: a long list is refused without being read to its end.
            .take(MAX_LEADS + 1)
            .map(|text| text.parse().ok().filter(|lead: &u32| lead.to_string() == text))
            .collect();
        Self::new(&minutes.ok_or(LeadsError)?)
    }
}

text_form!(Leads);

/// The text of no leads. The empty text of a register says that nobody chose any.
const NONE: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_have_one_text_form_and_refuse_every_other() {
        for text in ["none", "0", "0,60,1440", "527040", "1,2,3,4,5"] {
            assert_eq!(text.parse::<Leads>().unwrap().to_string(), text);
        }
        for text in
            ["", "None", "10,", ",10", "10,10", "20,10", "01", "+1", "-1", "1 ,2", "527041", "1,2,3,4,5,6"]
        {
            assert_eq!(text.parse::<Leads>(), Err(LeadsError), "{text:?}");
        }
        assert!(format!("0{}", ",1".repeat(100_000)).parse::<Leads>().is_err());
    }

    #[test]
    fn what_is_made_of_numbers_is_what_reads_from_text() {
        assert_eq!(Leads::new(&[0, 60]), "0,60".parse());
        assert_eq!(Leads::new(&[]), Ok(Leads::NONE));
        assert_eq!(
            (Leads::one(60), Leads::one(u32::MAX)),
            (Leads::new(&[60]).unwrap(), Leads::one(MAX_LEAD))
        );
        assert_eq!(Leads::new(&[60, 0]), Err(LeadsError));
        assert_eq!(Leads::new(&[0; 6]), Err(LeadsError));
        assert_eq!(Leads::new(&[0, 60]).unwrap().minutes(), [0, 60]);
    }
}
