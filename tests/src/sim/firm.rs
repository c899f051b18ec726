//! The firm that every run begins with: a server with its users and a few documents, and phones that
//! have synced once. It is made once for a process and copied for each run, which is cheap.

use std::path::{Path, PathBuf};

use roadbook_client::{NewCard, NewContact, Owner};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewTodo};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::due::Due;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::PartId;
use roadbook_domain::value::time::{Day, Timestamp};
use roadbook_server::auth::password::Cost;
use roadbook_server::{InitConfig, init};
use tempfile::TempDir;

use super::phone::{Phone, copy_file};
use super::server::{Member, PASSWORD, Server, SignedIn};
use crate::failure::Failure;

/// When every run begins: 2026-11-22T08:00:00Z, a Sunday.
pub const START: Timestamp = Timestamp::from_millis(1_795_334_400_000);

/// The zones in which users live.
pub const ZONES: [&str; 4] = ["Europe/Budapest", "Europe/Lisbon", "America/New_York", "Pacific/Auckland"];

/// Roles and zones of the users, by number.
const USERS: [(Role, usize); 5] =
    [(Role::Admin, 0), (Role::Manager, 1), (Role::User, 0), (Role::Restricted, 0), (Role::Restricted, 2)];

/// The users of the phones, by number.
const OWNERS: [usize; 7] = [1, 3, 1, 2, 3, 4, 0];

/// The prepared firm.
pub struct Firm {
    /// Its users.
    pub users: Vec<Member>,
    /// Its phones.
    pub phones: Vec<Prepared>,
    folder: TempDir,
}

/// A phone that has synced once.
pub struct Prepared {
    /// The number of its user.
    pub owner: usize,
    /// What keeps its installation apart from every other.
    pub install_secret: [u8; 32],
    /// Its session.
    pub signed_in: SignedIn,
    /// Its file.
    pub file: PathBuf,
}

/// A folder on a disk in memory where there is one: a run syncs files thousands of times, and a killed
/// process loses nothing that was written.
///
/// # Errors
/// There is no place for it.
pub fn folder() -> Result<TempDir, Failure> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() { TempDir::with_prefix_in("roadbook-", memory)? } else { TempDir::new()? })
}

impl Firm {
    /// Prepares the firm.
    ///
    /// # Errors
    /// Server or phones do not do what they should before anything goes wrong.
    pub fn prepare() -> Result<Self, Failure> {
        let folder = folder()?;
        let mut firm = Self { users: Vec::new(), phones: Vec::new(), folder };
        let made = firm.folder.path().join("made.db");
        let admin = firm.found(&made)?;
        firm.users.push(admin.clone());
        let running = firm.folder.path().join("running");
        let mut server = Server::start(&made, &firm.secrets(), running, u64::MAX, START, admin)?;
        for (number, (role, zone)) in USERS.iter().enumerate().skip(1) {
            let member = server.add_user(&format!("user{number}@example.com"), *role, ZONES[*zone])?;
            firm.users.push(member);
        }
        let mut phones = Vec::new();
        for (number, owner) in OWNERS.iter().enumerate() {
            phones.push(firm.sign_in(&server, number, *owner)?);
        }
        sync(&server, &mut phones[0], &firm.phones[0].signed_in.token)?;
        firm.work(&mut phones[0])?;
        for round in 0..2 {
            for (phone, prepared) in phones.iter_mut().zip(&firm.phones) {
                sync(&server, phone, &prepared.signed_in.token).map_err(|failure| {
                    Failure::new(format!("the firm is prepared, round {round}"), failure)
                })?;
            }
        }
        for (phone, prepared) in phones.iter_mut().zip(&firm.phones) {
            phone.copy_to(&prepared.file)?;
        }
        server.stop();
        copy_file(&server.file(), &firm.database())?;
        Ok(firm)
    }

    /// The database to begin with.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("firm.db")
    }

    /// The secrets folder.
    pub fn secrets(&self) -> PathBuf {
        self.folder.path().join("secrets")
    }

    fn found(&self, database: &Path) -> Result<Member, Failure> {
        let email = "user0@example.com";
        let password_file = self.folder.path().join("password");
        std::fs::write(&password_file, PASSWORD)?;
        let config = InitConfig {
            database: format!("sqlite:{}", database.display()).into(),
            secrets: self.secrets().display().to_string(),
            organisation: "Example Ltd".into(),
            admin_email: email.into(),
            admin_family_name: "Kovács".into(),
            admin_given_name: "Anna".into(),
            admin_password_file: Some(password_file),
            zone: ZONES[0].into(),
            locale: "hu-HU".into(),
            password_cost: Cost::LEAST,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let created = runtime.block_on(init(&config, &SeededEnv::new(0, START)))?;
        Ok(Member { id: created.admin, email: email.into() })
    }

    fn sign_in(&mut self, server: &Server, number: usize, owner: usize) -> Result<Phone, Failure> {
        let install_secret = [u8::try_from(number)? + 1; 32];
        let signed_in = server.sign_in(&self.users[owner].email, &install_secret)?;
        let folder = self.folder.path().join(format!("phone-{number}"));
        let file = self.folder.path().join(format!("phone-{number}.db"));
        let mut phone = Phone::new(signed_in.identity, folder, None, u64::MAX - number as u64, START)?;
        phone.app().client.set_identity(signed_in.identity)?;
        self.phones.push(Prepared { owner, install_secret, signed_in, file });
        Ok(phone)
    }

    /// The first documents: a contact, and cards with todos for everybody.
    fn work(&self, phone: &mut Phone) -> Result<(), Failure> {
        let client = &phone.app().client;
        let rename = ContactCommand::Rename { given: String::new(), family: "Customer Ltd".into() };
        let contact = NewContact { sort: ContactSort::Company, commands: vec![rename] };
        let (contact, _) = client.create_contact(&contact)?;
        let product = client.settings()?.products().nth(1).expect("there are products").id;
        for (number, owner) in (1_u8..).zip([1, 3]) {
            let todo = |place: u8, user: usize| {
                CardCommand::AddTodo(NewTodo {
                    id: PartId::from_bytes([number * 16 + place; 6]),
                    text: format!("call {place}"),
                    due: Day::new(2026, 11, 21 + u32::from(place)).map(Due::Day),
                    assignee: Some(self.users[user].id),
                    contact: None,
                })
            };
            let link = CardCommand::Link { role: "customer".into(), target: contact };
            let commands = vec![todo(0, 3), todo(1, 1), link];
            let name = format!("Card {number}");
            let owner = Owner::User { id: self.users[owner].id };
            client.create_card(&NewCard { product, name, status: None, owner, commands })?;
        }
        Ok(())
    }
}

/// Exchanges until nothing is left, over a network without faults.
///
/// # Errors
/// Something fails, or it does not come to rest.
pub fn sync(server: &Server, phone: &mut Phone, token: &str) -> Result<(), Failure> {
    let app = phone.app();
    app.session.poke();
    for _ in 0..60 {
        let Some(frame) = app.session.next_request()? else { return Ok(()) };
        let answer = server.exchange(token, &frame)?;
        let answer = answer.map_err(|status| Failure::new("an exchange is answered", status))?;
        app.session.on_response(&answer)?;
    }
    Err(Failure::new("a sync comes to rest", "60 exchanges"))
}
