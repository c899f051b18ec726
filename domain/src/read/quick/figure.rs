//! Numbers as they are written in dates and times: `5th`, `14:30-kor`, `2026-12-05`, `05.12.2026`.

/// More is no figure of a date or a time.
const LONGEST: usize = 24;

/// One to three numbers with the same mark between them, and what follows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figure<'a> {
    numbers: [&'a str; 3],
    /// How many there are.
    pub count: usize,
    /// The mark between them; a space if there is one number only.
    pub mark: char,
    /// What follows, without a hyphen before it.
    pub tail: &'a str,
}

impl<'a> Figure<'a> {
    /// The figure that a whole word is.
    pub fn read(raw: &'a str) -> Option<Self> {
        let (first, mut rest) = digits(raw).filter(|_| raw.len() <= LONGEST)?;
        let mut figure = Figure { numbers: [first, "", ""], count: 1, mark: ' ', tail: "" };
        while let Some(mark) = rest.chars().next().filter(|mark| matches!(mark, '.' | '/' | '-' | ':'))
            && let Some((number, after)) = rest.get(1..).and_then(digits)
        {
            if figure.count > 1 && mark != figure.mark {
                break;
            }
            *figure.numbers.get_mut(figure.count)? = number;
            figure.mark = mark;
            figure.count += 1;
            rest = after;
        }
        // `12.05.-én`: the stop is the last number's, the hyphen the suffix's.
        let tail = rest.strip_prefix('.').filter(|tail| tail.starts_with('-')).unwrap_or(rest);
        figure.tail = tail.strip_prefix('-').unwrap_or(tail);
        let is_suffix = |tail: &str| tail.chars().all(|char| char.is_alphabetic() || char == '.');
        (is_suffix(figure.tail) || figure.instant().is_some()).then_some(figure)
    }

    /// The number at `n`, and how many digits it has.
    pub fn number(&self, n: usize) -> Option<(u32, usize)> {
        let digits = self.numbers.get(n).filter(|digits| (1..=4).contains(&digits.len()))?;
        Some((digits.parse().ok()?, digits.len()))
    }

    /// The number, if there is only one.
    pub fn single(&self) -> Option<u32> {
        if self.count == 1 { self.number(0).map(|(number, _)| number) } else { None }
    }

    /// The number, if it could be the day of a month.
    pub fn day(&self) -> Option<u32> {
        self.single()
            .filter(|day| (1..=31).contains(day) && self.numbers.iter().all(|digits| digits.len() <= 2))
    }

    /// The number, if it could be a year.
    pub fn year(&self) -> Option<u32> {
        self.single().filter(|year| (1900..=2199).contains(year))
    }

    /// The hour and the minute of `9:05` or, with that mark, `9.05`; and whether the hour has a leading zero.
    pub fn clock(&self, mark: char) -> Option<(u32, u32, bool)> {
        let (hour, hour_digits) = self.number(0)?;
        let (minute, minute_digits) = self.number(1)?;
        let is_clock = self.count == 2 && self.mark == mark && hour < 24 && minute < 60;
        let is_written = hour_digits <= 2 && minute_digits == 2;
        (is_clock && is_written).then_some((hour, minute, hour_digits == 2 && hour < 10))
    }

    /// The hour and the minute with which a date ends in `2026-12-05T09:00`.
    pub fn instant(&self) -> Option<(u32, u32)> {
        let time = self.tail.strip_prefix('T').filter(|_| self.count == 3 && self.mark == '-')?;
        let figure = Figure::read(time).filter(|time| time.tail.is_empty())?;
        figure.clock(':').map(|(hour, minute, _)| (hour, minute))
    }

    /// Year, month and day of three numbers.
    pub fn date(&self) -> Option<Written> {
        let [(first, f), (second, s), (third, t)] = [self.number(0)?, self.number(1)?, self.number(2)?];
        match (f, s, t) {
            (4, 1..=2, 1..=2) if self.mark != ':' => {
                Some(Written::YearFirst { year: first, month: second, day: third })
            }
            (1..=2, 1..=2, 4) if self.mark != ':' => {
                Some(Written::YearLast { numbers: [first, second], year: third })
            }
            (1..=2, 1..=2, 2) if self.mark != ':' => Some(Written::ShortYear([first, second, third])),
            _ => None,
        }
    }
}

/// A date in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    YearFirst {
        year: u32,
        month: u32,
        day: u32,
    },
    /// Day and month, in either order.
    YearLast {
        numbers: [u32; 2],
        year: u32,
    },
    /// With a year in two digits: mostly nobody can tell what is what.
    ShortYear([u32; 3]),
}

/// The digits with which a text begins, at least one, and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())
}
