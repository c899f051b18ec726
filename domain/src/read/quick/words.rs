//! Words that are the same for all languages, and how lists of words are kept.

use crate::settings::catalogue::Language;

/// Whether a word is in a list such as `on|by|due`.
pub(super) fn among(list: &str, key: &str) -> bool {
    !key.is_empty() && list.split('|').any(|word| word == key)
}

/// What stands behind the name of a firm, so that the word before is a name.
pub(super) fn is_legal_form(key: &str) -> bool {
    among(
        "ltd|limited|inc|llc|llp|plc|corp|corporation|gmbh|ag|kg|kft|zrt|nyrt|rt|bt|kkt|srl|s r l|s a|\
         sas|pfa|ong|bv|oy|spa|sro|doo",
        key,
    )
}

/// With a capital, these stand behind the name of a firm or a place.
pub(super) fn ends_name(key: &str) -> bool {
    among(
        "co|company|sa|group|holding|holdings|bank|hotel|media|motors|solutions|consulting|trade|trans|\
         impex|prod|invest|studio|magazin|alapitvany|egyesulet|cegcsoport|csoport|club|street|st|road|\
         rd|avenue|ave|lane|square|drive|court|boulevard|blvd|crescent|terrace|place|park|bridge|station",
        key,
    )
}

/// The end of the name of a shop or the like, in English, Romanian and international words.
pub(super) fn is_shop(key: &str) -> bool {
    among(
        "bar|pub|inn|grill|cafe|caffe|bistro|restaurant|diner|deli|bakery|kitchen|pizza|pizzeria|catering|\
         brewery|shop|store|stores|boutique|salon|spa|gym|fitness|clinic|agency|partners|associates|\
         brothers|bros|foundation|institute|labs|lab|systems|software|technologies|technology|tech|\
         digital|design|designs|interiors|tours|books|bookshop|press|publishing|publishers|records|foods|\
         fashion|films|pictures|productions|logistics|builders|roofing|print|prints|services|pension|\
         construct|instal|com|expert|cofetaria|brutaria|market|supermarket|team|works|gallery",
        key,
    )
}

/// What stands behind the name of a Hungarian street, which may be a date: `Május 1. utca`.
pub(super) fn is_street(key: &str) -> bool {
    among(
        "utca|u|utcai|utcaban|utcaba|utcabol|utcan|utcanal|utcara|ut|uton|utra|uti|ter|teren|terre|teri|\
         terrol|koz|korut|koruton|krt|sor|setany|setanyon|sugarut|lakotelep|ltp|liget|hid|gimnazium|\
         iskola|altalanos|kerulet",
        key,
    )
}

/// What stands before a number that is a version, an address or a count of something.
pub(super) fn precedes_number(key: &str) -> bool {
    among(
        "version|ver|v|verzio|verzioszam|versiunea|versiune|build|release|kiadas|nr|no|numarul|\
         sz|szam|#|ip|art|articolul|cikk|paragraf|section|chapter|page|fejezet|capitolul|pagina|\
         oldal|ratio|aspect|scale|score|display|monitor|arany|scor|eur|euro|usd|ron|huf|\
         lei|gbp|pret|pretul|ar|ara|price|psalm|zsoltar|psalmul",
        key,
    )
}

/// Before two numbers with a mark between them, these make them no date.
pub(super) fn precedes_pair(key: &str) -> bool {
    among(
        "awb|invoice|inv|order|ref|po|route|exit|platform|size|dress|highway|offer|contract|contractul|\
         contractului|factura|facturii|comanda|room|unit|\
         flat|suite|item|lot|case|ticket|box|gate|building|bldg|apt|step|task|doc|file|model|type|tip|\
         oferta|decizia|legea|dosar|dosarul|part|grade|series|batch|raktar|szamla|rendeles|lap|proces|\
         aviz|avizul|proforma|bon|cod|cota|scara|bloc|camera|sala|hala|poarta",
        key,
    )
}

/// What stands behind a number that counts or measures.
pub(super) fn is_measure(key: &str) -> bool {
    among(
        "eur|euro|usd|dollars|ron|lei|leu|bani|huf|ft|forint|gbp|pounds|kg|g|gr|t|m|m2|m3|cm|mm|\
         km|l|liter|litru|litri|db|darab|buc|bucati|pcs|pieces|percent|szazalek|suta|ezer|mii|\
         mie|millio|milioane|million|thousand|people|persons|fo|szemely|persoane|doboz|csomag|\
         karton|raklap|ember|cutii|boxes|x|times|perc|minute|minutes|nap|napos|oras|percre|days|\
         zile|hours|ore|inch|ml|mp|mc|dl|kwh|toli|tone|v|w|kw|scale|ratio|mix|model|share|stake",
        key,
    )
}

/// What stands behind a time that is one of other clocks, or of other days.
pub(super) fn moves_clock(key: &str) -> bool {
    among(
        "utc|gmt|cet|cest|eet|eest|bst|wet|est|edt|et|cst|pst|pdt|pt|ist|jst|msk|zulu|ish|or|to|\
         till|until|through|daily|each|every|onwards|utan|elott|korul|tajban|tajt|tajekan|kozott|\
         vagy|fele|naponta|hetente|indulo|erkezo|kezdodo|sau|ori|zilnic|pana|incolo",
        key,
    )
}

/// Alone between two days, these show that the second is of something else.
pub(super) fn begins_other(key: &str) -> bool {
    among("if|when|because|whether|for|about|re|regarding|hogy|ha|mert|daca|ca|pentru|pt|despre", key)
}

/// At that time, of which was told before.
pub(super) fn refers_back(key: &str) -> bool {
    among("then|akkor|aznap|atunci", key)
}

/// Today and tomorrow.
pub(super) fn is_near_day(key: &str) -> bool {
    among("today|tomorrow|tmrw|tmr|tonight|ma|holnap|azi|astazi|maine|miine|diseara", key)
}

/// A feast that gives its name to gifts and greetings, more than to a day.
pub(super) fn is_christmas(key: &str) -> bool {
    among("xmas|christmas|karacsonyi|craciun", key)
}

/// Whether a word may be a day of the week in very short, where a time follows it.
pub(super) fn is_letters_of_day(key: &str, language: Language) -> bool {
    match language {
        Language::English => matches!(key, "mo" | "tu" | "we" | "th" | "fr" | "sa" | "su"),
        Language::Hungarian => {
            among("h|he|hetf|k|ke|sze|szer|szd|cs|csu|cst|p|pe|pen|pnt|szo|szom|v|va|vas", key)
        }
        Language::Romanian => among("l|m|j|v|s|d|lu|ma|mi|mc|jo|vi|vn|sa|sb|du|lun|mar|mie|vin|sam|dum", key),
    }
}

/// Short words with a full stop that stand before a time, and are no days.
pub(super) fn is_abbreviation(key: &str) -> bool {
    is_legal_form(key)
        || is_street(key)
        || ends_name(key)
        || among("str|bd|em|ap|et|fsz|sc|bl|jr|sr|kb|nr|no|sz|tel|fax|mob|max|min|db|pl|stb|etc", key)
}

/// What is in the evening, so that an hour is rather one before midnight.
pub(super) fn is_of_evening(key: &str) -> bool {
    among(
        "dinner|supper|drinks|theatre|theater|concert|party|cinema|movie|pub|gala|opera|vacsora|\
         vacsorazni|szinhaz|mozi|koncert|buli|cina|teatru|petrecere|film|spectacol",
        key,
    )
}

/// Whether one letter of `word` is missing, doubled, another or in the wrong place in `key`; the first is right.
pub(super) fn is_slip(key: &str, word: &str) -> bool {
    let (one, other) = (key.as_bytes(), word.as_bytes());
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (Some(one), Some(other)) = (one.get(same..), other.get(same..)) else { return false };
    if same == 0 {
        return false;
    }
    let is_swapped =
        matches!((one, other), ([a, b, rest @ ..], [c, d, tail @ ..]) if a == d && b == c && rest == tail);
    let (after_one, after_other) = (one.get(1..), other.get(1..));
    let is_another = after_one.is_some() && after_one == after_other;
    is_swapped || is_another || after_one == Some(other) || after_other == Some(one)
}

/// What a day of the week in short needs so that it can be nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Short {
    /// Nothing, it is no other word: `pén`, `dum`.
    Alone(u32),
    /// Its full stop: `ke.`, `lu.`
    Dotted(u32),
    /// That nothing is before it, too, for it may end a sentence or a name: `vin.`, `Kovács cs.`
    Apart(u32),
}

impl Short {
    pub fn weekday(self) -> u32 {
        match self {
            Short::Alone(day) | Short::Dotted(day) | Short::Apart(day) => day,
        }
    }

    /// The day, if the word is no other.
    pub fn alone(self) -> Option<u32> {
        if let Short::Alone(day) = self { Some(day) } else { None }
    }
}
