//! The story: what two phones do without a network, and how it merges.

use std::error::Error;

use roadbook_client::{BoardCard, BoardQuery, Client, NewCard, NewContact, Owner};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewTodo};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::document::OriginKind;
use roadbook_domain::settings::catalogue::field_id;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, UserId};
use roadbook_domain::value::time::Zone;
use roadbook_domain::value::todo::Outcome;

use super::Import;
use super::cast::{self, Person, SELLER};
use super::firm;
use super::phone::Phone;
use super::show;
use crate::import;
use crate::out::say;
use crate::scratch::Scratch;
use crate::stop::Stop;

/// How many cards the story is about.
const CARDS: usize = 4;
/// Among how many cards they are looked for.
const SHOWN: u32 = 500;

/// The four cards that both phones touch.
struct Stage {
    product: ProductId,
    /// Different fields of it are edited.
    apart: DocumentId,
    /// The same field of it is edited.
    contested: DocumentId,
    /// One closes the todo of it that the other postpones.
    called: (DocumentId, PartId),
    /// One trashes it while the other edits it.
    trashed: DocumentId,
}

/// Plays everything against the server at `address`; returns who can sign in afterwards.
pub async fn play(
    address: &str,
    folder: &Scratch,
    admin: Person,
    import: Option<Import>,
    stop: &Stop,
) -> Result<Vec<Person>, Box<dyn Error>> {
    if let Some(file) = &import {
        firm::check(file)?;
    }
    show::chapter("Customers");
    let anna = Phone::sign_in(address, folder, &admin).await?;
    let password = anna.hire(&SELLER, "user", cast::ZONE, cast::LOCALE).await?;
    let seller = Person { password, ..Person::new(SELLER) };
    let bela = Phone::sign_in(address, folder, &seller).await?;
    // The settings come with an exchange, and the product is looked up in them.
    anna.sync().await?;
    let product = sales(&anna.client)?;
    match import {
        Some(Import { name, bytes }) => {
            let job = import::Job { product, name: &name, bytes: &bytes, source: None, dry_run: false };
            // Rows that were left out are listed; the story is played on the others.
            tokio::task::block_in_place(|| import::into_phone(&anna.client, &job, stop))?;
            if client_cards(&anna.client, product)?.len() < CARDS {
                invent(&anna, product, bela.user)?;
            }
            plan_calls(&anna.client, product)?;
            hand_over_half(&anna.client, product, bela.user)?;
        }
        None => invent(&anna, product, bela.user)?,
    }
    show::synced(&anna, &anna.sync().await?);

    show::chapter("A second phone signs in and gets everything");
    show::synced(&bela, &bela.sync().await?);
    show::today(&anna)?;
    show::today(&bela)?;

    let stage = Stage::set(&anna.client, product)?;
    show::chapter("Both lose the network, and work on");
    anna_works(&anna, &stage)?;
    bela_works(&bela, &stage)?;
    show::unsent(&anna)?;
    show::unsent(&bela)?;

    show::chapter("Both find the network again");
    // Anna again: only now does the server have what Béla wrote.
    for phone in [&anna, &bela, &anna] {
        show::synced(phone, &phone.sync().await?);
    }

    show::chapter("What merged");
    show::card(&anna, stage.apart, "different fields: both survive")?;
    show::card(&anna, stage.contested, "the same field: one value is shown, the other is kept")?;
    show::card(&anna, stage.called.0, "closed by one, postponed by the other: the close wins")?;
    show::card(&anna, stage.trashed, "trashed by one, edited by the other: in the trash, to be reviewed")?;
    show::today(&anna)?;
    show::today(&bela)?;

    show::chapter("The same everywhere");
    show::hashes(&[&anna, &bela]).await?;
    Ok(vec![admin, seller])
}

/// The product that sells.
fn sales(client: &Client) -> Result<ProductId, Box<dyn Error>> {
    let settings = client.settings()?;
    let mut products = settings.products();
    let sales = products.find(|product| product.kind == ProductKind::Sales);
    Ok(sales.ok_or("the organisation has no sales product")?.id)
}

/// Makes the invented customers: each is a contact and a card.
fn invent(anna: &Phone, product: ProductId, seller: UserId) -> Result<(), Box<dyn Error>> {
    let customers = cast::customers(&SystemEnv, product, seller, anna.user, zone()?);
    anna.client.batch(OriginKind::BULK, |batch| {
        for customer in &customers {
            let contact = NewContact { sort: ContactSort::Person, commands: customer.contact.clone() };
            let contact = batch.create_contact(&contact)?;
            batch.create_card(&NewCard {
                product,
                name: customer.name.clone(),
                status: None,
                owner: customer.owner.map_or(Owner::Me, |id| Owner::User { id }),
                commands: (customer.card)(contact),
            })?;
        }
        Ok(())
    })?;
    say!("  Anna writes down {} customers, each with a contact and a todo.", customers.len());
    Ok(())
}

fn client_cards(client: &Client, product: ProductId) -> Result<Vec<BoardCard>, Box<dyn Error>> {
    Ok(client.board(&BoardQuery::new(product, SHOWN))?.cards)
}

/// Gives the first cards something to do, as far as the story needs it: not every export says when a customer
/// was met last, from which a todo would follow.
fn plan_calls(client: &Client, product: ProductId) -> Result<(), Box<dyn Error>> {
    let cards = client_cards(client, product)?;
    let lacking = CARDS.saturating_sub(cards.iter().filter(|card| card.next.is_some()).count());
    let idle: Vec<_> = cards.iter().filter(|card| card.next.is_none()).take(lacking).collect();
    if idle.is_empty() {
        return Ok(());
    }
    let (env, me) = (SystemEnv, client.me()?.ok_or("nobody has signed in")?.user);
    client.batch(OriginKind::BULK, |batch| {
        for card in &idle {
            let todo = NewTodo {
                id: PartId::new(&env),
                text: format!("Call {}", card.row.name),
                due: zone().ok().and_then(|zone| cast::due((0, None), zone, env.now())),
                assignee: Some(me),
                contact: None,
            };
            batch.edit_card(card.id, &[CardCommand::AddTodo(todo)])?;
        }
        Ok(())
    })?;
    say!("  Anna plans {} calls: the file does not say when these were due.", idle.len());
    Ok(())
}

/// Gives every other card with its todo to the seller: one act over many cards (F38).
pub fn hand_over_half(client: &Client, product: ProductId, seller: UserId) -> Result<(), Box<dyn Error>> {
    let cards = client.board(&BoardQuery::new(product, u32::MAX))?.cards;
    let every_other: Vec<_> = cards.iter().skip(1).step_by(2).collect();
    client.batch(OriginKind::BULK, |batch| {
        for card in &every_other {
            let todos = card.row.todos.iter().map(|todo| CardCommand::Assign(todo.id, Some(seller)));
            let commands: Vec<_> =
                std::iter::once(CardCommand::SetOwner(Some(seller))).chain(todos).collect();
            batch.edit_card(card.id, &commands)?;
        }
        Ok(())
    })?;
    say!("  Anna hands {} of {} cards to Béla.", every_other.len(), cards.len());
    Ok(())
}

impl Stage {
    /// The first four cards of the board that have something to do.
    fn set(client: &Client, product: ProductId) -> Result<Self, Box<dyn Error>> {
        let board = client_cards(client, product)?;
        let mut cards = board.iter().filter_map(|card| Some((card.id, card.next?.todo)));
        let mut next = || cards.next().ok_or("the story needs four cards with something to do");
        Ok(Self { product, called: next()?, contested: next()?.0, apart: next()?.0, trashed: next()?.0 })
    }

    fn field(&self, key: &str, value: &str) -> CardCommand {
        CardCommand::SetField(field_id(self.product, key), value.to_owned())
    }
}

fn anna_works(anna: &Phone, stage: &Stage) -> Result<(), Box<dyn Error>> {
    let does = show::Doing::of(anna);
    does.edit(stage.apart, "calls them a VIP", &[stage.field("qualification", "vip")])?;
    does.edit(stage.contested, "expects 900 EUR", &[stage.field("expected_value", "900 EUR")])?;
    does.edit(stage.called.0, "has done the todo", &[CardCommand::Close(stage.called.1, Outcome::Success)])?;
    does.edit(stage.trashed, "throws the card away", &[CardCommand::Trash])?;

    let env = SystemEnv;
    let contact = vec![ContactCommand::Rename { given: "Zsófia".into(), family: "Kiss".into() }];
    let (contact, _) =
        anna.client.create_contact(&NewContact { sort: ContactSort::Person, commands: contact })?;
    let todo = NewTodo {
        id: PartId::new(&env),
        text: "Bring the price list".to_owned(),
        due: cast::due((1, None), zone()?, env.now()),
        assignee: Some(anna.user),
        contact: Some(contact),
    };
    anna.client.create_card(&NewCard {
        product: stage.product,
        name: "Kiss Kávéház".to_owned(),
        status: None,
        owner: Owner::Me,
        commands: vec![
            CardCommand::Link { role: "customer".to_owned(), target: contact },
            CardCommand::AddTodo(todo),
        ],
    })?;
    does.note("met Zsófia Kiss: a new contact, a new card, a todo for tomorrow");
    Ok(())
}

fn bela_works(bela: &Phone, stage: &Stage) -> Result<(), Box<dyn Error>> {
    let does = show::Doing::of(bela);
    does.edit(stage.apart, "notes that they came to the tasting", &[stage.field("lead_source", "event")])?;
    does.edit(stage.contested, "expects 1500 EUR", &[stage.field("expected_value", "1500 EUR")])?;
    let later = cast::due((14, Some(9)), zone()?, SystemEnv.now());
    does.edit(
        stage.called.0,
        "puts the todo off for two weeks",
        &[CardCommand::Postpone(stage.called.1, later)],
    )?;
    does.edit(stage.trashed, "expects 700 EUR", &[stage.field("expected_value", "700 EUR")])?;
    Ok(())
}

fn zone() -> Result<Zone, Box<dyn Error>> {
    Ok(cast::ZONE.parse()?)
}
