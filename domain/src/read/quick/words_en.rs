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
        "tomorrow|tommorow|tommorrow|tomorow|tomorro|tommorro|tmrw|tmrow|tmr|tmw|tmmrw|2moro|2morrow|\
         2mrw|tomorrrow",
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
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
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

/// Before a day, these make it another day, several, or none.
pub(super) fn unsettles(key: &str) -> bool {
    among(
        "before|after|than|or|every|each|except|not|between|through|thru|past|another|other|any|some|\
         most|a|second|third|fourth|around|approx|maybe|perhaps|probably|possibly|once|twice|daily|\
         weekly|monthly|earliest|prob|probs|tentative|tentatively|tbc|tba|never|don t|dont|unless|\
         excluding|without|w c|wc|w b|w e|commencing|\
         beginning",
        key,
    )
}

/// Before a day, these make it the day of something else.
pub(super) fn belongs(key: &str) -> bool {
    among(
        "prefers|suggests|proposes|wants|likes|suggested|proposed|from|since|until|till|til|for|to|of|\
         about|is|was|are|with|starting|effective|re|regarding|\
         concerning|versus|vs",
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
         please|again|instead|without|early|late|latest|first|before|after|against|w|w o|abt|until|till|or|\
         max|asap|pls|sharp|onsite|online|around|approx|circa|ca|between|during|noon|midday|lunchtime",
        key,
    )
}

/// After a day with a preposition these may follow, too: a sentence goes on.
pub(super) fn goes_on(key: &str) -> bool {
    follows_day(key)
        || among("all|the|a|an|my|his|her|our|their|your|it|him|them|us|me|that|also|only|on", key)
}

/// With a day behind them or before it, the end of its work: `by COB Friday`.
pub(super) fn is_close(key: &str) -> bool {
    among("eod|cob|eob|cop|eop", key)
}

/// Days of the week in short that are words of their own.
pub(super) fn is_word_as_well(key: &str) -> bool {
    among("sun|sat|wed", key)
}

/// Before their day.
pub(super) fn is_occasion(key: &str) -> bool {
    among(
        "expo|fair|bday|birthday|lunch|dinner|breakfast|coffee|flight|interview|audit|kickoff|meeting|\
         mtg|training|\
         workshop|webinar|conference|party|appointment|gala|install|installation",
        key,
    )
}

/// What a todo begins with, and nothing is called after.
pub(super) fn is_verb(key: &str) -> bool {
    among(
        "call|ring|phone|send|ask|tell|check|prepare|pay|book|buy|bring|confirm|sign|remind|collect|\
         chase|ping|\
         order|get|take|renew|pick|follow|visit|meet",
        key,
    )
}

/// Behind the day on which they are, or of which they tell.
pub(super) fn is_meeting(key: &str) -> bool {
    among(
        "meeting|mtg|session|class|briefing|standup|sync|delivery|deliveries|shift|show|market|training|\
         workshop|webinar|conference|event|party|night|appointment|update|review|deadline|shipment",
        key,
    )
}

/// Things that are called after the day of which they tell.
pub(super) fn is_of_day(key: &str) -> bool {
    among(
        "trading|opening|hours|report|reports|newsletter|edition|issue|paper|papers|times|post|notes|\
         minutes|agenda|gift|gifts|\
         figures|numbers|sales|menu|deals|meetings|sessions|updates|emails|mails|messages|letter|prayers|\
         roast|blues|s|is|was|were|has|works|suits|morning s|evening s|or|to|until|till|through",
        key,
    )
}

/// Behind "after", a time of the same day.
pub(super) fn is_in_day(key: &str) -> bool {
    among("lunch|lunchtime|breakfast|dinner|work|hours|school|noon|midday|tea|dark|closing|business", key)
}

/// Before what is to be done, that somebody asked for it.
pub(super) fn says(key: &str) -> bool {
    among("said|says|told", key)
}

/// Between a verb and a day, what was moved there.
pub(super) fn moved(key: &str) -> bool {
    among("moved|rescheduled|postponed|pushed|shifted|changed|delayed|deferred", key)
}

/// What others are told to keep in mind, and which of it follows "that".
pub(super) fn reminds(key: &str) -> bool {
    among("note|remember|forget|me|remind", key)
}

/// After "that", these begin a clause.
pub(super) fn begins_clause(key: &str) -> bool {
    among("the|a|an|he|she|it|they|we|you|i|our|his|her|their|my|there", key)
}

pub(super) fn is_subject(key: &str) -> bool {
    among("i|we|you|he|she|it|they|who|which", key)
}

/// What others do: their day is not the todo's.
pub(super) fn is_of_others(key: &str) -> bool {
    among(
        "gets|arrives|arrive|comes|leaves|starts|expects|receives|opens|closes|ends|returns|goes|flies|\
         travels|moves|arriving|leaving|begins|happens|ships|lands|delivers|wants|needs|asks|has|says|likes|\
         would",
        key,
    )
}

/// What is so until a day, or from a day on.
pub(super) fn is_state(key: &str) -> bool {
    among(
        "valid|expires|expire|expiring|expiry|expired|available|unavailable|busy|ends|ending|lapses|matures",
        key,
    )
}

/// Where somebody is who is not there.
pub(super) fn is_away(key: &str) -> bool {
    among("away|leave|holiday|vacation|closed|absent|ooo|pto|abroad|unavailable|sick", key)
}

/// Whether a word is one after which a sentence goes on: `Sat with Peter`.
pub(super) fn is_small_word(key: &str) -> Option<bool> {
    let is_letters = !key.is_empty() && key.chars().all(char::is_alphabetic);
    is_letters.then(|| {
        among(
            "with|w|down|in|at|on|by|next|through|for|there|and|near|beside|idle|together|to|the|a|an|i|\
            we|up|\
             around|opposite|between|behind|under|over|is|was|of",
            key,
        )
    })
}

/// Just before a day, these make it the end of something that is not the todo.
pub(super) fn expires(key: &str) -> bool {
    among(
        "valid|expires|expire|expiring|expiry|expired|ends|ending|lapses|lapsing|matures|maturing|dated|\
         closes|\
         closing|out|exp",
        key,
    )
}

pub(super) fn is_until(key: &str) -> bool {
    among("until|till|til|from", key)
}

/// Before a todo.
pub(super) fn is_urgent(key: &str) -> bool {
    among("asap|urgent|urgently|pls|please|reminder|todo|important|note|hey|hi", key)
}

/// Before the name of a place or a paper.
pub(super) fn is_of_place(key: &str) -> bool {
    among("the|at|in|to|from|of|by|with|for|a|an|our|new", key)
}

/// Behind a day, these tell something of it.
pub(super) fn is_told_of(key: &str) -> bool {
    among("is|isn t|won t|can t|doesn t|not|no|off|works|suits|was|are|were", key)
}

/// Before a meeting, these show that it is not the todo.
pub(super) fn is_for(key: &str) -> bool {
    among("for|before|after|from|about|of|re|regarding", key)
}

/// A day of the month in words: `first of December`.
pub(super) fn ordinal(key: &str) -> Option<u32> {
    const WORDS: &[&str] =
        &["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    WORDS.iter().zip(1..).find(|(word, _)| **word == key).map(|(_, day)| day)
}

/// Days with names of their own, and their month and day.
pub(super) const NAMED: &[(&[&str], u32, u32)] = &[
    (&["christmas", "eve"], 12, 24),
    (&["xmas", "eve"], 12, 24),
    (&["christmas", "day"], 12, 25),
    (&["xmas", "day"], 12, 25),
    (&["boxing", "day"], 12, 26),
    (&["new", "year s", "eve"], 12, 31),
    (&["new", "years", "eve"], 12, 31),
    (&["nye"], 12, 31),
    (&["new", "year s", "day"], 1, 1),
    (&["new", "years", "day"], 1, 1),
    (&["valentine s", "day"], 2, 14),
    (&["valentines", "day"], 2, 14),
];

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
        "which|who|whom|whose|whether|if|when|because|he|she|they|why|how|what|where|while|unless|might|\
         he s|she s|they re|he ll|she ll|they ll|we re|we ll|i ll|i m|was|were",
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
