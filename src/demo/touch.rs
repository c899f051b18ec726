//! The demonstration to touch: two phones in a browser, each with a network that can be taken away, and the server,
//! which can be stopped, killed and restored before one's eyes.
//!
//! Nothing is staged here either. Each phone is the built app on an origin of its own, with the core and a file of its
//! own; its network is a [`Line`] to the server; the server is a process of its own. The one thing that makes a
//! demonstration of them is `serve --demo-page`, which lets the page show the app in frames.

mod control;
mod door;
mod line;
mod office;
mod page;
mod witnesses;

use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use data_encoding::HEXLOWER;
use roadbook_client::BoardQuery;
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::User;
use roadbook_domain::value::env::{Env, SystemEnv, random};
use roadbook_domain::value::time::Zone;
use roadbook_server::{InitConfig, People, UserChange};
use tokio::net::lookup_host;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::cast::{self, ADMINISTRATOR, Person, SELLER};
use super::firm::{self, OTHERS, TOLD_OF, Texts};
use super::phone::Phone;
use super::{DemoConfig, Import, story};
use crate::import;
use crate::out::{self, say};
use crate::scratch::Scratch;
use crate::stop::Stop;
use control::{Act, Ask, Control, Frame, Shown, origin_of};
use door::Door;
use line::Line;
use office::Office;
use witnesses::Witnesses;

pub use page::Built;

/// Where the office's own line begins.
const DESK: &str = "http://127.0.0.1";
/// How the name of its folder begins.
const FOLDER: &str = "roadbook-demo-";

/// Serves the page until somebody asks to stop, here or on the page.
///
/// # Errors
/// What keeps it from beginning, in one line.
pub async fn run(
    config: &DemoConfig,
    built: &Built,
    import: Option<Import>,
    stop: &Stop,
) -> Result<(), Box<dyn Error>> {
    if let Some(file) = &import {
        firm::check(file)?;
    }
    let door = open(&config.listen).await?;
    let (origin, key) = (origin_of(door.port), HEXLOWER.encode(&random::<16>(&SystemEnv)));
    let folder = Scratch::new(FOLDER)?;
    let office = Office::new(folder.path(), &built.app, origin.clone())?;
    let mut frames = Vec::new();
    for (id, name) in [("anna", ADMINISTRATOR.given_name), ("bela", SELLER.given_name)] {
        frames.push(Frame { id, name, line: Line::open(office.server()).await? });
    }
    let desk = Line::open(office.server()).await?;
    let (asks, mut asked) = mpsc::channel::<Ask>(16);
    let (shown, witnesses) = (watch::Sender::new(Shown::default()), Witnesses::default());
    let control = Control {
        origin: origin.clone(),
        key: key.clone(),
        asks,
        shown: shown.clone(),
        server: office.server(),
        witnesses: witnesses.clone(),
        frames,
        page: built.page()?,
    };
    let router = control.router();
    let mut serving = JoinSet::new();
    for listener in door.listeners {
        let router = router.clone();
        serving.spawn(async move { axum::serve(listener, router).await });
    }

    say!("{}: open {origin}/#{key} in a browser on this machine.", cast::FIRM);
    say!("Its files are in {}. Ctrl-C ends it, and removes them.", folder.path().display());
    say!("The browser keeps the customers that it has shown until the demonstration is ended on its page.");
    let (is_there, has_arrived) = (false, false);
    let mut demo = Demo { office, desk, shown, witnesses, import, stop, is_there, has_arrived, folder };
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
                let is_last = matches!(act, Act::End);
                let done = tokio::select! {
                    done = demo.act(act) => done.map_err(|error| error.to_string()),
                    () = stop.asked() => break,
                };
                if let Err(problem) = &done {
                    out::complain(format_args!("roadbook: {problem}\n"));
                }
                // Whoever asked may have left.
                drop(answer.send(done));
                if is_last {
                    break;
                }
            }
        }
    }
    if stop.is_asked() {
        say!("\nStopping; the demonstration's files go with it.");
    }
    // Before the folder goes: the server writes into it until it has stopped, and so do the phones.
    demo.office.stop().await;
    demo.witnesses.are(Vec::new()).await;
    serving.shutdown().await;
    Ok(())
}

/// What happens next.
enum Next {
    Ask(Ask),
    /// The server has ended by itself.
    Ended,
}

/// Opens the door of the page, which only this machine reaches.
async fn open(address: &str) -> Result<Door, String> {
    let wrong = |problem: &str| format!("--listen is \"{address}\": {problem}");
    let cannot =
        |error: io::Error| wrong(&format!("cannot listen there ({error}); choose another address or port"));
    let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let meant: Vec<_> = lookup_host(address).await.map_err(cannot)?.collect();
    match meant.first() {
        Some(first) if meant.iter().all(|address| here.contains(&address.ip())) => {
            Door::open(first.port()).await.map_err(cannot)
        }
        _ => Err(wrong("the demonstration is for this machine alone; give 127.0.0.1 and a port, or --text")),
    }
}

/// The demonstration, from its beginning on.
struct Demo<'a> {
    office: Office,
    /// The office's own line to the server, which nobody cuts.
    desk: Line,
    shown: watch::Sender<Shown>,
    /// Phones of the two users, which wrote everything; from then on they only ask the server what it shows, so that
    /// what it lost comes back from the phones of the page.
    witnesses: Witnesses,
    import: Option<Import>,
    stop: &'a Stop,
    /// Whether the firm is made.
    is_there: bool,
    /// Whether the phones of the page are signed in.
    has_arrived: bool,
    folder: Scratch,
}

impl Demo<'_> {
    async fn act(&mut self, act: Act) -> Result<(), Box<dyn Error>> {
        match act {
            Act::Begin { language, zone } => self.begin(&language, &zone).await?,
            Act::End => say!("Ended on the page; the demonstration's files go with it."),
            _ if !self.is_there => return Err("the firm is not there yet".into()),
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
                let restored = self.office.restore().await;
                // Also if the server does not begin again.
                let looked = self.look_at_rights().await;
                restored.and(looked)?;
                say!("The server was restored to the backup.");
            }
            Act::Restrict(is_restricted) => self.restrict(is_restricted).await?,
        }
        Ok(())
    }

    /// Makes the firm, once. After a beginning that failed the next one has a folder of its own: secrets and databases
    /// are never overwritten.
    async fn begin(&mut self, language: &str, zone: &str) -> Result<(), Box<dyn Error>> {
        if self.is_there {
            return Ok(());
        }
        let made = self.make(language, zone).await;
        self.is_there = made.is_ok();
        if !self.is_there {
            self.office.stop().await;
            self.folder = Scratch::new(FOLDER)?;
            self.office.move_to(self.folder.path());
            say!("The files of the next try are in {}.", self.folder.path().display());
        }
        made
    }

    /// Makes the firm: its server, its users, and all that they have written down.
    async fn make(&mut self, language: &str, zone: &str) -> Result<(), Box<dyn Error>> {
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
        let anna = Phone::sign_in(&address, &self.folder, &admin).await?;
        let password = anna.hire(&SELLER, "user", zone.name(), locale).await?;
        let seller = Person { password, ..Person::new(SELLER) };
        for other in &OTHERS {
            anna.hire(&other.name, other.role, other.zone, other.locale).await?;
        }
        let bela = Phone::sign_in(&address, &self.folder, &seller).await?;
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
        let told_of = board.iter().find(|card| card.row.name == TOLD_OF);
        // Also of a file one of Anna's: in the story Béla loses the right to throw it away.
        let of_anna = || board.iter().find(|card| card.row.owner == Some(anna.user));
        let told_of = told_of.or_else(of_anna).or(board.first());
        let card = told_of.map(|card| (card.id.to_string(), card.row.name.clone()));
        let logins = [&admin, &seller].map(|person| (person.name.email, person.password.clone())).to_vec();
        self.witnesses.are(vec![(anna, admin), (bela, seller)]).await;
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
        if self.has_arrived {
            return Ok(());
        }
        self.office.back_up().await?;
        self.has_arrived = true;
        self.shown.send_modify(|shown| shown.backup_at = Some(SystemEnv.now()));
        Ok(())
    }

    /// Makes Béla see their own cards only, or all again, as `roadbook user role` does.
    async fn restrict(&self, is_restricted: bool) -> Result<(), Box<dyn Error>> {
        let role = if is_restricted { Role::Restricted } else { Role::User };
        let people = People::of(&self.office.firm(), &SystemEnv).await?;
        let changed = people.change(SELLER.email, UserChange::Role(role)).await;
        people.close().await;
        changed?;
        self.shown.send_modify(|shown| shown.is_restricted = is_restricted);
        Ok(())
    }

    /// What Béla may see is in the database: a restore goes back to what it was then.
    async fn look_at_rights(&self) -> Result<(), Box<dyn Error>> {
        let people = People::of(&self.office.firm(), &SystemEnv).await?;
        let users = people.list().await;
        people.close().await;
        let of_bela = |user: &User| user.email.as_ref().is_some_and(|email| email.as_str() == SELLER.email);
        let bela = users?.into_iter().find(of_bela);
        let is_restricted = bela.is_some_and(|bela| !bela.role.reads_all());
        self.shown.send_modify(|shown| shown.is_restricted = is_restricted);
        Ok(())
    }
}
