//! Good inputs, made by the code that makes them in the field.

use std::sync::Arc;

use axum::http::StatusCode;
use roadbook_client::{Client, NewCard, NewContact, Owner, SyncSession};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::document::change::{Actor, Change};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId};
use roadbook_domain::value::todo::Outcome;
use roadbook_server::testing;

use super::target::{MAX, SALES, Served, Target, acting, start_of};
use crate::failure::Failure;
use crate::sim::folder;

/// The good inputs of a target.
///
/// # Errors
/// They cannot be made.
pub(super) fn of(target: Target) -> Result<Vec<Vec<u8>>, Failure> {
    match target {
        Target::Frame => frames().map(|frames| [frames.requests, frames.answers].concat()),
        Target::Exchange => Ok(frames()?.requests),
        Target::Guard => Ok(changes().iter().map(Change::to_bytes).collect()),
        Target::Token => Ok(vec![Served::start()?.token.into_bytes()]),
        Target::Import => Ok(FILES.iter().map(|file| file.as_bytes().to_vec()).collect()),
    }
}

struct Frames {
    requests: Vec<Vec<u8>>,
    answers: Vec<Vec<u8>>,
}

/// Frames of requests and answers, as a phone and a server exchange them at work.
fn frames() -> Result<Frames, Failure> {
    let served = Served::start()?;
    let folder = folder()?;
    let client = Client::open(folder.path().join("phone.db"), Arc::new(SeededEnv::new(2, testing::START)))?;
    client.set_identity(served.identity)?;
    let mut session = SyncSession::new(&client);
    let (mut requests, mut answers) = (Vec::new(), Vec::new());
    for round in 0..3 {
        if round > 0 {
            work(&client, round)?;
        }
        session.poke();
        while let Some(frame) = session.next_request()? {
            let (status, answer) = served.exchange(frame.clone())?;
            if status != StatusCode::OK {
                return Err(Failure::new("a good request is answered", status));
            }
            session.on_response(&answer)?;
            for (frame, of) in [(frame, &mut requests), (answer, &mut answers)] {
                // Uncompressed too: a mutation of compressed bytes hardly ever reaches what they hold.
                of.extend(plain(&frame));
                of.push(frame);
            }
        }
    }
    Ok(Frames { requests, answers })
}

fn plain(frame: &[u8]) -> Option<Vec<u8>> {
    let packed = frame.strip_prefix(&[1])?;
    let body = zstd::bulk::decompress(packed, MAX).ok()?;
    Some([vec![0], body].concat())
}

fn work(client: &Client, round: u8) -> Result<(), Failure> {
    let name = ContactCommand::Rename { given: "Anna".into(), family: format!("Kovács {round}") };
    let (contact, _) =
        client.create_contact(&NewContact { sort: ContactSort::Person, commands: vec![name] })?;
    let commands = vec![CardCommand::Link { role: "customer".to_owned(), target: contact }];
    let card = NewCard {
        product: SALES,
        name: "x".repeat(usize::from(round) * 300),
        status: None,
        owner: Owner::Me,
        commands,
    };
    let (card, _) = client.create_card(&card)?;
    client.edit_card(card, &[CardCommand::Rename("Bakery".to_owned())])?;
    Ok(())
}

/// Changes that follow each other in [`start_of`], and change everything a card has.
pub(super) fn changes() -> Vec<Change> {
    let acting = acting();
    let part = |byte: u8| PartId::from_bytes([byte; 6]);
    let document = DocumentId::from_bytes([7; 16]);
    let field = FieldId::from_bytes([8; 16]);
    let todo = NewTodo {
        id: part(1),
        text: "Call".to_owned(),
        due: "2026-11-23T10:00[Europe/Budapest]".parse().ok(),
        assignee: Some(acting.by),
        contact: Some(document),
    };
    let entry = NewEntry {
        id: part(2),
        kind: "visit".to_owned(),
        at: acting.now,
        text: "Ő was here".to_owned(),
        by: None,
        person: Some(document),
        place: "Pécs".to_owned(),
    };
    let steps = [
        vec![CardCommand::Rename("Bakery".to_owned()), CardCommand::AddTodo(todo)],
        vec![CardCommand::SetField(field, "1990.5 HUF".to_owned()), CardCommand::AddEntry(entry)],
        vec![CardCommand::EditText(field, "long text".to_owned())],
        vec![CardCommand::Close(part(1), Outcome::Success)],
        vec![CardCommand::Link { role: "site".to_owned(), target: document }, CardCommand::Trash],
    ];
    let mut card = start_of();
    let mut changes = Vec::new();
    for commands in steps {
        let mut draft = Draft::new(&mut card, Actor([3; 16]), acting.now);
        for command in &commands {
            command.draft(&mut draft, &acting).expect("a command of the corpus is a good one");
        }
        if let Some(change) = draft.finish() {
            card.add(&change).expect("a change of the corpus fits");
            changes.push(change);
        }
    }
    changes
}

/// Exports of several systems.
const FILES: &[&str] = &[
    "id,First name,Last name,Company,Email,Phone,Owner,Status,Tags,Notes,First seen,Last seen,Other\r\n\
     7,Anna,Kovács,Acme Kft.,anna@acme.hu;a@b.hu,+36 30 123 4567,admin@example.com,hot,\"vip, x\",\"a\nb\",2026-01-05,2026-01-10,38\r\n",
    "Név;Cég;Cím;Irányítószám;Város;Utolsó kapcsolat\nDr. Kovács Anna;Üveg Kft.;Fő u. 1.;7621;Pécs;2026. 11. 22.\n",
    "sep=;\nname;email\n\"Ann \"\"x\"\" a\";\n;b@c.hu\n",
    "Company,Street,City\nVirág Bt.,Fő u. 1.,Pécs\nVirág Bt.,Kis u. 2.,Győr\n",
    "Deal ID,Contact ID,Name,Expected value,created\n1,2,Anna,1990.5 HUF,03/04/2026\n1,2,Anna,\"1,990\",25/04/2026\n",
];
