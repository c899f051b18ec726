//! The benchmark cards: made from a seed, the same on every machine.
//!
//! Card `i` depends on the seed and `i` alone, so the first 1,000 of 10,000 cards are those of 1,000.
//! Figures of different versions can be compared only while the cards stay what they are: [`check`]
//! proves it.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// SHA-256 of the first 1,000 cards of seed 1, each as one line of JSON.
const FIRST_THOUSAND: &str = "cf78a90407456f3a8b25a57ce4fcc3802af884e557bd63004ca03b633edc200f";

/// A card as it is drawn, before it becomes commands.
#[derive(Serialize)]
pub struct Card {
    pub id: String,
    pub name: String,
    pub status: &'static str,
    pub owner: String,
    pub fields: serde_json::Map<String, serde_json::Value>,
    pub todos: Vec<Todo>,
    pub history: Vec<Event>,
}

#[derive(Serialize)]
pub struct Todo {
    pub id: String,
    pub text: String,
    /// The start of a minute in UTC, as RFC 3339.
    pub due: String,
    pub responsible: String,
    pub done: bool,
}

#[derive(Serialize)]
pub struct Event {
    pub id: String,
    /// As [`Todo::due`].
    pub at: String,
    pub by: String,
    pub text: String,
}

/// The first `count` cards of a seed.
pub fn cards(count: usize, seed: u32) -> Vec<Card> {
    let words = Words::new();
    (0..u32::try_from(count).unwrap()).map(|number| words.card(number, seed)).collect()
}

/// The cards as lines of JSON.
pub fn lines(count: usize, seed: u32) -> String {
    cards(count, seed).iter().map(|card| serde_json::to_string(card).unwrap() + "\n").collect()
}

/// Ends the program if the cards are not the ones that all earlier figures were taken with.
pub fn check() {
    let hash = Sha256::digest(lines(1_000, 1));
    let hash = data_encoding::HEXLOWER.encode(&hash);
    assert_eq!(hash, FIRST_THOUSAND, "the benchmark cards have changed: no earlier figure compares");
}

/// Splitmix32.
struct Dice(u32);

impl Dice {
    fn of_card(number: u32, seed: u32) -> Self {
        let seed = seed.wrapping_add(1).wrapping_mul(0x27d4_eb2f);
        let number = number.wrapping_add(1).wrapping_mul(0x1656_67b1);
        let mut dice = Self(seed ^ number);
        // The first numbers of neighbours resemble each other.
        for _ in 0..4 {
            dice.next();
        }
        dice
    }

    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9);
        let mut z = self.0;
        z = (z ^ (z >> 16)).wrapping_mul(0x85eb_ca6b);
        z = (z ^ (z >> 13)).wrapping_mul(0xc2b2_ae35);
        z ^ (z >> 16)
    }

    /// A number from `least` to `most`, both included.
    fn int(&mut self, least: u32, most: u32) -> u32 {
        least + self.next() % (most - least + 1)
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.next() as usize % list.len()]
    }

    fn user(&mut self) -> String {
        format!("user-{:02}", self.int(1, 60))
    }

    /// A minute of a year of 365 days.
    fn minute(&mut self, year: u32) -> String {
        const MONTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let minutes = self.int(0, 365 * 24 * 60 - 1);
        let (mut day, mut month) = (minutes / (24 * 60), 0);
        while day >= MONTHS[month] {
            day -= MONTHS[month];
            month += 1;
        }
        let (hour, minute) = (minutes / 60 % 24, minutes % 60);
        format!("{year}-{:02}-{:02}T{hour:02}:{minute:02}:00Z", month + 1, day + 1)
    }
}

/// What the texts are made of.
struct Words {
    words: Vec<&'static str>,
    first_names: Vec<&'static str>,
    last_names: Vec<&'static str>,
    trades: Vec<&'static str>,
    cities: Vec<&'static str>,
}

impl Words {
    fn new() -> Self {
        let list = |text: &'static str| text.split_whitespace().collect();
        Self {
            words: list(WORDS),
            first_names: list(FIRST_NAMES),
            last_names: list(LAST_NAMES),
            trades: list(TRADES),
            cities: list(CITIES),
        }
    }

    /// Each call of the dice moves them on: the order below is part of what a card is.
    fn card(&self, number: u32, seed: u32) -> Card {
        let mut dice = Dice::of_card(number, seed);
        let person = format!("{} {}", dice.pick(&self.first_names), dice.pick(&self.last_names));
        let (last_name, trade) = (dice.pick(&self.last_names), dice.pick(&self.trades));
        Card {
            id: format!("card-{number:06}"),
            name: format!("{last_name} {trade} {}", dice.pick(&self.cities)),
            status: dice.pick(&STATUSES),
            owner: dice.user(),
            fields: self.fields(&mut dice, &person),
            todos: (1..=3).map(|n| self.todo(&mut dice, n)).collect(),
            history: (1..=5).map(|n| self.event(&mut dice, n)).collect(),
        }
    }

    fn fields(&self, dice: &mut Dice, person: &str) -> serde_json::Map<String, serde_json::Value> {
        let mut fields = serde_json::Map::new();
        let mut add = |name: &str, value: serde_json::Value| fields.insert(name.to_owned(), value);
        add("f01", person.into());
        let phone = (dice.int(100, 999), dice.int(100, 999), dice.int(0, 9_999));
        add("f02", format!("+00 {} {} {:04}", phone.0, phone.1, phone.2).into());
        add("f03", format!("{}@example.test", person.to_lowercase().replace(' ', ".")).into());
        let street = dice.pick(&self.words);
        add("f04", format!("{street} street {}", dice.int(1, 240)).into());
        add("f05", dice.pick(&self.cities).into());
        add("f06", dice.int(0, 250_000).into());
        add("f07", dice.int(0, 100).into());
        add("f08", dice.minute(2026)[..10].into());
        add("f09", dice.pick(&["A", "B", "C", "D"]).into());
        let interest = [(); 3].map(|()| dice.pick(&self.words));
        add("f10", interest.join(" ").into());
        add("f11", dice.int(1, 400).into());
        add("f12", self.text(dice, 50, 80).into());
        fields
    }

    fn todo(&self, dice: &mut Dice, number: u32) -> Todo {
        Todo {
            id: format!("t{number}"),
            text: self.text(dice, 40, 64),
            due: dice.minute(2026),
            responsible: dice.user(),
            done: dice.int(0, 3) == 0,
        }
    }

    fn event(&self, dice: &mut Dice, number: u32) -> Event {
        Event {
            id: format!("h{number}"),
            at: dice.minute(2025),
            by: dice.user(),
            text: self.text(dice, 70, 86),
        }
    }

    /// Words until they are as long as was drawn, the first with a capital.
    fn text(&self, dice: &mut Dice, least: u32, most: u32) -> String {
        let length = dice.int(least, most) as usize;
        let mut text = dice.pick(&self.words).to_owned();
        while text.len() < length {
            text.push(' ');
            text.push_str(dice.pick(&self.words));
        }
        text[..1].make_ascii_uppercase();
        text
    }
}

const STATUSES: [&str; 7] = ["lead", "contacted", "qualified", "offer", "negotiation", "won", "lost"];

const FIRST_NAMES: &str = "Anna Boris Carla Dmitri Elena Farid Gita Henrik Ines Jonas Katya Lars Maria \
    Nikolai Olga Pavel Rosa Stefan Tanya Viktor";

const LAST_NAMES: &str = "Almeida Brandt Castro Dahl Egorov Ferrari Garcia Hansen Ivanova Jensen Kovacs \
    Lindberg Moreau Novak Orlov Petrov Quist Rossi Sokolova Weber";

const TRADES: &str = "Trading Logistics Works Stores Foods Energy Printing Metals Clinics Farms Motors \
    Textiles";

const CITIES: &str = "Aarhus Bergen Bremen Brno Dresden Gdansk Ghent Graz Kaunas Lille Malmo Nantes Porto \
    Riga Split Tartu Turin Turku Utrecht Varna";

const WORDS: &str = "\
    account advance agree answer approve april arrange august autumn balance batch bonus branch brief \
    budget buyer call campaign carrier catalogue change channel check client colour confirm contact \
    contract copy credit customer deadline dealer december decision delay delivery demand demo depot \
    detail direct discount district draft driver duty early email engineer enquiry estimate event \
    exchange expert february field finance fleet follow forecast forward freight garage goods handle \
    harbour invoice january july june keep launch lead lease letter license local logistics manager \
    margin market material meeting message metal mobile model monday month north notice november number \
    october offer office online open option order owner packet paper partner parts payment people phone \
    pilot plan plant plastic policy price pricing printer priority private product profile project \
    proposal purchase quality quarter quick quote rebate receipt record region regular reminder renew \
    rental repair reply report request result retail return revenue review route sample schedule season \
    sector seller september service session shipment showroom signed site solar south spare spring staff \
    standard stock storage store street summer supplier support survey table target tariff team tender \
    terms thursday ticket tomorrow trade training transfer transport travel trial tuesday update urgent \
    valve vendor visit volume waiting warehouse warranty wednesday weekend west winter workshop";
