//! Romanian words of dates and times, folded: `mâine` is `maine`.

use super::calendar::Unit;
use super::words::{Short, among};

pub(super) fn month(key: &str) -> Option<u32> {
    Some(match key {
        "ianuarie" | "ian" => 1,
        "februarie" | "feb" => 2,
        "martie" | "mar" => 3,
        "aprilie" | "apr" => 4,
        "mai" => 5,
        "iunie" | "iun" => 6,
        "iulie" | "iul" => 7,
        "august" | "aug" => 8,
        "septembrie" | "sept" | "sep" => 9,
        "octombrie" | "oct" => 10,
        "noiembrie" | "nov" | "noembrie" | "noiem" => 11,
        "decembrie" | "dec" | "decembire" | "decemrbie" => 12,
        _ => return None,
    })
}

/// The day of the week without an article, which is an adverb as well.
pub(super) fn weekday(key: &str) -> Option<u32> {
    Some(match key {
        "luni" => 0,
        "marti" => 1,
        "miercuri" | "mercuri" | "miecuri" | "miercui" => 2,
        "joi" => 3,
        "vineri" | "vinei" | "vinri" | "vienri" => 4,
        "sambata" | "simbata" | "sambta" => 5,
        "duminica" | "duminca" | "dumnica" => 6,
        _ => return None,
    })
}

/// The day of the week with an article: every such day, or a certain one.
pub(super) fn that_weekday(key: &str) -> Option<u32> {
    Some(match key {
        "lunea" => 0,
        "martea" => 1,
        "miercurea" => 2,
        "joia" => 3,
        "vinerea" => 4,
        "sambata" | "simbata" => 5,
        "duminica" => 6,
        _ => return None,
    })
}

/// Whether a word without its own language around it is Romanian for certain.
pub(super) fn is_plain(raw: &str) -> bool {
    let small = raw.to_lowercase().replace('ţ', "ț").replace('ş', "ș");
    raw == small
        && matches!(
            small.as_str(),
            "mâine"
                | "poimâine"
                | "poimaine"
                | "astăzi"
                | "azi"
                | "diseară"
                | "luni"
                | "marți"
                | "miercuri"
                | "joi"
                | "vineri"
                | "sâmbătă"
                | "duminică"
                | "lunea"
                | "marțea"
                | "miercurea"
                | "joia"
                | "vinerea"
                | "peste"
                | "săptămâna"
                | "ianuarie"
                | "februarie"
                | "martie"
                | "aprilie"
                | "iunie"
                | "iulie"
                | "septembrie"
                | "octombrie"
                | "noiembrie"
                | "decembrie"
        )
}

pub(super) fn number(key: &str) -> Option<u32> {
    Some(match key {
        "o" | "un" | "una" | "unu" => 1,
        "doi" | "doua" => 2,
        "trei" => 3,
        "patru" => 4,
        "cinci" => 5,
        "sase" => 6,
        "sapte" => 7,
        "opt" => 8,
        "noua" => 9,
        "zece" => 10,
        "unsprezece" => 11,
        "doisprezece" | "douasprezece" => 12,
        _ => return None,
    })
}

pub(super) fn unit(key: &str) -> Option<Unit> {
    Some(match key {
        "minut" | "minute" | "min" => Unit::Minute,
        "ora" | "ore" => Unit::Hour,
        "zi" | "zile" => Unit::Day,
        "saptamana" | "saptamani" | "saptamini" | "sapt" => Unit::Week,
        "luna" | "luni" => Unit::Month,
        "an" | "ani" => Unit::Year,
        _ => return None,
    })
}

/// Before a number with a month's name, these make it the name of a place.
pub(super) fn is_place(key: &str) -> bool {
    among(
        "strada|str|bulevardul|bulevard|bd|bdul|b dul|blvd|piata|p ta|pta|calea|aleea|soseaua|sos|splaiul|\
         parcul|hotel|hotelul|statia|scoala|liceul|cartierul|cartier|intrarea|fundatura|\
         localitatea|comuna|satul|echipa|firma|restaurantul|magazinul|spitalul|universitatea|\
         stadionul",
        key,
    )
}

/// Before a day, these make it another day, several, or none.
pub(super) fn unsettles(key: &str) -> bool {
    among(
        "anulez|anuleaza|intre|sau|ori|nu|fiecare|decat|alta|alt|vreo|exceptand|exceptie|inafara|poate|\
         eventual|cam|\
         circa|aproximativ|toata|nici|prima|ultima|orice|intr o|dintre|incepand",
        key,
    )
}

/// Next or a week, of which a day behind it may be one: `săpt viit joi`.
pub(super) fn is_of_week(key: &str) -> bool {
    among("viitoare|urmatoare|viitor|viit|urm|vii|sapt|saptamana|saptamanii", key)
}

/// Before a day, these make it the day of something else.
pub(super) fn belongs(key: &str) -> bool {
    among("dupa|din|despre|pentru|pt|ptr|spre|cu|prefera|propune|propus|sugerat|sugereaza|cerut|vrea", key)
}

/// Days that lie ahead.
pub(super) fn is_tomorrow(key: &str) -> bool {
    among("maine|miine|poimaine|poimane|poimiine|poimine|raspoimaine", key)
}

/// Days of the week in short, where a date or a time follows.
pub(super) fn short_weekday(key: &str) -> Option<Short> {
    Some(match key {
        "lun" => Short::Alone(0),
        "lu" => Short::Dotted(0),
        "mar" => Short::Alone(1),
        "ma" => Short::Apart(1),
        "mier" | "mierc" => Short::Alone(2),
        "mi" | "mie" => Short::Apart(2),
        "jo" => Short::Dotted(3),
        "vi" => Short::Dotted(4),
        "vin" => Short::Apart(4),
        "sam" | "samb" => Short::Alone(5),
        "sb" => Short::Dotted(5),
        "sa" => Short::Apart(5),
        "dum" => Short::Alone(6),
        "du" => Short::Apart(6),
        _ => return None,
    })
}

/// What is to be done: what a user writes of their own work, or to themselves.
pub(super) fn is_act(key: &str) -> bool {
    among(
        "sun|suna|trimit|trimite|revin|fac|merg|duc|iau|dau|vad|scriu|scrie|verific|verifica|intreb|intreaba|\
         confirm|pregatesc|pregateste|platesc|cumpar|aduc|adu|ridic|trec|vorbesc|discut|semnez|comand|rezerv|\
         reiau|ajung|plec|termin|inchid|zic|spun|caut|cer|livrez|montez|contactez|contacteaza|reoferta|\
         sa|de|trebuie|tre|\
         programez|ofertez|facturez|propun|negociez|prezint|raspund|raspunde|mut|reprogramez|las|pun|refac",
        key,
    )
}

/// Behind `să`, these stand before what is to be done: `să o sun`, `să le mai trimit`.
pub(super) fn is_clitic(key: &str) -> bool {
    among("o|il|le|ii|l|i|va|te|mai|ne|iti|imi", key)
}

/// What brings something to somebody.
pub(super) fn is_delivery(key: &str) -> bool {
    among("livrare|livrari|livrat|livrez|livram|livrarea", key)
}

/// Behind a number, what is delivered in such a number: `20 de cutii`.
pub(super) fn is_goods(key: &str) -> bool {
    among(
        "cutii|paleti|palet|bucati|buc|kg|tone|saci|baxuri|bax|colete|colet|lazi|role|litri|mc|seturi|\
         perechi|bidoane|galeti|camioane|pachete|cartoane|pungi|sticle|navete",
        key,
    )
}

/// Behind a day of the week, which one it is.
pub(super) fn is_which(key: &str) -> bool {
    among("viitoare|urmatoare|trecuta|asta|aceasta", key)
}

/// Days after which a day of the week is another than the next.
pub(super) fn is_days_off(key: &str) -> bool {
    is_vague(key).is_some()
        || among("sarbatori|sarbatorile|concediu|concediul|vacanta|anul|luna|saptamana", key)
}

/// Before `să`, these ask something of somebody.
pub(super) fn asks(key: &str) -> bool {
    among("zis|spus|rugat|cerut|zice|spune|roaga|cere|vrea|insista|insistat|trebuie|promis", key)
}

/// What is booked, and not delivered.
pub(super) fn is_booked(key: &str) -> bool {
    among("bilet|bilete|loc|locuri|camera|camere|masa|mese|rezervare|rezervari", key)
}

/// Behind the end of a year or a month, these make it another one.
pub(super) fn is_of_other_year(key: &str) -> bool {
    among(
        "viitoare|viitor|urmatoare|urmator|trecute|trecut|trecuta|scolar|fiscal|universitar|financiar|agricol|\
         bugetar|competitional",
        key,
    )
}

/// How long something lasts or takes by a contract.
pub(super) fn is_terms(key: &str) -> bool {
    ["livrar", "termen", "scaden", "garanti", "valabil", "plata", "platibil", "executi", "retur", "expir"]
        .iter()
        .any(|begin| key.starts_with(begin))
}

/// What was moved to another day.
pub(super) fn moved(key: &str) -> bool {
    among("mutat|mutata|reprogramat|reprogramata|amanat|amanata|decalat|decalata", key)
}

/// Before `că`, these remind of the todo itself.
pub(super) fn reminds(key: &str) -> bool {
    among("noteaza|notez|aminteste|uita|uit|uitam|retine|minte|vezi|atentie|promis|stii", key)
}

/// How something is until a day, or to that day: not what is to be done by then.
pub(super) fn is_state(key: &str) -> bool {
    among(
        "valabil|valabila|valabile|valabili|expira|expirat|expirata|scadent|scadenta|scade|concediu|\
         plecat|plecata|deschis|deschisa|\
         lipseste|inchis|inchisa|ocupat|ocupata|absent|absenta|bolnav|bolnava|delegatie|vacanta|garantie|\
         anulat|anulata|\
         anuleaza",
        key,
    )
}

/// What is so until a day.
pub(super) fn is_offer(key: &str) -> bool {
    among(
        "discount|reducere|reduceri|promotie|promotia|oferim|deschis|program|gratuit|gratuita|gratis|\
         lucreaza|ramane|raman|dureaza|tine|sta",
        key,
    )
}

/// What others do: their day is not the todo's.
pub(super) fn is_of_others(key: &str) -> bool {
    among(
        "primeste|primesc|vine|vin|pleaca|soseste|sosesc|ajunge|asteapta|incepe|deschide|livreaza|revine|\
         intra|iese|\
         zboara|soseste|termina|decide|raspunde|are|au|e|este|sunt|poate|pot",
        key,
    )
}

/// A participle before a day tells of a day that has passed, unless something is still to be done.
pub(super) fn is_past(key: &str) -> bool {
    let stem = key.trim_end_matches(['a', 'e', 'i']);
    among(
        "trimis|primit|discutat|promis|stabilit|facut|cerut|comandat|semnat|convenit|agreat|\
         livrat|emis|vorbit|intalnit|venit|fost|avut|spus|scris|cumparat|platit|sosit|ajuns|\
         plecat|sunat|zis|lasat|vandut|depus",
        stem,
    )
}

/// It says what is not to be done, unless it says not to forget it.
pub(super) fn negates(key: &str, next: &str) -> bool {
    key == "nu" && !matches!(next, "uita" | "uitati" | "uit" | "uiti" | "uitam" | "rata" | "ratez")
}

/// What comes after it is not the todo but what somebody else does or says.
pub(super) fn subordinates(key: &str) -> bool {
    among("care|daca|ca|cand|ce|fiindca|deoarece|cum|unde|cine|cui|caruia|careia|incat|desi", key)
}

/// What is no day, holds several, or is not the due's; and whether it leaves the line without a due.
pub(super) fn is_vague(key: &str) -> Option<bool> {
    match key {
        "weekend" | "weekendul" | "weekendului" | "week end" | "fiecare" => Some(true),
        "ieri" | "alaltaieri" | "aseara" | "craciun" | "craciunul" | "craciunului" | "paste" | "pasti"
        | "pastele" | "revelion" | "revelionul" | "rusalii" | "ziua" | "zilei" | "zilnic" | "saptamanal"
        | "lunar" | "anual" | "curand" => Some(false),
        _ => None,
    }
}

/// After an hour without `ora`, these show that it counts nothing.
pub(super) fn goes_on(key: &str) -> bool {
    among(
        "la|cu|pe|in|pentru|despre|suna|sun|trimite|trimit|intalnire|intalnirea|sedinta|vizita|\
         apel|apelez|prezentare|prezentarea|demonstratie|discutie|discut|vorbesc|vorbeste|merg|\
         du|plec|vine|verifica|verific|fac|am|avem|cafea|cina|pranz|contacteaza|scrie|revin|fix",
        key,
    )
}
