//! The invented firm: its people and customers.

use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo};
use roadbook_domain::crm::row::DetailSort;
use roadbook_domain::settings::catalogue::field_id;
use roadbook_domain::value::due::Due;
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, UserId};
use roadbook_domain::value::time::{Day, Timestamp, Zone};

/// The firm.
pub const FIRM: &str = "Kárpát Kávé";
/// Its time zone.
pub const ZONE: &str = "Europe/Budapest";
/// Its language and country.
pub const LOCALE: &str = "en-HU";

/// A contact export to try the import on.
pub const EXPORT: &str = "id,Name,Company,Email,Last contact\n\
    1,Noémi Balogh,Kávéforrás Kft.,noemi@kaveforras.test,2026-11-02\n\
    2,Gergő Fehér,Sarki Bisztró,gergo@sarki.test,2026-10-20\n";

/// A person of the firm.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    /// The login.
    pub email: &'static str,
    /// The family name.
    pub family_name: &'static str,
    /// The given name, by which the transcript calls them.
    pub given_name: &'static str,
}

/// The owner of the firm, who sells too.
pub const ADMINISTRATOR: Name =
    Name { email: "anna@karpat-kave.test", family_name: "Kovács", given_name: "Anna" };
/// The seller.
pub const SELLER: Name = Name { email: "bela@karpat-kave.test", family_name: "Szabó", given_name: "Béla" };

/// A user who can sign in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person.
    pub name: Name,
    /// The password, as it was made for this demonstration.
    pub password: String,
}

impl Person {
    /// A person without a password yet.
    pub fn new(name: Name) -> Self {
        Self { name, password: String::new() }
    }
}

/// A customer of the invented firm.
struct Customer {
    company: &'static str,
    person: (&'static str, &'static str),
    phone: &'static str,
    city: &'static str,
    todo: &'static str,
    /// Days from today, and the hour if it is due at one.
    due: (i32, Option<u32>),
    of_seller: bool,
    value: &'static str,
    note: &'static str,
}

const CUSTOMERS: [Customer; 8] = [
    customer(
        "Duna Grill",
        ("Ilona", "Varga"),
        "+36 1 555 0101",
        "Budapest",
        "Call about the new grinder",
        (-2, None),
        false,
        "480000 HUF",
        "Wants a quieter grinder for the terrace.",
    ),
    customer(
        "Bistro Casa Verde",
        ("Andrei", "Popescu"),
        "+40 21 555 0102",
        "Brașov",
        "Send the offer for two machines",
        (0, Some(17)),
        false,
        "3200 EUR",
        "Opens a second shop in spring.",
    ),
    customer(
        "Hotel Aranysas",
        ("Gábor", "Tóth"),
        "+36 62 555 0103",
        "Szeged",
        "Agree on the tasting",
        (0, None),
        true,
        "1250000 HUF",
        "Sixty rooms, buys beans weekly.",
    ),
    customer(
        "Cukrászda Mézes",
        ("Éva", "Nagy"),
        "+36 72 555 0104",
        "Pécs",
        "Ask how the trial goes",
        (-1, Some(10)),
        true,
        "210000 HUF",
        "On trial since the fair.",
    ),
    customer(
        "Kafe Rila",
        ("Николай", "Иванов"),
        "+359 2 555 0105",
        "Sofia",
        "Agree on the delivery days",
        (1, Some(9)),
        true,
        "1900 EUR",
        "Delivery on Tuesdays only.",
    ),
    customer(
        "Padaria Lisboa",
        ("Maria", "Almeida"),
        "+351 21 555 0106",
        "Lisboa",
        "Send samples",
        (3, None),
        false,
        "900 EUR",
        "Prefers a dark roast.",
    ),
    customer(
        "Patisserie Clujana",
        ("Ioana", "Mureșan"),
        "+40 264 555 0107",
        "Cluj-Napoca",
        "Visit and measure the bar",
        (7, Some(11)),
        true,
        "2700 EUR",
        "The bar is 58 cm deep.",
    ),
    customer(
        "Irodaház Liget",
        ("Péter", "Horváth"),
        "+36 1 555 0108",
        "Budapest",
        "Renew the service contract",
        (30, None),
        false,
        "600000 HUF",
        "Contract ends with the quarter.",
    ),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table above")]
const fn customer(
    company: &'static str,
    person: (&'static str, &'static str),
    phone: &'static str,
    city: &'static str,
    todo: &'static str,
    due: (i32, Option<u32>),
    of_seller: bool,
    value: &'static str,
    note: &'static str,
) -> Customer {
    Customer { company, person, phone, city, todo, due, of_seller, value, note }
}

/// A customer's contact and card, to be made in one act.
pub struct Planned {
    /// The card's name.
    pub name: String,
    /// What makes the contact.
    pub contact: Vec<ContactCommand>,
    /// The owner of the card; `None`: the user who makes it.
    pub owner: Option<UserId>,
    /// What the card begins with, once its contact has this id.
    pub card: Box<dyn Fn(DocumentId) -> Vec<CardCommand>>,
}

/// All customers of the invented firm.
pub fn customers(env: &dyn Env, product: ProductId, seller: UserId, me: UserId, zone: Zone) -> Vec<Planned> {
    let now = env.now();
    CUSTOMERS.iter().map(|customer| customer.plan(env, product, seller, me, zone, now)).collect()
}

impl Customer {
    fn plan(
        &'static self,
        env: &dyn Env,
        product: ProductId,
        seller: UserId,
        me: UserId,
        zone: Zone,
        now: Timestamp,
    ) -> Planned {
        let owner = if self.of_seller { seller } else { me };
        let detail = |sort, value: &str| ContactCommand::SetDetail {
            id: PartId::new(env),
            sort,
            label: "work".to_owned(),
            value: value.to_owned(),
        };
        let (given, family) = self.person;
        let contact = vec![
            ContactCommand::Rename { given: given.to_owned(), family: family.to_owned() },
            detail(DetailSort::Phone, self.phone),
            detail(DetailSort::Address, self.city),
        ];
        let (todo_id, entry_id) = (PartId::new(env), PartId::new(env));
        let card = move |contact: DocumentId| {
            vec![
                CardCommand::SetField(field_id(product, "expected_value"), self.value.to_owned()),
                CardCommand::Link { role: "customer".to_owned(), target: contact },
                CardCommand::AddTodo(NewTodo {
                    id: todo_id,
                    text: self.todo.to_owned(),
                    due: due(self.due, zone, now),
                    assignee: Some(owner),
                    contact: Some(contact),
                }),
                CardCommand::AddEntry(NewEntry {
                    id: entry_id,
                    kind: "note".to_owned(),
                    at: now,
                    text: self.note.to_owned(),
                    by: None,
                    person: Some(contact),
                    place: self.city.to_owned(),
                }),
            ]
        };
        Planned {
            name: self.company.to_owned(),
            contact,
            owner: self.of_seller.then_some(seller),
            card: Box::new(card),
        }
    }
}

/// A due that many days from today, at an hour or on the day.
pub fn due((days, hour): (i32, Option<u32>), zone: Zone, now: Timestamp) -> Option<Due> {
    let day: Day = zone.day_of(now).plus(days);
    let text = match hour {
        Some(hour) => format!("{day}T{hour:02}:00[{}]", zone.name()),
        None => day.to_string(),
    };
    text.parse().ok()
}
