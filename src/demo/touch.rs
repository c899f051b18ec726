//! The demonstration to touch: two phones in a browser, each with a network that can be taken away, and the server,
//! which can be stopped, killed and restored before one's eyes.
//!
//! Nothing is staged here either. Each phone is the built app on an origin of its own, with the core and a file of its
//! own; its network is a [`Line`] to the server; the server is a process of its own. The one thing that makes a
//! demonstration of them is `serve --demo-page`, which lets the page show the app in frames.

mod control;
mod line;
mod office;
mod page;

use std::error::Error;

use data_encoding::HEXLOWER;
use roadbook_client::BoardQuery;
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::env::{Env, SystemEnv};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_server::{InitConfig, People, UserChange};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::cast::{self, ADMINISTRATOR, Person, SELLER};
use super::firm::{self, OTHERS, TOLD_OF, Texts};
use super::phone::Phone;
use super::{DemoConfig, Import, story};
use crate::import;
use crate::out::{self, say};
use crate::scratch::Scratch;
use crate::stop::Stop;
use control::{Act, Ask, Control, Frame, HOST_NAME, Shown};
use line::Line;
use office::Office;

pub use page::Built;

/// Where the office's own line begins.
const DESK: &str = "http://127.0.0.1";

/// Serves the page until somebody asks to stop.
///
/// # Errors
/// What keeps it from beginning, in one line.
pub async fn run(
    config: &DemoConfig,
    built: &Built,
    import: Option<Import>,
    stop: &Stop,
) -> Result<(), Box<dyn Error>> {
    let listener = listen(&config.listen).await?;
    let origin = format!("http://{HOST_NAME}:{}", listener.local_addr()?.port());
    let folder = Scratch::new("roadbook-demo-")?;
    let office = Office::new(folder.path(), &built.app, origin.clone())?;
    let mut frames = Vec::new();
    for (id, name) in [("anna", ADMINISTRATOR.given_name), ("bela", SELLER.given_name)] {
        frames.push(Frame { id, name, line: Line::open(office.server()).await? });
    }
    let desk = Line::open(office.server()).await?;
    let (asks, mut asked) = mpsc::channel::<Ask>(16);
    let shown = watch::Sender::new(Shown::default());
    let told = (shown.subscribe(), office.server());
    let router = Control::new(origin.clone(), built.page()?, frames, asks, told).router();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    say!("{}: open {origin}/ in a browser on this machine.", cast::FIRM);
    say!("Its files are in {}. Ctrl-C ends it, and removes them.", folder.path().display());
    let mut demo = Demo { folder: &folder, office, desk, shown, import, stop, firm: None };
    // Who reads the end of `demo | head` would not know that it still serves.
    while !out::is_closed() {
        let next = tokio::select! {
            ask = asked.recv() => ask.map(Next::Ask),
            () = demo.office.ends() => Some(Next::Ended),
            () = stop.asked() => None,
        };
        match next {
            None => break,
            Some(Next::Ended) => say!("The server has ended."),
            Some(Next::Ask(Ask { act, answer })) => {
                let done = tokio::select! {
                    done = demo.act(act) => done.map_err(|error| error.to_string()),
                    () = stop.asked() => break,
                };
                if let Err(problem) = &done {
                    out::complain(format_args!("roadbook: {problem}\n"));
                }
                // Whoever asked may have left.
                drop(answer.send(done));
            }
        }
    }
    if stop.is_asked() {
        say!("\nStopping; the demonstration's files go with it.");
    }
    serving.abort();
    // Before the folder goes: the server writes into it until it has stopped.
    demo.office.stop().await;
    Ok(())
}

/// What happens next.
enum Next {
    Ask(Ask),
    /// The server has ended by itself.
    Ended,
}

/// Listens where only this machine reaches it: whoever reaches the page has everything.
async fn listen(address: &str) -> Result<TcpListener, Box<dyn Error>> {
    let wrong = |problem: &str| format!("--listen is \"{address}\": {problem}");
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| wrong(&format!("cannot listen there ({error}); choose another address or port")))?;
    if listener.local_addr()?.ip().is_loopback() {
        Ok(listener)
    } else {
        Err(wrong("the demonstration is for this machine alone; give 127.0.0.1 and a port, or --text").into())
    }
}

/// The demonstration, from its beginning on.
struct Demo<'a> {
    folder: &'a Scratch,
    office: Office,
    /// The office's own line to the server, which nobody cuts.
    desk: Line,
    shown: watch::Sender<Shown>,
    import: Option<Import>,
    stop: &'a Stop,
    firm: Option<Firm>,
}

/// The firm, once it is made. Its two users have a phone here, too, which wrote everything; from then on they only ask
/// the server what it shows, so that what it lost comes back from the phones of the page.
struct Firm {
    users: [(Phone, Person); 2],
    has_arrived: bool,
}

impl Demo<'_> {
    async fn act(&mut self, act: Act) -> Result<Value, Box<dyn Error>> {
        match act {
            Act::Hashes(now) => return Ok(self.hashes(now).await),
            Act::Begin { language, zone } => self.begin(&language, &zone).await?,
            _ if self.firm.is_none() => return Err("the firm is not there yet".into()),
            Act::Arrived => self.arrived().await?,
            Act::Stop => {
                self.office.stop().await;
                say!("The server was stopped.");
            }
            Act::Kill => {
                self.office.kill().await;
                say!("The server was killed.");
            }
            Act::Start => self.office.start().await?,
            Act::Restore => {
                self.office.restore().await?;
                say!("The server was restored to the backup.");
            }
            Act::Restrict(is_restricted) => self.restrict(is_restricted).await?,
        }
        Ok(Value::Null)
    }

    /// Makes the firm, once: its server, its users, and all that they have written down.
    async fn begin(&mut self, language: &str, zone: &str) -> Result<(), Box<dyn Error>> {
        if self.firm.is_some() {
            return Ok(());
        }
        let language = Language::of(language);
        let locale = match language {
            Language::English => "en-GB",
            Language::Hungarian => "hu-HU",
            Language::Romanian => "ro-RO",
        };
        let zone = zone.parse::<Zone>().or_else(|_| cast::ZONE.parse::<Zone>())?;
        let texts = Texts::of(language)?;
        let password = self.init(locale, zone).await?;
        self.office.start().await?;

        let address = format!("{DESK}:{}", self.desk.port());
        let admin = Person { password, ..Person::new(ADMINISTRATOR) };
        let anna = Phone::sign_in(&address, self.folder, &admin).await?;
        let password = anna.hire(&SELLER, "user", zone.name(), locale).await?;
        let seller = Person { password, ..Person::new(SELLER) };
        for other in &OTHERS {
            anna.hire(&other.name, other.role, other.zone, other.locale).await?;
        }
        let bela = Phone::sign_in(&address, self.folder, &seller).await?;
        // The settings come with an exchange: who there is, and which products.
        anna.sync().await?;
        let product = firm::product(&*anna.client.settings()?, ProductKind::Sales)?;
        match &self.import {
            Some(Import { name, bytes }) => {
                let job = import::Job { product, name, bytes, source: None, dry_run: false };
                tokio::task::block_in_place(|| import::into_phone(&anna.client, &job, self.stop))?;
                firm::plan_calls(&anna.client, product, &texts, zone)?;
                story::hand_over_half(&anna.client, product, bela.user)?;
            }
            None => {
                bela.sync().await?;
                firm::write(&anna.client, &["Anna", "Ioana", "Georgi", ""], &texts, zone)?;
                firm::write(&bela.client, &["Béla"], &texts, zone)?;
            }
        }
        for phone in [&anna, &bela, &anna] {
            phone.sync().await?;
        }
        self.office.back_up().await?;
        let board = anna.client.board(&BoardQuery::new(product, u32::MAX))?.cards;
        let told_of = board.iter().find(|card| card.row.name == TOLD_OF).or(board.first());
        let card = told_of.map(|card| (card.id.to_string(), card.row.name.clone()));
        let logins = [&admin, &seller].map(|person| (person.name.email, person.password.clone())).to_vec();
        self.firm = Some(Firm { users: [(anna, admin), (bela, seller)], has_arrived: false });
        self.shown.send_modify(|shown| {
            let backup_at = Some(SystemEnv.now());
            *shown = Shown { is_ready: true, backup_at, logins, card, ..Shown::default() };
        });
        say!("The firm is there, its server runs, and a backup is made.");
        Ok(())
    }

    /// Makes the organisation; answers the password of its administrator.
    async fn init(&self, locale: &str, zone: Zone) -> Result<String, Box<dyn Error>> {
        let init = InitConfig {
            database: self.office.database(),
            secrets: self.office.secrets(),
            organisation: cast::FIRM.to_owned(),
            admin_email: ADMINISTRATOR.email.to_owned(),
            admin_family_name: ADMINISTRATOR.family_name.to_owned(),
            admin_given_name: ADMINISTRATOR.given_name.to_owned(),
            admin_password_file: None,
            zone: zone.name().to_owned(),
            locale: locale.to_owned(),
            password_cost: Default::default(),
        };
        let created = roadbook_server::init(&init, &SystemEnv).await?;
        Ok(created.generated_password.unwrap_or_default())
    }

    /// The phones of the page are signed in: a backup from now on knows their sessions, as one of last night would.
    async fn arrived(&mut self) -> Result<(), Box<dyn Error>> {
        let Some(firm) = self.firm.as_mut().filter(|firm| !firm.has_arrived) else { return Ok(()) };
        self.office.back_up().await?;
        firm.has_arrived = true;
        self.shown.send_modify(|shown| shown.backup_at = Some(SystemEnv.now()));
        Ok(())
    }

    /// Makes Béla see his own cards only, or all again, as `roadbook user role` does.
    async fn restrict(&self, is_restricted: bool) -> Result<(), Box<dyn Error>> {
        let role = if is_restricted { Role::Restricted } else { Role::User };
        let people = People::of(&self.office.firm(), &SystemEnv).await?;
        let changed = people.change(SELLER.email, UserChange::Role(role)).await;
        people.close().await;
        changed?;
        self.shown.send_modify(|shown| shown.is_restricted = is_restricted);
        Ok(())
    }

    /// The state hash of what the server shows to each user then; none while it does not run.
    async fn hashes(&self, now: Timestamp) -> Value {
        let Some(firm) = self.firm.as_ref().filter(|_| self.office.is_open()) else { return json!([]) };
        let mut hashes = Vec::new();
        for (phone, person) in &firm.users {
            let hash = hash_of_server(phone, person, now).await.ok();
            hashes.push(hash.map(|hash| HEXLOWER.encode(&hash)));
        }
        json!(hashes)
    }
}

/// Also after a restore, or when rights were taken away: then the session that asked may be over.
async fn hash_of_server(phone: &Phone, person: &Person, now: Timestamp) -> Result<[u8; 32], Box<dyn Error>> {
    match phone.state_hash_of_server(now).await {
        Ok(hash) => Ok(hash),
        Err(_) => {
            phone.sign_in_again(person).await?;
            phone.state_hash_of_server(now).await
        }
    }
}
