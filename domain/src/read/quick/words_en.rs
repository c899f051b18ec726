//! English words of dates and times.

use super::calendar::Unit;
use super::words::{among, is_slip};

pub(super) fn month(key: &str) -> Option<u32> {
    Some(match key {
        "january" | "jan" => 1,
        "february" | "feb" | "febuary" | "feburary" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" | "septemeber" => 9,
        "october" | "oct" | "octuber" => 10,
        "november" | "nov" | "novemeber" => 11,
        "december" | "dec" | "decemeber" | "decmber" => 12,
        _ => return None,
    })
}

/// The day of the week, written out.
pub(super) fn weekday(key: &str) -> Option<u32> {
    Some(match key {
        "monday" => 0,
        "tuesday" => 1,
        "wednesday" => 2,
        "thursday" => 3,
        "friday" => 4,
        "saturday" => 5,
        "sunday" => 6,
        _ => return slip_of(key, WEEKDAYS),
    })
}

const WEEKDAYS: &[(&str, u32)] = &[
    ("monday", 0),
    ("tuesday", 1),
    ("wednesday", 2),
    ("thursday", 3),
    ("friday", 4),
    ("saturday", 5),
    ("sunday", 6),
];

/// The meaning of the word that `key` misses by one letter, or by two neighbours in the wrong order.
fn slip_of(key: &str, words: &[(&str, u32)]) -> Option<u32> {
    // Words of their own, and plurals, which mean every such day.
    if key.len() < 6
        || key.ends_with('s')
        || matches!(key, "sundry" | "sundae" | "sunray" | "midday" | "payday")
    {
        return None;
    }
    words.iter().find(|(word, _)| is_slip(key, word)).map(|(_, meaning)| *meaning)
}

/// A day of the week in short. Most are words of their own as well.
pub(super) fn short_weekday(key: &str) -> Option<u32> {
    Some(match key {
        "mon" => 0,
        "tue" | "tues" => 1,
        "wed" | "weds" => 2,
        "thu" | "thur" | "thurs" => 3,
        "fri" => 4,
        "sat" => 5,
        "sun" => 6,
        _ => return None,
    })
}

pub(super) fn is_tomorrow(key: &str) -> bool {
    among(
        "tomorrow|tommorow|tommorrow|tomorow|tomorro|tommorro|tmrw|tmrow|tmr|2moro|2morrow|\
         tomorrrow",
        key,
    ) || (key.len() >= 7 && !key.ends_with('s') && is_slip(key, "tomorrow"))
}

pub(super) fn number(key: &str) -> Option<u32> {
    Some(match key {
        "a" | "an" | "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "fourteen" => 14,
        "fifteen" => 15,
        "twenty" => 20,
        "thirty" => 30,
        _ => return None,
    })
}

pub(super) fn unit(key: &str) -> Option<Unit> {
    // "a week's time"
    Some(match key.strip_suffix(" s").unwrap_or(key) {
        "minute" | "minutes" | "min" | "mins" => Unit::Minute,
        "hour" | "hours" | "hr" | "hrs" => Unit::Hour,
        "day" | "days" => Unit::Day,
        "week" | "weeks" | "wk" | "wks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" => Unit::Year,
        _ => return None,
    })
}

/// Before a day, these make it another day, several, or the day of something else.
pub(super) fn unsettles(key: &str) -> bool {
    among(
        "from|since|until|till|til|before|after|for|to|of|about|than|or|every|each|except|not|\
         between|through|thru|past|another|other|any|some|most|a|second|third|fourth|around|\
         approx|maybe|perhaps|probably|possibly|once|twice|daily|weekly|monthly|earliest|is|was|\
         are|never|don t|dont|unless|starting|beginning|with|excluding|without",
        key,
    )
}

/// Before the name of a day, these make it part of a name or tell of the past.
pub(super) fn names(key: &str) -> bool {
    among(
        "the|last|previous|mr|mrs|ms|miss|dr|black|good|casual|cyber|easter|ash|palm|super|happy|\
         holy|shrove|fat|giving|maundy|ruby|joe|man|girl|freaky|manic|bloody|sheffield|it s|its|\
         called|named|like",
        key,
    )
}

/// After a day without a preposition before it, these show that it belongs to no noun.
pub(super) fn follows_day(key: &str) -> bool {
    among(
        "about|with|at|by|to|for|in|re|regarding|and|then|because|so|as|via|near|from|if|when|\
         please|again|instead|without|early|late|latest|first|before|after|against",
        key,
    )
}

/// After a day with a preposition these may follow, too: a sentence goes on.
pub(super) fn goes_on(key: &str) -> bool {
    follows_day(key)
        || among("all|the|a|an|my|his|her|our|their|your|it|him|them|us|me|that|also|only|on", key)
}

/// What a todo begins with.
pub(super) fn is_act(key: &str) -> bool {
    among(
        "call|ring|phone|send|email|mail|write|visit|meet|meeting|see|ask|tell|check|prepare|\
         order|pay|buy|book|pick|collect|deliver|follow|finish|sign|remind|talk|speak|bring|fix|\
         confirm|discuss|lunch|dinner|breakfast|coffee|demo|go|get|take|make|submit|ship|present|\
         negotiate|reply|answer|install|train|contact|text|close|draft|print|upload|return|\
         cancel|renew|transfer|drive|travel|fly",
        key,
    )
}

/// A verb in the past before a day tells of a day that has passed.
pub(super) fn is_past(raw: &str) -> bool {
    let is_regular =
        raw.len() > 4 && raw.ends_with("ed") && !matches!(raw, "need" | "speed" | "indeed" | "proceed");
    let is_small = raw.starts_with(char::is_lowercase);
    (is_regular && is_small)
        || among(
            "sent|met|came|got|made|bought|paid|said|spoke|told|wrote|gave|took|was|were|had|did|\
         done|given|written|taken|sold|left|began|held|found|lost|won|went|rang|born",
            raw,
        )
}

/// After "tomorrow" in the middle of a sentence, what happens then.
pub(super) fn is_event(key: &str) -> bool {
    among(
        "meeting|agenda|lunch|dinner|delivery|deliveries|flight|demo|visit|presentation|training|\
         session|appointment|appointments|schedule|plan|menu|report|shift|conference|workshop|\
         webinar|event|interview|call|calls|meetings|order|orders|tour|trip|show|deadline",
        key,
    )
}

/// It says what is not to be done, unless it says not to forget it.
pub(super) fn negates(key: &str, next: &str) -> bool {
    let is_reminder = matches!(next, "forget" | "miss" | "later");
    among("not|no|don t|dont|doesn t|can t|cannot|won t|isn t|never|didn t|aren t", key) && !is_reminder
}

/// What comes after it is not the todo but what somebody else does or says.
pub(super) fn subordinates(key: &str) -> bool {
    among(
        "which|who|whom|whose|whether|if|when|because|he|she|they|why|how|what|where|while|\
         unless|he s|she s|they re|he ll|she ll|they ll|we re|we ll|i ll|i m|was|were",
        key,
    )
}

/// A span of time that holds more than one day.
pub(super) fn is_span(key: &str) -> bool {
    among("week|month|year|quarter|weekend|fortnight|summer|winter|spring|autumn", key)
}

/// A day of the year that only a calendar of feasts knows.
pub(super) fn is_feast(key: &str) -> bool {
    among(
        "christmas|xmas|easter|whitsun|pentecost|thanksgiving|halloween|holidays|valentine|\
         valentines|valentine s|eve|year s|eow|eom|weekdays|weekends|weekend|yesterday|ago|\
         mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|bedtime|dusk|dawn|soon|\
         someday|overmorrow",
        key,
    )
}
