//! The simulation: the real server and real phones in one process, on one seed.
//!
//! Nothing runs by itself: one request is awaited at a time, clocks stand until they are set, and messages
//! are bytes that this module carries, loses, repeats, holds up and cuts. The ledger and the reference
//! model, with which the laws compare, share no code with what is tested.

mod answers;
mod attach;
mod edits;
mod firm;
mod fleet;
mod forge;
mod hand_in;
mod laws;
mod ledger;
mod meet;
mod moment;
mod network;
mod peek;
mod phone;
mod refusals;
mod run;
mod server;
mod transition;
mod trouble;
mod undo;
mod world;

use std::sync::Arc;

use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, UserId};
use roadbook_domain::value::time::Timestamp;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::dice::{Dice, nth, seed_of};
use crate::failure::Failure;
use edits::{Marks, People};
use firm::{START, ZONES};
use ledger::Ledger;
use moment::Moment;
use phone::Phone;
use server::{Member, Server};

pub use firm::{Firm, folder};
pub use fleet::{Fleet, Synced};
pub use ledger::Tally;
pub use peek::Peek;
pub use run::{Ending, Report, run, run_seed, shrink, transitions};
pub use server::{PASSWORD, server_hashes};
pub use transition::{Act, Rival};
pub use transition::{Fault, Transition};

const HOUR: i64 = 3_600_000;

/// The most phones of a run.
const MOST_PHONES: usize = 6;

/// A run in progress.
pub struct Simulation<'a> {
    firm: &'a Firm,
    folder: TempDir,
    seed: u64,
    now: Timestamp,
    server: Server,
    users: Vec<Member>,
    phones: Vec<Handset>,
    /// Requests that are held up: the token, from whom, and the frame.
    held_up: Vec<(String, (UserId, DeviceId), Vec<u8>)>,
    ledger: Ledger,
    /// What the server last held.
    looked: Option<Arc<Moment>>,
    /// How many edits of long texts there were: it marks them.
    marked: u32,
    /// How many users joined, those whom a restored server has forgotten among them: it makes their emails.
    joined: usize,
    transcript: Sha256,
    /// How many phones there ever were: it numbers them.
    made: u64,
}

/// A phone with the session of its user.
struct Handset {
    phone: Phone,
    /// The number of its user in the firm.
    owner: usize,
    install_secret: [u8; 32],
    token: String,
    signed_in_at: Timestamp,
}

impl Handset {
    /// By whom the server knows what it sends.
    fn sender(&self) -> (UserId, DeviceId) {
        let identity = self.phone.identity;
        (identity.user, identity.device.expect("it has signed in"))
    }
}

impl<'a> Simulation<'a> {
    /// The firm as it was prepared, with a few of its phones.
    ///
    /// # Errors
    /// Server or phones do not begin.
    pub fn new(firm: &'a Firm, seed: u64) -> Result<Self, Failure> {
        let mut dice = Dice::new(seed ^ 0x5eed);
        let folder = folder()?;
        let serving = folder.path().join("server");
        let admin = firm.users[0].clone();
        let server = Server::start(&firm.database(), &firm.secrets(), serving, seed, START, admin)?;
        let mut simulation = Self {
            firm,
            folder,
            seed,
            now: START,
            server,
            users: firm.users.clone(),
            phones: Vec::new(),
            held_up: Vec::new(),
            ledger: Ledger::default(),
            looked: None,
            marked: 0,
            joined: 0,
            transcript: Sha256::new(),
            made: 0,
        };
        // A Manager's and a Restricted user's phone always; of the others one or two.
        let mut others: Vec<usize> = (2..firm.phones.len()).collect();
        dice.shuffle(&mut others);
        for prepared in [0, 1].into_iter().chain(others.into_iter().take(1 + dice.below(2))) {
            simulation.take_phone(prepared)?;
        }
        let start = simulation.look()?;
        simulation.ledger.note_start(&start.documents, &simulation.server.log()?);
        Ok(simulation)
    }

    /// Lets something happen, and checks the laws that hold at any time.
    ///
    /// # Errors
    /// A law was broken.
    pub fn apply(&mut self, transition: Transition) -> Result<(), Failure> {
        self.pass(1_000)?;
        match transition {
            Transition::Edit { phone, act, target, value } => self.edit(phone, act, target, value),
            Transition::BuildOn { phone, target, value } => {
                let place = self.place(phone);
                let people = People { users: self.user_ids(), contacts: self.look()?.contacts() };
                edits::build_on(self.phones[place].phone.app(), target, value, &people)?;
                self.look_at(place)
            }
            Transition::Undo { phone, target, skip } => self.undo(phone, target, skip),
            Transition::LinkMany { phone, target } => self.link_many(phone, target),
            Transition::Exchange { phone, fault } => {
                let place = self.place(phone);
                self.poke(place);
                self.exchange(place, fault).map(drop)
            }
            Transition::Sync { phone, narrow } => {
                let place = self.place(phone);
                self.sync(place, if narrow { Fault::Narrow } else { Fault::None }).map(drop)
            }
            Transition::SyncToFull { phone } => {
                let place = self.place(phone);
                self.sync(place, Fault::ServerFull).map(drop)
            }
            Transition::Arrive => self.arrive(),
            Transition::Kill { phone } => {
                let place = self.place(phone);
                self.kill(place)
            }
            Transition::Copy { phone } => {
                let place = self.place(phone);
                self.phones[place].phone.copy()
            }
            Transition::Restore { phone } => self.restore(phone),
            Transition::Clone { phone, same_device } => self.clone_phone(phone, same_device),
            Transition::Enrol { user } => self.enrol(user),
            Transition::Attach { user, edits, fault } => self.attach(user, edits, fault),
            Transition::Reapply { phone } => self.reapply(phone),
            Transition::RestartServer { orderly } => {
                let before = self.server.documents()?;
                self.server.restart(orderly)?;
                let how = if orderly { "restarted in order" } else { "restarted by a kill" };
                self.ledger.tally.count(how);
                crate::failure::same("a restart takes nothing away (R04)", &before, &self.server.documents()?)
            }
            Transition::BackUp => self.server.back_up(),
            Transition::RestoreServer => self.restore_server().map(drop),
            Transition::RestoreToFull => self.restore_to_full(),
            Transition::Pass { quarters } => {
                let quarters = i64::from(quarters);
                self.pass(quarters * quarters * HOUR / 4)
            }
            Transition::Skew { phone, hours } => {
                let place = self.place(phone);
                self.phones[place].phone.skew = i64::from(hours) * HOUR / 4;
                self.pass(0)
            }
            Transition::Rename { product, name } => {
                self.server.rename_product(product, &format!("Product {}", name % 4))
            }
            Transition::Administer { user, restricted, zone } => self.administer(user, restricted, zone),
            Transition::Act { user, act } => self.act(user, act),
            Transition::Forge { phone, how } => self.forge(phone, how),
            Transition::Join => self.join(),
            Transition::Lose { phone } => self.lose(phone),
            Transition::Meet { phone, rival, order } => self.meet(phone, rival, order),
            Transition::Widget { phone, act, target, value, amid } => {
                self.widget(phone, (act, target, value), amid)
            }
            Transition::HandIn { phone, revoked, judged } => self.hand_in(phone, revoked, judged),
            Transition::SignOut { phone, forced, user } => self.sign_out(phone, forced, user),
            Transition::Salvage { phone, page } => self.salvage(phone, page),
            Transition::Spoil { phone, target } => self.spoil(phone, target),
            Transition::EditInNoRoom { phone, act, value } => self.edit_in_no_room(phone, act, value),
        }
    }

    fn place(&self, phone: u8) -> usize {
        usize::from(phone) % self.phones.len()
    }

    fn user_ids(&self) -> Vec<UserId> {
        self.users.iter().map(|user| user.id).collect()
    }

    /// Time passes for everybody.
    fn pass(&mut self, millis: i64) -> Result<(), Failure> {
        self.now = Timestamp::from_millis(self.now.millis() + millis);
        self.server.set_now(self.now);
        let now = self.now;
        self.phones.iter_mut().for_each(|handset| handset.phone.set_now(now));
        Ok(())
    }

    fn edit(&mut self, phone: u8, act: u8, target: u8, value: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let people = People { users: self.user_ids(), contacts: self.look()?.contacts() };
        let mut marks = Marks { next: &mut self.marked, erased: &mut self.ledger.erased };
        edits::edit(self.phones[place].phone.app(), act, target, value, &people, &mut marks)?;
        self.look_at(place)
    }

    fn undo(&mut self, phone: u8, target: u8, skip: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        if undo::undo(self.phones[place].phone.app(), target, skip)? {
            self.ledger.tally.count("taken back");
        } else {
            self.ledger.tally.count("not taken back");
        }
        self.look_at(place)
    }

    fn link_many(&mut self, phone: u8, target: u8) -> Result<(), Failure> {
        let first = self.place(phone);
        let contacts = self.phones[first].phone.app().peek.ids(DocumentTypeId::CONTACT)?;
        let Some(contact) = nth(&contacts, target).copied() else { return Ok(()) };
        for place in [first, (first + 1) % self.phones.len()] {
            edits::link_many(self.phones[place].phone.app(), contact, u8::try_from(place)?)?;
            self.look_at(place)?;
        }
        Ok(())
    }

    /// The app is killed and opened again: what it confirmed is there (R01).
    fn kill(&mut self, place: usize) -> Result<(), Failure> {
        let before = self.phones[place].phone.outbox.clone();
        self.phones[place].phone.kill()?;
        self.ledger.tally.count("phones killed");
        let after = &self.phones[place].phone.outbox;
        crate::failure::same("a kill takes nothing away", &before, after)
    }

    fn restore(&mut self, phone: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let phone = &mut self.phones[place].phone;
        if phone.restore()? {
            // Its device may have been another one then; the user signs in again.
            let identity = phone.identity;
            phone.app().client.set_identity(identity)?;
            self.ledger.tally.count("phones that went back to a copy");
            self.write_off()?;
        }
        Ok(())
    }

    /// The server becomes what it was at the last backup; tells whether there is one.
    fn restore_server(&mut self) -> Result<bool, Failure> {
        let is_restored = self.server.restore()?;
        if is_restored {
            self.ledger.tally.count("restored");
            self.ledger.note_restored(&self.server.log()?);
            self.let_go()?;
            self.write_off()?;
        }
        Ok(is_restored)
    }

    /// Every phone finds a server that has lost something and can take nothing back.
    fn restore_to_full(&mut self) -> Result<(), Failure> {
        if !self.restore_server()? {
            return Ok(());
        }
        self.ledger.tally.count("restored onto a full disk");
        for place in 0..self.phones.len() {
            self.sync(place, Fault::ServerFull)?;
        }
        Ok(())
    }

    /// The server became what it was before some users joined: it knows neither them nor their phones.
    fn let_go(&mut self) -> Result<(), Failure> {
        let accounts = self.look()?.accounts.clone();
        self.users.retain(|user| accounts.contains_key(&user.id));
        let known = self.users.len();
        self.phones.retain(|handset| handset.owner < known);
        Ok(())
    }

    fn clone_phone(&mut self, phone: u8, same_device: bool) -> Result<(), Failure> {
        if self.phones.len() >= MOST_PHONES {
            return Ok(());
        }
        let place = self.place(phone);
        self.made += 1;
        let folder = self.folder.path().join(format!("phone-{}", self.made));
        let seed = seed_of(self.seed, self.made << 32);
        let Handset { phone, owner, install_secret, token, signed_in_at } = &mut self.phones[place];
        let clone = phone.clone_to(phone.identity, folder, seed)?;
        let mut clone = Handset {
            phone: clone,
            owner: *owner,
            install_secret: *install_secret,
            token: token.clone(),
            signed_in_at: *signed_in_at,
        };
        // Who may not sign in has no device of their own there.
        if !same_device && self.is_enabled(clone.owner)? {
            clone.install_secret = [0xc0 + u8::try_from(self.made % 32)?; 32];
            self.sign_in(&mut clone)?;
        }
        self.phones.push(clone);
        self.ledger.tally.count("phones copied");
        Ok(())
    }

    fn enrol(&mut self, user: u8) -> Result<(), Failure> {
        let owner = usize::from(user) % self.users.len();
        if self.phones.len() < MOST_PHONES && self.is_enabled(owner)? {
            self.enrol_user(owner)
        } else {
            Ok(())
        }
    }

    fn enrol_user(&mut self, owner: usize) -> Result<(), Failure> {
        self.made += 1;
        let folder = self.folder.path().join(format!("phone-{}", self.made));
        let seed = seed_of(self.seed, self.made << 32);
        let install_secret = [0xe0 + u8::try_from(self.made % 32)?; 32];
        let identity = self.firm.phones[0].signed_in.identity;
        let phone = Phone::new(identity, folder, None, seed, self.now)?;
        let mut handset =
            Handset { phone, owner, install_secret, token: String::new(), signed_in_at: self.now };
        self.sign_in(&mut handset)?;
        self.phones.push(handset);
        Ok(())
    }

    /// A user signs in anew on their phone: the server may take it for another device than before.
    fn sign_in(&self, handset: &mut Handset) -> Result<(), Failure> {
        let signed_in = self.server.sign_in(&self.users[handset.owner].email, &handset.install_secret)?;
        handset.token = signed_in.token;
        handset.signed_in_at = self.now;
        if handset.phone.identity != signed_in.identity {
            handset.phone.identity = signed_in.identity;
            handset.phone.app().client.set_identity(signed_in.identity)?;
        }
        Ok(())
    }

    fn reapply(&mut self, phone: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let phone = &mut self.phones[place].phone;
        let before = phone.app().peek.quarantine()?;
        let first = phone.app().client.quarantine()?.first().map(|item| item.n);
        if let Some(n) = first {
            // If its document is gone, the item stays.
            drop(phone.app().client.reapply(n));
            let after = phone.app().peek.quarantine()?;
            if after.len() < before.len() {
                self.ledger.tally.count("applied again by hand");
            }
            let taken = before.into_iter().map(|(_, change)| change);
            phone.reapplied.extend(taken.filter(|change| !after.iter().any(|(_, kept)| kept == change)));
        }
        self.look_at(place)
    }

    fn administer(&mut self, user: u8, restricted: bool, zone: u8) -> Result<(), Failure> {
        // The administrator stays one.
        let members = &self.users[1..];
        let Some(member) = nth(members, user) else { return Ok(()) };
        let role = if restricted { Role::Restricted } else { Role::User };
        let zone = nth(&ZONES, zone).copied().unwrap_or("UTC");
        self.server.set_user(member.id, role, zone)
    }

    fn take_phone(&mut self, prepared: usize) -> Result<(), Failure> {
        self.made += 1;
        let prepared = &self.firm.phones[prepared];
        let folder = self.folder.path().join(format!("phone-{}", self.made));
        let seed = seed_of(self.seed, self.made << 32);
        let identity = prepared.signed_in.identity;
        let phone = Phone::new(identity, folder, Some(&prepared.file), seed, self.now)?;
        let token = prepared.signed_in.token.clone();
        let (owner, install_secret) = (prepared.owner, prepared.install_secret);
        self.phones.push(Handset { phone, owner, install_secret, token, signed_in_at: START });
        Ok(())
    }

    /// The hash of every message so far and of what everybody shows in the end.
    fn transcript(&self) -> [u8; 32] {
        self.transcript.clone().finalize().into()
    }
}
