//! Hungarian words of dates and times, folded: `hétfőn` is `hetfon`.

use super::calendar::Unit;
use super::words::{Short, among};

/// What the ending of a day says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `péntek`
    Bare,
    /// `pénteken`
    On,
    /// `péntekig`
    Until,
    /// `péntekje`: the Friday of some week.
    Of,
    /// `pénteki`: something else's.
    Adjective,
    /// `péntekre`, `péntektől`, `péntekenként`
    Other,
}

pub(super) fn month(key: &str) -> Option<u32> {
    Some(match key {
        "januar" | "jan" => 1,
        "februar" | "febr" | "feb" => 2,
        "marcius" | "marc" => 3,
        "aprilis" | "apr" => 4,
        "majus" | "maj" => 5,
        "junius" | "jun" => 6,
        "julius" | "jul" => 7,
        "augusztus" | "aug" => 8,
        "szeptember" | "szept" | "szep" => 9,
        "oktober" | "okt" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

const MONTHS: &[(&str, u32)] = &[
    ("januar", 1),
    ("februar", 2),
    ("marcius", 3),
    ("aprilis", 4),
    ("majus", 5),
    ("junius", 6),
    ("julius", 7),
    ("augusztus", 8),
    ("szeptember", 9),
    ("oktober", 10),
    ("november", 11),
    ("december", 12),
];

const WEEKDAYS: &[(&str, u32)] = &[
    ("hetfo", 0),
    ("kedd", 1),
    ("szerda", 2),
    ("csutortok", 3),
    ("pentek", 4),
    ("szombat", 5),
    ("vasarnap", 6),
];

/// The day of the week without an ending.
pub(super) fn weekday(key: &str) -> Option<u32> {
    WEEKDAYS.iter().find(|(word, _)| *word == key).map(|(_, day)| *day)
}

/// The day of the week with any ending.
pub(super) fn weekday_form(key: &str) -> Option<(u32, Form)> {
    match key {
        "csut" => return Some((3, Form::Bare)),
        "hetf" => return Some((0, Form::Bare)),
        "pent" => return Some((4, Form::Bare)),
        "szomb" => return Some((5, Form::Bare)),
        // Slips of the longest.
        "csutortkon" | "csutorokon" | "csutortokn" | "csutotokon" => return Some((3, Form::On)),
        "szomabton" | "szombton" => return Some((5, Form::On)),
        "pentkene" | "pentken" | "pnteken" | "peneken" => return Some((4, Form::On)),
        _ => {}
    }
    formed(key, WEEKDAYS)
}

/// The month with an ending: not one day.
pub(super) fn month_form(key: &str) -> Option<Form> {
    formed(key, MONTHS).map(|(_, form)| form).or_else(|| {
        let is_in = |(month, _): &(&str, u32)| matches!(key.strip_prefix(month), Some("ban" | "ben"));
        MONTHS.iter().any(is_in).then_some(Form::Other)
    })
}

/// A day of the month in words: `elsején`, `huszadikán`.
pub(super) fn ordinal(key: &str) -> Option<(u32, Form)> {
    formed(key, ORDINALS)
}

const ORDINALS: &[(&str, u32)] = &[
    ("elseje", 1),
    ("masodika", 2),
    ("harmadika", 3),
    ("negyedike", 4),
    ("otodike", 5),
    ("hatodika", 6),
    ("hetedike", 7),
    ("nyolcadika", 8),
    ("kilencedike", 9),
    ("tizedike", 10),
    ("tizenegyedike", 11),
    ("tizenkettedike", 12),
    ("tizenharmadika", 13),
    ("tizennegyedike", 14),
    ("tizenotodike", 15),
    ("tizenhatodika", 16),
    ("tizenhetedike", 17),
    ("tizennyolcadika", 18),
    ("tizenkilencedike", 19),
    ("huszadika", 20),
    ("huszonegyedike", 21),
    ("huszonkettedike", 22),
    ("huszonharmadika", 23),
    ("huszonnegyedike", 24),
    ("huszonotodike", 25),
    ("huszonhatodika", 26),
    ("huszonhetedike", 27),
    ("huszonnyolcadika", 28),
    ("huszonkilencedike", 29),
    ("harmincadika", 30),
    ("harmincegyedike", 31),
];

fn formed(key: &str, stems: &[(&str, u32)]) -> Option<(u32, Form)> {
    let (rest, meaning) =
        stems.iter().find_map(|(stem, meaning)| key.strip_prefix(stem).map(|rest| (rest, *meaning)))?;
    let form = match rest {
        "" => Form::Bare,
        "n" | "on" | "en" | "an" => Form::On,
        "ig" => Form::Until,
        "je" | "jen" | "jan" | "ja" => Form::Of,
        "i" => Form::Adjective,
        "ra" | "re" | "tol" | "nkent" | "onkent" | "enkent" | "ankent" | "hoz" | "hez" => Form::Other,
        _ => return None,
    };
    Some((meaning, form))
}

/// What the ending of a day in digits says: `5-én`, `5-ig`, `5-i`.
pub(super) fn ending(tail: &str) -> Option<Form> {
    Some(match tail {
        "" | "e" | "a" | "je" => Form::Bare,
        "an" | "en" | "jen" | "jan" => Form::On,
        "ig" | "eig" | "aig" | "jeig" => Form::Until,
        "i" | "ei" | "ai" | "jei" => Form::Adjective,
        "re" | "ra" | "ere" | "ara" | "jere" | "tol" | "etol" | "atol" | "jetol" | "hez" | "hoz" => {
            Form::Other
        }
        _ => return None,
    })
}

pub(super) fn number(key: &str) -> Option<u32> {
    Some(match key {
        "egy" => 1,
        "ket" | "ketto" => 2,
        "harom" => 3,
        "negy" => 4,
        "ot" => 5,
        "hat" => 6,
        "het" => 7,
        "nyolc" => 8,
        "kilenc" => 9,
        "tiz" => 10,
        "tizenegy" => 11,
        "tizenket" | "tizenketto" => 12,
        "tizenharom" => 13,
        "tizennegy" => 14,
        "tizenot" => 15,
        "tizenhat" => 16,
        "tizenhet" => 17,
        "tizennyolc" => 18,
        "tizenkilenc" => 19,
        "husz" => 20,
        "harminc" => 30,
        _ => return None,
    })
}

pub(super) fn unit(key: &str) -> Option<Unit> {
    Some(match key {
        "perc" => Unit::Minute,
        "ora" => Unit::Hour,
        "nap" => Unit::Day,
        "munkanap" => Unit::WorkingDay,
        "het" => Unit::Week,
        "honap" => Unit::Month,
        "ev" => Unit::Year,
        _ => return None,
    })
}

/// Before a day, these make it another day, several, or none.
pub(super) fn unsettles(key: &str) -> bool {
    among(
        "inkabb|minden|mindegyik|nem|ne|kiveve|vagy|kb|korulbelul|talan|esetleg|nagyjabol|sem|hanyadik|\
         valamelyik|masodik|harmadik|utolso|kivetelevel|mint|utani|elotti|koveto|megelozo",
        key,
    )
}

/// Behind a day, these make it another day, or several.
pub(super) fn moves(key: &str) -> bool {
    among(
        "utan|elott|ota|helyett|korul|kozott|tajan|fele|vagy|kiveve|kivetelevel|tajekan|kezdve|\
         kezdodoen|tol|egyeb|megelozoen|kovetoen|belul",
        key,
    )
}

/// Whether a word behind a day makes it the day of something else: `pénteken küldött ajánlat`.
pub(super) fn is_participle(key: &str) -> bool {
    let is_other = matches!(
        key,
        "delelott" | "elott" | "mellett" | "helyett" | "kozott" | "folott" | "megett" | "mogott"
    );
    (key.len() > 4 && !is_other && (key.ends_with("ott") || key.ends_with("ett")))
        || among(
            "kert|igert|megbeszelt|beszelt|volt|jart|hivott|jott|kuldte|kerte|mondta|igerte|esedekes|\
         lejaro|ervenyes|hatalyos|szolo|tarto|indulo|erkezo|tartando|kezdodo|megirt|hozta|vett|irt|adott",
            key,
        )
}

/// A verb in the past before a day tells of a day that has passed: `hívtam`, `beszéltünk`.
pub(super) fn is_past(key: &str) -> bool {
    key.len() > 5 && (key.ends_with("tam") || key.ends_with("tem") || key.ends_with("tunk"))
}

/// It says what is not to be done, unless it says not to forget it.
pub(super) fn negates(key: &str, next: &str) -> bool {
    matches!(key, "ne" | "nem" | "nincs" | "sem") && !next.starts_with("felej") && !next.starts_with("feled")
}

/// Days of the week in short that are nothing else.
pub(super) fn is_short(key: &str) -> bool {
    among("csut|hetf|szomb", key)
}

/// Days of the week in very short.
pub(super) fn short_weekday(key: &str) -> Option<Short> {
    Some(match key {
        "h" | "he" => Short::Dotted(0),
        "k" | "ke" => Short::Dotted(1),
        "sze" => Short::Dotted(2),
        "szer" => Short::Apart(2),
        "csu" => Short::Alone(3),
        "cs" => Short::Apart(3),
        "pen" => Short::Alone(4),
        "p" | "pe" => Short::Dotted(4),
        "szo" | "szom" => Short::Dotted(5),
        "va" => Short::Dotted(6),
        "v" | "vas" => Short::Apart(6),
        _ => return None,
    })
}

/// Before a day of the week in short, these make it that of a week.
pub(super) fn is_of_week(key: &str) -> bool {
    among("jovo|kov|kovi|kovetkezo|het|heti|heten|e|ezen|most|mult|elozo|elmult", key)
}

/// The end of the name of a shop or the like, with the ending of a case or without.
pub(super) fn is_shop(key: &str) -> bool {
    const SHOPS: &str = "kiado|konyvkiado|bolt|konyvesbolt|pekseg|etterem|etterm|kavezo|kavehaz|bar|sorozo|\
        borozo|panzio|szallo|szalloda|fogado|vendeglo|csarda|cukraszda|patika|gyogyszertar|szalon|studio|\
        uzlet|aruhaz|nyomda|iroda|ugynokseg|muhely|szerviz|autoszerviz|klub|presszo|bisztro|bistro|pizzeria|\
        antikvarium|galeria|magazin|alapitvany|egyesulet|szovetkezet|konyha|butik|optika|zoldseges|hentes|\
        bufe|etkezde|kocsma|vinoteka";
    const CASES: &str = "t|ot|at|et|ba|be|ban|ben|bol|nak|nek|val|vel|gal|gel|tal|mel|nal|nel|bal|ral|rel|\
        zal|zel|ra|re|rol|hoz|hez|tol|ja|janak|jaban";
    SHOPS
        .split('|')
        .any(|shop| key.strip_prefix(shop).is_some_and(|rest| rest.is_empty() || among(CASES, rest)))
}

/// Behind a number, what is delivered in such a number: `12 raklap`.
pub(super) fn is_goods(key: &str) -> bool {
    among(
        "raklap|doboz|karton|db|darab|tonna|t|zsak|kg|kilo|csomag|lada|rekesz|paletta|m3|kobmeter|liter|\
         hordo|kanna|kamion|tekercs|par|garnitura|szal|tabla|kocsi|fuvar|mazsa|q",
        key,
    )
}

/// What brings something to somebody.
pub(super) fn is_delivery(key: &str) -> bool {
    let stem = ["ki", "le", "oda", "haz", "hazhoz", ""]
        .iter()
        .filter_map(|begin| key.strip_prefix(begin))
        .find(|rest| rest.starts_with("szallit") || rest.starts_with("kezbesit"));
    stem.is_some_and(|stem| stem.ends_with("ni") || stem.ends_with("as") || stem.ends_with("es"))
}

/// What is asked for, promised, offered or booked, or is still to come: nobody delivers it yet.
pub(super) fn is_wish(key: &str) -> bool {
    let is_booked =
        ["jegy", "asztal", "szoba", "hely", "belepo", "szallas"].iter().any(|it| key.starts_with(it));
    let is_participle = key.len() > 4 && (key.ends_with("va") || key.ends_with("ve"));
    let is_verb = among(
        "ker|keri|kerik|kernek|kert|kerte|kertek|kerunk|kerek|kap|kapnak|kapunk|kapott|var|varja|varjak|\
         varnak|vart|iger|igeri|igert|igertek|igerte|rendel|rendelt|rendeltek|rendeles|foglal|foglalt|\
         foglalas|kuldenek|hoznak|hozza|hozzak|hoztak|ajanl|ajanlat|ajanlatot|arajanlat|arajanlatot|mondta|\
         mondtak|lesz|jon|erkezik|kellett|kene|kellene|elfogy|elfogyott|maradt|maradtak|van|vannak|nincs|\
         eleg|keves",
        key.strip_prefix("meg").unwrap_or(key),
    );
    is_booked || is_participle || is_verb
}

/// What is to be done: an infinitive, or that it must be.
pub(super) fn is_act(key: &str) -> bool {
    let is_infinitive = key.len() > 4 && key.ends_with("ni") && !matches!(key, "annyi" | "mennyi");
    is_infinitive || key.ends_with("nom") && key.len() > 5 || among("kell|kellene", key)
}

/// Behind a number, these make it one of people: `30-an leszünk`.
pub(super) fn is_of_people(key: &str) -> bool {
    ["lesz", "vagy", "jon", "jott", "megy", "men", "volt", "var", "ul", "jelentkez", "vesz", "erkez"]
        .iter()
        .any(|begin| key.starts_with(begin))
}

/// Which day of the week of a month; 5 is the last.
pub(super) fn nth(key: &str) -> Option<u32> {
    Some(match key {
        "elso" => 1,
        "masodik" => 2,
        "harmadik" => 3,
        "negyedik" => 4,
        "utolso" => 5,
        _ => return None,
    })
}

/// What somebody asks of the user: `hívjam`, `küldjem`.
pub(super) fn is_mine(key: &str) -> bool {
    let ends = ["jam", "jem", "zzam", "zzem", "ssam", "ssem", "gyem", "njek"];
    key.len() > 4 && ends.iter().any(|end| key.ends_with(end))
}

/// Behind `-ig`, how long something is so.
pub(super) fn lasts(key: &str) -> bool {
    among(
        "el|szol|tart|fut|ervenyes|ervenyben|hatalyos|jar|ingyenes|ingyen|kedvezmenyes|akcios|garancialis|\
         marad|maradnak|maradunk|maradok|dolgozik|dolgoznak|lakik|kitart|elegendo|foglalt|tartozik|\
         tartoznak|gyesen|gyeden|otthon",
        key,
    )
}

/// Before the end of a year or a month, these make it another one.
pub(super) fn is_of_other_year(key: &str) -> bool {
    among(
        "jovo|mult|minden|kovetkezo|kov|uzleti|penzugyi|gazdasagi|ado|adoev|tanev|iskolai|naptari|elozo|\
         tavalyi|adott|koltsegvetesi|masodik|harmadik|elso|ket|harom|fel|negyed",
        key,
    )
}

/// What was moved to another day.
pub(super) fn moved(key: &str) -> bool {
    among(
        "atteve|atrakva|athelyezve|elhalasztva|halasztva|atutemezve|atkerult|atkerul|attettuk|athoztuk|\
         atrakta|attette|athelyezte|\
         elhalasztotta|attettek|atraktak",
        key,
    )
}

/// Before `hogy`, these remind of the todo itself.
pub(super) fn reminds(key: &str) -> bool {
    among(
        "jegyezd|jegyezzem|jegyezzuk|felejtsem|felejtsd|emlekeztess|ird|irjam|feledd|figyelj|figyelmeztess",
        key,
    )
}

/// How somebody or something is until a day: not what is to be done by then.
pub(super) fn is_state(key: &str) -> bool {
    among(
        "szabadsagon|szabin|szabi|szabadsag|tavol|beteg|betegszabin|betegallomanyban|kulfoldon|hazon|lejar|\
         zarva|elfoglalt|nyaral|szabadsagol|erheto|elerheto|nyitva|elmarad|lemondva|torolve",
        key,
    )
}

/// Before a day, these make it the end of something.
pub(super) fn is_valid(key: &str) -> bool {
    ["ervenyes", "lejar", "szavatos", "hatalyos", "garanci", "jotallas"]
        .iter()
        .any(|begin| key.starts_with(begin))
}

/// What is so until a day.
pub(super) fn is_offer(key: &str) -> bool {
    ["akcio", "garanci", "kedvezmeny", "nyitva", "leertekel"].iter().any(|begin| key.starts_with(begin))
}

/// What somebody did, or what happened.
pub(super) fn is_told(key: &str) -> bool {
    among(
        "lejart|javasolt|javasolta|ajanlotta|volt|voltak|voltunk|jott|ment|hivott|irt|kert|kapott|\
         kuldott|mondta|kerte|igerte|rendelt|fizetett|\
         telefonalt|szolt|valaszolt|keresett|erdeklodott|lemondta|lemondott|jelzett|jelezte|hozott|vitt|\
         szallitott|\
         elutasitotta|elfogadta|megrendelte|alairta|kifizette|megerkezett|elment|megjott",
        key,
    )
}

/// What others do: their day is not the todo's.
pub(super) fn is_of_others(key: &str) -> bool {
    among(
        "kap|kapja|kapjak|jon|jonnek|erkezik|indul|kezdodik|lesz|van|megy|utazik|hozza|kuldi|szallitja|\
         szallit|\
         dont|valaszol|raer|fizet|utal|szallitjak|hozzak|kuldik|viszik|erkeznek|kapjuk|nyit|zar|kezd|jar|\
         ment|tud|kesz|szol|keri|varja|var",
        key,
    )
}

/// Days with names of their own, and their month and day.
pub(super) const NAMED: &[(&str, u32, u32)] = &[
    ("szenteste", 12, 24),
    ("szilveszterkor", 12, 31),
    ("szilveszterig", 12, 31),
    ("mikulaskor", 12, 6),
    ("mikulasig", 12, 6),
    ("ujevkor", 1, 1),
];

/// What comes after it is not the todo but what somebody else does or says.
pub(super) fn subordinates(key: &str) -> bool {
    among(
        "hogy|ha|mert|ami|amit|amirol|amiert|aki|akit|akivel|akinek|akitol|amely|amelyet|amelyik|\
         ahol|ahova|amikor|mikor|miert|vajon|mit|mivel|hol|hogyan",
        key,
    )
}

/// What is no day, holds several, or is not the due's; and whether it leaves the line without a due.
pub(super) fn is_vague(key: &str) -> Option<bool> {
    const ASIDE: &[&str] = &["tegnap", "karacsony", "husvet", "szilveszter", "punkosd", "mikulas", "ujev"];
    match key {
        "hetvegen" | "hetvegere" | "hetvegeig" | "vegen" | "vegeig" | "vegere" | "elejen" | "elejere"
        | "kozepen" | "kozepere" | "kozepeig" | "heten" | "jovore" | "mulva" | "belul" | "napokban"
        | "hetekben" | "honapban" | "evben" => Some(true),
        "mai" | "iden" | "hetvege" | "hetvegi" | "hetre" | "kesobb" | "hamarosan" => Some(false),
        _ if ["naponta", "hetente", "havonta", "evente"].iter().any(|every| key.ends_with(every)) => {
            Some(true)
        }
        _ if ASIDE.iter().any(|word| key.starts_with(word)) => Some(false),
        _ => None,
    }
}
