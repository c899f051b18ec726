//! What the demonstration prints: a transcript for people.

use std::error::Error;
use std::path::Path;

use data_encoding::HEXLOWER;
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::crm::place::Place;
use roadbook_domain::crm::row::CardRow;
use roadbook_domain::read::today::Period;
use roadbook_domain::settings::Settings;
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::value::due::{Class, Due};
use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::value::trash::Trash;

use super::cast::{self, Person};
use super::phone::{Phone, Synced};
use crate::out::{program, quoted, say};
use crate::scratch::Scratch;

/// How many todos a printed Today lists.
const LINES: usize = 8;

/// Begins a chapter.
pub fn chapter(title: &str) {
    say!("\n== {title}");
}

/// What a phone's sync did.
pub fn synced(phone: &Phone, synced: &Synced) {
    say!(
        "  {}'s phone synced: {} round trip{}, {} up, {} down, {} ms",
        phone.name,
        synced.report.round_trips,
        if synced.report.round_trips == 1 { "" } else { "s" },
        bytes(synced.report.bytes_up),
        bytes(synced.report.bytes_down),
        synced.millis,
    );
}

/// A phone's Today.
pub fn today(phone: &Phone) -> Result<(), Box<dyn Error>> {
    let today = phone.client.today(Period::default(), LINES)?;
    let totals = today.totals;
    say!(
        "  Today of {}: {} overdue, {} today, {} closed with success, {} postponed",
        phone.name,
        totals.overdue,
        totals.today,
        totals.closed,
        totals.postponed
    );
    for todo in &today.todos {
        let mark = match todo.item.class {
            Class::Overdue => '!',
            Class::DueToday => '*',
            _ => ' ',
        };
        say!("    {mark} {:20} {} ({})", todo.card_name, todo.text, when(Some(todo.item.due)));
    }
    let more = today.matching.saturating_sub(today.todos.len() as u64);
    if more > 0 {
        say!("      and {more} more");
    }
    Ok(())
}

/// How much a phone has not sent yet.
pub fn unsent(phone: &Phone) -> Result<(), Box<dyn Error>> {
    say!("  {}'s phone holds {} unsent changes.", phone.name, phone.client.unsent_count()?);
    Ok(())
}

/// A user at work on a phone, told line by line.
pub struct Doing<'a> {
    phone: &'a Phone,
}

impl<'a> Doing<'a> {
    /// A user at work on this phone.
    pub fn of(phone: &'a Phone) -> Self {
        Self { phone }
    }

    /// Edits a card and tells it.
    pub fn edit(&self, card: DocumentId, what: &str, commands: &[CardCommand]) -> Result<(), Box<dyn Error>> {
        let name = self.phone.client.card_row(card)?.name;
        self.phone.client.edit_card(card, commands)?;
        self.note(&format!("{name}: {what}"));
        Ok(())
    }

    /// Tells what was done.
    pub fn note(&self, what: &str) {
        say!("  {:5} {what}", self.phone.name);
    }
}

/// A card after the merge, with its conflicts.
pub fn card(phone: &Phone, id: DocumentId, why: &str) -> Result<(), Box<dyn Error>> {
    let client = &phone.client;
    let view = client.card(id)?;
    let settings = client.settings()?;
    say!("  {} ({why})", view.row.name);
    match view.row.trash {
        Trash::No | Trash::Other(_) => {}
        Trash::Trashed => say!("      in the trash"),
        Trash::Review => say!("      in the trash, with edits by somebody who did not know"),
    }
    for (register, text) in &view.row.fields {
        say!("      {}: {text}", field_name(&settings, register));
    }
    todos(&view.row, &settings);
    for conflict in &view.conflicts {
        let name = match &conflict.place {
            Place::Field { field } => field_name(&settings, &field.to_string()).to_owned(),
            other => format!("{other:?}"),
        };
        say!(
            "      conflict in {name}: {} is shown, kept beside it: {}",
            conflict.shown,
            conflict.others.join(", ")
        );
    }
    Ok(())
}

fn todos(row: &CardRow, settings: &Settings) {
    for todo in &row.todos {
        let state = match todo.state.closing() {
            None => format!("open, due {}", when(todo.due)),
            Some(closing) => {
                let outcome = match closing.outcome() {
                    Outcome::Success => "with success",
                    Outcome::Failed => "as failed",
                    Outcome::None | Outcome::Other(_) => "without an outcome",
                };
                let by = settings.user(closing.by()).map_or("somebody", |user| user.given_name.as_str());
                format!("closed {outcome} by {by}; was put off to {}", when(todo.due))
            }
        };
        say!("      todo: {} ({state})", todo.text);
    }
}

fn field_name<'a>(settings: &'a Settings, register: &'a str) -> &'a str {
    let field = register.split('/').next().and_then(|field| field.parse().ok());
    field
        .and_then(|field| settings.field(field))
        .map_or(register, |field| settings.field_name(field, Language::English))
}

/// The state hashes of phones and server, which must be equal for each user.
pub async fn hashes(phones: &[&Phone]) -> Result<(), Box<dyn Error>> {
    // One instant for all: Today, and with it the hash, depends on the time.
    let now = SystemEnv.now();
    let mut differ = false;
    for phone in phones {
        let mine = phone.client.state_hash(now)?;
        let servers = phone.state_hash_of_server(now).await?;
        differ |= mine != servers;
        say!("  {:5} phone  {}", phone.name, HEXLOWER.encode(&mine));
        say!("  {:5} server {}", "", HEXLOWER.encode(&servers));
    }
    if differ {
        return Err("phones and server do not show the same".into());
    }
    say!("  Equal: phones and server show the same, to the byte.");
    Ok(())
}

/// What to try while the server goes on: commands that can be run as they stand.
pub fn what_next(address: &str, folder: &Scratch, people: &[Person]) -> Result<(), Box<dyn Error>> {
    say!("\n== It keeps serving at {address}\n");
    for person in people {
        say!(
            "  {} {}: {} / {}",
            person.name.given_name,
            person.name.family_name,
            person.name.email,
            person.password
        );
    }
    let Some(first) = people.first() else { return Ok(()) };
    let (password, customers) = (folder.file("password")?, folder.file("customers.csv")?);
    std::fs::write(&password, &first.password)?;
    std::fs::write(&customers, cast::EXPORT)?;
    let word = |path: &Path| quoted(&path.display().to_string());
    say!("\n  Try:");
    say!("    curl -s {address}/health");
    say!(
        "    {} import {} --server {address} --email {} --password-file {}",
        program(),
        word(&customers),
        first.name.email,
        word(&password)
    );
    say!("  Ctrl-C ends it.");
    Ok(())
}

fn when(due: Option<Due>) -> String {
    match due {
        None => "whenever".to_owned(),
        Some(due) => due.to_string().replace('T', " ").split('[').next().unwrap_or_default().to_owned(),
    }
}

fn bytes(count: u64) -> String {
    if count < 10_000 { format!("{count} B") } else { format!("{} kB", count / 1_000) }
}
