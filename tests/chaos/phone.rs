//! A phone: one thread edits at a rate, another one syncs without end, as an app does.
//!
//! It says on its standard output `made WORD` once an edit with that word is durable. On its standard
//! input it is told `stop`, to edit no more, and `look`, to say what it holds.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::Args;
use data_encoding::HEXLOWER;
use roadbook_client::account::{Credentials, Installation, sign_in};
use roadbook_client::{Batch, CardView, Client, HttpTransport, NewCard, Owner, SyncError, Syncer};
use roadbook_domain::crm::command::{CardCommand, NewTodo};
use roadbook_domain::document::{DocumentTypeId, OriginKind};
use roadbook_domain::settings::INBOX_PRODUCT;
use roadbook_domain::value::env::SystemEnv;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId};
use roadbook_domain::value::todo::Outcome;
use roadbook_tests::dice::Dice;
use roadbook_tests::failure::Failure;
use roadbook_tests::sim::PASSWORD;
use sha2::{Digest, Sha256};

/// How long the syncing thread rests between two syncs.
const REST: Duration = Duration::from_millis(150);

/// The cards that everybody edits: few, so that they meet.
const SHARED: usize = 6;

/// A phone of a run.
#[derive(Args)]
pub struct PhoneConfig {
    /// Its file.
    pub file: PathBuf,
    /// The server.
    pub address: String,
    /// Its number: its installation, and the beginning of its words.
    pub number: u8,
    /// How often it was started before.
    pub starts: u32,
    /// The number of its user.
    pub user: u8,
    /// How many edits a second it makes.
    pub rate: f64,
    /// Seeds its choices.
    pub seed: u64,
}

/// Runs until its standard input ends, or it is killed.
pub fn run(config: &PhoneConfig) -> Result<(), Failure> {
    let client = Client::open(&config.file, Arc::new(SystemEnv))?;
    let transport = Arc::new(HttpTransport::new(&config.address)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if client.me()?.is_none() {
        runtime.block_on(enrol(&client, &transport, config))?;
    }
    say("ready")?;
    let stopped = Arc::new(AtomicBool::new(false));
    let syncing = client.clone();
    thread::spawn(move || {
        let failure = runtime.block_on(sync_for_ever(&syncing, &transport));
        fail(&failure);
    });
    let (editing, ends) = (client.clone(), Arc::clone(&stopped));
    let mut writer = Writer::new(config);
    let pause = Duration::from_secs_f64(1.0 / config.rate);
    thread::spawn(move || {
        while !ends.load(Ordering::Acquire) {
            if let Err(failure) = writer.edit(&editing) {
                fail(&failure);
            }
            thread::sleep(pause);
        }
    });
    for line in std::io::stdin().lock().lines() {
        match line?.as_str() {
            "stop" => stopped.store(true, Ordering::Release),
            "look" => say(&look(&client)?)?,
            other => return Err(Failure::new("a phone is told to stop or to look", other)),
        }
    }
    Ok(())
}

async fn enrol(client: &Client, transport: &HttpTransport, config: &PhoneConfig) -> Result<(), Failure> {
    let email = format!("user{}@example.com", config.user);
    let credentials = Credentials { email: &email, password: PASSWORD };
    // None of the firm's own phones has this one.
    let secret = [100 + config.number; 32];
    sign_in(
        client,
        transport,
        credentials,
        Installation { platform: "test", name: "phone", secret: &secret },
    )
    .await?;
    Syncer::new(client).sync(transport, &mut |_| ()).await?;
    Ok(())
}

/// Syncs until something fails that no bad line explains.
async fn sync_for_ever(client: &Client, transport: &HttpTransport) -> Failure {
    let mut syncer = Syncer::new(client);
    loop {
        match syncer.sync(transport, &mut |_| ()).await {
            Ok(_) | Err(SyncError::Unreachable { .. }) => tokio::time::sleep(REST).await,
            Err(error) => return Failure::new("a phone syncs", format!("{error:?}")),
        }
    }
}

/// What a phone holds: unsent, quarantined and wrong rows, and a hash over all cards that everybody sees.
fn look(client: &Client) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    let terms: BTreeMap<_, _> = client.terms()?.into_iter().collect();
    for id in shared(client)? {
        hash.update(id.as_bytes());
        // A card that the server does not know yet has none.
        hash.update(terms.get(&id).map(<[u8; 16]>::as_slice).unwrap_or_default());
    }
    let (unsent, quarantined) = (client.unsent_count()?, client.quarantine()?.len());
    let wrong = client.wrong_projections()?.len();
    Ok(format!("holds {unsent} {quarantined} {wrong} {}", HEXLOWER.encode(&hash.finalize())))
}

/// Makes edits, each with a word that no other edit has.
struct Writer {
    dice: Dice,
    prefix: String,
    made: u32,
}

impl Writer {
    fn new(config: &PhoneConfig) -> Self {
        let prefix = format!("w{}x{}x", config.number, config.starts);
        Self { dice: Dice::new(config.seed ^ u64::from(config.starts)), prefix, made: 0 }
    }

    fn edit(&mut self, client: &Client) -> Result<(), Failure> {
        self.made += 1;
        // A word like no other: two that begin alike could be mixed up where they meet.
        let word = HEXLOWER.encode(&Sha256::digest(format!("{}{}", self.prefix, self.made))[..8]);
        let cards: Vec<_> = shared(client)?.into_iter().take(SHARED).collect();
        match self.dice.pick(&cards).copied() {
            Some(card) if cards.len() == SHARED => self.change(client, card, &word)?,
            _ => create(client, &word)?,
        }
        say(&format!("made {word}"))
    }

    /// Reads and edits in one transaction: else an answer that comes between would make the edit erase
    /// what it brought.
    fn change(&mut self, client: &Client, card: DocumentId, word: &str) -> Result<(), Failure> {
        let edits = |batch: &mut Batch<'_>| batch.edit_card(card, &self.commands(&client.card(card)?, word));
        client.batch(OriginKind::BULK, edits)?;
        Ok(())
    }

    fn commands(&mut self, view: &CardView, word: &str) -> Vec<CardCommand> {
        let field = FieldId::from_bytes([4; 16]);
        let edit = match self.dice.below(4) {
            0 => CardCommand::Rename(word.to_owned()),
            1 => CardCommand::AddTodo(NewTodo {
                id: PartId::new(&SystemEnv),
                text: word.to_owned(),
                due: None,
                assignee: None,
                contact: None,
            }),
            _ => {
                let name = field.to_string();
                let text = view.texts.iter().find(|(field, _)| *field == name);
                let text = text.map_or("", |(_, text)| text.as_str());
                let mut words: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
                words.insert(self.dice.below(words.len() + 1), word);
                CardCommand::EditText(field, words.join(" "))
            }
        };
        let open = view.row.todos.iter().find(|todo| todo.state.is_open());
        let close =
            open.filter(|_| self.dice.percent(20)).map(|todo| CardCommand::Close(todo.id, Outcome::Success));
        [edit].into_iter().chain(close).collect()
    }
}

/// The cards that every phone holds: all but those in which each user keeps what is theirs alone.
fn shared(client: &Client) -> Result<Vec<DocumentId>, Failure> {
    let mut shared = Vec::new();
    for (id, kind) in client.documents()? {
        if kind == DocumentTypeId::CARD && client.card_row(id)?.product != Some(INBOX_PRODUCT) {
            shared.push(id);
        }
    }
    Ok(shared)
}

fn create(client: &Client, name: &str) -> Result<(), Failure> {
    let settings = client.settings()?;
    let product = settings.products().nth(1).expect("the firm has products").id;
    let (name, commands) = (name.to_owned(), Vec::new());
    client.create_card(&NewCard { product, name, status: None, owner: Owner::Nobody, commands })?;
    Ok(())
}

fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Ends the process: the run reads why.
fn fail(failure: &Failure) {
    drop(say(&format!("failed {failure}")));
    std::process::exit(1);
}
