//! A native phone as a process of its own: the core on a real file and over real HTTP, driven by lines of JSON.
//! `tests/browser/hour/hour.test.js` drives it beside browsers.
//!
//! A line is `{ "id", "now", "do", … }` and is answered by `{ "id", "value" }` or `{ "id", "error" }`. What goes over
//! the network is answered when it is done, and edits go on meanwhile, as in an app. The clock stands until a line sets
//! it, and randomness is that of the seed: each start needs another one, or it would author what the last one did.

#![expect(
    clippy::expect_used,
    reason = "a harness that meets the unexpected has found something, and may end"
)]

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use clap::Parser;
use data_encoding::HEXLOWER;
use roadbook_client::account::{Credentials, Installation, sign_in};
use roadbook_client::app::{self, CardEdit, CardView, Exchange, NewCard};
use roadbook_client::{ApiError, Client, HttpTransport, SyncError};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::document::change::Op;
use roadbook_domain::document::{DocumentTypeId, OriginKind};
use roadbook_domain::settings::INBOX_PRODUCT;
use roadbook_domain::value::env::{Env, SeededEnv};
use roadbook_domain::value::id::{DocumentId, FieldId};
use roadbook_domain::value::time::Timestamp;
use roadbook_tests::failure::Failure;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

#[derive(Parser)]
#[command(name = "pocket", about)]
struct Arguments {
    /// Its file
    file: PathBuf,
    /// The server
    address: String,
    /// Seeds its randomness
    seed: u64,
}

/// What a line says.
#[derive(Deserialize)]
struct Line {
    id: u64,
    /// The time, in milliseconds since 1970.
    now: i64,
    #[serde(flatten)]
    call: Call,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Call {
    Here(Here),
    There(There),
}

/// What the phone does by itself.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
enum Here {
    /// Makes a card; answers its id and those of its parts.
    CreateCard { new: NewCard },
    /// Edits a card; answers the ids of what it made.
    EditCard { card: DocumentId, edits: Vec<CardEdit> },
    /// Puts a word into a long text, before the word of this number.
    Weave { card: DocumentId, field: FieldId, word: String, place: usize },
    /// All cards that everybody holds, as screens show them.
    Cards,
    /// All that was ever written into any document that is here, in one text.
    Texts,
    /// What is unsent, refused and wrong, the state hash as of now, and a hash over what all users hold alike.
    Standing,
}

/// What it asks of the server.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
enum There {
    /// Signs in; `secret` numbers the installation.
    SignIn { email: String, password: String, secret: u8 },
    /// Exchanges until nothing is left.
    Sync,
}

struct Phone {
    client: Client,
    env: Arc<SeededEnv>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("pocket: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Until the standard input ends.
fn run(Arguments { file, address, seed }: &Arguments) -> Result<(), Failure> {
    let env = Arc::new(SeededEnv::new(*seed, Timestamp::from_millis(0)));
    let client = Client::open(file, Arc::clone(&env) as Arc<dyn Env>)?;
    let transport = HttpTransport::new(address)?;
    let phone = Phone { client: client.clone(), env: Arc::clone(&env) };
    let (asks, asked) = unbounded_channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || runtime.block_on(Phone { client, env }.exchange(&transport, asked)));
    for line in std::io::stdin().lock().lines() {
        let Line { id, now, call } = serde_json::from_str(&line?)?;
        phone.env.set_now(Timestamp::from_millis(now));
        match call {
            Call::Here(call) => answer(id, phone.here(call).map_err(app::Failure::from)),
            Call::There(call) => asks.send((id, call)).expect("the other thread goes on"),
        }
    }
    Ok(())
}

impl Phone {
    fn here(&self, call: Here) -> Result<Value, ApiError> {
        let client = &self.client;
        Ok(match call {
            Here::CreateCard { new } => written(&app::create_card(client, &new)?),
            Here::EditCard { card, edits } => written(&app::edit_card(client, card, &edits)?),
            Here::Weave { card, field, word, place } => {
                self.weave(card, field, &word, place)?;
                Value::Null
            }
            Here::Cards => {
                let cards = self.shared()?.into_iter().map(|id| CardView::open(client, id));
                written(&cards.collect::<Result<Vec<_>, _>>()?)
            }
            Here::Texts => Value::String(self.texts()?),
            Here::Standing => json!({
                "unsent": client.unsent_count()?,
                "quarantined": client.quarantine()?.len(),
                "wrong": client.wrong_projections()?.len(),
                "hash": HEXLOWER.encode(&client.state_hash(self.env.now())?),
                "shared": self.shared_hash()?,
            }),
        })
    }

    /// Does one after the other what is asked of the network.
    async fn exchange(self, transport: &HttpTransport, mut asked: UnboundedReceiver<(u64, There)>) {
        let exchange = Exchange::new(&self.client);
        while let Some((id, call)) = asked.recv().await {
            answer(id, self.there(call, &exchange, transport).await.map_err(app::Failure::from));
        }
    }

    async fn there(
        &self,
        call: There,
        exchange: &Exchange,
        transport: &HttpTransport,
    ) -> Result<Value, SyncError> {
        match call {
            There::SignIn { email, password, secret } => {
                let credentials = Credentials { email: &email, password: &password };
                let installation = Installation { platform: "test", name: "pocket", secret: &[secret; 32] };
                Ok(written(&sign_in(&self.client, transport, credentials, installation).await?.user))
            }
            There::Sync => Ok(written(&exchange.sync(transport, None, None, &mut |_| ()).await?)),
        }
    }

    /// Reads and edits in one transaction: else an answer that comes between would make the edit erase what it brought.
    fn weave(&self, card: DocumentId, field: FieldId, word: &str, place: usize) -> Result<(), ApiError> {
        self.client.batch(OriginKind::BULK, |batch| {
            let name = field.to_string();
            let texts = self.client.card(card)?.texts;
            let text = texts.iter().find(|(field, _)| *field == name).map_or("", |(_, text)| text.as_str());
            let mut words: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
            words.insert(place % (words.len() + 1), word);
            batch.edit_card(card, &[CardCommand::EditText(field, words.join(" "))])
        })?;
        Ok(())
    }

    /// The cards that everybody holds: all but those in which each user keeps what is theirs alone.
    fn shared(&self) -> Result<Vec<DocumentId>, ApiError> {
        let mut shared = Vec::new();
        for (id, kind) in self.client.documents()? {
            if kind == DocumentTypeId::CARD && self.client.card_row(id)?.product != Some(INBOX_PRODUCT) {
                shared.push(id);
            }
        }
        Ok(shared)
    }

    /// Over the acknowledged heads of these cards.
    fn shared_hash(&self) -> Result<String, ApiError> {
        let mut hash = Sha256::new();
        let shared = self.shared()?;
        for (id, term) in self.client.terms()? {
            if shared.contains(&id) {
                hash.update(id.as_bytes());
                hash.update(term);
            }
        }
        Ok(HEXLOWER.encode(&hash.finalize()))
    }

    /// Values, also those that later ones replaced, and long texts.
    fn texts(&self) -> Result<String, ApiError> {
        let mut texts = Vec::new();
        for (id, kind) in self.client.documents()? {
            for change in self.client.changes(id)? {
                texts.extend(change.ops.into_iter().filter_map(|op| match op {
                    Op::Put { value, .. } => Some(value),
                    _ => None,
                }));
            }
            if kind == DocumentTypeId::CARD {
                texts.extend(self.client.card(id)?.texts.into_iter().map(|(_, text)| text));
            }
        }
        Ok(texts.join("\n"))
    }
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("what an app is told can be written")
}

/// Says how a call ended. Nobody hears it where the test is gone.
fn answer(id: u64, done: Result<Value, app::Failure>) {
    let line = match done {
        Ok(value) => json!({ "id": id, "value": value }),
        Err(error) => json!({ "id": id, "error": error }),
    };
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}
