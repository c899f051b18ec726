//! What is looked up in all languages.

use super::calendar::Unit;
use super::words::{Short, is_slip};
use super::{words, words_en, words_hu, words_ro};
use crate::settings::catalogue::Language;

/// The month that a word names in some language, short or long.
pub(super) fn month(key: &str) -> Option<u32> {
    words_en::month(key).or_else(|| words_hu::month(key)).or_else(|| words_ro::month(key))
}

/// The day of the week that a word names in a text of this language.
pub(super) fn weekday(key: &str, language: Language) -> Option<u32> {
    match language {
        Language::English => words_en::weekday(key).or_else(|| words_en::short_weekday(key)),
        Language::Hungarian => words_hu::weekday_form(key)
            .map(|(day, _)| day)
            .or_else(|| words_hu::short_weekday(key).and_then(Short::alone)),
        Language::Romanian => {
            words_ro::weekday(key).or_else(|| words_ro::short_weekday(key).and_then(Short::alone))
        }
    }
}

/// Whether a word is a day of the week in short, whose full stop belongs to it.
pub(super) fn is_short_weekday(key: &str) -> bool {
    words_en::short_weekday(key).is_some()
        || words_hu::is_short(key)
        || words_hu::short_weekday(key).is_some()
        || words_ro::short_weekday(key).is_some()
}

/// Whether a word names a day in some language.
pub(super) fn is_day(key: &str) -> bool {
    words_en::weekday(key).is_some()
        || words_en::short_weekday(key).is_some()
        || words_hu::weekday(key).is_some()
        || words_ro::weekday(key).is_some()
        || matches!(key, "today" | "tomorrow" | "holnap" | "holnaputan" | "maine" | "poimaine" | "azi")
}

/// Whether a word may be a slip of a day's or a month's, or is about another day.
pub(super) fn is_like_day(key: &str, language: Language) -> bool {
    const ENGLISH: &[&str] = &[
        "today",
        "tomorrow",
        "tonight",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const HUNGARIAN: &[&str] = &[
        "holnap",
        "holnaputan",
        "hetfon",
        "kedden",
        "szerdan",
        "csutortokon",
        "penteken",
        "szombaton",
        "vasarnap",
        "januar",
        "februar",
        "marcius",
        "aprilis",
        "junius",
        "julius",
        "augusztus",
        "szeptember",
        "oktober",
        "november",
        "december",
    ];
    const ROMANIAN: &[&str] = &[
        "maine",
        "astazi",
        "poimaine",
        "diseara",
        "marti",
        "miercuri",
        "vineri",
        "sambata",
        "duminica",
        "ianuarie",
        "februarie",
        "martie",
        "aprilie",
        "iunie",
        "iulie",
        "august",
        "septembrie",
        "octombrie",
        "noiembrie",
        "decembrie",
    ];
    let words = match language {
        Language::English => ENGLISH,
        Language::Hungarian => HUNGARIAN,
        Language::Romanian => ROMANIAN,
    };
    // `birthday` is an occasion.
    let is_occasion =
        matches!(key, "birthday" | "bday" | "nameday" | "nevnap" | "nonap" | "szulinap" | "szuletesnap");
    let is_other_day = key.len() > 3
        && !is_occasion
        && !is_day(key)
        && ["day", "days", "nap", "napon"].iter().any(|end| key.ends_with(end));
    is_other_day || (key.len() > 4 && words.iter().any(|word| key != *word && is_slip(key, word)))
}

/// Whether a word in a text of this language is a unit of days, weeks, months or years.
pub(super) fn is_span(key: &str, language: Language) -> bool {
    let unit = match language {
        Language::English => words_en::unit(key),
        Language::Hungarian => words_hu::unit(key),
        Language::Romanian => words_ro::unit(key),
    };
    unit.is_some_and(|unit| !matches!(unit, Unit::Minute | Unit::Hour))
}

/// Behind a day, both with capitals, these end the name of a shop or the like: `Friday Bar`, `Holnap Kiadó`.
pub(super) fn is_shop(key: &str) -> bool {
    words::is_shop(key) || words_hu::is_shop(key)
}
