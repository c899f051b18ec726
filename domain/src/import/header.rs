//! From header names to what a column means.

use super::destination::{Destination, Holder};
use super::names::{NameOrder, header_words};
use super::problem::FileError;
use super::records::prefix;
use crate::value::id::FieldId;

/// The most bytes of all header names of a wide file together.
const MAX_NAMES: usize = 64 << 10;

/// What the columns of a file mean: guessed from their names, to be corrected by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The columns, from left to right.
    pub columns: Vec<Column>,
    /// Which part of a person's name comes first, in cells with full names and in names of cards.
    pub name_order: NameOrder,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its header, or `column 7` if it has none.
    pub name: String,
    /// What it means.
    pub target: Target,
}

/// What a column means.
///
/// If two columns mean the same and a row can have it only once, the first filled one counts, and what
/// the other adds is kept as in [`Target::Keep`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The id of the row in the system it comes from: a second import knows it again. One column has it.
    ExternalId,
    /// The person's given name.
    GivenName,
    /// The person's family name.
    FamilyName,
    /// The person's whole name; it counts where given and family name are empty.
    FullName,
    /// The company's name.
    Company,
    /// A phone number, or several separated by `;`.
    Phone(Party, String),
    /// An email address, or several.
    Email(Party, String),
    /// A part of a postal address; the parts with one label make one address.
    Address(AddressPart, Party, String),
    /// The card's owner, by name or email.
    Owner,
    /// The card's status, by name.
    Status,
    /// Free text about the customer: a note on the card.
    Note,
    /// When the customer was first met: the time of the notes.
    FirstSeen,
    /// When the customer was last met: the first todo's due follows from it.
    LastSeen,
    /// A field of card, person or company.
    Field(FieldId),
    /// No place of its own: kept as a line `header: cell` in a note on the card.
    Keep,
    /// Left out, because the user said so.
    Ignore,
}

/// Whose detail it is. A company's goes to the person in rows without a company, and a person's to the
/// company in rows without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The person's.
    Person,
    /// The company's.
    Company,
}

/// A part of a postal address, in the order in which an address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressPart {
    /// Street and number, or the whole address.
    Street,
    /// Postal code.
    Zip,
    /// City.
    City,
    /// County or state.
    Region,
    /// Country.
    Country,
}

impl Mapping {
    /// What the header names seem to mean, with the fields and statuses that are there.
    pub fn guess(header: &[String], to: &Destination) -> Self {
        let keys: Vec<String> = header.iter().map(|name| key(&header_words(name))).collect();
        let is_family_first = keys.iter().any(|key| FAMILY_FIRST.contains(&key.as_str()));
        let name_order = if is_family_first { NameOrder::FamilyFirst } else { NameOrder::GivenFirst };
        let mut columns: Vec<Column> = (1..)
            .zip(header)
            .map(|(place, name)| {
                let name = name.trim();
                let target = guess(&header_words(name), to);
                let name =
                    if name.is_empty() { format!("column {place}") } else { bounded(name, header.len()) };
                Column { name, target }
            })
            .collect();
        // "Name" beside "First name", "Nume" beside "Prenume" is the family name.
        let has = |target| columns.iter().any(|column| column.target == target);
        if has(Target::GivenName) && !has(Target::FamilyName) {
            let full = columns.iter_mut().filter(|column| column.target == Target::FullName);
            full.for_each(|column| column.target = Target::FamilyName);
        }
        one_id(&mut columns);
        Self { columns, name_order }
    }

    /// The names of the columns that found no place: what they hold is kept as notes.
    pub fn kept(&self) -> impl Iterator<Item = &str> {
        self.with(Target::Keep)
    }

    /// The names of the columns that are left out.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        self.with(Target::Ignore)
    }

    /// The names that more than one column has.
    pub fn duplicates(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        let same = names.chunk_by(|one, other| one == other).filter(|same| same.len() > 1);
        same.filter_map(|same| same.first().copied()).collect()
    }

    /// Whether some column can name a person or a company, or has an email or phone to name them by:
    /// otherwise no row is usable.
    pub fn check(&self) -> Result<(), FileError> {
        let is_name = |target: &Target| {
            use Target::{Company, Email, FamilyName, FullName, GivenName, Phone};
            matches!(target, GivenName | FamilyName | FullName | Company | Email(..) | Phone(..))
        };
        let has_name = self.columns.iter().any(|column| is_name(&column.target));
        if has_name { Ok(()) } else { Err(FileError::NoName) }
    }

    fn with(&self, target: Target) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().filter(move |column| column.target == target);
        columns.map(|column| column.name.as_str())
    }
}

/// How many of these header names have a known meaning, whatever fields there are.
pub(super) fn known<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    let is_known = |name: &&str| {
        let words = header_words(name);
        word_target(&key(&words)).is_some() || detail(&words).is_some()
    };
    names.filter(is_known).count()
}

/// Other names of a person's job title, for callers whose persons have such a field.
pub const JOB_TITLE_NAMES: &[&str] =
    &["title", "job title", "position", "role", "beosztás", "munkakör", "pozíció", "funcție", "post"];

/// Other names of tags, for callers whose cards have such a field.
pub const TAG_NAMES: &[&str] =
    &["tags", "labels", "categories", "címkék", "kategóriák", "etichete", "categorii"];

fn guess(words: &[String], to: &Destination) -> Target {
    use Target::{Company, ExternalId, FamilyName, FullName, GivenName, Keep, Status};
    let key = key(words);
    let by_word = word_target(&key);
    // A contact holds one text for a field, so several options have no place in it.
    let field = to.fields.iter().find(|field| {
        field.names.iter().any(|name| header_words(name).concat() == words.concat())
            && !(field.of != Holder::Card && field.kind.is_multiple())
    });
    match (by_word, field) {
        // Names never become a field: a row without one is not usable.
        (Some(name @ (ExternalId | GivenName | FamilyName | FullName | Company)), _) => name,
        // The firm's own field is asked before our list: it may use a common word in its own sense.
        (_, Some(field)) => Target::Field(field.field),
        // A product that derives its statuses has none to give.
        (Some(Status), None) if to.statuses.is_empty() => Keep,
        (Some(target), None) => target,
        (None, None) => detail(words).unwrap_or(Keep),
    }
}

/// The words of a header in one, without numbers: `Organization 1 - Name` is `organizationname`.
fn key(words: &[String]) -> String {
    words.concat().chars().filter(|char| !char.is_numeric()).collect()
}

/// Leaves one column the meaning of the id: the one that tells the most rows apart. Of a deal, its own id and
/// not that of the customer, who may have several.
fn one_id(columns: &mut [Column]) {
    let is_id = |column: &&mut Column| column.target == Target::ExternalId;
    let rank = |name: &str| id_rank(&key(&header_words(name)));
    let ranks = columns.iter().filter(|column| column.target == Target::ExternalId);
    let best = ranks.map(|column| rank(&column.name)).min();
    let mut ids = columns.iter_mut().filter(is_id).collect::<Vec<_>>();
    let chosen = ids.iter().position(|column| Some(rank(&column.name)) == best);
    for (place, column) in ids.iter_mut().enumerate() {
        if Some(place) != chosen {
            column.target = Target::Keep;
        }
    }
}

/// How far an id is from the row: the least first.
fn id_rank(key: &str) -> usize {
    match key {
        "dealid" | "opportunityid" => 1,
        "leadid" => 2,
        "contactid" | "customerid" | "ugyfelazonosito" | "codclient" => 3,
        _ => 0,
    }
}

fn bounded(name: &str, columns: usize) -> String {
    // A header cell may have 64 KB, and every note and problem repeats its name. All together they must
    // leave room for the cells, whose notes go into one change.
    let name: String = name.chars().take(80).collect();
    prefix(&name, MAX_NAMES / columns.max(1)).to_owned()
}

/// Header names that mean a language in which the family name comes first.
const FAMILY_FIRST: &[&str] = &[
    "nev",
    "teljesnev",
    "vezeteknev",
    "csaladnev",
    "csaladinev",
    "keresztnev",
    "utonev",
    "kapcsolattarto",
    "kapcsolattartoneve",
    "numesiprenume",
];

/// What a header name means that stands for itself, in English, Hungarian or Romanian.
fn word_target(key: &str) -> Option<Target> {
    Some(match key {
        "id" | "externalid" | "contactid" | "recordid" | "customerid" | "leadid" | "dealid"
        | "opportunityid" | "azonosito" | "ugyfelazonosito" | "kulsoazonosito" | "codclient"
        | "identificator" => Target::ExternalId,
        "firstname" | "givenname" | "forename" | "keresztnev" | "utonev" | "prenume" => Target::GivenName,
        "lastname" | "surname" | "familyname" | "vezeteknev" | "csaladnev" | "csaladinev"
        | "numedefamilie" => Target::FamilyName,
        "name" | "fullname" | "contact" | "contactname" | "contactperson" | "person" | "displayname"
        | "nev" | "teljesnev" | "kapcsolattarto" | "kapcsolattartoneve" | "nume" | "numecomplet"
        | "numesiprenume" | "persoanadecontact" | "persoanacontact" => Target::FullName,
        "company" | "companyname" | "organisation" | "organization" | "organisationname"
        | "organizationname" | "account" | "accountname" | "firm" | "employer" | "business"
        | "businessname" | "ceg" | "cegnev" | "cegneve" | "vallalat" | "vallalkozas" | "szervezet"
        | "munkahely" | "firma" | "numefirma" | "numelefirmei" | "denumirefirma" | "companie"
        | "numecompanie" | "societate" | "organizatie" | "angajator" => Target::Company,
        "owner" | "owneremail" | "ownername" | "accountowner" | "contactowner" | "leadowner"
        | "responsible" | "assignedto" | "salesperson" | "salesrep" | "sales" | "felelos" | "felelosneve"
        | "felelosemail" | "ertekesito" | "ugyintezo" | "kapcsolatfelelos" | "responsabil" | "proprietar"
        | "detinator" | "agent" | "agentdevanzari" => Target::Owner,
        "status" | "leadstatus" | "stage" | "statusz" | "allapot" | "ugyfelallapot" | "stare" | "stadiu" => {
            Target::Status
        }
        "background" | "note" | "notes" | "comment" | "comments" | "description" | "remarks"
        | "megjegyzes" | "megjegyzesek" | "jegyzet" | "leiras" | "hatter" | "observatii" | "descriere"
        | "comentarii" | "mentiuni" => Target::Note,
        "firstseen" | "firstcontact" | "firstcontacted" | "created" | "createdat" | "createdon"
        | "createddate" | "datecreated" | "letrehozva" | "letrehozasdatuma" | "rogzitve"
        | "elsokapcsolat" | "creatla" | "datacrearii" | "primulcontact" => Target::FirstSeen,
        "lastseen"
        | "lastcontact"
        | "lastcontacted"
        | "lastcontactdate"
        | "lastactivity"
        | "lastactivitydate"
        | "lastvisit"
        | "utolsokapcsolat"
        | "utolsokapcsolatfelvetel"
        | "utolsolatogatas"
        | "utolsoaktivitas"
        | "ultimulcontact"
        | "ultimacontactare"
        | "ultimavizita"
        | "ultimaactivitate" => Target::LastSeen,
        _ => return None,
    })
}

/// A phone, email or part of an address, if every word of the header is known to say so.
fn detail(words: &[String]) -> Option<Target> {
    let (mut party, mut label) = (Party::Person, "");
    let (mut is_phone, mut is_email, mut is_address, mut part) = (false, false, false, None);
    for word in words {
        match word.as_str() {
            "email" | "mail" | "emailcim" | "emailcime" | "emailaddress" => is_email = true,
            "phone" | "telephone" | "tel" | "telefon" | "telefonszam" | "telefonszama" => is_phone = true,
            "mobile" | "cell" | "cellphone" | "mobil" | "mobiltelefon" | "mobilszam" | "gsm" => {
                (is_phone, label) = (true, "mobile");
            }
            "fax" | "faxszam" => (is_phone, label) = (true, "fax"),
            "work" | "business" | "office" | "munkahelyi" | "irodai" | "serviciu" | "birou" => label = "work",
            "home" | "private" | "personal" | "otthoni" | "magan" | "lakasi" | "acasa" => label = "home",
            "other" | "secondary" | "egyeb" | "masodlagos" | "alt" | "alta" | "altul" => label = "other",
            "main" | "primary" | "fo" | "elsodleges" | "principal" | "principala" => label = "main",
            "company" | "organization" | "ceg" | "ceges" | "firma" | "firmei" | "companie" => {
                party = Party::Company;
            }
            "street" | "address" | "utca" | "cim" | "cime" | "lakcim" | "szekhely" | "strada" | "adresa"
            | "sediu" => is_address = true,
            "zip" | "zipcode" | "postcode" | "postal" | "iranyitoszam" | "irsz" | "postala" => {
                // The first part that is named counts: `Country/Region` is a country.
                part = part.or(Some(AddressPart::Zip));
            }
            "city" | "town" | "varos" | "telepules" | "helyseg" | "oras" | "localitate" => {
                part = part.or(Some(AddressPart::City));
            }
            "state" | "region" | "county" | "province" | "megye" | "judet" => {
                part = part.or(Some(AddressPart::Region))
            }
            "country" | "orszag" | "tara" => part = part.or(Some(AddressPart::Country)),
            // These words tell nothing, but must not make a header unknown.
            "number" | "nr" | "no" | "szam" | "szama" | "value" | "line" | "de" | "cod" | "code" => {}
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => {}
            // One unknown word is enough to give up: `Email status` is no email.
            _ => return None,
        }
    }
    let label = label.to_owned();
    match part {
        // Before the address, because `email address` has that word, too.
        _ if is_email => Some(Target::Email(party, label)),
        _ if is_phone => Some(Target::Phone(party, label)),
        None if is_address => Some(Target::Address(AddressPart::Street, party, label)),
        part => part.map(|part| Target::Address(part, party, label)),
    }
}
