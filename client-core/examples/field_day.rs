//! An app's skeleton: everything that a screen, a background task and a settings page ask of the core.
//!
//! Without arguments it works on a phone of its own, in a folder that goes away, and asks no server:
//!
//! ```sh
//! cargo run -p roadbook-client --example field_day
//! ```
//!
//! With a server and an email it signs in (the password is read from `ROADBOOK_PASSWORD`), exchanges, and
//! waits for one hint on the live channel:
//!
//! ```sh
//! cargo run -p roadbook-client --example field_day -- http://localhost:8080 alice@example.org
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::{ApiError, BoardQuery, Client, HttpTransport, Live, NewCard, Owner, SyncError, Syncer};
use roadbook_domain::crm::command::{CardCommand, NewTodo};
use roadbook_domain::read::today::Period;
use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::todo::Outcome;

type Done<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Done {
    let mut arguments = std::env::args().skip(1);
    let server = arguments.next().zip(arguments.next());
    let folder = tempfile::tempdir()?;
    let client = open(&folder.path().join("roadbook.sqlite"))?;

    // Screens read anew what a change set names. This user may have made the change, or another process, or
    // a merge in the background. The subscription ends when it is dropped.
    let _subscription = client.subscribe(|changes| {
        println!("  changed: {} documents, lists {:?}", changes.documents.len(), changes.lists);
    });

    match &server {
        None => begin_locally(&client)?,
        Some((address, email)) => sign_in(&client, address, email, folder.path()).await?,
    }
    let card = work(&client)?;
    if let Some((address, _)) = &server {
        exchange(&client, address).await?;
    }
    resolve_conflicts(&client, card)?;
    empty_quarantine(&client)?;
    if let Some((address, _)) = &server {
        sign_out(&client, address).await?;
    }
    Ok(())
}

/// One handle for each process, kept for as long as it runs. A widget calls `Client::open_beside`.
fn open(path: &Path) -> Done<Client> {
    match Client::open(path, Arc::new(SystemEnv)) {
        // What the server has comes back with the next exchange; what it has not is saved first.
        Err(ApiError::Damaged) => {
            let salvage = Client::salvage(path, Arc::new(SystemEnv))?;
            println!("salvaged {} unsent edits, all of them: {}", salvage.saved, salvage.complete);
            Ok(salvage.client)
        }
        opened => Ok(opened?),
    }
}

/// A user can begin without an account, and stays on this device.
fn begin_locally(client: &Client) -> Done {
    client.begin_local_workspace("Europe/Budapest".parse()?, "en-GB")?;
    Ok(())
}

async fn sign_in(client: &Client, address: &str, email: &str, folder: &Path) -> Done {
    let password = std::env::var("ROADBOOK_PASSWORD")?;
    let credentials = Credentials { email, password: &password };
    // A real app keeps the secret where no backup reaches.
    let secret = account::install_secret(&folder.join("install"), &SystemEnv)?;
    let installation = Installation { platform: "linux", name: "Field day", secret: &secret };
    let transport = HttpTransport::new(address)?;
    account::sign_in(client, &transport, credentials, installation).await?;
    // The first exchange brings products and users, without which there is nothing to work in.
    sync(&mut Syncer::new(client), &transport).await
}

/// What a user does all day. None of it waits for a network, and each edit is durable when its call returns.
fn work(client: &Client) -> Done<DocumentId> {
    let settings = client.settings()?;
    let product = settings.products().find(|product| product.name == "Projects");
    let product = product.or_else(|| settings.products().next()).ok_or("no product")?.id;
    let todo = NewTodo {
        id: PartId::new(&SystemEnv),
        text: "Call back about the oven".to_owned(),
        due: Some("2026-11-24".parse()?),
        assignee: client.me()?.map(|me| me.user),
        contact: None,
    };
    let call = todo.id;
    let commands = vec![CardCommand::AddTodo(todo)];
    let new = NewCard { product, name: "Bakery Kovacs".to_owned(), status: None, owner: Owner::Me, commands };
    let (card, _) = client.create_card(&new)?;

    let today = client.today(Period::Today, 20)?;
    println!("Today: {} todos; it changes by itself at {:?}", today.matching, today.next_change);
    let board = client.board(&BoardQuery::new(product, 20))?;
    println!("Board: {} cards", board.cards.len());

    // All commands of one call are one change: one line of the history.
    client.edit_card(
        card,
        &[CardCommand::Rename("Bakery Kovács".to_owned()), CardCommand::Close(call, Outcome::Success)],
    )?;
    let view = client.card(card)?;
    println!("Card: {:?}, {} todos, {:?}", view.row.name, view.row.todos.len(), view.sync);
    println!("History: {} changes; unsent: {}", client.history(card, 0, 10)?.len(), client.unsent_count()?);

    // What cannot be done is a code with data, for which the app has a text in the user's language.
    if let Err(error) = client.edit_card(card, &[CardCommand::Reopen(PartId::new(&SystemEnv))]) {
        println!("Refused, as it should be: {}", error.code());
    }
    Ok(card)
}

/// A syncer is kept as long as the app runs: it remembers how long to wait after failures.
async fn exchange(client: &Client, address: &str) -> Done {
    let transport = HttpTransport::new(address)?;
    let mut syncer = Syncer::new(client);
    sync(&mut syncer, &transport).await?;
    // A real app does this in a loop as long as it is in the foreground.
    let token = account::access_token(client, &transport).await?;
    let mut live = Live::open(&transport, &token).await?;
    if let Ok(Some(hint)) = tokio::time::timeout(Duration::from_secs(10), live.next()).await {
        println!("Live: the server's log has come to {}", hint.head);
        sync(&mut syncer, &transport).await?;
    }
    live.close().await;
    Ok(())
}

async fn sync(syncer: &mut Syncer, transport: &HttpTransport) -> Done {
    let mut watch = |report: &roadbook_client::SyncReport| {
        if let Some(progress) = report.progress {
            println!("  first sync: {} of {}", progress.done, progress.total);
        }
    };
    match syncer.sync(transport, &mut watch).await {
        Ok(report) => println!("Synced in {} round trips", report.round_trips),
        // Everything waits on the device: one timer, for the time that it says.
        Err(SyncError::Unreachable { retry_at, .. }) => println!("Offline; again at {retry_at:?}"),
        // Another process is at it, and tells this one what it brings.
        Err(SyncError::Elsewhere) => println!("Another process is exchanging"),
        // The user's work stays; ask for the password when it suits them.
        Err(SyncError::SignInNeeded) => println!("Sign in again"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Where people wrote the same at once, every value is kept until somebody chooses.
fn resolve_conflicts(client: &Client, card: DocumentId) -> Done {
    for conflict in client.conflicts(card)? {
        println!("{:?} also reads {:?}", conflict.shown, conflict.others);
        client.resolve(card, &conflict, &conflict.shown)?;
    }
    Ok(())
}

/// What could not be kept where it was written can be read, applied again, or dismissed.
fn empty_quarantine(client: &Client) -> Done {
    for item in client.quarantine()? {
        println!("{}: {:?}, because {:?}", item.title, item.edits, item.reason);
        match client.reapply(item.n) {
            Err(ApiError::NotFound { .. }) => drop(client.dismiss(item.n)?),
            reapplied => drop(reapplied?),
        }
    }
    Ok(())
}

/// Without unsent edits nothing of the user stays on the device; with some, the user is asked first.
async fn sign_out(client: &Client, address: &str) -> Done {
    let transport = HttpTransport::new(address)?;
    match account::sign_out(client, &transport, false).await {
        Err(SyncError::Unsent { count, quarantined }) => {
            println!("{count} edits are unsent and {quarantined} are in the quarantine: not yet");
        }
        signed_out => signed_out?,
    }
    println!("Signed out at {:?}", SystemEnv.now());
    Ok(())
}
