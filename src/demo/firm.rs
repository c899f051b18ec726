//! The firm that the demonstration to touch begins with: four colleagues, forty customers in three countries, and their
//! cards in several products. What is written is said in the visitor's language; the people and firms are invented.

use std::collections::BTreeMap;
use std::error::Error;

use roadbook_client::{ApiError, Batch, BoardQuery, Client, NewCard, NewContact, Owner};
use roadbook_domain::crm::command::{Acting, CardCommand, ContactCommand, NewEntry, NewTodo};
use roadbook_domain::crm::row::{ContactSort, DetailSort};
use roadbook_domain::document::OriginKind;
use roadbook_domain::import::{
    self, Destination, Directory, FileError, Hints, ImportSource, Mapping, Source,
};
use roadbook_domain::settings::catalogue::{Language, field_id, status_id};
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::{ImportKey, LOCAL_USER, Settings, SettingsRow, builtin_rows};
use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};

use super::Import;
use super::cast::{self, Name};

/// The card that the story is about: both colleagues see it, one of them owns it.
pub const TOLD_OF: &str = "Bistro Casa Verde";

/// A colleague who has no phone in the demonstration.
pub struct Colleague {
    /// Who.
    pub name: Name,
    /// What they may do.
    pub role: &'static str,
    /// Where they are.
    pub zone: &'static str,
    /// What they read.
    pub locale: &'static str,
}

/// Those who are not Anna and Béla.
pub const OTHERS: [Colleague; 2] = [
    Colleague {
        name: Name { email: "ioana@karpat-kave.test", family_name: "Pop", given_name: "Ioana" },
        role: "manager",
        zone: "Europe/Bucharest",
        locale: "ro-RO",
    },
    Colleague {
        name: Name { email: "georgi@karpat-kave.test", family_name: "Petrov", given_name: "Georgi" },
        role: "user",
        zone: "Europe/Sofia",
        locale: "bg-BG",
    },
];

const CARDS: &str = include_str!("firm/cards.txt");
const TEXTS: &str = include_str!("firm/texts.txt");

/// When calls are planned for customers of a file that says nothing of it, in days from today, in turn.
const PLANNED: [i32; 8] = [0, -1, 0, 1, 3, 0, -2, 7];
/// For how many of them at most.
const MOST_PLANNED: u32 = 200;
const DAY: i64 = 24 * 60 * 60 * 1000;
const HOUR: i64 = 60 * 60 * 1000;

/// What the cards say, in one language.
pub struct Texts(BTreeMap<&'static str, &'static str>);

impl Texts {
    /// The texts in a language.
    ///
    /// # Errors
    /// Their file is not what it should be.
    pub fn of(language: Language) -> Result<Self, Box<dyn Error>> {
        let mut texts = BTreeMap::new();
        for line in lines(TEXTS) {
            let [key, english, hungarian, romanian] = cells(line)?;
            let text = match language {
                Language::English => english,
                Language::Hungarian => hungarian,
                Language::Romanian => romanian,
            };
            texts.insert(key, text);
        }
        Ok(Self(texts))
    }

    /// A text, if its key is not empty.
    fn get(&self, key: &str) -> Result<Option<&'static str>, String> {
        match key {
            "" => Ok(None),
            key => self.0.get(key).map(|text| Some(*text)).ok_or_else(|| format!("there is no text {key}")),
        }
    }
}

/// Writes the customers of these owners with their cards, as one act of the user of this phone: what is written down of
/// a visit is in its author's name. The settings of the phone name all colleagues.
///
/// # Errors
/// The file with the cards is not what it should be; of the phone.
pub fn write(client: &Client, owners: &[&str], texts: &Texts, zone: Zone) -> Result<(), Box<dyn Error>> {
    let settings = client.settings()?;
    let me = client.me()?.ok_or("nobody has signed in")?.user;
    let rows = lines(CARDS).map(Row::read).collect::<Result<Vec<_>, _>>()?;
    let theirs = rows.iter().filter(|row| owners.contains(&row.owner));
    let plans = theirs.map(|row| row.plan(&settings, texts)).collect::<Result<Vec<_>, _>>()?;
    let now = SystemEnv.now();
    client.batch(OriginKind::BULK, |batch| {
        let mut known: BTreeMap<&str, (DocumentId, DocumentId)> = BTreeMap::new();
        for plan in &plans {
            let company = plan.row.company;
            let contacts = match known.get(company) {
                Some(contacts) => *contacts,
                None => plan.row.contacts(batch)?,
            };
            known.insert(company, contacts);
            batch.create_card(&plan.card(contacts, me, zone, now))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Makes sure that a file makes a card: without one there would be nothing to show.
///
/// # Errors
/// It makes none; in one line.
pub fn check(file: &Import) -> Result<(), Box<dyn Error>> {
    // As a firm has them that was just made.
    let key = SettingsRow::new(&ImportKey::new(&SystemEnv), 1);
    let settings = Settings::from_rows(builtin_rows().into_iter().chain([key]));
    let acting = Acting { by: LOCAL_USER, now: SystemEnv.now(), zone: Zone::UTC };
    let product = product(&settings, ProductKind::Sales)?;
    let to = Destination::of_product(&settings, product, ImportSource::Unnamed, acting)?;
    let problem = match why_no_card(&file.bytes, &to, &Directory::of(&settings)) {
        Ok(None) => return Ok(()),
        Ok(Some(problem)) => problem,
        Err(error) => error.to_string(),
    };
    let remedy = "give a CSV export of contacts, with a header row";
    Err(format!("--import is \"{}\": no card can be made of it ({problem}); {remedy}", file.name).into())
}

/// Why none of the rows makes a card, if so.
fn why_no_card(bytes: &[u8], to: &Destination, directory: &Directory) -> Result<Option<String>, FileError> {
    let source = Source::read(bytes, Hints::default())?;
    let mapping = Mapping::guess(source.header(), to);
    let planned = import::Import::prepare(&source, &mapping, to, directory)?;
    let mut first = None;
    for row in planned.rows() {
        match row {
            Ok(_) => return Ok(None),
            Err(problem) => first = first.or(Some(problem)),
        }
    }
    let empty = || "it has no row below the header".to_owned();
    Ok(Some(first.map_or_else(empty, |problem| problem.to_string())))
}

/// Gives cards that have nothing to do a call, so that there is work for today.
///
/// # Errors
/// Of the phone.
pub fn plan_calls(
    client: &Client,
    product: ProductId,
    texts: &Texts,
    zone: Zone,
) -> Result<(), Box<dyn Error>> {
    let me = client.me()?.ok_or("nobody has signed in")?.user;
    let call = texts.get("call")?.unwrap_or_default();
    let cards = client.board(&BoardQuery::new(product, MOST_PLANNED))?.cards;
    let idle: Vec<_> = cards.into_iter().filter(|card| card.next.is_none()).collect();
    let now = SystemEnv.now();
    client.batch(OriginKind::BULK, |batch| {
        for (card, days) in idle.iter().zip(PLANNED.into_iter().cycle()) {
            let todo = NewTodo {
                id: PartId::new(&SystemEnv),
                text: call.replace("{}", &card.row.name),
                due: cast::due((days, None), zone, now),
                assignee: Some(me),
                contact: None,
            };
            batch.edit_card(card.id, &[CardCommand::AddTodo(todo)])?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The product of this kind.
///
/// # Errors
/// There is none.
pub fn product(settings: &Settings, kind: ProductKind) -> Result<ProductId, Box<dyn Error>> {
    let found = settings.products().find(|product| product.kind == kind);
    Ok(found.ok_or("the organisation lacks a product")?.id)
}

/// A line of the file with the cards.
struct Row {
    company: &'static str,
    country: &'static str,
    address: &'static str,
    given: &'static str,
    family: &'static str,
    phone: &'static str,
    email: &'static str,
    product: ProductKind,
    status: &'static str,
    value: &'static str,
    owner: &'static str,
    todo: &'static str,
    due: (i32, Option<u32>),
    entry: &'static str,
    days_ago: i64,
}

impl Row {
    fn read(line: &'static str) -> Result<Self, Box<dyn Error>> {
        let [
            company,
            country,
            address,
            given,
            family,
            phone,
            email,
            product,
            status,
            value,
            owner,
            todo,
            due,
            entry,
            days_ago,
        ] = cells(line)?;
        let product = match product {
            "sales" => ProductKind::Sales,
            "projects" => ProductKind::Projects,
            "service" => ProductKind::CustomerService,
            other => return Err(format!("there is no product {other}").into()),
        };
        let due: (i32, Option<u32>) = match due.split_once('@') {
            Some((days, hour)) => (days.parse()?, Some(hour.parse()?)),
            None if due.is_empty() => (0, None),
            None => (due.parse()?, None),
        };
        let days_ago: i64 = if days_ago.is_empty() { 0 } else { days_ago.parse()? };
        Ok(Self {
            company,
            country,
            address,
            given,
            family,
            phone,
            email,
            product,
            status,
            value,
            owner,
            todo,
            due,
            entry,
            days_ago,
        })
    }

    /// With all that it names.
    fn plan(&self, settings: &Settings, texts: &Texts) -> Result<Plan<'_>, Box<dyn Error>> {
        let user = |given: &str| settings.users().find(|user| user.given_name == given).map(|user| user.id);
        let owner = match self.owner {
            "" => None,
            given => Some(user(given).ok_or_else(|| format!("there is no colleague {given}"))?),
        };
        let (sort, said) = self.entry.split_once(':').unwrap_or_default();
        let entry = texts.get(said)?.map(|text| (sort, text));
        let product = product(settings, self.product)?;
        Ok(Plan { row: self, product, owner, todo: texts.get(self.todo)?, entry })
    }

    /// Makes the company and the person there.
    fn contacts(&self, batch: &mut Batch<'_>) -> Result<(DocumentId, DocumentId), ApiError> {
        let detail = |sort, value: &str| ContactCommand::SetDetail {
            id: PartId::new(&SystemEnv),
            sort,
            label: "work".to_owned(),
            value: value.to_owned(),
        };
        let named = |given: &str, family: &str| ContactCommand::Rename {
            given: given.to_owned(),
            family: family.to_owned(),
        };
        let address = format!("{}, {}", self.address, self.country);
        let commands = vec![named("", self.company), detail(DetailSort::Address, &address)];
        let company = batch.create_contact(&NewContact { sort: ContactSort::Company, commands })?;
        let commands = vec![
            named(self.given, self.family),
            detail(DetailSort::Phone, self.phone),
            detail(DetailSort::Email, self.email),
            ContactCommand::Link { role: "employer".to_owned(), target: company },
        ];
        let person = batch.create_contact(&NewContact { sort: ContactSort::Person, commands })?;
        Ok((company, person))
    }
}

/// A card that is to be made.
struct Plan<'a> {
    row: &'a Row,
    product: ProductId,
    owner: Option<UserId>,
    todo: Option<&'static str>,
    /// Its sort and text.
    entry: Option<(&'static str, &'static str)>,
}

impl Plan<'_> {
    fn card(
        &self,
        (company, person): (DocumentId, DocumentId),
        me: UserId,
        zone: Zone,
        now: Timestamp,
    ) -> NewCard {
        let Self { row, product, owner, .. } = *self;
        let mut commands = vec![CardCommand::Link { role: "customer".to_owned(), target: company }];
        let mut set = |key: &str, value: &str| {
            if !value.is_empty() {
                commands.push(CardCommand::SetField(field_id(product, key), value.to_owned()));
            }
        };
        set("expected_value", row.value);
        let mut status = None;
        match row.status.split_once('/') {
            Some((qualification, step)) => {
                set("qualification", if qualification == "-" { "" } else { qualification });
                set("step", step);
            }
            None => status = Some(status_id(product, row.status)),
        }
        commands.extend(self.todo.map(|text| {
            CardCommand::AddTodo(NewTodo {
                id: PartId::new(&SystemEnv),
                text: text.replace("{}", row.company),
                due: cast::due(row.due, zone, now),
                assignee: Some(owner.unwrap_or(me)),
                contact: Some(person),
            })
        }));
        commands.extend(self.entry.map(|(sort, text)| {
            CardCommand::AddEntry(NewEntry {
                id: PartId::new(&SystemEnv),
                kind: sort.to_owned(),
                at: Timestamp::from_millis(now.millis() - row.days_ago * DAY - HOUR),
                text: text.to_owned(),
                by: None,
                person: Some(person),
                place: String::new(),
            })
        }));
        let owner = owner.map_or(Owner::Nobody, |id| Owner::User { id });
        NewCard { product, name: row.company.to_owned(), status, owner, commands }
    }
}

/// The lines of a table that say something.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The cells of a line; one that holds `-` is empty.
fn cells<const N: usize>(line: &'static str) -> Result<[&'static str; N], String> {
    let cells = line.split('|').map(str::trim).map(|cell| if cell == "-" { "" } else { cell });
    cells.collect::<Vec<_>>().try_into().map_err(|_| format!("this line has not {N} cells: {line}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn there_are_forty_customers_in_three_countries_with_work_for_today() {
        let rows: Vec<_> = lines(CARDS).map(|line| Row::read(line).unwrap()).collect();
        assert_eq!(rows.iter().map(|row| row.company).collect::<BTreeSet<_>>().len(), 40);
        assert_eq!(rows.iter().map(|row| row.country).collect::<BTreeSet<_>>().len(), 3);
        let today: Vec<_> = rows.iter().filter(|row| !row.todo.is_empty() && row.due.0 == 0).collect();
        for owner in ["Anna", "Béla", "Ioana", "Georgi"] {
            assert!(today.iter().any(|row| row.owner == owner), "{owner} has nothing to do today");
        }
        assert!(rows.iter().any(|row| row.company == TOLD_OF && row.owner == "Anna"));
        // Whoever writes a company's cards down has made the company.
        let owners: BTreeSet<_> = rows.iter().map(|row| (row.company, row.owner)).collect();
        assert_eq!(owners.len(), 40);
    }

    #[test]
    fn every_text_that_a_card_has_is_there_in_every_language() {
        for language in [Language::English, Language::Hungarian, Language::Romanian] {
            let texts = Texts::of(language).unwrap();
            for row in lines(CARDS).map(|line| Row::read(line).unwrap()) {
                let said = row.entry.split_once(':').unwrap_or_default().1;
                for key in [row.todo, said] {
                    assert_ne!(texts.get(key).unwrap(), Some(""), "{key}");
                }
            }
        }
    }

    #[test]
    fn a_file_that_makes_no_card_is_refused_in_one_line_that_names_it() {
        let file = |text: &str| Import { name: "new.csv".to_owned(), bytes: text.as_bytes().to_vec() };
        for (text, problem) in [
            ("", "the file is empty"),
            ("Name,Email\n", "it has no row below the header"),
            ("Name,Email\nAda,ada@example.com,more\n", "row 2"),
            ("who\nAda\n", "is the header row missing?"),
        ] {
            let said = check(&file(text)).unwrap_err().to_string();
            assert!(said.starts_with("--import is \"new.csv\": no card") && !said.contains('\n'), "{said}");
            assert!(said.contains(problem) && said.ends_with("with a header row"), "{said}");
        }
        check(&file("Name,Email\nAda,ada@example.com,more\nBea,bea@example.com\n")).unwrap();
    }

    #[test]
    fn the_firm_is_written_by_the_core_without_an_edit_that_it_would_refuse() {
        let folder = tempfile::tempdir().unwrap();
        let client = Client::open(folder.path().join("anna.db"), Arc::new(SystemEnv)).unwrap();
        client.begin_local_workspace(Zone::UTC, "hu-HU").unwrap();
        let texts = Texts::of(Language::Hungarian).unwrap();
        let settings = client.settings().unwrap();
        // A local workspace has no colleagues: all belongs to nobody here.
        let rows: Vec<_> = lines(CARDS).map(|line| Row { owner: "", ..Row::read(line).unwrap() }).collect();
        let me = client.me().unwrap().unwrap().user;
        client
            .batch(OriginKind::BULK, |batch| {
                for row in &rows {
                    let contacts = row.contacts(batch)?;
                    let plan = row.plan(&settings, &texts).unwrap();
                    batch.create_card(&plan.card(contacts, me, Zone::UTC, SystemEnv.now()))?;
                }
                Ok(())
            })
            .unwrap();
        for kind in [ProductKind::Sales, ProductKind::Projects, ProductKind::CustomerService] {
            let board = client.board(&BoardQuery::new(product(&settings, kind).unwrap(), 100)).unwrap();
            let statuses: BTreeSet<_> = board.cards.iter().map(|card| card.status).collect();
            assert!(statuses.len() > 2 && !statuses.contains(&None), "{kind:?}: {statuses:?}");
        }
    }
}
