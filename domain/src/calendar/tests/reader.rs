//! A reader of iCalendar that knows no more than RFC 5545: it shares nothing with the writer, nor with the zones.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// The lines of a text as they were before folding.
pub(super) fn unfolded(text: &str) -> Vec<String> {
    let text = text.strip_suffix("\r\n").expect("the last line ends");
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

/// The text that a value of type TEXT writes.
pub(super) fn text_of(value: &str) -> String {
    let (mut text, mut chars) = (String::new(), value.chars());
    while let Some(char) = chars.next() {
        text.push(match char {
            '\\' => match chars.next().expect("something is escaped") {
                'n' | 'N' => '\n',
                escaped => escaped,
            },
            _ => char,
        });
    }
    text
}

/// A component: its properties (name with parameters, value), and the components in it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Component {
    pub(super) name: String,
    pub(super) properties: Vec<(String, String)>,
    pub(super) inner: Vec<Component>,
}

impl Component {
    /// The one component of a text.
    pub(super) fn read(text: &str) -> Self {
        let mut open = vec![Self::default()];
        for line in unfolded(text) {
            let (name, value) = line.split_once(':').expect("a line has a name and a value");
            match name {
                "BEGIN" => open.push(Self { name: value.to_owned(), ..Self::default() }),
                "END" => {
                    let done = open.pop().unwrap();
                    assert_eq!(done.name, value);
                    open.last_mut().unwrap().inner.push(done);
                }
                _ => open.last_mut().unwrap().properties.push((name.to_owned(), value.to_owned())),
            }
        }
        assert_eq!(open.len(), 1, "all that begins ends");
        open.remove(0).inner.remove(0)
    }

    /// The components in it of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Component> {
        self.inner.iter().filter(move |inner| inner.name == name)
    }

    /// The value of the property of that name, which has parameters or not.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let is_it = |full: &str| full.split(';').next() == Some(name);
        self.properties.iter().find(|(full, _)| is_it(full)).map(|(_, value)| value.as_str())
    }

    /// When an event of this calendar begins, at UTC; `None` if it lasts days.
    pub(super) fn start_of(&self, event: &Component) -> Option<NaiveDateTime> {
        let (name, value) = event.properties.iter().find(|(name, _)| name.starts_with("DTSTART")).unwrap();
        match name.strip_prefix("DTSTART").unwrap() {
            "" => Some(wall(value.strip_suffix('Z').expect("without a zone it is at UTC"))),
            ";VALUE=DATE" => None,
            zone => {
                let zone = zone.strip_prefix(";TZID=").unwrap();
                let component = self.all("VTIMEZONE").find(|other| other.get("TZID") == Some(zone));
                Some(Clock::of(component.expect("a zone has its component")).utc(wall(value)))
            }
        }
    }
}

/// What a VTIMEZONE says about the years from 1970 to 2100.
pub(super) struct Clock(BTreeMap<NaiveDateTime, (TimeDelta, TimeDelta)>);

impl Clock {
    pub(super) fn of(component: &Component) -> Self {
        let mut turns = BTreeMap::new();
        for observance in &component.inner {
            let before = offset(observance.get("TZOFFSETFROM").unwrap());
            let after = offset(observance.get("TZOFFSETTO").unwrap());
            let first = wall(observance.get("DTSTART").unwrap());
            for onset in onsets(first, observance.get("RRULE")) {
                turns.insert(onset - before, (before, after));
            }
        }
        Self(turns)
    }

    /// When clocks show `local`: of two instants the first, and before a gap's turn what they would show after it (RFC
    /// 5545, 3.3.5).
    pub(super) fn utc(&self, local: NaiveDateTime) -> NaiveDateTime {
        let offset_at = |utc| self.0.range(..=utc).next_back().map(|(_, (_, after))| *after);
        let near = self.0.range(local - TimeDelta::days(400)..local + TimeDelta::days(400));
        let offsets = near.flat_map(|(_, (before, after))| [*before, *after]);
        let shown =
            offsets.map(|offset| (local - offset, offset)).filter(|(utc, o)| offset_at(*utc) == Some(*o));
        if let Some((utc, _)) = shown.min() {
            return utc;
        }
        match self
            .0
            .iter()
            .find(|(turn, (before, after))| local - *before >= **turn && local - *after < **turn)
        {
            Some((_, (before, _))) => local - *before,
            None => local - self.0.range(..=local).next_back().expect("long after the first onset").1.1,
        }
    }
}

fn onsets(first: NaiveDateTime, rule: Option<&str>) -> Vec<NaiveDateTime> {
    let Some(rule) = rule else { return vec![first] };
    let parts: BTreeMap<_, _> = rule.split(';').map(|part| part.split_once('=').unwrap()).collect();
    assert_eq!(parts["FREQ"], "YEARLY");
    assert_eq!(parts.len(), 3, "{rule}");
    let month = parts["BYMONTH"].parse().unwrap();
    let (nth, weekday) = parts["BYDAY"].split_at(parts["BYDAY"].len() - 2);
    let weekday =
        ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].iter().position(|name| *name == weekday).unwrap();
    let weekday = Weekday::try_from(u8::try_from(weekday).unwrap()).unwrap();
    let dates: Vec<_> = (1970..2100)
        .map(|year| {
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let days = first.iter_days().take_while(|day| day.month() == month);
            let mut days: Vec<_> = days.filter(|day| day.weekday() == weekday).collect();
            match nth.parse::<i32>().unwrap() {
                -1 => days.pop().unwrap(),
                nth => days.remove(usize::try_from(nth).unwrap() - 1),
            }
        })
        .collect();
    assert_eq!(dates[0], first.date(), "the first onset is one of the rule's");
    dates.into_iter().map(|date| date.and_time(first.time())).collect()
}

fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn offset(text: &str) -> TimeDelta {
    let (sign, digits) = text.split_at(1);
    let two = |at: usize| digits.get(at..at + 2).map_or(0, |two| two.parse().unwrap());
    let seconds = two(0) * 3_600 + two(2) * 60 + two(4);
    TimeDelta::seconds(if sign == "-" { -seconds } else { seconds })
}
